#include "ui/layout.h"

#include <stdlib.h>

#include "base/mem.h"

/* The list of small items: how wide one is and how many fit side by side. */
struct list_shape {
	enum layout_form form;
	int cols;	/* of one item */
	int across;	/* items in a line */
};

void
layout_release(struct layout *layout)
{
	free(layout->items);
	*layout = (struct layout){ 0 };
}

static void
layout_add(struct layout *layout, size_t position, enum layout_form form, int row, int col,
    int rows, int cols)
{
	if (layout->item_count == layout->item_cap) {
		layout->item_cap = layout->item_cap ? layout->item_cap * 2 : 64;
		layout->items = mem_grow(layout->items, layout->item_cap,
		    sizeof *layout->items);
	}
	layout->items[layout->item_count++] =
	    (struct layout_item){ position, form, row, col, rows, cols };
}

static int
max_int(int a, int b)
{
	return a > b ? a : b;
}

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Lines that count items take, `across` in a line. */
static size_t
list_lines(size_t count, int across)
{
	return (count + (size_t)across - 1) / (size_t)across;
}

static struct list_shape
list_shape(enum layout_form form, int item_cols, int cols)
{
	int across = max_int(1, cols / item_cols);
	int width = form == LAYOUT_CELL ? (item_cols < cols ? item_cols : cols) :
	    cols / across;
	return (struct list_shape){ form, width, across };
}

/* Rows below panes that all fit: as wide as leaves them a small part of the screen. */
static struct list_shape
list_below(size_t count, int rows, int cols)
{
	int most = max_int(1, cols / LAYOUT_ROW_COLS), across = 1;
	while (across < most && list_lines(count, across) > (size_t)rows / 6)
		across++;
	return (struct list_shape){ LAYOUT_ROW, cols / across, across };
}

/* The richest shape in which count items take at most `lines`; the poorest when none. */
static struct list_shape
list_choose(size_t count, int lines, int cols, enum layout_mode mode)
{
	static const struct {
		enum layout_form form;
		int cols;
	} steps[] = {
		{ LAYOUT_ROW, LAYOUT_ROW_COLS }, { LAYOUT_ROW, LAYOUT_NARROW_COLS },
		{ LAYOUT_CELL, 2 }, { LAYOUT_CELL, 1 },
	};
	size_t last = sizeof steps / sizeof *steps - 1;
	if (mode == LAYOUT_ROWS) {
		/* One column as long as it fits: eyes go down a list. */
		struct list_shape one = list_shape(LAYOUT_ROW, max_int(1, cols), cols);
		if (list_lines(count, 1) <= (size_t)lines || cols < 2 * LAYOUT_ROW_COLS)
			return one;
		return list_shape(LAYOUT_ROW, LAYOUT_ROW_COLS, cols);
	}
	if (mode == LAYOUT_PANES && count <= (size_t)max_int(0, lines) / 3)
		return list_shape(LAYOUT_ROW, max_int(1, cols), cols);
	struct list_shape shape = { LAYOUT_CELL, 1, 1 };
	for (size_t i = mode == LAYOUT_CELLS ? 2 : 0; i <= last; i++) {
		shape = list_shape(steps[i].form, steps[i].cols, cols);
		if (list_lines(count, shape.across) <= (size_t)max_int(0, lines))
			break;
	}
	return shape;
}

/* Lines that `panes` need at the least. */
static int
panes_least(size_t panes, int cols)
{
	int across = max_int(1, cols / LAYOUT_PANE_COLS);
	return (int)list_lines(panes, across) * LAYOUT_PANE_ROWS;
}

