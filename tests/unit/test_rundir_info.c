#include "record/rundir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

static int
make_dir(void **state)
{
	*state = scratch_make();
	return 0;
}

static int
remove_dir(void **state)
{
	scratch_remove(*state);
	return 0;
}

static void
assert_info_refused(const char *dir, const char *text, const char *why)
{
	struct rundir_info info;
	struct err err = ERR_INIT;
	scratch_write(dir, "run.json", text, strlen(text));
	if (rundir_read_info(dir, &info, &err) == 0)
		fail_msg("taken: %s", text);
	if (!strstr(err.text, why))
		fail_msg("%s: %s", text, err.text);
}

static void
test_a_damaged_run_json_is_refused_and_an_extended_one_read(void **state)
{
	const char *dir = *state;
	struct rundir_info info;
	const char *const bad[] = { "", "{", "[]", "{}", "{\"format\":1}", "{\"id\":\"x\"}",
		"{\"format\":0,\"id\":\"x\"}", "{\"format\":1,\"id\":7}",
		"{\"format\":1,\"id\":\"x\",\"parallel\":-1}",
		"{\"format\":1,\"id\":\"x\",\"set\":{\"a\":1}}",
		"{\"format\":1,\"id\":\"x\",\"set\":{\"a\":\"1\"},\"set\":{}}",
		"{\"format\":1,\"id\":\"x\",\"only\":[\"a\",]}",
		"{\"format\":1,\"id\":\"x\"} x" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_info_refused(dir, bad[i], "not the JSON of a run");
	assert_info_refused(dir, "{\"format\":2,\"id\":\"x\"}", "written by a newer seqdeck");
	assert_info_refused(dir, "{\"format\":1,\"id\":\"x\",\"started\":\"today\"}",
	    "'today' is not a time");
	const char more[] = "{\"format\":1,\"id\":\"x\",\"id\":\"y\",\"new\":[{}]}";
	scratch_write(dir, "run.json", more, strlen(more));
	assert_int_equal(rundir_read_info(dir, &info, NULL), 0);
	assert_string_equal(info.id, "y");
	rundir_info_release(&info);
}

static void
test_a_run_json_over_its_limit_is_refused(void **state)
{
	struct rundir_info info;
	struct err err = ERR_INIT;
	char *path = file_join(*state, "run.json");
	scratch_write(*state, "run.json", "{", 1);
	assert_int_equal(truncate(path, (off_t)RUNDIR_INFO_MAX + 1), 0);
	assert_int_equal(rundir_read_info(*state, &info, &err), -1);
	assert_non_null(strstr(err.text, "is larger than 67108864 bytes"));
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_a_damaged_run_json_is_refused_and_an_extended_one_read, make_dir,
		    remove_dir),
		cmocka_unit_test_setup_teardown(
		    test_a_run_json_over_its_limit_is_refused, make_dir,
		    remove_dir),
	};
	return cmocka_run_group_tests_name("rundir_info", tests, NULL, NULL);
}
