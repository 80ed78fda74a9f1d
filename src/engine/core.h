/*
 * The inside of the engine core, shared by its files and by the tests of its table; nobody
 * else includes this.
 *
 *   engine.c     the turn: places, launches, sync; the state of the run
 *   hold.c       nothing can be started now: the disk or the system is full
 *   sequence.c   what a sequence does in each state at each event: the table, with
 *                sequence_request.c the cells of requests (cells.h)
 *   step.c       one attempt of a step, from wanted to over; step_start.c its beginning
 *   depend.c     who waits for whom, and when nothing more can happen
 *   past.c       taking up a run that another engine left
 *   demand.c     requests and whom they are for
 *   emit.c       events into the sink
 *   spec.c       what is started for a step: words, directory, environment
 *
 * Work for an event does not grow with the number of sequences: lists are intrusive,
 * dependencies are counters with reverse lists, states are counted.
 */
#ifndef SEQDECK_ENGINE_CORE_H
#define SEQDECK_ENGINE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/link.h"
#include "engine/timer.h"

#define SEQUENCE_STATES (STATE_SKIPPED + 1)	/* the states that a sequence can be in */
#define COMMAND_EVENT_MAX ((size_t)128 << 10)	/* bytes of a command told in an event: no
						 * system starts a longer one */

/* What can happen to a sequence. */
enum sequence_event {
	SEQUENCE_READY,	/* all it needs ended ok, all it is after have ended */
	SEQUENCE_UNREADY,	/* no longer so: one of them runs again */
	SEQUENCE_BLOCKED,	/* one that it needs ended otherwise */
	SEQUENCE_UNBLOCKED,	/* none such is left */
	SEQUENCE_GIVE_UP,	/* blocked, and nothing else in the run can happen */
	SEQUENCE_PLACE,	/* a free place is its */
	SEQUENCE_STEP_OK,	/* the present step is over: ok … */
	SEQUENCE_STEP_FAILED,	/* … failed, timed out, could not be started */
	SEQUENCE_STEP_CANCELLED,
	SEQUENCE_STEP_SKIPPED,
	SEQUENCE_PAUSE_OVER,	/* of the pause before the next attempt */
	SEQUENCE_RETRY,
	SEQUENCE_SKIP,
	SEQUENCE_CANCEL,
	SEQUENCE_KILL,
	SEQUENCE_HOLD,
	SEQUENCE_RELEASE,
	SEQUENCE_INPUT,
	SEQUENCE_RESIZE,
};
#define SEQUENCE_EVENTS (SEQUENCE_RESIZE + 1)

/* What comes with an event; zeroed and step -1 when nothing does. */
struct demand {
	long step;	/* RETRY, SKIP …: the step named in the target, -1: the present one */
	const char *reason;	/* CANCEL, KILL: why, for people; NULL: somebody asked */
	const char *bytes;
	size_t len;
	int rows, cols;
};

enum attempt_phase {
	ATTEMPT_NONE,
	ATTEMPT_WANTED,	/* nothing is journaled yet: it can be dropped without a word */
	ATTEMPT_INTENDED,	/* the intent is journaled; starts when that is on disk */
	ATTEMPT_RUNNING,
	ATTEMPT_STOPPING,	/* signals of the kill list are being sent */
	ATTEMPT_LINGERING,	/* exited; the end of its output has not been seen */
};

/* Why an attempt ends. */
enum attempt_cause { CAUSE_EXIT, CAUSE_TIMEOUT, CAUSE_CANCEL, CAUSE_SKIP };

/* The attempt that a sequence is at. */
struct attempt {
	enum attempt_phase phase;
	enum attempt_cause cause;
	int number;	/* from 1, once intended */
	char *command;	/* with variables put in, once intended */
	char *error;	/* why it could not be started */
	struct launch *launch;
	struct steplog *log;
	bool is_sleep;	/* a timer, no program and no log */
	bool has_exited, output_ended, lingered, is_hard;
	bool said_stubborn;
	struct launch_exit exit;
	int64_t started_us;
	int64_t sleep_until_us;
	size_t kill_next;	/* of the options' kill list */
	struct timer timer;	/* timeout or sleep, next signal, linger: by phase */
	struct link launch_link;	/* in engine->wanted or engine->intended */
	struct link stall_link;	/* in engine->stalled */
};