/* How many of the first `wanted` can be panes while the rest stays a list. */
static size_t
panes_fitting(size_t wanted, size_t count, const struct list_shape *shape, int rows,
    int cols)
{
	if (rows < LAYOUT_PANE_ROWS)
		return 0;
	size_t most = (size_t)(rows / LAYOUT_PANE_ROWS) *
	    (size_t)max_int(1, cols / LAYOUT_PANE_COLS);
	size_t panes = min_size(wanted, most);
	while (panes > 0 && (size_t)panes_least(panes, cols) +
	    list_lines(count - panes, shape->across) > (size_t)rows)
		panes--;
	return panes;
}

/* Panes side by side: few and wide while they are high enough to read. */
static int
panes_across(size_t panes, int rows, int cols)
{
	int most = max_int(1, cols / LAYOUT_PANE_COLS);
	for (int across = 1; across < most; across++) {
		int height = rows / (int)list_lines(panes, across);
		int least = cols / across >= 160 ? 3 * LAYOUT_PANE_ROWS : 2 * LAYOUT_PANE_ROWS;
		if (height >= least)
			return across;
	}
	return most;
}

/* Divides rows 0..rows-1 among the first `panes` positions. */
static void
panes_place(struct layout *layout, size_t panes, int rows, int cols)
{
	int across = panes_across(panes, rows, cols);
	int lines = (int)list_lines(panes, across);
	if ((int)list_lines(panes, across - 1 > 0 ? across - 1 : 1) == lines && across > 1)
		across--;	/* the same height with wider panes */
	size_t position = 0;
	for (int line = 0, row = 0; line < lines; line++) {
		int height = rows / lines + (line < rows % lines);
		int here = (int)min_size((size_t)across, panes - position);
		for (int i = 0, col = 0; i < here; i++) {
			/* One column between neighbours for the border. */
			int width = (cols - (here - 1)) / here + (i < (cols - (here - 1)) % here);
			layout_add(layout, position++, LAYOUT_PANE, row, col, height, width);
			col += width + 1;
		}
		row += height;
	}
	layout->pane_count = panes;
}

/* Scrolls so that the focused line is among those shown. */
static void
list_scroll(struct layout *layout, size_t lines, size_t shown, size_t focus_line,
    bool has_focus)
{
	if (lines <= shown) {
		layout->top = 0;
		return;
	}
	if (has_focus && focus_line < layout->top)
		layout->top = focus_line;
	if (has_focus && focus_line >= layout->top + shown)
		layout->top = focus_line - shown + 1;
	layout->top = min_size(layout->top, lines - shown);
}

/* Places positions first..count-1 as small items from row on. Rows go down column by
 * column while all fit, and line by line when they scroll, as cells do. */
static void
list_place(struct layout *layout, const struct layout_input *in, size_t first,
    const struct list_shape *shape, int row, int rows)
{
	size_t count = in->count - first;
	size_t lines = list_lines(count, shape->across), shown = (size_t)max_int(0, rows);
	bool by_column = shape->form == LAYOUT_ROW && lines <= shown;
	size_t focus = in->focus - first;
	list_scroll(layout, lines, shown, by_column ? focus % (lines ? lines : 1) :
	    focus / (size_t)shape->across, in->focus >= first);
	for (size_t i = 0; i < count; i++) {
		size_t line = by_column ? i % lines : i / (size_t)shape->across;
		size_t across = by_column ? i / lines : i % (size_t)shape->across;
		if (line < layout->top || line >= layout->top + shown) {
			layout->hidden++;
			continue;
		}
		/* The last column takes what division has left over. */
		int col = (int)across * shape->cols;
		bool is_last = shape->form == LAYOUT_ROW && (int)across == shape->across - 1;
		layout_add(layout, first + i, shape->form, row + (int)(line - layout->top),
		    col, 1, is_last ? in->cols - col : shape->cols);
	}
}

/* Sequences in front that are worth a pane. */
static size_t
panes_wanted(const struct layout_input *in, enum layout_need at_most)
{
	size_t n = 0;
	while (n < in->count && in->needs[n] <= at_most)
		n++;
	return n;
}

