#include "record/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/journal.h"
#include "record/rundir.h"
#include "record/steplog.h"
#include "scratch.h"

#define LOG "sequences/web/01-fetch.1.log"

/* inotify that fails on demand (--wrap, see Makefile.am). */
static struct {
	bool has_none;	/* inotify_init1 fails */
	bool has_no_watches;	/* inotify_add_watch fails: the user's are used up */
} faults;

int __real_inotify_init1(int flags);
int __wrap_inotify_init1(int flags);
int __real_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask);

int
__wrap_inotify_init1(int flags)
{
	if (!faults.has_none)
		return __real_inotify_init1(flags);
	errno = EMFILE;
	return -1;
}

int
__wrap_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	if (!faults.has_no_watches)
		return __real_inotify_add_watch(fd, path, mask);
	errno = ENOSPC;
	return -1;
}

/* A run directory with its writer. */
struct fixture {
	char *dir;
	struct journal *journal;
};

static int
set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	uint64_t last;
	memset(&faults, 0, sizeof faults);
	f->dir = scratch_make();
	f->journal = journal_open(f->dir, &last, NULL);
	*state = f;
	return f->journal ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	journal_free(f->journal);
	scratch_remove(f->dir);
	free(f);
	return 0;
}

static void
emit(struct fixture *f, enum event_kind kind, const char *sequence, const char *step)
{
	static const char *const steps[] = { "fetch", NULL };
	struct event event;
	event_init(&event, kind);
	event.id = "id";
	event.text = "note";
	event.sequence = sequence;
	event.step = step;
	event.steps = steps;
	event.attempt = 1;
	event.log = LOG;
	event.state = STATE_OK;
	journal_add(f->journal, &event);
	assert_int_equal(journal_flush(f->journal, NULL), 0);
}

static void
emit_beginning(struct fixture *f)
{
	emit(f, EVENT_RUN_STARTED, NULL, NULL);
	emit(f, EVENT_SEQUENCE_ADDED, "web", NULL);
	emit(f, EVENT_STEP_STARTING, "web", "fetch");
}

static struct reader *
open_reader(struct fixture *f)
{
	struct err err = ERR_INIT;
	struct reader *reader = reader_open(f->dir, &err);
	if (!reader)
		fail_msg("%s", err.text);
	return reader;
}

static long
update(struct reader *reader, bool *logs_changed)
{
	struct err err = ERR_INIT;
	long count = reader_update(reader, 0, logs_changed, &err);
	if (count < 0)
		fail_msg("%s", err.text);
	return count;
}

static bool
has_notice(const struct reader *reader)
{
	struct pollfd ready = { .fd = reader_fd(reader), .events = POLLIN };
	return poll(&ready, 1, 0) == 1;
}

static void
count_event(void *arg, const struct event *event)
{
	uint64_t *numbers = arg;
	*numbers = *numbers * 10 + event->number;
}

static void
test_a_run_is_folded_and_followed(void **state)
{
	struct fixture *f = *state;
	uint64_t numbers = 0;
	emit_beginning(f);
	struct reader *reader = open_reader(f);
	assert_string_equal(reader_dir(reader), f->dir);
	assert_int_equal(reader_run(reader)->last_number, 0);
	reader_on_event(reader, count_event, &numbers);
	assert_int_equal(update(reader, NULL), 3);
	assert_int_equal(numbers, 123);
	assert_int_equal(reader_run(reader)->sequence_count, 1);
	assert_false(has_notice(reader));
	emit(f, EVENT_STEP_ENDED, "web", "fetch");
	assert_true(has_notice(reader));
	bool logs_changed = true;
	assert_int_equal(update(reader, &logs_changed), 1);
	assert_false(logs_changed);
	assert_false(has_notice(reader));
	assert_int_equal(numbers, 1234);
	assert_int_equal(run_find(reader_run(reader), "web")->steps[0].state, STATE_OK);
	assert_null(reader_damage(reader));
	reader_free(reader);
	reader_free(NULL);
}

