/*
 * The segments under a scrollback: logs on disk and captions, and the lines in them. Lines
 * are found by looking for LF in at most LINE_BYTES_MAX bytes from where one is.
 *
 * Used by scrollback and search only.
 */
#ifndef SEQDECK_TERM_LOGS_H
#define SEQDECK_TERM_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "term/line.h"
#include "term/scrollback.h"

struct segment {
	char *path;	/* of a log; owned */
	char *caption;	/* of a caption; owned */
	uint64_t size;	/* as last seen; of a caption 1, for the one line that it is */
	bool seen;	/* size was asked for */
};

struct open_log {
	int fd;	/* -1: free */
	size_t segment;
	unsigned long used;	/* when, in uses */
};

struct logs {
	struct segment *segments;
	size_t count, cap;
	struct open_log open[SCROLLBACK_FILES_OPEN];
	unsigned long uses;
	char *block;	/* bytes of one log; NULL until something is read */
	size_t block_segment, block_len;
	uint64_t block_start;
};

/* A line or a piece of a long one: bytes from start up to end; next is where the one after
 * it begins. */
struct log_line {
	uint64_t start, end, next;
};

void logs_init(struct logs *logs);
void logs_release(struct logs *logs);
void logs_rest(struct logs *logs);	/* closes files, frees the block */
size_t logs_add(struct logs *logs, const char *path, const char *caption);

/* The size now: asks the system. And the size as last seen, for totals. */
uint64_t logs_size(struct logs *logs, size_t segment);
uint64_t logs_size_seen(struct logs *logs, size_t segment);

/* Reads up to len bytes at offset. Returns how many there were. */
size_t logs_read(struct logs *logs, size_t segment, uint64_t offset, char *to, size_t len);

/* Bytes from `from` up to `to` (at most LOGS_VIEW_MAX), valid until the next call; *len
 * tells how many there are. Never NULL. */
#define LOGS_VIEW_MAX (LINE_BYTES_MAX + 16)
const char *logs_view(struct logs *logs, size_t segment, uint64_t from, uint64_t to,
    size_t *len);

/* The line that begins at start. Returns false at the end of the segment. */
bool logs_line(struct logs *logs, size_t segment, uint64_t start, struct log_line *line);

/* The start of the line before the one that begins at offset, or before the end when
 * offset is the size. Returns false at the segment's start. */
bool logs_previous(struct logs *logs, size_t segment, uint64_t offset, uint64_t *start);

/* The start of the line that the byte at offset is in; of the last line when offset is
 * behind the end; 0 in an empty segment. */
uint64_t logs_line_start(struct logs *logs, size_t segment, uint64_t offset);

/* Renders a line of a log, or a caption, with the pen given. */
void logs_render(struct logs *logs, size_t segment, const struct log_line *at,
    struct line_pen *pen, struct line *line);

/* The bytes of a line as they are in the log, valid until the next call. A character torn
 * between two pieces is whole in the first. */
const char *logs_line_bytes(struct logs *logs, size_t segment, const struct log_line *at,
    size_t *len);

#endif
