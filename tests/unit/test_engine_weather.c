/*
 * The engine when things go wrong around it: disk full, no room for programs, programs
 * that cannot be started, an engine that was killed; and requests that are wrong.
 */
#include "fake_launcher.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static void
test_with_the_journal_full_nothing_starts_and_the_run_goes_on_by_itself(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun one = x\nrun two = x\n");
	fake.is_disk_full = true;
	fake_exit(&fake, "a", 0);
	assert_null(fake_launch(&fake, "a"));
	assert_int_equal(fake.run.state, STATE_HELD);
	assert_string_equal(fake.run.reason,
	    "cannot write the journal: No space left on device");
	size_t events = fake.event_count;
	fake_advance(&fake, 600 * SECOND);
	/* It tries each second, and says nothing more. */
	assert_int_equal(fake.event_count, events);
	assert_null(fake_launch(&fake, "a"));
	fake.is_disk_full = false;
	fake_advance(&fake, 2 * SECOND);
	assert_string_equal(fake_launch(&fake, "a")->step, "two");
	assert_int_equal(fake.run.state, STATE_RUNNING);
	fake_exit(&fake, "a", 0);
	assert_int_equal(fake.run.state, STATE_OK);
	fake_stop(&fake);
}

static void
test_output_that_cannot_be_written_stands_still_and_is_not_lost_to_the_linger(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun one = x\n[sequence b]\nneeds = a\nrun x = x\n");
	struct launch *launch = fake_launch(&fake, "a");
	fake_stall(&fake, "a");
	assert_int_equal(fake.run.state, STATE_HELD);
	fake_exit_only(&fake, "a", 0);
	for (int i = 1; i <= 10; i++) {
		fake_advance(&fake, SECOND);
		assert_int_equal(launch->resumed, i);
		fake_stall(&fake, "a");
	}
	assert_state(&fake, "a", STATE_RUNNING);
	fake_advance(&fake, SECOND);
	fake_end_output(&fake, "a");
	assert_state(&fake, "a", STATE_OK);
	assert_false(fake_attempt(&fake, "a", "one")->lingered);
	assert_null(fake_launch(&fake, "b"));
	fake_advance(&fake, SECOND);
	assert_non_null(fake_launch(&fake, "b"));
	assert_int_equal(fake.run.state, STATE_RUNNING);
	assert_int_equal(fake_count(&fake, "run_state"), 2);
	fake_stop(&fake);
}

static void
test_a_log_that_cannot_be_made_holds_when_full_and_fails_the_step_otherwise(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun one = x\nrun two = x\nrun three = x\n");
	fake.open_log_code = ENOSPC;
	fake_exit(&fake, "a", 0);
	assert_int_equal(fake.run.state, STATE_HELD);
	fake.open_log_code = EMFILE;
	fake_advance(&fake, 3 * SECOND);
	assert_int_equal(fake.run.state, STATE_RUNNING);
	assert_null(fake_launch(&fake, "a"));
	fake.open_log_code = 0;
	fake_advance(&fake, 10 * SECOND);
	assert_string_equal(fake_launch(&fake, "a")->step, "two");
	fake.open_log_code = EACCES;
	fake_exit(&fake, "a", 0);
	assert_state(&fake, "a", STATE_FAILED);
	assert_non_null(strstr(fake_attempt(&fake, "a", "three")->error, "Permission denied"));
	fake_stop(&fake);
}

static void
test_a_program_that_cannot_be_started_fails_its_step_in_pane_and_journal(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[vars]\nq = '\n[sequence wait]\nrun x = x\n"
	    "[sequence a]\nneeds = wait\nrun x = nothere --now\nx.shell = none\n"
	    "[sequence b]\nneeds = wait\nrun x = {q!raw}open\nx.shell = none\n");
	fake.result = LAUNCH_FAILED;
	fake_exit(&fake, "wait", 0);
	assert_string_equal(fake_attempt(&fake, "a", "x")->error, "No such file or directory");
	assert_string_equal(fake_reason(&fake, "a"),
	    "'x' failed: cannot start: No such file or directory");
	assert_state(&fake, "b", STATE_FAILED);
	assert_non_null(strstr(fake.ended_said.data, "seqdeck: cannot start '"));
	assert_int_equal(fake.run.state, STATE_FAILED);
	fake_stop(&fake);
}

