/*
 * What actions do.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "ui/ui_state.h"

/* Focuses the sequence at a position of the order. */
static void
focus_position(struct ui *ui, size_t position)
{
	if (position < ui->order.count)
		ui->focus = ui->order.sequences[position];
}

/* Moves the focus by positions, not beyond either end. */
static void
focus_by(struct ui *ui, long by)
{
	size_t at = order_position(&ui->order, ui->focus);
	long to = at == ORDER_NONE ? 0 : (long)at + by, last = (long)ui->order.count - 1;
	if (last >= 0)
		focus_position(ui, (size_t)(to < 0 ? 0 : to > last ? last : to));
}

/* Moves the focus over the screen. */
static void
focus_toward(struct ui *ui, int dy, int dx)
{
	size_t at = order_position(&ui->order, ui->focus);
	const struct layout_item *from = at == ORDER_NONE ? NULL :
	    layout_find(&ui->layout, at);
	const struct layout_item *to = from ? layout_neighbour(&ui->layout, from, dy, dx) : NULL;
	if (to)
		focus_position(ui, to->position);
	else if (ui->layout.hidden && dy)
		focus_by(ui, dy);
}

/* Moves the focus to the next sequence in trouble, around the end. */
static void
focus_failed(struct ui *ui, int by)
{
	size_t count = ui->order.count, at = order_position(&ui->order, ui->focus);
	if (at == ORDER_NONE)
		at = 0;
	for (size_t i = 1; i <= count; i++) {
		size_t position = (at + (by > 0 ? i : count - i % count)) % count;
		enum state state = ui->run->sequences[ui->order.sequences[position]].state;
		if (state_is_trouble(state) || state == STATE_HELD) {
			focus_position(ui, position);
			return;
		}
	}
	ui_say(ui, false, "nothing has failed");
}

static void
mark_set(struct ui *ui, size_t sequence, bool on)
{
	if (ui->marks[sequence] == on)
		return;
	ui->marks[sequence] = on;
	ui->mark_count += on ? 1 : (size_t)-1;
}

static void
mark_range(struct ui *ui)
{
	size_t a = order_position(&ui->order, ui->mark_last);
	size_t b = order_position(&ui->order, ui->focus);
	if (b == ORDER_NONE)
		return;
	if (a == ORDER_NONE || ui->mark_count == 0)
		a = b;
	for (size_t i = a < b ? a : b; i <= (a < b ? b : a); i++)
		mark_set(ui, ui->order.sequences[i], true);
}

static void
mark_none(struct ui *ui)
{
	for (size_t i = 0; i < ui->run->sequence_count; i++)
		ui->marks[i] = false;
	ui->mark_count = 0;
}

/* Says what runs; the second time within a second, cancels it. */
static void
interrupt(struct ui *ui)
{
	int64_t now = clock_mono_us();
	size_t running = ui->run->counts[STATE_RUNNING] + ui->run->counts[STATE_RETRYING];
	if (!ui->is_live || ui->run->ended_mono_us) {
		ui_say(ui, false, "nothing runs; q leaves");
	} else if (ui->interrupted_us && now - ui->interrupted_us < UI_INTERRUPT_US) {
		ui->interrupted_us = 0;
		ui_ask_one(ui, REQUEST_CANCEL, "@all");
	} else {
		ui->interrupted_us = now;
		ui_say(ui, false, "%zu running; C-c again within a second cancels all", running);
	}
}

/* Holds or releases: the whole run, or what is chosen. */
static void
hold(struct ui *ui, bool all)
{
	if (all) {
		bool is_held = ui->run->state == STATE_HELD || (ui->run->counts[STATE_HELD] &&
		    !ui->run->counts[STATE_RUNNING]);
		ui_ask_one(ui, is_held ? REQUEST_RELEASE : REQUEST_HOLD, "@all");
		return;
	}
	const struct run_sequence *s = ui_focused(ui);
	if (s)
		ui_ask_chosen(ui, s->state == STATE_HELD ? REQUEST_RELEASE : REQUEST_HOLD);
}

/* Shows another sequence: the focus in the grid, the whole zoom in the zoom. */
static void
shown_changed(struct ui *ui)
{
	if (ui->view == UI_ZOOM && ui->zoom.sequence != ui->focus)
		zoom_open(ui, ui->focus);
}

static void
next_layout(struct ui *ui)
{
	static const char *const names[LAYOUT_MODES] = { "panes", "rows", "cells" };
	ui->mode = (enum layout_mode)((ui->mode + 1) % LAYOUT_MODES);
	ui_say(ui, false, "layout: %s", names[ui->mode]);
}

static void
open_prompt(struct ui *ui)
{
	if (ui->view == UI_ZOOM)
		prompt_open(&ui->prompt, "search", "");
	else
		prompt_open(&ui->prompt, "filter", "");
}

