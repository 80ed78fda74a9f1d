/*
 * Lines of a log, rendered: the fast path for output that needs no terminal (text, SGR,
 * tabs, BS, CR, CR LF, erasing and moving within the line). What it gives is what a
 * terminal of endless width would show of the line: a progress bar drawn with \r is one
 * line, with its last state. Wrapping to a window is the caller's, by cells.
 *
 * LF alone is a whole line end: logs of pseudo-terminals are taken with output processing
 * off and have no CR.
 */
#ifndef SEQDECK_TERM_LINE_H
#define SEQDECK_TERM_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "term/cell.h"

#define LINE_BYTES_MAX ((size_t)64 << 10)	/* a longer line is shown in pieces of this */
#define LINE_CELLS_MAX LINE_BYTES_MAX	/* columns rendered of one line; the rest is cut */

/* The pen carries over from line to line. Zeroed: defaults. */
struct line_pen {
	uint32_t fg, bg;
	uint8_t attrs;
};

/* A rendered line; embed, zeroed; line_release frees. */
struct line {
	struct cell *cells;
	size_t count;	/* cells in use, wide ones counting 2 */
	size_t cap;
	size_t cursor;	/* the column where the next character would go */
	uint32_t fill;	/* background of what is right of the cells (EL in a colour) */
};

void line_release(struct line *line);

/* Renders bytes (one line without its LF) starting with *pen, which is left as the line
 * leaves it. Invalid UTF-8 becomes U+FFFD; controls that mean nothing here are dropped. */
void line_render(struct line *line, struct line_pen *pen, const char *bytes, size_t len);

/* Only what the bytes (any number of lines) do to the pen. */
void line_scan_pen(struct line_pen *pen, const char *bytes, size_t len);

/* Whether bytes hold what only a terminal can show: cursor addressing, erasing of the
 * display, scroll regions, the alternate screen … */
bool line_needs_terminal(const char *bytes, size_t len);

/* Columns at which the cells from `start` on break for a window of `width` (>= 1): the
 * index of the first cell of the next row. A wide character is not torn. */
size_t line_wrap(const struct line *line, size_t start, int width);

/* Appends the text of the cells from `first` up to `end` as UTF-8; a blank is a space. */
struct buf;
void line_text(const struct line *line, size_t first, size_t end, struct buf *to);

#endif
