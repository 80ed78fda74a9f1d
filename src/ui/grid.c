/*
 * All sequences at once: panes, rows and cells where the layout has put them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/reader.h"
#include "ui/glyph.h"
#include "ui/text.h"
#include "ui/ui_state.h"

#define ROW_NAME_MAX 28	/* columns of a name in a row, at most */
#define ROW_STEP_COLS 12	/* of a step's name in a row */

/* The state that a part of the bar stands for. */
static enum state
step_shown(const struct run_sequence *sequence, size_t index)
{
	const struct run_step *step = &sequence->steps[index];
	bool is_present = index == sequence->step_index && !state_is_end(sequence->state);
	if (is_present && sequence->state != STATE_WAITING &&
	    sequence->state != STATE_QUEUED)
		return sequence->state;
	return step->state;
}

void
grid_bar(struct ui *ui, const struct run_sequence *sequence, int row, int col, int cols)
{
	size_t n = sequence->step_count;
	for (int c = 0; c < cols; c++) {
		size_t index = n ? (size_t)c * n / (size_t)cols : 0;
		enum state state = n ? step_shown(sequence, index) : sequence->state;
		bool is_rest = state == STATE_WAITING || state == STATE_QUEUED;
		enum role role = is_rest ? ROLE_BAR_REST : state == STATE_OK ? ROLE_BAR_DONE :
		    role_of_state(state);
		screen_repeat(ui->screen, row, col + c, 1, ui_style(ui, role),
		    is_rest || state == STATE_SKIPPED ? GLYPH_BAR_REST : GLYPH_BAR);
	}
}

/* Appends "4/9 install". */
static void
step_text(const struct run_sequence *sequence, struct buf *to)
{
	size_t n = sequence->step_count, at = sequence->step_index;
	if (n == 0)
		return;
	buf_printf(to, "%zu/%zu", at < n ? at + 1 : n, n);
	if (at < n)
		buf_printf(to, " %s", sequence->steps[at].name);
}

/* Appends what stands at the right end of a title: trouble, silence, attempt. */
static void
title_right(const struct ui *ui, const struct run_sequence *sequence,
    const struct pane *pane, struct buf *to)
{
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step ? run_last_attempt(step) : NULL;
	int64_t silent = pane ? ui_silent_us(ui, sequence, pane) : 0;
	if (attempt && attempt->number > 1)
		buf_printf(to, "attempt %d", attempt->number);
	if (silent >= UI_SILENT_US) {
		char text[16];
		text_duration(silent - silent % UI_SILENT_US, text, sizeof text);
		text[strcspn(text, "m") + (strchr(text, 'm') ? 1 : 0)] = '\0';
		buf_printf(to, "%ssilent %s", to->len ? "  " : "", text);
	}
	size_t before = to->len;
	text_of_sequence(sequence, ui->now_us, to);
	if (before && to->len > before) {	/* put the gap between the two */
		char *reason = mem_strdup(to->data + before);
		to->len = before;
		buf_printf(to, "  %s", reason);
		free(reason);
	}
}

/* The role in which the right end of a title is drawn. */
static enum role
title_right_role(const struct run_sequence *sequence)
{
	return sequence->state == STATE_RUNNING ? ROLE_WARNING :
	    role_of_state(sequence->state);
}

/* The left part of a title: name, step, time, in at most the columns up to end. What is
 * less needed goes first when room is short. */
static void
title_left(struct ui *ui, const struct run_sequence *sequence, int row, int at, int end,
    enum role role)
{
	struct style base = ui_style(ui, role), dim = ui_style_on(ui, ROLE_TITLE_DIM, role);
	struct buf step = BUF_INIT;
	char took[16] = "";
	int64_t elapsed = sequence_elapsed_us(sequence, ui->now_us);
	if (role != ROLE_TITLE)
		dim.fg = base.fg;
	dim.attrs &= (uint8_t)~CELL_BOLD;
	if (elapsed >= 0)
		text_duration(elapsed, took, sizeof took);
	at += screen_text(ui->screen, row, at, end - at, base, sequence->name) + 2;
	step_text(sequence, &step);
	int room = end - at - (*took ? (int)strlen(took) + 2 : 0);
	if (room < (int)strcspn(buf_str(&step), " "))
		room = end - at;
	if (step.len && room > 0)
		at += screen_text(ui->screen, row, at, room, dim, buf_str(&step)) + 2;
	if (*took && end - at >= (int)strlen(took))
		screen_text(ui->screen, row, at, end - at, dim, took);
	buf_release(&step);
}

