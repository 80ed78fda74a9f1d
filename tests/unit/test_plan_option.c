#include "plan/plan_option.h"

#include <signal.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/plan_kind.h"
#include "plan/plan_value.h"
#include "plan_text.h"

/* The options of a step for which one was set; goes with plan_free(*plan). */
static const struct plan_options *
options_with(const char *line, struct plan **plan)
{
	char *text = mem_printf("[sequence a]\nrun s = x\ns.%s\n", line);
	const struct plan_options *options = plan_first_step(text, plan)->options;
	free(text);
	return options;
}

/* Asserts what is told of an option of a step. */
static void
assert_refused(const char *line, const char *expected)
{
	char *text = mem_printf("[sequence a]\nrun s = x\ns.%s\n", line);
	char *told = plan_told_of(text, strlen(text), NULL);
	if (!strstr(told, expected))
		assert_string_equal(told, expected);
	free(told);
	free(text);
}

static void
test_what_is_not_set_is_as_the_table_says(void **state)
{
	struct plan *plan;
	struct err err = ERR_INIT;
	struct plan_options *told = plan_options_new();
	(void)state;
	for (const struct plan_option *o = plan_option_table; o->name; o++)
		if (!o->is_family && strcmp(o->name, "cwd") != 0)
			assert_int_equal(o->parse(NULL, o->default_text, told, &err), 0);
	const struct plan_options *o =
	    plan_first_step("[sequence a]\nrun s = x\n", &plan)->options;
	assert_int_equal(o->timeout_us, told->timeout_us);
	assert_int_equal(o->timeout_us, 0);
	assert_int_equal(o->retries, told->retries);
	assert_int_equal(o->retries, 0);
	assert_int_equal(o->backoff_min_us, told->backoff_min_us);
	assert_int_equal(o->backoff_max_us, told->backoff_max_us);
	assert_int_equal(o->backoff_max_us, CLOCK_SECOND_US);
	assert_memory_equal(o->ok_codes, told->ok_codes, sizeof o->ok_codes);
	assert_int_equal(o->on_fail, told->on_fail);
	assert_int_equal(o->on_fail, PLAN_FAIL_STOP);
	assert_null(o->cwd);
	assert_int_equal(o->env_count, 0);
	assert_string_equal(o->shell[0], told->shell[0]);
	assert_string_equal(o->shell[1], told->shell[1]);
	assert_null(o->shell[2]);
	assert_int_equal(o->tty, told->tty);
	assert_true(o->tty);
	assert_int_equal(o->stdin_from, told->stdin_from);
	assert_int_equal(o->stdin_from, PLAN_STDIN_TERMINAL);
	assert_int_equal(o->kill_count, told->kill_count);
	assert_int_equal(o->kill[0].signal, SIGTERM);
	assert_int_equal(o->kill[0].wait_us, 10 * CLOCK_SECOND_US);
	assert_int_equal(o->kill[1].signal, SIGKILL);
	assert_memory_equal(o->kill, told->kill, sizeof o->kill);
	plan_options_free(told);
	plan_free(plan);
}

static void
test_the_tables_are_complete(void **state)
{
	(void)state;
	for (const struct plan_option *o = plan_option_table; o->name; o++)
		assert_true(o->value_name && o->default_text && o->help && o->parse);
	for (const struct plan_kind *k = plan_kinds; k->name; k++)
		assert_true(k->value_name && k->help);
	for (const struct plan_key *k = plan_plan_keys; k->name; k++)
		assert_true(k->value_name && k->default_text && k->help && k->read);
	for (const struct plan_key *k = plan_sequence_keys; k->name; k++)
		assert_true(k->value_name && k->default_text && k->help && k->read);
	for (const struct plan_section *s = plan_sections; s->name; s++)
		assert_true(s->help && s->pair);
}

static void
test_the_nearest_setting_wins(void **state)
{
	(void)state;
	struct plan *plan = plan_of("[sequence a]\nretries = 2\nrun s = x\ns.retries = 3\n"
	    "run t = x\n[sequence b]\nrun s = x\nrun t = x\nt.tty = no\nt.retries = 0\n"
	    "[defaults]\nretries = 1\n", NULL);
	const struct plan_sequence *a = &plan->sequences[0], *b = &plan->sequences[1];
	assert_int_equal(a->steps[0].options->retries, 3);
	assert_int_equal(a->steps[1].options->retries, 2);
	assert_int_equal(b->steps[0].options->retries, 1);
	assert_int_equal(b->steps[1].options->retries, 0);
	assert_true(b->steps[0].options->tty);
	assert_false(b->steps[1].options->tty);
	plan_free(plan);
}

