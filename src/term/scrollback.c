#include "term/scrollback.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "term/scrollback_lines.h"

struct scrollback *
scrollback_new(void)
{
	struct scrollback *sb = mem_alloc(sizeof *sb);
	logs_init(&sb->logs);
	return sb;
}

void
scrollback_free(struct scrollback *sb)
{
	if (!sb)
		return;
	logs_release(&sb->logs);
	line_release(&sb->line);
	free(sb);
}

size_t
scrollback_add_log(struct scrollback *sb, const char *path)
{
	return logs_add(&sb->logs, path, NULL);
}

size_t
scrollback_add_caption(struct scrollback *sb, const char *text)
{
	return logs_add(&sb->logs, NULL, text);
}

void
scrollback_set_caption(struct scrollback *sb, size_t segment, const char *text)
{
	assert(segment < sb->logs.count && sb->logs.segments[segment].caption);
	free(sb->logs.segments[segment].caption);
	sb->logs.segments[segment].caption = mem_strdup(text);
}

size_t
scrollback_count(const struct scrollback *sb)
{
	return sb->logs.count;
}

void
scrollback_clear(struct scrollback *sb)
{
	logs_release(&sb->logs);
}

const char *
scrollback_last_log(const struct scrollback *sb, size_t *segment)
{
	for (size_t i = sb->logs.count; i-- > 0;) {
		if (sb->logs.segments[i].path) {
			*segment = i;
			return sb->logs.segments[i].path;
		}
	}
	return NULL;
}

void
scrollback_rest(struct scrollback *sb)
{
	logs_rest(&sb->logs);
	line_release(&sb->line);
}

uint64_t
scrollback_size(struct scrollback *sb)
{
	uint64_t size = 0;
	for (size_t i = 0; i < sb->logs.count; i++)
		size += scrollback_segment_size(sb, i);
	return size;
}

uint64_t
scrollback_segment_size(struct scrollback *sb, size_t segment)
{
	if (segment >= sb->logs.count || sb->logs.segments[segment].caption)
		return 0;
	return logs_size(&sb->logs, segment);
}

size_t
scrollback_read(struct scrollback *sb, size_t segment, uint64_t offset, char *to, size_t len)
{
	return logs_read(&sb->logs, segment, offset, to, len);
}

int
scrollback_compare(const struct scrollback_position *a, const struct scrollback_position *b)
{
	if (a->segment != b->segment)
		return a->segment < b->segment ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->row == b->row ? 0 : a->row < b->row ? -1 : 1;
}

bool
scrollback_next_line(struct scrollback *sb, struct scrollback_position *at)
{
	struct log_line line;
	if (at->segment < sb->logs.count &&
	    logs_line(&sb->logs, at->segment, at->offset, &line) &&
	    line.next < logs_size_seen(&sb->logs, at->segment)) {
		*at = (struct scrollback_position){ at->segment, line.next, 0 };
		return true;
	}
	for (size_t i = at->segment + 1; i < sb->logs.count; i++) {
		if (logs_size(&sb->logs, i)) {
			*at = (struct scrollback_position){ i, 0, 0 };
			return true;
		}
	}
	return false;
}

bool
scrollback_previous_line(struct scrollback *sb, struct scrollback_position *at)
{
	uint64_t start;
	if (at->segment < sb->logs.count &&
	    logs_previous(&sb->logs, at->segment, at->offset, &start)) {
		*at = (struct scrollback_position){ at->segment, start, 0 };
		return true;
	}
	for (size_t i = at->segment; i-- > 0;) {
		uint64_t size = logs_size(&sb->logs, i);
		if (size && logs_previous(&sb->logs, i, size, &start)) {
			*at = (struct scrollback_position){ i, start, 0 };
			return true;
		}
	}
	return false;
}

struct scrollback_position
scrollback_end(const struct scrollback *sb)
{
	return (struct scrollback_position){ .segment = sb->logs.count };
}

struct scrollback_position
scrollback_start(struct scrollback *sb)
{
	struct scrollback_position at = { 0 };
	if (sb->logs.count && logs_size(&sb->logs, 0) == 0)
		scrollback_next_line(sb, &at);
	return at;
}

bool
scrollback_render(struct scrollback *sb, const struct scrollback_position *at,
    struct line_pen *pen)
{
	struct log_line line;
	if (at->segment >= sb->logs.count ||
	    !logs_line(&sb->logs, at->segment, at->offset, &line))
		return false;
	logs_render(&sb->logs, at->segment, &line, pen, &sb->line);
	return true;
}

struct scrollback_position
scrollback_settle(struct scrollback *sb, const struct scrollback_position *was)
{
	struct scrollback_position at = { was->segment, was->offset, 0 };
	bool there;
	if (at.segment >= sb->logs.count) {
		at = scrollback_end(sb);
		there = scrollback_previous_line(sb, &at);
	} else if (logs_size(&sb->logs, at.segment) == 0) {
		there = scrollback_next_line(sb, &at) || scrollback_previous_line(sb, &at);
	} else {
		at.offset = logs_line_start(&sb->logs, at.segment, at.offset);
		there = true;
	}
	return there ? at : (struct scrollback_position){ 0 };
}

/* The size of a segment for totals: the last one may be growing. */
static uint64_t
size_for_total(struct scrollback *sb, size_t segment)
{
	return segment + 1 == sb->logs.count ? logs_size(&sb->logs, segment) :
	    logs_size_seen(&sb->logs, segment);
}

int
scrollback_percent(struct scrollback *sb, const struct scrollback_position *at)
{
	double before = (double)at->offset, total = 0;
	for (size_t i = 0; i < sb->logs.count; i++) {
		uint64_t size = size_for_total(sb, i);
		total += (double)size;
		if (i < at->segment)
			before += (double)size;
	}
	if (total <= 0)
		return 100;
	int percent = (int)(before * 100 / total);
	return percent < 0 ? 0 : percent > 100 ? 100 : percent;
}

struct scrollback_position
scrollback_at_percent(struct scrollback *sb, int percent)
{
	double target = 0;
	for (size_t i = 0; i < sb->logs.count; i++)
		target += (double)size_for_total(sb, i);
	target = target * (percent < 0 ? 0 : percent > 100 ? 100 : percent) / 100;
	struct scrollback_position at = { 0 };
	for (; at.segment < sb->logs.count; at.segment++) {
		double size = (double)size_for_total(sb, at.segment);
		if (target < size) {
			at.offset = (uint64_t)target;
			break;
		}
		target -= size;
	}
	return scrollback_settle(sb, &at);
}

void
scrollback_text(struct scrollback *sb, const struct scrollback_position *from, size_t lines,
    struct buf *to)
{
	struct scrollback_position at = scrollback_settle(sb, from);
	struct line_pen pen = { 0 };
	for (size_t i = 0; i < lines && scrollback_render(sb, &at, &pen); i++) {
		line_text(&sb->line, 0, sb->line.count, to);
		buf_add_char(to, '\n');
		if (!scrollback_next_line(sb, &at))
			break;
	}
}
