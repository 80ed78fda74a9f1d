#include "fake_launcher.h"

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
test_steps_run_in_order_and_the_run_ends_ok(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun one = x\nrun two = x\n");
	assert_string_equal(fake_launch(&fake, "a")->step, "one");
	fake_exit(&fake, "a", 0);
	assert_string_equal(fake_launch(&fake, "a")->step, "two");
	assert_false(engine_is_settled(fake.engine));
	fake_exit(&fake, "a", 0);
	assert_state(&fake, "a", STATE_OK);
	assert_true(engine_is_settled(fake.engine));
	assert_int_equal(fake.run.state, STATE_OK);
	assert_int_equal(fake_attempt(&fake, "a", "one")->bytes, 5);
	fake_stop(&fake);
}

static void
test_a_chain_of_ten_thousand_sequences_needs_no_stack_and_ends(void **state)
{
	(void)state;
	struct fake fake;
	struct buf text = BUF_INIT;
	for (int i = 0; i < 10000; i++) {
		buf_printf(&text, "[sequence s%d]\n", i);
		if (i)
			buf_printf(&text, "needs = s%d\n", i - 1);
	}
	fake_start(&fake, text.data);
	assert_int_equal(fake.run.state, STATE_OK);
	assert_int_equal(fake.run.counts[STATE_OK], 10000);
	fake_stop(&fake);
	/* And back: a failure at its head, mended. */
	buf_add_str(&text, "[sequence head]\nrun x = x\n");
	char *needs = strstr(text.data, "[sequence s0]\n");
	struct buf with = BUF_INIT;
	buf_printf(&with, "[sequence s0]\nneeds = head\n%s", needs + 14);
	fake_start(&fake, with.data);
	fake_exit(&fake, "head", 1);
	assert_int_equal(fake.run.counts[STATE_SKIPPED], 10000);
	assert_string_equal(fake_reason(&fake, "s9999"), "needs 's9998', which was skipped");
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "head"), 1);
	assert_int_equal(fake.run.counts[STATE_WAITING], 10000);
	fake_exit(&fake, "head", 0);
	assert_int_equal(fake.run.counts[STATE_OK], 10001);
	fake_stop(&fake);
	buf_release(&text);
	buf_release(&with);
}

static void
test_places_are_limited_and_who_goes_on_comes_first(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[plan]\nparallel = 1\n[sequence a]\nrun x = x\nx.retries = 1\n"
	    "x.backoff = 1s\n[sequence b]\nrun x = x\n[sequence c]\nrun x = x\n");
	assert_state(&fake, "b", STATE_QUEUED);
	fake_exit(&fake, "a", 1);
	/* The pause gives the place back. */
	assert_state(&fake, "a", STATE_RETRYING);
	assert_state(&fake, "b", STATE_RUNNING);
	fake_advance(&fake, 2 * SECOND);
	assert_state(&fake, "a", STATE_QUEUED);
	fake_exit(&fake, "b", 0);
	assert_state(&fake, "a", STATE_RUNNING);
	assert_state(&fake, "c", STATE_QUEUED);
	fake_stop(&fake);
}

static void
test_a_blocked_sequence_waits_while_a_retry_may_mend_it_and_comes_back(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence db]\nrun x = x\n[sequence web]\nneeds = db\nrun x = x\n"
	    "[sequence shop]\nneeds = web\nrun x = x\n[sequence other]\nrun x = x\n");
	fake_exit(&fake, "db", 1);
	assert_state(&fake, "web", STATE_WAITING);
	assert_string_equal(fake_reason(&fake, "web"), "needs 'db', which failed");
	fake_exit(&fake, "other", 0);
	assert_state(&fake, "web", STATE_SKIPPED);
	assert_string_equal(fake_reason(&fake, "shop"), "needs 'web', which was skipped");
	assert_int_equal(fake.run.state, STATE_FAILED);
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "web"), -1);
	assert_string_equal(fake.err.text, "'web' needs 'db', which failed: retry that first");
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "db"), 1);
	assert_state(&fake, "shop", STATE_WAITING);
	assert_int_equal(fake.run.state, STATE_RUNNING);
	fake_exit(&fake, "db", 0);
	fake_exit(&fake, "web", 0);
	fake_exit(&fake, "shop", 0);
	assert_int_equal(fake.run.state, STATE_OK);
	fake_stop(&fake);
}

