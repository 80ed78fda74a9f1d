#include "model/event_table.h"

#include <limits.h>
#include <string.h>

#define KIB INT64_C(1024)

#define AT(member) offsetof(struct event, member)

const struct event_field event_fields[EVENT_FIELDS] = {
	[EVENT_FIELD_SEQUENCE] = { "sequence", EVENT_TYPE_TEXT, AT(sequence), 0, 4 * KIB,
	    false, "name of the sequence" },
	[EVENT_FIELD_STEP] = { "step", EVENT_TYPE_TEXT, AT(step), 0, 4 * KIB, false,
	    "name of the step" },
	[EVENT_FIELD_ATTEMPT] = { "attempt", EVENT_TYPE_INT, AT(attempt), 1, INT_MAX, false,
	    "number of the attempt at the step, from 1; never used twice" },
	[EVENT_FIELD_STATE] = { "state", EVENT_TYPE_STATE, AT(state), 0, STATES - 1, false,
	    "the new state: waiting, queued, running, held, retrying, ok, failed, cancelled, "
	    "skipped, timed-out, unknown" },
	[EVENT_FIELD_REASON] = { "reason", EVENT_TYPE_TEXT, AT(reason), 0, 64 * KIB, false,
	    "why, for people" },
	[EVENT_FIELD_CODE] = { "code", EVENT_TYPE_INT, AT(code), 0, 255, true,
	    "exit status; null when the program did not exit by itself" },
	[EVENT_FIELD_SIGNAL] = { "signal", EVENT_TYPE_TEXT, AT(signal), 0, KIB, true,
	    "name of the signal that ended the program, without SIG; null when none did" },
	[EVENT_FIELD_ERROR] = { "error", EVENT_TYPE_TEXT, AT(error), 0, 64 * KIB, false,
	    "why the program could not be started" },
	[EVENT_FIELD_SECONDS] = { "seconds", EVENT_TYPE_SECONDS, AT(duration_us), 0,
	    EVENT_US_MAX, false, "how long the step took, or the pause will take" },
	[EVENT_FIELD_BYTES] = { "bytes", EVENT_TYPE_LONG, AT(bytes), 0, INT64_MAX, false,
	    "bytes of output in the log" },
	[EVENT_FIELD_LINGERED] = { "lingered", EVENT_TYPE_BOOL, AT(lingered), 0, 1, false,
	    "whether something else kept the output open after the program had ended" },
	[EVENT_FIELD_PID] = { "pid", EVENT_TYPE_LONG, AT(pid), 1, INT64_MAX, false,
	    "process id" },
	[EVENT_FIELD_START_TIME] = { "start_time", EVENT_TYPE_LONG, AT(start_time), 1,
	    INT64_MAX, false,
	    "when the process began, in clock ticks since boot: with pid and boot it names "
	    "the process" },
	[EVENT_FIELD_BOOT] = { "boot", EVENT_TYPE_TEXT, AT(boot), 0, KIB, false,
	    "id of the system's boot" },
	[EVENT_FIELD_COMMAND] = { "command", EVENT_TYPE_TEXT, AT(command), 0, 256 * KIB,
	    false, "what is run, variables put in" },
	[EVENT_FIELD_LOG] = { "log", EVENT_TYPE_TEXT, AT(log), 0, 4 * KIB, false,
	    "path of the attempt's log, below the run directory" },
	[EVENT_FIELD_VOCABULARY] = { "vocabulary", EVENT_TYPE_VOCABULARY, 0, 1, INT_MAX,
	    false, "version of these events" },
	[EVENT_FIELD_ID] = { "id", EVENT_TYPE_TEXT, AT(id), 0, 4 * KIB, false,
	    "id of the run" },
	[EVENT_FIELD_TITLE] = { "title", EVENT_TYPE_TEXT, AT(title), 0, 64 * KIB, false,
	    "title of the plan" },
	[EVENT_FIELD_PLAN] = { "plan", EVENT_TYPE_TEXT, AT(plan), 0, 64 * KIB, false,
	    "path of the plan file" },
	[EVENT_FIELD_VERSION] = { "version", EVENT_TYPE_TEXT, AT(version), 0, KIB, false,
	    "version of seqdeck" },
	[EVENT_FIELD_PARALLEL] = { "parallel", EVENT_TYPE_INT, AT(parallel), 0, INT_MAX,
	    false, "sequences that run at once; 0: no limit" },
	[EVENT_FIELD_TOTAL] = { "total", EVENT_TYPE_LONG, AT(total), 0, INT64_MAX, false,
	    "number of sequences" },
	[EVENT_FIELD_COUNT] = { "count", EVENT_TYPE_LONG, AT(count), 0, INT64_MAX, false,
	    "number of sequences that were reached" },
	[EVENT_FIELD_VERB] = { "verb", EVENT_TYPE_TEXT, AT(verb), 0, KIB, false,
	    "what was asked: retry, skip, cancel, kill, hold, release, stop" },
	[EVENT_FIELD_LEVEL] = { "level", EVENT_TYPE_TEXT, AT(level), 0, KIB, false,
	    "info, warning or error" },
	[EVENT_FIELD_TEXT] = { "text", EVENT_TYPE_TEXT, AT(text), 0, 64 * KIB, false,
	    "what there is to tell" },
	[EVENT_FIELD_TARGETS] = { "targets", EVENT_TYPE_LIST, AT(targets), 0, 1024 * KIB,
	    false, "of what it was asked, as written" },
	[EVENT_FIELD_STEPS] = { "steps", EVENT_TYPE_LIST, AT(steps), 0, 1280 * KIB, false,
	    "names of its steps, in order" },
	[EVENT_FIELD_KINDS] = { "kinds", EVENT_TYPE_LIST, AT(kinds), 0, 512 * KIB, false,
	    "kinds of its steps, in the same order" },
	[EVENT_FIELD_NEEDS] = { "needs", EVENT_TYPE_LIST, AT(needs), 0, 1024 * KIB, false,
	    "sequences that must have ended ok" },
	[EVENT_FIELD_AFTER] = { "after", EVENT_TYPE_LIST, AT(after), 0, 1024 * KIB, false,
	    "sequences that must have ended" },
};

