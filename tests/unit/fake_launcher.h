/*
 * A whole engine without a process, a file or a second of waiting: a launcher whose
 * programs end when the test says so, a clock that the test moves, and a sink that folds
 * each event as a front end would.
 *
 * What must always hold is checked all the time, and a breach fails the test at once:
 * nothing starts before its intent is synced; a sequence has one program at most; starts
 * and ends come in pairs; the fold of the events tells what the engine says; places are
 * neither lost nor given twice; nothing is called back after a release.
 */
#ifndef SEQDECK_TESTS_UNIT_FAKE_LAUNCHER_H
#define SEQDECK_TESTS_UNIT_FAKE_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "engine/core.h"
#include "engine/engine.h"
#include "model/run.h"
#include "plan/plan.h"

struct fake_log {
	char path[256];
	struct buf said;	/* lines of seqdeck's own */
};

/* A program that "runs". */
struct launch {
	struct fake *fake;
	const struct launch_listener *listener;
	void *arg;
	char sequence[128], step[128];
	int attempt;
	bool has_exited, output_ended, is_stalled;
	int resumed;	/* how often it was asked to write again */
	struct buf signals;	/* "TERM KILL" */
	struct buf typed;
	int rows, cols;
	struct launch *next;
};

struct fake {
	struct launcher launcher;
	struct plan *plan;
	struct engine *engine;
	struct run run;	/* the fold of all events */
	struct run past;	/* what the engine was given as its past */
	struct buf journal;	/* all events, as lines */
	size_t written;	/* bytes of it that outlive the engine */
	uint64_t number;	/* of the last event */
	uint64_t synced;	/* of the last event that is "on disk" */
	uint64_t *intents;	/* number of the last step_starting of each sequence */
	int64_t now_us;
	struct launch *launches;
	struct buf ended_signals;	/* what the launch that was released last had got */
	struct buf ended_said;	/* what was said in the log that was closed last */
	size_t room;
	size_t logs_open, started, syncs, flushes;
	enum launch_result result;	/* of the next starts */
	bool is_disk_full;	/* sync fails */
	int open_log_code;	/* errno of opening a log; 0: it works */
	struct err err;	/* of the last request that was refused */
	char **events;	/* each as a line: "step_ended web/install 1 failed 'reason'" */
	size_t event_count, event_cap;
	char **last_env;	/* of the program that was started last */
	char **last_argv;
	char last_cwd[512];
	struct buf last_stdin;
	bool last_tty, last_null_stdin;
};

/* Starts an engine on a plan's text, which must be without errors. */
void fake_start(struct fake *fake, const char *plan_text);

/* Drops the engine as kill -9 would, and starts another one on what was written of the
 * journal. */
void fake_crash(struct fake *fake);

void fake_stop(struct fake *fake);	/* frees all */

/* Turns until nothing is to be done at once; checks what must hold. */
void fake_turn(struct fake *fake);

/* Moves the clock on, with ticks and turns when they are due. */
void fake_advance(struct fake *fake, int64_t by_us);

/* Whether the engine would ever be woken without anybody doing something. */
bool fake_has_timer(struct fake *fake);

/* The program of a sequence, NULL when none runs. */
struct launch *fake_launch(struct fake *fake, const char *sequence);

/* The program of a sequence ends, with the end of its output; then a turn. code < 0: a
 * signal of -code. */
void fake_exit(struct fake *fake, const char *sequence, int code);
void fake_exit_only(struct fake *fake, const char *sequence, int code);
void fake_end_output(struct fake *fake, const char *sequence);
void fake_stall(struct fake *fake, const char *sequence);	/* its log cannot be written */

/* Asks with one target ("a b": several), then a turn. Returns the count or -1 with
 * fake->err set. */
long fake_ask(struct fake *fake, enum request_verb verb, const char *targets);

enum state fake_state(const struct fake *fake, const char *sequence);
const char *fake_reason(const struct fake *fake, const char *sequence);	/* "" when none */
const struct run_attempt *fake_attempt(const struct fake *fake, const char *sequence,
    const char *step);	/* the last one */

/* How many events there were whose line begins so. */
size_t fake_count(const struct fake *fake, const char *beginning);
const char *fake_last_event(const struct fake *fake, const char *beginning);	/* "": none */
const char *fake_env(const struct fake *fake, const char *name);	/* of the last start */

#define assert_state(fake, sequence, expected) \
	assert_string_equal(state_name(fake_state(fake, sequence)), state_name(expected))

#endif
