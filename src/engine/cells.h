/*
 * The cells of the table state × event that requests lead to, and what they share with the
 * others. A cell returns 0 when it did something, 1 when the event means nothing in this
 * state, -1 with a sentence when it is refused.
 */
#ifndef SEQDECK_ENGINE_CELLS_H
#define SEQDECK_ENGINE_CELLS_H

#include "engine/core.h"

/* A function type: the table and the declarations below would be unreadable without. */
typedef int sequence_cell(struct sequence *seq, const struct demand *demand,
    struct err *err);

sequence_cell cell_refuse_retry;
sequence_cell cell_refuse_skip;
sequence_cell cell_refuse_cancel;
sequence_cell cell_refuse_hold;
sequence_cell cell_refuse_release;
sequence_cell cell_refuse_input;
sequence_cell cell_retry_ended;
sequence_cell cell_retry_held;
sequence_cell cell_retry_now;
sequence_cell cell_retry_ok;
sequence_cell cell_retry_skipped;
sequence_cell cell_skip_whole;
sequence_cell cell_skip_and_go_on;
sequence_cell cell_skip_held;
sequence_cell cell_skip_running;
sequence_cell cell_cancel_now;
sequence_cell cell_cancel_softly;
sequence_cell cell_cancel_hard;
sequence_cell cell_hold_now;
sequence_cell cell_hold_running;
sequence_cell cell_release_running;
sequence_cell cell_release_held;
sequence_cell cell_type_into;
sequence_cell cell_resize;

/* A phrase for each state, to stand behind the name of the sequence: "is running". */
const char *sequence_state_phrase(enum state state);

/* Runs the present step, or ends: the sequence is running and its last step is over. */
void sequence_run_step(struct sequence *seq);

/* Makes the next step the present one. */
void sequence_next_step(struct sequence *seq);

#endif
