/*
 * The last line: the keys that matter at this moment, or the answer to the last one.
 */
#include <string.h>

#include "ui/ui_state.h"

/* Whether an action of the table can do something now. */
static bool
footer_fits(const struct ui *ui, const struct action *action)
{
	const struct run_sequence *s = ui->view == UI_ZOOM ?
	    &ui->run->sequences[ui->zoom.sequence] : ui_focused(ui);
	bool is_marked = ui->view == UI_GRID && ui->mark_count > 0;
	enum state state = s ? s->state : STATE_OK;
	switch ((enum action_id)action->id) {
	case ACTION_RETRY:
		return is_marked || state_is_trouble(state) || state == STATE_CANCELLED ||
		    state == STATE_HELD || state == STATE_RETRYING;
	case ACTION_CANCEL:
		return is_marked || state == STATE_RUNNING || state == STATE_RETRYING;
	case ACTION_SKIP:
		return is_marked || !state_is_end(state) || state_is_trouble(state);
	case ACTION_HOLD:
		return is_marked || !state_is_end(state);
	case ACTION_INPUT:
		return state == STATE_RUNNING;
	default:
		return true;
	}
}

/* What the footer calls an action now. */
static const char *
footer_word(const struct ui *ui, const struct action *action)
{
	const struct run_sequence *s = ui_focused(ui);
	if (action->id == ACTION_HOLD && s && s->state == STATE_HELD)
		return "release";
	return action->footer;
}

/* Whether the focused sequence is a mere cell, so that its name stands nowhere. */
static bool
footer_names_focus(const struct ui *ui)
{
	size_t at = order_position(&ui->order, ui->focus);
	if (ui->view != UI_GRID || at == ORDER_NONE)
		return false;
	bool is_cell = false;
	for (size_t i = 0; i < ui->layout.item_count; i++) {
		const struct layout_item *item = &ui->layout.items[i];
		if (item->position == at && item->form != LAYOUT_CELL)
			return false;
		is_cell |= item->position == at;
	}
	return is_cell;
}

/* Names the sequence under the cursor at the right end. Returns the columns left. */
static int
footer_focus(struct ui *ui, int row, int cols)
{
	const struct run_sequence *s = ui_focused(ui);
	int need = screen_columns(s->name) + screen_columns(state_name(s->state)) + 3;
	if (need > cols / 2)
		return cols;
	int at = cols - need;
	at += screen_text(ui->screen, row, at, need, ui_style(ui, ROLE_MESSAGE), s->name) + 1;
	screen_text(ui->screen, row, at, cols - at, ui_style_on(ui, role_of_state(s->state),
	    ROLE_FOOTER), state_name(s->state));
	return cols - need - 1;
}

void
footer_draw(struct ui *ui, int row)
{
	int cols = screen_cols(ui->screen), col = 1;
	struct style base = ui_style(ui, ROLE_FOOTER);
	screen_fill(ui->screen, row, 0, cols, base);
	if (ui->message.text) {
		screen_text(ui->screen, row, 1, cols - 2, ui_style(ui, ui->message.is_error ?
		    ROLE_ERROR : ROLE_MESSAGE), ui->message.text);
		return;
	}
	if (ui->view == UI_ZOOM && ui->zoom.is_typing) {
		screen_text(ui->screen, row, 1, cols - 2, base,
		    "every key goes to the step; C-] leaves");
		return;
	}
	if (footer_names_focus(ui))
		cols = footer_focus(ui, row, cols);
	enum action_view view = ui->view == UI_ZOOM ? ACTION_IN_ZOOM : ACTION_IN_GRID;
	for (const struct action *a = actions; a->name; a++) {
		if (!a->footer || !(a->views & view) || !footer_fits(ui, a))
			continue;
		char key[16];
		action_first_key(a, key, sizeof key);
		const char *word = footer_word(ui, a);
		int need = (int)strlen(key) + 1 + (int)strlen(word) + 2;
		if (col + need > cols)
			continue;
		col += screen_text(ui->screen, row, col, cols - col,
		    ui_style(ui, ROLE_FOOTER_KEY), key) + 1;
		col += screen_text(ui->screen, row, col, cols - col, base, word) + 2;
	}
}
