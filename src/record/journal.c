#include "record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "record/record_file.h"

#define TORN_FILES_MAX 1000	/* torn tails kept beside a journal */

struct journal {
	int fd;
	char *path;
	uint64_t last_number;
	off_t size;	/* bytes of the file that are ours; writing goes on here */
	off_t reserved;	/* the file has its blocks up to here */
	bool has_reserve;	/* the file system can reserve */
	struct buf pending;	/* lines not written yet */
	bool is_unsynced;	/* something was written since the last fdatasync */
	bool has_failed;
	struct err failure;
};

/* Copies the bytes of the journal behind `from` to a new file beside it. */
static int
tail_copy(struct journal *journal, const char *dir, off_t from, struct err *err)
{
	struct buf tail = BUF_INIT;
	char *path = NULL;
	int fd = -1, rc = -1;
	for (int n = 1; fd < 0 && n <= TORN_FILES_MAX; n++) {
		free(path);
		path = mem_printf("%s/journal.torn-%d", dir, n);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		err_errno(err, "cannot create '%s'", path);
		goto out;
	}
	if (record_pread_all(journal->fd, from, EVENT_LINE_MAX, &tail) < 0) {
		err_errno(err, "cannot read '%s'", journal->path);
		goto out;
	}
	if (file_write_all(fd, tail.data, tail.len) < 0 || fsync(fd) < 0) {
		err_errno(err, "cannot write '%s'", path);
		(void)unlink(path); /* half a copy: the journal still has it all */
		goto out;
	}
	rc = 0;
out:
	if (fd >= 0)
		close(fd);
	free(path);
	buf_release(&tail);
	return rc;
}

/* Moves a torn tail aside, so that the journal ends at its last valid line. */
static int
tail_move(struct journal *journal, const char *dir, off_t size, struct err *err)
{
	if (tail_copy(journal, dir, size, err) < 0)
		return -1;
	if (ftruncate(journal->fd, size) < 0 || fdatasync(journal->fd) < 0)
		return err_errno(err, "cannot cut '%s' behind its last valid line",
		    journal->path);
	return 0;
}

/* Reads the journal to its end: finds the last number and where its line ends. */
static int
journal_scan(struct journal *journal, const char *dir, struct err *err)
{
	struct journal_reader *reader = journal_reader_open(dir, err);
	if (!reader)
		return -1;
	struct event event;
	int rc;
	while ((rc = journal_read(reader, &event, err)) > 0)
		event_release(&event);
	if (rc == 0) {
		journal->last_number = journal_reader_number(reader);
		journal->size = (off_t)journal_reader_offset(reader);
		if (journal_reader_has_tail(reader))
			rc = tail_move(journal, dir, journal->size, err);
	}
	journal_reader_free(reader);
	return rc;
}

struct journal *
journal_open(const char *dir, uint64_t *last_number, struct err *err)
{
	struct journal *journal = mem_alloc(sizeof *journal);
	journal->path = file_join(dir, RECORD_JOURNAL);
	journal->has_reserve = true;
	journal->fd = record_open(journal->path, O_RDWR | O_CREAT, err);
	if (journal->fd < 0 || journal_scan(journal, dir, err) < 0 ||
	    record_sync_dir(dir, err) < 0) {
		/* Without the file's reserve being cut: it may not be ours to touch. */
		journal->has_reserve = false;
		journal_free(journal);
		return NULL;
	}
	*last_number = journal->last_number;
	return journal;
}

void
journal_free(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0) {
		(void)journal_flush(journal, NULL); /* what it can */
		if (journal->has_reserve && journal->reserved > journal->size)
			(void)!ftruncate(journal->fd, journal->size); /* gives blocks back */
		close(journal->fd);
	}
	buf_release(&journal->pending);
	free(journal->path);
	free(journal);
}

/* Remembers err as the end of this journal. */
static void
journal_fail(struct journal *journal, const struct err *err)
{
	journal->has_failed = true;
	journal->failure = *err;
}

bool
journal_has_failed(const struct journal *journal)
{
	return journal->has_failed;
}

void
journal_add(struct journal *journal, struct event *event)
{
	event->number = journal->last_number + 1;
	event->wall_us = clock_wall_us();
	event->mono_us = clock_mono_us();
	if (journal->has_failed)
		return;
	if (journal->pending.len > JOURNAL_PENDING_MAX) {
		struct err err;
		err_set(&err, "more than %zu bytes of events wait for room on the disk of "
		    "'%s'", JOURNAL_PENDING_MAX, journal->path);
		err.code = ENOBUFS;
		journal_fail(journal, &err);
		return;
	}
	journal->last_number++;
	event_encode(event, &journal->pending);
}

bool
journal_is_dirty(const struct journal *journal)
{
	return journal->pending.len || journal->is_unsynced;
}

/* Keeps blocks ahead of the end. Only a lack of room is an error: a file system that
 * cannot reserve gets none. */
static int
journal_reserve(struct journal *journal, struct err *err)
{
	if (!journal->has_reserve || journal->reserved - journal->size > JOURNAL_RESERVE / 2)
		return 0;
	int rc;
	do
		rc = fallocate(journal->fd, FALLOC_FL_KEEP_SIZE, journal->size,
		    JOURNAL_RESERVE);
	while (rc < 0 && errno == EINTR);
	if (rc == 0) {
		journal->reserved = journal->size + JOURNAL_RESERVE;
		return 0;
	}
	if (errno == ENOSPC || errno == EDQUOT)
		return err_errno(err, "cannot reserve room for '%s'", journal->path);
	journal->has_reserve = false;
	return 0;
}

int
journal_flush(struct journal *journal, struct err *err)
{
	size_t done = 0;
	int code = 0;
	if (journal->has_failed) {
		if (err)
			*err = journal->failure;
		return -1;
	}
	while (done < journal->pending.len && !code) {
		/* At a place of our own, not at the end: what a failed write may have left
		 * there is written over when it is tried again. */
		ssize_t n = pwrite(journal->fd, journal->pending.data + done,
		    journal->pending.len - done, journal->size);
		if (n > 0) {
			done += (size_t)n;
			journal->size += n;
			journal->is_unsynced = true;
		} else if (n == 0 || errno != EINTR) {
			code = n == 0 ? ENOSPC : errno;
		}
	}
	buf_drop(&journal->pending, done);
	if (code) {
		errno = code;
		return err_errno(err, "cannot write '%s'", journal->path);
	}
	return journal_reserve(journal, err);
}

int
journal_sync(struct journal *journal, struct err *err)
{
	int flushed = journal_flush(journal, err);
	if (!journal->is_unsynced || journal->has_failed)
		return flushed;
	int rc;
	do
		rc = fdatasync(journal->fd);
	while (rc < 0 && errno == EINTR);
	if (rc < 0) {
		/* The kernel marks the pages clean: a second call would succeed and mean
		 * nothing. */
		struct err failure;
		err_errno(&failure, "cannot bring '%s' to disk", journal->path);
		journal_fail(journal, &failure);
		if (err)
			*err = failure;
		return -1;
	}
	journal->is_unsynced = false;
	return flushed;
}
