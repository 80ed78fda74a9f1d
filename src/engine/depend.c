/*
 * Who waits for whom. Each sequence counts what it still waits for; a sequence whose
 * standing (open, ended ok, ended otherwise) has changed is put on engine->spread, and
 * depend_spread tells those that wait for it. A list and not a recursion: a chain of ten
 * thousand sequences must not need as many stack frames.
 */
#include "engine/core.h"

#include "base/mem.h"

static enum standing
standing_of(const struct sequence *seq)
{
	if (!state_is_end(seq->state))
		return STANDING_OPEN;
	return seq->state == STATE_OK ? STANDING_OK : STANDING_BAD;
}

/* Lays the reverse lists out in one piece of memory: first the sizes, then the entries. */
static void
lay_out(struct engine *engine, size_t total)
{
	engine->dependents = mem_array(total, sizeof *engine->dependents);
	size_t *next = engine->dependents;
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		seq->needed_by = next;
		next += seq->needed_by_count;
		seq->followed_by = next;
		next += seq->followed_by_count;
		seq->needed_by_count = seq->followed_by_count = 0;
	}
}

void
depend_init(struct engine *engine)
{
	size_t total = 0;
	for (size_t i = 0; i < engine->count; i++) {
		const struct plan_sequence *plan = engine->sequences[i].plan;
		for (size_t k = 0; k < plan->needs_count; k++)
			engine->sequences[plan->needs[k]].needed_by_count++;
		for (size_t k = 0; k < plan->after_count; k++)
			engine->sequences[plan->after[k]].followed_by_count++;
		total += plan->needs_count + plan->after_count;
	}
	lay_out(engine, total);
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		for (size_t k = 0; k < seq->plan->needs_count; k++) {
			struct sequence *on = &engine->sequences[seq->plan->needs[k]];
			on->needed_by[on->needed_by_count++] = i;
		}
		for (size_t k = 0; k < seq->plan->after_count; k++) {
			struct sequence *on = &engine->sequences[seq->plan->after[k]];
			on->followed_by[on->followed_by_count++] = i;
		}
		seq->needs_open = seq->plan->needs_count;
		seq->after_open = seq->plan->after_count;
	}
}

void
depend_changed(struct sequence *seq)
{
	if (standing_of(seq) != seq->standing)
		link_append(&seq->engine->spread, &seq->spread_link);
}

bool
depend_is_ready(const struct sequence *seq)
{
	return seq->needs_open == 0 && seq->after_open == 0;
}

/* What the counters of seq say now, as events. */
static void
tell(struct sequence *seq, bool was_ready, bool was_blocked)
{
	bool is_ready = depend_is_ready(seq), is_blocked = seq->needs_bad > 0;
	if (was_blocked && !is_blocked)
		sequence_happen(seq, SEQUENCE_UNBLOCKED);
	if (was_ready && !is_ready)
		sequence_happen(seq, SEQUENCE_UNREADY);
	if (!was_blocked && is_blocked)
		sequence_happen(seq, SEQUENCE_BLOCKED);
	if (!was_ready && is_ready)
		sequence_happen(seq, SEQUENCE_READY);
}

static void
spread_one(struct sequence *seq)
{
	struct engine *engine = seq->engine;
	enum standing old = seq->standing, now = standing_of(seq);
	seq->standing = now;
	if (old == now)
		return;
	for (size_t i = 0; i < seq->needed_by_count; i++) {
		struct sequence *other = &engine->sequences[seq->needed_by[i]];
		bool was_ready = depend_is_ready(other), was_blocked = other->needs_bad > 0;
		other->needs_open += (size_t)(old == STANDING_OK) - (size_t)(now == STANDING_OK);
		other->needs_bad += (size_t)(now == STANDING_BAD) - (size_t)(old == STANDING_BAD);
		tell(other, was_ready, was_blocked);
	}
	if ((old == STANDING_OPEN) == (now == STANDING_OPEN))
		return;
	for (size_t i = 0; i < seq->followed_by_count; i++) {
		struct sequence *other = &engine->sequences[seq->followed_by[i]];
		bool was_ready = depend_is_ready(other), is_blocked = other->needs_bad > 0;
		if (now == STANDING_OPEN)
			other->after_open++;
		else
			other->after_open--;
		tell(other, was_ready, is_blocked);
	}
}

void
depend_spread(struct engine *engine)
{
	struct sequence *seq;
	while ((seq = link_pop(&engine->spread)))
		spread_one(seq);
}

char *
depend_reason(const struct sequence *seq)
{
	const struct engine *engine = seq->engine;
	for (size_t i = 0; i < seq->plan->needs_count; i++) {
		const struct sequence *on = &engine->sequences[seq->plan->needs[i]];
		const char *how = NULL;
		if (on->state == STATE_FAILED)
			how = "failed";
		else if (on->state == STATE_CANCELLED)
			how = "was cancelled";
		else if (on->state == STATE_SKIPPED)
			how = "was skipped";
		if (how)
			return mem_printf("needs '%s', which %s", on->plan->name, how);
	}
	return NULL;
}

void
depend_settle(struct engine *engine)
{
	for (;;) {
		depend_spread(engine);
		struct sequence *seq = NULL;
		if (engine->counts[STATE_QUEUED] + engine->counts[STATE_RUNNING] +
		    engine->counts[STATE_HELD] + engine->counts[STATE_RETRYING] == 0)
			seq = link_first(&engine->blocked);
		if (!seq)
			return;
		sequence_happen(seq, SEQUENCE_GIVE_UP);
	}
}
