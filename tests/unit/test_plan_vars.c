#include "plan/plan.h"

#include "base/mem.h"
#include "plan_text.h"

static const char *
value_of(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->var_count; i++)
		if (strcmp(plan->vars[i].name, name) == 0)
			return plan->vars[i].value;
	return NULL;
}

static struct plan *
plan_with(const char *text, const struct plan_setting *settings, size_t count)
{
	struct plan_request request = { .settings = settings, .setting_count = count,
		.dir = "/plans" };
	return plan_of(text, &request);
}

static void
test_variables_are_put_into_each_other_in_any_order(void **state)
{
	(void)state;
	struct plan *plan = plan_with("[vars]\na = {b}-{c!raw} {d}\nb = <{c}>\nc = 1 ; 2\n"
	    "e =\n[sequence s]\n", NULL, 0);
	assert_string_equal(value_of(plan, "a"), "<1 ; 2>-1 ; 2 {d}");
	assert_string_equal(value_of(plan, "e"), "");
	plan_free(plan);
}

static void
test_the_directory_of_the_plan_is_known_to_variables(void **state)
{
	(void)state;
	struct plan *plan = plan_with("[vars]\na = {plan_dir}/x\n[sequence s]\n", NULL, 0);
	assert_string_equal(value_of(plan, "a"), "/plans/x");
	plan_free(plan);
}

static void
test_circles_of_variables_are_named_in_full(void **state)
{
	(void)state;
	assert_told("[vars]\nx = {a}\na = {b}\nb = 1{c}\nc = {a}{a}\nd = {d}\n[sequence s]\n",
	    "p.ini:3:5: variables that need each other: 'a' needs 'b' needs 'c' needs 'a'\n"
	    "p.ini:3:5: variables that need each other: 'a' needs 'b' needs 'c' needs 'a'\n"
	    "p.ini:6:5: variables that need each other: 'd' needs 'd'\n");
}

static void
test_a_long_chain_of_variables_is_resolved(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	buf_add_str(&text, "[sequence s]\n[vars]\n");
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "v%d = {v%d}\n", i, i + 1);
	buf_add_str(&text, "v5000 = end\n");
	struct plan *plan = plan_with(text.data, NULL, 0);
	assert_string_equal(value_of(plan, "v0"), "end");
	plan_free(plan);
	buf_release(&text);
}

static void
test_values_that_grow_without_end_are_refused(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	buf_add_str(&text, "[sequence s]\n[vars]\n");
	for (int i = 0; i < 40; i++)
		buf_printf(&text, "v%d = {v%d}{v%d}\n", i, i + 1, i + 1);
	buf_add_str(&text, "v40 = x\n");
	char *told = plan_told_of(text.data, text.len, NULL);
	assert_non_null(strstr(told, "the value of 'v19' is longer than 1048576 bytes once "
	    "the variables are put in"));
	free(told);
	buf_release(&text);
}

static void
test_a_command_that_grows_too_long_is_refused(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	buf_add_str(&text, "[vars]\nv = ");
	for (int i = 0; i < 100000; i++)
		buf_add_str(&text, "0123456789");
	buf_add_str(&text, "\n[sequence s]\nrun a = {v}\nrun b = {v} {v}\n");
	assert_told(text.data, "p.ini:5:9: this value is longer than 1048576 bytes once the "
	    "variables are put in\n");
	buf_release(&text);
}

static void
test_names_that_the_run_sets_are_refused(void **state)
{
	(void)state;
	assert_told("[vars]\nstep = 1\nRun-dir = 2\nplan_dir = 3\na b = 4\n[sequence s]\n",
	    "p.ini:2:1: 'step' is set by seqdeck itself: choose another name\n"
	    "p.ini:3:1: 'Run-dir' is set by seqdeck itself: choose another name\n"
	    "p.ini:4:1: 'plan_dir' is set by seqdeck itself: choose another name\n"
	    "p.ini:5:1: 'a b' is not a name: write letters, digits, '-' and '_', at most "
	    "100\n");
}

static void
test_names_that_are_the_same_in_the_environment_are_warned_of(void **state)
{
	(void)state;
	assert_told("[vars]\na-b = 1\na = 2\nA_b = 3\n[sequence s]\n",
	    "p.ini:4:1: warning: this variable and the one in line 2 are the same in the "
	    "environment of steps: SEQDECK_A_B\n");
}

static void
test_a_setting_replaces_and_adds(void **state)
{
	static const struct plan_setting set[] = {
		{ "a", "{b} is text" }, { "new", "x\ny" }, { "a", "the later {b}" },
	};
	(void)state;
	struct plan *plan = plan_with("[vars]\na = {c}\nb = {a}!\nc = {b}\n[sequence s]\n",
	    set, 3);
	assert_string_equal(value_of(plan, "a"), "the later {b}");
	assert_string_equal(value_of(plan, "b"), "the later {b}!");
	assert_string_equal(value_of(plan, "new"), "x\ny");
	assert_int_equal(plan->var_count, 4);
	plan_free(plan);
}

