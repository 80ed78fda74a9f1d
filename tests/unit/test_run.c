#include "model/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run_history.h"

/* Applies an event that must be refused, and looks that the run is as before. */
static void
refuse(struct run *run, const struct event *event, const char *why)
{
	struct err err = ERR_INIT;
	struct run before = *run;
	if (run_apply(run, event, &err) == 0)
		fail_msg("%s is taken", event_kind_name(event->kind));
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
	assert_memory_equal(run, &before, sizeof before);
}

static void
test_a_run_begins_with_what_it_is(void **state)
{
	(void)state;
	struct run run;
	run_init(&run);
	struct event event = next(&run, EVENT_RUN_STARTED, NULL, NULL);
	event.title = "Web tier";
	event.plan = "/home/x/plan.ini";
	event.version = "0.1.0";
	event.parallel = 32;
	event.wall_us = 1000;
	event.mono_us = 50;
	apply(&run, &event);
	assert_string_equal(run.id, "20261124-081427-web");
	assert_string_equal(run.title, "Web tier");
	assert_string_equal(run.plan, "/home/x/plan.ini");
	assert_string_equal(run.version, "0.1.0");
	assert_int_equal(run.parallel, 32);
	assert_int_equal(run.state, STATE_RUNNING);
	assert_int_equal(run.started_wall_us, 1000);
	assert_int_equal(run.started_mono_us, 50);
	run_release(&run);
	run_release(&run);
	run_release(NULL);
}

static void
test_a_sequence_is_followed_from_waiting_to_ok(void **state)
{
	(void)state;
	struct run run;
	begin(&run);
	add(&run, "web");
	struct run_sequence *web = run_find(&run, "web");
	assert_int_equal(web->state, STATE_WAITING);
	assert_int_equal(run.counts[STATE_WAITING], 1);
	assert_string_equal(run_present_step(web)->name, "fetch");
	assert_string_equal(web->steps[2].kind, "sleep");
	assert_ptr_equal(web->steps[0].kind, web->steps[1].kind);
	set_state(&run, "web", STATE_RUNNING);
	assert_int_equal(web->since_mono_us, run.last_mono_us);
	for (int i = 0; i < 3; i++) {
		start(&run, "web", three_steps[i], 1);
		assert_int_equal(web->step_index, i);
		assert_int_equal(web->steps[i].state, STATE_RUNNING);
		assert_int_equal(run_steps_done(web), i);
		end(&run, "web", three_steps[i], 1, STATE_OK);
		assert_int_equal(web->steps[i].state, STATE_OK);
	}
	set_state(&run, "web", STATE_OK);
	assert_null(run_present_step(web));
	assert_int_equal(run_steps_done(web), 3);
	assert_int_equal(web->ended_mono_us, run.last_mono_us);
	assert_int_equal(web->changed, run.last_number);
	assert_int_equal(run.counts[STATE_WAITING] + run.counts[STATE_RUNNING], 0);
	assert_int_equal(run.counts[STATE_OK], 1);
	run_release(&run);
}

static void
test_attempts_keep_what_was_told_of_them(void **state)
{
	(void)state;
	struct run run;
	begin(&run);
	add(&run, "web");
	start(&run, "web", "fetch", 1);
	const struct run_sequence *web = run_find(&run, "web");
	const struct run_attempt *attempt = run_last_attempt(&web->steps[0]);
	assert_int_equal(attempt->state, STATE_RUNNING);
	assert_int_equal(attempt->duration_us, -1);
	assert_int_equal(web->started_mono_us, run.last_mono_us);
	struct event event = next(&run, EVENT_STEP_STARTED, "web", "fetch");
	event.attempt = 1;
	event.pid = 123;
	event.start_time = 456;
	apply(&run, &event);
	event = ended(&run, "web", "fetch", 1, STATE_FAILED);
	event.code = 3;
	event.reason = "because";
	event.duration_us = 77;
	event.bytes = 99;
	event.lingered = true;
	apply(&run, &event);
	assert_int_equal(attempt->pid, 123);
	assert_int_equal(attempt->start_time, 456);
	assert_string_equal(attempt->command, "make");
	assert_string_equal(attempt->log, "sequences/web/01-fetch.1.log");
	assert_int_equal(attempt->code, 3);
	assert_string_equal(attempt->reason, "because");
	assert_int_equal(attempt->duration_us, 77);
	assert_int_equal(attempt->bytes, 99);
	assert_true(attempt->lingered);
	/* Numbers may be left out, and are never used twice. */
	start(&run, "web", "fetch", 4);
	end(&run, "web", "fetch", 4, STATE_OK);
	assert_int_equal(web->steps[0].attempt_count, 2);
	assert_int_equal(run_last_attempt(&web->steps[0])->number, 4);
	assert_int_equal(run_last_attempt(&web->steps[0])->duration_us, CLOCK_SECOND_US);
	assert_null(run_last_attempt(&web->steps[1]));
	run_release(&run);
}

