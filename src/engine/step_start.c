/*
 * The beginning of an attempt, and what the launcher tells of it later.
 */
#include "engine/core.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* What the launcher tells */

static void
exited_cb(void *arg, const struct launch_exit *how)
{
	struct sequence *seq = arg;
	struct attempt *attempt = &seq->attempt;
	attempt->has_exited = true;
	attempt->exit = *how;
	if (attempt->output_ended) {
		step_over(seq);
		return;
	}
	attempt->phase = ATTEMPT_LINGERING;
	timer_clear(&seq->engine->timers, &attempt->timer);
	if (!link_is_on(&attempt->stall_link))
		step_set_timer(seq, ENGINE_LINGER_US);
}

static void
output_ended_cb(void *arg)
{
	struct sequence *seq = arg;
	seq->attempt.output_ended = true;
	if (seq->attempt.has_exited)
		step_over(seq);
}

/* With its output standing still the linger must not run out: what is still unread is the
 * step's own. */
static void
log_failed_cb(void *arg, const struct err *err)
{
	struct sequence *seq = arg;
	link_append(&seq->engine->stalled, &seq->attempt.stall_link);
	if (seq->attempt.phase == ATTEMPT_LINGERING)
		timer_clear(&seq->engine->timers, &seq->attempt.timer);
	hold_for_disk(seq->engine, err);
}

void
step_resume(struct sequence *seq)
{
	link_remove(&seq->attempt.stall_link);
	if (seq->attempt.phase == ATTEMPT_LINGERING)
		step_set_timer(seq, ENGINE_LINGER_US);
	step_launcher(seq)->resume(seq->attempt.launch);
}

static const struct launch_listener listener = {
	.exited = exited_cb,
	.output_ended = output_ended_cb,
	.log_failed = log_failed_cb,
};

/* Starting */

static void
started(struct sequence *seq)
{
	struct attempt *attempt = &seq->attempt;
	int64_t timeout_us = step_options(seq)->timeout_us;
	step_unlist(seq);
	attempt->phase = ATTEMPT_RUNNING;
	attempt->started_us = engine_now(seq->engine);
	attempt->timer.fire_cb = step_timer_cb;
	attempt->timer.arg = seq;
	if (timeout_us > 0)
		step_set_timer(seq, timeout_us);
}

/* It cannot be started: the pane shows why, and the attempt is over. */
static enum launch_result
fail_to_start(struct sequence *seq, const char *what, const char *why)
{
	struct engine_sink *sink = &seq->engine->settings.sink;
	if (seq->attempt.log) {
		char *line = mem_printf("seqdeck: cannot start '%s': %s", what, why);
		sink->say_log(sink->arg, seq->attempt.log, line);
		free(line);
	}
	seq->attempt.error = mem_strdup(why);
	step_over(seq);
	return LAUNCH_FAILED;
}

static enum launch_result
start_sleep(struct sequence *seq)
{
	struct attempt *attempt = &seq->attempt;
	struct err err = ERR_INIT;
	int64_t duration_us = 0;
	if (clock_parse_duration(attempt->command, &duration_us, &err) < 0)
		return fail_to_start(seq, "sleep", err.text);
	started(seq);
	seq->engine->busy++;
	attempt->sleep_until_us = attempt->started_us + duration_us;
	if (!timer_is_set(&attempt->timer) ||
	    attempt->timer.at_us > attempt->sleep_until_us)
		step_set_timer(seq, duration_us);
	return LAUNCH_OK;
}

/* Opens the log of the attempt, unless a try before has done so. */
static enum launch_result
open_log(struct sequence *seq, struct err *err)
{
	struct attempt *attempt = &seq->attempt;
	struct engine_sink *sink = &seq->engine->settings.sink;
	struct err why = ERR_INIT;
	if (attempt->log)
		return LAUNCH_OK;
	char *path = step_log_path(seq);
	attempt->log = sink->open_log(sink->arg, path, &why);
	free(path);
	if (attempt->log) {
		seq->engine->busy++;
		return LAUNCH_OK;
	}
	*err = why;
	switch (why.code) {
	case ENOSPC:
	case EDQUOT:
		hold_for_disk(seq->engine, &why);
		return LAUNCH_LATER;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return LAUNCH_LATER;
	default:
		return LAUNCH_FAILED;
	}
}

static void
emit_started(struct sequence *seq, int64_t pid, int64_t start_time)
{
	struct event event;
	event_init(&event, EVENT_STEP_STARTED);
	event.sequence = seq->plan->name;
	event.step = seq->plan->steps[seq->step].name;
	event.attempt = seq->attempt.number;
	event.pid = pid;
	event.start_time = start_time;
	emit(seq->engine, &event);
}

enum launch_result
step_start(struct sequence *seq, struct err *err)
{
	struct attempt *attempt = &seq->attempt;
	const char *name = seq->plan->steps[seq->step].name;
	struct err why = ERR_INIT;
	if (attempt->is_sleep)
		return start_sleep(seq);
	enum launch_result result = open_log(seq, &why);
	if (result == LAUNCH_FAILED)
		return fail_to_start(seq, name, why.text);
	struct spec *spec = NULL;
	if (result == LAUNCH_OK) {
		spec = spec_new(seq, &why);
		if (!spec)
			return fail_to_start(seq, name, why.text);
		int64_t pid = 0, start_time = 0;
		result = step_launcher(seq)->start(seq->engine->settings.launcher,
		    spec_launch(spec), &listener, seq, &attempt->launch, &pid, &start_time,
		    &why);
		if (result == LAUNCH_OK) {
			started(seq);
			emit_started(seq, pid, start_time);
		} else if (result == LAUNCH_FAILED) {
			fail_to_start(seq, spec_launch(spec)->argv[0], why.text);
		}
		spec_free(spec);
	}
	if (result == LAUNCH_LATER && err)
		*err = why;
	return result;
}
