/*
 * A sequence: what it does in each state at each event. The table at the end is the whole
 * of it; the functions above and in sequence_request.c are its cells.
 */
#include "engine/cells.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

const struct plan_step *
sequence_step(const struct sequence *seq)
{
	return seq->step < seq->plan->step_count ? &seq->plan->steps[seq->step] : NULL;
}

/* Leaves what belongs to the old state and joins what belongs to the new one. */
static void
move(struct sequence *seq, enum state state)
{
	struct engine *engine = seq->engine;
	if (seq->state == STATE_QUEUED)
		link_remove(&seq->queue_link);
	if (seq->state == STATE_WAITING)
		link_remove(&seq->blocked_link);
	if (seq->state == STATE_RETRYING)
		timer_clear(&engine->timers, &seq->pause);
	if (seq->has_place && state != STATE_RUNNING) {
		seq->has_place = false;
		engine->places_used--;
	}
	engine->counts[seq->state]--;
	seq->state = state;
	engine->counts[state]++;
	if (state == STATE_QUEUED)
		link_append(seq->has_begun ? &engine->queue_first : &engine->queue,
		    &seq->queue_link);
	if (state == STATE_WAITING && seq->needs_bad > 0)
		link_append(&engine->blocked, &seq->blocked_link);
}

void
sequence_set(struct sequence *seq, enum state state, char *reason, int64_t pause_us)
{
	move(seq, state);
	free(seq->reason);
	seq->reason = reason;
	if (state != STATE_RUNNING)
		seq->wants_hold = false;
	if (state != STATE_HELD)
		seq->is_at_failure = false;
	if (state != STATE_SKIPPED)
		seq->is_for_need = false;
	depend_changed(seq);
	emit_sequence_state(seq, pause_us);
}

void
sequence_go(struct sequence *seq, char *reason)
{
	if (seq->has_begun || depend_is_ready(seq)) {
		sequence_set(seq, STATE_QUEUED, reason, -1);
		return;
	}
	if (!reason && seq->needs_bad > 0)
		reason = depend_reason(seq);
	sequence_set(seq, STATE_WAITING, reason, -1);
}

const char *
sequence_state_phrase(enum state state)
{
	static const char *const phrases[SEQUENCE_STATES] = {
		[STATE_WAITING] = "is waiting",
		[STATE_QUEUED] = "is queued",
		[STATE_RUNNING] = "is running",
		[STATE_HELD] = "is held",
		[STATE_RETRYING] = "is about to retry",
		[STATE_OK] = "has ended ok",
		[STATE_FAILED] = "has failed",
		[STATE_CANCELLED] = "was cancelled",
		[STATE_SKIPPED] = "was skipped",
	};
	return phrases[state];
}

/* The event means nothing in this state. */
static int
ignore(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)seq;
	(void)demand;
	(void)err;
	return 1;
}

/* The engine itself never makes this happen in this state. */
static int
never(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return err_set(err, "this cannot happen while '%s' %s", seq->plan->name,
	    sequence_state_phrase(seq->state));
}

void
sequence_run_step(struct sequence *seq)
{
	const struct plan_step *step = sequence_step(seq);
	if (!step)
		sequence_set(seq, STATE_OK, NULL, -1);
	else if (seq->wants_hold)
		sequence_set(seq, STATE_HELD, mem_printf("held before '%s'", step->name), -1);
	else
		step_want(seq);
}

void
sequence_next_step(struct sequence *seq)
{
	seq->step++;
	seq->retries_used = 0;
}

/* Dependencies and places */

static int
enqueue(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	sequence_set(seq, STATE_QUEUED, NULL, -1);
	return 0;
}

static int
wait_again(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	if (seq->has_begun)
		return 1;
	sequence_go(seq, NULL);
	return 0;
}

static int
say_blocked(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	sequence_set(seq, STATE_WAITING, depend_reason(seq), -1);
	return 0;
}

