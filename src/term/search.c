#define PCRE2_CODE_UNIT_WIDTH 8
#include "term/search.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "term/scrollback_lines.h"

#define ACROSS_MAX 32	/* matches over a line end in a slice, before lines are tried singly */
#define COSTLY_MAX 64	/* lines of a slice given up for their cost, before the slice is */
#define PADDING 32	/* the matcher looks at whole vectors, past the end of the text */
#define JIT_STACK_MAX ((size_t)512 << 10)

struct search {
	char *pattern;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	bool jit;
	struct buf slice;	/* bytes of the log looked at */
	struct buf text;	/* of one line, as people see it */
	struct line line;
	struct scrollback_position at;	/* forward: next line to look at; backward: behind it */
	uint64_t base;	/* offset of the slice in the log */
	int costly;	/* lines given up in the slice */
	bool skipped, backward, done;
};

/* A line of the slice, or a piece of a long one; next is where the one behind begins. */
struct hit {
	size_t start, end, next;
};

/* Whether a pattern has an upper-case letter that stands for itself. */
static bool
has_upper(const char *pattern)
{
	for (const char *p = pattern; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p >= 'A' && *p <= 'Z')
			return true;
	}
	return false;
}

/* Makes what the matcher works with. Without JIT (memory for code may be denied) it is
 * slower, no more. */
static void
prepare(struct search *search)
{
	search->data = pcre2_match_data_create_from_pattern(search->code, NULL);
	search->context = pcre2_match_context_create(NULL);
	if (!search->context)
		return;
	pcre2_set_match_limit(search->context, SEARCH_MATCH_LIMIT);
	search->jit = pcre2_jit_compile(search->code, PCRE2_JIT_COMPLETE) == 0;
	search->stack = search->jit ? pcre2_jit_stack_create(32 << 10, JIT_STACK_MAX, NULL) :
	    NULL;
	if (search->stack)
		pcre2_jit_stack_assign(search->context, NULL, search->stack);
}

struct search *
search_new(const char *pattern, struct err *err)
{
	size_t len = strlen(pattern);
	if (len == 0 || len > SEARCH_PATTERN_MAX) {
		err_set(err, len ? "the pattern is longer than %zu bytes" :
		    "the pattern is empty", SEARCH_PATTERN_MAX);
		return NULL;
	}
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE |
	    PCRE2_NEVER_BACKSLASH_C;
	if (!has_upper(pattern))
		options |= PCRE2_CASELESS;
	int code;
	PCRE2_SIZE at;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	if (context)
		pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern, len, options, &code, &at,
	    context);
	pcre2_compile_context_free(context);
	if (!compiled) {
		char why[160];
		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
		err_set(err, "wrong pattern at column %zu: %s", (size_t)at + 1, why);
		return NULL;
	}
	struct search *search = mem_alloc(sizeof *search);
	search->pattern = mem_strdup(pattern);
	search->code = compiled;
	search->done = true;
	prepare(search);
	return search;
}

void
search_free(struct search *search)
{
	if (!search)
		return;
	pcre2_match_context_free(search->context);
	pcre2_jit_stack_free(search->stack);
	pcre2_match_data_free(search->data);
	pcre2_code_free(search->code);
	buf_release(&search->slice);
	buf_release(&search->text);
	line_release(&search->line);
	free(search->pattern);
	free(search);
}

const char *
search_pattern(const struct search *search)
{
	return search->pattern;
}

bool
search_skipped(const struct search *search)
{
	return search->skipped;
}

enum matched {
	MATCH_NONE,
	MATCH_FOUND,
	MATCH_TOO_COSTLY,	/* a limit of the matcher was hit */
};

/* Matches text from `from` on. */
static enum matched
match(struct search *search, const char *text, size_t len, size_t from, size_t *start,
    size_t *end)
{
	if (!search->data || !search->context)
		return MATCH_NONE;
	int n = pcre2_match(search->code, (PCRE2_SPTR)text, len, from, 0, search->data,
	    search->context);
	if (n == PCRE2_ERROR_NOMATCH)
		return MATCH_NONE;
	if (n < 0)
		return MATCH_TOO_COSTLY;
	const PCRE2_SIZE *span = pcre2_get_ovector_pointer(search->data);
	*start = span[0];
	*end = span[1] > span[0] ? span[1] : span[0];	/* \K can turn them round */
	return MATCH_FOUND;
}

/* Makes the bytes behind a text defined. */
static void
pad(struct buf *text)
{
	memset(buf_reserve(text, PADDING), 0, PADDING);
}

/* Whether a line has to be rendered to know what is seen of it. */
static bool
is_plain(const char *bytes, size_t len)
{
	return len == 0 || (!memchr(bytes, 0x1B, len) && !memchr(bytes, '\r', len) &&
	    !memchr(bytes, '\b', len));
}

/* The text of a line as people see it: the bytes themselves where they are plain, else
 * what rendering gives. */