static void
test_options_of_a_sequence_may_stand_below_its_steps(void **state)
{
	struct plan *plan;
	(void)state;
	assert_int_equal(plan_first_step("[sequence a]\nrun s = x\nretries = 4\n",
	    &plan)->options->retries, 4);
	plan_free(plan);
}

static void
test_timeout_is_a_duration_or_none(void **state)
{
	static const struct { const char *text; int64_t us; } cases[] = {
		{ "timeout = none", 0 }, { "timeout = 0", 0 }, { "timeout = 90", 90000000 },
		{ "timeout = 1h30m", INT64_C(5400000000) }, { "timeout = 250ms", 250000 },
	};
	struct plan *plan;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(options_with(cases[i].text, &plan)->timeout_us, cases[i].us);
		plan_free(plan);
	}
	assert_refused("timeout = soon", "p.ini:3:13: timeout: 'soon' is not a duration");
	assert_refused("timeout = -1s", "timeout: '-1s' is not a duration");
	assert_refused("timeout = 4000d", "at most 3650d");
}

static void
test_retries_are_a_whole_number(void **state)
{
	struct plan *plan;
	(void)state;
	assert_int_equal(options_with("retries = 1000000", &plan)->retries, 1000000);
	plan_free(plan);
	assert_refused("retries = 1000001", "retries: '1000001' is not a number from 0 to");
	assert_refused("retries = -1", "is not a number");
	assert_refused("retries = 3x", "is not a number");
	assert_refused("retries = 99999999999999999999999", "is not a number");
}

static void
test_backoff_is_one_duration_or_two(void **state)
{
	struct plan *plan;
	(void)state;
	const struct plan_options *o = options_with("backoff = 2s", &plan);
	assert_int_equal(o->backoff_min_us, 2 * CLOCK_SECOND_US);
	assert_int_equal(o->backoff_max_us, 2 * CLOCK_SECOND_US);
	plan_free(plan);
	o = options_with("backoff = 5s .. 1m", &plan);
	assert_int_equal(o->backoff_min_us, 5 * CLOCK_SECOND_US);
	assert_int_equal(o->backoff_max_us, 60 * CLOCK_SECOND_US);
	plan_free(plan);
	assert_refused("backoff = 5s..1s", "backoff: the second duration of a backoff must "
	    "not be shorter than the first");
	assert_refused("backoff = ..1s", "backoff: '' is not a duration");
	assert_refused("backoff = 1s..", "backoff: '' is not a duration");
	assert_refused("backoff = 1s....2s", "is not a duration");
}

static void
test_ok_codes_are_numbers_and_ranges(void **state)
{
	struct plan *plan;
	(void)state;
	const struct plan_options *o = options_with("ok-codes = 0, 3,10-12 255", &plan);
	for (int code = -1; code <= 300; code++)
		assert_int_equal(plan_code_ok(o, code), code == 0 || code == 3 ||
		    (code >= 10 && code <= 12) || code == 255);
	plan_free(plan);
	o = options_with("ok-codes = 1", &plan);
	assert_false(plan_code_ok(o, 0));
	plan_free(plan);
	assert_refused("ok-codes = 256", "ok-codes: '256' is not an exit status");
	assert_refused("ok-codes = 3-1", "'3-1' is not an exit status");
	assert_refused("ok-codes = 1, two", "'two' is not an exit status");
	assert_refused("ok-codes = -1", "'-1' is not an exit status");
	assert_refused("ok-codes = 1-2-3", "'1-2-3' is not an exit status");
	assert_refused("ok-codes = ,", "no exit status would be ok");
}

static void
test_on_fail_is_one_of_its_words(void **state)
{
	static const char *const words[] = { "stop", "continue", "hold" };
	struct plan *plan;
	(void)state;
	for (int i = 0; i < 3; i++) {
		char *line = mem_printf("on-fail = %s", words[i]);
		assert_int_equal(options_with(line, &plan)->on_fail, i);
		plan_free(plan);
		free(line);
	}
	assert_refused("on-fail = contniue", "on-fail: 'contniue' is none of stop, continue "
	    "or hold: did you mean 'continue'?");
	assert_refused("on-fail = goto x", "'goto x' is none of stop, continue or hold\n");
}

