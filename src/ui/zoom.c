#include "ui/zoom.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "term/line.h"
#include "ui/glyph.h"
#include "ui/text.h"
#include "ui/ui_state.h"

void
zoom_release(struct zoom *zoom)
{
	free(zoom->cells);
	free(zoom->info);
	search_free(zoom->search);
	*zoom = (struct zoom){ 0 };
}

void
zoom_open(struct ui *ui, size_t sequence)
{
	struct zoom *zoom = &ui->zoom;
	bool is_cut = zoom->is_cut;
	char *pattern = zoom->search ? mem_strdup(search_pattern(zoom->search)) : NULL;
	zoom_release(zoom);
	zoom->is_cut = is_cut;
	zoom->sequence = sequence;
	zoom->is_following = true;
	zoom->is_stale = true;
	if (pattern)	/* n goes on with it in another sequence */
		zoom->search = search_new(pattern, NULL);
	free(pattern);
	ui->view = UI_ZOOM;
	ui->focus = sequence;
	ui_wake(ui);
}

void
zoom_close(struct ui *ui)
{
	ui->view = UI_GRID;
	ui->zoom.is_typing = false;
	ui->zoom.is_searching = false;
	ui_wake(ui);
}

/* Gives the zoom memory for a window of this size. */
static void
zoom_fit(struct zoom *zoom, int rows, int cols)
{
	if (zoom->rows == rows && zoom->cols == cols)
		return;
	free(zoom->cells);
	free(zoom->info);
	zoom->cells = mem_array((size_t)rows * (size_t)cols, sizeof *zoom->cells);
	zoom->info = mem_array((size_t)rows, sizeof *zoom->info);
	zoom->rows = rows;
	zoom->cols = cols;
	zoom->window.rows = rows;
	zoom->window.cols = cols;
	zoom->window.wrap = !zoom->is_cut;
	zoom->is_stale = true;
}

/* The line of steps: each with its sign; the present one in the middle when they do not
 * all fit. */
static void
zoom_steps(struct ui *ui, const struct run_sequence *sequence, int row)
{
	int cols = screen_cols(ui->screen), present = 0, at = 1, total = 1;
	for (size_t i = 0; i < sequence->step_count; i++) {
		if (i <= sequence->step_index)
			present = total;
		total += screen_columns(sequence->steps[i].name) + 4;
	}
	if (total > cols)
		at -= present > cols / 2 ? present - cols / 2 : 0;
	for (size_t i = 0; i < sequence->step_count; i++) {
		const struct run_step *step = &sequence->steps[i];
		int need = screen_columns(step->name) + 4;
		bool is_present = i == sequence->step_index && !state_is_end(sequence->state);
		enum state state = is_present && sequence->state != STATE_WAITING ?
		    sequence->state : step->state;
		if (at >= 0 && at + need - 2 <= cols) {
			struct style style = ui_style(ui, role_of_state(state));
			if (is_present)
				style.attrs |= CELL_BOLD | CELL_UNDERLINE;
			screen_repeat(ui->screen, row, at, 1, ui_style(ui, role_of_state(state)),
			    glyph_of_state(state));
			screen_text(ui->screen, row, at + 2, need - 4, style, step->name);
		}
		at += need;
	}
}

/* Marks what the search finds in the rows shown. */
static void
zoom_mark_hits(struct ui *ui, struct pane *pane, int row)
{
	struct zoom *zoom = &ui->zoom;
	struct search_span spans[ZOOM_SPANS];
	size_t count = 0;
	struct scrollback_position line = { .segment = SIZE_MAX };
	for (int i = 0; i < zoom->rows; i++) {
		const struct scrollback_row *info = &zoom->info[i];
		if (info->kind != SCROLLBACK_ROW_TEXT)
			continue;
		struct scrollback_position at = info->position;
		at.row = 0;
		if (scrollback_compare(&at, &line) != 0) {
			line = at;
			count = search_line(zoom->search, pane->scrollback, &line, spans, ZOOM_SPANS);
		}
		bool is_current = zoom->has_hit && scrollback_compare(&line,
		    &zoom->hit.line) == 0;
		for (size_t s = 0; s < count; s++)
			for (size_t c = spans[s].first; c < spans[s].end; c++) {
				if (c < info->column || c >= info->column + (size_t)zoom->cols)
					continue;
				size_t col = c - info->column;
				struct cell cell = zoom->cells[(size_t)i * (size_t)zoom->cols + col];
				struct style style = ui_style(ui, is_current &&
				    spans[s].first == zoom->hit.span.first ? ROLE_HIT_CURRENT :
				    ROLE_HIT);
				cell.fg = cell.bg = CELL_DEFAULT;
				cell.attrs = 0;
				if (cell.width)
					screen_cells(ui->screen, row + i, (int)col,
					    cell.width, &cell, style);
			}
	}
}