void
grid_title(struct ui *ui, const struct run_sequence *sequence, struct pane *pane, int row,
    int col, int cols, enum role role)
{
	int end = col + cols - 1;
	screen_fill(ui->screen, row, col, cols, ui_style(ui, role));
	screen_repeat(ui->screen, row, col, 1, ui_style_on(ui, ROLE_MARK, role),
	    ui->marks[sequence->index] ? GLYPH_MARK : ' ');
	screen_repeat(ui->screen, row, col + 1, cols > 1, ui_style_on(ui, role_of_state(
	    sequence->state), role), glyph_of_state(sequence->state));
	struct buf text = BUF_INIT;
	title_right(ui, sequence, pane, &text);
	/* The right part may have half of what the name leaves. */
	int need = screen_columns(buf_str(&text));
	int room = end - col - 5 - screen_columns(sequence->name);
	if (need > room - 5 && need > room / 2)
		need = room - 5 > 0 ? room - 5 : room;
	if (need > 0) {
		end -= need;
		screen_text(ui->screen, row, end, need, ui_style_on(ui,
		    title_right_role(sequence), role), buf_str(&text));
		end -= 2;
	}
	buf_release(&text);
	if (end > col + 3)
		title_left(ui, sequence, row, col + 3, end, role);
}

/* Draws the newest rows of output below a title. */
static void
pane_body(struct ui *ui, const struct run_sequence *sequence, struct pane *pane, int row,
    int col, int rows, int cols)
{
	if (rows < 1 || cols < 1)
		return;
	pane_fill(pane, rows, cols);
	for (int i = 0; i < rows; i++)
		screen_cells(ui->screen, row + i, col, cols, pane->cells +
		    (size_t)i * (size_t)cols, ui_style(ui, pane->info[i].kind ==
		    SCROLLBACK_ROW_CAPTION ? ROLE_DIM : ROLE_TEXT));
	if (pane->used > 0)
		return;
	const char *text = state_is_end(sequence->state) ? "no output" :
	    sequence->started_mono_us ? "no output yet" : "not begun";
	screen_text(ui->screen, row, col, cols, ui_style(ui, ROLE_DIM), text);
}

static void
pane_draw(struct ui *ui, const struct run_sequence *sequence,
    const struct layout_item *item, int row, bool is_focus)
{
	struct pane *pane = ui_pane(ui, sequence->index);
	grid_title(ui, sequence, pane, row, item->col, item->cols,
	    is_focus ? ROLE_TITLE_FOCUS : ROLE_TITLE);
	int used = 1;
	if (item->rows > 3) {
		grid_bar(ui, sequence, row + 1, item->col, item->cols);
		used = 2;
	}
	pane_body(ui, sequence, pane, row + used, item->col + 1, item->rows - used,
	    item->cols - 1);
	/* The border on the right, which belongs to nobody's text. */
	int edge = item->col + item->cols;
	for (int i = 0; edge < screen_cols(ui->screen) && i < item->rows; i++)
		screen_repeat(ui->screen, row + i, edge, 1, ui_style(ui, ROLE_BORDER),
		    GLYPH_BORDER);
}

/* The last row of a pane's cells that shows something, NULL when none does. */
static const struct cell *
last_cells(const struct pane *pane)
{
	for (int row = pane->used; row-- > 0; )
		for (int i = 0; i < pane->cols; i++) {
			const struct cell *cells = pane->cells + (size_t)row * (size_t)pane->cols;
			if (cells[i].chars[0] && cells[i].chars[0] != ' ')
				return cells;
		}
	return NULL;
}

/* What a row says behind its fixed columns: why, or what is printed now. */
static void
row_tail(struct ui *ui, const struct run_sequence *sequence, int row, int col, int cols,
    enum role base)
{
	struct buf text = BUF_INIT;
	text_of_sequence(sequence, ui->now_us, &text);
	if (text.len)
		col += screen_text(ui->screen, row, col, cols, ui_style_on(ui,
		    role_of_state(sequence->state), base), buf_str(&text)) + 2;
	bool has_text = text.len > 0;
	buf_release(&text);
	if (has_text || cols < 8 || sequence->started_mono_us == 0 ||
	    sequence->state == STATE_OK)
		return;
	struct pane *pane = ui_pane(ui, sequence->index);
	pane_fill(pane, 3, cols);
	const struct cell *cells = last_cells(pane);
	if (cells)
		screen_cells(ui->screen, row, col, cols, cells, ui_style_on(ui, ROLE_DIM, base));
}

/* Columns for names: what the longest one shown needs. */
static int
row_name_cols(const struct ui *ui, int cols)
{
	int widest = 4;
	for (size_t i = 0; i < ui->layout.item_count; i++) {
		const struct layout_item *item = &ui->layout.items[i];
		if (item->form != LAYOUT_ROW)
			continue;
		size_t sequence = ui->order.sequences[item->position];
		int need = screen_columns(ui->run->sequences[sequence].name);
		widest = need > widest ? need : widest;
	}
	int most = cols >= 3 * ROW_NAME_MAX ? ROW_NAME_MAX : cols / 3 > 10 ? cols / 3 : 10;
	return widest < most ? widest : most;
}

