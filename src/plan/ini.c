/*
 * How inih is kept from cutting and guessing: ini_parse_stream() asks a reader for one
 * line at a time and calls the handler for it before it asks again, so the two share
 * their state, and the reader shows the library a safe form of what stands in the text.
 *
 *   - A section is shown as `[LINE]`, then `\4=`, a key of ours for which the handler is
 *     called even when the section is empty; its name is kept here, at any length.
 *   - A pair is shown in pieces that fit the library's buffer: `KEY=` and the first bytes
 *     of the value, then as often as needed `\5=` and the next ones. Newlines inside the
 *     value are shown as \2, colons inside the key as \3, so that only '=' parts the two.
 *   - \1 means nothing. It is put where the library would strip or start a comment:
 *     around each piece, and between what may be a blank to isspace() and what may be a
 *     prefix of comments.
 *
 * The bytes 1 to 5 are free for this because control characters are refused beforehand.
 */
#include "plan/ini.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plan/ini_clean.h"

enum {
	MARK_GUARD = 1,	/* nothing */
	MARK_NEWLINE = 2,
	MARK_COLON = 3,
	MARK_SECTION = 4,	/* key: the section that was begun */
	MARK_MORE = 5,	/* key: the next piece of the value */
};

#define LINE_MIN 64	/* the smallest buffer of the library that we work with */
/* bytes of a line beside the text: key, '=', guards, newline, NUL */
#define PIECE_EXTRA 8

struct ini {
	const struct ini_listener *listener;
	size_t value_max;
	const char *p, *end;	/* what is still to read of the cleaned text */
	int line;	/* of p, from 1 */
	struct buf section;	/* name of the section that is being shown */
	int section_line, section_column;
	bool section_pending;	/* its header was shown, its key was not */
	struct buf shown;	/* the pair in the form for the library */
	size_t offset;	/* bytes of it that were shown */
	struct buf key, value;	/* the pair as it comes back */
	struct ini_pair pair;	/* where it is */
	bool awaiting;	/* a line was shown and the handler was not called yet */
	bool stopped;	/* the reader has reached the end, or cannot go on */
};

static void
tell(const struct ini *ini, int line, int column, const char *text)
{
	ini->listener->problem(ini->listener->arg, line, column, text);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static const char *
line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));
	return eol ? eol : end;
}

/* Characters, not bytes, from `from` up to `to`. */
static int
characters(const char *from, const char *to)
{
	int n = 0;
	for (; from < to; from++)
		n += ((unsigned char)*from & 0xc0) != 0x80;
	return n;
}

/* Reads the header in the line [p, eol); p is at '['. What is wrong with it is told and
 * then overlooked, so that the lines below do not fall to the section above. */
static void
read_header(struct ini *ini, const char *p, const char *eol)
{
	const char *close = memchr(p, ']', (size_t)(eol - p));
	if (!close) {
		tell(ini, ini->line, 1, "a section header has to end with ']'");
		close = eol;
	}
	const char *rest = close < eol ? skip_blanks(close + 1, eol) : eol;
	if (rest < eol && *rest != '#' && *rest != ';')
		tell(ini, ini->line, characters(p, rest) + 1,
		    "only a comment may stand behind the ']' of a section header");
	const char *name = skip_blanks(p + 1, close);
	while (close > name && is_blank(close[-1]))
		close--;
	buf_clear(&ini->section);
	buf_add(&ini->section, name, (size_t)(close - name));
	ini->section_line = ini->line;
	ini->section_column = characters(p, name) + 1;
	ini->section_pending = true;
}

/* Where the continuation of a value is: lines of [start, end), `indent` bytes of
 * indentation in the first of them. */
struct continuation {
	const char *start, *end;
	const char *indent;
	size_t indent_len;
	int lines;
};

/* Whether [p, eol) is indented by at least the indentation in c. */
static bool
is_indented_as(const struct continuation *c, const char *p, const char *eol)
{
	return c->indent && (size_t)(eol - p) >= c->indent_len &&
	    memcmp(p, c->indent, c->indent_len) == 0;
}

/* Finds the lines from p on that continue a value. */
static struct continuation
find_continuation(const char *p, const char *end)
{
	struct continuation c = { .start = p, .end = p };
	int lines = 0;
	while (p < end) {
		const char *eol = line_end(p, end), *text = skip_blanks(p, eol);
		bool is_comment = text < eol && (*text == '#' || *text == ';');
		bool belongs = text < eol && text > p && !is_comment;
		if (text < eol && text == p && !is_comment)
			break;
		if (is_comment && c.lines)
			belongs = is_indented_as(&c, p, eol);
		if (text < eol && text > p && !c.indent) {
			c.indent = p;
			c.indent_len = (size_t)(text - p);
		}
		p = eol < end ? eol + 1 : eol;
		lines++;
		if (belongs) {
			c.end = p;
			c.lines = lines;
		}
	}
	return c;
}