static void
test_events_are_folded_so_many_at_a_time(void **state)
{
	struct fixture *f = *state;
	emit_beginning(f);
	struct reader *reader = open_reader(f);
	assert_int_equal(reader_update(reader, 2, NULL, NULL), 2);
	assert_int_equal(reader_run(reader)->last_number, 2);
	assert_int_equal(reader_update(reader, 2, NULL, NULL), 1);
	assert_int_equal(reader_update(reader, 2, NULL, NULL), 0);
	reader_free(reader);
}

static void
test_a_log_that_grows_is_noticed_even_if_it_came_later(void **state)
{
	struct fixture *f = *state;
	bool changed;
	emit_beginning(f);
	struct reader *reader = open_reader(f);
	reader_watch(reader, LOG);
	reader_watch(reader, LOG);
	update(reader, &changed);
	assert_false(changed);
	struct steplog *log = steplog_create(f->dir, LOG, NULL);
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 1, "x", 1, NULL), 1);
	emit(f, EVENT_STEP_STARTED, "web", "fetch");
	assert_true(has_notice(reader)); /* of the journal */
	update(reader, &changed);
	assert_true(changed);
	update(reader, &changed);
	assert_false(changed);
	/* From now on the log itself tells. */
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 1, "x", 1, NULL), 1);
	assert_true(has_notice(reader));
	update(reader, &changed);
	assert_true(changed);
	reader_unwatch(reader, LOG);
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 1, "x", 1, NULL), 1);
	assert_true(has_notice(reader)); /* watched twice */
	update(reader, &changed);
	reader_unwatch(reader, LOG);
	update(reader, &changed);
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 1, "x", 1, NULL), 1);
	assert_false(has_notice(reader));
	update(reader, &changed);
	assert_false(changed);
	reader_unwatch(reader, LOG);
	reader_unwatch(reader, "never/watched");
	steplog_free(log);
	reader_free(reader);
}

static void
follow_by_polling(struct fixture *f, int expected_fd_is_none)
{
	bool changed;
	emit_beginning(f);
	struct steplog *log = steplog_create(f->dir, LOG, NULL);
	struct reader *reader = open_reader(f);
	assert_int_equal(reader_fd(reader) == -1, expected_fd_is_none);
	reader_watch(reader, LOG);
	assert_int_equal(update(reader, &changed), 3);
	assert_false(changed);
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 1, "x", 1, NULL), 1);
	assert_int_equal(update(reader, &changed), 0);
	assert_true(changed);
	assert_int_equal(update(reader, &changed), 0);
	assert_false(changed);
	reader_unwatch(reader, LOG);
	reader_watch(reader, LOG);
	steplog_free(log);
	reader_free(reader);
}

static void
test_without_inotify_the_caller_polls(void **state)
{
	faults.has_none = true;
	follow_by_polling(*state, 1);
}

static void
test_with_all_watches_used_up_the_caller_polls(void **state)
{
	faults.has_no_watches = true;
	follow_by_polling(*state, 1);
}

static void
test_a_journal_that_comes_later_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	uint64_t last;
	char *other = file_join(f->dir, "other");
	assert_int_equal(file_make_dirs(other, 0700, NULL), 0);
	assert_null(reader_open(other, &err));
	assert_non_null(strstr(err.text, "is no run directory"));
	scratch_write(other, "run.json", "{}", 2);
	struct reader *reader = reader_open(other, &err);
	assert_non_null(reader);
	assert_int_equal(update(reader, NULL), 0);
	struct journal *journal = journal_open(other, &last, NULL);
	assert_true(has_notice(reader));
	assert_int_equal(update(reader, NULL), 0);
	struct fixture later = { other, journal };
	emit(&later, EVENT_RUN_STARTED, NULL, NULL);
	assert_true(has_notice(reader));
	assert_int_equal(update(reader, NULL), 1);
	journal_free(journal);
	reader_free(reader);
	free(other);
}

