/*
 * The lines that the plain printer makes: of logs (tail) and of events (lines), and the
 * tables of list and status.
 */
#include "cmd/tail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/counts.h"
#include "cmd/lines.h"
#include "cmd/table.h"
#include "scratch.h"

static char *dir;
static struct buf out;

static int
setup(void **state)
{
	(void)state;
	dir = scratch_make();
	buf_clear(&out);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_remove(dir);
	buf_release(&out);
	return 0;
}

static void
append(const char *bytes, size_t len)
{
	char *path = file_join(dir, "x.log");
	FILE *f = fopen(path, "a");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
	free(path);
}

static void
append_text(const char *text)
{
	append(text, strlen(text));
}

static void
read_all(struct tail *tail)
{
	struct err err = ERR_INIT;
	long n;
	while ((n = tail_read(tail, 1 << 20, "> ", &out, &err)) > 0)
		;
	if (n < 0)
		fail_msg("%s", err.text);
}

static void
test_a_log_that_is_not_there_yet_has_nothing(void **state)
{
	(void)state;
	struct tail tail;
	tail_init(&tail, dir, "x.log");
	read_all(&tail);
	assert_int_equal(out.len, 0);
	append_text("a\n");
	read_all(&tail);
	assert_string_equal(buf_str(&out), "> a\n");
	tail_release(&tail);
}

static void
test_whole_lines_come_and_the_rest_waits_for_its_end(void **state)
{
	(void)state;
	struct tail tail;
	tail_init(&tail, dir, "x.log");
	append_text("one\ntwo\n\nthr");
	read_all(&tail);
	assert_string_equal(buf_str(&out), "> one\n> two\n> \n");
	append_text("ee\nfo");
	read_all(&tail);
	append_text("ur");
	tail_pause(&tail);
	read_all(&tail);
	assert_string_equal(buf_str(&out), "> one\n> two\n> \n> three\n");
	tail_end(&tail, "> ", &out);
	assert_string_equal(buf_str(&out), "> one\n> two\n> \n> three\n> four\n");
	tail_end(&tail, "> ", &out);
	assert_string_equal(buf_str(&out), "> one\n> two\n> \n> three\n> four\n");
	tail_release(&tail);
}

static void
test_of_a_line_drawn_over_the_last_state_is_shown(void **state)
{
	(void)state;
	struct tail tail;
	tail_init(&tail, dir, "x.log");
	append_text("  1%\r 50%");
	read_all(&tail);
	append_text("\r100%\r\nnext\r\n");
	read_all(&tail);
	assert_string_equal(buf_str(&out), "> 100%\n> next\n");
	tail_release(&tail);
}

static void
test_escape_sequences_do_not_come_through(void **state)
{
	(void)state;
	struct tail tail;
	tail_init(&tail, dir, "x.log");
	append_text("\033[31mred\033[0m \033]52;c;YQ==\007end\nbad \xff \x01\n");
	read_all(&tail);
	assert_null(strchr(out.data, 033));
	assert_null(strchr(out.data, 1));
	assert_non_null(strstr(out.data, "> red end\n"));
	tail_release(&tail);
}

static void
test_a_line_without_end_comes_in_pieces_and_in_bounded_memory(void **state)
{
	(void)state;
	struct tail tail;
	size_t letters = 0, total = 0;
	tail_init(&tail, dir, "x.log");
	for (int i = 0; i < 40; i++) {
		char bytes[100000];
		memset(bytes, 'x', sizeof bytes);
		append(bytes, sizeof bytes);
		total += sizeof bytes;
		read_all(&tail);
		assert_true(tail.partial.len <= TAIL_LINE_MAX);
		assert_true(tail.partial.cap < 8 * TAIL_LINE_MAX);
	}
	tail_end(&tail, "> ", &out);
	for (size_t i = 0; i < out.len; i++)
		letters += out.data[i] == 'x';
	assert_int_equal(letters, total);
	tail_release(&tail);
}

static void
test_a_character_is_not_torn_between_pieces(void **state)
{
	(void)state;
	struct tail tail;
	struct buf bytes = BUF_INIT;
	tail_init(&tail, dir, "x.log");
	buf_add_str(&bytes, "x");
	for (size_t i = 0; i < TAIL_LINE_MAX; i++)
		buf_add_str(&bytes, "\xe2\x82\xac");
	append(bytes.data, bytes.len);
	read_all(&tail);
	tail_end(&tail, "", &out);
	assert_null(strstr(out.data, "\\x"));
	buf_release(&bytes);
	tail_release(&tail);
}