static void
test_without_room_steps_wait_with_growing_pauses_and_one_note(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\nrun y = x\n[sequence b]\nrun x = x\n");
	fake.result = LAUNCH_LATER;
	fake_exit(&fake, "a", 0);
	fake_advance(&fake, 600 * SECOND);
	assert_int_equal(fake_count(&fake, "note"), 1);
	assert_string_equal(fake_last_event(&fake, "note"),
	    "note 'new steps wait: no room for another program: Too many open files'");
	assert_int_equal(fake_count(&fake, "step_starting a/y"), 1);
	assert_int_equal(fake.logs_open, 2);
	/* A step that waits can be cancelled. */
	assert_int_equal(fake_ask(&fake, REQUEST_CANCEL, "a"), 1);
	assert_state(&fake, "a", STATE_CANCELLED);
	assert_int_equal(fake.logs_open, 1);
	fake.result = LAUNCH_OK;
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "a"), 1);
	fake_advance(&fake, ENGINE_LATER_MAX_US);
	assert_int_equal(fake_launch(&fake, "a")->attempt, 2);
	fake_stop(&fake);
}

static void
test_places_are_not_given_beyond_what_the_system_has_room_for(void **state)
{
	(void)state;
	struct fake fake;
	struct buf text = BUF_INIT;
	fake_start(&fake, "[sequence first]\nrun x = x\n");
	fake_stop(&fake);
	buf_add_str(&text, "[sequence first]\nrun x = x\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "[sequence s%d]\nneeds = first\nrun x = x\n", i);
	fake_start(&fake, text.data);
	fake.room = 9;
	fake_exit(&fake, "first", 0);
	size_t left = 100;
	for (; left; left--) {
		assert_true(fake.run.counts[STATE_RUNNING] <= 11);
		fake_advance(&fake, 6 * SECOND);
		assert_int_equal(fake.room, left > 10 ? 0 : 10 - left);
		assert_non_null(fake.launches);
		fake_exit(&fake, fake.launches->sequence, 0);
	}
	assert_int_equal(fake.run.state, STATE_OK);
	buf_release(&text);
	fake_stop(&fake);
}

static void
test_an_attempt_of_a_killed_engine_is_unknown_held_and_never_repeated_silently(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[plan]\nparallel = 2\n[sequence done]\nrun x = x\n"
	    "[sequence bad]\nrun x = x\n[sequence a]\nrun one = x\nrun two = x\n"
	    "[sequence b]\nneeds = a\nrun x = x\n[sequence c]\nrun x = x\n"
	    "[sequence d]\nrun x = x\n");
	fake_exit(&fake, "done", 0);
	fake_exit(&fake, "bad", 3);
	fake_exit(&fake, "a", 0);
	size_t started = fake.started;
	fake_crash(&fake);
	assert_state(&fake, "done", STATE_OK);
	assert_state(&fake, "bad", STATE_FAILED);
	assert_state(&fake, "a", STATE_HELD);
	assert_string_equal(fake_reason(&fake, "a"),
	    "'two' was running when the engine was lost: its outcome is unknown");
	assert_int_equal(fake_attempt(&fake, "a", "two")->state, STATE_UNKNOWN);
	assert_state(&fake, "b", STATE_WAITING);
	assert_state(&fake, "c", STATE_HELD);
	/* What waited goes on. */
	assert_state(&fake, "d", STATE_RUNNING);
	assert_int_equal(fake.started, started + 1);
	/* @failed does not mean what nobody knows. */
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "@failed"), 1);
	assert_state(&fake, "a", STATE_HELD);
	assert_int_equal(fake_ask(&fake, REQUEST_RELEASE, "a"), -1);
	fake_exit(&fake, "bad", 0);
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "a"), 1);
	assert_int_equal(fake_launch(&fake, "a")->attempt, 2);
	assert_string_equal(fake_launch(&fake, "a")->step, "two");
	fake_stop(&fake);
}

static void
test_a_run_that_was_settled_is_taken_up_for_a_retry(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence db]\nrun x = x\n[sequence web]\nneeds = db\nrun x = x\n");
	fake_exit(&fake, "db", 1);
	assert_state(&fake, "web", STATE_SKIPPED);
	fake_crash(&fake);
	assert_true(engine_is_settled(fake.engine));
	assert_int_equal(fake.run.state, STATE_FAILED);
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "@failed"), 1);
	fake_exit(&fake, "db", 0);
	assert_int_equal(fake_attempt(&fake, "db", "x")->number, 2);
	fake_exit(&fake, "web", 0);
	assert_int_equal(fake.run.state, STATE_OK);
	fake_stop(&fake);
}

