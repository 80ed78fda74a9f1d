#include "ui/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Groups in order of display. */
static const uint8_t state_rank[STATES] = {
	[STATE_FAILED] = 0, [STATE_TIMED_OUT] = 0, [STATE_UNKNOWN] = 0, [STATE_HELD] = 1,
	[STATE_RUNNING] = 2, [STATE_RETRYING] = 2, [STATE_QUEUED] = 3, [STATE_WAITING] = 4,
	[STATE_CANCELLED] = 5, [STATE_SKIPPED] = 6, [STATE_OK] = 7,
};
#define RANKS 8

bool
state_is_trouble(enum state state)
{
	return state_rank[state] == 0;
}

static enum layout_need
state_need(const struct run_sequence *sequence)
{
	uint8_t rank = state_rank[sequence->state];
	if (rank == 1 && sequence->started_mono_us == 0)
		return LAYOUT_ACTIVE;	/* held before it began: nothing to read there */
	return rank <= 1 ? LAYOUT_ATTENTION : rank == 2 ? LAYOUT_ACTIVE : LAYOUT_QUIET;
}

int
filter_by_parse(struct filter_by *filter, const char *text, struct err *err)
{
	struct filter_by made = { .state = -1 };
	text += strspn(text, " ");
	if (strncmp(text, ":state", 6) == 0) {
		const char *name = text + 6 + strspn(text + 6, " ");
		made.state = state_find(name);
		made.has_state = true;
		if (made.state < 0)
			return err_set(err, "no state '%.40s': there are waiting, queued, "
			    "running, held, retrying, ok, failed, cancelled, skipped", name);
	} else if (*text == ':') {
		return err_set(err, "a filter is text, or ':state NAME'");
	} else if (*text) {
		made.text = mem_strdup(text);
	}
	filter_by_release(filter);
	*filter = made;
	return 0;
}

void
filter_by_release(struct filter_by *filter)
{
	free(filter->text);
	*filter = (struct filter_by){ .state = -1 };
}

bool
filter_by_is_set(const struct filter_by *filter)
{
	return filter->text || filter->has_state;
}

bool
filter_by_shows(const struct filter_by *filter, const struct run_sequence *sequence)
{
	if (filter->has_state && (int)sequence->state != filter->state)
		return false;
	return !filter->text || strcasestr(sequence->name, filter->text);
}

/* Makes room for count sequences. */
static void
order_reserve(struct order *order, size_t count)
{
	if (count <= order->cap)
		return;
	order->cap = count * 2;
	order->sequences = mem_grow(order->sequences, order->cap, sizeof *order->sequences);
	order->positions = mem_grow(order->positions, order->cap, sizeof *order->positions);
	order->needs = mem_grow(order->needs, order->cap, sizeof *order->needs);
}

void
order_make(struct order *order, const struct run *run, const struct filter_by *filter)
{
	size_t begin[RANKS + 1] = { 0 };
	order_reserve(order, run->sequence_count);
	/* A counting sort: it keeps the order of the plan and costs nothing to speak of. */
	for (size_t i = 0; i < run->sequence_count; i++)
		if (filter_by_shows(filter, &run->sequences[i]))
			begin[state_rank[run->sequences[i].state] + 1]++;
	for (size_t r = 1; r <= RANKS; r++)
		begin[r] += begin[r - 1];
	order->count = begin[RANKS];
	order->known = run->sequence_count;
	for (size_t i = 0; i < run->sequence_count; i++) {
		const struct run_sequence *s = &run->sequences[i];
		order->positions[i] = ORDER_NONE;
		if (!filter_by_shows(filter, s))
			continue;
		size_t at = begin[state_rank[s->state]]++;
		order->positions[i] = at;
		order->sequences[at] = i;
		order->needs[at] = state_need(s);
	}
	/* Held ones that have not begun may stand before others that want attention. */
	for (size_t i = 1; i < order->count; i++)
		if (order->needs[i] < order->needs[i - 1])
			order->needs[i] = order->needs[i - 1];
}

void
order_release(struct order *order)
{
	free(order->sequences);
	free(order->positions);
	free(order->needs);
	*order = (struct order){ 0 };
}

size_t
order_position(const struct order *order, size_t sequence)
{
	return sequence < order->known ? order->positions[sequence] : ORDER_NONE;
}