static void
test_a_progress_bar_without_a_newline_costs_no_memory(void **state)
{
	(void)state;
	struct tail tail;
	tail_init(&tail, dir, "x.log");
	for (int i = 0; i < 20000; i++) {
		char text[64];
		snprintf(text, sizeof text, "\rdownloading %d of 20000 and so on", i);
		append_text(text);
		if (i % 1000 == 0)
			read_all(&tail);
		assert_true(tail.partial.len <= TAIL_LINE_MAX);
	}
	read_all(&tail);
	tail_end(&tail, "> ", &out);
	assert_string_equal(buf_str(&out), "> downloading 19999 of 20000 and so on\n");
	tail_release(&tail);
}

static void
test_cut_anywhere_the_lines_are_the_same(void **state)
{
	(void)state;
	static const char text[] = "one\r\ntwo\rTWO\n\n\033[1mb\xc3\xa4r\033[m\tx\n\x1b[2Klast";
	struct buf whole = BUF_INIT;
	for (size_t cut = 0; cut < sizeof text; cut++) {
		char *path = file_join(dir, "x.log");
		struct tail tail;
		unlink(path);
		free(path);
		buf_clear(&out);
		tail_init(&tail, dir, "x.log");
		append(text, cut);
		read_all(&tail);
		append(text + cut, sizeof text - 1 - cut);
		read_all(&tail);
		tail_end(&tail, "> ", &out);
		if (cut == 0)
			buf_add(&whole, out.data, out.len + 1);
		assert_string_equal(out.data, whole.data);
		tail_release(&tail);
	}
	buf_release(&whole);
}

static void
test_a_log_that_is_a_link_is_refused(void **state)
{
	(void)state;
	struct tail tail;
	struct err err = ERR_INIT;
	char *path = file_join(dir, "x.log");
	assert_int_equal(symlink("/etc/passwd", path), 0);
	tail_init(&tail, dir, "x.log");
	assert_int_equal(tail_read(&tail, 100, "", &out, &err), -1);
	assert_non_null(strstr(err.text, "x.log"));
	tail_release(&tail);
	free(path);
}

/* Folds an event and tells it; out is what was told. */
static void
tell(struct lines *lines, struct run *run, struct event *event)
{
	struct err err = ERR_INIT;
	event->number = run->last_number + 1;
	event->mono_us = (int64_t)event->number * 1000000;
	if (run_apply(run, event, &err) != 0)
		fail_msg("%s", err.text);
	buf_clear(&out);
	lines_event(lines, run, event, &out);
}

static void
tell_state(struct lines *lines, struct run *run, enum state sequence_state,
    const char *reason)
{
	struct event event;
	event_init(&event, EVENT_SEQUENCE_STATE);
	event.sequence = "web01";
	event.state = (int)sequence_state;
	event.reason = reason;
	event.duration_us = sequence_state == STATE_RETRYING ? 5000000 : -1;
	tell(lines, run, &event);
}

static void
start_run(struct lines *lines, struct run *run)
{
	static const char *const steps[] = { "get", "install", NULL };
	static const char *const kinds[] = { "run", "run", NULL };
	static const char *const none[] = { NULL };
	struct event event;
	lines_init(lines);
	run_init(run);
	event_init(&event, EVENT_RUN_STARTED);
	event.id = "20261124-081427-web";
	event.title = "Web \033[31mtier";
	event.plan = "/x/web.ini";
	event.version = "0.1.0";
	event.parallel = 32;
	event.total = 1;
	tell(lines, run, &event);
	event_init(&event, EVENT_SEQUENCE_ADDED);
	event.sequence = "web01";
	event.steps = steps;
	event.kinds = kinds;
	event.needs = event.after = none;
	tell(lines, run, &event);
}

