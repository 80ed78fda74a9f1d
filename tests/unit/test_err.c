#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_text_and_code_are_set(void **state)
{
	(void)state;
	struct err err = { 7, "old" };
	assert_int_equal(err_set(&err, "cannot %s %d", "do", 3), -1);
	assert_string_equal(err.text, "cannot do 3");
	assert_int_equal(err.code, 0);
}

static void
test_errno_is_told_in_words_kept_in_code_and_left_alone(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	errno = ENOENT;
	assert_int_equal(err_errno(&err, "cannot open '%s'", "a.log"), -1);
	assert_string_equal(err.text, "cannot open 'a.log': No such file or directory");
	assert_int_equal(err.code, ENOENT);
	assert_int_equal(errno, ENOENT);
}

static void
test_a_prefix_stands_in_front_and_keeps_the_code(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	errno = EACCES;
	err_errno(&err, "cannot open");
	assert_int_equal(err_prefix(&err, "plan '%s'", "x"), -1);
	assert_string_equal(err.text, "plan 'x': cannot open: Permission denied");
	assert_int_equal(err.code, EACCES);
}

static void
test_a_text_that_is_too_long_ends_in_dots(void **state)
{
	(void)state;
	char big[3000];
	memset(big, 'a', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	struct err err = ERR_INIT;
	err_set(&err, "%s", big);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_string_equal(err.text + sizeof err.text - 4, "...");
	/* The longest text that fits is left as it is. */
	err_set(&err, "%.*s", (int)sizeof err.text - 1, big);
	assert_int_equal(err.text[sizeof err.text - 2], 'a');
	errno = ENOENT;
	err_errno(&err, "%.*s", (int)sizeof err.text - 10, big);
	assert_string_equal(err.text + sizeof err.text - 4, "...");
	err_set(&err, "%.*s", (int)sizeof err.text - 10, big);
	err_prefix(&err, "%.*s", 100, big);
	assert_string_equal(err.text + sizeof err.text - 4, "...");
}

static void
test_nobody_needs_to_want_the_text(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, "x"), -1);
	assert_int_equal(err_errno(NULL, "x"), -1);
	assert_int_equal(err_prefix(NULL, "x"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_and_code_are_set),
		cmocka_unit_test(test_errno_is_told_in_words_kept_in_code_and_left_alone),
		cmocka_unit_test(test_a_prefix_stands_in_front_and_keeps_the_code),
		cmocka_unit_test(test_a_text_that_is_too_long_ends_in_dots),
		cmocka_unit_test(test_nobody_needs_to_want_the_text),
	};
	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