/* What those that wait for a sequence have been told of it. */
enum standing { STANDING_OPEN, STANDING_OK, STANDING_BAD };

struct sequence {
	struct engine *engine;
	const struct plan_sequence *plan;
	size_t index;
	enum state state;
	char *reason;
	size_t step;	/* the present one; plan->step_count when all are done */
	int *attempts;	/* of each step: number of its last attempt, 0: none */
	unsigned char *step_states;	/* of each step: enum state, WAITING before its first end */
	int retries_used;	/* automatic ones of the present step */
	bool has_begun;	/* a step was tried or skipped: dependencies are looked at no more */
	bool has_place;
	bool wants_hold;	/* running, to be held when the step is over */
	bool is_at_failure;	/* held at a step that failed, or whose outcome is unknown */
	bool is_for_need;	/* skipped for a need: comes back when that is mended */
	const char *stop_reason;	/* why it is being cancelled; borrowed from the engine */
	int rows, cols;	/* of its terminals, now and later */
	struct attempt attempt;
	struct timer pause;

	size_t *needed_by, needed_by_count;	/* sequences that need this one */
	size_t *followed_by, followed_by_count;	/* sequences that are after this one */
	size_t needs_open;	/* how many it needs that have not ended ok */
	size_t needs_bad;	/* of these, how many have ended otherwise */
	size_t after_open;	/* how many it is after that have not ended */
	enum standing standing;
	struct link queue_link;	/* in engine->queue or queue_first */
	struct link spread_link;	/* in engine->spread */
	struct link blocked_link;	/* in engine->blocked */
	size_t marked;	/* the last request that reached it */
};

struct engine {
	struct engine_settings settings;
	const struct plan *plan;
	const char **env;	/* of all steps, spec.c; strings in env_strings are ours */
	char **env_strings;
	struct sequence *sequences;
	size_t count;
	size_t *names;	/* indices of sequences, in order of their names */
	size_t *dependents;	/* memory of all needed_by and followed_by */
	size_t counts[SEQUENCE_STATES];
	size_t places_used;
	size_t busy;	/* attempts with a program, a timer or a log */
	uint32_t random;
	struct timers timers;
	struct link queue_first;	/* going on: served before … */
	struct link queue;	/* … those that begin */
	struct link spread;	/* sequences whose dependents are still to be told */
	struct link blocked;	/* waiting behind one that ended otherwise */
	struct link wanted;	/* attempts to be intended */
	size_t wanted_count, intended_count;
	struct link intended;	/* attempts to be started */
	struct link stalled;	/* attempts whose output cannot be written */
	bool is_dirty;	/* something was emitted since the last sync … */
	bool is_unflushed;	/* … or flush */
	bool is_started;
	bool is_stopping, wants_stop;
	char *stop_reason;
	bool disk_held;	/* nothing is started until the disk has room */
	bool sync_failed, sync_try;
	char *disk_reason;
	struct timer disk_timer;
	bool is_later;	/* the system has no room for another program */
	int64_t later_pause_us;
	struct timer later_timer;
	size_t marks;	/* requests so far, for sequence.marked */
	enum state run_state;	/* as last journaled */
};

/* sequence.c */

/* Lets an event happen. Returns 0; 1 when it means nothing in this state; -1 with err set
 * when it is refused. */
int sequence_fire(struct sequence *seq, enum sequence_event event,
    const struct demand *demand, struct err *err);

/* The same for what the engine itself makes happen: never refused. */
void sequence_happen(struct sequence *seq, enum sequence_event event);

/* Brings the sequence into a state: counts, place, queue, those that wait for it, the event
 * in the journal. Takes reason over (NULL: nothing to say). pause_us -1: none. */