static void
test_steps_that_are_passed_are_skipped(void **state)
{
	(void)state;
	struct run run;
	begin(&run);
	add(&run, "web");
	const struct run_sequence *web = run_find(&run, "web");
	struct event event = ended(&run, "web", "fetch", 0, STATE_SKIPPED);
	apply(&run, &event);
	assert_int_equal(web->steps[0].state, STATE_SKIPPED);
	assert_int_equal(web->steps[0].attempt_count, 0);
	start(&run, "web", "install", 1);
	assert_int_equal(web->steps[1].state, STATE_SKIPPED);
	assert_int_equal(run_steps_done(web), 2);
	/* One that was tried stays what it was; going back hides nothing. */
	end(&run, "web", "install", 1, STATE_FAILED);
	start(&run, "web", "build", 1);
	end(&run, "web", "build", 1, STATE_OK);
	assert_string_equal(run_present_step(web)->name, "build");
	set_state(&run, "web", STATE_OK);
	assert_int_equal(web->steps[2].state, STATE_FAILED);
	assert_int_equal(web->steps[1].state, STATE_OK);
	run_release(&run);
}

static void
test_a_pause_before_a_retry_has_its_end(void **state)
{
	(void)state;
	struct run run;
	begin(&run);
	add(&run, "web");
	struct event event = next(&run, EVENT_SEQUENCE_STATE, "web", "build");
	event.state = STATE_RETRYING;
	event.duration_us = 5 * CLOCK_SECOND_US;
	event.reason = "exit 3";
	apply(&run, &event);
	const struct run_sequence *web = run_find(&run, "web");
	assert_int_equal(web->retry_mono_us, run.last_mono_us + 5 * CLOCK_SECOND_US);
	assert_string_equal(web->reason, "exit 3");
	assert_string_equal(run_present_step(web)->name, "build");
	int64_t since = web->since_mono_us;
	set_state(&run, "web", STATE_RETRYING);
	assert_int_equal(web->since_mono_us, since);
	assert_null(web->reason);
	set_state(&run, "web", STATE_RUNNING);
	assert_int_equal(web->retry_mono_us, 0);
	/* What had ended can go on, and has then not ended. */
	set_state(&run, "web", STATE_FAILED);
	assert_true(web->ended_mono_us > 0);
	set_state(&run, "web", STATE_QUEUED);
	assert_int_equal(web->ended_mono_us, 0);
	run_release(&run);
}

static void
test_engines_come_and_go(void **state)
{
	(void)state;
	struct run run;
	begin(&run);
	struct event event = next(&run, EVENT_ENGINE_STARTED, NULL, NULL);
	event.pid = 42;
	event.start_time = 4242;
	event.boot = "boot-1";
	apply(&run, &event);
	assert_int_equal(run.engine_pid, 42);
	/* Killed; another one, after a reboot that began the clock anew. */
	event = next(&run, EVENT_ENGINE_STARTED, NULL, NULL);
	event.mono_us = 1;
	event.boot = "boot-2";
	apply(&run, &event);
	assert_int_equal(run.engine_pid, 7);
	assert_int_equal(run.engine_start_time, 0);
	assert_string_equal(run.engine_boot, "boot-2");
	event = next(&run, EVENT_ENGINE_STOPPED, NULL, NULL);
	apply(&run, &event);
	assert_int_equal(run.engine_pid, 0);
	assert_null(run.engine_boot);
	run_release(&run);
}

static void
test_the_state_of_the_run_gives_the_exit_status(void **state)
{
	(void)state;
	const struct { enum state state; int status; } ends[] = {
		{ STATE_OK, 0 }, { STATE_FAILED, 1 }, { STATE_CANCELLED, 3 },
		{ STATE_RUNNING, 1 }, { STATE_HELD, 1 },
	};
	struct run run;
	begin(&run);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct event event = next(&run, EVENT_RUN_STATE, NULL, NULL);
		event.state = (int)ends[i].state;
		event.reason = "why";
		apply(&run, &event);
		assert_int_equal(run_exit_status(&run), ends[i].status);
		assert_string_equal(run.reason, "why");
		assert_int_equal(run.ended_mono_us != 0, state_is_end(ends[i].state));
	}
	run_release(&run);
}

static void
test_the_last_notes_are_kept(void **state)
{
	(void)state;
	struct run run;
	char text[20];
	begin(&run);
	for (int i = 0; i < RUN_NOTES_MAX + 5; i++) {
		struct event event = next(&run, EVENT_NOTE, "nobody", NULL);
		snprintf(text, sizeof text, "note %d", i);
		event.text = text;
		apply(&run, &event);
	}
	assert_int_equal(run.note_count, RUN_NOTES_MAX);
	assert_string_equal(run.notes[0].text, "note 5");
	assert_string_equal(run.notes[0].level, "info");
	assert_string_equal(run.notes[RUN_NOTES_MAX - 1].text, "note 104");
	run_release(&run);
}

