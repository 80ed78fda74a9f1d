/*
 * A scrollback as a row of lines: what its windows and the search are made of. Used by
 * scrollback, scrollback_window and search only.
 */
#ifndef SEQDECK_TERM_SCROLLBACK_LINES_H
#define SEQDECK_TERM_SCROLLBACK_LINES_H

#include <stdbool.h>

#include "term/line.h"
#include "term/logs.h"
#include "term/scrollback.h"

struct scrollback {
	struct logs logs;
	struct line line;	/* the line rendered last */
};

/* Move to the start of the next or previous line, over segments that are empty. Return
 * false, and leave the position alone, when there is none. */
bool scrollback_next_line(struct scrollback *sb, struct scrollback_position *at);
bool scrollback_previous_line(struct scrollback *sb, struct scrollback_position *at);

/* Behind the last line of all. */
struct scrollback_position scrollback_end(const struct scrollback *sb);

/* The start of the line that a position is in or, where that is gone, of the nearest. */
struct scrollback_position scrollback_settle(struct scrollback *sb,
    const struct scrollback_position *was);

/* Renders the line at a position into sb->line with the pen given, which is left as the
 * line leaves it. Returns false when there is no line. */
bool scrollback_render(struct scrollback *sb, const struct scrollback_position *at,
    struct line_pen *pen);

#endif
