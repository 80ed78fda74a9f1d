/*
 * What the tests of the journal's writer and of its reader share: a journal of notes that
 * tell their own place, and system calls that fail on demand.
 */
#ifndef SEQDECK_TESTS_UNIT_JOURNAL_NOTES_H
#define SEQDECK_TESTS_UNIT_JOURNAL_NOTES_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"
#include "record/journal.h"
#include "scratch.h"

#define NAME "journal.ndjson"

ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __real_fallocate(int fd, int mode, off_t at, off_t len);
int __wrap_fallocate(int fd, int mode, off_t at, off_t len);

ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t n = faults_admit(len);
	if (n > 0)
		n = __real_pwrite(fd, bytes, (size_t)n, at);
	faults_wrote(n);
	return n;
}

int
__wrap_fdatasync(int fd)
{
	if (faults.sync_code) {
		errno = faults.sync_code;
		return -1;
	}
	faults.syncs++;
	return fcntl(fd, F_GETFL) < 0 ? -1 : 0;
}

int
__wrap_fsync(int fd)
{
	return __wrap_fdatasync(fd);
}

int
__wrap_fallocate(int fd, int mode, off_t at, off_t len)
{
	if (faults.reserve_code) {
		errno = faults.reserve_code;
		return -1;
	}
	faults.reserves++;
	return __real_fallocate(fd, mode, at, len);
}

static inline int
make_dir(void **state)
{
	faults_reset();
	*state = scratch_make();
	return 0;
}

static inline int
remove_dir(void **state)
{
	faults_reset();
	scratch_remove(*state);
	return 0;
}

/* Opens a journal whose last number is known. */
static inline struct journal *
open_at(const char *dir, uint64_t expected)
{
	struct err err = ERR_INIT;
	uint64_t last = UINT64_MAX;
	struct journal *journal = journal_open(dir, &last, &err);
	if (!journal)
		fail_msg("%s", err.text);
	assert_int_equal(last, expected);
	return journal;
}

static inline void
add_note(struct journal *journal, const char *text)
{
	struct event event;
	event_init(&event, EVENT_NOTE);
	event.text = text;
	journal_add(journal, &event);
}

static inline void
sync_ok(struct journal *journal)
{
	struct err err = ERR_INIT;
	if (journal_sync(journal, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(journal_is_dirty(journal));
}

/* A journal of notes "0", "1", … */
static inline void
make_notes(const char *dir, int count)
{
	char text[20];
	struct journal *journal = open_at(dir, 0);
	for (int i = 0; i < count; i++) {
		snprintf(text, sizeof text, "%d", i);
		add_note(journal, text);
	}
	sync_ok(journal);
	journal_free(journal);
}

/* Reads on: the notes must be the numbers from `from` on. How many came, and what came
 * then. */
static inline int
read_notes(struct journal_reader *reader, int from, int *rc, struct err *err)
{
	struct event event;
	char text[20];
	int count = 0;
	while ((*rc = journal_read(reader, &event, err)) > 0) {
		snprintf(text, sizeof text, "%d", from + count++);
		assert_string_equal(event.text, text);
		assert_int_equal(event.number, from + count);
		event_release(&event);
	}
	return count;
}

static inline struct journal_reader *
open_reader(const char *dir)
{
	struct err err = ERR_INIT;
	struct journal_reader *reader = journal_reader_open(dir, &err);
	if (!reader)
		fail_msg("%s", err.text);
	return reader;
}

/* How many notes a fresh reader gets, and how it ends. */
static inline int
count_notes(const char *dir, int *rc, bool *has_tail)
{
	struct journal_reader *reader = open_reader(dir);
	int count = read_notes(reader, 0, rc, NULL);
	*has_tail = journal_reader_has_tail(reader);
	journal_reader_free(reader);
	return count;
}

static inline void
assert_whole(const char *dir, int expected)
{
	int rc;
	bool has_tail;
	assert_int_equal(count_notes(dir, &rc, &has_tail), expected);
	assert_int_equal(rc, 0);
	assert_false(has_tail);
}

/* Number of whole lines in the first len bytes, and the bytes behind them. */
static inline int
whole_lines(const struct buf *file, size_t len, size_t *tail)
{
	int count = 0;
	size_t end = 0;
	for (size_t i = 0; i < len; i++)
		if (file->data[i] == '\n') {
			count++;
			end = i + 1;
		}
	*tail = len - end;
	return count;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

#endif
