#include "record/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "base/file.h"
#include "base/mem.h"
#include "record/journal.h"
#include "record/record_file.h"
#include "record/rundir.h"

#define NOTICE_READS_MAX 16	/* of the notice descriptor in one update */

/* A log that somebody looks at. */
struct watch {
	char *log;	/* path below the run directory; the key */
	char *path;
	size_t uses;
	int wd;	/* inotify's; -1: the log is not there yet, or cannot be watched */
	off_t size;	/* when there is no wd: as it was last seen */
	UT_hash_handle hh;
};

struct reader {
	char *dir, *journal_path;
	struct journal_reader *journal;
	struct run run;
	int fd;	/* inotify; -1: the caller polls */
	int journal_wd;	/* -1: the journal is not there yet */
	int dir_wd;	/* the directory, watched while there is no journal; -1: not */
	struct watch *watches;	/* by log */
	size_t unwatched;	/* of them: without a wd */
	bool is_damaged, is_damage_told;
	struct err damage;
	void (*on_event)(void *arg, const struct event *event);
	void *arg;
};

/* Watches the journal, or the directory until there is one. */
static void
journal_watch(struct reader *reader)
{
	if (reader->fd < 0 || reader->journal_wd >= 0)
		return;
	reader->journal_wd = inotify_add_watch(reader->fd, reader->journal_path, IN_MODIFY);
	if (reader->journal_wd < 0 && errno == ENOENT) {
		if (reader->dir_wd < 0)
			reader->dir_wd = inotify_add_watch(reader->fd, reader->dir, IN_CREATE);
		/* It may have come between the two. */
		reader->journal_wd = inotify_add_watch(reader->fd, reader->journal_path,
		    IN_MODIFY);
	}
	if (reader->journal_wd >= 0 && reader->dir_wd >= 0) {
		(void)inotify_rm_watch(reader->fd, reader->dir_wd);
		reader->dir_wd = -1;
	}
}

struct reader *
reader_open(const char *dir, struct err *err)
{
	struct journal_reader *journal = journal_reader_open(dir, err);
	if (!journal)
		return NULL;
	struct reader *reader = mem_alloc(sizeof *reader);
	reader->dir = mem_strdup(dir);
	reader->journal_path = file_join(dir, RECORD_JOURNAL);
	reader->journal = journal;
	run_init(&reader->run);
	reader->journal_wd = reader->dir_wd = -1;
	reader->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	journal_watch(reader);
	if (reader->fd >= 0 && reader->journal_wd < 0 && reader->dir_wd < 0) {
		/* The user's watches are used up: better to poll than to sleep for ever. */
		close(reader->fd);
		reader->fd = -1;
	}
	return reader;
}

static void
watch_free(struct reader *reader, struct watch *watch)
{
	HASH_DEL(reader->watches, watch);
	if (watch->wd >= 0)
		(void)inotify_rm_watch(reader->fd, watch->wd);
	else
		reader->unwatched--;
	free(watch->log);
	free(watch->path);
	free(watch);
}

void
reader_free(struct reader *reader)
{
	struct watch *watch, *next;
	if (!reader)
		return;
	HASH_ITER(hh, reader->watches, watch, next)
		watch_free(reader, watch);
	if (reader->fd >= 0)
		close(reader->fd);
	journal_reader_free(reader->journal);
	run_release(&reader->run);
	free(reader->dir);
	free(reader->journal_path);
	free(reader);
}

const char *
reader_dir(const struct reader *reader)
{
	return reader->dir;
}

const struct run *
reader_run(const struct reader *reader)
{
	return &reader->run;
}

int
reader_fd(const struct reader *reader)
{
	return reader->fd;
}

void
reader_on_event(struct reader *reader,
    void (*cb)(void *arg, const struct event *event), void *arg)
{
	reader->on_event = cb;
	reader->arg = arg;
}

const char *
reader_damage(const struct reader *reader)
{
	return reader->is_damaged ? reader->damage.text : NULL;
}

