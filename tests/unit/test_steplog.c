#include "record/steplog.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faults.h"
#include "scratch.h"

#define LOG "sequences/web/01-fetch.1.log"
#define INDEX "sequences/web/01-fetch.1.idx"
#define SECOND INT64_C(1000000)

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

static int writes;	/* calls of write(2) */

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	writes++;
	ssize_t n = faults_admit(len);
	if (n > 0)
		n = __real_write(fd, bytes, (size_t)n);
	faults_wrote(n);
	return n;
}

static int
make_dir(void **state)
{
	faults_reset();
	*state = scratch_make();
	return 0;
}

static int
remove_dir(void **state)
{
	faults_reset();
	scratch_remove(*state);
	return 0;
}

static struct steplog *
create(const char *dir)
{
	struct err err = ERR_INIT;
	struct steplog *log = steplog_create(dir, LOG, &err);
	if (!log)
		fail_msg("%s", err.text);
	return log;
}

static void
put(struct steplog *log, enum steplog_mark_kind stream, int64_t time_us, const char *text)
{
	struct err err = ERR_INIT;
	assert_int_equal(steplog_write(log, stream, time_us, text, strlen(text), &err),
	    strlen(text));
	assert_string_equal(err.text, "");
}

static size_t
read_marks(const char *dir, struct steplog_mark **marks)
{
	struct err err = ERR_INIT;
	size_t count = SIZE_MAX;
	if (steplog_read_marks(dir, LOG, marks, &count, &err) < 0)
		fail_msg("%s", err.text);
	return count;
}

static void
assert_log(const char *dir, const char *expected)
{
	struct buf bytes = scratch_read(dir, LOG);
	assert_string_equal(buf_str(&bytes), expected);
	buf_release(&bytes);
}

static void
test_output_and_marks_are_written_as_told(void **state)
{
	struct steplog *log = create(*state);
	struct steplog_mark *marks;
	steplog_mark(log, STEPLOG_RESIZE, 1, 30 << 16 | 120);
	put(log, STEPLOG_OUT, 100, "out ");
	put(log, STEPLOG_OUT, 100 + STEPLOG_MARK_EVERY_US - 1, "same ");
	put(log, STEPLOG_ERR, 200, "err ");
	put(log, STEPLOG_OUT, 300, "out ");
	put(log, STEPLOG_OUT, 300 + STEPLOG_MARK_EVERY_US, "later ");
	steplog_mark(log, STEPLOG_EXIT, 20000, 0);
	put(log, STEPLOG_OUT, 20001, "left over");
	assert_int_equal(steplog_size(log), 32);
	steplog_free(log);
	assert_log(*state, "out same err out later left over");
	const struct steplog_mark expected[] = {
		{ 1, 0, STEPLOG_RESIZE, 30 << 16 | 120 }, { 100, 0, STEPLOG_OUT, 0 },
		{ 200, 9, STEPLOG_ERR, 0 }, { 300, 13, STEPLOG_OUT, 0 },
		{ 300 + STEPLOG_MARK_EVERY_US, 17, STEPLOG_OUT, 0 },
		{ 20000, 23, STEPLOG_EXIT, 0 }, { 20001, 23, STEPLOG_OUT, 0 },
	};
	assert_int_equal(read_marks(*state, &marks), 7);
	assert_memory_equal(marks, expected, sizeof expected);
	free(marks);
}

static void
test_a_step_without_output_has_a_log_and_no_index(void **state)
{
	struct steplog *log = create(*state);
	struct steplog_mark *marks;
	steplog_mark(log, STEPLOG_EXIT, 5, 0);
	steplog_flush_marks(log, 6);
	steplog_free(log);
	assert_log(*state, "");
	assert_true(scratch_exists(*state, LOG));
	assert_false(scratch_exists(*state, INDEX));
	assert_int_equal(read_marks(*state, &marks), 0);
	free(marks);
	steplog_free(NULL);
}

static void
test_an_earlier_attempt_is_never_overwritten(void **state)
{
	struct steplog *log = create(*state);
	struct err err = ERR_INIT;
	put(log, STEPLOG_OUT, 1, "first");
	steplog_free(log);
	assert_null(steplog_create(*state, LOG, &err));
	assert_int_equal(err.code, EEXIST);
	assert_non_null(strstr(err.text, "cannot create the log '"));
	assert_log(*state, "first");
}

static void
test_others_can_open_nothing_and_links_are_not_followed(void **state)
{
	struct steplog *log = create(*state);
	struct err err = ERR_INIT;
	struct stat st;
	put(log, STEPLOG_OUT, 1, "x");
	steplog_free(log);
	const char *const names[] = { LOG, INDEX, "sequences", "sequences/web" };
	for (size_t i = 0; i < 4; i++) {
		char *path = file_join(*state, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 077, 0);
		free(path);
	}
	char *link = file_join(*state, "sequences/web/02-x.1.log");
	assert_int_equal(symlink("/dev/null", link), 0);
	assert_null(steplog_create(*state, "sequences/web/02-x.1.log", &err));
	free(link);
}