static const char *
seen_text(struct search *search, const char *bytes, size_t len, size_t *text_len)
{
	while (len && bytes[len - 1] == '\r')	/* CR LF */
		len--;
	*text_len = len;
	if (is_plain(bytes, len))
		return bytes;
	struct line_pen pen = { 0 };
	line_render(&search->line, &pen, bytes, len);
	buf_clear(&search->text);
	line_text(&search->line, 0, search->line.count, &search->text);
	pad(&search->text);
	*text_len = search->text.len;
	return buf_str(&search->text);
}

/* The column in which byte `at` of a seen text is shown. */
static size_t
column_of(const char *text, size_t at)
{
	struct line_pen pen = { 0 };
	struct line line = { 0 };
	line_render(&line, &pen, text, at);
	size_t column = line.cursor;
	line_release(&line);
	return column;
}

/* All matches within a line's bytes, as columns. */
static size_t
match_spans(struct search *search, const char *bytes, size_t len, struct search_span *spans,
    size_t max)
{
	size_t text_len, start, end, count = 0;
	const char *text = seen_text(search, bytes, len, &text_len);
	size_t from = 0;
	while (count < max && from <= text_len &&
	    match(search, text, text_len, from, &start, &end) == MATCH_FOUND) {
		spans[count].first = column_of(text, start);
		spans[count].end = end > start ? column_of(text, end) :
		    spans[count].first;
		count++;
		if (end > from) {
			from = end;
		} else {	/* nothing was matched: go on behind the next character */
			from++;
			while (from < text_len && ((unsigned char)text[from] & 0xC0) == 0x80)
				from++;
		}
	}
	return count;
}

/* Whether a line of the slice matches. One that is too costly does not. */
static bool
line_matches(struct search *search, struct hit line)
{
	size_t len, start, end;
	const char *text = seen_text(search, search->slice.data + line.start,
	    line.end - line.start, &len);
	enum matched matched = match(search, text, len, 0, &start, &end);
	if (matched == MATCH_TOO_COSTLY) {
		search->skipped = true;
		search->costly++;
	}
	return matched == MATCH_FOUND;
}

/* The line of the slice that byte `at` is in, or ends. */
static struct hit
line_around(const struct search *search, size_t at)
{
	const char *data = search->slice.data;
	size_t len = search->slice.len;
	const char *before = memrchr(data, '\n', at);
	const char *behind = at < len ? memchr(data + at, '\n', len - at) : NULL;
	struct hit line;
	line.start = before ? (size_t)(before + 1 - data) : 0;
	line.end = behind ? (size_t)(behind - data) : len;
	line.next = line.end + (behind != NULL);
	if (line.end - line.start <= LINE_BYTES_MAX)
		return line;
	/* The piece of it, cut as logs_line cuts. */
	uint64_t inside = search->base + (at == line.end ? at - 1 : at);
	uint64_t piece = inside - inside % LINE_BYTES_MAX;
	if (piece > search->base + line.start)
		line.start = (size_t)(piece - search->base);
	if (search->base + line.end > piece + LINE_BYTES_MAX)
		line.end = line.next = (size_t)(piece + LINE_BYTES_MAX - search->base);
	return line;
}

/* Tries the lines of the slice from `from` on one by one, from either end. */
static bool
find_singly(struct search *search, size_t from, struct hit *hit)
{
	size_t len = search->slice.len;
	if (search->backward) {
		for (size_t end = len; end > from && search->costly < COSTLY_MAX;) {
			*hit = line_around(search, end - 1);
			if (line_matches(search, *hit))
				return true;
			end = hit->start;
		}
		return false;
	}
	for (size_t at = from; at < len && search->costly < COSTLY_MAX; at = hit->next) {
		*hit = line_around(search, at);
		if (line_matches(search, *hit))
			return true;
	}
	return false;
}

/* Finds the first (backward: last) matching line of a slice of plain text by few runs of
 * the matcher over all of it. Lines are tried one by one where that goes wrong. */
static bool
find_at_once(struct search *search, struct hit *hit)
{
	const char *data = search->slice.data;
	size_t len = search->slice.len, from = 0;
	bool found = false;
	for (int across = 0; from < len;) {
		size_t start, end;
		enum matched matched = match(search, data, len, from, &start, &end);
		if (matched == MATCH_NONE)
			break;
		if (matched == MATCH_TOO_COSTLY || across > ACROSS_MAX) {
			struct hit later;
			if (!find_singly(search, from, &later))
				break;
			*hit = later;
			return true;
		}
		if (start == len && data[len - 1] == '\n')	/* behind the last line */
			break;
		struct hit line = line_around(search, start);
		bool inside = end <= line.end;
		across += !inside;
		if (inside || line_matches(search, line)) {
			*hit = line;
			found = true;
			if (!search->backward)
				break;
		}
		from = line.next;
	}
	return found;
}

static void
read_slice(struct search *search, struct scrollback *sb, uint64_t from, uint64_t to)
{
	search->base = from;
	search->costly = 0;
	buf_clear(&search->slice);
	char *data = buf_reserve(&search->slice, (size_t)(to - from));
	search->slice.len = logs_read(&sb->logs, search->at.segment, from, data,
	    (size_t)(to - from));
	pad(&search->slice);
}

