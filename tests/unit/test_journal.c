#include "record/journal.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "journal_notes.h"

static void
test_events_are_numbered_stamped_and_come_back(void **state)
{
	struct journal *journal = open_at(*state, 0);
	struct event event, back;
	event_init(&event, EVENT_NOTE);
	event.text = "0";
	journal_add(journal, &event);
	assert_int_equal(event.number, 1);
	assert_true(event.wall_us > 0 && event.mono_us > 0);
	assert_true(journal_is_dirty(journal));
	assert_int_equal(journal_flush(journal, NULL), 0);
	assert_true(journal_is_dirty(journal));
	sync_ok(journal);
	struct journal_reader *reader = open_reader(*state);
	assert_int_equal(journal_read(reader, &back, NULL), 1);
	assert_int_equal(back.wall_us, event.wall_us);
	assert_int_equal(back.mono_us, event.mono_us);
	size_t len;
	const char *line = journal_reader_line(reader, &len);
	struct buf file = scratch_read(*state, NAME);
	assert_int_equal(len, file.len - 1);
	assert_memory_equal(line, file.data, len);
	assert_int_equal(journal_reader_offset(reader), file.len);
	buf_release(&file);
	event_release(&back);
	/* A live file is followed. */
	assert_int_equal(journal_read(reader, &back, NULL), 0);
	add_note(journal, "1");
	assert_int_equal(journal_read(reader, &back, NULL), 0);
	assert_int_equal(journal_flush(journal, NULL), 0);
	int rc;
	assert_int_equal(read_notes(reader, 1, &rc, NULL), 1);
	journal_reader_free(reader);
	journal_free(journal);
	journal = open_at(*state, 2);
	journal_free(journal);
}

static void
test_what_is_pending_is_written_with_one_sync_and_at_the_end(void **state)
{
	struct journal *journal = open_at(*state, 0);
	faults.syncs = 0;
	for (int i = 0; i < 100; i++) {
		char text[20];
		snprintf(text, sizeof text, "%d", i);
		add_note(journal, text);
	}
	sync_ok(journal);
	sync_ok(journal);
	assert_int_equal(faults.syncs, 1);
	add_note(journal, "100");
	journal_free(journal);
	assert_whole(*state, 101);
	struct stat st;
	char *path = file_join(*state, NAME);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	free(path);
}

static void
test_short_and_interrupted_writes_roll_forward(void **state)
{
	for (size_t at_most = 1; at_most < 40; at_most += 13) {
		char *dir = mem_printf("%s/%zu", (char *)*state, at_most);
		assert_int_equal(mkdir(dir, 0700), 0);
		struct journal *journal = open_at(dir, 0);
		faults.at_most = at_most;
		faults.interrupts = 3;
		add_note(journal, "0");
		add_note(journal, "1");
		sync_ok(journal);
		journal_free(journal);
		faults_reset();
		assert_whole(dir, 2);
		free(dir);
	}
}

static void
test_with_the_disk_full_events_wait_in_order_and_none_is_doubled(void **state)
{
	struct journal *journal = open_at(*state, 0);
	struct err err = ERR_INIT;
	add_note(journal, "0");
	sync_ok(journal);
	faults.is_full = true;
	for (int i = 1; i < 60; i++) {
		char text[20];
		snprintf(text, sizeof text, "%d", i);
		add_note(journal, text);
		/* A little room each time: lines are torn at every place. */
		faults.room = (size_t)i;
		assert_int_equal(journal_sync(journal, &err), -1);
		assert_int_equal(err.code, ENOSPC);
		assert_non_null(strstr(err.text, "cannot write '"));
		assert_true(journal_is_dirty(journal));
		assert_false(journal_has_failed(journal));
		int rc;
		bool has_tail;
		(void)count_notes(*state, &rc, &has_tail);
		assert_int_equal(rc, 0);
	}
	faults.is_full = false;
	sync_ok(journal);
	journal_free(journal);
	assert_whole(*state, 60);
}

