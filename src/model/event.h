/*
 * The events of a run: what the engine writes into the journal and everything else reads.
 * One flat record with the fields of all kinds; which fields a kind has is a table
 * (event_table.h), from which encoding, decoding and the manual are made.
 *
 * Text form: one JSON object a line,
 *   {"n":12,"time":"2026-11-24T08:14:27.123456Z","mono":45.000123,"event":"step_ended",
 *    "sequence":"web","step":"install","state":"failed","attempt":1,"code":32,
 *    "signal":null,"seconds":0.020000,…,"crc":"89abcdef"}
 * n counts from 1 without gaps; mono is CLOCK_MONOTONIC in seconds; crc, always the last
 * member, is the CRC-32 (as in zlib, RFC 1952) of all bytes of the line before `,"crc"`,
 * in 8 lower-case hexadecimal digits.
 *
 * Text that is longer than its field may be (event_table.h) is cut at a character and ends
 * in "…", a list is cut behind a whole item, and the line then holds "cut":true. Names of
 * sequences and steps are far below that, so what the fold needs is never cut.
 */
#ifndef SEQDECK_MODEL_EVENT_H
#define SEQDECK_MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define EVENT_VERSION 1	/* of the vocabulary; in run_started and run.json */
#define EVENT_LINE_MAX ((size_t)4 << 20)	/* bytes of a journal line */
#define EVENT_US_MAX INT64_C(1000000000000000)	/* of mono_us and duration_us: 31 years */

enum event_kind {
	EVENT_RUN_STARTED,	/* the first line: id, title, plan, version, parallel, total */
	EVENT_SEQUENCE_ADDED,	/* sequence, steps, kinds, needs, after */
	EVENT_ENGINE_STARTED,	/* pid, start_time, boot: an engine took the run up */
	EVENT_SEQUENCE_STATE,	/* sequence, state, reason, step, seconds (retrying: the pause) */
	EVENT_STEP_STARTING,	/* sequence, step, attempt, command, log: intent, on disk first */
	EVENT_STEP_STARTED,	/* sequence, step, attempt, pid, start_time */
	EVENT_STEP_ENDED,	/* sequence, step, attempt, state, code, signal, error, reason,
				 * seconds, bytes, lingered. Without an attempt and with state
				 * skipped: the step is left out */
	EVENT_REQUEST,	/* verb, targets, count: somebody asked, and the engine did it */
	EVENT_NOTE,	/* level, text, sequence: something to tell (disk full, …) */
	EVENT_RUN_STATE,	/* state, reason: the run as a whole (running, held, ok, failed,
				 * cancelled) */
	EVENT_ENGINE_STOPPED,	/* reason: this engine has left the run in good order */
};
#define EVENT_KINDS (EVENT_ENGINE_STOPPED + 1)

/* States of sequences and steps, as people see them; the names are in state_name(). */
enum state {
	STATE_WAITING,	/* for what it needs */
	STATE_QUEUED,	/* for a free place */
	STATE_RUNNING,
	STATE_HELD,	/* for a person */
	STATE_RETRYING,	/* pausing before the next attempt */
	STATE_OK,
	STATE_FAILED,
	STATE_CANCELLED,
	STATE_SKIPPED,
	STATE_TIMED_OUT,	/* steps and attempts only: a failure by timeout */
	STATE_UNKNOWN,	/* attempts only: started, and no end is known */
};
#define STATES (STATE_UNKNOWN + 1)

const char *state_name(enum state state);	/* "timed-out" */
int state_find(const char *name);	/* -1: none */
bool state_is_end(enum state state);	/* OK and all behind it */

/*
 * Strings are borrowed when an event is made to be encoded, and owned when event_decode
 * made it (event_release frees them). Absent: NULL, or -1 for numbers that say so.
 */
struct event {
	uint64_t number;
	int64_t wall_us, mono_us;
	enum event_kind kind;

	const char *sequence;
	const char *step;
	int attempt;	/* from 1; 0: absent */
	int state;	/* enum state; -1: absent */
	const char *reason;	/* for people: "needs 'db', which failed" */
	int code;	/* exit status 0..255; -1: absent (null) */
	const char *signal;	/* "KILL"; NULL: none (null) */
	const char *error;	/* text of errno's failure to start */
	int64_t duration_us;	/* "seconds" in the text form; -1: absent */
	int64_t bytes;	/* of output; -1: absent */
	bool lingered;	/* something else kept the output open after the exit */
	int64_t pid;	/* 0: absent */
	int64_t start_time;	/* field 22 of /proc/PID/stat, clock ticks since boot; 0: absent */
	const char *boot;	/* /proc/sys/kernel/random/boot_id */
	const char *command;
	const char *log;	/* path below the run directory */
	const char *id;	/* of the run */
	const char *title;
	const char *plan;	/* path of the plan file */
	const char *version;	/* of seqdeck */
	int parallel;	/* 0: no limit */
	int64_t total;	/* sequences of the run; -1: absent */
	int64_t count;	/* sequences that a request reached; -1: absent */
	const char *verb;
	const char *level;	/* "info", "warning", "error" */
	const char *text;
	const char *const *targets;	/* NULL-terminated lists */
	const char *const *steps;
	const char *const *kinds;	/* of the steps, in the same order */
	const char *const *needs;
	const char *const *after;

	void *store;	/* event_decode's memory; NULL: everything is borrowed */
};

/* All fields absent. */
void event_init(struct event *event, enum event_kind kind);
void event_release(struct event *event);	/* of a borrowed event: only forgets */

const char *event_kind_name(enum event_kind kind);	/* "step_ended" */

/* Appends the line of event, newline included. Text that is no UTF-8 has U+FFFD in the
 * places of its bad bytes. */
void event_encode(const struct event *event, struct buf *to);

/* Reads one line (without its newline). Unknown members are ignored; an unknown event
 * name gives 1 and leaves event untouched, to be passed over. Returns 0; -1 with err set
 * for what does not verify. */
int event_decode(const char *line, size_t len, struct event *event, struct err *err);

/* Whether the line ends in the checksum of what stands before it: false is a line that is
 * damaged or not all there; a line that has it and that event_decode refuses was written
 * so. */
bool event_has_checksum(const char *line, size_t len);

#endif
