/*
 * Every event in every state: what a sequence does, against a table written by hand.
 */
#include "fake_launcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One place: dep has it first, then busy, then t. */
static const char plan_text[] =
    "[plan]\nparallel = 1\n"
    "[sequence dep]\nrun a = x\n"
    "[sequence busy]\nrun a = x\n"
    "[sequence t]\nneeds = dep\nretries = 1\nbackoff = 1s\n"
    "run one = x\nrun two = x\nrun three = x\n";

/* Brings t into a state. */
static void
bring(struct fake *fake, enum state state)
{
	fake_start(fake, plan_text);
	if (state == STATE_WAITING)
		return;
	if (state == STATE_SKIPPED) {
		assert_int_equal(fake_ask(fake, REQUEST_SKIP, "t"), 1);
		return;
	}
	fake_exit(fake, "dep", 0);
	if (state == STATE_QUEUED)
		return;
	fake_exit(fake, "busy", 0);
	if (state == STATE_RUNNING)
		return;
	switch (state) {
	case STATE_HELD:
		assert_int_equal(fake_ask(fake, REQUEST_HOLD, "t"), 1);
		fake_exit(fake, "t", 0);
		break;
	case STATE_RETRYING:
		fake_exit(fake, "t", 1);
		break;
	case STATE_OK:
		for (int step = 0; step < 3; step++)
			fake_exit(fake, "t", 0);
		break;
	case STATE_FAILED:
		fake_exit(fake, "t", 1);
		fake_advance(fake, 2000000);
		fake_exit(fake, "t", 1);
		break;
	case STATE_CANCELLED:
		assert_int_equal(fake_ask(fake, REQUEST_CANCEL, "t"), 1);
		fake_exit(fake, "t", -15);
		break;
	default:
		fail();
	}
}

/* Lets an event happen to t. What the end of a step means is only to be had from a step
 * that ends. */
static int
happen(struct fake *fake, enum sequence_event event, struct err *err)
{
	struct sequence *seq = engine_find(fake->engine, "t");
	const struct demand demand = { .step = -1, .bytes = "x", .len = 1, .rows = 5,
		.cols = 6 };
	bool is_running = seq->state == STATE_RUNNING;
	switch (event) {
	case SEQUENCE_STEP_OK:
	case SEQUENCE_STEP_FAILED:
		if (!is_running)
			break;
		fake_exit(fake, "t", event == SEQUENCE_STEP_FAILED);
		return 0;
	case SEQUENCE_STEP_CANCELLED:
	case SEQUENCE_STEP_SKIPPED:
		if (!is_running)
			break;
		fake_ask(fake, event == SEQUENCE_STEP_SKIPPED ? REQUEST_SKIP : REQUEST_CANCEL,
		    "t");
		fake_exit(fake, "t", -15);
		return 0;
	default:
		break;
	}
	return sequence_fire(seq, event, &demand, err);
}

/* A cell: the state behind the event; "." when the event means nothing; "!" when the engine
 * never makes it happen; anything else is part of the sentence that refuses it. */
struct row {
	enum sequence_event event;
	const char *cells[SEQUENCE_STATES];
};

