/*
 * The line on top: title, elapsed time, a bar in which every state has its share, and
 * counts.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/text.h"
#include "ui/ui_state.h"

#define HEADER_BAR_LEAST 12	/* columns under which a bar says nothing */

/* The order of states in bar and counts: good, going on, bad, to come. */
static const enum state shown[] = {
	STATE_OK, STATE_RUNNING, STATE_RETRYING, STATE_FAILED, STATE_HELD, STATE_CANCELLED,
	STATE_SKIPPED, STATE_QUEUED, STATE_WAITING,
};
#define SHOWN (sizeof shown / sizeof *shown)

/* Columns of each state's part; every state that there is gets at least one while there
 * is room, so that one failure among 400 is seen. */
static void
bar_shares(const struct run *run, int cols, int *shares)
{
	int used = 0;
	size_t total = run->sequence_count;
	size_t largest = 0;
	for (size_t i = 0; i < SHOWN; i++) {
		size_t n = run->counts[shown[i]];
		shares[i] = n == 0 ? 0 : (int)(n * (size_t)cols / total);
		if (n > 0 && shares[i] == 0)
			shares[i] = 1;
		used += shares[i];
		if (run->counts[shown[i]] > run->counts[shown[largest]])
			largest = i;
	}
	shares[largest] += cols - used;
	if (shares[largest] < 0)
		shares[largest] = 0;
}

static void
header_bar(struct ui *ui, int row, int col, int cols)
{
	int shares[SHOWN];
	bar_shares(ui->run, cols, shares);
	for (size_t i = 0; i < SHOWN; i++) {
		enum state state = shown[i];
		bool is_rest = state == STATE_WAITING || state == STATE_QUEUED;
		int n = shares[i] < cols ? shares[i] : cols;
		screen_repeat(ui->screen, row, col, n, ui_style_on(ui, is_rest ? ROLE_BAR_REST :
		    role_of_state(state), ROLE_HEADER), is_rest ? GLYPH_BAR_REST : GLYPH_BAR);
		col += n;
		cols -= n;
	}
}

/* Draws the counts, from the right end leftwards. Returns the column where they begin. */
static int
header_counts(struct ui *ui, int row, int least)
{
	int col = screen_cols(ui->screen) - 1;
	for (size_t i = SHOWN; i-- > 0; ) {
		size_t n = ui->run->counts[shown[i]];
		char text[32];
		if (n == 0)
			continue;
		int cols = snprintf(text, sizeof text, " %zu", n) + 1;
		if (col - cols - 2 < least)
			break;
		col -= cols;
		struct style style = ui_style_on(ui, role_of_state(shown[i]), ROLE_HEADER);
		screen_repeat(ui->screen, row, col, 1, style, glyph_of_state(shown[i]));
		screen_text(ui->screen, row, col + 1, cols - 1, style, text);
		col -= 2;
	}
	return col;
}

/* "12m04s", with what the run as a whole has come to. */
static void
header_state(const struct ui *ui, struct buf *to)
{
	const struct run *run = ui->run;
	char elapsed[16];
	int64_t end = run->ended_mono_us ? run->ended_mono_us : ui->now_us;
	if (run->started_mono_us) {
		text_duration(end - run->started_mono_us, elapsed, sizeof elapsed);
		buf_add_str(to, elapsed);
	}
	if (run->ended_mono_us)
		buf_printf(to, "  %s", state_name(run->state));
	else if (run->state == STATE_HELD)
		buf_printf(to, "  held%s%s", run->reason ? ": " : "",
		    run->reason ? run->reason : "");
	if (!ui->is_live && !run->ended_mono_us && run->last_number)
		buf_add_str(to, "  no engine drives it");
	if (filter_by_is_set(&ui->filter)) {
		buf_printf(to, "  %zu of %zu shown", ui->order.count, run->sequence_count);
	} else if (ui->layout.hidden && ui->view == UI_GRID) {
		buf_printf(to, "  %zu more below or above", ui->layout.hidden);
	}
}

void
header_draw(struct ui *ui, int row, int rows)
{
	int cols = screen_cols(ui->screen);
	if (rows < 1)
		return;
	screen_fill(ui->screen, row, 0, cols, ui_style(ui, ROLE_HEADER));
	const char *title = ui->run->title && *ui->run->title ? ui->run->title : "seqdeck";
	int col = 1 + screen_text(ui->screen, row, 1, cols / 3, ui_style(ui,
	    ROLE_HEADER_TITLE), title);
	struct buf state = BUF_INIT;
	header_state(ui, &state);
	if (ui->damage)
		col += 2 + screen_printf(ui->screen, row, col + 2, cols - col - 2,
		    ui_style(ui, ROLE_ERROR), "%s", ui->damage);
	else
		col += 2 + screen_text(ui->screen, row, col + 2, cols - col - 2,
		    ui_style(ui, ROLE_HEADER), buf_str(&state));
	buf_release(&state);
	int end = header_counts(ui, row, col + 2);
	if (end - col - 2 >= HEADER_BAR_LEAST && ui->run->sequence_count)
		header_bar(ui, row, col + 2, end - col - 3);
}
