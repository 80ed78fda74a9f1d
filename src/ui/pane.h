/*
 * One sequence on the screen: its scrollback made from the model, the newest rows of its
 * output, and how its title and rows are drawn. A pane that is not on the screen watches
 * nothing and holds no descriptors.
 */
#ifndef SEQDECK_UI_PANE_H
#define SEQDECK_UI_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/run.h"
#include "term/cell.h"
#include "term/pane_screen.h"
#include "term/scrollback.h"

struct reader;
struct pane_segment;

struct pane {
	struct scrollback *scrollback;
	struct pane_screen *screen;
	struct pane_segment *segments;	/* what the scrollback was made of */
	size_t segment_count, segment_cap;
	uint64_t changed;	/* of the sequence, when the segments were made */
	char *watched;	/* log below the run directory; NULL: none */
	struct cell *cells;	/* the newest rows, as drawn last */
	struct scrollback_row *info;	/* of each row */
	int rows, cols, used;
	bool is_stale;	/* cells are to be filled anew */
	bool has_more;	/* there is more to take in at once */
	bool size_known;	/* of the step's terminal */
	int64_t output_wall_us;	/* when something was printed last; 0: never */
	uint64_t shown;	/* number of the last frame that it was in */
};

struct pane *pane_new(void);
void pane_free(struct pane *pane);

/* Brings the segments up to date with the model and watches the newest log. */
void pane_sync(struct pane *pane, struct reader *reader,
    const struct run_sequence *sequence);

/* Takes in new output. Returns whether there is something new to draw. */
bool pane_update(struct pane *pane);

/* The newest rows for a window of this size: pane->cells, pane->used of them. */
void pane_fill(struct pane *pane, int rows, int cols);

/* The pane has left the screen. */
void pane_rest(struct pane *pane, struct reader *reader);

/* Looks up when the newest log was written to (the file's time). */
void pane_look_at_clock(struct pane *pane, struct reader *reader);

/* Looks up how large the step's own terminal is, and since when. */
void pane_find_size(struct pane *pane, struct reader *reader);

#endif
