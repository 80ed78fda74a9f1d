/*
 * The run as it is at this moment: events folded in slices, the order of sequences, the
 * focus, and the panes with their output.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/reader.h"
#include "ui/ui_state.h"

/* Makes room for what is kept by sequence. */
static void
model_grow(struct ui *ui)
{
	size_t count = ui->run->sequence_count;
	if (count <= ui->pane_count)
		return;
	size_t want = count + count / 2 + 16;
	ui->panes = mem_grow(ui->panes, want, sizeof *ui->panes);
	ui->marks = mem_grow(ui->marks, want, sizeof *ui->marks);
	memset(ui->panes + ui->pane_count, 0, (want - ui->pane_count) * sizeof *ui->panes);
	memset(ui->marks + ui->pane_count, 0, (want - ui->pane_count) * sizeof *ui->marks);
	ui->pane_count = want;
}

void
ui_model_update(struct ui *ui)
{
	struct err err = ERR_INIT;
	bool logs_changed = false;
	long n = reader_update(ui->reader, UI_FOLD_MAX, &logs_changed, &err);
	if (n < 0 && !ui->damage) {
		ui->damage = mem_strdup(err.text);
		ui->is_folded = true;
		ui_wake(ui);
	}
	model_grow(ui);
	if (n > 0) {
		ui->is_lost = true;
		ui_wake(ui);
	}
	if (n >= UI_FOLD_MAX)
		ev_idle_start(ui->loop, &ui->folding);
	else
		ui->is_folded = true;
	/* A log that has more than one update takes goes on at the next frame. */
	if (logs_changed)
		ui_wake(ui);
}

const struct run_sequence *
ui_focused(const struct ui *ui)
{
	if (order_position(&ui->order, ui->focus) == ORDER_NONE)
		return NULL;
	return &ui->run->sequences[ui->focus];
}

bool
ui_is_moving(const struct ui *ui)
{
	const size_t *counts = ui->run->counts;
	return ui->is_live && !ui->run->ended_mono_us &&
	    (counts[STATE_RUNNING] > 0 || counts[STATE_RETRYING] > 0 || ui->run->last_number);
}

struct ui_areas
ui_areas(const struct ui *ui)
{
	int rows = screen_rows(ui->screen);
	struct ui_areas areas = { .cols = screen_cols(ui->screen) };
	areas.header = rows >= 3;
	areas.footer = rows >= 4 || (rows >= 2 && (ui->prompt.is_open || ui->message.text));
	areas.view = rows - areas.header - areas.footer;
	areas.view_row = areas.header;
	areas.footer_row = rows - 1;
	return areas;
}

void
ui_model_refresh(struct ui *ui)
{
	/* The clock of a run that nobody drives stands still at its last event. */
	ui->now_us = ui->is_live ? clock_mono_us() : ui->run->last_mono_us;
	if (ui->is_lost) {
		order_make(&ui->order, ui->run, &ui->filter);
		ui->is_lost = false;
	}
	/* What matters most has the focus at first; later it stays with its sequence. */
	bool is_lost = ui->frames == 0 || order_position(&ui->order, ui->focus) == ORDER_NONE;
	if (is_lost && ui->order.count > 0 && ui->view == UI_GRID)
		ui->focus = ui->order.sequences[0];
	struct ui_areas areas = ui_areas(ui);
	size_t position = order_position(&ui->order, ui->focus);
	struct layout_input input = {
		.rows = areas.view, .cols = areas.cols, .count = ui->order.count,
		.needs = ui->order.needs, .mode = ui->mode,
		.focus = position == ORDER_NONE ? 0 : position,
	};
	layout_make(&ui->layout, &input);
}

struct pane *
ui_pane(struct ui *ui, size_t sequence)
{
	struct pane *pane = ui->panes[sequence];
	if (!pane)
		pane = ui->panes[sequence] = pane_new();
	pane_sync(pane, ui->reader, &ui->run->sequences[sequence]);
	if (pane->shown == 0) {	/* it comes to the screen */
		pane_look_at_clock(pane, ui->reader);
		pane_update(pane);
	}
	pane->shown = ui->frames + 1;
	return pane;
}

void
ui_panes_update(struct ui *ui)
{
	ui->has_more = false;
	for (size_t i = 0; i < ui->run->sequence_count; i++) {
		struct pane *pane = ui->panes[i];
		if (!pane || pane->shown == 0)
			continue;
		pane_update(pane);
		ui->has_more |= pane->has_more;
	}
}

void
ui_panes_rest(struct ui *ui, bool all)
{
	for (size_t i = 0; i < ui->pane_count; i++) {
		struct pane *pane = ui->panes[i];
		if (pane && pane->shown && (all || pane->shown + UI_REST_AFTER < ui->frames))
			pane_rest(pane, ui->reader);
	}
}

int64_t
ui_silent_us(const struct ui *ui, const struct run_sequence *sequence,
    const struct pane *pane)
{
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step ? run_last_attempt(step) : NULL;
	if (!ui->is_live || sequence->state != STATE_RUNNING || !attempt || !attempt->log ||
	    attempt->state != STATE_RUNNING)
		return 0;
	int64_t since = attempt->started_wall_us > pane->output_wall_us ?
	    attempt->started_wall_us : pane->output_wall_us;
	return clock_wall_us() - since;
}