static void
test_what_is_after_a_blocked_sequence_still_runs(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence db]\nrun x = x\n[sequence web]\nneeds = db\nrun x = x\n"
	    "[sequence clean]\nafter = web\nrun x = x\n");
	fake_exit(&fake, "db", 1);
	assert_state(&fake, "web", STATE_SKIPPED);
	fake_exit(&fake, "clean", 0);
	assert_state(&fake, "clean", STATE_OK);
	assert_int_equal(fake.run.state, STATE_FAILED);
	assert_string_equal(fake.run.reason, "1 failed, 1 skipped of 3 sequences");
	fake_stop(&fake);
}

static void
test_a_queued_sequence_waits_again_when_what_it_is_after_runs_again(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[plan]\nparallel = 1\n[sequence a]\nrun x = x\n"
	    "[sequence long]\nrun x = x\n[sequence b]\nafter = a\nrun x = x\n");
	fake_exit(&fake, "a", 1);
	assert_state(&fake, "b", STATE_QUEUED);
	fake_ask(&fake, REQUEST_RETRY, "a");
	assert_state(&fake, "b", STATE_WAITING);
	fake_exit(&fake, "long", 0);
	fake_exit(&fake, "a", 0);
	assert_state(&fake, "b", STATE_RUNNING);
	fake_stop(&fake);
}

static void
test_a_sleep_is_a_timer_without_program_and_log(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nsleep nap = 90s\nsleep long = 1h\nlong.timeout = 5s\n");
	assert_int_equal(fake.started, 0);
	assert_int_equal(fake.logs_open, 0);
	assert_int_equal(fake_ask(&fake, REQUEST_INPUT, "a"), -1);
	assert_string_equal(fake.err.text, "nothing to type into: 'a/nap' is a sleep");
	fake_advance(&fake, 89 * SECOND);
	assert_null(fake_attempt(&fake, "a", "long"));
	fake_advance(&fake, SECOND);
	assert_int_equal(fake_attempt(&fake, "a", "nap")->state, STATE_OK);
	assert_null(fake_attempt(&fake, "a", "nap")->log);
	fake_advance(&fake, 5 * SECOND);
	assert_int_equal(fake_attempt(&fake, "a", "long")->state, STATE_TIMED_OUT);
	assert_state(&fake, "a", STATE_FAILED);
	fake_stop(&fake);
}

static void
test_a_cancelled_sleep_ends_at_once(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nsleep nap = 90s\n");
	assert_int_equal(fake_ask(&fake, REQUEST_CANCEL, "a"), 1);
	assert_state(&fake, "a", STATE_CANCELLED);
	assert_int_equal(fake.run.state, STATE_CANCELLED);
	assert_false(fake_has_timer(&fake));
	fake_stop(&fake);
}

static void
test_on_fail_says_what_comes_behind_a_failure(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun one = x\none.on-fail = continue\n"
	    "one.ok-codes = 0,3\nrun two = x\n");
	fake_exit(&fake, "a", 9);
	assert_int_equal(fake_attempt(&fake, "a", "one")->state, STATE_FAILED);
	fake_exit(&fake, "a", 0);
	assert_state(&fake, "a", STATE_OK);
	/* The step that was passed over may be retried, and the rest comes with it. */
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "a/two"), -1);
	assert_string_equal(fake.err.text, "nothing to retry: 'a/two' has ended ok");
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "a/one"), 1);
	fake_exit(&fake, "a", 3);
	assert_int_equal(fake_attempt(&fake, "a", "one")->state, STATE_OK);
	assert_string_equal(fake_launch(&fake, "a")->step, "two");
	assert_int_equal(fake_launch(&fake, "a")->attempt, 2);
	fake_stop(&fake);
}

static void
test_pauses_double_to_their_maximum_with_a_quarter_of_jitter(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\nx.retries = 40\nx.backoff = 2s..1m\n"
	    "[sequence b]\nrun x = x\nx.retries = 3\nx.backoff = 4s\n");
	double nominal = 2;
	size_t different = 0;
	for (int i = 0; i < 40; i++) {
		fake_exit(&fake, "a", 1);
		assert_state(&fake, "a", STATE_RETRYING);
		const struct run_sequence *folded = run_find(&fake.run, "a");
		double pause = (double)(folded->retry_mono_us - fake.now_us) / 1e6;
		assert_true(pause >= nominal * 0.7499 && pause <= nominal * 1.2501);
		assert_true(pause <= 60);
		different += pause < nominal * 0.99 || pause > nominal * 1.01;
		nominal = nominal * 2 > 60 ? 60 : nominal * 2;
		fake_advance(&fake, 61 * SECOND);
	}
	assert_true(different > 20);
	fake_exit(&fake, "a", 1);
	assert_state(&fake, "a", STATE_FAILED);
	for (int i = 0; i < 3; i++) {
		fake_exit(&fake, "b", 1);
		fake_advance(&fake, 4 * SECOND - 1);
		assert_state(&fake, "b", STATE_RETRYING);
		fake_advance(&fake, 1);
		assert_state(&fake, "b", STATE_RUNNING);
	}
	fake_stop(&fake);
}

