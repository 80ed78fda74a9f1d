/*
 * A sequence: what it does in each state at each event. The table at the end is the whole
 * of it; the functions above are its cells. A cell returns 0 when it did something, 1 when
 * the event means nothing here, -1 with a sentence when it is refused.
 */
#include "engine/core.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

typedef int sequence_cell(struct sequence *seq, const struct demand *demand,
    struct err *err);

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

/* A phrase for each state, behind the name of the sequence. */
static const char *
state_phrase(enum state state)
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

/* Refuses with what there is nothing to do of, and the state that says why. */
static int
refuse(const struct sequence *seq, const char *verb, struct err *err)
{
	return err_set(err, "nothing to %s: '%s' %s", verb, seq->plan->name,
	    state_phrase(seq->state));
}

static int
refuse_retry(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "retry", err);
}

static int
refuse_skip(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "skip", err);
}

static int
refuse_cancel(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "cancel", err);
}

static int
refuse_hold(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "hold", err);
}

static int
refuse_release(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "release", err);
}

static int
refuse_input(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "type into", err);
}

static int
refuse_stopping(const struct sequence *seq, struct err *err)
{
	return err_set(err, "'%s' is being stopped already", seq->plan->name);
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
	    state_phrase(seq->state));
}

/* Runs the present step, or ends: the sequence is running and its last step is over. */
static void
run_step(struct sequence *seq)
{
	const struct plan_step *step = sequence_step(seq);
	if (!step)
		sequence_set(seq, STATE_OK, NULL, -1);
	else if (seq->wants_hold)
		sequence_set(seq, STATE_HELD, mem_printf("held before '%s'", step->name), -1);
	else
		step_want(seq);
}

static void
next_step(struct sequence *seq)
{
	seq->step++;
	seq->retries_used = 0;
}

/* Behind a step that was left out: goes on, or ends when it was the last. */
static void
go_on_or_end(struct sequence *seq)
{
	if (sequence_step(seq))
		sequence_go(seq, NULL);
	else
		sequence_set(seq, STATE_OK, NULL, -1);
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
	run_step(seq);
	return 0;
}

/* Ends of steps */

static int
step_was_ok(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	next_step(seq);
	run_step(seq);
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

/* Requests: retry */

/* Goes back to a step and on from there. */
static int
restart(struct sequence *seq, size_t step)
{
	seq->step = step;
	seq->retries_used = 0;
	sequence_go(seq, NULL);
	return 0;
}

/* The step that a retry goes back to, -1 with err set when it was never reached. */
static long
retry_from(const struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step < 0)
		return (long)seq->step;
	if ((size_t)demand->step > seq->step)
		return err_set(err, "'%s' has not come to '%s' yet", seq->plan->name,
		    seq->plan->steps[demand->step].name);
	return demand->step;
}

static bool
went_wrong(const struct sequence *seq, size_t step)
{
	return step < seq->plan->step_count && seq->step_states[step] != STATE_OK &&
	    seq->step_states[step] != STATE_WAITING;
}

static int
retry_ended(struct sequence *seq, const struct demand *demand, struct err *err)
{
	long step = retry_from(seq, demand, err);
	return step < 0 ? -1 : restart(seq, (size_t)step);
}

static int
retry_held(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step < 0 && !seq->is_at_failure && !went_wrong(seq, seq->step))
		return err_set(err, "nothing to retry: '%s' is held before '%s'; release it",
		    seq->plan->name, sequence_step(seq) ? sequence_step(seq)->name : "its end");
	return retry_ended(seq, demand, err);
}

static int
retry_now(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return retry_ended(seq, demand, err);
}

/* A sequence that ended ok may still have a step that failed and was passed over. */
static int
retry_ok(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step < 0)
		return refuse(seq, "retry", err);
	if (!went_wrong(seq, (size_t)demand->step))
		return err_set(err, "nothing to retry: '%s/%s' has ended ok", seq->plan->name,
		    seq->plan->steps[demand->step].name);
	return restart(seq, (size_t)demand->step);
}

static int
retry_skipped(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (seq->needs_bad > 0) {
		char *reason = depend_reason(seq);
		err_set(err, "'%s' %s: retry that first", seq->plan->name,
		    reason ? reason : "waits");
		free(reason);
		return -1;
	}
	return retry_ended(seq, demand, err);
}

/* Requests: skip */

static int
skip_whole(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step >= 0)
		return err_set(err, "'%s' has not begun: skip the whole of it by its name",
		    seq->plan->name);
	sequence_set(seq, STATE_SKIPPED, mem_strdup("skipped by request"), -1);
	return 0;
}

static int
skip_and_go_on(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (!seq->has_begun && seq->state == STATE_CANCELLED)
		return refuse(seq, "skip", err);
	if (!seq->has_begun)
		return skip_whole(seq, demand, err);
	step_leave(seq);
	next_step(seq);
	go_on_or_end(seq);
	return 0;
}

/* Held by somebody it stays held, a step further; held at a failure it goes on. */
static int
skip_held(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (seq->is_at_failure || !seq->has_begun)
		return skip_and_go_on(seq, demand, err);
	step_leave(seq);
	next_step(seq);
	const struct plan_step *step = sequence_step(seq);
	if (step)
		sequence_set(seq, STATE_HELD, mem_printf("held before '%s'", step->name), -1);
	else
		sequence_set(seq, STATE_OK, NULL, -1);
	return 0;
}

