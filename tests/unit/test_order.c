#include "ui/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

/* A run of sequences in these states, named s0, s1 … */
static void
run_of(struct run *run, const enum state *states, size_t count)
{
	memset(run, 0, sizeof *run);
	run->sequence_count = count;
	run->sequences = calloc(count + 1, sizeof *run->sequences);
	for (size_t i = 0; i < count; i++) {
		run->sequences[i].name = mem_printf("s%zu", i);
		run->sequences[i].index = i;
		run->sequences[i].state = states[i];
		run->sequences[i].started_mono_us = 1;
	}
}

static void
run_end(struct run *run)
{
	for (size_t i = 0; i < run->sequence_count; i++)
		free(run->sequences[i].name);
	free(run->sequences);
}

static void
test_trouble_first_then_what_runs_then_what_waits_then_what_ended(void **state)
{
	(void)state;
	static const enum state states[] = { STATE_OK, STATE_WAITING, STATE_RUNNING, STATE_FAILED,
		STATE_HELD, STATE_QUEUED, STATE_FAILED, STATE_RETRYING, STATE_CANCELLED };
	static const size_t expected[] = { 3, 6, 4, 2, 7, 5, 1, 8, 0 };
	struct run run;
	struct order order = { 0 };
	struct filter_by filter = { .state = -1 };
	run_of(&run, states, 9);
	order_make(&order, &run, &filter);
	assert_int_equal(order.count, 9);
	for (size_t i = 0; i < 9; i++) {
		assert_int_equal(order.sequences[i], expected[i]);
		assert_int_equal(order_position(&order, expected[i]), i);
		assert_true(i == 0 || order.needs[i] >= order.needs[i - 1]);
	}
	assert_int_equal(order_position(&order, 9), ORDER_NONE);
	order_release(&order);
	run_end(&run);
}

static void
test_the_order_of_the_plan_holds_within_a_group(void **state)
{
	(void)state;
	enum state states[300];
	struct run run;
	struct order order = { 0 };
	struct filter_by filter = { .state = -1 };
	uint64_t dice = 5;
	for (size_t i = 0; i < 300; i++)
		states[i] = (enum state)scratch_pick(&dice, STATE_SKIPPED + 1);
	run_of(&run, states, 300);
	order_make(&order, &run, &filter);
	for (size_t i = 1; i < 300; i++)
		if (states[order.sequences[i]] == states[order.sequences[i - 1]])
			assert_true(order.sequences[i] > order.sequences[i - 1]);
	order_release(&order);
	run_end(&run);
}

static void
test_a_filter_shows_names_with_the_text_or_one_state(void **state)
{
	(void)state;
	static const enum state states[] = { STATE_OK, STATE_FAILED, STATE_OK, STATE_RUNNING };
	struct run run;
	struct order order = { 0 };
	struct filter_by filter = { .state = -1 };
	struct err err = ERR_INIT;
	run_of(&run, states, 4);
	assert_int_equal(filter_by_parse(&filter, "S2", &err), 0);
	order_make(&order, &run, &filter);
	assert_int_equal(order.count, 1);
	assert_int_equal(order.sequences[0], 2);
	assert_int_equal(order_position(&order, 0), ORDER_NONE);
	assert_int_equal(filter_by_parse(&filter, ":state ok", &err), 0);
	order_make(&order, &run, &filter);
	assert_int_equal(order.count, 2);
	assert_true(filter_by_is_set(&filter));
	assert_int_equal(filter_by_parse(&filter, "  ", &err), 0);
	assert_false(filter_by_is_set(&filter));
	order_make(&order, &run, &filter);
	assert_int_equal(order.count, 4);
	filter_by_release(&filter);
	order_release(&order);
	run_end(&run);
}

static void
test_a_wrong_filter_is_explained_and_changes_nothing(void **state)
{
	(void)state;
	struct filter_by filter = { .state = -1 };
	struct err err = ERR_INIT;
	assert_int_equal(filter_by_parse(&filter, "web", &err), 0);
	assert_int_equal(filter_by_parse(&filter, ":state broken", &err), -1);
	assert_non_null(strstr(err.text, "no state 'broken'"));
	assert_int_equal(filter_by_parse(&filter, ":sort", &err), -1);
	assert_string_equal(filter.text, "web");
	filter_by_release(&filter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trouble_first_then_what_runs_then_what_waits_then_what_ended),
		cmocka_unit_test(test_the_order_of_the_plan_holds_within_a_group),
		cmocka_unit_test(test_a_filter_shows_names_with_the_text_or_one_state),
		cmocka_unit_test(test_a_wrong_filter_is_explained_and_changes_nothing),
	};
	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
