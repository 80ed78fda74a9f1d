#include "model/run_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* The step of that name. Steps come in order, so the present one and the next are looked
 * at first: a sequence of 10,000 steps costs no more than one of 10. */
static struct run_step *
step_find(const struct run_sequence *sequence, const char *name)
{
	for (size_t i = 0; i < sequence->step_count; i++) {
		size_t at = (sequence->step_index + i) % sequence->step_count;
		if (strcmp(sequence->steps[at].name, name) == 0)
			return &sequence->steps[at];
	}
	return NULL;
}

/* Finds what an event is about; -1 with err set when there is no such thing. */
static int
event_find(struct run *run, const struct event *event, struct run_sequence **sequence,
    struct run_step **step, struct err *err)
{
	*sequence = run_find(run, event->sequence);
	if (!*sequence)
		return err_set(err, "there is no sequence '%s'", event->sequence);
	*step = event->step ? step_find(*sequence, event->step) : NULL;
	if (event->step && !*step)
		return err_set(err, "the sequence '%s' has no step '%s'", event->sequence,
		    event->step);
	return 0;
}

/* Makes another step the present one; what lies between and was never tried is left out. */
static void
present_set(struct run_sequence *sequence, size_t index)
{
	for (size_t i = sequence->step_index; i < index; i++)
		if (sequence->steps[i].state == STATE_WAITING)
			sequence->steps[i].state = STATE_SKIPPED;
	sequence->step_index = index;
}

static bool
state_is_of_sequence(enum state state)
{
	return state != STATE_TIMED_OUT && state != STATE_UNKNOWN;
}

int
run_apply_sequence_state(struct run *run, const struct event *event, struct err *err)
{
	struct run_sequence *sequence;
	struct run_step *step;
	enum state state = (enum state)event->state;
	if (event_find(run, event, &sequence, &step, err) < 0)
		return -1;
	if (!state_is_of_sequence(state))
		return err_set(err, "a sequence cannot be %s", state_name(state));
	if (state != sequence->state) {
		run->counts[sequence->state]--;
		run->counts[state]++;
		sequence->state = state;
		sequence->since_wall_us = event->wall_us;
		sequence->since_mono_us = event->mono_us;
		sequence->ended_mono_us = state_is_end(state) ? event->mono_us : 0;
	}
	if (state == STATE_OK)
		present_set(sequence, sequence->step_count);
	else if (step)
		present_set(sequence, (size_t)(step - sequence->steps));
	sequence->retry_mono_us = state != STATE_RETRYING ? 0 :
	    event->mono_us + (event->duration_us > 0 ? event->duration_us : 0);
	char *reason = mem_strdup(event->reason);
	free(sequence->reason);
	sequence->reason = reason;
	sequence->changed = event->number;
	return 0;
}

/* The last attempt, to be changed. */
static struct run_attempt *
last_attempt(struct run_step *step)
{
	return step->attempt_count ? &step->attempts[step->attempt_count - 1] : NULL;
}

/* Room for one more attempt; most steps have one. */
static struct run_attempt *
attempt_room(struct run_step *step)
{
	size_t count = step->attempt_count;
	if ((count & (count - 1)) == 0)
		step->attempts = mem_grow(step->attempts, count ? count * 2 : 1,
		    sizeof *step->attempts);
	step->attempt_count++;
	return &step->attempts[count];
}

int
run_apply_step_starting(struct run *run, const struct event *event, struct err *err)
{
	struct run_sequence *sequence;
	struct run_step *step;
	if (event_find(run, event, &sequence, &step, err) < 0)
		return -1;
	const struct run_attempt *last = last_attempt(step);
	if (last && last->state == STATE_RUNNING)
		return err_set(err, "the step '%s' of '%s' starts while its attempt %d has no "
		    "end", event->step, event->sequence, last->number);
	if (event->attempt <= (last ? last->number : 0))
		return err_set(err, "attempt %d of the step '%s' of '%s' is out of order",
		    event->attempt, event->step, event->sequence);
	*attempt_room(step) = (struct run_attempt){
		.number = event->attempt,
		.state = STATE_RUNNING,
		.started_wall_us = event->wall_us,
		.started_mono_us = event->mono_us,
		.duration_us = -1,
		.code = -1,
		.bytes = -1,
		.command = mem_strdup(event->command),
		.log = mem_strdup(event->log),
	};
	step->state = STATE_RUNNING;
	present_set(sequence, (size_t)(step - sequence->steps));
	if (!sequence->started_wall_us) {
		sequence->started_wall_us = event->wall_us;
		sequence->started_mono_us = event->mono_us;
	}
	sequence->changed = event->number;
	return 0;
}

