#include "plan/plan.h"

#include "base/mem.h"
#include "plan_text.h"

static void
test_needs_and_after_become_indices(void **state)
{
	(void)state;
	struct plan *plan = plan_of("[sequence a]\nneeds = c, b\nafter = d b\n[sequence b]\n"
	    "[sequence c]\n[sequence d]\n", NULL);
	const struct plan_sequence *a = &plan->sequences[0];
	assert_int_equal(a->needs_count, 2);
	assert_int_equal(a->needs[0], 2);
	assert_int_equal(a->needs[1], 1);
	assert_int_equal(a->after_count, 2);
	assert_int_equal(a->after[0], 3);
	assert_int_equal(a->after[1], 1);
	assert_int_equal(plan->sequences[1].needs_count, 0);
	plan_free(plan);
}

static void
test_a_name_twice_in_a_list_counts_once(void **state)
{
	(void)state;
	struct plan *plan = plan_of("[sequence a]\nneeds = b, b,b\n[sequence b]\n", NULL);
	assert_int_equal(plan->sequences[0].needs_count, 1);
	plan_free(plan);
}

static void
test_unknown_sequences_are_told_with_their_place_and_the_nearest(void **state)
{
	(void)state;
	assert_told("[sequence web]\nneeds = db, cahce\n   cache, nothing\nafter = wbe\n"
	    "[sequence db]\n[sequence cache]\n",
	    "p.ini:2:13: needs: no sequence 'cahce': did you mean 'cache'?\n"
	    "p.ini:3:11: needs: no sequence 'nothing'\n"
	    "p.ini:4:9: after: no sequence 'wbe': did you mean 'web'?\n");
}

static void
test_circles_are_named_in_full(void **state)
{
	(void)state;
	assert_told("[sequence a]\nneeds = b\n[sequence b]\nafter = c\n[sequence c]\n"
	    "needs = x, a\n[sequence x]\n",
	    "p.ini:6:12: sequences that wait for each other: 'a' needs 'b' after 'c' needs "
	    "'a'\n");
	assert_told("[sequence a]\nneeds = a\n",
	    "p.ini:2:9: sequences that wait for each other: 'a' needs 'a'\n");
	assert_told("[sequence a]\nneeds = b\n[sequence b]\nneeds = c\n[sequence c]\n"
	    "needs = b\n",
	    "p.ini:6:9: sequences that wait for each other: 'b' needs 'c' needs 'b'\n");
}

static void
test_two_ways_to_the_same_sequence_are_no_circle(void **state)
{
	(void)state;
	assert_told("[sequence a]\nneeds = b, c\n[sequence b]\nneeds = d\n[sequence c]\n"
	    "needs = d\nafter = d\n[sequence d]\n", "");
}

static void
test_a_long_chain_is_walked_and_a_long_circle_is_cut(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "[sequence s%d]\nneeds = s%d\n", i, i + 1);
	buf_add_str(&text, "[sequence s20000]\n");
	assert_told(text.data, "");
	buf_add_str(&text, "needs = s0\n");
	char *told = plan_told_of(text.data, text.len, NULL);
	assert_non_null(strstr(told, "p.ini:40002:9: sequences that wait for each other: "
	    "'s0' needs 's1' needs 's2'"));
	assert_non_null(strstr(told, "'s19' needs ... 's0'\n"));
	free(told);
	buf_release(&text);
}

static struct plan *
plan_with_only(const char *text, const char *const *only)
{
	struct plan_request request = { .only = only };
	return plan_of(text, &request);
}

static const char web[] = "[sequence net]\n[sequence db]\nneeds = net\n[sequence web1]\n"
    "needs = db\nafter = log\n[sequence web2]\nneeds = db\n[sequence log]\n"
    "[sequence end]\nafter = web1, log, web2\n";

static void
test_only_leaves_what_is_named_and_what_it_needs(void **state)
{
	static const char *const only[] = { "web1", NULL };
	(void)state;
	struct plan *plan = plan_with_only(web, only);
	assert_int_equal(plan->sequence_count, 3);
	assert_string_equal(plan->sequences[0].name, "net");
	assert_string_equal(plan->sequences[1].name, "db");
	assert_int_equal(plan->sequences[1].needs[0], 0);
	assert_string_equal(plan->sequences[2].name, "web1");
	assert_int_equal(plan->sequences[2].needs[0], 1);
	assert_int_equal(plan->sequences[2].after_count, 0);
	assert_int_equal(plan_find_sequence(plan, "web1"), 2);
	assert_int_equal(plan_find_sequence(plan, "web2"), -1);
	plan_free(plan);
}

static void
test_only_takes_globs_and_keeps_after_among_the_chosen(void **state)
{
	static const char *const only[] = { "web*", "end", NULL };
	(void)state;
	struct plan *plan = plan_with_only(web, only);
	assert_int_equal(plan->sequence_count, 5);
	assert_string_equal(plan->sequences[4].name, "end");
	assert_int_equal(plan->sequences[4].after_count, 2);
	assert_int_equal(plan->sequences[4].after[0], 2);
	assert_int_equal(plan->sequences[4].after[1], 3);
	plan_free(plan);
}

static void
test_an_only_that_names_nothing_is_an_error(void **state)
{
	static const char *const only[] = { "wbe1", "x*", "web1", NULL };
	struct plan_request request = { .only = only };
	(void)state;
	char *told = plan_told_of(web, sizeof web - 1, &request);
	assert_string_equal(told,
	    "--only: no sequence is called 'wbe1': did you mean 'web1'?\n"
	    "--only: no sequence is called 'x*'\n");
	free(told);
}

static void
test_errors_in_what_only_leaves_out_are_told_all_the_same(void **state)
{
	static const char *const only[] = { "a", NULL };
	struct plan_request request = { .only = only };
	static const char text[] = "[sequence a]\n[sequence b]\ntty = maybe\n";
	(void)state;
	char *told = plan_told_of(text, sizeof text - 1, &request);
	assert_non_null(strstr(told, "p.ini:3:7: "));
	free(told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs_and_after_become_indices),
		cmocka_unit_test(test_a_name_twice_in_a_list_counts_once),
		cmocka_unit_test(test_unknown_sequences_are_told_with_their_place_and_the_nearest),
		cmocka_unit_test(test_circles_are_named_in_full),
		cmocka_unit_test(test_two_ways_to_the_same_sequence_are_no_circle),
		cmocka_unit_test(test_a_long_chain_is_walked_and_a_long_circle_is_cut),
		cmocka_unit_test(test_only_leaves_what_is_named_and_what_it_needs),
		cmocka_unit_test(test_only_takes_globs_and_keeps_after_among_the_chosen),
		cmocka_unit_test(test_an_only_that_names_nothing_is_an_error),
		cmocka_unit_test(test_errors_in_what_only_leaves_out_are_told_all_the_same),
	};
	return cmocka_run_group_tests_name("plan_needs", tests, NULL, NULL);
}
