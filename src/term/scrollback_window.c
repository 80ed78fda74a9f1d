#include "term/scrollback.h"

#include <string.h>

#include "term/scrollback_lines.h"

/* The rows that the line at a position takes in the window. */
static size_t
count_rows(struct scrollback *sb, const struct scrollback_window *window,
    const struct scrollback_position *at)
{
	struct line_pen pen = { 0 };
	if (!window->wrap || !scrollback_render(sb, at, &pen))
		return 1;
	size_t rows = 1;
	size_t cell = line_wrap(&sb->line, 0, window->cols);
	for (; cell < sb->line.count; rows++)
		cell = line_wrap(&sb->line, cell, window->cols);
	return rows;
}

/* Moves a position that no longer fits to the nearest row that exists. */
static void
settle(struct scrollback *sb, const struct scrollback_window *window,
    struct scrollback_position *at)
{
	struct scrollback_position was = *at;
	*at = scrollback_settle(sb, &was);
	if (was.row && window->wrap && at->segment == was.segment && at->offset == was.offset) {
		size_t rows = count_rows(sb, window, at);
		at->row = was.row < rows ? was.row : rows - 1;
	}
}

struct scrollback_position
scrollback_bottom(struct scrollback *sb, const struct scrollback_window *window)
{
	struct scrollback_position at = scrollback_end(sb);
	size_t rows = 0;
	while (scrollback_previous_line(sb, &at)) {
		rows += count_rows(sb, window, &at);
		if (rows >= (size_t)window->rows) {
			at.row = rows - (size_t)window->rows;
			return at;
		}
	}
	return scrollback_start(sb);
}

static long
scroll_up(struct scrollback *sb, const struct scrollback_window *window,
    struct scrollback_position *top, size_t rows)
{
	size_t left = rows;
	while (left > top->row) {
		size_t taken = top->row + 1;
		top->row = 0;
		if (!scrollback_previous_line(sb, top))
			return -(long)(rows - left + taken - 1);
		top->row = count_rows(sb, window, top) - 1;
		left -= taken;
	}
	top->row -= left;
	return -(long)rows;
}

static long
scroll_down(struct scrollback *sb, const struct scrollback_window *window,
    struct scrollback_position *top, size_t rows, const struct scrollback_position *bottom)
{
	size_t moved = 0;
	size_t in_line = count_rows(sb, window, top);
	while (moved < rows && scrollback_compare(top, bottom) < 0) {
		if (top->row + 1 < in_line) {
			top->row++;
		} else {
			if (!scrollback_next_line(sb, top))
				break;
			in_line = count_rows(sb, window, top);
		}
		moved++;
	}
	return (long)moved;
}

long
scrollback_scroll(struct scrollback *sb, const struct scrollback_window *window,
    struct scrollback_position *top, long rows)
{
	struct scrollback_position bottom = scrollback_bottom(sb, window);
	settle(sb, window, top);
	if (scrollback_compare(top, &bottom) > 0)
		*top = bottom;
	if (rows < 0)
		return scroll_up(sb, window, top, (size_t)-rows);
	return scroll_down(sb, window, top, (size_t)rows, &bottom);
}

bool
scrollback_is_bottom(struct scrollback *sb, const struct scrollback_window *window,
    const struct scrollback_position *top)
{
	struct scrollback_position bottom = scrollback_bottom(sb, window);
	return scrollback_compare(top, &bottom) >= 0;
}

struct scrollback_position
scrollback_around(struct scrollback *sb, const struct scrollback_window *window,
    const struct scrollback_position *line, size_t column)
{
	struct scrollback_position top = *line;
	struct line_pen pen = { 0 };
	top.row = 0;
	settle(sb, window, &top);
	if (window->wrap && scrollback_render(sb, &top, &pen)) {
		size_t cell = line_wrap(&sb->line, 0, window->cols);
		for (; cell <= column && cell < sb->line.count; top.row++)
			cell = line_wrap(&sb->line, cell, window->cols);
	}
	scroll_up(sb, window, &top, (size_t)window->rows / 2);
	struct scrollback_position bottom = scrollback_bottom(sb, window);
	return scrollback_compare(&top, &bottom) > 0 ? bottom : top;
}

/* The pen in force at the start of a line: by what is before it in the log. */
static struct line_pen
pen_before(struct scrollback *sb, const struct scrollback_position *at)
{
	struct line_pen pen = { 0 };
	if (at->segment >= sb->logs.count || sb->logs.segments[at->segment].caption)
		return pen;
	uint64_t from = 0;
	if (at->offset > SCROLLBACK_PEN_BYTES)
		from = at->offset - SCROLLBACK_PEN_BYTES;
	size_t len;
	const char *bytes = logs_view(&sb->logs, at->segment, from, at->offset, &len);
	line_scan_pen(&pen, bytes, len);
	return pen;
}