static int
skip_running(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	if (step_is_begun(seq))
		return step_stop(seq, CAUSE_SKIP, false) < 0 ? refuse_stopping(seq, err) : 0;
	step_drop(seq);
	seq->has_begun = true;
	step_leave(seq);
	next_step(seq);
	run_step(seq);
	return 0;
}

/* Requests: cancel, kill */

static int
cancel_now(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)err;
	const char *reason = demand->reason ? demand->reason : "cancelled by request";
	sequence_set(seq, STATE_CANCELLED, mem_strdup(reason), -1);
	return 0;
}

static int
cancel_running(struct sequence *seq, const struct demand *demand, struct err *err,
    bool hard)
{
	if (!step_is_begun(seq)) {
		step_drop(seq);
		return cancel_now(seq, demand, err);
	}
	const char *before = seq->stop_reason;
	seq->stop_reason = demand->reason;
	if (step_stop(seq, CAUSE_CANCEL, hard) == 0)
		return 0;
	seq->stop_reason = before;
	return refuse_stopping(seq, err);
}

static int
cancel_softly(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return cancel_running(seq, demand, err, false);
}

static int
cancel_hard(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return cancel_running(seq, demand, err, true);
}

/* Requests: hold, release */

static int
hold_now(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	(void)err;
	const struct plan_step *step = sequence_step(seq);
	char *reason;
	if (seq->state == STATE_RETRYING)
		reason = mem_printf("held: %s", seq->reason ? seq->reason : "retrying");
	else if (!seq->has_begun)
		reason = mem_strdup("held before it began");
	else
		reason = mem_printf("held before '%s'", step ? step->name : "its end");
	sequence_set(seq, STATE_HELD, reason, -1);
	return 0;
}

static int
hold_running(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (!step_is_begun(seq)) {
		step_drop(seq);
		return hold_now(seq, demand, err);
	}
	if (seq->wants_hold)
		return err_set(err, "'%s' is going to be held already", seq->plan->name);
	if (seq->attempt.cause == CAUSE_CANCEL)
		return refuse_stopping(seq, err);
	sequence_set(seq, STATE_RUNNING, mem_printf("to be held when '%s' is over",
	    sequence_step(seq)->name), -1);
	seq->wants_hold = true;
	return 0;
}

static int
release_running(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (!seq->wants_hold)
		return refuse_release(seq, demand, err);
	seq->wants_hold = false;
	sequence_set(seq, STATE_RUNNING, NULL, -1);
	return 0;
}

static int
release_held(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	if (seq->is_at_failure)
		return err_set(err, "'%s' is held at '%s', which went wrong: retry runs it "
		    "again, skip goes on behind it", seq->plan->name, sequence_step(seq)->name);
	sequence_go(seq, NULL);
	return 0;
}

/* Requests: input, resize */

static int
type_into(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return step_input(seq, demand->bytes, demand->len, err);
}

/* The size is kept for the terminals of later steps too. */
static int
resize(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)err;
	seq->rows = demand->rows;
	seq->cols = demand->cols;
	if (seq->attempt.launch)
		seq->engine->settings.launcher->ops->resize(seq->attempt.launch, seq->rows,
		    seq->cols);
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
	[SEQUENCE_RETRY] = { refuse_retry, refuse_retry, refuse_retry, retry_held, retry_now,
	    retry_ok, retry_ended, retry_ended, retry_skipped },
	[SEQUENCE_SKIP] = { skip_whole, skip_and_go_on, skip_running, skip_held,
	    skip_and_go_on, refuse_skip, skip_and_go_on, skip_and_go_on, refuse_skip },
	[SEQUENCE_CANCEL] = { cancel_now, cancel_now, cancel_softly, cancel_now, cancel_now,
	    refuse_cancel, refuse_cancel, refuse_cancel, refuse_cancel },
	[SEQUENCE_KILL] = { cancel_now, cancel_now, cancel_hard, cancel_now, cancel_now,
	    refuse_cancel, refuse_cancel, refuse_cancel, refuse_cancel },
	[SEQUENCE_HOLD] = { hold_now, hold_now, hold_running, refuse_hold, hold_now,
	    refuse_hold, refuse_hold, refuse_hold, refuse_hold },
	[SEQUENCE_RELEASE] = { refuse_release, refuse_release, release_running, release_held,
	    refuse_release, refuse_release, refuse_release, refuse_release, refuse_release },
	[SEQUENCE_INPUT] = { refuse_input, refuse_input, type_into, refuse_input,
	    refuse_input, refuse_input, refuse_input, refuse_input, refuse_input },
	[SEQUENCE_RESIZE] = { resize, resize, resize, resize, resize,
	    resize, resize, resize, resize },
};

/* Events that may name a step other than the present one. */
static bool
may_name_any_step(enum sequence_event event)
{
	return event == SEQUENCE_RETRY;
}

int
sequence_fire(struct sequence *seq, enum sequence_event event,
    const struct demand *demand, struct err *err)
{
	const struct plan_step *step = sequence_step(seq);
	if (demand->step >= 0 && !may_name_any_step(event) &&
	    !state_is_end(seq->state) && (size_t)demand->step != seq->step)
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