/* Appends the lines of c to the value, each behind a newline. */
static void
add_continuation(struct buf *value, const struct continuation *c)
{
	const char *p = c->start;
	for (int i = 0; i < c->lines; i++) {
		const char *eol = line_end(p, c->end);
		size_t n = 0;
		while (n < c->indent_len && p + n < eol && p[n] == c->indent[n])
			n++;
		buf_add_char(value, '\n');
		buf_add(value, p + n, (size_t)(eol - p) - n);
		p = eol < c->end ? eol + 1 : eol;
	}
}

/* Takes the blanks around a value away, and sets where it begins. */
static void
strip_value(struct ini *ini, struct buf *value)
{
	size_t i = 0;
	const char *s = buf_str(value);
	for (; s[i] && (is_blank(s[i]) || s[i] == '\n'); i++)
		if (s[i] == '\n') {
			ini->pair.value_line++;
			ini->pair.value_column = ini->pair.indent + 1;
		} else {
			ini->pair.value_column++;
		}
	if (!s[i]) {
		ini->pair.value_line = ini->pair.line;
		buf_clear(value);
		return;
	}
	while (is_blank(s[value->len - 1]) || s[value->len - 1] == '\n')
		value->len--;
	value->data[value->len] = '\0';
	buf_drop(value, i);
}

/* Appends text in the form for the library: guards between a byte that may be a blank in
 * some locale and a byte that may start a comment in some build of it. */
static void
add_guarded(struct buf *to, const char *s, size_t len, bool is_key)
{
	const char *p = s, *end = s + len;
	while (p < end) {
		const char *word = p;
		while (p < end && *p > ' ' && *p < 0x7f && !(*p == ':' && is_key))
			p++;
		if (p > word) {
			buf_add_char(to, MARK_GUARD);
			buf_add(to, word, (size_t)(p - word));
		}
		for (; p < end && (*p <= ' ' || *p == 0x7f); p++)
			buf_add_char(to, *p == '\n' ? MARK_NEWLINE : *p);
		for (; p < end && *p == ':' && is_key; p++)
			buf_add_char(to, MARK_COLON);
	}
}

/* Puts the pair into `shown`. key and value have no blanks around them. Returns whether
 * its key fits into a line of num bytes. */
static bool
show_pair(struct ini *ini, const char *key, size_t key_len, const struct buf *value,
    size_t num)
{
	struct buf *shown = &ini->shown;
	buf_clear(shown);
	add_guarded(shown, key, key_len, true);
	ini->offset = 0;
	if (key_len > INI_KEY_MAX || shown->len + 1 + PIECE_EXTRA > num) {
		char *text = mem_printf("this key has %zu bytes: at most %d are possible",
		    key_len, INI_KEY_MAX);
		tell(ini, ini->pair.line, 1, text);
		free(text);
		buf_clear(shown);
		return false;
	}
	buf_add_char(shown, '=');
	add_guarded(shown, buf_str(value), value->len, false);
	return true;
}

/* Reads the key line [p, eol) and what continues it. Returns whether there is a pair to
 * show; ini->p and ini->line are behind it in any case. */
static bool
read_pair(struct ini *ini, const char *p, const char *eol, size_t num)
{
	struct continuation c = find_continuation(ini->p, ini->end);
	struct buf value = BUF_INIT;
	const char *equals = memchr(p, '=', (size_t)(eol - p)), *key_end = equals;
	bool ok = false;
	ini->pair.line = ini->pair.value_line = ini->line - 1;
	ini->pair.indent = c.lines && c.indent ?
	    characters(c.indent, c.indent + c.indent_len) : 0;
	ini->p = c.end;
	ini->line += c.lines;
	if (!equals) {
		tell(ini, ini->pair.line, 1, "no '=' in this line: write KEY = VALUE, or "
		    "indent the line to go on with the value above");
		return false;
	}
	while (key_end > p && is_blank(key_end[-1]))
		key_end--;
	if (key_end == p) {
		tell(ini, ini->pair.line, 1, "no key in front of '='");
		return false;
	}
	ini->pair.value_column = characters(p, equals) + 2;
	buf_add(&value, equals + 1, (size_t)(eol - equals) - 1);
	add_continuation(&value, &c);
	strip_value(ini, &value);
	if (value.len > ini->value_max) {
		char *text = mem_printf("this value has %zu bytes: at most %zu are "
		    "possible", value.len, ini->value_max);
		tell(ini, ini->pair.line, 1, text);
		free(text);
	} else {
		ok = show_pair(ini, p, (size_t)(key_end - p), &value, num);
	}
	buf_release(&value);
	return ok;
}

