/*
 * Events are taken one at a time. The end of a step is told when its log has been printed
 * to its end, so events wait until that is done; between events the logs of running steps
 * are printed as far as they go, a bounded piece each in turn.
 */
#include "cmd/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <uthash.h>

#include "base/mem.h"
#include "cmd/lines.h"
#include "cmd/say.h"
#include "cmd/summary.h"
#include "cmd/tail.h"
#include "cmd/watch.h"
#include "record/journal.h"
#include "record/reader.h"

#define PLAIN_PIECE ((size_t)256 << 10)	/* bytes of one log printed at a time */

/* The log of a running attempt. */
struct plain_log {
	char *path;	/* below the run directory; the key */
	char *prefix;
	struct tail tail;
	UT_hash_handle hh;
};

struct plain {
	const char *dir;
	struct lines lines;
	struct plain_log *logs;
	struct plain_log *next;	/* the log whose turn it is; NULL: the first */
	struct plain_log *ending;	/* its step is over: printed to its end before all else */
	struct buf ended;	/* the line that tells that end */
	struct reader *reader;
	struct buf *to;	/* within a pump: where lines go */
};

static void
plain_log_open(struct plain *plain, const struct event *event)
{
	struct plain_log *log;
	HASH_FIND_STR(plain->logs, event->log, log);
	if (log != NULL)
		return;
	struct buf prefix = BUF_INIT;
	lines_prefix(&plain->lines, event->sequence, event->step, &prefix);
	log = mem_alloc(sizeof(*log));
	log->path = mem_strdup(event->log);
	log->prefix = buf_take(&prefix);
	tail_init(&log->tail, plain->dir, log->path);
	HASH_ADD_KEYPTR(hh, plain->logs, log->path, strlen(log->path), log);
	reader_watch(plain->reader, log->path);
}

static void
plain_log_close(struct plain *plain, struct plain_log *log)
{
	if (plain->next == log)
		plain->next = log->hh.next;
	if (plain->reader != NULL)
		reader_unwatch(plain->reader, log->path);
	HASH_DEL(plain->logs, log);
	tail_release(&log->tail);
	free(log->path);
	free(log->prefix);
	free(log);
}

/* The log of the attempt that an event tells the end of. */
static struct plain_log *
plain_find_log(struct plain *plain, const struct event *event)
{
	const struct run_sequence *sequence = run_find(reader_run(plain->reader),
	    event->sequence);
	for (size_t i = 0; sequence != NULL && i < sequence->step_count; i++) {
		const struct run_step *step = &sequence->steps[i];
		if (strcmp(step->name, event->step) != 0)
			continue;
		for (size_t k = 0; k < step->attempt_count; k++) {
			const struct run_attempt *attempt = &step->attempts[k];
			struct plain_log *log = NULL;
			if (attempt->number == event->attempt && attempt->log != NULL)
				HASH_FIND_STR(plain->logs, attempt->log, log);
			if (log != NULL)
				return log;
		}
	}
	return NULL;
}

static void
plain_event_cb(void *arg, const struct event *event)
{
	struct plain *plain = arg;
	const struct run *run = reader_run(plain->reader);
	if (event->kind == EVENT_STEP_ENDED) {
		plain->ending = plain_find_log(plain, event);
		if (plain->ending != NULL) {
			lines_event(&plain->lines, run, event, &plain->ended);
			return;
		}
	}
	lines_event(&plain->lines, run, event, plain->to);
	if (event->kind == EVENT_STEP_STARTING && event->log != NULL)
		plain_log_open(plain, event);
}

/* Prints a piece of a log; out of descriptors, those of all other logs are closed first.
 * Returns the number of bytes, 0 at its present end. */
static long
plain_read(struct plain *plain, struct plain_log *log)
{
	struct err err = ERR_INIT;
	long n = tail_read(&log->tail, PLAIN_PIECE, log->prefix, plain->to, &err);
	if (n < 0 && (err.code == EMFILE || err.code == ENFILE)) {
		for (struct plain_log *l = plain->logs; l != NULL; l = l->hh.next)
			tail_pause(&l->tail);
		n = tail_read(&log->tail, PLAIN_PIECE, log->prefix, plain->to, &err);
	}
	if (n < 0) {
		say("%s", err.text);
		return 0;
	}
	return n;
}