/* Fills the window's cells when something about them has changed. */
static void
zoom_fill(struct ui *ui, struct pane *pane, int *cursor_row, int *cursor_col)
{
	struct zoom *zoom = &ui->zoom;
	*cursor_row = -1;
	*cursor_col = 0;
	if (zoom->is_following && pane_screen_is_terminal(pane->screen)) {
		pane_screen_fill(pane->screen, zoom->rows, zoom->cols, true, zoom->cells,
		    cursor_row, cursor_col);
		for (int i = 0; i < zoom->rows; i++)
			zoom->info[i].kind = SCROLLBACK_ROW_NONE;
	} else if (zoom->is_following) {
		scrollback_fill_bottom(pane->scrollback, &zoom->window, zoom->cells, zoom->info,
		    cursor_row, cursor_col);
	} else {
		scrollback_fill(pane->scrollback, &zoom->window, &zoom->top, zoom->cells,
		    zoom->info);
	}
}

/* Asks for a terminal of the window's size, once for each process. */
static void
zoom_ask_size(struct ui *ui, const struct run_sequence *sequence)
{
	struct zoom *zoom = &ui->zoom;
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step ? run_last_attempt(step) : NULL;
	if (!ui->is_live || sequence->state != STATE_RUNNING || !attempt || attempt->pid == 0 ||
	    zoom->rows < 2 || zoom->cols < 2)
		return;
	if (zoom->asked_pid == attempt->pid && zoom->asked_rows == zoom->rows &&
	    zoom->asked_cols == zoom->cols)
		return;
	zoom->asked_pid = attempt->pid;
	zoom->asked_rows = zoom->rows;
	zoom->asked_cols = zoom->cols;
	ui_ask_resize(ui, sequence, zoom->rows, zoom->cols);
}

/* The right end of the title: where one is, and how to go on. */
static void
zoom_where(struct ui *ui, struct pane *pane, int row, enum role role)
{
	const struct zoom *zoom = &ui->zoom;
	int cols = screen_cols(ui->screen);
	struct buf text = BUF_INIT;
	if (zoom->is_typing)
		buf_add_str(&text, " typing into the step: C-] leaves ");
	else if (zoom->is_searching)
		buf_printf(&text, " searching '%s' ", search_pattern(zoom->search));
	else if (!zoom->is_following)
		buf_printf(&text, " %d%%, not following: F follows ",
		    scrollback_percent(pane->scrollback, &zoom->top));
	int need = screen_columns(buf_str(&text));
	if (text.len && need < cols)
		screen_text(ui->screen, row, cols - need, need, zoom->is_typing ?
		    ui_style(ui, role) : ui_style_on(ui, ROLE_WARNING, role), buf_str(&text));
	buf_release(&text);
}

