#include "term/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define BLOCK_ALIGN ((uint64_t)16 << 10)
#define BLOCK_READ ((uint64_t)32 << 10)	/* read at once when less is asked for */
#define BLOCK_SIZE (BLOCK_ALIGN + LOGS_VIEW_MAX + BLOCK_READ)
#define LOOK_FIRST ((uint64_t)2 << 10)	/* most lines end within this */

void
logs_init(struct logs *logs)
{
	*logs = (struct logs){ 0 };
	for (int i = 0; i < SCROLLBACK_FILES_OPEN; i++)
		logs->open[i].fd = -1;
}

void
logs_rest(struct logs *logs)
{
	for (int i = 0; i < SCROLLBACK_FILES_OPEN; i++) {
		if (logs->open[i].fd >= 0)
			close(logs->open[i].fd);
		logs->open[i].fd = -1;
	}
	free(logs->block);
	logs->block = NULL;
	logs->block_len = 0;
}

void
logs_release(struct logs *logs)
{
	logs_rest(logs);
	for (size_t i = 0; i < logs->count; i++) {
		free(logs->segments[i].path);
		free(logs->segments[i].caption);
	}
	free(logs->segments);
	logs_init(logs);
}

size_t
logs_add(struct logs *logs, const char *path, const char *caption)
{
	if (logs->count == logs->cap) {
		logs->cap = logs->cap ? logs->cap * 2 : 8;
		logs->segments = mem_grow(logs->segments, logs->cap, sizeof *logs->segments);
	}
	logs->segments[logs->count] = (struct segment){ .path = mem_strdup(path),
		.caption = mem_strdup(caption), .size = caption != NULL,
		.seen = caption != NULL };
	return logs->count++;
}

/* The slot of a segment's open log; NULL when it cannot be opened. The log used longest
 * ago is closed for it. */