static void
assert_damage_told_once(struct fixture *f, long folded, const char *why)
{
	struct err err = ERR_INIT;
	struct reader *reader = open_reader(f);
	assert_int_equal(reader_update(reader, 0, NULL, &err), -1);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
	assert_string_equal(reader_damage(reader), err.text);
	assert_int_equal(reader_run(reader)->last_number, folded);
	assert_int_equal(reader_update(reader, 0, NULL, &err), 0);
	assert_non_null(reader_damage(reader));
	reader_free(reader);
}

static void
test_damage_is_told_once_and_what_was_folded_stays(void **state)
{
	struct fixture *f = *state;
	emit_beginning(f);
	struct buf file = scratch_read(f->dir, "journal.ndjson");
	strchr(file.data, '\n')[5] ^= 1;
	scratch_write(f->dir, "journal.ndjson", file.data, file.len);
	assert_damage_told_once(f, 1, "is damaged at line 2");
	buf_release(&file);
}

static void
test_a_contradiction_is_damage_too(void **state)
{
	struct fixture *f = *state;
	emit_beginning(f);
	emit(f, EVENT_SEQUENCE_ADDED, "web", NULL);
	emit(f, EVENT_NOTE, NULL, NULL);
	assert_damage_told_once(f, 3, "contradicts itself at event 4: the sequence 'web' is "
	    "added twice");
}

static void
test_it_knows_whether_an_engine_lives(void **state)
{
	struct fixture *f = *state;
	struct reader *reader = open_reader(f);
	assert_false(reader_is_live(reader));
	int fd = rundir_lock(f->dir, NULL);
	assert_true(reader_is_live(reader));
	close(fd);
	assert_false(reader_is_live(reader));
	reader_free(reader);
}

/* How many notices the kernel keeps for us. */
static long
queue_size(void)
{
	struct buf text = scratch_read("/proc/sys/fs/inotify", "max_queued_events");
	long size = strtol(buf_str(&text), NULL, 10);
	buf_release(&text);
	return size;
}

static void
test_a_flood_of_notices_is_drained_in_bounded_portions(void **state)
{
	struct fixture *f = *state;
	char name[64];
	bool changed, seen = false;
	emit_beginning(f);
	struct reader *reader = open_reader(f);
	update(reader, NULL);
	struct steplog *logs[2];
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "sequences/web/0%d-x.1.log", i);
		logs[i] = steplog_create(f->dir, name, NULL);
		reader_watch(reader, name);
	}
	/* In turn, so that the kernel cannot make one notice of two. */
	for (int i = 0; i < 40000; i++)
		assert_int_equal(steplog_write(logs[i % 2], STEPLOG_OUT, 1, "x", 1, NULL), 1);
	emit(f, EVENT_NOTE, NULL, NULL);
	int rounds = 0;
	for (; has_notice(reader); rounds++) {
		update(reader, &changed);
		seen |= changed;
	}
	assert_true(seen);
	assert_true(rounds < 1000);
	if (queue_size() >= 16384) /* more than one portion fits */
		assert_true(rounds > 1);
	assert_int_equal(reader_run(reader)->last_number, 4);
	steplog_free(logs[0]);
	steplog_free(logs[1]);
	reader_free(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_run_is_folded_and_followed),
		TEST(test_events_are_folded_so_many_at_a_time),
		TEST(test_a_log_that_grows_is_noticed_even_if_it_came_later),
		TEST(test_without_inotify_the_caller_polls),
		TEST(test_with_all_watches_used_up_the_caller_polls),
		TEST(test_a_journal_that_comes_later_is_noticed),
		TEST(test_damage_is_told_once_and_what_was_folded_stays),
		TEST(test_a_contradiction_is_damage_too),
		TEST(test_it_knows_whether_an_engine_lives),
		TEST(test_a_flood_of_notices_is_drained_in_bounded_portions),
	};
	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