/* Writes the next piece of the pair for the library. */
static void
show_piece(struct ini *ini, char *line, size_t num)
{
	char *o = line;
	size_t n = ini->shown.len - ini->offset;
	if (ini->offset) {
		*o++ = MARK_MORE;
		*o++ = '=';
		*o++ = MARK_GUARD;
	}
	if (n > num - PIECE_EXTRA)
		n = num - PIECE_EXTRA;
	memcpy(o, ini->shown.data + ini->offset, n);
	o += n;
	ini->offset += n;
	*o++ = MARK_GUARD;
	*o++ = '\n';
	*o = '\0';
}

/* Finds the next section or pair in the text. Returns false at the end. */
static bool
read_next(struct ini *ini, char *line, size_t num)
{
	while (ini->p < ini->end) {
		const char *p = ini->p, *eol = line_end(p, ini->end);
		const char *text = skip_blanks(p, eol);
		ini->p = eol < ini->end ? eol + 1 : eol;
		if (*p == '[') {
			read_header(ini, p, eol);
			snprintf(line, num, "[%d]\n", ini->line++);
			return true;
		}
		ini->line++;
		if (text == eol || *text == '#' || *text == ';')
			continue;
		if (text > p) {
			tell(ini, ini->line - 1, characters(p, text) + 1, "this line is "
			    "indented, but there is no key above that it could go on "
			    "with");
		} else if (read_pair(ini, p, eol, num)) {
			show_piece(ini, line, num);
			ini->awaiting = true;
			return true;
		}
	}
	return false;
}

/* The reader: writes the next line for the library. */
static char *
show_line(char *line, int num, void *arg)
{
	struct ini *ini = arg;
	if (num < LINE_MIN || ini->awaiting) {
		tell(ini, ini->line, 1, "the INI library does not understand this line");
		ini->awaiting = false;
		ini->stopped = true;
	}
	if (ini->stopped)
		return NULL;
	if (ini->section_pending) {
		ini->section_pending = false;
		snprintf(line, (size_t)num, "%c=\n", MARK_SECTION);
		ini->awaiting = true;
		return line;
	}
	if (ini->offset < ini->shown.len) {
		show_piece(ini, line, (size_t)num);
		ini->awaiting = true;
		return line;
	}
	if (read_next(ini, line, (size_t)num))
		return line;
	ini->stopped = true;
	return NULL;
}

/* Appends what the library handed back in its original form. */
static void
add_original(struct buf *to, const char *s)
{
	static const char marks[] = { MARK_GUARD, MARK_NEWLINE, MARK_COLON, '\0' };
	while (*s) {
		size_t n = strcspn(s, marks);
		buf_add(to, s, n);
		s += n;
		if (*s == MARK_NEWLINE || *s == MARK_COLON)
			buf_add_char(to, *s == MARK_NEWLINE ? '\n' : ':');
		s += *s != '\0';
	}
}

/* The handler: puts the pieces together and tells the listener. */
static int
take_line(void *arg, const char *section, const char *name, const char *value)
{
	struct ini *ini = arg;
	(void)section;
	if (!name || !value)
		return 1;	/* some builds call for a new section, too */
	ini->awaiting = false;
	if (*name == MARK_SECTION) {
		ini->listener->section(ini->listener->arg, buf_str(&ini->section),
		    ini->section_line, ini->section_column);
		return 1;
	}
	if (*name != MARK_MORE) {
		buf_clear(&ini->key);
		buf_clear(&ini->value);
		add_original(&ini->key, name);
	}
	add_original(&ini->value, value);
	if (ini->offset == ini->shown.len) {
		ini->pair.key = buf_str(&ini->key);
		ini->pair.value = buf_str(&ini->value);
		ini->listener->pair(ini->listener->arg, &ini->pair);
	}
	return 1;
}

void
ini_read(const char *text, size_t len, size_t value_max,
    const struct ini_listener *listener)
{
	struct buf clean = BUF_INIT;
	struct ini ini = { .listener = listener, .value_max = value_max, .line = 1 };
	if (ini_clean(text, len, &clean, listener)) {
		ini.p = buf_str(&clean);
		ini.end = ini.p + clean.len;
		/* Its result is in its own count of lines; problems were told already. */
		ini_parse_stream(show_line, &ini, take_line, &ini);
		if (!ini.stopped || ini.awaiting)
			tell(&ini, ini.line, 1, "the INI library does not read on from "
			    "here");
	}
	buf_release(&clean);
	buf_release(&ini.section);
	buf_release(&ini.shown);
	buf_release(&ini.key);
	buf_release(&ini.value);
}
