/*
 * The whole output of a sequence as one scrollback: its logs in order, with captions
 * between them, read from disk where one looks and nowhere else. There is no index: lines
 * are found by looking for LF from where one is, so a log of any size opens at once and
 * costs no memory. A line longer than LINE_BYTES_MAX is shown in pieces, cut where the
 * file's offset is a multiple of that.
 *
 * A log may grow at any time (each call sees its present end), shrink or vanish (what is
 * not there is shown as nothing). Few descriptors are kept open.
 *
 * Positions are plain values: keep, copy and compare them. One that no longer fits (other
 * columns, a shrunken log) is moved to the nearest row that exists by whoever gets it.
 */
#ifndef SEQDECK_TERM_SCROLLBACK_H
#define SEQDECK_TERM_SCROLLBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "term/cell.h"

#define SCROLLBACK_FILES_OPEN 4	/* descriptors kept by one scrollback */
#define SCROLLBACK_PEN_BYTES ((size_t)16 << 10)	/* looked at for the colours in force */

struct scrollback;

struct scrollback_position {
	size_t segment;
	uint64_t offset;	/* first byte of a line or piece in the segment's log */
	size_t row;	/* row of the wrapped line; 0 without wrapping */
};

/* How the scrollback is looked at. */
struct scrollback_window {
	int rows, cols;	/* at least 1 each */
	bool wrap;
	int column;	/* without wrap: columns shifted out to the left */
};

enum scrollback_row_kind {
	SCROLLBACK_ROW_NONE,	/* below the end */
	SCROLLBACK_ROW_TEXT,
	SCROLLBACK_ROW_CAPTION,
};

/* What a row of a window shows. */
struct scrollback_row {
	enum scrollback_row_kind kind;
	struct scrollback_position position;
	size_t column;	/* of the line, in cells, that the row begins with */
};

struct scrollback *scrollback_new(void);
void scrollback_free(struct scrollback *scrollback);

/* Segments, in order of display. Each returns the segment's number, from 0. A log need not
 * exist yet. */
size_t scrollback_add_log(struct scrollback *scrollback, const char *path);
size_t scrollback_add_caption(struct scrollback *scrollback, const char *text);
void scrollback_set_caption(struct scrollback *scrollback, size_t segment, const char *text);
size_t scrollback_count(const struct scrollback *scrollback);
void scrollback_clear(struct scrollback *scrollback);	/* forgets all segments */

/* The last segment that is a log: its path and number; NULL when there is none. */
const char *scrollback_last_log(const struct scrollback *scrollback, size_t *segment);

/* Closes what is open and gives read buffers back, e.g. when a pane leaves the screen.
 * Everything still works, and opens again when needed. */
void scrollback_rest(struct scrollback *scrollback);

/* Bytes of all logs, or of one segment (0 for a caption). */
uint64_t scrollback_size(struct scrollback *scrollback);
uint64_t scrollback_segment_size(struct scrollback *scrollback, size_t segment);

/* Reads bytes of a segment's log. Returns how many, 0 at the end and when there are none. */
size_t scrollback_read(struct scrollback *scrollback, size_t segment, uint64_t offset,
    char *to, size_t len);

/* The first row; the top position that shows the very end in the last row of the window
 * (the first row, when all fits). */
struct scrollback_position scrollback_start(struct scrollback *scrollback);
struct scrollback_position scrollback_bottom(struct scrollback *scrollback,
    const struct scrollback_window *window);

/* Moves *top by rows (negative: up), not above the start nor below the bottom. Returns the
 * rows moved. */
long scrollback_scroll(struct scrollback *scrollback, const struct scrollback_window *window,
    struct scrollback_position *top, long rows);

/* Whether nothing is hidden below a window with that top: it shows the end. */
bool scrollback_is_bottom(struct scrollback *scrollback,
    const struct scrollback_window *window, const struct scrollback_position *top);

/* Where a position is in the whole, 0 to 100; and the line about there. */
int scrollback_percent(struct scrollback *scrollback, const struct scrollback_position *at);
struct scrollback_position scrollback_at_percent(struct scrollback *scrollback, int percent);

/* The top position that shows a column of a line in the middle of the window. */
struct scrollback_position scrollback_around(struct scrollback *scrollback,
    const struct scrollback_window *window, const struct scrollback_position *line,
    size_t column);

/* Fills rows * cols cells, row by row, with what a window with that top shows; what is
 * below the end is blank. info: rows entries, or NULL. Returns the rows used. */
int scrollback_fill(struct scrollback *scrollback, const struct scrollback_window *window,
    const struct scrollback_position *top, struct cell *cells, struct scrollback_row *info);

/* As scrollback_fill from the bottom. cursor_row and cursor_col (each may be NULL) are
 * where the next output goes, row -1 when that is not in the window. */
int scrollback_fill_bottom(struct scrollback *scrollback,
    const struct scrollback_window *window, struct cell *cells, struct scrollback_row *info,
    int *cursor_row, int *cursor_col);

/* -1, 0 or 1 as a is before, at or after b. */
int scrollback_compare(const struct scrollback_position *a,
    const struct scrollback_position *b);

/* The text of n lines from `from` on as a person reads it, a LF after each: for copying. */
struct buf;
void scrollback_text(struct scrollback *scrollback, const struct scrollback_position *from,
    size_t lines, struct buf *to);

#endif
