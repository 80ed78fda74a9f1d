/*
 * One attempt of a step: wanted, intended (journaled, not started), running, stopping,
 * lingering, over. It is over when the exit of its program and the end of its output have
 * both been seen, in whichever order they come.
 */
#include "engine/core.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/plan_kind.h"
#include "record/rundir.h"

const struct launcher_ops *
step_launcher(const struct sequence *seq)
{
	return seq->engine->settings.launcher->ops;
}

const struct plan_options *
step_options(const struct sequence *seq)
{
	return seq->plan->steps[seq->step].options;
}

void
step_set_timer(struct sequence *seq, int64_t after_us)
{
	struct engine *engine = seq->engine;
	timer_set(&engine->timers, &seq->attempt.timer, engine_now(engine) + after_us);
}

void
step_unlist(struct sequence *seq)
{
	struct attempt *attempt = &seq->attempt;
	if (!link_is_on(&attempt->launch_link))
		return;
	link_remove(&attempt->launch_link);
	if (attempt->phase == ATTEMPT_WANTED)
		seq->engine->wanted_count--;
	else
		seq->engine->intended_count--;
}

bool
step_is_begun(const struct sequence *seq)
{
	return seq->attempt.phase > ATTEMPT_WANTED;
}

void
step_want(struct sequence *seq)
{
	assert(seq->attempt.phase == ATTEMPT_NONE);
	seq->attempt.phase = ATTEMPT_WANTED;
	link_append(&seq->engine->wanted, &seq->attempt.launch_link);
	seq->engine->wanted_count++;
}

void
step_drop(struct sequence *seq)
{
	step_unlist(seq);
	seq->attempt.phase = ATTEMPT_NONE;
}

/* Forgets how the last attempt ended. */
static void
reset(struct attempt *attempt)
{
	free(attempt->command);
	free(attempt->error);
	attempt->command = attempt->error = NULL;
	attempt->cause = CAUSE_EXIT;
	attempt->has_exited = attempt->output_ended = attempt->lingered = false;
	attempt->is_hard = attempt->said_stubborn = false;
	attempt->exit = (struct launch_exit){ .code = -1 };
	attempt->started_us = -1;
	attempt->kill_next = 0;
}

char *
step_log_path(const struct sequence *seq)
{
	return rundir_log_path(seq->plan->name, seq->step, seq->plan->steps[seq->step].name,
	    seq->attempt.number);
}

void
step_intend(struct sequence *seq)
{
	struct attempt *attempt = &seq->attempt;
	const struct plan_step *step = &seq->plan->steps[seq->step];
	step_unlist(seq);
	reset(attempt);
	attempt->number = ++seq->attempts[seq->step];
	attempt->is_sleep = step->kind->id == PLAN_KIND_SLEEP;
	attempt->command = spec_command(seq, attempt->number);
	attempt->phase = ATTEMPT_INTENDED;
	seq->has_begun = true;
	seq->stop_reason = NULL;
	link_append(&seq->engine->intended, &attempt->launch_link);
	seq->engine->intended_count++;

	struct event event;
	event_init(&event, EVENT_STEP_STARTING);
	event.sequence = seq->plan->name;
	event.step = step->name;
	event.attempt = attempt->number;
	char *cut = NULL, *log = attempt->is_sleep ? NULL : step_log_path(seq);
	if (strlen(attempt->command) > COMMAND_EVENT_MAX)
		cut = mem_strndup(attempt->command, COMMAND_EVENT_MAX);
	event.command = cut ? cut : attempt->command;
	event.log = log;
	emit(seq->engine, &event);
	free(cut);
	free(log);
}

/* Name of a signal without its SIG. */
static const char *
signal_name(int signo, char *text, size_t size)
{
	const char *name = sigabbrev_np(signo);
	if (name)
		return name;
	if (signo >= SIGRTMIN && signo <= SIGRTMAX)
		snprintf(text, size, "RTMIN+%d", signo - SIGRTMIN);
	else
		snprintf(text, size, "%d", signo);
	return text;
}

void
step_outcome(const struct sequence *seq, struct buf *to)
{
	const struct attempt *attempt = &seq->attempt;
	char text[32];
	if (attempt->error) {
		buf_printf(to, "cannot start: %s", attempt->error);
	} else if (attempt->cause == CAUSE_TIMEOUT) {
		clock_format_duration(step_options(seq)->timeout_us, text, sizeof text);
		buf_printf(to, "timed out after %s", text);
	} else if (attempt->exit.signal) {
		buf_printf(to, "signal %s",
		    signal_name(attempt->exit.signal, text, sizeof text));
	} else {
		buf_printf(to, "exit %d", attempt->exit.code);
	}
}

