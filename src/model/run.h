/*
 * The state of a run, folded from its events: the one place where events become state.
 * Pure data: no I/O, no clock. The live dashboard, the plain printer, reports and the
 * engine that takes up an old run all read this.
 *
 * Sequences and steps keep their index for good; pointers to them stay valid until
 * run_release, except across run_apply of a sequence_added event.
 */
#ifndef SEQDECK_MODEL_RUN_H
#define SEQDECK_MODEL_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

/* One attempt of a step. */
struct run_attempt {
	int number;	/* from 1 */
	enum state state;	/* RUNNING until its end is known */
	int64_t started_wall_us, started_mono_us;
	int64_t duration_us;	/* -1 while it runs */
	int code;	/* -1: none */
	char *signal;	/* NULL: none */
	char *error;	/* NULL: none */
	char *reason;
	char *command;
	char *log;	/* path below the run directory; NULL: it has none (a sleep) */
	int64_t bytes;	/* -1: not known yet */
	int64_t pid, start_time;
	bool lingered;
};

struct run_step {
	const char *name;	/* shared by all steps of that name: the run's */
	const char *kind;	/* so is this; "" when it was not told */
	enum state state;	/* WAITING until its first attempt; SKIPPED when left out */
	struct run_attempt *attempts;
	size_t attempt_count;
};

struct run_sequence {
	char *name;
	size_t index;
	enum state state;
	char *reason;	/* why it is in that state, for people; NULL: nothing to say */
	struct run_step *steps;
	size_t step_count;
	size_t step_index;	/* the present step; step_count when all are done */
	char **needs, **after;	/* NULL-terminated */
	int64_t since_wall_us, since_mono_us;	/* when it came into that state */
	int64_t started_wall_us, started_mono_us;	/* its first attempt; 0: none yet */
	int64_t ended_mono_us;	/* 0 while it has not ended */
	int64_t retry_mono_us;	/* RETRYING: when the pause is over */
	uint64_t changed;	/* number of the last event that touched it */
};

struct run_note {
	int64_t wall_us;
	char *level, *text, *sequence;
};

#define RUN_NOTES_MAX 100	/* notes kept; older ones go first */

struct run {
	char *id, *title, *plan, *version;
	int parallel;
	enum state state;	/* RUNNING, HELD, OK, FAILED, CANCELLED */
	char *reason;
	int64_t started_wall_us, started_mono_us;
	int64_t ended_mono_us;	/* 0: it goes on */
	uint64_t last_number;	/* of the last event applied; 0: none */
	int64_t last_wall_us, last_mono_us;
	int64_t engine_pid, engine_start_time;	/* 0: no engine has it */
	char *engine_boot;
	struct run_sequence *sequences;
	size_t sequence_count;
	size_t counts[STATES];	/* sequences in each state */
	struct run_note *notes;
	size_t note_count;
	struct run_name *names;	/* sequences by name; private to run.c */
	struct run_name *words;	/* names and kinds of steps, each kept once; private */
};

void run_init(struct run *run);
void run_release(struct run *run);

/*
 * Applies the next event. Returns 0; -1 with err set when it contradicts what came before
 * (a step of a sequence that was never added, a number out of order): the state is then
 * as before.
 *
 * What is not plain from the events: the present step is the one that was named last by
 * sequence_state or step_starting, and behind the last one when the sequence has ended ok;
 * steps that were never tried and have it behind them are SKIPPED. A number may be missing
 * (an event of a kind we do not know), none may come twice. Time may go backwards where
 * another engine takes the run up after a reboot.
 */
int run_apply(struct run *run, const struct event *event, struct err *err);

struct run_sequence *run_find(const struct run *run, const char *name);	/* NULL: none */

/* The present step, NULL when the sequence has no steps left. */
const struct run_step *run_present_step(const struct run_sequence *sequence);

/* The last attempt of a step, NULL when it has none. */
const struct run_attempt *run_last_attempt(const struct run_step *step);

/* Steps of the sequence that have ended ok or were skipped. */
size_t run_steps_done(const struct run_sequence *sequence);

/* Appends how an attempt ended, for people: "exit 3", "signal KILL", "timed out after
 * 10s", "cannot start: No such file or directory", "ok"; behind a colon the reason that
 * the engine gave for a failure. */
void run_attempt_outcome(const struct run_attempt *attempt, struct buf *to);

/* Exit status of seqdeck for a run in this state: 0 all ok, 1 some not, 3 cancelled. */
int run_exit_status(const struct run *run);

#endif