/* The attempt of an event, which must run; NULL with err set. */
static struct run_attempt *
running_attempt(struct run_step *step, const struct event *event, struct err *err)
{
	struct run_attempt *attempt = last_attempt(step);
	if (!attempt || attempt->number != event->attempt) {
		err_set(err, "attempt %d of the step '%s' of '%s' was not started",
		    event->attempt, event->step, event->sequence);
		return NULL;
	}
	if (attempt->state != STATE_RUNNING) {
		err_set(err, "attempt %d of the step '%s' of '%s' has ended before",
		    event->attempt, event->step, event->sequence);
		return NULL;
	}
	return attempt;
}

int
run_apply_step_started(struct run *run, const struct event *event, struct err *err)
{
	struct run_sequence *sequence;
	struct run_step *step;
	if (event_find(run, event, &sequence, &step, err) < 0)
		return -1;
	struct run_attempt *attempt = running_attempt(step, event, err);
	if (!attempt)
		return -1;
	attempt->pid = event->pid;
	attempt->start_time = event->start_time;
	attempt->started_wall_us = event->wall_us;
	attempt->started_mono_us = event->mono_us;
	sequence->changed = event->number;
	return 0;
}

int
run_apply_step_ended(struct run *run, const struct event *event, struct err *err)
{
	struct run_sequence *sequence;
	struct run_step *step;
	enum state state = (enum state)event->state;
	if (event_find(run, event, &sequence, &step, err) < 0)
		return -1;
	if (!state_is_end(state))
		return err_set(err, "a step cannot end %s", state_name(state));
	const struct run_attempt *last = last_attempt(step);
	bool is_left_out = !event->attempt && state == STATE_SKIPPED;
	if (is_left_out && last && last->state == STATE_RUNNING)
		return err_set(err, "the step '%s' of '%s' is left out while it runs",
		    event->step, event->sequence);
	if (!is_left_out) {
		struct run_attempt *attempt = running_attempt(step, event, err);
		if (!attempt)
			return -1;
		attempt->state = state;
		attempt->duration_us = event->duration_us;
		attempt->code = event->code;
		attempt->signal = mem_strdup(event->signal);
		attempt->error = mem_strdup(event->error);
		attempt->reason = mem_strdup(event->reason);
		attempt->bytes = event->bytes;
		attempt->lingered = event->lingered;
		if (attempt->duration_us < 0) /* nobody told: what the clock says */
			attempt->duration_us = event->mono_us > attempt->started_mono_us ?
			    event->mono_us - attempt->started_mono_us : 0;
	}
	step->state = state;
	sequence->changed = event->number;
	return 0;
}

const struct run_step *
run_present_step(const struct run_sequence *sequence)
{
	return sequence->step_index < sequence->step_count ?
	    &sequence->steps[sequence->step_index] : NULL;
}

const struct run_attempt *
run_last_attempt(const struct run_step *step)
{
	return step->attempt_count ? &step->attempts[step->attempt_count - 1] : NULL;
}

size_t
run_steps_done(const struct run_sequence *sequence)
{
	size_t done = 0;
	for (size_t i = 0; i < sequence->step_count; i++)
		if (sequence->steps[i].state == STATE_OK ||
		    sequence->steps[i].state == STATE_SKIPPED)
			done++;
	return done;
}

/* Appends exit status or signal; whether there was one. */
static bool
add_exit(const struct run_attempt *attempt, struct buf *to)
{
	if (attempt->signal)
		buf_printf(to, "signal %s", attempt->signal);
	else if (attempt->code >= 0)
		buf_printf(to, "exit %d", attempt->code);
	return attempt->signal || attempt->code >= 0;
}

static void
add_failure(const struct run_attempt *attempt, struct buf *to)
{
	if (attempt->error)
		buf_printf(to, "cannot start: %s", attempt->error);
	else if (!add_exit(attempt, to))
		buf_add_str(to, attempt->reason ? attempt->reason : "failed");
	else if (attempt->reason)
		buf_printf(to, ": %s", attempt->reason);
}

void
run_attempt_outcome(const struct run_attempt *attempt, struct buf *to)
{
	char time[16];
	switch (attempt->state) {
	case STATE_OK:
		buf_add_str(to, "ok");
		if (attempt->code > 0)
			buf_printf(to, " (exit %d)", attempt->code);
		break;
	case STATE_FAILED:
		add_failure(attempt, to);
		break;
	case STATE_TIMED_OUT:
		clock_format_duration(attempt->duration_us, time, sizeof time);
		buf_printf(to, "timed out after %s", time);
		break;
	case STATE_UNKNOWN:
		buf_add_str(to, "outcome unknown");
		break;
	case STATE_WAITING:
	case STATE_QUEUED:
	case STATE_RUNNING:
	case STATE_HELD:
	case STATE_RETRYING:
	case STATE_CANCELLED:
	case STATE_SKIPPED:
		buf_add_str(to, state_name(attempt->state));
		break;
	}
}