/* A row of cells out of the rendered line. */
static void
copy_row(const struct line *line, size_t first, size_t end, int cols, struct cell *to)
{
	size_t n = end > first ? end - first : 0;
	if (n > (size_t)cols)
		n = (size_t)cols;
	if (n)
		memcpy(to, line->cells + first, n * sizeof *to);
	if (n && to[0].width == 0)
		to[0] = (struct cell){ .bg = to[0].bg, .width = 1 };
	if (n && to[n - 1].width == 2)	/* its right half is outside */
		to[n - 1] = (struct cell){ .bg = to[n - 1].bg, .width = 1 };
	uint32_t bg = end >= line->count ? line->fill : CELL_DEFAULT;
	for (size_t i = n; i < (size_t)cols; i++)
		to[i] = (struct cell){ .bg = bg, .width = 1 };
}

/* A window being filled. */
struct filling {
	const struct scrollback_window *window;
	struct cell *cells;
	struct scrollback_row *info;
	int row;
};

static void
fill_row(struct filling *f, const struct line *line, struct scrollback_position at,
    enum scrollback_row_kind kind, size_t first, size_t end)
{
	struct cell *to = f->cells + (size_t)f->row * (size_t)f->window->cols;
	copy_row(line, first, end, f->window->cols, to);
	if (f->info)
		f->info[f->row] = (struct scrollback_row){ kind, at, first };
	f->row++;
}

/* Adds the rows of the rendered line from at->row on, as far as there is room. */
static void
fill_line(struct scrollback *sb, struct filling *f, struct scrollback_position at)
{
	enum scrollback_row_kind kind = sb->logs.segments[at.segment].caption ?
	    SCROLLBACK_ROW_CAPTION : SCROLLBACK_ROW_TEXT;
	const struct line *line = &sb->line;
	if (!f->window->wrap) {
		fill_row(f, line, at, kind, (size_t)f->window->column, line->count);
		return;
	}
	size_t first = 0;
	for (size_t row = 0;; row++) {
		size_t end = line_wrap(line, first, f->window->cols);
		if (row >= at.row) {
			struct scrollback_position here = { at.segment, at.offset, row };
			fill_row(f, line, here, kind, first, end);
		}
		first = end;
		if (first >= line->count || f->row == f->window->rows)
			return;
	}
}

/* Fills the window; *last becomes the position of the line rendered last. */
static int
fill(struct scrollback *sb, const struct scrollback_window *window,
    struct scrollback_position at, struct cell *cells, struct scrollback_row *info,
    struct scrollback_position *last)
{
	struct filling f = { .window = window, .cells = cells, .info = info };
	struct line_pen pen = pen_before(sb, &at);
	while (f.row < window->rows && scrollback_render(sb, &at, &pen)) {
		fill_line(sb, &f, at);
		*last = at;
		if (!scrollback_next_line(sb, &at))
			break;
		if (at.segment != last->segment)
			pen = (struct line_pen){ 0 };
	}
	int used = f.row;
	struct line nothing = { 0 };
	struct scrollback_position nowhere = scrollback_end(sb);
	while (f.row < window->rows)
		fill_row(&f, &nothing, nowhere, SCROLLBACK_ROW_NONE, 0, 0);
	return used;
}

int
scrollback_fill(struct scrollback *sb, const struct scrollback_window *window,
    const struct scrollback_position *top, struct cell *cells, struct scrollback_row *info)
{
	struct scrollback_position at = *top, last;
	settle(sb, window, &at);
	return fill(sb, window, at, cells, info, &last);
}

/* Where the cursor is behind `used` rows of the window, of which the last end the line
 * rendered last. */
static void
find_cursor(struct scrollback *sb, const struct scrollback_window *window, size_t segment,
    int used, int *row, int *col)
{
	uint64_t size = logs_size(&sb->logs, segment);
	size_t len = 0;
	const char *end = size ? logs_view(&sb->logs, segment, size - 1, size, &len) : NULL;
	*row = *col = 0;
	if (len == 0 || *end == '\n') {
		*row = used < window->rows ? used : -1;
		return;
	}
	size_t first = (size_t)window->column;
	size_t rows = 0, at = 0;
	if (window->wrap) {
		for (size_t next = first = 0; next < sb->line.count; rows++) {
			if (next <= sb->line.cursor) {
				first = next;
				at = rows;
			}
			next = line_wrap(&sb->line, next, window->cols);
		}
	}
	size_t above = rows ? rows - 1 - at : 0;
	*row = above < (size_t)used ? used - 1 - (int)above : -1;
	size_t column = sb->line.cursor > first ? sb->line.cursor - first : 0;
	*col = column < (size_t)window->cols ? (int)column : window->cols - 1;
}

int
scrollback_fill_bottom(struct scrollback *sb, const struct scrollback_window *window,
    struct cell *cells, struct scrollback_row *info, int *cursor_row, int *cursor_col)
{
	struct scrollback_position last = { 0 };
	struct scrollback_position top = scrollback_bottom(sb, window);
	int used = fill(sb, window, top, cells, info, &last);
	int row = -1, col = 0;
	size_t segment;
	if (scrollback_last_log(sb, &segment) && segment + 1 == sb->logs.count)
		find_cursor(sb, window, segment, used, &row, &col);
	if (cursor_row)
		*cursor_row = row;
	if (cursor_col)
		*cursor_col = col;
	return used;
}