static void
test_what_contradicts_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	struct run run;
	run_init(&run);
	struct event event = next(&run, EVENT_NOTE, NULL, NULL);
	refuse(&run, &event, "the first event is note and not run_started");
	begin(&run);
	event = next(&run, EVENT_RUN_STARTED, NULL, NULL);
	refuse(&run, &event, "a second time");
	add(&run, "web");
	event = next(&run, EVENT_NOTE, NULL, NULL);
	event.number = 2;
	refuse(&run, &event, "event 2 comes behind event 2");
	event = next(&run, EVENT_SEQUENCE_ADDED, "web", NULL);
	refuse(&run, &event, "'web' is added twice");
	event = next(&run, EVENT_SEQUENCE_ADDED, "db", NULL);
	event.steps = three_steps;
	event.kinds = three_steps + 1;
	refuse(&run, &event, "3 steps and 2 kinds");
	event = next(&run, EVENT_SEQUENCE_STATE, "db", NULL);
	event.state = STATE_OK;
	refuse(&run, &event, "there is no sequence 'db'");
	event = next(&run, EVENT_SEQUENCE_STATE, "web", "dance");
	event.state = STATE_OK;
	refuse(&run, &event, "'web' has no step 'dance'");
	event = next(&run, EVENT_SEQUENCE_STATE, "web", NULL);
	refuse(&run, &event, "'state' is missing");
	event.state = STATE_TIMED_OUT;
	refuse(&run, &event, "a sequence cannot be timed-out");
	event = next(&run, EVENT_RUN_STATE, NULL, NULL);
	event.state = STATE_QUEUED;
	refuse(&run, &event, "a run cannot be queued");
	event = next(&run, EVENT_STEP_STARTED, "web", "fetch");
	event.attempt = 1;
	refuse(&run, &event, "attempt 1 of the step 'fetch' of 'web' was not started");
	event = ended(&run, "web", "fetch", 1, STATE_OK);
	refuse(&run, &event, "was not started");
	event = ended(&run, "web", "fetch", 0, STATE_OK);
	refuse(&run, &event, "was not started");
	start(&run, "web", "fetch", 2);
	event = next(&run, EVENT_STEP_STARTING, "web", "fetch");
	event.attempt = 3;
	refuse(&run, &event, "while its attempt 2 has no end");
	event = ended(&run, "web", "fetch", 3, STATE_OK);
	refuse(&run, &event, "attempt 3 of the step 'fetch' of 'web' was not started");
	event = ended(&run, "web", "fetch", 2, STATE_RUNNING);
	refuse(&run, &event, "a step cannot end running");
	event = ended(&run, "web", "fetch", 0, STATE_SKIPPED);
	refuse(&run, &event, "is left out while it runs");
	end(&run, "web", "fetch", 2, STATE_OK);
	event = ended(&run, "web", "fetch", 2, STATE_OK);
	refuse(&run, &event, "has ended before");
	event = next(&run, EVENT_STEP_STARTING, "web", "fetch");
	event.attempt = 2;
	refuse(&run, &event, "is out of order");
	assert_int_equal(run_find(&run, "web")->steps[0].attempt_count, 1);
	run_release(&run);
}

static void
assert_outcome(const struct run_attempt *attempt, const char *expected)
{
	struct buf text = BUF_INIT;
	run_attempt_outcome(attempt, &text);
	assert_string_equal(buf_str(&text), expected);
	buf_release(&text);
}

static void
test_outcomes_are_told_in_words(void **state)
{
	(void)state;
	char kill_name[] = "KILL", no_file[] = "No such file or directory", why[] = "no match";
	struct run_attempt attempt = { .state = STATE_OK, .code = 0 };
	assert_outcome(&attempt, "ok");
	attempt.code = 3;
	assert_outcome(&attempt, "ok (exit 3)");
	attempt.state = STATE_FAILED;
	assert_outcome(&attempt, "exit 3");
	attempt.reason = why;
	assert_outcome(&attempt, "exit 3: no match");
	attempt.code = -1;
	assert_outcome(&attempt, "no match");
	attempt.reason = NULL;
	assert_outcome(&attempt, "failed");
	attempt.signal = kill_name;
	assert_outcome(&attempt, "signal KILL");
	attempt.error = no_file;
	assert_outcome(&attempt, "cannot start: No such file or directory");
	attempt.state = STATE_TIMED_OUT;
	attempt.duration_us = 10 * CLOCK_SECOND_US + 999;
	assert_outcome(&attempt, "timed out after 10s");
	attempt.state = STATE_UNKNOWN;
	assert_outcome(&attempt, "outcome unknown");
	attempt.state = STATE_RUNNING;
	assert_outcome(&attempt, "running");
	attempt.state = STATE_CANCELLED;
	assert_outcome(&attempt, "cancelled");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_run_begins_with_what_it_is),
		cmocka_unit_test(test_a_sequence_is_followed_from_waiting_to_ok),
		cmocka_unit_test(test_attempts_keep_what_was_told_of_them),
		cmocka_unit_test(test_steps_that_are_passed_are_skipped),
		cmocka_unit_test(test_a_pause_before_a_retry_has_its_end),
		cmocka_unit_test(test_engines_come_and_go),
		cmocka_unit_test(test_the_state_of_the_run_gives_the_exit_status),
		cmocka_unit_test(test_the_last_notes_are_kept),
		cmocka_unit_test(test_what_contradicts_is_refused_and_changes_nothing),
		cmocka_unit_test(test_outcomes_are_told_in_words),
	};
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