static void
test_settings_that_no_plan_could_hold_are_refused(void **state)
{
	static const struct plan_setting set[] = {
		{ "a b", "x" }, { "", "x" }, { "step", "x" }, { "bell", "a\a" },
		{ "bad", "\xff" }, { "c1", "\xc2\x85" },
	};
	struct plan_request request = { .settings = set, .setting_count = 6 };
	(void)state;
	char *told = plan_told_of("[sequence s]\n", 13, &request);
	assert_string_equal(told,
	    "--set: 'a b' is not a name: write letters, digits, '-' and '_', at most 100\n"
	    "--set: '' is not a name: write letters, digits, '-' and '_', at most 100\n"
	    "--set: 'step' is set by seqdeck itself: choose another name\n"
	    "--set: 'bell' has a value with control characters or one that is not UTF-8\n"
	    "--set: 'bad' has a value with control characters or one that is not UTF-8\n"
	    "--set: 'c1' has a value with control characters or one that is not UTF-8\n");
	free(told);
}

static void
test_near_misses_of_known_names_are_warned_of(void **state)
{
	(void)state;
	assert_told("[vars]\nrelease = 1\nx = {relase}\n[sequence s]\n"
	    "run a = echo {releas} {sequnce} {print} ${releas} {x} {y}\n"
	    "  and {Release!raw}\na.cwd = {pln_dir}\n",
	    "p.ini:3:5: warning: '{relase}' stays as it is: no variable has this name; did "
	    "you mean '{release}'?\n"
	    "p.ini:5:14: warning: '{releas}' stays as it is: no variable has this name; did "
	    "you mean '{release}'?\n"
	    "p.ini:5:23: warning: '{sequnce}' stays as it is: no variable has this name; "
	    "did you mean '{sequence}'?\n"
	    "p.ini:6:7: warning: '{Release}' stays as it is: no variable has this name; did "
	    "you mean '{release}'?\n"
	    "p.ini:7:9: warning: '{pln_dir}' stays as it is: no variable has this name; did "
	    "you mean '{plan_dir}'?\n");
}

static void
test_names_of_the_run_are_not_known_to_variables_and_title(void **state)
{
	(void)state;
	assert_told("[plan]\ntitle = {run}\n[vars]\na = {step}\n[sequence s]\n",
	    "p.ini:2:9: warning: '{run}' stays as it is: no step is known here yet\n"
	    "p.ini:4:5: warning: '{step}' stays as it is: no step is known here yet\n");
}

static void
test_an_unknown_modifier_is_warned_of(void **state)
{
	(void)state;
	assert_told("[vars]\na = 1\n[sequence s]\nrun x = {a!rwa} {b!rwa}\n",
	    "p.ini:4:9: warning: '{a!rwa}' stays as it is: only '{a!raw}' is known\n");
}

/* What is told of a command with {v}, whose value needs quotes. */
static void
assert_quotes_told(const char *command, const char *column)
{
	char *text = mem_printf("[vars]\nv = x y\nplain = xy\n[sequence s]\nrun a = %s\n",
	    command);
	char *expected = column ? mem_printf("p.ini:%s: warning: '{v}' is quoted by itself; "
	    "here it stands inside quotes: take these away, or write '{v!raw}'\n", column) :
	    mem_strdup("");
	assert_told(text, expected);
	free(text);
	free(expected);
}

static void
test_a_value_inside_quotes_of_a_command_is_warned_of(void **state)
{
	(void)state;
	assert_quotes_told("echo \"{v}\"", "5:15");
	assert_quotes_told("echo 'a' b 'c {v}'", "5:23");
	assert_quotes_told("echo \"\\\"{v}\"", "5:17");
	assert_quotes_told("echo # it's\n  echo '{v}'", "6:9");
}

static void
test_a_value_outside_quotes_is_not_warned_of(void **state)
{
	(void)state;
	assert_quotes_told("echo {v} 'x'{v}\"y\"", NULL);
	assert_quotes_told("echo '{plain}' \"{step}\" '{v!raw}'", NULL);
	assert_quotes_told("echo \\'{v}\\\"", NULL);
	assert_quotes_told("# it's {v}\n  echo {v}", NULL);
	assert_quotes_told("echo \"$(cat {v})\"", NULL);
	assert_quotes_told("cat <<X\n  it's {v}\n  X", NULL);
	assert_quotes_told("echo '#' {v}", NULL);
	assert_quotes_told("echo a#'b' {v}", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variables_are_put_into_each_other_in_any_order),
		cmocka_unit_test(test_the_directory_of_the_plan_is_known_to_variables),
		cmocka_unit_test(test_circles_of_variables_are_named_in_full),
		cmocka_unit_test(test_a_long_chain_of_variables_is_resolved),
		cmocka_unit_test(test_values_that_grow_without_end_are_refused),
		cmocka_unit_test(test_a_command_that_grows_too_long_is_refused),
		cmocka_unit_test(test_names_that_the_run_sets_are_refused),
		cmocka_unit_test(test_names_that_are_the_same_in_the_environment_are_warned_of),
		cmocka_unit_test(test_a_setting_replaces_and_adds),
		cmocka_unit_test(test_settings_that_no_plan_could_hold_are_refused),
		cmocka_unit_test(test_near_misses_of_known_names_are_warned_of),
		cmocka_unit_test(test_names_of_the_run_are_not_known_to_variables_and_title),
		cmocka_unit_test(test_an_unknown_modifier_is_warned_of),
		cmocka_unit_test(test_a_value_inside_quotes_of_a_command_is_warned_of),
		cmocka_unit_test(test_a_value_outside_quotes_is_not_warned_of),
	};
	return cmocka_run_group_tests_name("plan_vars", tests, NULL, NULL);
}
