#include "cmd/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/cmd.h"

static const struct cmd_option options[] = {
	{ "follow", 'f', NULL, false, "goes on" },
	{ "set", 's', "NAME=VALUE", true, "sets" },
	{ "parallel", 'j', "N", false, "bounds" },
	{ "json", 0, NULL, false, "prints" },
	{ 0 },
};

static const struct cmd command = {
	.name = "try",
	.synopsis = "RUN [MORE]",
	.summary = "for tests",
	.options = options,
	.words_min = 1,
	.words_max = 2,
};

static struct args args;
static struct err err;

/* Parses blank-separated words; "''" is the empty one. */
static int
parse(const char *line)
{
	static char text[200];
	char *words[20] = { NULL };
	size_t count = 0;
	strcpy(text, line);
	for (char *p = strtok(text, " "); p != NULL; p = strtok(NULL, " "))
		words[count++] = strcmp(p, "''") == 0 ? p + 2 : p;
	err = (struct err)ERR_INIT;
	return args_parse(&args, &command, words, &err);
}

static void
accept(const char *line)
{
	args_release(&args);
	if (parse(line) != 0)
		fail_msg("'%s': %s", line, err.text);
}

static void
refuse(const char *line, const char *why)
{
	args_release(&args);
	if (parse(line) == 0)
		fail_msg("accepted: %s", line);
	if (strstr(err.text, why) == NULL)
		fail_msg("'%s': %s", line, err.text);
}

static int
teardown(void **state)
{
	(void)state;
	args_release(&args);
	return 0;
}

static void
test_options_stand_anywhere_between_words(void **state)
{
	(void)state;
	static const char *const lines[] = { "a --parallel 3 b -f", "-f --parallel=3 a b",
		"a b -fj3", "-j 3 -f -- a b", "a -fj 3 b" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		accept(lines[i]);
		assert_int_equal(args.word_count, 2);
		assert_string_equal(args.words[0], "a");
		assert_string_equal(args.words[1], "b");
		assert_null(args.words[2]);
		assert_true(args_has(&args, "follow"));
		assert_false(args_has(&args, "json"));
		assert_string_equal(args_value(&args, "parallel"), "3");
	}
}

static void
test_behind_two_dashes_all_are_words(void **state)
{
	(void)state;
	accept("-- -f --json");
	assert_string_equal(args.words[0], "-f");
	assert_string_equal(args.words[1], "--json");
	assert_int_equal(args.given_count, 0);
	accept("-");
	assert_string_equal(args.words[0], "-");
}

static void
test_a_repeatable_option_keeps_all_its_values(void **state)
{
	(void)state;
	accept("x --set a=1 -s b= --set=c==2");
	const char **values = args_values(&args, "set");
	assert_string_equal(values[0], "a=1");
	assert_string_equal(values[1], "b=");
	assert_string_equal(values[2], "c==2");
	assert_null(values[3]);
	free(values);
	assert_null(args_values(&args, "json"));
	assert_null(args_value(&args, "parallel"));
}

static void
test_an_empty_value_is_a_value(void **state)
{
	(void)state;
	accept("x --parallel=");
	assert_string_equal(args_value(&args, "parallel"), "");
	accept("x --parallel ''");
	assert_string_equal(args_value(&args, "parallel"), "");
	accept("''");
	assert_string_equal(args.words[0], "");
}

static void
test_what_is_wrong_is_told(void **state)
{
	(void)state;
	refuse("x --folow", "do you mean '--follow'?");
	refuse("x --hepl", "do you mean '--help'?");
	refuse("x --zzzzzz", "seqdeck try --help");
	refuse("x -z", "'-z'");
	refuse("x -fz", "'-z'");
	refuse("x --follow=yes", "takes no value");
	refuse("x --parallel", "--parallel N");
	refuse("x -j", "-j N");
	refuse("x -j 1 --parallel 2", "given twice");
	refuse("", "seqdeck try RUN [MORE]");
	refuse("a b c", "'c' is one word too many");
}

static void
test_a_flag_may_be_given_twice(void **state)
{
	(void)state;
	accept("x -ff --follow");
	assert_true(args_has(&args, "follow"));
}

static void
test_help_needs_no_words(void **state)
{
	(void)state;
	accept("--help");
	accept("-h");
	accept("a b c d --help");
	assert_true(args_has(&args, "help"));
}

static void
test_each_option_of_each_command_can_be_given_and_is_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; cmds[i] != NULL; i++) {
		assert_ptr_equal(cmd_find(cmds[i]->name), cmds[i]);
		for (const struct cmd_option *o = cmds[i]->options; o != NULL && o->name;
		    o++) {
			assert_non_null(o->help);
			assert_string_not_equal(o->name, "help");
			assert_int_not_equal(o->letter, 'h');
			for (const struct cmd_option *p = o + 1; p->name; p++) {
				assert_string_not_equal(o->name, p->name);
				assert_true(o->letter == 0 || o->letter != p->letter);
			}
		}
	}
	assert_null(cmd_find("rerty"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_stand_anywhere_between_words),
		cmocka_unit_test(test_behind_two_dashes_all_are_words),
		cmocka_unit_test(test_a_repeatable_option_keeps_all_its_values),
		cmocka_unit_test(test_an_empty_value_is_a_value),
		cmocka_unit_test(test_what_is_wrong_is_told),
		cmocka_unit_test(test_a_flag_may_be_given_twice),
		cmocka_unit_test(test_help_needs_no_words),
		cmocka_unit_test(test_each_option_of_each_command_can_be_given_and_is_told_apart),
	};
	return cmocka_run_group_tests_name("args", tests, NULL, teardown);
}