char *
step_failure(const struct sequence *seq)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "'%s' failed: ", seq->plan->steps[seq->step].name);
	step_outcome(seq, &text);
	return buf_take(&text);
}

static enum state
end_state(const struct sequence *seq)
{
	const struct attempt *attempt = &seq->attempt;
	switch (attempt->cause) {
	case CAUSE_TIMEOUT:
		return STATE_TIMED_OUT;
	case CAUSE_CANCEL:
		return STATE_CANCELLED;
	case CAUSE_SKIP:
		return STATE_SKIPPED;
	case CAUSE_EXIT:
		break;
	}
	if (attempt->error)
		return STATE_FAILED;
	if (attempt->is_sleep)
		return STATE_OK;
	if (attempt->exit.signal)
		return STATE_FAILED;
	return plan_code_ok(step_options(seq), attempt->exit.code) ? STATE_OK : STATE_FAILED;
}

/* Why the attempt ended, for people; NULL when its exit tells all. The caller frees. */
static char *
end_reason(const struct sequence *seq)
{
	struct buf text = BUF_INIT;
	switch (seq->attempt.cause) {
	case CAUSE_EXIT:
		return NULL;
	case CAUSE_TIMEOUT:
		step_outcome(seq, &text);
		return buf_take(&text);
	case CAUSE_CANCEL:
		return mem_strdup(seq->stop_reason ? seq->stop_reason : "cancelled by request");
	case CAUSE_SKIP:
		break;
	}
	return mem_strdup("skipped by request");
}

static void
emit_ended(struct sequence *seq, enum state state, int64_t bytes)
{
	const struct attempt *attempt = &seq->attempt;
	char text[32], *reason = end_reason(seq);
	struct event event;
	event_init(&event, EVENT_STEP_ENDED);
	event.sequence = seq->plan->name;
	event.step = seq->plan->steps[seq->step].name;
	event.attempt = attempt->number;
	event.state = (int)state;
	if (attempt->has_exited && attempt->exit.signal)
		event.signal = signal_name(attempt->exit.signal, text, sizeof text);
	else if (attempt->has_exited)
		event.code = attempt->exit.code;
	event.error = attempt->error;
	event.reason = reason;
	event.duration_us = attempt->started_us < 0 ? 0 :
	    engine_now(seq->engine) - attempt->started_us;
	event.bytes = bytes;
	event.lingered = attempt->lingered;
	emit(seq->engine, &event);
	free(reason);
}

/* Gives back all that the attempt holds. Returns the bytes of output, -1: it had no log. */
static int64_t
give_back(struct sequence *seq)
{
	struct attempt *attempt = &seq->attempt;
	struct engine *engine = seq->engine;
	int64_t bytes = -1;
	timer_clear(&engine->timers, &attempt->timer);
	link_remove(&attempt->stall_link);
	step_unlist(seq);
	if (attempt->log || attempt->launch ||
	    (attempt->is_sleep && attempt->phase == ATTEMPT_RUNNING))
		engine->busy--;
	if (attempt->launch)
		step_launcher(seq)->release(attempt->launch);
	if (attempt->log)
		bytes = engine->settings.sink.close_log(engine->settings.sink.arg,
		    attempt->log);
	attempt->launch = NULL;
	attempt->log = NULL;
	attempt->phase = ATTEMPT_NONE;
	return bytes;
}

void
step_over(struct sequence *seq)
{
	static const enum sequence_event events[STATES] = {
		[STATE_OK] = SEQUENCE_STEP_OK,
		[STATE_FAILED] = SEQUENCE_STEP_FAILED,
		[STATE_TIMED_OUT] = SEQUENCE_STEP_FAILED,
		[STATE_CANCELLED] = SEQUENCE_STEP_CANCELLED,
		[STATE_SKIPPED] = SEQUENCE_STEP_SKIPPED,
	};
	struct attempt *attempt = &seq->attempt;
	enum state state = end_state(seq);
	/* Who was to be stopped leaves nobody of its group behind. */
	if (attempt->launch && attempt->cause != CAUSE_EXIT)
		step_launcher(seq)->signal(attempt->launch, SIGKILL);
	int64_t bytes = give_back(seq);
	emit_ended(seq, state, bytes);
	free(attempt->command);
	attempt->command = NULL;
	seq->step_states[seq->step] = (unsigned char)state;
	sequence_happen(seq, events[state]);
}

void
step_leave(struct sequence *seq)
{
	const struct plan_step *step = sequence_step(seq);
	if (!step)
		return;
	struct event event;
	event_init(&event, EVENT_STEP_ENDED);
	event.sequence = seq->plan->name;
	event.step = step->name;
	event.state = STATE_SKIPPED;
	event.reason = "skipped by request";
	emit(seq->engine, &event);
	seq->step_states[seq->step] = STATE_SKIPPED;
}

/* Stopping */

