#include "ui/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keys.h"

static void
test_every_action_has_a_row_with_name_keys_and_help(void **state)
{
	(void)state;
	for (int id = ACTION_NONE + 1; id < ACTIONS; id++)
		assert_non_null(action_get((enum action_id)id));
	for (const struct action *a = actions; a->name; a++) {
		assert_true(*a->name && *a->keys && *a->help);
		assert_true(a->views & ACTION_ANYWHERE);
	}
}

static void
test_every_key_of_the_table_is_a_key_and_means_its_action(void **state)
{
	(void)state;
	for (const struct action *a = actions; a->name; a++)
		for (const char *at = a->keys; *at; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");
			uint32_t key;
			assert_true(key_parse(at, len, &key));
			for (unsigned view = 1; view <= ACTION_ANYWHERE; view <<= 1)
				if (a->views & view)
					assert_ptr_equal(action_of_key(key, (enum action_view)view), a);
			at += len;
		}
}

static void
test_names_are_told_apart(void **state)
{
	(void)state;
	for (const struct action *a = actions; a->name; a++)
		for (const struct action *b = a + 1; b->name; b++)
			assert_string_not_equal(a->name, b->name);
}

static void
test_a_key_that_means_nothing_gives_no_action(void **state)
{
	(void)state;
	assert_null(action_of_key(0x69cb, ACTION_IN_GRID));
	assert_null(action_of_key('F', ACTION_IN_GRID));
	assert_int_equal(action_of_key('F', ACTION_IN_ZOOM)->id, ACTION_FOLLOW);
}

static void
test_the_first_key_is_what_the_footer_shows(void **state)
{
	(void)state;
	char text[16];
	action_first_key(action_get(ACTION_HELP), text, sizeof text);
	assert_string_equal(text, "?");
	action_first_key(action_get(ACTION_BACK), text, sizeof text);
	assert_string_equal(text, "Esc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_action_has_a_row_with_name_keys_and_help),
		cmocka_unit_test(test_every_key_of_the_table_is_a_key_and_means_its_action),
		cmocka_unit_test(test_names_are_told_apart),
		cmocka_unit_test(test_a_key_that_means_nothing_gives_no_action),
		cmocka_unit_test(test_the_first_key_is_what_the_footer_shows),
	};
	return cmocka_run_group_tests_name("action", tests, NULL, NULL);
}
