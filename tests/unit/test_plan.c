#include "plan/plan.h"

#include "base/mem.h"
#include "plan/plan_kind.h"
#include "plan_text.h"
#include "scratch.h"

static void
test_a_plan_has_its_sequences_and_steps_in_order(void **state)
{
	(void)state;
	struct plan *plan = plan_of("[plan]\ntitle = A title ; really\nparallel = 3\n"
	    "[sequence b]\nrun two = true\nsleep one = 2s\n[sequence a]\n", NULL);
	assert_string_equal(plan->title, "A title ; really");
	assert_int_equal(plan->parallel, 3);
	assert_int_equal(plan->sequence_count, 2);
	assert_string_equal(plan->sequences[0].name, "b");
	assert_int_equal(plan->sequences[0].line, 4);
	assert_int_equal(plan->sequences[0].step_count, 2);
	assert_string_equal(plan->sequences[0].steps[0].name, "two");
	assert_int_equal(plan->sequences[0].steps[0].kind->id, PLAN_KIND_RUN);
	assert_string_equal(plan->sequences[0].steps[1].value, "2s");
	assert_int_equal(plan->sequences[0].steps[1].kind->id, PLAN_KIND_SLEEP);
	assert_int_equal(plan->sequences[0].steps[1].line, 6);
	assert_int_equal(plan->sequences[0].steps[1].column, 13);
	assert_int_equal(plan->sequences[1].step_count, 0);
	assert_int_equal(plan_find_sequence(plan, "a"), 1);
	assert_int_equal(plan_find_sequence(plan, "c"), -1);
	assert_int_equal(plan_find_step(&plan->sequences[0], "one"), 1);
	assert_int_equal(plan_find_step(&plan->sequences[0], "three"), -1);
	plan_free(plan);
}