void sequence_set(struct sequence *seq, enum state state, char *reason, int64_t pause_us);

/* Waiting or queued, as what it depends on stands. */
void sequence_go(struct sequence *seq, char *reason);

const struct plan_step *sequence_step(const struct sequence *seq);	/* NULL: all are done */
const char *sequence_event_name(enum sequence_event event);

/* step.c */

void step_want(struct sequence *seq);	/* the present step is to be run */
void step_drop(struct sequence *seq);	/* a wanted one is not, after all */
bool step_is_begun(const struct sequence *seq);	/* intended or further */
void step_intend(struct sequence *seq);
/* Starts an intended attempt. LAUNCH_FAILED: it is over already. */
enum launch_result step_start(struct sequence *seq, struct err *err);
/* Brings the attempt to its end; hard: KILL at once. 0, or -1 when the same or something
 * stronger is under way already. */
int step_stop(struct sequence *seq, enum attempt_cause cause, bool hard);
int step_input(struct sequence *seq, const char *bytes, size_t len, struct err *err);
void step_resume(struct sequence *seq);	/* there may be room for its output again */
void step_leave(struct sequence *seq);	/* journals the present step as skipped */
void step_release(struct sequence *seq);	/* frees everything, without a word */
/* How the last attempt ended, for people: "exit 3", "signal KILL". Appends. */
void step_outcome(const struct sequence *seq, struct buf *to);
char *step_failure(const struct sequence *seq);	/* "'install' failed: exit 3"; caller frees */

/* Between step.c and step_start.c: */

const struct launcher_ops *step_launcher(const struct sequence *seq);
const struct plan_options *step_options(const struct sequence *seq);
void step_set_timer(struct sequence *seq, int64_t after_us);
void step_timer_cb(void *seq);
void step_unlist(struct sequence *seq);	/* off the lists of what is to be started */
char *step_log_path(const struct sequence *seq);	/* below the run directory; caller frees */
/* The attempt is over: journals its end and lets the sequence go on. */
void step_over(struct sequence *seq);

/* depend.c */

void depend_init(struct engine *engine);
void depend_changed(struct sequence *seq);	/* its state may matter to others */
void depend_spread(struct engine *engine);	/* tells them */
bool depend_is_ready(const struct sequence *seq);
char *depend_reason(const struct sequence *seq);	/* "needs 'db', which failed"; caller frees */
/* When nothing else can happen, gives up those that wait for ever. */
void depend_settle(struct engine *engine);

/* past.c */

void past_take_up(struct engine *engine);

/* emit.c */

void emit(struct engine *engine, struct event *event);
void emit_sequence_added(struct sequence *seq);
void emit_sequence_state(struct sequence *seq, int64_t pause_us);
void emit_note(struct engine *engine, const char *level, const struct sequence *seq,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* spec.c */

void spec_init(struct engine *engine);
void spec_release(struct engine *engine);
/* The command of the present step with variables put in; the caller frees. */
char *spec_command(const struct sequence *seq, int attempt);
/* What is to be started, kept together until spec_free. NULL with err set. */
struct spec;
struct spec *spec_new(const struct sequence *seq, struct err *err);
const struct launch_spec *spec_launch(const struct spec *spec);
void spec_free(struct spec *spec);

/* hold.c */

/* Brings what was emitted to the disk. False: it cannot, and the run is held. */
bool hold_sync(struct engine *engine);
/* The system has no room for another program: nothing is started for a pause that grows
 * from try to try. */
void hold_for_room(struct engine *engine, const char *why);
/* The disk is full (err): nothing is started, and it is tried again each second. */
void hold_for_disk(struct engine *engine, const struct err *err);
void hold_init(struct engine *engine);

/* engine.c */

struct sequence *engine_find(const struct engine *engine, const char *name);
int64_t engine_now(const struct engine *engine);
/* Pause before retry number n (from 1), with its jitter. */
int64_t engine_backoff(struct engine *engine, const struct plan_options *options, int n);

#endif
