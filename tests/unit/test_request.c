#include "model/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_each_verb_is_found_by_its_name_and_explained(void **state)
{
	(void)state;
	for (int i = 0; i < REQUEST_VERBS; i++) {
		assert_non_null(request_infos[i].name);
		assert_int_equal(request_verb_find(request_infos[i].name), i);
		assert_true(strlen(request_infos[i].help) > 0);
		assert_true(strlen(request_infos[i].past) > 0);
	}
}

static void
test_what_is_no_verb_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(request_verb_find(""), -1);
	assert_int_equal(request_verb_find("retr"), -1);
	assert_int_equal(request_verb_find("RETRY"), -1);
}

static void
test_commands_are_those_that_take_targets_alone(void **state)
{
	(void)state;
	assert_true(request_infos[REQUEST_RETRY].is_command);
	assert_true(request_infos[REQUEST_RELEASE].is_command);
	assert_false(request_infos[REQUEST_INPUT].is_command);
	assert_false(request_infos[REQUEST_RESIZE].is_command);
	assert_false(request_infos[REQUEST_STOP].is_command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_verb_is_found_by_its_name_and_explained),
		cmocka_unit_test(test_what_is_no_verb_is_not_found),
		cmocka_unit_test(test_commands_are_those_that_take_targets_alone),
	};
	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