static void
test_a_plan_without_a_title_is_called_like_its_file(void **state)
{
	static const struct { const char *path, *title; } cases[] = {
		{ "web.ini", "web" }, { "/a/b/c", "c" }, { "x/.ini", ".ini" }, { "-", "plan" },
		{ "a.ini.ini", "a.ini" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct plan_problems problems = { 0 };
		struct plan *plan = plan_parse(cases[i].path, "[sequence a]", 12, NULL,
		    &problems);
		assert_string_equal(plan->title, cases[i].title);
		assert_string_equal(plan->path, cases[i].path);
		plan_free(plan);
	}
}

static void
test_the_text_is_kept_as_it_was_read(void **state)
{
	static const char text[] = "\xef\xbb\xbf[sequence a]\r\n\r\nrun b = c\r\n";
	(void)state;
	struct plan *plan = plan_of(text, NULL);
	assert_int_equal(plan->text_len, sizeof text - 1);
	assert_memory_equal(plan->text, text, sizeof text);
	plan_free(plan);
}

static void
test_a_plan_with_nothing_to_run_is_an_error(void **state)
{
	(void)state;
	assert_told("", "p.ini: no [sequence NAME] in this plan, so there is nothing to "
	    "run\n");
	assert_told("[vars]\na = b\n", "p.ini: no [sequence NAME] in this plan, so there is "
	    "nothing to run\n");
}

static void
test_an_unknown_section_is_told_with_the_nearest_name(void **state)
{
	(void)state;
	assert_told("[sequnce a]\nrun a = b\n",
	    "p.ini:1:2: unknown section 'sequnce': did you mean 'sequence'?\n");
	assert_told("[ xyzzy]\nrun a = b\n", "p.ini:1:3: unknown section 'xyzzy'\n");
	assert_told("[]\n", "p.ini:1:2: unknown section ''\n");
}

static void
test_sections_have_a_name_or_none(void **state)
{
	(void)state;
	assert_told("[sequence ]\nrun a = b\n",
	    "p.ini:1:10: this section has no name: write [sequence NAME]\n");
	assert_told("[vars x]\na = b\n[sequence a]\n",
	    "p.ini:1:7: 'x' behind [vars]: this section has no name\n");
}

static void
test_names_are_letters_digits_and_two_marks(void **state)
{
	char long_name[PLAN_NAME_MAX + 2] = "", *text;
	(void)state;
	assert_told("[sequence a.b]\n[sequence \xc3\xa4]\n[sequence a-B_9]\n",
	    "p.ini:1:11: 'a.b' is not a name: write letters, digits, '-' and '_', at most "
	    "100\n"
	    "p.ini:2:11: '\xc3\xa4' is not a name: write letters, digits, '-' and '_', at "
	    "most 100\n");
	assert_told_in_sequence("run  x! = b\n", "p.ini:2:6: 'x!' is not a name: write "
	    "letters, digits, '-' and '_', at most 100\n");
	memset(long_name, 'n', PLAN_NAME_MAX);
	text = mem_printf("[sequence %s]\nrun %s = x\n", long_name, long_name);
	assert_told(text, "");
	free(text);
	long_name[PLAN_NAME_MAX] = 'n';
	text = mem_printf("[sequence %.101s]\n", long_name);
	char *told = plan_told_of(text, strlen(text), NULL);
	assert_non_null(strstr(told, "is not a name"));
	free(told);
	free(text);
}

static void
test_a_name_twice_is_told_with_the_line_of_the_first(void **state)
{
	(void)state;
	assert_told("[sequence a]\nrun x = 1\nsleep x = 2\n[sequence b]\nrun x = 3\n"
	    "[sequence a]\nrun x = 4\n",
	    "p.ini:3:7: step 'x' is there already, in line 2\n"
	    "p.ini:6:11: sequence 'a' is there already, in line 1\n");
	assert_told("[vars]\na = 1\na = 2\n[plan]\ntitle = x\ntitle = y\n[vars]\nb = 1\n"
	    "[sequence a]\nneeds = b\nneeds = b\ntty = no\nrun x = y\nx.tty = no\ntty = no\n"
	    "x.tty = no\n[sequence b]\n",
	    "p.ini:3:1: 'a' is set already in line 2\n"
	    "p.ini:6:1: 'title' is set already in line 5\n"
	    "p.ini:7:2: section [vars] is there already, in line 1\n"
	    "p.ini:11:1: 'needs' is set already in line 10\n"
	    "p.ini:15:1: 'tty' is set already in line 12\n"
	    "p.ini:16:1: 'x.tty' is set already in line 14\n");
}

static void
test_a_key_in_front_of_all_sections_is_an_error(void **state)
{
	(void)state;
	assert_told("run a = b\n[sequence a]\n",
	    "p.ini:1:1: 'run a' stands in front of the first [section]\n");
}

static void
test_unknown_keys_are_told_with_the_nearest_name(void **state)
{
	(void)state;
	assert_told("[plan]\nparalel = 3\n[defaults]\nneeds = a\ntimeuot = 3\nrun a = b\n"
	    "[sequence a]\nneed = b\nfoobar = 3\nretires = 3\n",
	    "p.ini:2:1: unknown key 'paralel': did you mean 'parallel'?\n"
	    "p.ini:4:1: unknown key 'needs'\n"
	    "p.ini:5:1: unknown key 'timeuot': did you mean 'timeout'?\n"
	    "p.ini:6:1: a step can only stand in a [sequence NAME]\n"
	    "p.ini:8:1: unknown key 'need': did you mean 'needs'?\n"
	    "p.ini:9:1: unknown key 'foobar'\n"
	    "p.ini:10:1: unknown key 'retires': did you mean 'retries'?\n");
}

static void
test_unknown_kinds_are_told_with_the_nearest_name(void **state)
{
	(void)state;
	assert_told_in_sequence("slep a = 1s\nrnu b = x\nfrobnicate c = x\nrun = x\n",
	    "p.ini:2:1: unknown kind of step 'slep': did you mean 'sleep'?\n"
	    "p.ini:3:1: unknown kind of step 'rnu': did you mean 'run'?\n"
	    "p.ini:4:1: unknown kind of step 'frobnicate'\n"
	    "p.ini:5:1: this step has no name: write 'run NAME = COMMAND'\n");
}

static void
test_options_need_a_known_step_above_and_a_known_name(void **state)
{
	(void)state;
	assert_told_in_sequence("later.tty = no\nrun install = x\nrun later = x\n"
	    "instal.tty = no\ninstall.tyt = no\nnone.nix = 3\ninstall.needs = x\n",
	    "p.ini:2:1: no step 'later' above this line in sequence 'a'\n"
	    "p.ini:5:1: no step 'instal' above this line in sequence 'a': did you mean "
	    "'install'?\n"
	    "p.ini:6:9: unknown key 'tyt': did you mean 'tty'?\n"
	    "p.ini:7:1: no step 'none' above this line in sequence 'a'\n"
	    "p.ini:7:6: unknown key 'nix'\n"
	    "p.ini:8:9: unknown key 'needs'\n");
}

static void
test_a_step_cannot_be_called_env(void **state)
{
	(void)state;
	assert_told_in_sequence("run env = x\nenv.tty = no\n", "p.ini:2:5: a step cannot be "
	    "called 'env': env.NAME sets the environment of all steps\n");
}

static void
test_values_that_are_missing_are_told(void **state)
{
	(void)state;
	assert_told("[plan]\ntitle =\n[sequence a]\nneeds =\nrun b =\nsleep c =\ntty =\n"
	    "env.A =\nstdin =\n",
	    "p.ini:2:8: 'title' has no value\n"
	    "p.ini:4:8: 'needs' has no value\n"
	    "p.ini:5:8: 'run b' has no COMMAND\n"
	    "p.ini:6:10: 'sleep c' has no DURATION\n"
	    "p.ini:7:6: 'tty' has no value\n"
	    "p.ini:9:8: 'stdin' has no value\n");
}

static void
test_the_duration_of_a_sleep_is_checked(void **state)
{
	struct plan_setting set = { "pause", "soon" };
	struct plan_request request = { .settings = &set, .setting_count = 1 };
	static const char text[] = "[vars]\npause = 2s\n[sequence a]\nsleep a = {pause}\n"
	    "sleep b = {attempt}s\n";
	(void)state;
	assert_told_in_sequence("sleep a = 3x\n", "p.ini:2:11: sleep a: '3x' is not a "
	    "duration: write a number and a unit, as in 500ms, 30s, 10m, 1h30m\n");
	assert_told(text, "");
	char *told = plan_told_of(text, sizeof text - 1, &request);
	assert_string_equal(told, "p.ini:4:11: sleep a: 'soon' is not a duration: write a "
	    "number and a unit, as in 500ms, 30s, 10m, 1h30m\n");
	free(told);
}

static void
test_all_errors_are_told_at_once_and_in_the_order_of_the_file(void **state)
{
	(void)state;
	assert_told("[sequence a]\nneeds = c\nrun x = \x07\nx.tty = maybe\nbroken\n[vars]\n"
	    "b = {d}\nd = {b}\n[defaults]\nretries = many\n",
	    "p.ini:2:9: needs: no sequence 'c': did you mean 'a'?\n"
	    "p.ini:3:9: control character ^G (0x07) is not allowed\n"
	    "p.ini:4:9: tty: 'maybe' is none of yes or no\n"
	    "p.ini:5:1: no '=' in this line: write KEY = VALUE, or indent the line to go on "
	    "with the value above\n"
	    "p.ini:7:5: variables that need each other: 'b' needs 'd' needs 'b'\n"
	    "p.ini:10:11: retries: 'many' is not a number from 0 to 1000000\n");
}

static void
test_a_hundred_errors_are_kept_and_all_are_counted(void **state)
{
	struct buf text = BUF_INIT;
	struct plan_problems problems = { 0 };
	(void)state;
	buf_add_str(&text, "[sequence a]\n");
	for (int i = 0; i < 20000; i++)
		buf_add_str(&text, "broken\n");
	assert_null(plan_parse("p.ini", text.data, text.len, NULL, &problems));
	assert_int_equal(problems.error_count, 20000);
	assert_int_equal(problems.count, PLAN_ERRORS_MAX);
	assert_int_equal(problems.items[0].line, 2);
	assert_int_equal(problems.items[99].line, 101);
	plan_problems_release(&problems);
	buf_release(&text);
}

static void
test_warnings_do_not_push_errors_out(void **state)
{
	struct buf text = BUF_INIT;
	struct plan_problems problems = { 0 };
	(void)state;
	buf_add_str(&text, "[vars]\nrelease = 1\n[sequence a]\n");
	for (int i = 0; i < 500; i++)
		buf_printf(&text, "run s%d = {releas}\n", i);
	buf_add_str(&text, "tty = maybe\n");
	assert_null(plan_parse("p.ini", text.data, text.len, NULL, &problems));
	assert_int_equal(problems.error_count, 1);
	assert_int_equal(problems.warning_count, 500);
	assert_int_equal(problems.count, PLAN_WARNINGS_MAX + 1);
	assert_false(problems.items[PLAN_WARNINGS_MAX].is_warning);
	plan_problems_release(&problems);
	buf_release(&text);
}

static void
test_problems_are_safe_to_print(void **state)
{
	struct plan_problem problem = { true, (char *)"a\nb.ini", 3, 4, (char *)"\x1b[31m" };
	struct buf to = BUF_INIT;
	(void)state;
	plan_problem_format(&problem, &to);
	assert_string_equal(buf_str(&to), "a^Jb.ini:3:4: warning: ^[[31m\n");
	buf_release(&to);
}

static void
test_long_texts_are_cut_in_messages_only(void **state)
{
	char word[3000], *text, *told;
	(void)state;
	memset(word, 'w', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	text = mem_printf("[sequence a]\ntty = %s\n  second line\n", word);
	told = plan_told_of(text, strlen(text), NULL);
	assert_int_equal(strlen(told), strlen("p.ini:2:7: tty: '' is none of yes or no\n") +
	    60 + 3);
	free(told);
	free(text);
}

static void
test_limits_of_sequences_and_steps_are_told(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	buf_add_str(&text, "[sequence a]\n");
	for (int i = 0; i <= PLAN_STEPS_MAX; i++)
		buf_printf(&text, "run s%d=x\n", i);
	assert_told(text.data, "p.ini:10002:5: more than 10000 steps in a sequence\n");
	buf_clear(&text);
	for (int i = 0; i <= PLAN_SEQUENCES_MAX; i++)
		buf_printf(&text, "[sequence s%d]\n", i);
	assert_told(text.data, "p.ini:100001:11: more than 100000 sequences\n");
	buf_release(&text);
}

static void
test_ten_thousand_sequences_share_their_options(void **state)
{
	struct buf text = BUF_INIT;
	(void)state;
	buf_add_str(&text, "[defaults]\ntimeout = 5m\n");
	for (int i = 0; i < 2000; i++)
		buf_printf(&text, "[sequence n%d]\nrun a = x\nrun b = x\nb.retries = %d\n", i,
		    i % 2);
	struct plan *plan = plan_of(text.data, NULL);
	assert_int_equal(plan->option_count, 4);
	assert_ptr_equal(plan->sequences[0].steps[0].options,
	    plan->sequences[1999].steps[0].options);
	assert_ptr_equal(plan->sequences[1].steps[1].options,
	    plan->sequences[1999].steps[1].options);
	assert_int_equal(plan->sequences[1].steps[1].options->retries, 1);
	assert_int_equal(plan->sequences[1].steps[1].options->timeout_us, 300000000);
	plan_free(plan);
	buf_release(&text);
}

static char *
told_of_file(const char *path)
{
	struct plan_problems problems = { 0 };
	struct buf told = BUF_INIT;
	struct plan *plan = plan_load(path, NULL, &problems);
	for (size_t i = 0; i < problems.count; i++)
		plan_problem_format(&problems.items[i], &told);
	assert_int_equal(plan != NULL, problems.error_count == 0);
	plan_free(plan);
	plan_problems_release(&problems);
	return buf_take(&told);
}

static void
test_files_that_cannot_be_read_are_told(void **state)
{
	char *dir = scratch_make(), *path, *told, *expected;
	(void)state;
	told = told_of_file(dir);
	expected = mem_printf("%s: is a directory, not a plan\n", dir);
	assert_string_equal(told, expected);
	free(told);
	free(expected);
	path = file_join(dir, "none.ini");
	told = told_of_file(path);
	expected = mem_printf("%s: cannot be opened: No such file or directory\n", path);
	assert_string_equal(told, expected);
	free(told);
	free(expected);
	free(path);
	scratch_remove(dir);
}

static void
test_a_file_is_read_whole_and_its_directory_is_absolute(void **state)
{
	static const char text[] = "[sequence a]\nrun b = c";
	char *dir = scratch_make(), *path = file_join(dir, "web.ini");
	char *real = realpath(dir, NULL);
	struct plan_problems problems = { 0 };
	(void)state;
	scratch_write(dir, "web.ini", text, sizeof text - 1);
	struct plan *plan = plan_load(path, NULL, &problems);
	assert_non_null(plan);
	assert_string_equal(plan->dir, real);
	assert_string_equal(plan->title, "web");
	assert_int_equal(plan->text_len, sizeof text - 1);
	plan_free(plan);
	struct plan_request request = { .dir = "/elsewhere" };
	plan = plan_load(path, &request, &problems);
	assert_string_equal(plan->dir, "/elsewhere");
	plan_free(plan);
	free(real);
	free(path);
	scratch_remove(dir);
}

static void
test_a_plan_may_come_through_a_pipe(void **state)
{
	static const char text[] = "[sequence a]\nrun b = c\n";
	int fds[2];
	char path[40];
	struct plan_problems problems = { 0 };
	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], text, sizeof text - 1), sizeof text - 1);
	close(fds[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", fds[0]);
	struct plan *plan = plan_load(path, NULL, &problems);
	assert_non_null(plan);
	assert_int_equal(plan->sequences[0].step_count, 1);
	plan_free(plan);
	close(fds[0]);
}

static void
test_a_file_without_end_is_refused(void **state)
{
	(void)state;
	char *told = told_of_file("/dev/zero");
	assert_string_equal(told, "/dev/zero: is longer than 64 MiB\n");
	free(told);
}

static void
test_an_indented_header_is_warned_of(void **state)
{
	(void)state;
	assert_told("[sequence a]\nrun x = y\n\n  [sequence b]\n  run z = y\n   [vars]\n"
	    "run w =\n\t[defaults]\nrun v = [vars]\n   [ -f x ]\n   [sequenced]\n",
	    "p.ini:4:3: warning: this line is indented, and so part of the value above: a "
	    "section begins at the left margin\n"
	    "p.ini:6:3: warning: this line is indented, and so part of the value above: a "
	    "section begins at the left margin\n"
	    "p.ini:8:2: warning: this line is indented, and so part of the value above: a "
	    "section begins at the left margin\n");
}

static void
test_the_examples_are_told_nothing_of(void **state)
{
	static const char *const names[] = { "quickstart.ini", "build-sources.ini" };
	const char *top = getenv("abs_top_srcdir");
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = mem_printf("%s/examples/%s", top ? top : ".", names[i]);
		char *told = told_of_file(path);
		assert_string_equal(told, "");
		free(told);
		free(path);
	}
}