static int
say_unblocked(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	sequence_set(seq, STATE_WAITING, NULL, -1);
	return 0;
}

static int
give_up(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	sequence_set(seq, STATE_SKIPPED, depend_reason(seq), -1);
	seq->is_for_need = true;
	return 0;
}

static int
come_back(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	if (!seq->is_for_need || seq->engine->is_stopping)
		return 1;
	sequence_go(seq, NULL);
	return 0;
}

static int
begin(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	seq->has_place = true;
	seq->engine->places_used++;
	sequence_set(seq, STATE_RUNNING, NULL, -1);
	sequence_run_step(seq);
	return 0;
}

/* Ends of steps */

static int
step_was_ok(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	sequence_next_step(seq);
	sequence_run_step(seq);
	return 0;
}

/* Pauses before the next automatic retry, or is held there when somebody wants that. */
static void
retry_by_itself(struct sequence *seq, const struct plan_options *options)
{
	struct engine *engine = seq->engine;
	char *failure = step_failure(seq);
	seq->retries_used++;
	if (seq->wants_hold) {
		sequence_set(seq, STATE_HELD, mem_printf("held: %s", failure), -1);
	} else {
		int64_t pause_us = engine_backoff(engine, options, seq->retries_used);
		char *reason = mem_printf("%s; retry %d of %d", failure, seq->retries_used,
		    options->retries);
		sequence_set(seq, STATE_RETRYING, reason, pause_us);
		timer_set(&engine->timers, &seq->pause, engine_now(engine) + pause_us);
	}
	free(failure);
}

static int
step_did_fail(struct sequence *seq, const struct demand *demand, struct err *err)
{
	const struct plan_options *options = sequence_step(seq)->options;
	if (seq->retries_used < options->retries) {
		retry_by_itself(seq, options);
		return 0;
	}
	switch (options->on_fail) {
	case PLAN_FAIL_CONTINUE:
		return step_was_ok(seq, demand, err);
	case PLAN_FAIL_HOLD:
		sequence_set(seq, STATE_HELD, step_failure(seq), -1);
		seq->is_at_failure = true;
		return 0;
	case PLAN_FAIL_STOP:
		break;
	}
	sequence_set(seq, STATE_FAILED, step_failure(seq), -1);
	return 0;
}

static int
step_was_cancelled(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	const char *reason = seq->stop_reason ? seq->stop_reason : "cancelled by request";
	sequence_set(seq, STATE_CANCELLED, mem_strdup(reason), -1);
	return 0;
}

static int
pause_is_over(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	sequence_go(seq, NULL);
	return 0;
}

/* State × event. Columns: waiting, queued, running, held, retrying | ok, failed, cancelled,
 * skipped. */