static void
test_a_chunk_is_one_write_and_marks_are_few(void **state)
{
	struct steplog *log = create(*state);
	writes = 0;
	/* One second of output, a chunk and a mark every 10 ms. */
	for (int i = 0; i < 100; i++)
		put(log, STEPLOG_OUT, SECOND + i * STEPLOG_MARK_EVERY_US, "chunk\n");
	assert_int_equal(writes, 100 + 1); /* the first mark at once */
	put(log, STEPLOG_OUT, 2 * SECOND, "chunk\n");
	assert_int_equal(writes, 100 + 1 + 2);
	writes = 0;
	for (int i = 0; i < 340; i++) /* two hundred and more within a second */
		put(log, i % 2 ? STEPLOG_OUT : STEPLOG_ERR, 2 * SECOND + i, "x");
	assert_true(writes <= 340 + 2);
	writes = 0;
	put(log, STEPLOG_ERR, 2 * SECOND + 400, "x");
	steplog_flush_marks(log, 2 * SECOND + 500);
	steplog_flush_marks(log, 2 * SECOND + 600);
	assert_int_equal(writes, 2);
	struct steplog_mark *marks;
	assert_int_equal(read_marks(*state, &marks), 101 + 340 + 1);
	free(marks);
	steplog_free(log);
}

static void
test_short_and_interrupted_writes_lose_nothing(void **state)
{
	struct steplog *log = create(*state);
	struct steplog_mark *marks;
	faults.at_most = 7;
	faults.interrupts = 5;
	put(log, STEPLOG_OUT, 1, "0123456789");
	put(log, STEPLOG_ERR, 2, "abcdefghijklmnop");
	steplog_free(log);
	assert_log(*state, "0123456789abcdefghijklmnop");
	assert_int_equal(read_marks(*state, &marks), 2);
	assert_int_equal(marks[1].offset, 10);
	free(marks);
}

static void
test_with_the_disk_full_the_caller_keeps_the_rest(void **state)
{
	struct steplog *log = create(*state);
	struct steplog_mark *marks;
	struct err err = ERR_INIT;
	faults.is_full = true;
	faults.room = 4;
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 1, "0123456789", 10, &err), 4);
	assert_int_equal(err.code, ENOSPC);
	assert_non_null(strstr(err.text, "cannot write the log '"));
	assert_int_equal(steplog_size(log), 4);
	assert_int_equal(steplog_write(log, STEPLOG_OUT, 2, "456789", 6, &err), 0);
	/* Room for a part of a mark that waits, and no more. */
	faults.room = 6 + 10;
	put(log, STEPLOG_OUT, 3, "456789");
	steplog_flush_marks(log, 4);
	faults.is_full = false;
	put(log, STEPLOG_ERR, 5, "!");
	steplog_free(log);
	assert_log(*state, "0123456789!");
	assert_int_equal(read_marks(*state, &marks), 2);
	assert_int_equal(marks[0].time_us, 1);
	assert_int_equal(marks[0].offset, 0);
	assert_int_equal(marks[1].offset, 10);
	assert_int_equal(marks[1].kind, STEPLOG_ERR);
	free(marks);
}

static void
test_an_index_that_cannot_be_made_harms_no_output(void **state)
{
	char *path = file_join(*state, INDEX);
	struct steplog *log = create(*state);
	struct steplog_mark *marks;
	struct err err = ERR_INIT;
	size_t count;
	assert_int_equal(mkdir(path, 0700), 0);
	put(log, STEPLOG_OUT, 1, "one ");
	put(log, STEPLOG_ERR, 2, "two");
	steplog_free(log);
	assert_log(*state, "one two");
	assert_int_equal(steplog_read_marks(*state, LOG, &marks, &count, &err), -1);
	assert_non_null(strstr(err.text, "is not a regular file"));
	free(path);
}

static void
test_marks_waiting_for_room_are_bounded(void **state)
{
	struct steplog *log = create(*state);
	put(log, STEPLOG_OUT, 1, "x");
	faults.is_full = true;
	for (int i = 0; i < 100000; i++)
		steplog_mark(log, STEPLOG_INPUT, 2, 1);
	faults.is_full = false;
	steplog_free(log);
	struct buf index = scratch_read(*state, INDEX);
	assert_true(index.len <= (64 << 10) + 24 && index.len > 60 << 10);
	assert_int_equal(index.len % sizeof(struct steplog_mark), 0);
	buf_release(&index);
}

static void
test_a_torn_or_damaged_index_gives_its_sound_beginning(void **state)
{
	struct steplog_mark all[] = { { 1, 0, 1, 0 }, { 2, 10, 1, 0 }, { 3, 30, 77, 0 },
		{ 4, 20, 1, 0 }, { 5, 40, 1, 0 } };
	struct steplog_mark *marks;
	char *dir = file_join(*state, "sequences/web");
	assert_int_equal(file_make_dirs(dir, 0700, NULL), 0);
	free(dir);
	for (size_t len = 0; len <= sizeof all; len++) {
		scratch_write(*state, INDEX, all, len);
		size_t whole = len / sizeof *all, count = read_marks(*state, &marks);
		assert_int_equal(count, whole < 3 ? whole : 3);
		if (count)
			assert_memory_equal(marks, all, count * sizeof *all);
		free(marks);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_output_and_marks_are_written_as_told),
		TEST(test_a_step_without_output_has_a_log_and_no_index),
		TEST(test_an_earlier_attempt_is_never_overwritten),
		TEST(test_others_can_open_nothing_and_links_are_not_followed),
		TEST(test_a_chunk_is_one_write_and_marks_are_few),
		TEST(test_short_and_interrupted_writes_lose_nothing),
		TEST(test_with_the_disk_full_the_caller_keeps_the_rest),
		TEST(test_an_index_that_cannot_be_made_harms_no_output),
		TEST(test_marks_waiting_for_room_are_bounded),
		TEST(test_a_torn_or_damaged_index_gives_its_sound_beginning),
	};
	return cmocka_run_group_tests_name("steplog", tests, NULL, NULL);
}