static void
test_tty_is_yes_or_no(void **state)
{
	struct plan *plan;
	(void)state;
	assert_true(options_with("tty = yes", &plan)->tty);
	plan_free(plan);
	assert_false(options_with("tty = no", &plan)->tty);
	plan_free(plan);
	assert_refused("tty = true", "tty: 'true' is none of yes or no");
	assert_refused("tty = NO", "'NO' is none of yes or no");
}

static void
test_env_collects_and_the_later_wins(void **state)
{
	(void)state;
	struct plan *plan = plan_of("[defaults]\nenv.A = 1\nenv.B = 2\n[sequence a]\n"
	    "env.A = 3\nrun s = x\ns.env.C_9 =\ns.env.B = {release} x\n[vars]\nrelease = r\n",
	    NULL);
	const struct plan_options *o = plan->sequences[0].steps[0].options;
	assert_int_equal(o->env_count, 3);
	assert_string_equal(o->env[0].name, "A");
	assert_string_equal(o->env[0].value, "3");
	assert_string_equal(o->env[1].name, "B");
	assert_string_equal(o->env[1].value, "{release} x");
	assert_string_equal(o->env[2].name, "C_9");
	assert_string_equal(o->env[2].value, "");
	plan_free(plan);
	assert_refused("env.1A = x", "'1A' is not a name of an environment variable");
	assert_refused("env. = x", "'' is not a name of an environment variable");
	assert_refused("env.A-B = x", "'A-B' is not a name of an environment variable");
}

static void
test_the_limit_of_the_environment_is_told(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	buf_add_str(&text, "[sequence a]\nrun s = x\n");
	for (int i = 0; i <= PLAN_ENV_MAX; i++)
		buf_printf(&text, "env.A%d = x\n", i);
	assert_told(text.data,
	    "p.ini:1003:13: env.A1000: more than 1000 variables for the environment\n");
	buf_release(&text);
}

static void
test_shell_is_words_or_none(void **state)
{
	struct plan *plan;
	(void)state;
	const struct plan_options *o = options_with("shell = bash -eu -o 'a b'", &plan);
	assert_string_equal(o->shell[0], "bash");
	assert_string_equal(o->shell[3], "a b");
	assert_null(o->shell[4]);
	plan_free(plan);
	assert_null(options_with("shell = none", &plan)->shell);
	plan_free(plan);
	assert_refused("shell = bash 'x", "shell: a quote (') that is not closed");
}

static void
test_a_command_without_a_shell_must_have_words(void **state)
{
	(void)state;
	assert_told_in_sequence("run s = echo 'x\nshell = none\n",
	    "p.ini:2:9: run s: a quote (') that is not closed\n");
	assert_told_in_sequence("run s = echo 'x\n", "");
}

static void
test_cwd_is_kept_as_a_template(void **state)
{
	struct plan *plan;
	(void)state;
	assert_string_equal(options_with("cwd = build/{step}", &plan)->cwd, "build/{step}");
	plan_free(plan);
	assert_refused("cwd = a\n  b", "cwd: a directory of several lines");
}

static void
test_stdin_is_the_terminal_nothing_or_a_text(void **state)
{
	struct plan *plan;
	(void)state;
	assert_int_equal(options_with("stdin = none", &plan)->stdin_from, PLAN_STDIN_NULL);
	plan_free(plan);
	assert_int_equal(options_with("stdin = terminal", &plan)->stdin_from,
	    PLAN_STDIN_TERMINAL);
	plan_free(plan);
	const struct plan_options *o = options_with("stdin = one\n  two\n    three", &plan);
	assert_int_equal(o->stdin_from, PLAN_STDIN_TEXT);
	assert_string_equal(o->stdin_text, "one\ntwo\n  three\n");
	plan_free(plan);
	assert_string_equal(options_with("stdin = none of it", &plan)->stdin_text,
	    "none of it\n");
	plan_free(plan);
}

