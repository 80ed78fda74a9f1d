/*
 * Searching in the log of the zoomed sequence, a slice at a time.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "ui/ui_state.h"
#include "ui/zoom.h"

/* Starts looking from a line. */
static void
search_begin(struct ui *ui, const struct scrollback_position *from, bool backward,
    bool here)
{
	struct zoom *zoom = &ui->zoom;
	struct pane *pane = ui_pane(ui, zoom->sequence);
	zoom->is_backward = backward;
	zoom->is_searching = true;
	search_start(zoom->search, pane->scrollback, from, backward, here);
	ev_idle_start(ui->loop, &ui->folding);
	ui_wake(ui);
}

/* Where a search that nothing was found by yet begins: what is on the screen. */
static struct scrollback_position
search_origin(struct ui *ui)
{
	struct zoom *zoom = &ui->zoom;
	struct pane *pane = ui_pane(ui, zoom->sequence);
	if (!zoom->is_following)
		return zoom->top;
	struct scrollback_window one = zoom->window;
	one.rows = 1;
	return scrollback_bottom(pane->scrollback, &one);
}

void
zoom_search(struct ui *ui, const char *pattern)
{
	struct zoom *zoom = &ui->zoom;
	struct err err = ERR_INIT;
	struct search *search = *pattern ? search_new(pattern, &err) : NULL;
	if (*pattern && !search) {
		ui_say(ui, true, "%s", err.text);
		return;
	}
	search_free(zoom->search);
	zoom->search = search;
	zoom->has_hit = false;
	zoom->has_wrapped = false;
	zoom->is_searching = false;
	ui_wake(ui);
	if (!search)
		return;
	zoom->origin = search_origin(ui);
	/* At the end of a log what was printed last is what one looks for. */
	search_begin(ui, &zoom->origin, zoom->is_following, true);
}

void
zoom_search_next(struct ui *ui, bool backward)
{
	struct zoom *zoom = &ui->zoom;
	if (!zoom->search) {
		ui_say(ui, false, "nothing to search for yet: / asks");
		return;
	}
	zoom->has_wrapped = false;
	zoom->origin = zoom->has_hit ? zoom->hit.line : search_origin(ui);
	search_begin(ui, &zoom->origin, backward, !zoom->has_hit);
}

/* Shows the line that was found. */
static void
search_show(struct ui *ui, struct pane *pane)
{
	struct zoom *zoom = &ui->zoom;
	zoom->is_searching = false;
	zoom->has_hit = true;
	zoom->is_following = false;
	zoom->top = scrollback_around(pane->scrollback, &zoom->window, &zoom->hit.line,
	    zoom->hit.span.first);
	size_t column = zoom->hit.span.first, cols = (size_t)zoom->window.cols;
	if (!zoom->window.wrap)
		zoom->window.column = column < cols ? 0 : (int)(column - cols / 2);
	if (zoom->has_wrapped)
		ui_say(ui, false, zoom->is_backward ? "passed the first line: on from the end" :
		    "passed the last line: on from the start");
}

/* Came to an end without a hit: goes round once, then gives up. */
static void
search_turn(struct ui *ui, struct pane *pane)
{
	struct zoom *zoom = &ui->zoom;
	if (zoom->has_wrapped) {
		zoom->is_searching = false;
		ui_say(ui, true, "'%s' is nowhere in this log", search_pattern(zoom->search));
		return;
	}
	struct scrollback_window one = zoom->window;
	one.rows = 1;
	struct scrollback_position from = zoom->is_backward ?
	    scrollback_bottom(pane->scrollback, &one) : scrollback_start(pane->scrollback);
	zoom->has_wrapped = true;
	search_begin(ui, &from, zoom->is_backward, true);
}

bool
zoom_search_step(struct ui *ui)
{
	struct zoom *zoom = &ui->zoom;
	int64_t until = clock_mono_us() + ZOOM_SEARCH_US;
	if (ui->view != UI_ZOOM || !zoom->is_searching)
		return false;
	struct pane *pane = ui_pane(ui, zoom->sequence);
	do {
		switch (search_step(zoom->search, pane->scrollback, &zoom->hit)) {
		case SEARCH_GOING_ON:
			break;
		case SEARCH_FOUND:
			search_show(ui, pane);
			break;
		case SEARCH_NOT_FOUND:
			search_turn(ui, pane);
			break;
		}
	} while (zoom->is_searching && clock_mono_us() < until);
	ui_wake(ui);
	return zoom->is_searching;
}