void
zoom_draw(struct ui *ui, int row, int rows)
{
	struct zoom *zoom = &ui->zoom;
	const struct run_sequence *sequence = &ui->run->sequences[zoom->sequence];
	struct pane *pane = ui_pane(ui, zoom->sequence);
	int cols = screen_cols(ui->screen), used = 0, cursor_row, cursor_col;
	if (rows >= 2) {
		enum role role = zoom->is_typing ? ROLE_INPUT : ROLE_TITLE_FOCUS;
		grid_title(ui, sequence, pane, row, 0, cols, role);
		zoom_where(ui, pane, row, role);
		used = 1;
	}
	if (rows >= 5) {
		zoom_steps(ui, sequence, row + 1);
		grid_bar(ui, sequence, row + 2, 0, cols);
		used = 3;
	}
	zoom_fit(zoom, rows - used, cols);
	zoom_ask_size(ui, sequence);
	zoom_fill(ui, pane, &cursor_row, &cursor_col);
	for (int i = 0; i < zoom->rows; i++) {
		struct style base = ui_style(ui, zoom->info[i].kind == SCROLLBACK_ROW_CAPTION ?
		    ROLE_DIM : ROLE_TEXT);
		screen_cells(ui->screen, row + used + i, 0, cols, zoom->cells +
		    (size_t)i * (size_t)cols, base);
	}
	if (zoom->search)
		zoom_mark_hits(ui, pane, row + used);
	if (cursor_row >= 0 && sequence->state == STATE_RUNNING && zoom->is_typing)
		screen_cursor(ui->screen, row + used + cursor_row, cursor_col);
}

/* Stops following: from here on the window stands where it is. */
static void
zoom_stand(struct ui *ui, struct pane *pane)
{
	struct zoom *zoom = &ui->zoom;
	if (!zoom->is_following)
		return;
	zoom->top = scrollback_bottom(pane->scrollback, &zoom->window);
	zoom->is_following = false;
}

/* Scrolls by rows; coming to the end downwards follows again. */
static void
zoom_scroll(struct ui *ui, struct pane *pane, long rows)
{
	struct zoom *zoom = &ui->zoom;
	if (rows > 0 && zoom->is_following)
		return;
	zoom_stand(ui, pane);
	long moved = scrollback_scroll(pane->scrollback, &zoom->window, &zoom->top, rows);
	if (rows > 0 && moved < rows)
		zoom->is_following = true;
	else if (rows < 0 && moved == 0 && scrollback_is_bottom(pane->scrollback,
	    &zoom->window, &zoom->top))
		zoom->is_following = true;	/* all fits: there is nowhere to go */
}

void
zoom_move(struct ui *ui, enum action_id id)
{
	struct zoom *zoom = &ui->zoom;
	struct pane *pane = ui_pane(ui, zoom->sequence);
	long page = zoom->rows > 1 ? zoom->rows - 1 : 1;
	int aside = zoom->cols / 4 > 0 ? zoom->cols / 4 : 1;
	switch (id) {
	case ACTION_DOWN:
		zoom_scroll(ui, pane, 1);
		break;
	case ACTION_UP:
		zoom_scroll(ui, pane, -1);
		break;
	case ACTION_PAGE_DOWN:
		zoom_scroll(ui, pane, page);
		break;
	case ACTION_PAGE_UP:
		zoom_scroll(ui, pane, -page);
		break;
	case ACTION_HALF_DOWN:
		zoom_scroll(ui, pane, (page + 1) / 2);
		break;
	case ACTION_HALF_UP:
		zoom_scroll(ui, pane, -(page + 1) / 2);
		break;
	case ACTION_TOP:
		zoom_stand(ui, pane);
		zoom->top = scrollback_start(pane->scrollback);
		break;
	case ACTION_BOTTOM:
		zoom->is_following = true;
		break;
	case ACTION_LEFT:
		if (zoom->is_cut)
			zoom->window.column -= zoom->window.column > aside ? aside :
			    zoom->window.column;
		break;
	case ACTION_RIGHT:
		if (zoom->is_cut && zoom->window.column < (int)LINE_CELLS_MAX)
			zoom->window.column += aside;
		break;
	default:
		return;
	}
	ui_wake(ui);
}

void
zoom_follow(struct ui *ui)
{
	ui->zoom.is_following = true;
	ui_wake(ui);
}

void
zoom_toggle_wrap(struct ui *ui)
{
	struct zoom *zoom = &ui->zoom;
	zoom->is_cut = !zoom->is_cut;
	zoom->window.wrap = !zoom->is_cut;
	zoom->window.column = 0;
	zoom->top.row = 0;
	ui_say(ui, false, zoom->is_cut ? "long lines are cut; h and l move sideways" :
	    "long lines are wrapped");
	ui_wake(ui);
}
