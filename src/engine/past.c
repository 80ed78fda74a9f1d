/*
 * Taking up a run that another engine left: what has ended stays as it was, what waited
 * goes on, and an attempt of which no end is known is unknown and holds its sequence:
 * whether its step may run again is for a person to say.
 */
#include "engine/core.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The step of that name in the past; it is nearly always at the same index. */
static const struct run_step *
past_step(const struct run_sequence *past, const char *name, size_t index)
{
	if (index < past->step_count && strcmp(past->steps[index].name, name) == 0)
		return &past->steps[index];
	for (size_t i = 0; i < past->step_count; i++)
		if (strcmp(past->steps[i].name, name) == 0)
			return &past->steps[i];
	return NULL;
}

/* Copies what is known of the steps. Returns the attempt without an end, NULL: none. */
static const struct run_attempt *
copy_steps(struct sequence *seq, const struct run_sequence *past)
{
	const struct run_attempt *open = NULL;
	for (size_t i = 0; i < seq->plan->step_count; i++) {
		const struct run_step *step = past_step(past, seq->plan->steps[i].name, i);
		const struct run_attempt *last = step ? run_last_attempt(step) : NULL;
		if (step)
			seq->step_states[i] = (unsigned char)step->state;
		if (step && (last || step->state == STATE_SKIPPED))
			seq->has_begun = true;
		if (!last)
			continue;
		seq->attempts[i] = last->number;
		if (last->state == STATE_RUNNING) {
			seq->step = i;
			open = last;
		}
	}
	return open;
}

static void
emit_unknown(struct sequence *seq, const struct run_attempt *attempt)
{
	struct event event;
	event_init(&event, EVENT_STEP_ENDED);
	event.sequence = seq->plan->name;
	event.step = seq->plan->steps[seq->step].name;
	event.attempt = attempt->number;
	event.state = STATE_UNKNOWN;
	event.reason = "the engine was lost while it ran";
	emit(seq->engine, &event);
}

/* The attempt was started, and how it ended nobody saw. */
static void
hold_unknown(struct sequence *seq, const struct run_attempt *attempt, const char *boot)
{
	struct engine *engine = seq->engine;
	const char *step = seq->plan->steps[seq->step].name;
	emit_unknown(seq, attempt);
	seq->step_states[seq->step] = STATE_UNKNOWN;
	sequence_set(seq, STATE_HELD, mem_printf("'%s' was running when the engine was lost: "
	    "its outcome is unknown", step), -1);
	seq->is_at_failure = true;
	bool lives = attempt->pid > 0 && engine->settings.process_lives &&
	    engine->settings.process_lives(attempt->pid, attempt->start_time, boot);
	if (lives)
		emit_note(engine, "warning", seq, "'%s/%s' was running when the engine was "
		    "lost, and its process %lld still lives", seq->plan->name, step,
		    (long long)attempt->pid);
	else
		emit_note(engine, "warning", seq, "'%s/%s' was running when the engine was "
		    "lost: look before you retry or skip it", seq->plan->name, step);
}

/* The engine was lost between the end of a step and what comes behind it. */
static void
go_on_behind_step(struct sequence *seq)
{
	if (!sequence_step(seq) || seq->step_states[seq->step] == STATE_WAITING) {
		sequence_go(seq, NULL);
		return;
	}
	const struct plan_step *step = sequence_step(seq);
	enum state state = (enum state)seq->step_states[seq->step];
	bool is_passed = state == STATE_OK || state == STATE_SKIPPED ||
	    ((state == STATE_FAILED || state == STATE_TIMED_OUT) &&
	    step->options->on_fail == PLAN_FAIL_CONTINUE && step->options->retries == 0);
	if (is_passed) {
		seq->step++;
		if (sequence_step(seq))
			sequence_go(seq, NULL);
		else
			sequence_set(seq, STATE_OK, NULL, -1);
		return;
	}
	sequence_set(seq, STATE_HELD, mem_printf("'%s' had gone wrong when the engine was lost",
	    step->name), -1);
	seq->is_at_failure = true;
}

/* Puts a sequence silently into the state that the journal tells already. */
static void
put(struct sequence *seq, enum state state, const char *reason)
{
	seq->engine->counts[seq->state]--;
	seq->engine->counts[state]++;
	seq->state = state;
	free(seq->reason);
	seq->reason = mem_strdup(reason);
	depend_changed(seq);
}

static void
take_up(struct sequence *seq, const struct run_sequence *past, const char *boot)
{
	const struct run_attempt *open;
	if (past->step_index <= seq->plan->step_count)
		seq->step = past->step_index;
	open = copy_steps(seq, past);
	if (open) {
		put(seq, STATE_RUNNING, past->reason);
		hold_unknown(seq, open, boot);
		return;
	}
	switch (past->state) {
	case STATE_RUNNING:
		put(seq, STATE_RUNNING, past->reason);
		go_on_behind_step(seq);
		break;
	case STATE_QUEUED:
	case STATE_RETRYING:
		put(seq, past->state == STATE_QUEUED ? STATE_WAITING : STATE_RUNNING, NULL);
		sequence_go(seq, NULL);
		break;
	case STATE_HELD:
		put(seq, STATE_HELD, past->reason);
		seq->is_at_failure = sequence_step(seq) &&
		    state_is_end((enum state)seq->step_states[seq->step]) &&
		    seq->step_states[seq->step] != STATE_OK &&
		    seq->step_states[seq->step] != STATE_SKIPPED;
		break;
	case STATE_WAITING:
	case STATE_OK:
	case STATE_FAILED:
	case STATE_CANCELLED:
	case STATE_SKIPPED:
	case STATE_TIMED_OUT:
	case STATE_UNKNOWN:
		put(seq, past->state, past->reason);
		break;
	}
}

void
past_take_up(struct engine *engine)
{
	const struct run *past = engine->settings.past;
	engine->run_state = past->state;
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		const struct run_sequence *was = run_find(past, seq->plan->name);
		if (was)
			take_up(seq, was, past->engine_boot);
		else
			emit_sequence_added(seq);
	}
	depend_spread(engine);
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		if (seq->state == STATE_SKIPPED && seq->needs_bad > 0)
			seq->is_for_need = true;
	}
}