/* Prints the rest of a step that is over, then that it is. */
static void
plain_pump_ending(struct plain *plain)
{
	if (plain_read(plain, plain->ending) > 0)
		return;
	tail_end(&plain->ending->tail, plain->ending->prefix, plain->to);
	buf_add(plain->to, buf_str(&plain->ended), plain->ended.len);
	buf_clear(&plain->ended);
	plain_log_close(plain, plain->ending);
	plain->ending = NULL;
}

/* Prints what is new in the logs of running steps, until there is enough for a turn.
 * Returns whether there was anything. */
static bool
plain_pump_logs(struct plain *plain)
{
	bool has_any = false;
	size_t before = plain->to->len;
	for (size_t left = HASH_COUNT(plain->logs); left > 0; left--) {
		struct plain_log *log = plain->next != NULL ? plain->next : plain->logs;
		plain->next = log->hh.next;
		if (plain_read(plain, log) > 0)
			has_any = true;
		if (plain->to->len - before > PLAIN_PIECE)
			return true;
	}
	return has_any;
}

static bool
plain_pump_cb(void *arg, struct reader *reader, struct buf *to)
{
	struct plain *plain = arg;
	plain->to = to;
	if (plain->reader == NULL) {
		plain->reader = reader;
		reader_on_event(reader, plain_event_cb, plain);
	}
	if (plain->ending != NULL) {
		plain_pump_ending(plain);
		return true;
	}
	if (reader_update(reader, 1, NULL, NULL) > 0)
		return true;
	return plain_pump_logs(plain);
}

static void
plain_finish_cb(void *arg, struct reader *reader, struct buf *to)
{
	struct plain *plain = arg;
	for (struct plain_log *l = plain->logs; l != NULL; l = l->hh.next)
		tail_end(&l->tail, l->prefix, to);
	buf_add_char(to, '\n');
	summary_format(reader_run(reader), plain->dir, reader_is_live(reader), to);
}

/* A log is open per running step. */
static void
plain_raise_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

enum cmd_status
plain_print(const char *dir, bool is_owner)
{
	struct plain plain = { .dir = dir };
	lines_init(&plain.lines);
	plain_raise_limit();
	struct watch_settings settings = {
		.dir = dir,
		.view = { plain_pump_cb, plain_finish_cb, &plain },
		.is_following = true,
		.is_owner = is_owner,
	};
	enum cmd_status status = watch_run(&settings);
	plain.reader = NULL;	/* the watch has freed it */
	while (plain.logs != NULL)
		plain_log_close(&plain, plain.logs);
	buf_release(&plain.ended);
	return status;
}

static bool
plain_fold_cb(void *arg, struct reader *reader, struct buf *to)
{
	(void)arg, (void)to;
	return reader_update(reader, 1000, NULL, NULL) > 0;
}

static void
plain_summary_cb(void *arg, struct reader *reader, struct buf *to)
{
	summary_format(reader_run(reader), arg, reader_is_live(reader), to);
}

enum cmd_status
plain_await_cancel(const char *dir)
{
	struct watch_settings settings = {
		.dir = dir,
		.view = { plain_fold_cb, plain_summary_cb, (void *)dir },
		.is_following = true,
		.is_owner = true,
		.is_cancelling = true,
	};
	return watch_run(&settings);
}

/* The event stream prints the lines of the journal; the reader beside it tells when. */
static bool
plain_events_cb(void *arg, struct reader *reader, struct buf *to)
{
	struct journal_reader *journal = arg;
	reader_update(reader, 0, NULL, NULL);
	struct event event;
	for (int i = 0; i < 1000; i++) {
		if (journal_read(journal, &event, NULL) != 1)
			return false;
		size_t len;
		const char *line = journal_reader_line(journal, &len);
		buf_add(to, line, len);
		buf_add_char(to, '\n');
		event_release(&event);
	}
	return true;
}

enum cmd_status
plain_print_events(const char *dir, bool is_following, bool is_owner)
{
	struct err err = ERR_INIT;
	struct journal_reader *journal = journal_reader_open(dir, &err);
	if (journal == NULL) {
		say("%s", err.text);
		return CMD_BROKEN;
	}
	struct watch_settings settings = {
		.dir = dir,
		.view = { plain_events_cb, NULL, journal },
		.is_following = is_following,
		.is_owner = is_owner,
	};
	enum cmd_status status = watch_run(&settings);
	journal_reader_free(journal);
	return status;
}
