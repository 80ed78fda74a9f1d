/*
 * Everything about the view one is in, from the table of actions.
 */
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/ui_state.h"

static const char *const state_meanings[STATES] = {
	[STATE_WAITING] = "waits for what it needs",
	[STATE_QUEUED] = "waits for a free place",
	[STATE_RUNNING] = "runs",
	[STATE_HELD] = "held for a person",
	[STATE_RETRYING] = "pauses before the next attempt",
	[STATE_OK] = "ended ok",
	[STATE_FAILED] = "failed",
	[STATE_CANCELLED] = "was cancelled",
	[STATE_SKIPPED] = "was skipped",
	[STATE_TIMED_OUT] = "took too long (steps)",
	[STATE_UNKNOWN] = "was started, and no end is known (steps)",
};

void
help_build(struct ui *ui)
{
	bool is_zoom = ui->view == UI_ZOOM;
	enum action_view view = is_zoom ? ACTION_IN_ZOOM : ACTION_IN_GRID;
	page_begin(&ui->page, is_zoom ? "Help: one sequence" : "Help: all sequences");
	for (const struct action *a = actions; a->name; a++)
		if (a->views & view)
			page_add(&ui->page, ROLE_TEXT, a->keys, "%s", a->help);
	page_add(&ui->page, ROLE_TEXT, NULL, "%s", "");
	for (int state = 0; state < STATES; state++) {
		struct buf glyph = BUF_INIT;
		text_encode(&glyph, glyph_of_state((enum state)state));
		page_add(&ui->page, role_of_state((enum state)state), buf_str(&glyph), "%-10s %s",
		    state_name((enum state)state), state_meanings[state]);
		buf_release(&glyph);
	}
	page_add(&ui->page, ROLE_TEXT, NULL, "%s", "");
	page_add(&ui->page, ROLE_DIM, NULL, "%s", is_zoom ?
	    "the log is shown whole, from its first byte; Esc goes back" :
	    "leaving does not stop the run: seqdeck attach shows it again");
}