/* Columns: waiting, queued, running, held, retrying, ok, failed, cancelled, skipped. */
static const struct row rows[] = {
	{ SEQUENCE_READY, { "queued", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ SEQUENCE_UNREADY, { ".", "queued", ".", ".", ".", ".", ".", ".", "." } },
	{ SEQUENCE_BLOCKED, { "waiting", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ SEQUENCE_UNBLOCKED, { "waiting", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ SEQUENCE_GIVE_UP, { "skipped", "!", "!", "!", "!", "!", "!", "!", "!" } },
	{ SEQUENCE_PLACE, { "!", "running", "!", "!", "!", "!", "!", "!", "!" } },
	{ SEQUENCE_STEP_OK, { "!", "!", "running", "!", "!", "!", "!", "!", "!" } },
	{ SEQUENCE_STEP_FAILED, { "!", "!", "retrying", "!", "!", "!", "!", "!", "!" } },
	{ SEQUENCE_STEP_CANCELLED, { "!", "!", "cancelled", "!", "!", "!", "!", "!", "!" } },
	{ SEQUENCE_STEP_SKIPPED, { "!", "!", "running", "!", "!", "!", "!", "!", "!" } },
	{ SEQUENCE_PAUSE_OVER, { "!", "!", "!", "!", "queued", "!", "!", "!", "!" } },
	{ SEQUENCE_RETRY, { "nothing to retry: 't' is waiting",
	    "nothing to retry: 't' is queued", "nothing to retry: 't' is running",
	    "nothing to retry: 't' is held before 'two'; release it", "queued",
	    "nothing to retry: 't' has ended ok", "queued", "queued", "waiting" } },
	{ SEQUENCE_SKIP, { "skipped", "skipped", "running", "held", "queued",
	    "nothing to skip: 't' has ended ok", "queued", "queued",
	    "nothing to skip: 't' was skipped" } },
	{ SEQUENCE_CANCEL, { "cancelled", "cancelled", "running", "cancelled", "cancelled",
	    "nothing to cancel: 't' has ended ok", "nothing to cancel: 't' has failed",
	    "nothing to cancel: 't' was cancelled", "nothing to cancel: 't' was skipped" } },
	{ SEQUENCE_KILL, { "cancelled", "cancelled", "running", "cancelled", "cancelled",
	    "nothing to cancel: 't' has ended ok", "nothing to cancel: 't' has failed",
	    "nothing to cancel: 't' was cancelled", "nothing to cancel: 't' was skipped" } },
	{ SEQUENCE_HOLD, { "held", "held", "running", "nothing to hold: 't' is held", "held",
	    "nothing to hold: 't' has ended ok", "nothing to hold: 't' has failed",
	    "nothing to hold: 't' was cancelled", "nothing to hold: 't' was skipped" } },
	{ SEQUENCE_RELEASE, { "nothing to release: 't' is waiting",
	    "nothing to release: 't' is queued", "nothing to release: 't' is running",
	    "queued", "nothing to release: 't' is about to retry",
	    "nothing to release: 't' has ended ok", "nothing to release: 't' has failed",
	    "nothing to release: 't' was cancelled",
	    "nothing to release: 't' was skipped" } },
	{ SEQUENCE_INPUT, { "nothing to type into: 't' is waiting",
	    "nothing to type into: 't' is queued", "running",
	    "nothing to type into: 't' is held",
	    "nothing to type into: 't' is about to retry",
	    "nothing to type into: 't' has ended ok",
	    "nothing to type into: 't' has failed",
	    "nothing to type into: 't' was cancelled",
	    "nothing to type into: 't' was skipped" } },
	{ SEQUENCE_RESIZE, { "waiting", "queued", "running", "held", "retrying", "ok",
	    "failed", "cancelled", "skipped" } },
};

static void
check_cell(const struct row *row, enum state state)
{
	const char *expected = row->cells[state], *event = sequence_event_name(row->event);
	struct fake fake;
	struct err err = ERR_INIT;
	bring(&fake, state);
	assert_int_equal(fake_state(&fake, "t"), state);
	int rc = happen(&fake, row->event, &err);
	const char *now = state_name(fake_state(&fake, "t"));
	bool is_right;
	if (strcmp(expected, ".") == 0)
		is_right = rc == 1 && strcmp(now, state_name(state)) == 0;
	else if (strcmp(expected, "!") == 0)
		is_right = rc == -1 && strstr(err.text, "cannot happen") != NULL &&
		    strstr(err.text, "'t'") != NULL;
	else if (state_find(expected) >= 0)
		is_right = rc == 0 && strcmp(now, expected) == 0;
	else
		is_right = rc == -1 && strcmp(err.text, expected) == 0 &&
		    strcmp(now, state_name(state)) == 0;
	if (!is_right)
		fail_msg("%s while %s: expected '%s', got %d, '%s', and is %s", event,
		    state_name(state), expected, rc, err.text, now);
	fake_stop(&fake);
}

static void
test_every_event_in_every_state_does_what_the_table_says(void **state)
{
	(void)state;
	assert_int_equal(sizeof rows / sizeof *rows, SEQUENCE_EVENTS);
	for (size_t i = 0; i < SEQUENCE_EVENTS; i++) {
		assert_int_equal(rows[i].event, i);
		for (int s = 0; s < SEQUENCE_STATES; s++)
			check_cell(&rows[i], (enum state)s);
	}
}

/* A second look at cells that do one thing or another. */

static void
test_a_sequence_held_at_a_failure_goes_on_by_retry_or_skip_but_not_by_release(void **state)
{
	(void)state;
	struct fake fake;
	for (int way = 0; way < 2; way++) {
		fake_start(&fake, "[sequence t]\nrun one = x\none.on-fail = hold\nrun two = x\n");
		fake_exit(&fake, "t", 4);
		assert_state(&fake, "t", STATE_HELD);
		assert_string_equal(fake_reason(&fake, "t"), "'one' failed: exit 4");
		assert_int_equal(fake_ask(&fake, REQUEST_RELEASE, "t"), -1);
		assert_non_null(strstr(fake.err.text, "retry runs it again, skip goes on"));
		assert_int_equal(fake_ask(&fake, way ? REQUEST_SKIP : REQUEST_RETRY, "t"), 1);
		assert_string_equal(fake_launch(&fake, "t")->step, way ? "two" : "one");
		fake_stop(&fake);
	}
}

static void
test_a_hold_of_a_running_step_can_be_taken_back(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence t]\nrun one = x\nrun two = x\n");
	assert_int_equal(fake_ask(&fake, REQUEST_HOLD, "t"), 1);
	assert_state(&fake, "t", STATE_RUNNING);
	assert_int_equal(fake_ask(&fake, REQUEST_HOLD, "t"), -1);
	assert_string_equal(fake.err.text, "'t' is going to be held already");
	assert_int_equal(fake_ask(&fake, REQUEST_RELEASE, "t"), 1);
	fake_exit(&fake, "t", 0);
	assert_state(&fake, "t", STATE_RUNNING);
	fake_stop(&fake);
}

static void
test_a_hold_in_the_pause_keeps_the_retry_for_later(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence t]\nrun one = x\none.retries = 1\none.backoff = 5s\n");
	fake_exit(&fake, "t", 1);
	assert_int_equal(fake_ask(&fake, REQUEST_HOLD, "t"), 1);
	fake_advance(&fake, 60000000);
	assert_state(&fake, "t", STATE_HELD);
	assert_int_equal(fake_ask(&fake, REQUEST_RELEASE, "t"), 1);
	assert_int_equal(fake_launch(&fake, "t")->attempt, 2);
	/* The automatic retry was this one: the next failure is the last. */
	fake_exit(&fake, "t", 1);
	assert_state(&fake, "t", STATE_FAILED);
	fake_stop(&fake);
}

static void
test_what_is_being_stopped_is_not_stopped_twice_but_may_be_killed(void **state)
{
	(void)state;
	struct fake fake;
	fake_start(&fake, "[sequence t]\nrun one = x\nrun two = x\n");
	assert_int_equal(fake_ask(&fake, REQUEST_SKIP, "t"), 1);
	assert_int_equal(fake_ask(&fake, REQUEST_SKIP, "t"), -1);
	assert_string_equal(fake.err.text, "'t' is being stopped already");
	assert_int_equal(fake_ask(&fake, REQUEST_CANCEL, "t"), 1);
	assert_int_equal(fake_ask(&fake, REQUEST_CANCEL, "t"), -1);
	assert_int_equal(fake_ask(&fake, REQUEST_SKIP, "t"), -1);
	assert_int_equal(fake_ask(&fake, REQUEST_HOLD, "t"), -1);
	assert_int_equal(fake_ask(&fake, REQUEST_KILL, "t"), 1);
	assert_int_equal(fake_ask(&fake, REQUEST_KILL, "t"), -1);
	assert_string_equal(fake_launch(&fake, "t")->signals.data, "TERM KILL");
	fake_exit(&fake, "t", -9);
	assert_state(&fake, "t", STATE_CANCELLED);
	fake_stop(&fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_event_in_every_state_does_what_the_table_says),
		cmocka_unit_test(
		    test_a_sequence_held_at_a_failure_goes_on_by_retry_or_skip_but_not_by_release),
		cmocka_unit_test(test_a_hold_of_a_running_step_can_be_taken_back),
		cmocka_unit_test(test_a_hold_in_the_pause_keeps_the_retry_for_later),
		cmocka_unit_test(
		    test_what_is_being_stopped_is_not_stopped_twice_but_may_be_killed),
	};
	return cmocka_run_group_tests_name("engine_table", tests, NULL, NULL);
}