static void
test_automatic_retries_start_afresh_after_a_retry_by_hand(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\nx.retries = 1\nx.backoff = 1s\n");
	for (int hand = 0; hand < 2; hand++) {
		fake_exit(&fake, "a", 1);
		fake_advance(&fake, SECOND);
		fake_exit(&fake, "a", 1);
		assert_state(&fake, "a", STATE_FAILED);
		assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "@failed"), 1);
	}
	assert_int_equal(fake_launch(&fake, "a")->attempt, 5);
	fake_stop(&fake);
}

static void
test_a_timeout_sends_the_kill_list_and_counts_as_a_failure(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\nx.timeout = 10s\n"
	    "x.kill = INT 2s TERM 3s KILL\n");
	struct launch *launch = fake_launch(&fake, "a");
	fake_advance(&fake, 10 * SECOND);
	assert_string_equal(launch->signals.data, "INT");
	fake_advance(&fake, 2 * SECOND);
	assert_string_equal(launch->signals.data, "INT TERM");
	fake_advance(&fake, 3 * SECOND);
	assert_string_equal(launch->signals.data, "INT TERM KILL");
	fake_advance(&fake, 11 * SECOND);
	assert_string_equal(fake_last_event(&fake, "note a"),
	    "note a ''a/x' does not end, 10s after the last signal'");
	fake_exit(&fake, "a", -9);
	/* What is left of the group is swept away. */
	assert_string_equal(fake.ended_signals.data, "INT TERM KILL KILL");
	assert_int_equal(fake_attempt(&fake, "a", "x")->state, STATE_TIMED_OUT);
	assert_string_equal(fake_attempt(&fake, "a", "x")->signal, "KILL");
	assert_string_equal(fake_reason(&fake, "a"), "'x' failed: timed out after 10s");
	fake_stop(&fake);
}

static void
test_a_step_is_over_when_exit_and_end_of_output_were_seen(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\nrun y = x\nrun z = x\n");
	fake_exit_only(&fake, "a", 0);
	assert_null(fake_attempt(&fake, "a", "y"));
	fake_end_output(&fake, "a");
	assert_string_equal(fake_launch(&fake, "a")->step, "y");
	fake_end_output(&fake, "a");
	assert_null(fake_attempt(&fake, "a", "z"));
	fake_exit_only(&fake, "a", 0);
	assert_string_equal(fake_launch(&fake, "a")->step, "z");
	/* Something else holds the output open: two seconds, and the log says so. */
	fake_exit_only(&fake, "a", 0);
	fake_advance(&fake, ENGINE_LINGER_US - 1);
	assert_state(&fake, "a", STATE_RUNNING);
	fake_advance(&fake, 1);
	assert_state(&fake, "a", STATE_OK);
	assert_true(fake_attempt(&fake, "a", "z")->lingered);
	assert_non_null(strstr(fake.ended_said.data, "holds the output open"));
	assert_null(fake.ended_signals.data);
	fake_stop(&fake);
}

static void
test_the_run_is_held_while_every_open_sequence_is(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\n[sequence b]\nneeds = a\nrun x = x\n"
	    "[sequence c]\nrun x = x\n");
	fake_ask(&fake, REQUEST_HOLD, "b");
	fake_exit(&fake, "a", 0);
	assert_int_equal(fake.run.state, STATE_RUNNING);
	fake_exit(&fake, "c", 0);
	assert_int_equal(fake.run.state, STATE_HELD);
	assert_string_equal(fake.run.reason, "1 held of 3 sequences");
	assert_false(engine_is_settled(fake.engine));
	fake_ask(&fake, REQUEST_RELEASE, "b");
	assert_int_equal(fake.run.state, STATE_RUNNING);
	fake_exit(&fake, "b", 0);
	assert_int_equal(fake.run.state, STATE_OK);
	fake_stop(&fake);
}