static struct open_log *
open_log(struct logs *logs, size_t segment)
{
	struct open_log *slot = &logs->open[0];
	for (int i = 0; i < SCROLLBACK_FILES_OPEN; i++) {
		struct open_log *log = &logs->open[i];
		if (log->fd >= 0 && log->segment == segment) {
			log->used = ++logs->uses;
			return log;
		}
		if (slot->fd >= 0 && (log->fd < 0 || log->used < slot->used))
			slot = log;
	}
	int fd = open(logs->segments[segment].path,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;
	if (slot->fd >= 0)
		close(slot->fd);
	*slot = (struct open_log){ .fd = fd, .segment = segment, .used = ++logs->uses };
	return slot;
}

uint64_t
logs_size(struct logs *logs, size_t segment)
{
	struct segment *s = &logs->segments[segment];
	if (s->caption)
		return 1;
	struct open_log *log = open_log(logs, segment);
	struct stat st;
	uint64_t size = 0;
	if (log && fstat(log->fd, &st) == 0 && S_ISREG(st.st_mode))
		size = (uint64_t)st.st_size;
	if (size < s->size && logs->block_segment == segment)
		logs->block_len = 0;
	s->seen = true;
	s->size = size;
	return size;
}

uint64_t
logs_size_seen(struct logs *logs, size_t segment)
{
	struct segment *s = &logs->segments[segment];
	struct stat st;
	if (!s->seen && stat(s->path, &st) == 0 && S_ISREG(st.st_mode)) {
		s->size = (uint64_t)st.st_size;
		s->seen = true;
	}
	return s->size;
}

size_t
logs_read(struct logs *logs, size_t segment, uint64_t offset, char *to, size_t len)
{
	if (segment >= logs->count || logs->segments[segment].caption)
		return 0;
	struct open_log *log = open_log(logs, segment);
	size_t done = 0;
	while (log && done < len) {
		ssize_t n = pread(log->fd, to + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

const char *
logs_view(struct logs *logs, size_t segment, uint64_t from, uint64_t to, size_t *len)
{
	uint64_t block_end = logs->block_start + logs->block_len;
	if (!logs->block || logs->block_segment != segment || from < logs->block_start ||
	    to > block_end) {
		if (!logs->block)
			logs->block = mem_alloc(BLOCK_SIZE);
		uint64_t start = from - from % BLOCK_ALIGN;
		uint64_t end = to > start + BLOCK_READ ? to : start + BLOCK_READ;
		logs->block_segment = segment;
		logs->block_start = start;
		logs->block_len = logs_read(logs, segment, start, logs->block,
		    (size_t)(end - start));
		block_end = start + logs->block_len;
	}
	if (to > block_end)
		to = block_end;
	*len = to > from ? (size_t)(to - from) : 0;
	return *len ? logs->block + (from - logs->block_start) : logs->block;
}

/* Finds the first LF from `from` on, before `to`. */
static bool
find_forward(struct logs *logs, size_t segment, uint64_t from, uint64_t to, uint64_t *at)
{
	uint64_t step = LOOK_FIRST;
	while (from < to) {
		uint64_t until = to - from > step ? from + step : to;
		size_t len;
		const char *bytes = logs_view(logs, segment, from, until, &len);
		const char *lf = memchr(bytes, '\n', len);
		if (lf) {
			*at = from + (uint64_t)(lf - bytes);
			return true;
		}
		from = until;
		step = LINE_BYTES_MAX;
	}
	return false;
}

/* Finds the last LF before `to`, not before `from`. */
static bool
find_backward(struct logs *logs, size_t segment, uint64_t from, uint64_t to, uint64_t *at)
{
	uint64_t step = LOOK_FIRST;
	while (from < to) {
		uint64_t since = to - from > step ? to - step : from;
		size_t len;
		const char *bytes = logs_view(logs, segment, since, to, &len);
		const char *lf = memrchr(bytes, '\n', len);
		if (lf) {
			*at = since + (uint64_t)(lf - bytes);
			return true;
		}
		to = since;
		step = LINE_BYTES_MAX;
	}
	return false;
}

/* As logs_line, in a log of that size. */
static bool
line_within(struct logs *logs, size_t segment, uint64_t start, uint64_t size,
    struct log_line *line)
{
	if (start >= size)
		return false;
	line->start = start;
	if (logs->segments[segment].caption) {
		line->end = line->next = size;
		return true;
	}
	bool fits = size - start <= LINE_BYTES_MAX;
	uint64_t until = fits ? size : start + LINE_BYTES_MAX + 1;
	if (find_forward(logs, segment, start, until, &line->end))
		line->next = line->end + 1;
	else if (fits)
		line->end = line->next = size;
	else
		line->end = line->next = (start / LINE_BYTES_MAX + 1) * LINE_BYTES_MAX;
	return true;
}

bool
logs_line(struct logs *logs, size_t segment, uint64_t start, struct log_line *line)
{
	/* What is followed by something cannot change any more: no need to ask. */
	uint64_t seen = logs->segments[segment].size;
	return (line_within(logs, segment, start, seen, line) && line->next < seen) ||
	    line_within(logs, segment, start, logs_size(logs, segment), line);
}

bool
logs_previous(struct logs *logs, size_t segment, uint64_t offset, uint64_t *start)
{
	if (offset == 0)
		return false;
	if (logs->segments[segment].caption) {
		*start = 0;
		return true;
	}
	size_t len;
	const char *last = logs_view(logs, segment, offset - 1, offset, &len);
	uint64_t end = len && *last == '\n' ? offset - 1 : offset;
	uint64_t from = end > LINE_BYTES_MAX ? end - LINE_BYTES_MAX - 1 : 0;
	uint64_t lf;
	if (find_backward(logs, segment, from, end, &lf))
		*start = lf + 1;
	else if (end <= LINE_BYTES_MAX)
		*start = 0;
	else
		*start = (end - 1) / LINE_BYTES_MAX * LINE_BYTES_MAX;
	return true;
}

uint64_t
logs_line_start(struct logs *logs, size_t segment, uint64_t offset)
{
	uint64_t size = logs_size(logs, segment);
	uint64_t start = 0;
	if (offset >= size) {
		logs_previous(logs, segment, size, &start);
		return start;
	}
	if (offset == 0 || logs->segments[segment].caption)
		return 0;
	uint64_t from = offset > LINE_BYTES_MAX ? offset - LINE_BYTES_MAX - 1 : 0;
	uint64_t lf;
	if (find_backward(logs, segment, from, offset, &lf))
		start = lf + 1;
	else if (offset > LINE_BYTES_MAX)
		return offset / LINE_BYTES_MAX * LINE_BYTES_MAX;
	struct log_line line;
	while (logs_line(logs, segment, start, &line) && line.next <= offset)
		start = line.next;
	return start;
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

const char *
logs_line_bytes(struct logs *logs, size_t segment, const struct log_line *at, size_t *len)
{
	bool cut = at->end == at->next && at->end % LINE_BYTES_MAX == 0;
	const char *bytes = logs_view(logs, segment, at->start, at->end + (cut ? 3 : 0), len);
	size_t own = (size_t)(at->end - at->start);
	while (own < *len && is_continuation(bytes[own]))
		own++;
	if (*len > own)
		*len = own;
	if (at->start && at->start % LINE_BYTES_MAX == 0) {
		for (int i = 0; i < 3 && *len && is_continuation(*bytes); i++) {
			bytes++;
			--*len;
		}
	}
	return bytes;
}

void
logs_render(struct logs *logs, size_t segment, const struct log_line *at,
    struct line_pen *pen, struct line *line)
{
	const char *caption = logs->segments[segment].caption;
	if (caption) {
		struct line_pen plain = { 0 };
		line_render(line, &plain, caption, strlen(caption));
		return;
	}
	size_t len;
	const char *bytes = logs_line_bytes(logs, segment, at, &len);
	line_render(line, pen, bytes, len);
}