static void
test_a_step_may_take_back_the_text_of_its_sequence(void **state)
{
	struct plan *plan;
	(void)state;
	const struct plan_options *o = plan_first_step("[sequence a]\nstdin = text\n"
	    "run s = x\ns.stdin = none\n", &plan)->options;
	assert_int_equal(o->stdin_from, PLAN_STDIN_NULL);
	assert_null(o->stdin_text);
	plan_free(plan);
}

static void
test_kill_is_signals_and_the_times_between(void **state)
{
	struct plan *plan;
	(void)state;
	const struct plan_options *o = options_with("kill = INT 500ms sigterm 2s 9", &plan);
	assert_int_equal(o->kill_count, 3);
	assert_int_equal(o->kill[0].signal, SIGINT);
	assert_int_equal(o->kill[0].wait_us, 500000);
	assert_int_equal(o->kill[1].signal, SIGTERM);
	assert_int_equal(o->kill[1].wait_us, 2 * CLOCK_SECOND_US);
	assert_int_equal(o->kill[2].signal, SIGKILL);
	assert_int_equal(o->kill[2].wait_us, 0);
	plan_free(plan);
	assert_int_equal(options_with("kill = SIGHUP", &plan)->kill_count, 1);
	plan_free(plan);
	assert_refused("kill = TREM 10s KILL", "kill: 'TREM' is not a signal: did you mean "
	    "'TERM'?");
	assert_refused("kill = TERM KILL", "'KILL' is not a duration");
	assert_refused("kill = TERM 10s", "kill: a signal has to come last, as in TERM 10s");
	assert_refused("kill = 0", "'0' is not a signal");
	assert_refused("kill = 65", "'65' is not a signal");
	assert_refused("kill = SIG", "'SIG' is not a signal");
	assert_refused("kill = 1 1s 1 1s 1 1s 1 1s 1 1s 1 1s 1 1s 1 1s 1",
	    "kill: more than 8 signals");
}

static void
test_an_error_is_told_wherever_the_same_option_is_set(void **state)
{
	(void)state;
	assert_told("[sequence a]\nrun s = x\ns.tty = x\n[sequence b]\nrun s = x\n"
	    "s.tty = x\n", "p.ini:3:9: tty: 'x' is none of yes or no\n"
	    "p.ini:6:9: tty: 'x' is none of yes or no\n");
}

static void
test_options_found_by_name_and_family(void **state)
{
	const char *suffix;
	(void)state;
	assert_string_equal(plan_option_find("tty", &suffix)->name, "tty");
	assert_null(suffix);
	assert_string_equal(plan_option_find("env.X.Y", &suffix)->name, "env.");
	assert_string_equal(suffix, "X.Y");
	assert_null(plan_option_find("env", &suffix));
	assert_null(plan_option_find("tty.x", &suffix));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_set_is_as_the_table_says),
		cmocka_unit_test(test_the_tables_are_complete),
		cmocka_unit_test(test_the_nearest_setting_wins),
		cmocka_unit_test(test_options_of_a_sequence_may_stand_below_its_steps),
		cmocka_unit_test(test_timeout_is_a_duration_or_none),
		cmocka_unit_test(test_retries_are_a_whole_number),
		cmocka_unit_test(test_backoff_is_one_duration_or_two),
		cmocka_unit_test(test_ok_codes_are_numbers_and_ranges),
		cmocka_unit_test(test_on_fail_is_one_of_its_words),
		cmocka_unit_test(test_tty_is_yes_or_no),
		cmocka_unit_test(test_env_collects_and_the_later_wins),
		cmocka_unit_test(test_the_limit_of_the_environment_is_told),
		cmocka_unit_test(test_shell_is_words_or_none),
		cmocka_unit_test(test_a_command_without_a_shell_must_have_words),
		cmocka_unit_test(test_cwd_is_kept_as_a_template),
		cmocka_unit_test(test_stdin_is_the_terminal_nothing_or_a_text),
		cmocka_unit_test(test_a_step_may_take_back_the_text_of_its_sequence),
		cmocka_unit_test(test_kill_is_signals_and_the_times_between),
		cmocka_unit_test(test_an_error_is_told_wherever_the_same_option_is_set),
		cmocka_unit_test(test_options_found_by_name_and_family),
	};
	return cmocka_run_group_tests_name("plan_option", tests, NULL, NULL);
}
