/*
 * A run made of events by hand: what the tests of the fold share.
 */
#ifndef SEQDECK_TESTS_UNIT_RUN_HISTORY_H
#define SEQDECK_TESTS_UNIT_RUN_HISTORY_H

#include "base/clock.h"
#include "model/run.h"

static const char *const three_steps[] = { "fetch", "build", "install", NULL };
static const char *const three_kinds[] = { "run", "run", "sleep", NULL };

/* An event on its way into a run: the next number, a second later. */
static inline struct event
next(const struct run *run, enum event_kind kind, const char *sequence, const char *step)
{
	struct event event;
	event_init(&event, kind);
	event.number = run->last_number + 1;
	event.wall_us = run->last_wall_us + CLOCK_SECOND_US;
	event.mono_us = run->last_mono_us + CLOCK_SECOND_US;
	event.sequence = sequence;
	event.step = step;
	event.id = "20261124-081427-web";
	event.text = "text";
	event.verb = "retry";
	event.pid = 7;
	return event;
}

static inline void
apply(struct run *run, const struct event *event)
{
	struct err err = ERR_INIT;
	if (run_apply(run, event, &err) < 0)
		fail_msg("%s: %s", event_kind_name(event->kind), err.text);
}

static inline void
begin(struct run *run)
{
	run_init(run);
	struct event event = next(run, EVENT_RUN_STARTED, NULL, NULL);
	apply(run, &event);
}

static inline void
add(struct run *run, const char *name)
{
	struct event event = next(run, EVENT_SEQUENCE_ADDED, name, NULL);
	event.steps = three_steps;
	event.kinds = three_kinds;
	apply(run, &event);
}

static inline void
set_state(struct run *run, const char *name, enum state state)
{
	struct event event = next(run, EVENT_SEQUENCE_STATE, name, NULL);
	event.state = (int)state;
	apply(run, &event);
}

static inline void
start(struct run *run, const char *name, const char *step, int attempt)
{
	struct event event = next(run, EVENT_STEP_STARTING, name, step);
	event.attempt = attempt;
	event.command = "make";
	event.log = "sequences/web/01-fetch.1.log";
	apply(run, &event);
}

static inline struct event
ended(const struct run *run, const char *name, const char *step, int attempt,
    enum state state)
{
	struct event event = next(run, EVENT_STEP_ENDED, name, step);
	event.attempt = attempt;
	event.state = (int)state;
	return event;
}

static inline void
end(struct run *run, const char *name, const char *step, int attempt, enum state state)
{
	struct event event = ended(run, name, step, attempt, state);
	apply(run, &event);
}

#endif