/* Where the slice ends that begins at `from`: at the last line start within SEARCH_SLICE. */
static uint64_t
slice_end(struct scrollback *sb, size_t segment, uint64_t from, uint64_t size)
{
	if (size - from <= SEARCH_SLICE)
		return size;
	uint64_t end = logs_line_start(&sb->logs, segment, from + SEARCH_SLICE);
	return end > from ? end : from + SEARCH_SLICE;
}

/* Where the slice begins that ends at `to`. */
static uint64_t
slice_start(struct scrollback *sb, size_t segment, uint64_t to)
{
	if (to <= SEARCH_SLICE)
		return 0;
	struct log_line line;
	uint64_t start = logs_line_start(&sb->logs, segment, to - SEARCH_SLICE);
	if (start < to - SEARCH_SLICE && logs_line(&sb->logs, segment, start, &line))
		start = line.next;
	return start < to ? start : to - SEARCH_SLICE;
}

/* Searches the slice that comes next in the segment. Returns whether something was found,
 * and moves on. */
static bool
search_slice(struct search *search, struct scrollback *sb, uint64_t size, uint64_t *found)
{
	struct scrollback_position *at = &search->at;
	uint64_t from = search->backward ? slice_start(sb, at->segment, at->offset) :
	    at->offset;
	uint64_t to = search->backward ? at->offset :
	    slice_end(sb, at->segment, at->offset, size);
	read_slice(search, sb, from, to);
	at->offset = search->backward ? from : to;
	struct hit hit;
	if (search->slice.len == 0)
		return false;
	/* The interpreter would check all of the slice for valid UTF-8 in each run. */
	bool at_once = search->jit && is_plain(search->slice.data, search->slice.len);
	if (at_once ? !find_at_once(search, &hit) : !find_singly(search, 0, &hit))
		return false;
	*found = from + hit.start;
	return true;
}

static size_t
caption_spans(struct search *search, struct scrollback *sb, size_t segment,
    struct search_span *spans, size_t max)
{
	struct buf text = BUF_INIT;
	buf_add_str(&text, sb->logs.segments[segment].caption);
	pad(&text);
	size_t count = match_spans(search, text.data, text.len, spans, max);
	buf_release(&text);
	return count;
}

/* Searches a caption, which is one line. */
static bool
search_caption(struct search *search, struct scrollback *sb)
{
	struct search_span span;
	search->at.offset = search->backward ? 0 : 1;
	return caption_spans(search, sb, search->at.segment, &span, 1) > 0;
}

/* Goes on to the next segment when this one is done. Returns false at the end of all. */
static bool
next_segment(struct search *search, struct scrollback *sb, uint64_t *size)
{
	struct scrollback_position *at = &search->at;
	while (at->segment < sb->logs.count) {
		*size = logs_size(&sb->logs, at->segment);
		if (at->offset > *size)
			at->offset = *size;
		if (search->backward ? at->offset > 0 : at->offset < *size)
			return true;
		if (search->backward && at->segment == 0)
			return false;
		at->segment += search->backward ? (size_t)-1 : 1;
		at->offset = search->backward ? UINT64_MAX : 0;
	}
	return false;
}

void
search_start(struct search *search, struct scrollback *sb,
    const struct scrollback_position *from, bool backward, bool here)
{
	search->backward = backward;
	search->done = sb->logs.count == 0;
	if (search->done)
		return;
	search->at = scrollback_settle(sb, from);
	struct log_line line;
	if (here == backward && logs_line(&sb->logs, search->at.segment, search->at.offset,
	    &line))
		search->at.offset = line.next;
}

size_t
search_line(struct search *search, struct scrollback *sb,
    const struct scrollback_position *line, struct search_span *spans, size_t max)
{
	struct log_line at;
	if (line->segment >= sb->logs.count ||
	    !logs_line(&sb->logs, line->segment, line->offset, &at))
		return 0;
	if (sb->logs.segments[line->segment].caption)
		return caption_spans(search, sb, line->segment, spans, max);
	size_t len;
	const char *bytes = logs_line_bytes(&sb->logs, line->segment, &at, &len);
	return match_spans(search, bytes, len, spans, max);
}

/* Describes the hit whose line begins at an offset of the present segment. */
static void
describe(struct search *search, struct scrollback *sb, uint64_t offset,
    struct search_match *found)
{
	struct scrollback_position line = { search->at.segment, offset, 0 };
	*found = (struct search_match){ .line = scrollback_settle(sb, &line) };
	search_line(search, sb, &found->line, &found->span, 1);
}

enum search_state
search_step(struct search *search, struct scrollback *sb, struct search_match *found)
{
	uint64_t size, offset = 0;
	if (search->done || !next_segment(search, sb, &size)) {
		search->done = true;
		return SEARCH_NOT_FOUND;
	}
	bool is_caption = sb->logs.segments[search->at.segment].caption != NULL;
	bool hit = is_caption ? search_caption(search, sb) :
	    search_slice(search, sb, size, &offset);
	if (!hit)
		return SEARCH_GOING_ON;
	describe(search, sb, offset, found);
	search->done = true;
	return SEARCH_FOUND;
}