static void
test_requests_reach_whom_they_name(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence web-1]\nrun a = x\nrun b = x\n[sequence web-2]\n"
	    "run a = x\nrun b = x\n[sequence db]\nrun a = x\n");
	fake_exit(&fake, "web-1", 1);
	fake_exit(&fake, "web-2", 0);
	fake_exit(&fake, "web-2", 1);
	/* Those that it does not apply to are passed over. */
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "@all"), 2);
	assert_string_equal(fake_last_event(&fake, "request"), "request retry");
	fake_exit(&fake, "web-1", 1);
	fake_exit(&fake, "web-2", 1);
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "web-*/a db"), 2);
	assert_string_equal(fake_launch(&fake, "web-2")->step, "a");
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "web-1/b"), -1);
	assert_string_equal(fake.err.text, "nothing to retry: 'web-1' is running");
	fake_exit(&fake, "web-1", 1);
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "web-1/b"), -1);
	assert_string_equal(fake.err.text, "'web-1' has not come to 'b' yet");
	assert_int_equal(fake_ask(&fake, REQUEST_CANCEL, "web-2/b"), -1);
	assert_string_equal(fake.err.text, "'web-2' is not at 'b', but at 'a'");
	assert_int_equal(fake_ask(&fake, REQUEST_CANCEL, "web-2 web-2 web-*"), 1);
	fake_stop(&fake);
}

static void
test_a_wrong_target_is_refused_before_anything_is_done(void **state)
{
	(void)state;
	static const struct {
		enum request_verb verb;
		const char *targets, *text;
	} cases[] = {
		{ REQUEST_CANCEL, "web wbe", "no sequence is called 'wbe'; is it 'web'?" },
		{ REQUEST_CANCEL, "web web/instal", "'web' has no step 'instal'; is it "
		    "'install'?" },
		{ REQUEST_CANCEL, "web x*", "no sequence matches 'x*'" },
		{ REQUEST_CANCEL, "web w*/zz", "no sequence matches 'w*' and has a step 'zz'" },
		{ REQUEST_CANCEL, "web @none", "there is no group '@none': @all and @failed are "
		    "known" },
		{ REQUEST_RETRY, "@failed", "no sequence has failed" },
		{ REQUEST_RETRY, "@all", "retry applies to none of 2 sequences: nothing to "
		    "retry: 'web' is running" },
		{ REQUEST_INPUT, "*", "input goes to one sequence, not to 2" },
	};
	struct fake fake;
	fake_start(&fake, "[sequence web]\nrun install = x\n[sequence db]\nrun x = x\n");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t events = fake.event_count;
		assert_int_equal(fake_ask(&fake, cases[i].verb, cases[i].targets), -1);
		assert_string_equal(fake.err.text, cases[i].text);
		assert_int_equal(fake.event_count, events);
	}
	struct request none = { .verb = REQUEST_HOLD };
	assert_int_equal(engine_request(fake.engine, &none, &fake.err), -1);
	assert_non_null(strstr(fake.err.text, "hold needs a target"));
	const char *const target[] = { "web", NULL };
	struct request size = { .verb = REQUEST_RESIZE, .targets = target, .rows = 0,
		.cols = 9 };
	assert_int_equal(engine_request(fake.engine, &size, NULL), -1);
	struct request input = { .verb = REQUEST_INPUT, .targets = target, .bytes = "",
		.len = REQUEST_INPUT_MAX + 1 };
	assert_int_equal(engine_request(fake.engine, &input, NULL), -1);
	struct request stop = { .verb = REQUEST_STOP };
	assert_false(engine_wants_stop(fake.engine));
	assert_int_equal(engine_request(fake.engine, &stop, NULL), 0);
	assert_true(engine_wants_stop(fake.engine));
	fake_stop(&fake);
}

