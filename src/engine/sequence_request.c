/*
 * What sequences do when somebody asks: the cells of the table in sequence.c that stand in
 * the rows of requests.
 */
#include "engine/cells.h"

#include <stdlib.h>

#include "base/mem.h"

/* Refuses with what there is nothing to do of, and the state that says why. */
static int
refuse(const struct sequence *seq, const char *verb, struct err *err)
{
	return err_set(err, "nothing to %s: '%s' %s", verb, seq->plan->name,
	    sequence_state_phrase(seq->state));
}

int
cell_refuse_retry(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "retry", err);
}

int
cell_refuse_skip(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "skip", err);
}

int
cell_refuse_cancel(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "cancel", err);
}

int
cell_refuse_hold(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "hold", err);
}

int
cell_refuse_release(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "release", err);
}

int
cell_refuse_input(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	return refuse(seq, "type into", err);
}

static int
refuse_stopping(const struct sequence *seq, struct err *err)
{
	return err_set(err, "'%s' is being stopped already", seq->plan->name);
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

int
cell_retry_ended(struct sequence *seq, const struct demand *demand, struct err *err)
{
	long step = retry_from(seq, demand, err);
	return step < 0 ? -1 : restart(seq, (size_t)step);
}

int
cell_retry_held(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step < 0 && !seq->is_at_failure && !went_wrong(seq, seq->step))
		return err_set(err, "nothing to retry: '%s' is held before '%s'; release it",
		    seq->plan->name, sequence_step(seq) ? sequence_step(seq)->name : "its end");
	return cell_retry_ended(seq, demand, err);
}

int
cell_retry_now(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return cell_retry_ended(seq, demand, err);
}

/* A sequence that ended ok may still have a step that failed and was passed over. */
int
cell_retry_ok(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step < 0)
		return refuse(seq, "retry", err);
	if (!went_wrong(seq, (size_t)demand->step))
		return err_set(err, "nothing to retry: '%s/%s' has ended ok", seq->plan->name,
		    seq->plan->steps[demand->step].name);
	return restart(seq, (size_t)demand->step);
}

int
cell_retry_skipped(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (seq->needs_bad > 0) {
		char *reason = depend_reason(seq);
		err_set(err, "'%s' %s: retry that first", seq->plan->name,
		    reason ? reason : "waits");
		free(reason);
		return -1;
	}
	return cell_retry_ended(seq, demand, err);
}

/* Requests: skip */

int
cell_skip_whole(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (demand->step >= 0)
		return err_set(err, "'%s' has not begun: skip the whole of it by its name",
		    seq->plan->name);
	sequence_set(seq, STATE_SKIPPED, mem_strdup("skipped by request"), -1);
	return 0;
}

int
cell_skip_and_go_on(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (!seq->has_begun && seq->state == STATE_CANCELLED)
		return refuse(seq, "skip", err);
	if (!seq->has_begun)
		return cell_skip_whole(seq, demand, err);
	step_leave(seq);
	sequence_next_step(seq);
	go_on_or_end(seq);
	return 0;
}

/* Held by somebody it stays held, a step further; held at a failure it goes on. */
int
cell_skip_held(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (seq->is_at_failure || !seq->has_begun)
		return cell_skip_and_go_on(seq, demand, err);
	step_leave(seq);
	sequence_next_step(seq);
	const struct plan_step *step = sequence_step(seq);
	if (step)
		sequence_set(seq, STATE_HELD, mem_printf("held before '%s'", step->name), -1);
	else
		sequence_set(seq, STATE_OK, NULL, -1);
	return 0;
}

int
cell_skip_running(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	if (step_is_begun(seq))
		return step_stop(seq, CAUSE_SKIP, false) < 0 ? refuse_stopping(seq, err) : 0;
	step_drop(seq);
	seq->has_begun = true;
	step_leave(seq);
	sequence_next_step(seq);
	if (sequence_step(seq)) /* which may be long in starting: say that it is the present */
		sequence_set(seq, STATE_RUNNING, NULL, -1);
	sequence_run_step(seq);
	return 0;
}

/* Requests: cancel, kill */

int
cell_cancel_now(struct sequence *seq, const struct demand *demand, struct err *err)
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
		return cell_cancel_now(seq, demand, err);
	}
	const char *before = seq->stop_reason;
	seq->stop_reason = demand->reason;
	if (step_stop(seq, CAUSE_CANCEL, hard) == 0)
		return 0;
	seq->stop_reason = before;
	return refuse_stopping(seq, err);
}

int
cell_cancel_softly(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return cancel_running(seq, demand, err, false);
}

int
cell_cancel_hard(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return cancel_running(seq, demand, err, true);
}

/* Requests: hold, release */

int
cell_hold_now(struct sequence *seq, const struct demand *demand, struct err *err)
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

int
cell_hold_running(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (!step_is_begun(seq)) {
		step_drop(seq);
		return cell_hold_now(seq, demand, err);
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

int
cell_release_running(struct sequence *seq, const struct demand *demand, struct err *err)
{
	if (!seq->wants_hold)
		return cell_refuse_release(seq, demand, err);
	seq->wants_hold = false;
	sequence_set(seq, STATE_RUNNING, NULL, -1);
	return 0;
}

int
cell_release_held(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)demand;
	if (seq->is_at_failure)
		return err_set(err, "'%s' is held at '%s', which went wrong: retry runs it "
		    "again, skip goes on behind it", seq->plan->name, sequence_step(seq)->name);
	sequence_go(seq, NULL);
	return 0;
}

/* Requests: input, resize */

int
cell_type_into(struct sequence *seq, const struct demand *demand, struct err *err)
{
	return step_input(seq, demand->bytes, demand->len, err);
}

/* The size is kept for the terminals of later steps too. */
int
cell_resize(struct sequence *seq, const struct demand *demand, struct err *err)
{
	(void)err;
	seq->rows = demand->rows;
	seq->cols = demand->cols;
	if (seq->attempt.launch)
		seq->engine->settings.launcher->ops->resize(seq->attempt.launch, seq->rows,
		    seq->cols);
	return 0;
}
