/*
 * What a pane shows of the present step: the last log of a scrollback. As long as its last
 * 64 KiB are lines, these are shown, rendered directly (scrollback_fill_bottom); when they
 * need a terminal (a full-screen program, a progress display of several lines) an emulator
 * of the step's own window size is fed with what is new, a bounded amount a call, and
 * skipped ahead when it is too far behind.
 *
 * The scrollback is borrowed; when its segments change (the next step, the next attempt)
 * the pane follows by itself. Answers of the emulator are for the live, typed-into step.
 */
#ifndef SEQDECK_TERM_PANE_SCREEN_H
#define SEQDECK_TERM_PANE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "term/cell.h"
#include "term/scrollback.h"

#define PANE_SCREEN_TAIL ((size_t)64 << 10)	/* looked at to decide */
#define PANE_SCREEN_FEED ((size_t)64 << 10)	/* fed to the emulator by one update */
#define PANE_SCREEN_BEHIND ((size_t)256 << 10)	/* farther behind is skipped */
#define PANE_SCREEN_ROWS 30	/* of a step's terminal, unless told */
#define PANE_SCREEN_COLS 120

struct pane_screen;

struct pane_screen *pane_screen_new(struct scrollback *scrollback);
void pane_screen_free(struct pane_screen *screen);

/* The window size of the step's terminal (its log's last RESIZE mark). A change makes a
 * new emulator, fed from the log's tail. */
void pane_screen_set_size(struct pane_screen *screen, int rows, int cols);

/* Where in the last log the step's terminal was given its size (the mark's offset): a
 * scroll region that a program has set before holds no longer from there on, as on every
 * terminal that is resized. */
void pane_screen_set_resized(struct pane_screen *screen, uint64_t offset);

struct pane_screen_news {
	bool changed;	/* draw again */
	bool more;	/* there is more to feed: call again soon */
};

/* Looks at what is new in the log. Cheap when nothing is. */
struct pane_screen_news pane_screen_update(struct pane_screen *screen);

/* Fills rows * cols cells, row by row, with what a window of this size shows now: the last
 * rows; of an alternate screen the part around the cursor. wrap is for lines. Returns the
 * rows used, from the top. cursor_row is -1 when the cursor is hidden or not in the
 * window; both may be NULL. */
int pane_screen_fill(struct pane_screen *screen, int rows, int cols, bool wrap,
    struct cell *cells, int *cursor_row, int *cursor_col);

/* Whether an emulator is what is shown; whether its program is on the alternate screen;
 * the title it has set ("" when none). */
bool pane_screen_is_terminal(const struct pane_screen *screen);
bool pane_screen_is_alternate(const struct pane_screen *screen);
const char *pane_screen_title(const struct pane_screen *screen);

/* How keys are to be sent (emulator.h); false while lines are shown. */
bool pane_screen_app_cursor(const struct pane_screen *screen);
bool pane_screen_bracketed_paste(const struct pane_screen *screen);

/* Moves to `to` what the emulator answers to queries in output fed live, not in what was
 * fed from the past. */
struct buf;
void pane_screen_take_answers(struct pane_screen *screen, struct buf *to);

/* Lets go of emulator, descriptors and buffers, e.g. when the pane leaves the screen. The
 * next update takes up again. */
void pane_screen_rest(struct pane_screen *screen);

#endif
