#include "record/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "journal_notes.h"

static void
test_no_flipped_bit_is_accepted_and_no_valid_line_before_it_lost(void **state)
{
	make_notes(*state, 3);
	struct buf file = scratch_read(*state, NAME);
	for (size_t bit = 0; bit < file.len * 8; bit++) {
		size_t tail;
		int rc, before = whole_lines(&file, bit / 8, &tail);
		bool has_tail;
		file.data[bit / 8] ^= (char)(1 << bit % 8);
		scratch_write(*state, NAME, file.data, file.len);
		file.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(count_notes(*state, &rc, &has_tail), before);
		/* A newline that is gone joins two lines; the last line, damaged, is a tail. */
		if (before < 2 && file.data[bit / 8] != '\n')
			assert_int_equal(rc, -1);
		assert_true(rc == -1 || has_tail);
	}
	buf_release(&file);
}

static void
test_damage_in_the_middle_is_told_refused_and_left_alone(void **state)
{
	make_notes(*state, 3);
	struct buf file = scratch_read(*state, NAME);
	size_t tail;
	struct err err = ERR_INIT, again = ERR_INIT;
	uint64_t last = 77;
	char *second = strchr(file.data, '\n') + 1;
	second[20] ^= 1;
	scratch_write(*state, NAME, file.data, file.len);
	struct journal_reader *reader = open_reader(*state);
	int rc;
	assert_int_equal(read_notes(reader, 0, &rc, &err), 1);
	assert_int_equal(rc, -1);
	char *place = mem_printf("is damaged at line 2 (byte %zu): the checksum does not match",
	    (size_t)(second - file.data));
	assert_non_null(strstr(err.text, place));
	free(place);
	/* For good, even if somebody mends the file under it. */
	second[20] ^= 1;
	scratch_write(*state, NAME, file.data, file.len);
	assert_int_equal(read_notes(reader, 1, &rc, &again), 0);
	assert_int_equal(rc, -1);
	assert_string_equal(again.text, err.text);
	journal_reader_free(reader);
	second[20] ^= 1;
	scratch_write(*state, NAME, file.data, file.len);
	assert_null(journal_open(*state, &last, &err));
	assert_non_null(strstr(err.text, "is damaged at line 2"));
	assert_int_equal(last, 77);
	struct buf after = scratch_read(*state, NAME);
	assert_int_equal(after.len, file.len);
	assert_memory_equal(after.data, file.data, file.len);
	assert_int_equal(whole_lines(&after, after.len, &tail), 3);
	assert_false(scratch_exists(*state, "journal.torn-1"));
	buf_release(&after);
	buf_release(&file);
}

/* Appends a line with a right checksum: number, kind and more members. */
static void
add_line(struct buf *file, int number, const char *members)
{
	struct buf line = BUF_INIT;
	buf_printf(&line, "{\"n\":%d,\"time\":\"2026-11-24T08:14:27.123456Z\",\"mono\":4.5,%s",
	    number, members);
	uLong crc = crc32_z(0, (const Bytef *)line.data, line.len);
	buf_printf(file, "%s,\"crc\":\"%08lx\"}\n", line.data, crc);
	buf_release(&line);
}

static void
test_events_of_unknown_kinds_are_passed_over_and_counted(void **state)
{
	struct buf file = BUF_INIT;
	struct event event;
	add_line(&file, 1, "\"event\":\"note\",\"text\":\"first\"");
	add_line(&file, 2, "\"event\":\"dream\"");
	add_line(&file, 3, "\"event\":\"note\",\"text\":\"third\"");
	scratch_write(*state, NAME, file.data, file.len);
	struct journal_reader *reader = open_reader(*state);
	assert_int_equal(journal_read(reader, &event, NULL), 1);
	event_release(&event);
	assert_int_equal(journal_read(reader, &event, NULL), 1);
	assert_string_equal(event.text, "third");
	assert_int_equal(event.number, 3);
	event_release(&event);
	assert_int_equal(journal_read(reader, &event, NULL), 0);
	journal_reader_free(reader);
	journal_free(open_at(*state, 3));
	buf_release(&file);
}

static void
assert_damaged(const char *dir, const struct buf *file, const char *why)
{
	struct err err = ERR_INIT;
	struct event event;
	int rc;
	scratch_write(dir, NAME, file->data, file->len);
	struct journal_reader *reader = open_reader(dir);
	while ((rc = journal_read(reader, &event, &err)) > 0)
		event_release(&event);
	assert_int_equal(rc, -1);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
	journal_reader_free(reader);
}

static void
test_a_missing_number_and_a_newer_vocabulary_stop_the_reader(void **state)
{
	struct buf file = BUF_INIT;
	add_line(&file, 1, "\"event\":\"note\",\"text\":\"0\"");
	add_line(&file, 3, "\"event\":\"note\",\"text\":\"1\"");
	assert_damaged(*state, &file, "line 2 (byte 99): event 3 where 2 is due");
	buf_clear(&file);
	/* The only line, and not torn: its checksum is right. */
	add_line(&file, 1, "\"event\":\"run_started\",\"id\":\"x\",\"vocabulary\":2");
	assert_damaged(*state, &file, "written by a newer seqdeck");
	buf_release(&file);
}