static sequence_cell *const table[SEQUENCE_EVENTS][SEQUENCE_STATES] = {
	[SEQUENCE_READY] = { enqueue, ignore, ignore, ignore, ignore,
	    ignore, ignore, ignore, ignore },
	[SEQUENCE_UNREADY] = { ignore, wait_again, ignore, ignore, ignore,
	    ignore, ignore, ignore, ignore },
	[SEQUENCE_BLOCKED] = { say_blocked, ignore, ignore, ignore, ignore,
	    ignore, ignore, ignore, ignore },
	[SEQUENCE_UNBLOCKED] = { say_unblocked, ignore, ignore, ignore, ignore,
	    ignore, ignore, ignore, come_back },
	[SEQUENCE_GIVE_UP] = { give_up, never, never, never, never,
	    never, never, never, never },
	[SEQUENCE_PLACE] = { never, begin, never, never, never,
	    never, never, never, never },
	[SEQUENCE_STEP_OK] = { never, never, step_was_ok, never, never,
	    never, never, never, never },
	[SEQUENCE_STEP_FAILED] = { never, never, step_did_fail, never, never,
	    never, never, never, never },
	[SEQUENCE_STEP_CANCELLED] = { never, never, step_was_cancelled, never, never,
	    never, never, never, never },
	[SEQUENCE_STEP_SKIPPED] = { never, never, step_was_ok, never, never,
	    never, never, never, never },
	[SEQUENCE_PAUSE_OVER] = { never, never, never, never, pause_is_over,
	    never, never, never, never },
	[SEQUENCE_RETRY] = { cell_refuse_retry, cell_refuse_retry, cell_refuse_retry, cell_retry_held, cell_retry_now,
	    cell_retry_ok, cell_retry_ended, cell_retry_ended, cell_retry_skipped },
	[SEQUENCE_SKIP] = { cell_skip_whole, cell_skip_and_go_on, cell_skip_running, cell_skip_held,
	    cell_skip_and_go_on, cell_refuse_skip, cell_skip_and_go_on, cell_skip_and_go_on, cell_refuse_skip },
	[SEQUENCE_CANCEL] = { cell_cancel_now, cell_cancel_now, cell_cancel_softly, cell_cancel_now, cell_cancel_now,
	    cell_refuse_cancel, cell_refuse_cancel, cell_refuse_cancel, cell_refuse_cancel },
	[SEQUENCE_KILL] = { cell_cancel_now, cell_cancel_now, cell_cancel_hard, cell_cancel_now, cell_cancel_now,
	    cell_refuse_cancel, cell_refuse_cancel, cell_refuse_cancel, cell_refuse_cancel },
	[SEQUENCE_HOLD] = { cell_hold_now, cell_hold_now, cell_hold_running, cell_refuse_hold, cell_hold_now,
	    cell_refuse_hold, cell_refuse_hold, cell_refuse_hold, cell_refuse_hold },
	[SEQUENCE_RELEASE] = { cell_refuse_release, cell_refuse_release, cell_release_running, cell_release_held,
	    cell_refuse_release, cell_refuse_release, cell_refuse_release, cell_refuse_release, cell_refuse_release },
	[SEQUENCE_INPUT] = { cell_refuse_input, cell_refuse_input, cell_type_into, cell_refuse_input,
	    cell_refuse_input, cell_refuse_input, cell_refuse_input, cell_refuse_input, cell_refuse_input },
	[SEQUENCE_RESIZE] = { cell_resize, cell_resize, cell_resize, cell_resize, cell_resize,
	    cell_resize, cell_resize, cell_resize, cell_resize },
};

/* Whether a step was named that this event cannot be for: only a retry goes elsewhere than
 * to the present one. */
static bool
is_elsewhere(const struct sequence *seq, enum sequence_event event, long step)
{
	return step >= 0 && (size_t)step != seq->step && event != SEQUENCE_RETRY &&
	    seq->state != STATE_OK && seq->state != STATE_SKIPPED;
}

int
sequence_fire(struct sequence *seq, enum sequence_event event,
    const struct demand *demand, struct err *err)
{
	const struct plan_step *step = sequence_step(seq);
	if (is_elsewhere(seq, event, demand->step))
		return err_set(err, "'%s' is not at '%s', but at '%s'", seq->plan->name,
		    seq->plan->steps[demand->step].name, step ? step->name : "its end");
	return table[event][seq->state](seq, demand, err);
}

void
sequence_happen(struct sequence *seq, enum sequence_event event)
{
	static const struct demand nothing = { .step = -1 };
	int rc = sequence_fire(seq, event, &nothing, NULL);
	assert(rc >= 0);
	(void)rc;
}

const char *
sequence_event_name(enum sequence_event event)
{
	static const char *const names[SEQUENCE_EVENTS] = {
		"ready", "unready", "blocked", "unblocked", "give up", "place", "step ok",
		"step failed", "step cancelled", "step skipped", "pause over", "retry", "skip",
		"cancel", "kill", "hold", "release", "input", "resize",
	};
	return names[event];
}