/* Step and time of a row, from column `at` on. Returns the column behind them. */
static int
row_progress(struct ui *ui, const struct run_sequence *sequence, int row, int at, int end,
    int cols, bool is_focus)
{
	struct style dim = is_focus ? ui_style(ui, ROLE_ROW_FOCUS) : ui_style(ui, ROLE_DIM);
	bool has_begun = sequence->started_mono_us != 0;
	int step_cols = 5;
	struct buf text = BUF_INIT;
	step_text(sequence, &text);
	if (cols < LAYOUT_ROW_COLS || !has_begun)
		text.len = strcspn(buf_str(&text), " ");
	else
		step_cols += cols >= 60 ? ROW_STEP_COLS : 6;
	if (text.len)
		text.data[text.len] = '\0';
	if (at < end)
		screen_text(ui->screen, row, at, step_cols < end - at ? step_cols : end - at, dim,
		    buf_str(&text));
	buf_release(&text);
	at += step_cols + 1;
	int64_t elapsed = sequence_elapsed_us(sequence, ui->now_us);
	if (elapsed < 0)
		return at;
	if (at + 6 <= end) {
		char took[16];
		text_duration(elapsed, took, sizeof took);
		screen_printf(ui->screen, row, at, 6, dim, "%6s", took);
	}
	return at + 8;
}

static void
row_draw(struct ui *ui, const struct run_sequence *sequence, const struct layout_item *item,
    int row, bool is_focus, int name_cols)
{
	enum role role = is_focus ? ROLE_ROW_FOCUS : ROLE_TEXT;
	struct style base = ui_style(ui, role);
	int at = item->col, end = item->col + item->cols - 1;
	screen_fill(ui->screen, row, at, item->cols, base);
	screen_repeat(ui->screen, row, at, 1, ui_style_on(ui, ROLE_MARK, role),
	    ui->marks[sequence->index] ? GLYPH_MARK : ' ');
	screen_repeat(ui->screen, row, at + 1, item->cols > 1, ui_style_on(ui,
	    role_of_state(sequence->state), role), glyph_of_state(sequence->state));
	at += 3;
	int name_room = item->cols >= LAYOUT_ROW_COLS ? name_cols : end - at - 6;
	screen_text(ui->screen, row, at, name_room < end - at ? name_room : end - at, base,
	    sequence->name);
	at += name_room + 1;
	if (item->cols >= 60) {
		grid_bar(ui, sequence, row, at, 8);
		at += 9;
	}
	at = row_progress(ui, sequence, row, at, end, item->cols, is_focus);
	if (at < end)
		row_tail(ui, sequence, row, at, end - at, role);
}

static void
cell_draw(struct ui *ui, const struct run_sequence *sequence,
    const struct layout_item *item, int row, bool is_focus)
{
	struct style style = is_focus ? ui_style_on(ui, role_of_state(sequence->state),
	    ROLE_ROW_FOCUS) : ui_style(ui, role_of_state(sequence->state));
	if (is_focus)
		style.attrs |= CELL_REVERSE | CELL_BOLD;
	screen_repeat(ui->screen, row, item->col, 1, style, ui->marks[sequence->index] ?
	    GLYPH_MARK : glyph_of_state(sequence->state));
}

void
grid_draw(struct ui *ui, int row, int rows)
{
	if (ui->order.count == 0) {
		const char *text = ui->run->sequence_count ? "nothing fits this filter; / changes "
		    "it, Esc shows all" : "nothing has begun yet";
		if (rows > 0)
			screen_text(ui->screen, row + rows / 2, 2, screen_cols(ui->screen) - 2,
			    ui_style(ui, ROLE_DIM), text);
		return;
	}
	int name_cols = row_name_cols(ui, screen_cols(ui->screen));
	for (size_t i = 0; i < ui->layout.item_count; i++) {
		const struct layout_item *item = &ui->layout.items[i];
		size_t index = ui->order.sequences[item->position];
		const struct run_sequence *sequence = &ui->run->sequences[index];
		bool is_focus = index == ui->focus;
		switch (item->form) {
		case LAYOUT_PANE:
			pane_draw(ui, sequence, item, row + item->row, is_focus);
			break;
		case LAYOUT_ROW:
			row_draw(ui, sequence, item, row + item->row, is_focus, name_cols);
			break;
		case LAYOUT_CELL:
			cell_draw(ui, sequence, item, row + item->row, is_focus);
			break;
		}
	}
}
