/*
 * One sequence full screen: title, steps, and its whole log to scroll and search in, or
 * its live terminal. No borders at the sides: the terminal's own selection copies clean
 * text.
 */
#ifndef SEQDECK_UI_ZOOM_H
#define SEQDECK_UI_ZOOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "term/cell.h"
#include "term/scrollback.h"
#include "term/search.h"
#include "ui/action_id.h"

#define ZOOM_SEARCH_US 8000	/* of searching before keys are looked at again */
#define ZOOM_SPANS 64	/* hits marked in a line */

struct ui;

/* Embed, zeroed; zoom_release frees. */
struct zoom {
	size_t sequence;
	struct scrollback_window window;
	struct scrollback_position top;	/* what the window shows, unless it follows */
	bool is_following;
	bool is_cut;	/* long lines are cut, not wrapped */
	bool is_typing;	/* keys go to the step */
	struct cell *cells;
	struct scrollback_row *info;
	int rows, cols;	/* that there is memory for */
	bool is_stale;	/* the cells are to be filled anew */
	uint64_t size;	/* of all logs, when the cells were filled */
	uint64_t changed;	/* of the sequence, then */
	int asked_rows, asked_cols;	/* size asked of the step's terminal last */
	int64_t asked_pid;	/* for the process that it was asked for */

	struct search *search;
	bool is_searching, is_backward, has_wrapped, has_hit;
	struct search_match hit;
	struct scrollback_position origin;	/* where the search began */
};

void zoom_release(struct zoom *zoom);
void zoom_open(struct ui *ui, size_t sequence);
void zoom_close(struct ui *ui);
void zoom_draw(struct ui *ui, int row, int rows);

/* Moves the window for one of the moving actions. */
void zoom_move(struct ui *ui, enum action_id id);
void zoom_follow(struct ui *ui);
void zoom_toggle_wrap(struct ui *ui);

/* Begins a search for the pattern, or goes on to the next hit. */
void zoom_search(struct ui *ui, const char *pattern);
void zoom_search_next(struct ui *ui, bool backward);
/* Searches on for a slice; false when there is nothing more to search. */
bool zoom_search_step(struct ui *ui);

/* Typing: on and off; keys as bytes for the step. */
void zoom_type(struct ui *ui, bool on);
void zoom_typed(struct ui *ui, uint32_t key);

#endif