void
layout_make(struct layout *layout, const struct layout_input *in)
{
	layout->item_count = 0;
	layout->pane_count = 0;
	layout->hidden = 0;
	if (in->count == 0)
		return;
	if (in->rows < 1 || in->cols < 1) {
		layout->hidden = in->count;
		return;
	}
	size_t attention = panes_wanted(in, LAYOUT_ATTENTION);
	size_t wanted = in->mode == LAYOUT_PANES ? panes_wanted(in, LAYOUT_ACTIVE) : 0;
	bool fits_all = wanted > 0 && (size_t)panes_least(wanted, in->cols) +
	    list_lines(in->count - wanted, max_int(1, in->cols / LAYOUT_ROW_COLS)) <=
	    (size_t)in->rows;
	int reserve = !fits_all && wanted > 0 && attention > 0 &&
	    in->rows >= 2 * LAYOUT_PANE_ROWS ? LAYOUT_PANE_ROWS : 0;
	struct list_shape shape = fits_all ?
	    list_below(in->count - wanted, in->rows, in->cols) :
	    list_choose(in->count, in->rows - reserve, in->cols, in->mode);
	size_t panes = panes_fitting(wanted, in->count, &shape, in->rows, in->cols);
	if (panes == in->count) {
		panes_place(layout, panes, in->rows, in->cols);
		return;
	}
	int list_rows = (int)min_size(list_lines(in->count - panes, shape.across),
	    (size_t)in->rows);
	if (panes > 0) {
		panes_place(layout, panes, in->rows - list_rows, in->cols);
		list_place(layout, in, panes, &shape, in->rows - list_rows, list_rows);
		return;
	}
	list_place(layout, in, 0, &shape, 0, list_rows);
	int left = in->rows - list_rows;
	if (left > LAYOUT_PANE_ROWS && in->mode != LAYOUT_ROWS)
		layout_add(layout, in->focus, LAYOUT_PANE, list_rows + 1, 0, left - 1,
		    in->cols);
}

const struct layout_item *
layout_find(const struct layout *layout, size_t position)
{
	for (size_t i = 0; i < layout->item_count; i++)
		if (layout->items[i].position == position)
			return &layout->items[i];
	return NULL;
}

/* Distance of [a, a + an) and [b, b + bn): 0 when they overlap. */
static int
span_distance(int a, int an, int b, int bn)
{
	if (a + an <= b)
		return b - (a + an) + 1;
	if (b + bn <= a)
		return a - (b + bn) + 1;
	return 0;
}

const struct layout_item *
layout_neighbour(const struct layout *layout, const struct layout_item *from, int dy, int dx)
{
	const struct layout_item *best = NULL;
	long best_cost = 0;
	for (size_t i = 0; i < layout->item_count; i++) {
		const struct layout_item *it = &layout->items[i];
		if (it->position == from->position)
			continue;
		int along = dy > 0 ? it->row - (from->row + from->rows) :
		    dy < 0 ? from->row - (it->row + it->rows) :
		    dx > 0 ? it->col - (from->col + from->cols) :
		    from->col - (it->col + it->cols);
		if (along < 0)
			continue;
		int aside = dy ? span_distance(it->col, it->cols, from->col, from->cols) :
		    span_distance(it->row, it->rows, from->row, from->rows);
		/* What is straight ahead first, then what is near; among equals the one
		 * whose beginning is nearest to ours. */
		int begin = dy ? abs(it->col - from->col) : abs(it->row - from->row);
		long cost = aside * 1000000L + along * 1000L + begin;
		if (!best || cost < best_cost) {
			best = it;
			best_cost = cost;
		}
	}
	return best;
}

const struct layout_item *
layout_at(const struct layout *layout, int row, int col)
{
	for (size_t i = 0; i < layout->item_count; i++) {
		const struct layout_item *it = &layout->items[i];
		if (row >= it->row && row < it->row + it->rows && col >= it->col &&
		    col < it->col + it->cols)
			return it;
	}
	return NULL;
}