static void
test_typing_and_sizes_reach_the_program_and_not_the_journal(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\nrun y = x\n");
	size_t events = fake.event_count;
	assert_int_equal(fake_ask(&fake, REQUEST_INPUT, "a"), 1);
	assert_string_equal(fake_launch(&fake, "a")->typed.data, "x\n");
	assert_int_equal(fake_launch(&fake, "a")->rows, ENGINE_ROWS);
	assert_int_equal(fake_ask(&fake, REQUEST_RESIZE, "a"), 1);
	assert_int_equal(fake_launch(&fake, "a")->cols, 132);
	assert_int_equal(fake.event_count, events);
	/* The next step has the size too. */
	fake_exit(&fake, "a", 0);
	assert_int_equal(fake_launch(&fake, "a")->rows, 50);
	fake_exit_only(&fake, "a", 0);
	assert_int_equal(fake_ask(&fake, REQUEST_INPUT, "a"), -1);
	fake_stop(&fake);
}

static void
test_a_program_is_started_with_what_the_plan_says(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[vars]\nmy-name = a b\n[sequence a]\nenv.WHO = {my-name}-{attempt}\n"
	    "env.PATH = /mine\nrun x = echo {my-name}\nx.cwd = sub/{step}\n");
	assert_string_equal(fake_env(&fake, "WHO"), "a b-1");
	assert_string_equal(fake_env(&fake, "PATH"), "/mine");
	assert_string_equal(fake_env(&fake, "TERM"), "xterm-256color");
	assert_string_equal(fake_env(&fake, "SEQDECK_MY_NAME"), "a b");
	assert_string_equal(fake_env(&fake, "SEQDECK_RUN_DIR"), "/runs/the-run");
	assert_string_equal(fake_env(&fake, "SEQDECK_SEQUENCE"), "a");
	assert_string_equal(fake_env(&fake, "SEQDECK_STEP"), "x");
	assert_string_equal(fake_env(&fake, "SEQDECK_ATTEMPT"), "1");
	assert_null(fake_env(&fake, "LINES"));
	assert_null(fake_env(&fake, "COLUMNS"));
	assert_null(fake_env(&fake, "LIBEV_FLAGS"));
	assert_null(fake_env(&fake, "SEQDECK_OLD"));
	size_t words = 0;
	while (fake.last_argv[words])
		words++;
	assert_string_equal(fake.last_argv[words - 2], "-c");
	assert_string_equal(fake.last_argv[words - 1], "echo 'a b'");
	assert_non_null(strstr(fake.last_cwd, "/sub/x"));
	assert_true(fake.last_cwd[0] == '/');
	assert_true(fake.last_tty && !fake.last_null_stdin);
	fake_stop(&fake);

	fake_start(&fake, "[vars]\nn = a b\n[sequence a]\ntty = no\nrun x = echo {n} 'c d'\n"
	    "x.shell = none\n[sequence b]\nneeds = a\nrun x = x\nx.stdin = hello {step}\n");
	assert_string_equal(fake.last_argv[1], "a b");
	assert_string_equal(fake.last_argv[2], "c d");
	assert_true(!fake.last_tty && fake.last_null_stdin);
	assert_string_equal(fake_env(&fake, "TERM"), "dumb");
	fake_exit(&fake, "a", 0);
	assert_string_equal(buf_str(&fake.last_stdin), "hello x\n");
	fake_stop(&fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_with_the_journal_full_nothing_starts_and_the_run_goes_on_by_itself),
		cmocka_unit_test(
		    test_output_that_cannot_be_written_stands_still_and_is_not_lost_to_the_linger),
		cmocka_unit_test(
		    test_a_log_that_cannot_be_made_holds_when_full_and_fails_the_step_otherwise),
		cmocka_unit_test(
		    test_a_program_that_cannot_be_started_fails_its_step_in_pane_and_journal),
		cmocka_unit_test(test_without_room_steps_wait_with_growing_pauses_and_one_note),
		cmocka_unit_test(test_places_are_not_given_beyond_what_the_system_has_room_for),
		cmocka_unit_test(
		    test_an_attempt_of_a_killed_engine_is_unknown_held_and_never_repeated_silently),
		cmocka_unit_test(test_a_run_that_was_settled_is_taken_up_for_a_retry),
		cmocka_unit_test(test_requests_reach_whom_they_name),
		cmocka_unit_test(test_a_wrong_target_is_refused_before_anything_is_done),
		cmocka_unit_test(test_typing_and_sizes_reach_the_program_and_not_the_journal),
		cmocka_unit_test(test_a_program_is_started_with_what_the_plan_says),
	};
	return cmocka_run_group_tests_name("engine_weather", tests, NULL, NULL);
}