static void
test_a_real_file_size_limit_is_met_and_got_over(void **state)
{
	struct rlimit old, low;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	struct journal *journal = open_at(*state, 0);
	struct err err = ERR_INIT;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	add_note(journal, "0");
	add_note(journal, "1");
	low = old;
	low.rlim_cur = 150; /* within the second line */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	int rc = journal_sync(journal, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(err.code, EFBIG);
	bool has_tail;
	assert_int_equal(count_notes(*state, &rc, &has_tail), 1);
	assert_true(has_tail);
	sync_ok(journal);
	journal_free(journal);
	assert_whole(*state, 2);
	signal(SIGXFSZ, handler);
}

static void
test_a_failed_sync_is_the_end_and_never_tried_again(void **state)
{
	struct journal *journal = open_at(*state, 0);
	struct err err = ERR_INIT;
	add_note(journal, "0");
	faults.sync_code = EIO;
	assert_int_equal(journal_sync(journal, &err), -1);
	assert_int_equal(err.code, EIO);
	assert_non_null(strstr(err.text, "to disk: Input/output error"));
	assert_true(journal_has_failed(journal));
	faults.sync_code = 0;
	faults.syncs = 0;
	add_note(journal, "1");
	for (int i = 0; i < 3; i++) {
		struct err again = ERR_INIT;
		assert_int_equal(i % 2 ? journal_flush(journal, &again) :
		    journal_sync(journal, &again), -1);
		assert_string_equal(again.text, err.text);
		assert_int_equal(again.code, EIO);
	}
	assert_int_equal(faults.syncs, 0);
	journal_free(journal);
	assert_whole(*state, 1);
}

static void
test_room_is_reserved_and_its_lack_told_while_there_is_still_some(void **state)
{
	struct journal *journal = open_at(*state, 0);
	struct err err = ERR_INIT;
	add_note(journal, "0");
	sync_ok(journal);
	assert_int_equal(faults.reserves, 1);
	char *big = mem_alloc(60001);
	memset(big, 'x', 60000);
	faults.reserve_code = ENOSPC;
	int told = 0, count = 1;
	for (; count < 15; count++) {
		add_note(journal, big);
		told += journal_sync(journal, &err) < 0;
	}
	assert_true(told > 0 && told < 14);
	assert_int_equal(err.code, ENOSPC);
	assert_non_null(strstr(err.text, "cannot reserve room for '"));
	assert_false(journal_is_dirty(journal)); /* out of the reserve */
	faults.reserve_code = 0;
	sync_ok(journal);
	assert_int_equal(faults.reserves, 2);
	journal_free(journal);
	journal = open_at(*state, (uint64_t)count);
	journal_free(journal);
	free(big);
}

static void
test_a_file_system_that_cannot_reserve_is_done_without(void **state)
{
	struct journal *journal = open_at(*state, 0);
	faults.reserve_code = EOPNOTSUPP;
	add_note(journal, "0");
	sync_ok(journal);
	faults.reserve_code = ENOSPC; /* would be told if it were asked again */
	add_note(journal, "1");
	sync_ok(journal);
	journal_free(journal);
	assert_whole(*state, 2);
}

static void
test_more_than_the_limit_waiting_is_the_end(void **state)
{
	struct journal *journal = open_at(*state, 0);
	struct err err = ERR_INIT;
	char *big = mem_alloc(60001);
	memset(big, 'x', 60000);
	faults.is_full = true;
	/* A line takes some more than its text. */
	for (size_t i = 0; i < JOURNAL_PENDING_MAX / 60200; i++)
		add_note(journal, big);
	assert_false(journal_has_failed(journal));
	for (int i = 0; i < 10; i++)
		add_note(journal, big);
	assert_true(journal_has_failed(journal));
	assert_int_equal(journal_sync(journal, &err), -1);
	assert_int_equal(err.code, ENOBUFS);
	assert_non_null(strstr(err.text, "more than 67108864 bytes of events wait"));
	journal_free(journal);
	free(big);
}

static void
test_a_journal_cut_at_any_length_keeps_its_whole_lines(void **state)
{
	make_notes(*state, 4);
	struct buf file = scratch_read(*state, NAME);
	for (size_t len = 0; len <= file.len; len++) {
		char *dir = mem_printf("%s/%zu", (char *)*state, len);
		size_t tail;
		int rc, count = whole_lines(&file, len, &tail);
		bool has_tail;
		assert_int_equal(mkdir(dir, 0700), 0);
		scratch_write(dir, NAME, file.data, len);
		assert_int_equal(count_notes(dir, &rc, &has_tail), count);
		assert_int_equal(rc, 0);
		assert_int_equal(has_tail, tail > 0);
		struct journal *journal = open_at(dir, (uint64_t)count);
		struct buf torn = scratch_read(dir, "journal.torn-1");
		assert_int_equal(torn.len, tail);
		if (tail)
			assert_memory_equal(torn.data, file.data + len - tail, tail);
		buf_release(&torn);
		char text[20];
		snprintf(text, sizeof text, "%d", count);
		add_note(journal, text);
		sync_ok(journal);
		journal_free(journal);
		assert_whole(dir, count + 1);
		free(dir);
	}
	buf_release(&file);
}

static void
test_torn_tails_are_kept_each_under_its_own_name(void **state)
{
	make_notes(*state, 1);
	struct buf file = scratch_read(*state, NAME), whole = BUF_INIT;
	for (int i = 1; i <= 3; i++) {
		char name[40];
		buf_clear(&whole);
		buf_add(&whole, file.data, file.len);
		buf_printf(&whole, "torn %d", i);
		scratch_write(*state, NAME, whole.data, whole.len);
		journal_free(open_at(*state, 1));
		snprintf(name, sizeof name, "journal.torn-%d", i);
		struct buf torn = scratch_read(*state, name);
		assert_string_equal(torn.data, whole.data + file.len);
		buf_release(&torn);
	}
	assert_whole(*state, 1);
	buf_release(&whole);
	buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_events_are_numbered_stamped_and_come_back),
		TEST(test_what_is_pending_is_written_with_one_sync_and_at_the_end),
		TEST(test_short_and_interrupted_writes_roll_forward),
		TEST(test_with_the_disk_full_events_wait_in_order_and_none_is_doubled),
		TEST(test_a_real_file_size_limit_is_met_and_got_over),
		TEST(test_a_failed_sync_is_the_end_and_never_tried_again),
		TEST(test_room_is_reserved_and_its_lack_told_while_there_is_still_some),
		TEST(test_a_file_system_that_cannot_reserve_is_done_without),
		TEST(test_more_than_the_limit_waiting_is_the_end),
		TEST(test_a_journal_cut_at_any_length_keeps_its_whole_lines),
		TEST(test_torn_tails_are_kept_each_under_its_own_name),
	};
	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