bool
reader_is_live(const struct reader *reader)
{
	return rundir_is_live(reader->dir, NULL);
}

static off_t
file_size(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 ? st.st_size : 0;
}

/* Tries to watch a log by inotify; it may not be there yet. */
static void
watch_try(struct reader *reader, struct watch *watch)
{
	if (reader->fd < 0)
		return;
	watch->wd = inotify_add_watch(reader->fd, watch->path, IN_MODIFY | IN_DONT_FOLLOW);
	if (watch->wd >= 0)
		reader->unwatched--;
}

void
reader_watch(struct reader *reader, const char *log)
{
	struct watch *watch;
	HASH_FIND_STR(reader->watches, log, watch);
	if (watch) {
		watch->uses++;
		return;
	}
	watch = mem_alloc(sizeof *watch);
	watch->log = mem_strdup(log);
	watch->path = file_join(reader->dir, log);
	watch->uses = 1;
	watch->wd = -1;
	watch->size = file_size(watch->path);
	reader->unwatched++;
	HASH_ADD_KEYPTR(hh, reader->watches, watch->log, strlen(watch->log), watch);
	watch_try(reader, watch);
}

void
reader_unwatch(struct reader *reader, const char *log)
{
	struct watch *watch;
	HASH_FIND_STR(reader->watches, log, watch);
	if (watch && --watch->uses == 0)
		watch_free(reader, watch);
}

/* Looks at logs that inotify does not watch (yet). Whether one grew. */
static bool
unwatched_look(struct reader *reader)
{
	bool has_grown = false;
	struct watch *watch, *next;
	if (!reader->unwatched)
		return false;
	HASH_ITER(hh, reader->watches, watch, next) {
		if (watch->wd >= 0)
			continue;
		watch_try(reader, watch);
		off_t size = file_size(watch->path);
		has_grown |= size != watch->size;
		watch->size = size;
	}
	return has_grown;
}

/* Drains notices, a bounded number of them. Whether one was about a log. */
static bool
notices_drain(struct reader *reader)
{
	char bytes[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool is_log = false;
	for (int i = 0; i < NOTICE_READS_MAX && reader->fd >= 0; i++) {
		ssize_t n = read(reader->fd, bytes, sizeof bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		for (const char *p = bytes; p < bytes + n;) {
			const struct inotify_event *notice = (const void *)p;
			p += sizeof *notice + notice->len;
			/* A queue that ran over (wd -1) may have been about any log. */
			if (notice->wd != reader->journal_wd && notice->wd != reader->dir_wd &&
			    !(notice->mask & IN_IGNORED))
				is_log = true;
		}
	}
	return is_log;
}

/* Folds the next event: 1; 0 when there is none; -1 at damage, kept in the reader. */
static int
fold_next(struct reader *reader)
{
	struct event event;
	struct err why;
	int rc = journal_read(reader->journal, &event, &reader->damage);
	if (rc <= 0)
		return rc;
	if (run_apply(&reader->run, &event, &why) < 0) {
		err_set(&reader->damage, "the journal '%s' contradicts itself at event %" PRIu64
		    ": %s", reader->journal_path, event.number, why.text);
		rc = -1;
	} else if (reader->on_event) {
		reader->on_event(reader->arg, &event);
	}
	event_release(&event);
	return rc;
}

long
reader_update(struct reader *reader, long max_events, bool *logs_changed,
    struct err *err)
{
	bool has_logs = notices_drain(reader);
	journal_watch(reader);
	long count = 0;
	while (!reader->is_damaged && (max_events <= 0 || count < max_events)) {
		int rc = fold_next(reader);
		if (rc == 0)
			break;
		if (rc < 0)
			reader->is_damaged = true;
		else
			count++;
	}
	/* Behind the fold: a log that an event names is there by now. */
	has_logs |= unwatched_look(reader);
	if (logs_changed)
		*logs_changed = has_logs;
	if (!reader->is_damaged || reader->is_damage_told)
		return count;
	reader->is_damage_told = true;
	if (err)
		*err = reader->damage;
	return -1;
}