const struct event_kind_info event_kinds[EVENT_KINDS] = {
	[EVENT_RUN_STARTED] = { "run_started",
	    "The first event: what is run.", 7, 1,
	    { EVENT_FIELD_ID, EVENT_FIELD_VOCABULARY, EVENT_FIELD_TITLE, EVENT_FIELD_PLAN,
	    EVENT_FIELD_VERSION, EVENT_FIELD_PARALLEL, EVENT_FIELD_TOTAL } },
	[EVENT_SEQUENCE_ADDED] = { "sequence_added",
	    "A sequence belongs to the run from now on; it is waiting.", 5, 1,
	    { EVENT_FIELD_SEQUENCE, EVENT_FIELD_STEPS, EVENT_FIELD_KINDS, EVENT_FIELD_NEEDS,
	    EVENT_FIELD_AFTER } },
	[EVENT_ENGINE_STARTED] = { "engine_started",
	    "A process drives the run from now on; more than one when a run was taken up "
	    "again.", 3, 1,
	    { EVENT_FIELD_PID, EVENT_FIELD_START_TIME, EVENT_FIELD_BOOT } },
	[EVENT_SEQUENCE_STATE] = { "sequence_state",
	    "A sequence came into another state; step is the present step.", 5, 2,
	    { EVENT_FIELD_SEQUENCE, EVENT_FIELD_STATE, EVENT_FIELD_REASON, EVENT_FIELD_STEP,
	    EVENT_FIELD_SECONDS } },
	[EVENT_STEP_STARTING] = { "step_starting",
	    "An attempt at a step is about to start. On disk before it does: an attempt "
	    "without step_ended may or may not have run.", 5, 3,
	    { EVENT_FIELD_SEQUENCE, EVENT_FIELD_STEP, EVENT_FIELD_ATTEMPT,
	    EVENT_FIELD_COMMAND, EVENT_FIELD_LOG } },
	[EVENT_STEP_STARTED] = { "step_started",
	    "The program of an attempt runs.", 5, 3,
	    { EVENT_FIELD_SEQUENCE, EVENT_FIELD_STEP, EVENT_FIELD_ATTEMPT, EVENT_FIELD_PID,
	    EVENT_FIELD_START_TIME } },
	[EVENT_STEP_ENDED] = { "step_ended",
	    "An attempt is over: the program has ended and all its output is in the log. "
	    "Without an attempt, and with the state skipped: the step was left out.", 11, 3,
	    { EVENT_FIELD_SEQUENCE, EVENT_FIELD_STEP, EVENT_FIELD_STATE, EVENT_FIELD_ATTEMPT,
	    EVENT_FIELD_CODE, EVENT_FIELD_SIGNAL, EVENT_FIELD_ERROR, EVENT_FIELD_REASON,
	    EVENT_FIELD_SECONDS, EVENT_FIELD_BYTES, EVENT_FIELD_LINGERED } },
	[EVENT_REQUEST] = { "request",
	    "Somebody asked for something, and the engine does it.", 3, 1,
	    { EVENT_FIELD_VERB, EVENT_FIELD_TARGETS, EVENT_FIELD_COUNT } },
	[EVENT_NOTE] = { "note",
	    "Something to tell that changes no state.", 3, 1,
	    { EVENT_FIELD_TEXT, EVENT_FIELD_LEVEL, EVENT_FIELD_SEQUENCE } },
	[EVENT_RUN_STATE] = { "run_state",
	    "The run as a whole came into another state: running, held, ok, failed or "
	    "cancelled.", 2, 1,
	    { EVENT_FIELD_STATE, EVENT_FIELD_REASON } },
	[EVENT_ENGINE_STOPPED] = { "engine_stopped",
	    "The process that drove the run has left it in good order.", 1, 0,
	    { EVENT_FIELD_REASON } },
};

const char *
event_kind_name(enum event_kind kind)
{
	return event_kinds[kind].name;
}

static const char *const state_names[STATES] = {
	[STATE_WAITING] = "waiting",
	[STATE_QUEUED] = "queued",
	[STATE_RUNNING] = "running",
	[STATE_HELD] = "held",
	[STATE_RETRYING] = "retrying",
	[STATE_OK] = "ok",
	[STATE_FAILED] = "failed",
	[STATE_CANCELLED] = "cancelled",
	[STATE_SKIPPED] = "skipped",
	[STATE_TIMED_OUT] = "timed-out",
	[STATE_UNKNOWN] = "unknown",
};

const char *
state_name(enum state state)
{
	return state_names[state];
}

int
state_find(const char *name)
{
	for (int i = 0; i < STATES; i++)
		if (strcmp(state_names[i], name) == 0)
			return i;
	return -1;
}

bool
state_is_end(enum state state)
{
	return state >= STATE_OK;
}

void
event_init(struct event *event, enum event_kind kind)
{
	*event = (struct event){ .kind = kind, .state = -1, .code = -1, .duration_us = -1,
		.bytes = -1, .total = -1, .count = -1 };
}
