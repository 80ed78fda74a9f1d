/*
 * From keys to actions: a text field, a question or a page that is open takes them first.
 */
#include <stdlib.h>

#include "ui/ui_state.h"

/* A key while a page is open: scrolls it, or closes it. */
static void
page_key(struct ui *ui, uint32_t key)
{
	const struct action *action = action_of_key(key, ACTION_IN_ZOOM);
	long rows = ui->page.shown > 1 ? ui->page.shown - 1 : 1;
	switch (action ? action->id : ACTION_NONE) {
	case ACTION_DOWN:
		page_scroll(&ui->page, 1);
		return;
	case ACTION_UP:
		page_scroll(&ui->page, -1);
		return;
	case ACTION_PAGE_DOWN:
	case ACTION_HALF_DOWN:
		page_scroll(&ui->page, rows);
		return;
	case ACTION_PAGE_UP:
	case ACTION_HALF_UP:
		page_scroll(&ui->page, -rows);
		return;
	case ACTION_TOP:
		ui->page.top = 0;
		return;
	case ACTION_BOTTOM:
		page_scroll(&ui->page, (long)ui->page.count);
		return;
	case ACTION_INTERRUPT:
		ui_act(ui, ACTION_INTERRUPT, key);
		return;
	}
	ui->overlay = UI_NOTHING_OVER;
}

static void
dialog_key(struct ui *ui, uint32_t key)
{
	uint32_t chosen = dialog_choose(&ui->dialog, key);
	ui->overlay = UI_NOTHING_OVER;
	if (chosen && ui->dialog.chosen)
		ui->dialog.chosen(ui, chosen);
	if (ui->overlay != UI_DIALOG)
		dialog_release(&ui->dialog);
}

/* Takes over the filter's text as it is typed; only when it is done does it complain. */
static void
filter_apply(struct ui *ui, bool is_done)
{
	struct err err = ERR_INIT;
	const char *text = buf_str(&ui->prompt.text);
	if (filter_by_parse(&ui->filter, text, &err)) {
		if (is_done)
			ui_say(ui, true, "%s", err.text);
		return;
	}
	ui->is_lost = true;
}

static void
prompt_handle(struct ui *ui, uint32_t key)
{
	enum prompt_result result = prompt_key(&ui->prompt, key);
	bool is_filter = ui->view == UI_GRID;
	if (is_filter && result == PROMPT_ABANDONED) {
		filter_by_release(&ui->filter);
		ui->is_lost = true;
	} else if (is_filter && result != PROMPT_OPEN) {
		filter_apply(ui, result == PROMPT_DONE);
	} else if (!is_filter && result == PROMPT_DONE) {
		const char *text = buf_str(&ui->prompt.text);
		if (*text || !ui->zoom.search)
			zoom_search(ui, text);
		else
			zoom_search_next(ui, ui->zoom.is_backward);
	}
}

/* A click focuses, a second one on the same opens; the wheel scrolls. */
static void
mouse(struct ui *ui)
{
	const struct keys_mouse *m = &ui->keys.mouse;
	struct ui_areas areas = ui_areas(ui);
	if (m->button >= 64) {
		enum action_id id = m->button == 64 ? ACTION_UP : ACTION_DOWN;
		for (int i = 0; i < (ui->view == UI_ZOOM ? 3 : 1); i++)
			ui_act(ui, id, 0);
		return;
	}
	if (ui->view != UI_GRID || m->button != 0)
		return;
	const struct layout_item *item = layout_at(&ui->layout, m->row - areas.view_row, m->col);
	if (!item)
		return;
	size_t sequence = ui->order.sequences[item->position];
	if (sequence == ui->focus)
		zoom_open(ui, sequence);
	ui->focus = sequence;
}

void
ui_key(struct ui *ui, uint32_t key)
{
	if (ui->view == UI_ZOOM && ui->zoom.is_typing && ui->overlay == UI_NOTHING_OVER) {
		zoom_typed(ui, key);
		return;
	}
	if (ui->message.text) {	/* it was seen */
		free(ui->message.text);
		ui->message = (struct ui_message){ 0 };
		ev_timer_stop(ui->loop, &ui->forgetting);
	}
	if (key == K_PASTE) {	/* text, never keys */
		if (ui->prompt.is_open)
			prompt_paste(&ui->prompt, ui->keys.text.data, ui->keys.text.len);
		return;
	}
	if (key == K_NONE)
		return;
	if (ui->prompt.is_open) {
		prompt_handle(ui, key);
	} else if (ui->overlay == UI_DIALOG) {
		dialog_key(ui, key);
	} else if (ui->overlay != UI_NOTHING_OVER) {
		page_key(ui, key);
	} else if (key == K_MOUSE) {
		mouse(ui);
	} else if (key == K_ESC && ui->view == UI_GRID) {
		if (filter_by_is_set(&ui->filter)) {
			filter_by_release(&ui->filter);
			ui->is_lost = true;
		}
	} else {
		const struct action *action = action_of_key(key, ui->view == UI_ZOOM ?
		    ACTION_IN_ZOOM : ACTION_IN_GRID);
		if (action)
			ui_act(ui, (enum action_id)action->id, key);
	}
}

/* Sends what was typed for the step. */
static void
flush_typed(struct ui *ui)
{
	if (ui->typed.len > 0 && ui->view == UI_ZOOM)
		ui_ask_input(ui, &ui->run->sequences[ui->zoom.sequence], ui->typed.data,
		    ui->typed.len);
	buf_clear(&ui->typed);
}

void
ui_input(struct ui *ui, const char *bytes, size_t len)
{
	uint32_t key;
	keys_feed(&ui->keys, bytes, len);
	while (!ui->is_done && keys_next(&ui->keys, &key)) {
		ui_key(ui, key);
		/* What a key has moved is where the next one starts from. */
		if (!ui->is_done)
			ui_model_refresh(ui);
	}
	flush_typed(ui);
}