static void
send_next_signal(struct sequence *seq)
{
	struct attempt *attempt = &seq->attempt;
	const struct plan_options *options = step_options(seq);
	const struct plan_kill *kill = &options->kill[attempt->kill_next++];
	bool is_last = attempt->kill_next >= options->kill_count;
	step_set_timer(seq, is_last ? ENGINE_STUBBORN_US : kill->wait_us);
	step_launcher(seq)->signal(attempt->launch, kill->signal);
}

static void
kill_at_once(struct sequence *seq)
{
	seq->attempt.is_hard = true;
	step_set_timer(seq, ENGINE_STUBBORN_US);
	step_launcher(seq)->signal(seq->attempt.launch, SIGKILL);
}

static void
begin_stopping(struct sequence *seq, bool hard)
{
	if (seq->attempt.is_sleep) {
		step_over(seq);
		return;
	}
	seq->attempt.phase = ATTEMPT_STOPPING;
	if (hard)
		kill_at_once(seq);
	else
		send_next_signal(seq);
}

/* A request for something that is being stopped already. A cancel is stronger than a skip,
 * both are stronger than a timeout, KILL is stronger than what is gentler. */
static int
stop_again(struct sequence *seq, enum attempt_cause cause, bool hard)
{
	struct attempt *attempt = &seq->attempt;
	bool is_stronger = attempt->cause == CAUSE_TIMEOUT ||
	    (attempt->cause == CAUSE_SKIP && cause == CAUSE_CANCEL);
	if (!is_stronger && (!hard || attempt->is_hard))
		return -1;
	attempt->cause = cause;
	if (hard && !attempt->is_hard)
		kill_at_once(seq);
	return 0;
}

int
step_stop(struct sequence *seq, enum attempt_cause cause, bool hard)
{
	struct attempt *attempt = &seq->attempt;
	switch (attempt->phase) {
	case ATTEMPT_NONE:
	case ATTEMPT_WANTED:
		break;
	case ATTEMPT_INTENDED:
	case ATTEMPT_LINGERING:
		attempt->cause = cause;
		step_over(seq);
		return 0;
	case ATTEMPT_RUNNING:
		attempt->cause = cause;
		begin_stopping(seq, hard);
		return 0;
	case ATTEMPT_STOPPING:
		return stop_again(seq, cause, hard);
	}
	assert(!"a step that is not begun is dropped, not stopped");
	return -1;
}

static void
say_stubborn(struct sequence *seq)
{
	char pause[16];
	if (seq->attempt.said_stubborn)
		return;
	seq->attempt.said_stubborn = true;
	clock_format_duration(ENGINE_STUBBORN_US, pause, sizeof pause);
	emit_note(seq->engine, "warning", seq,
	    "'%s/%s' does not end, %s after the last signal", seq->plan->name,
	    seq->plan->steps[seq->step].name, pause);
}

static void
end_lingering(struct sequence *seq)
{
	struct engine *engine = seq->engine;
	seq->attempt.lingered = true;
	if (seq->attempt.log)
		engine->settings.sink.say_log(engine->settings.sink.arg, seq->attempt.log,
		    "seqdeck: something still holds the output open after the exit; "
		    "it is not waited for");
	step_over(seq);
}

void
step_timer_cb(void *arg)
{
	struct sequence *seq = arg;
	struct attempt *attempt = &seq->attempt;
	switch (attempt->phase) {
	case ATTEMPT_NONE:
	case ATTEMPT_WANTED:
	case ATTEMPT_INTENDED:
		break;
	case ATTEMPT_RUNNING:
		if (attempt->is_sleep && engine_now(seq->engine) >= attempt->sleep_until_us) {
			step_over(seq);
			break;
		}
		attempt->cause = CAUSE_TIMEOUT;
		begin_stopping(seq, false);
		break;
	case ATTEMPT_STOPPING:
		if (attempt->is_hard || attempt->kill_next >= step_options(seq)->kill_count)
			say_stubborn(seq);
		else
			send_next_signal(seq);
		break;
	case ATTEMPT_LINGERING:
		end_lingering(seq);
		break;
	}
}

int
step_input(struct sequence *seq, const char *bytes, size_t len, struct err *err)
{
	struct attempt *attempt = &seq->attempt;
	if (attempt->launch && !attempt->has_exited)
		return step_launcher(seq)->input(attempt->launch, bytes, len, err);
	return err_set(err, "nothing to type into: '%s/%s' %s", seq->plan->name,
	    seq->plan->steps[seq->step].name,
	    attempt->is_sleep ? "is a sleep" : "is not running a program now");
}

void
step_release(struct sequence *seq)
{
	if (seq->attempt.phase != ATTEMPT_NONE)
		give_back(seq);
	reset(&seq->attempt);
}
