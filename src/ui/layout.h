/*
 * Where each sequence is on the screen. Pure: counts and sizes in, rectangles out.
 *
 * Every sequence gets the richest form that leaves a place for all: a pane, a row of one
 * line (40 or more columns, then 20), a cell of two columns or one. What needs a person
 * comes first and gets a pane first; what has ended, or has not begun, is a row at the
 * bottom. When not even cells fit, the list scrolls to keep the focused one on the screen.
 */
#ifndef SEQDECK_UI_LAYOUT_H
#define SEQDECK_UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_PANE_ROWS 5	/* the least of a pane: title, bar, three lines */
#define LAYOUT_PANE_COLS 40
#define LAYOUT_ROW_COLS 40	/* a row with its last output */
#define LAYOUT_NARROW_COLS 20	/* a row with name and step only */

enum layout_mode {
	LAYOUT_PANES,	/* as many panes as fit, degrading by itself */
	LAYOUT_ROWS,	/* rows only, scrolling */
	LAYOUT_CELLS,	/* cells only, and a pane for the focused one */
};
#define LAYOUT_MODES (LAYOUT_CELLS + 1)

enum layout_form {
	LAYOUT_PANE,
	LAYOUT_ROW,
	LAYOUT_CELL,
};

/* What the layout needs to know of a sequence. */
enum layout_need {
	LAYOUT_ATTENTION,	/* failed or held: a pane before all others */
	LAYOUT_ACTIVE,	/* has output worth a pane */
	LAYOUT_QUIET,	/* a row is enough */
};

struct layout_item {
	size_t position;	/* in the order given */
	enum layout_form form;
	int row, col, rows, cols;
};

struct layout_input {
	int rows, cols;
	size_t count;
	const uint8_t *needs;	/* enum layout_need, in order: attention, active, quiet */
	size_t focus;	/* position; ignored when count is 0 */
	enum layout_mode mode;
};

/* Embed, zeroed; layout_release frees. Kept between calls for its scroll position. */
struct layout {
	struct layout_item *items;	/* what is on the screen, panes first */
	size_t item_count, item_cap;
	size_t pane_count;
	size_t top;	/* first line of the list that is shown */
	size_t hidden;	/* sequences that are not on the screen */
};

void layout_release(struct layout *layout);
void layout_make(struct layout *layout, const struct layout_input *input);

/* The item at position, NULL when it is not on the screen. The focused one may be there
 * twice (a cell, and a pane of its own): then this is the one in the list. */
const struct layout_item *layout_find(const struct layout *layout, size_t position);

/* The item nearest to `from` in a direction (one of dy, dx is 1 or -1); NULL: none. */
const struct layout_item *layout_neighbour(const struct layout *layout,
    const struct layout_item *from, int dy, int dx);

/* The item at a place of the screen, NULL: none. */
const struct layout_item *layout_at(const struct layout *layout, int row, int col);

#endif