/* Moving in the grid. */
static bool
act_move(struct ui *ui, enum action_id id)
{
	long page = ui->layout.item_count > 1 ? (long)ui->layout.item_count - 1 : 1;
	switch (id) {
	case ACTION_DOWN:
		focus_toward(ui, 1, 0);
		return true;
	case ACTION_UP:
		focus_toward(ui, -1, 0);
		return true;
	case ACTION_LEFT:
		focus_toward(ui, 0, -1);
		return true;
	case ACTION_RIGHT:
		focus_toward(ui, 0, 1);
		return true;
	case ACTION_PAGE_DOWN:
		focus_by(ui, page);
		return true;
	case ACTION_PAGE_UP:
		focus_by(ui, -page);
		return true;
	case ACTION_HALF_DOWN:
		focus_by(ui, (page + 1) / 2);
		return true;
	case ACTION_HALF_UP:
		focus_by(ui, -(page + 1) / 2);
		return true;
	case ACTION_TOP:
		focus_position(ui, 0);
		return true;
	case ACTION_BOTTOM:
		focus_position(ui, ui->order.count ? ui->order.count - 1 : 0);
		return true;
	default:
		return false;
	}
}

/* What asks the engine. */
static bool
act_ask(struct ui *ui, enum action_id id)
{
	switch (id) {
	case ACTION_RETRY:
		ui_ask_chosen(ui, REQUEST_RETRY);
		return true;
	case ACTION_RETRY_MENU:
		dialog_ask_retry(ui);
		return true;
	case ACTION_CANCEL:
		ui_ask_chosen(ui, REQUEST_CANCEL);
		return true;
	case ACTION_KILL:
		ui_ask_chosen(ui, REQUEST_KILL);
		return true;
	case ACTION_SKIP:
		ui_ask_chosen(ui, REQUEST_SKIP);
		return true;
	case ACTION_HOLD:
		hold(ui, false);
		return true;
	case ACTION_HOLD_ALL:
		hold(ui, true);
		return true;
	case ACTION_INTERRUPT:
		interrupt(ui);
		return true;
	default:
		return false;
	}
}

/* Marks, filters, layouts: what only the grid has. */
static bool
act_grid(struct ui *ui, enum action_id id)
{
	switch (id) {
	case ACTION_MARK:
		if (ui_focused(ui)) {
			mark_set(ui, ui->focus, !ui->marks[ui->focus]);
			ui->mark_last = ui->focus;
			focus_by(ui, 1);
		}
		return true;
	case ACTION_MARK_RANGE:
		mark_range(ui);
		return true;
	case ACTION_UNMARK:
		mark_none(ui);
		return true;
	case ACTION_LAYOUT:
		next_layout(ui);
		return true;
	case ACTION_QUIT:
		dialog_ask_leave(ui);
		return true;
	default:
		return false;
	}
}

/* What only the zoom has. */
static bool
act_zoom(struct ui *ui, enum action_id id)
{
	switch (id) {
	case ACTION_BACK:
		zoom_close(ui);
		return true;
	case ACTION_FOLLOW:
		zoom_follow(ui);
		return true;
	case ACTION_WRAP:
		zoom_toggle_wrap(ui);
		return true;
	case ACTION_SEARCH_NEXT:
		zoom_search_next(ui, false);
		return true;
	case ACTION_SEARCH_PREVIOUS:
		zoom_search_next(ui, true);
		return true;
	default:
		return false;
	}
}

/* Opens a page over the view, from its top. */
static void
open_page(struct ui *ui, enum ui_overlay overlay)
{
	ui->page.top = 0;
	ui->overlay = overlay;
}

/* Going from one sequence to another, in either view. */
static void
act_go(struct ui *ui, enum action_id id, uint32_t key)
{
	switch (id) {
	case ACTION_OPEN:
		if (ui_focused(ui))
			zoom_open(ui, ui->focus);
		return;
	case ACTION_ZOOM:
		if (ui->view == UI_ZOOM)
			zoom_close(ui);
		else if (ui_focused(ui))
			zoom_open(ui, ui->focus);
		return;
	case ACTION_NEXT:
		focus_by(ui, 1);
		break;
	case ACTION_PREVIOUS:
		focus_by(ui, -1);
		break;
	case ACTION_FAILED_NEXT:
		focus_failed(ui, 1);
		break;
	case ACTION_FAILED_PREVIOUS:
		focus_failed(ui, -1);
		break;
	case ACTION_PANE:
		if (key - '1' < ui->layout.item_count)
			focus_position(ui, ui->layout.items[key - '1'].position);
		break;
	default:
		return;
	}
	shown_changed(ui);
}

void
ui_act(struct ui *ui, enum action_id id, uint32_t key)
{
	if (ui->view == UI_GRID ? act_move(ui, id) || act_grid(ui, id) : act_zoom(ui, id))
		return;
	if (act_ask(ui, id))
		return;
	if (ui->view == UI_ZOOM)
		zoom_move(ui, id);
	switch (id) {
	case ACTION_INPUT:
		if (ui->view == UI_GRID && ui_focused(ui))
			zoom_open(ui, ui->focus);
		if (ui->view == UI_ZOOM)
			zoom_type(ui, true);
		break;
	case ACTION_SEARCH:
		open_prompt(ui);
		break;
	case ACTION_HELP:
		open_page(ui, UI_HELP);
		break;
	case ACTION_DETAILS:
		if (ui_focused(ui))
			open_page(ui, UI_DETAILS);
		break;
	case ACTION_THEME:
		ui_next_theme(ui);
		break;
	case ACTION_SUSPEND:
		ui_suspend(ui);
		break;
	case ACTION_REDRAW:
		screen_redraw(ui->screen);
		break;
	default:
		act_go(ui, id, key);
		break;
	}
}
