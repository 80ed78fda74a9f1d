#include "model/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random_event.h"
#include "run_history.h"

/* One random step of a valid history. */
static void
live_on(struct run *run, uint64_t *dice)
{
	static const enum state ends[] = { STATE_OK, STATE_FAILED, STATE_CANCELLED,
		STATE_TIMED_OUT, STATE_UNKNOWN, STATE_SKIPPED };
	static const enum state states[] = { STATE_WAITING, STATE_QUEUED, STATE_RUNNING,
		STATE_HELD, STATE_RETRYING, STATE_OK, STATE_FAILED, STATE_CANCELLED,
		STATE_SKIPPED };
	char name[20];
	struct run_sequence *sequence = run->sequence_count ?
	    &run->sequences[scratch_pick(dice, run->sequence_count)] : NULL;
	size_t what = sequence ? scratch_pick(dice, 8) : 0;
	if (what == 0) {
		snprintf(name, sizeof name, "s%zu", run->sequence_count);
		add(run, name);
		return;
	}
	if (what <= 3) {
		set_state(run, sequence->name, states[scratch_pick(dice, 9)]);
		return;
	}
	const struct run_step *step = &sequence->steps[scratch_pick(dice, 3)];
	const struct run_attempt *last = run_last_attempt(step);
	if (last && last->state == STATE_RUNNING)
		end(run, sequence->name, step->name, last->number, ends[scratch_pick(dice, 6)]);
	else
		start(run, sequence->name, step->name, last ? last->number + 1 : 1);
}

/* What must hold of any run at any time. */
static void
check(const struct run *run)
{
	size_t counts[STATES] = { 0 };
	for (size_t i = 0; i < run->sequence_count; i++) {
		const struct run_sequence *sequence = &run->sequences[i];
		counts[sequence->state]++;
		assert_ptr_equal(run_find(run, sequence->name), sequence);
		assert_int_equal(sequence->index, i);
		assert_true(sequence->step_index <= sequence->step_count);
		assert_int_equal(sequence->ended_mono_us != 0, state_is_end(sequence->state));
		for (size_t j = 0; j < sequence->step_count; j++) {
			const struct run_step *step = &sequence->steps[j];
			for (size_t k = 1; k < step->attempt_count; k++)
				assert_true(step->attempts[k - 1].number <
				    step->attempts[k].number);
			for (size_t k = 0; k + 1 < step->attempt_count; k++)
				assert_int_not_equal(step->attempts[k].state, STATE_RUNNING);
		}
	}
	assert_memory_equal(counts, run->counts, sizeof counts);
}

static void
test_random_histories_are_taken_and_counts_add_up(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		uint64_t dice = seed;
		struct run run;
		begin(&run);
		for (int i = 0; i < 150; i++) {
			live_on(&run, &dice);
			check(&run);
		}
		run_release(&run);
	}
}

static void
test_random_events_harm_nothing(void **state)
{
	(void)state;
	static struct random_event random;
	static const char *const names[] = { "s0", "s1", "s2", "nobody" };
	static const char *const steps[] = { "fetch", "build", "install", "dance" };
	uint64_t dice = 99;
	struct run run;
	size_t taken = 0;
	begin(&run);
	for (int i = 0; i < 20000; i++) {
		random_event(&random, &dice);
		struct event *event = &random.event;
		event->number = run.last_number + scratch_pick(&dice, 3);
		event->mono_us |= 1; /* 0 would read as "not ended" */
		if (event->sequence)
			event->sequence = names[scratch_pick(&dice, 4)];
		if (event->step)
			event->step = steps[scratch_pick(&dice, 4)];
		if (event->kind == EVENT_SEQUENCE_ADDED && scratch_pick(&dice, 2)) {
			event->steps = three_steps;
			event->kinds = NULL;
		}
		if (event->attempt)
			event->attempt = (int)scratch_pick(&dice, 50);
		taken += run_apply(&run, event, NULL) == 0;
		if (i % 100 == 0)
			check(&run);
	}
	check(&run);
	assert_true(taken > 1000);
	run_release(&run);
}

static void
test_a_large_run_costs_no_more_an_event_than_a_small_one(void **state)
{
	(void)state;
	enum { SEQUENCES = 10000 };
	char name[20];
	struct run run;
	begin(&run);
	for (int i = 0; i < SEQUENCES; i++) {
		snprintf(name, sizeof name, "node@web%05d", i);
		add(&run, name);
	}
	/* A walk over all sequences or a copy of them for each event would be seen here as
	 * minutes: three hundred million steps instead of thirty thousand. */
	for (int i = 0; i < SEQUENCES; i++) {
		snprintf(name, sizeof name, "node@web%05d", i);
		start(&run, name, "fetch", 1);
		end(&run, name, "fetch", 1, STATE_OK);
		set_state(&run, name, STATE_FAILED);
	}
	assert_int_equal(run.counts[STATE_FAILED], SEQUENCES);
	run_release(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_histories_are_taken_and_counts_add_up),
		cmocka_unit_test(test_random_events_harm_nothing),
		cmocka_unit_test(test_a_large_run_costs_no_more_an_event_than_a_small_one),
	};
	return cmocka_run_group_tests_name("run_random", tests, NULL, NULL);
}
