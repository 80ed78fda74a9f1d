/*
 * In which order sequences are shown, and which. Pure. What needs a person comes first,
 * then what is going on, then what has still to begin, then what has ended; within each
 * the order of the plan, so that nothing moves that did not change.
 */
#ifndef SEQDECK_UI_ORDER_H
#define SEQDECK_UI_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/run.h"
#include "ui/layout.h"

/* What is shown: everything when zeroed. */
struct filter_by {
	char *text;	/* part of the name, upper and lower case alike; NULL: any */
	int state;	/* enum state, or -1 for any; looked at when has_state */
	bool has_state;
};

/* Reads "text" or ":state NAME"; an empty text shows everything. */
int filter_by_parse(struct filter_by *filter, const char *text, struct err *err);
void filter_by_release(struct filter_by *filter);
bool filter_by_is_set(const struct filter_by *filter);
bool filter_by_shows(const struct filter_by *filter, const struct run_sequence *sequence);

/* Embed, zeroed; order_release frees. */
struct order {
	size_t *sequences;	/* by position */
	uint8_t *needs;	/* enum layout_need, by position */
	size_t *positions;	/* by sequence; ORDER_NONE: not shown */
	size_t count;	/* shown */
	size_t known;	/* of the run, when this was made */
	size_t cap;
};
#define ORDER_NONE SIZE_MAX

void order_make(struct order *order, const struct run *run, const struct filter_by *filter);
void order_release(struct order *order);

/* Position of a sequence, ORDER_NONE when it is not shown. */
size_t order_position(const struct order *order, size_t sequence);

bool state_is_trouble(enum state state);	/* failed, timed out or of unknown outcome */

#endif
