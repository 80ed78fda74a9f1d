#include "record/journal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faults.h"
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

/* Opens a journal whose last number is known. */
static struct journal *
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

static void
add_note(struct journal *journal, const char *text)
{
	struct event event;
	event_init(&event, EVENT_NOTE);
	event.text = text;
	journal_add(journal, &event);
}

static void
sync_ok(struct journal *journal)
{
	struct err err = ERR_INIT;
	if (journal_sync(journal, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(journal_is_dirty(journal));
}

/* A journal of notes "0", "1", … */
static void
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
static int
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

static struct journal_reader *
open_reader(const char *dir)
{
	struct err err = ERR_INIT;
	struct journal_reader *reader = journal_reader_open(dir, &err);
	if (!reader)
		fail_msg("%s", err.text);
	return reader;
}

/* How many notes a fresh reader gets, and how it ends. */
static int
count_notes(const char *dir, int *rc, bool *has_tail)
{
	struct journal_reader *reader = open_reader(dir);
	int count = read_notes(reader, 0, rc, NULL);
	*has_tail = journal_reader_has_tail(reader);
	journal_reader_free(reader);
	return count;
}

static void
assert_whole(const char *dir, int expected)
{
	int rc;
	bool has_tail;
	assert_int_equal(count_notes(dir, &rc, &has_tail), expected);
	assert_int_equal(rc, 0);
	assert_false(has_tail);
}

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

/* Number of whole lines in the first len bytes, and the bytes behind them. */
static int
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

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
		TEST(test_no_flipped_bit_is_accepted_and_no_valid_line_before_it_lost),
		TEST(test_damage_in_the_middle_is_told_refused_and_left_alone),
		TEST(test_events_of_unknown_kinds_are_passed_over_and_counted),
		TEST(test_a_missing_number_and_a_newer_vocabulary_stop_the_reader),
		TEST(test_lines_up_to_the_limit_are_read_and_longer_ones_are_damage),
		TEST(test_a_reader_that_saw_a_torn_line_sees_what_takes_its_place),
		TEST(test_a_line_that_comes_byte_by_byte_is_there_when_it_is_whole),
		TEST(test_torn_tails_are_kept_each_under_its_own_name),
		TEST(test_what_was_planted_in_its_place_is_not_followed),
		TEST(test_a_run_directory_may_have_no_journal_yet),
	};
	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