static void
test_a_run_is_told_as_people_read_it(void **state)
{
	(void)state;
	struct lines lines;
	struct run run;
	struct event event;
	start_run(&lines, &run);
	tell_state(&lines, &run, STATE_QUEUED, NULL);
	assert_string_equal(buf_str(&out), "");
	tell_state(&lines, &run, STATE_RUNNING, NULL);
	assert_string_equal(buf_str(&out), "");
	event_init(&event, EVENT_STEP_STARTING);
	event.sequence = "web01";
	event.step = "get";
	event.attempt = 1;
	event.command = "curl a\nrm b";
	event.log = "sequences/web01/01-get.1.log";
	tell(&lines, &run, &event);
	assert_string_equal(buf_str(&out), "web01 get     > curl a ...\n");
	event_init(&event, EVENT_STEP_ENDED);
	event.sequence = "web01";
	event.step = "get";
	event.attempt = 1;
	event.state = STATE_FAILED;
	event.code = 3;
	event.duration_us = 2100000;
	event.bytes = 0;
	event.lingered = true;
	tell(&lines, &run, &event);
	assert_string_equal(buf_str(&out),
	    "web01 get     x exit 3 after 2.1s, and something else kept its output open\n");
	tell_state(&lines, &run, STATE_RETRYING, NULL);
	assert_non_null(strstr(buf_str(&out), "web01 ~ retrying in 5"));
	tell_state(&lines, &run, STATE_FAILED, "no retries\nare left");
	assert_string_equal(buf_str(&out), "web01 x failed: no retries ...\n");
	run_release(&run);
}

static void
test_nothing_that_is_told_can_reach_the_terminal_as_control(void **state)
{
	(void)state;
	struct lines lines;
	struct run run;
	struct event event;
	start_run(&lines, &run);
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		static const char *const targets[] = { "\033[2J\x07", NULL };
		if (kind == EVENT_RUN_STARTED || kind == EVENT_SEQUENCE_ADDED)
			continue;
		event_init(&event, (enum event_kind)kind);
		event.sequence = "web01";
		event.step = "get";
		event.attempt = 1;
		event.state = kind == EVENT_RUN_STATE || kind == EVENT_SEQUENCE_STATE ?
		    STATE_HELD : STATE_FAILED;
		event.reason = event.text = event.command = event.error = event.signal =
		    event.verb = event.level = "\033[2J\x9b\r\x07 \xe2\x80\xae";
		event.targets = targets;
		event.log = "sequences/web01/01-get.1.log";
		buf_clear(&out);
		event.number = run.last_number + 1;
		if (run_apply(&run, &event, NULL) == 0)
			lines_event(&lines, &run, &event, &out);
		for (size_t i = 0; i < out.len; i++)
			assert_true((unsigned char)out.data[i] >= ' ' || out.data[i] == '\n');
		assert_null(strstr(buf_str(&out), "\xe2\x80\xae"));
	}
	run_release(&run);
}

static void
test_columns_are_as_wide_as_they_have_to_be(void **state)
{
	(void)state;
	static const char *const cells[] = { "NAME", "N", "WHY", "b\xc3\xa4r", "1", "",
		"\xe4\xb8\xad", "22", "a\033b" };
	struct table table;
	table_init(&table, 3);
	for (size_t i = 0; i < 9; i++)
		table_add(&table, cells[i]);
	table_format(&table, &out);
	assert_string_equal(buf_str(&out), "NAME  N   WHY\nb\xc3\xa4r   1\n"
	    "\xe4\xb8\xad    22  a^[b\n");
	table_release(&table);
}

static void
test_counts_name_only_what_there_is(void **state)
{
	(void)state;
	size_t counts[STATES] = { 0 };
	counts_format(counts, &out);
	assert_string_equal(buf_str(&out), "no sequences");
	buf_clear(&out);
	counts[STATE_FAILED] = 2;
	counts[STATE_OK] = 5;
	counts_format(counts, &out);
	assert_string_equal(buf_str(&out), "5 ok, 2 failed");
}

#define scratch_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_a_log_that_is_not_there_yet_has_nothing),
		scratch_test(test_whole_lines_come_and_the_rest_waits_for_its_end),
		scratch_test(test_of_a_line_drawn_over_the_last_state_is_shown),
		scratch_test(test_escape_sequences_do_not_come_through),
		scratch_test(test_a_line_without_end_comes_in_pieces_and_in_bounded_memory),
		scratch_test(test_a_character_is_not_torn_between_pieces),
		scratch_test(test_a_progress_bar_without_a_newline_costs_no_memory),
		scratch_test(test_cut_anywhere_the_lines_are_the_same),
		scratch_test(test_a_log_that_is_a_link_is_refused),
		scratch_test(test_a_run_is_told_as_people_read_it),
		scratch_test(test_nothing_that_is_told_can_reach_the_terminal_as_control),
		scratch_test(test_columns_are_as_wide_as_they_have_to_be),
		scratch_test(test_counts_name_only_what_there_is),
	};
	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