static void
test_lines_up_to_the_limit_are_read_and_longer_ones_are_damage(void **state)
{
	struct buf file = BUF_INIT, members = BUF_INIT;
	struct event event;
	buf_add_str(&members, "\"event\":\"note\",\"text\":\"0\",\"x\":\"");
	while (members.len < EVENT_LINE_MAX - 75)
		buf_add_char(&members, 'x');
	buf_add_char(&members, '"');
	add_line(&file, 1, members.data);
	assert_int_equal(file.len, EVENT_LINE_MAX);
	scratch_write(*state, NAME, file.data, file.len);
	struct journal_reader *reader = open_reader(*state);
	assert_int_equal(journal_read(reader, &event, NULL), 1);
	event_release(&event);
	journal_reader_free(reader);
	buf_clear(&file);
	buf_add_char(&members, ' ');
	add_line(&file, 1, members.data);
	assert_damaged(*state, &file, "longer than 4194304 bytes");
	buf_release(&file);
	buf_release(&members);
}

static void
test_a_reader_that_saw_a_torn_line_sees_what_takes_its_place(void **state)
{
	make_notes(*state, 2);
	struct buf file = scratch_read(*state, NAME);
	size_t tail;
	int rc;
	scratch_write(*state, NAME, file.data, file.len - 10);
	struct journal_reader *reader = open_reader(*state);
	assert_int_equal(read_notes(reader, 0, &rc, NULL), 1);
	assert_true(journal_reader_has_tail(reader));
	struct journal *journal = open_at(*state, 1);
	add_note(journal, "1");
	add_note(journal, "2");
	sync_ok(journal);
	journal_free(journal);
	assert_int_equal(read_notes(reader, 1, &rc, NULL), 2);
	assert_int_equal(rc, 0);
	assert_false(journal_reader_has_tail(reader));
	journal_reader_free(reader);
	assert_int_equal(whole_lines(&file, file.len, &tail), 2);
	buf_release(&file);
}

static void
test_a_line_that_comes_byte_by_byte_is_there_when_it_is_whole(void **state)
{
	make_notes(*state, 2);
	struct buf file = scratch_read(*state, NAME);
	char *path = file_join(*state, NAME);
	assert_int_equal(truncate(path, 0), 0);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), rc, count = 0;
	struct journal_reader *reader = open_reader(*state);
	for (size_t i = 0; i < file.len; i++) {
		assert_int_equal(file_write_all(fd, file.data + i, 1), 0);
		int got = read_notes(reader, count, &rc, NULL);
		assert_int_equal(rc, 0);
		assert_int_equal(got, file.data[i] == '\n');
		count += got;
	}
	journal_reader_free(reader);
	close(fd);
	free(path);
	buf_release(&file);
}

static void
test_what_was_planted_in_its_place_is_not_followed(void **state)
{
	char *path = file_join(*state, NAME), *other = file_join(*state, "other");
	struct err err = ERR_INIT;
	uint64_t last;
	scratch_write(*state, "other", "", 0);
	assert_int_equal(symlink(other, path), 0);
	assert_null(journal_open(*state, &last, &err));
	assert_null(journal_reader_open(*state, &err));
	assert_non_null(strstr(err.text, "cannot open '"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(journal_open(*state, &last, &err));
	assert_null(journal_reader_open(*state, &err));
	assert_non_null(strstr(err.text, "is not a regular file"));
	free(path);
	free(other);
}

static void
test_a_run_directory_may_have_no_journal_yet(void **state)
{
	struct err err = ERR_INIT;
	int rc;
	assert_null(journal_reader_open(*state, &err));
	assert_non_null(strstr(err.text, "is no run directory"));
	scratch_write(*state, "run.json", "{}", 2);
	struct journal_reader *reader = open_reader(*state);
	assert_int_equal(read_notes(reader, 0, &rc, NULL), 0);
	assert_int_equal(rc, 0);
	make_notes(*state, 2);
	assert_int_equal(read_notes(reader, 0, &rc, NULL), 2);
	journal_reader_free(reader);
	journal_reader_free(NULL);
	journal_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_flipped_bit_is_accepted_and_no_valid_line_before_it_lost),
		TEST(test_damage_in_the_middle_is_told_refused_and_left_alone),
		TEST(test_events_of_unknown_kinds_are_passed_over_and_counted),
		TEST(test_a_missing_number_and_a_newer_vocabulary_stop_the_reader),
		TEST(test_lines_up_to_the_limit_are_read_and_longer_ones_are_damage),
		TEST(test_a_reader_that_saw_a_torn_line_sees_what_takes_its_place),
		TEST(test_a_line_that_comes_byte_by_byte_is_there_when_it_is_whole),
		TEST(test_what_was_planted_in_its_place_is_not_followed),
		TEST(test_a_run_directory_may_have_no_journal_yet),
	};
	return cmocka_run_group_tests_name("journal_reader", tests, NULL, NULL);
}
