/*
 * The engine core: runs a plan. It has no loop, no clock and no file of its own: it is
 * handed what happens (a program ended, time went by, somebody asked) and acts through the
 * launcher, the sink and the timers it was given. loop.h joins it to libev.
 *
 * Data's way: callbacks and requests change sequences (sequence.c: table state × event),
 * which emit events to the sink and queue launches; engine_turn, called at the end of every
 * loop turn, makes the sink durable and only then starts what is queued. So the intent to
 * start is on disk before the start, and an end before the next start.
 */
#ifndef SEQDECK_ENGINE_ENGINE_H
#define SEQDECK_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/launcher.h"
#include "model/event.h"
#include "model/request.h"
#include "model/run.h"
#include "plan/plan.h"

#define ENGINE_LINGER_US (2 * INT64_C(1000000))	/* wait for end of output after the exit */
#define ENGINE_STARTS_PER_TURN 64	/* so that a turn stays short; more come in the next */
#define ENGINE_DISK_RETRY_US INT64_C(1000000)	/* between two tries while the disk is full */
#define ENGINE_LATER_MIN_US INT64_C(50000)	/* first pause when nothing can be started … */
#define ENGINE_LATER_MAX_US INT64_C(5000000)	/* … doubling up to this */
#define ENGINE_STUBBORN_US INT64_C(10000000)	/* after the last signal: say it does not end */
#define ENGINE_ROWS 30	/* window of a pty while no terminal says otherwise */
#define ENGINE_COLS 120

/* Where events and logs go. The real one writes the run directory (loop.h). */
struct engine_sink {
	void (*emit)(void *arg, struct event *event);
	/* Makes everything emitted durable. 0; -1 with err set (disk full): nothing is
	 * started, and the engine tries again in a second. */
	int (*sync)(void *arg, struct err *err);
	/* Writes what was emitted since sync, without waiting for the disk: so that
	 * readers see what was started. NULL: it waits for the next sync. */
	void (*flush)(void *arg);
	/* Opens the log of an attempt. NULL with err set. */
	struct steplog *(*open_log)(void *arg, const char *path, struct err *err);
	/* Adds a line of seqdeck's own to a log ("seqdeck: cannot start 'x': …"). */
	void (*say_log)(void *arg, struct steplog *log, const char *line);
	/* Closes a log; returns the bytes of output in it. */
	int64_t (*close_log)(void *arg, struct steplog *log);
	void *arg;
};

struct engine_settings {
	const struct plan *plan;	/* outlives the engine */
	const char *run_id;
	const char *run_dir;	/* for SEQDECK_RUN_DIR in the steps' environment */
	const char *const *base_env;	/* the environment steps start from, NULL-terminated */
	struct launcher *launcher;
	struct engine_sink sink;
	int64_t (*now)(void *arg);	/* monotonic microseconds */
	void *now_arg;
	uint32_t seed;	/* of the jitter of backoff */
	/* Who this engine is, for engine_started; 0 and NULL where nobody cares (tests). */
	int64_t pid, start_time;
	const char *boot;
	/* Whether the process known by these three still lives. NULL: nobody knows. */
	bool (*process_lives)(int64_t pid, int64_t start_time, const char *boot);
	/* A run taken up again: its state as folded from the journal; NULL: a new run, for
	 * which run_started and sequence_added events are emitted. Attempts without an end
	 * become UNKNOWN and their sequences HELD. */
	const struct run *past;
};

struct engine;

struct engine *engine_new(const struct engine_settings *settings);

/* Releases what still runs without a word: stop first (engine_stop). */
void engine_free(struct engine *engine);

/* Journals the beginning and lets sequences go. Nothing starts before engine_turn. */
void engine_start(struct engine *engine);

/* At the end of each loop turn: sync, then start what is queued. Returns the time (on the
 * engine's clock) at which engine_tick must be called next, -1 for never. */
int64_t engine_turn(struct engine *engine);

/* Lets timers that are due fire: timeouts, grace times, backoff, linger, disk retries. */
void engine_tick(struct engine *engine);

/* Does what a front end asked. Returns the number of sequences it reached, or -1 with err
 * set to why not (no such sequence; nothing to retry: 'web' is running). When several
 * targets are matched, those it does not apply to are passed over; none at all is an error. */
long engine_request(struct engine *engine, const struct request *request,
    struct err *err);

/* Cancels everything that has not ended; later starts are refused. `reason` goes into the
 * journal ("cancelled by SIGTERM"). hard: KILL at once. */
void engine_stop(struct engine *engine, const char *reason, bool hard);

/* Whether every sequence has ended (or waits for ever on one that has): the run state
 * says how. More may come by a retry. */
bool engine_is_settled(const struct engine *engine);

/* Whether no program runs and no log is open: it may be freed without loss. */
bool engine_is_idle(const struct engine *engine);

/* Whether REQUEST_STOP was asked: leave as soon as the engine is idle. */
bool engine_wants_stop(const struct engine *engine);

enum state engine_run_state(const struct engine *engine);
enum state engine_sequence_state(const struct engine *engine, size_t index);

#endif