static void
test_a_failed_sequence_goes_on_behind_its_step_by_a_skip(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun one = x\nrun two = x\n");
	fake_exit(&fake, "a", 1);
	assert_int_equal(fake_ask(&fake, REQUEST_SKIP, "a"), 1);
	assert_string_equal(fake_launch(&fake, "a")->step, "two");
	assert_int_equal(fake.run.sequences[0].steps[0].state, STATE_SKIPPED);
	assert_int_equal(fake_ask(&fake, REQUEST_SKIP, "a"), 1);
	assert_string_equal(fake_launch(&fake, "a")->signals.data, "TERM");
	fake_exit(&fake, "a", -15);
	assert_int_equal(fake_attempt(&fake, "a", "two")->state, STATE_SKIPPED);
	assert_state(&fake, "a", STATE_OK);
	fake_stop(&fake);
}

static void
test_stopping_cancels_all_and_refuses_starts(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[plan]\nparallel = 2\n[sequence a]\nrun x = x\n[sequence b]\n"
	    "run x = x\n[sequence c]\nrun x = x\n[sequence d]\nneeds = c\nrun x = x\n");
	fake_exit(&fake, "b", 1);
	engine_stop(fake.engine, "cancelled by SIGTERM", false);
	fake_turn(&fake);
	assert_state(&fake, "d", STATE_CANCELLED);
	assert_string_equal(fake_reason(&fake, "d"), "cancelled by SIGTERM");
	assert_false(engine_is_idle(fake.engine));
	engine_stop(fake.engine, "cancelled by SIGTERM", true);
	assert_string_equal(fake_launch(&fake, "a")->signals.data, "TERM KILL");
	fake_exit(&fake, "a", -9);
	fake_exit(&fake, "c", -9);
	assert_true(engine_is_idle(fake.engine) && engine_is_settled(fake.engine));
	assert_int_equal(fake.run.state, STATE_CANCELLED);
	assert_string_equal(fake.run.reason, "cancelled by SIGTERM");
	assert_string_equal(fake_attempt(&fake, "a", "x")->reason, "cancelled by SIGTERM");
	assert_int_equal(fake_ask(&fake, REQUEST_RETRY, "@all"), -1);
	assert_string_equal(fake.err.text, "the run is being stopped");
	fake_stop(&fake);
}

static void
test_an_exit_by_a_signal_is_a_failure_that_names_it(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence a]\nrun x = x\n");
	fake_exit(&fake, "a", -11);
	assert_string_equal(fake_reason(&fake, "a"), "'x' failed: signal SEGV");
	assert_int_equal(fake_attempt(&fake, "a", "x")->code, -1);
	fake_stop(&fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_run_in_order_and_the_run_ends_ok),
		cmocka_unit_test(test_a_chain_of_ten_thousand_sequences_needs_no_stack_and_ends),
		cmocka_unit_test(test_places_are_limited_and_who_goes_on_comes_first),
		cmocka_unit_test(
		    test_a_blocked_sequence_waits_while_a_retry_may_mend_it_and_comes_back),
		cmocka_unit_test(test_what_is_after_a_blocked_sequence_still_runs),
		cmocka_unit_test(
		    test_a_queued_sequence_waits_again_when_what_it_is_after_runs_again),
		cmocka_unit_test(test_a_sleep_is_a_timer_without_program_and_log),
		cmocka_unit_test(test_a_cancelled_sleep_ends_at_once),
		cmocka_unit_test(test_on_fail_says_what_comes_behind_a_failure),
		cmocka_unit_test(test_pauses_double_to_their_maximum_with_a_quarter_of_jitter),
		cmocka_unit_test(test_automatic_retries_start_afresh_after_a_retry_by_hand),
		cmocka_unit_test(test_a_timeout_sends_the_kill_list_and_counts_as_a_failure),
		cmocka_unit_test(test_a_step_is_over_when_exit_and_end_of_output_were_seen),
		cmocka_unit_test(test_the_run_is_held_while_every_open_sequence_is),
		cmocka_unit_test(test_a_failed_sequence_goes_on_behind_its_step_by_a_skip),
		cmocka_unit_test(test_stopping_cancels_all_and_refuses_starts),
		cmocka_unit_test(test_an_exit_by_a_signal_is_a_failure_that_names_it),
	};
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