static void
test_the_number_of_the_request_goes_before_the_plans(void **state)
{
	struct plan_request request = { .parallel = 7 };
	(void)state;
	struct plan *plan = plan_of("[plan]\nparallel = 3\n[sequence a]\n", &request);
	assert_int_equal(plan->parallel, 7);
	plan_free(plan);
}

static void
test_title_and_numbers_may_hold_variables(void **state)
{
	(void)state;
	struct plan *plan = plan_of("[plan]\ntitle = Web {release}\nparallel = {n}\n"
	    "[vars]\nrelease = 2 beta\nn = 4\n[sequence a]\nretries = {n}\nrun x = y\n", NULL);
	assert_string_equal(plan->title, "Web 2 beta");
	assert_int_equal(plan->parallel, 4);
	assert_int_equal(plan->sequences[0].steps[0].options->retries, 4);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plan_has_its_sequences_and_steps_in_order),
		cmocka_unit_test(test_a_plan_without_a_title_is_called_like_its_file),
		cmocka_unit_test(test_the_text_is_kept_as_it_was_read),
		cmocka_unit_test(test_a_plan_with_nothing_to_run_is_an_error),
		cmocka_unit_test(test_an_unknown_section_is_told_with_the_nearest_name),
		cmocka_unit_test(test_sections_have_a_name_or_none),
		cmocka_unit_test(test_names_are_letters_digits_and_two_marks),
		cmocka_unit_test(test_a_name_twice_is_told_with_the_line_of_the_first),
		cmocka_unit_test(test_a_key_in_front_of_all_sections_is_an_error),
		cmocka_unit_test(test_unknown_keys_are_told_with_the_nearest_name),
		cmocka_unit_test(test_unknown_kinds_are_told_with_the_nearest_name),
		cmocka_unit_test(test_options_need_a_known_step_above_and_a_known_name),
		cmocka_unit_test(test_a_step_cannot_be_called_env),
		cmocka_unit_test(test_values_that_are_missing_are_told),
		cmocka_unit_test(test_the_duration_of_a_sleep_is_checked),
		cmocka_unit_test(test_all_errors_are_told_at_once_and_in_the_order_of_the_file),
		cmocka_unit_test(test_a_hundred_errors_are_kept_and_all_are_counted),
		cmocka_unit_test(test_warnings_do_not_push_errors_out),
		cmocka_unit_test(test_problems_are_safe_to_print),
		cmocka_unit_test(test_long_texts_are_cut_in_messages_only),
		cmocka_unit_test(test_limits_of_sequences_and_steps_are_told),
		cmocka_unit_test(test_ten_thousand_sequences_share_their_options),
		cmocka_unit_test(test_files_that_cannot_be_read_are_told),
		cmocka_unit_test(test_a_file_is_read_whole_and_its_directory_is_absolute),
		cmocka_unit_test(test_a_plan_may_come_through_a_pipe),
		cmocka_unit_test(test_a_file_without_end_is_refused),
		cmocka_unit_test(test_an_indented_header_is_warned_of),
		cmocka_unit_test(test_the_examples_are_told_nothing_of),
		cmocka_unit_test(test_the_number_of_the_request_goes_before_the_plans),
		cmocka_unit_test(test_title_and_numbers_may_hold_variables),
	};
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
