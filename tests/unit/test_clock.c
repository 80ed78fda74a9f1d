#include "base/clock.h"

#include <stdio.h>
#include <time.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
assert_duration(const char *text, int64_t us)
{
	struct err err = ERR_INIT;
	int64_t read = -1;
	if (clock_parse_duration(text, &read, &err) < 0)
		fail_msg("'%s': %s", text, err.text);
	assert_int_equal(read, us);
}

static void
assert_no_duration(const char *text, const char *why)
{
	struct err err = ERR_INIT;
	int64_t read = 42;
	if (clock_parse_duration(text, &read, &err) == 0)
		fail_msg("'%s' is taken", text);
	assert_int_equal(read, 42);
	if (!strstr(err.text, why))
		fail_msg("'%s': %s", text, err.text);
}

static void
test_durations_are_read_as_plans_write_them(void **state)
{
	(void)state;
	assert_duration("500ms", 500000);
	assert_duration("30s", 30000000);
	assert_duration("10m", 600000000);
	assert_duration("1h30m", INT64_C(5400000000));
	assert_duration("2d", INT64_C(172800000000));
	assert_duration("7", 7000000);
	assert_duration("0", 0);
	assert_duration("1.5s", 1500000);
	assert_duration("0.000001s", 1);
	assert_duration(".5m", 30000000);
	assert_duration("3650d", INT64_C(315360000000000));
}

static void
test_what_is_no_duration_is_refused_with_the_form(void **state)
{
	(void)state;
	const char *const bad[] = { "", " ", "s", "1x", "-1s", "1 s", ".", "1..5s", "1e3",
		"0x10", "1s!", "1,5s", "h1" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_no_duration(bad[i], "is not a duration");
	assert_no_duration("3651d", "at most 3650d");
	assert_no_duration("3650d1ms", "at most 3650d");
	assert_no_duration("99999999999999999999999999d", "at most 3650d");
}

static void
assert_shown(int64_t us, const char *expected)
{
	char text[16];
	clock_format_duration(us, text, sizeof text);
	assert_string_equal(text, expected);
	assert_true(strlen(text) <= 8);
}

static void
test_durations_are_shown_short(void **state)
{
	(void)state;
	assert_shown(-5, "0.0s");
	assert_shown(0, "0.0s");
	assert_shown(400000, "0.4s");
	assert_shown(9999999, "9.9s");
	assert_shown(10000000, "10s");
	assert_shown(59999999, "59s");
	assert_shown(187000000, "3m07s");
	assert_shown(INT64_C(7500000000), "2h05m");
	assert_shown(INT64_C(356400000000), "4d03h");
	assert_shown(INT64_C(315360000000000), "3650d00h");
}

static void
test_wall_time_equals_what_the_c_library_says_and_comes_back(void **state)
{
	(void)state;
	for (int64_t s = 0; s < CLOCK_WALL_MAX_US / CLOCK_SECOND_US; s += 86400 * 53 + 12345) {
		char ours[CLOCK_WALL_SIZE], theirs[40];
		time_t t = (time_t)s;
		struct tm tm;
		int64_t back;
		clock_format_wall(s * CLOCK_SECOND_US + 7, ours, sizeof ours);
		strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%S.000007Z", gmtime_r(&t, &tm));
		assert_string_equal(ours, theirs);
		assert_int_equal(clock_parse_wall(ours, &back, NULL), 0);
		assert_int_equal(back, s * CLOCK_SECOND_US + 7);
	}
}

static void
test_leap_days_and_the_ends_of_time_are_right(void **state)
{
	(void)state;
	const struct { int64_t us; const char *text; } times[] = {
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ -1, "1970-01-01T00:00:00.000000Z" },
		{ INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z" },
		{ INT64_C(951868799999999), "2000-02-29T23:59:59.999999Z" },
		{ INT64_C(951868800000000), "2000-03-01T00:00:00.000000Z" },
		{ INT64_C(4107542400000000), "2100-03-01T00:00:00.000000Z" },
		{ CLOCK_WALL_MAX_US, "9999-12-31T23:59:59.999999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999999Z" },
	};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		char text[CLOCK_WALL_SIZE];
		clock_format_wall(times[i].us, text, sizeof text);
		assert_string_equal(text, times[i].text);
	}
}

static void
test_what_is_no_wall_time_is_refused(void **state)
{
	(void)state;
	const char *const bad[] = {
		"", "2026", "2026-11-24 08:14:27.123456Z", "2026-11-24T08:14:27.123456",
		"2026-11-24T08:14:27.12345Z", "2026-11-24T08:14:27.123456Z ",
		"2026-13-24T08:14:27.123456Z", "2026-00-24T08:14:27.123456Z",
		"2026-02-29T08:14:27.123456Z", "2026-11-31T08:14:27.123456Z",
		"2026-11-00T08:14:27.123456Z", "2026-11-24T24:14:27.123456Z",
		"2026-11-24T08:60:27.123456Z", "2026-11-24T08:14:60.123456Z",
		"1969-12-31T23:59:59.999999Z", "2100-02-29T00:00:00.000000Z",
		"202-611-24T08:14:27.123456Z",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t us = 42;
		struct err err = ERR_INIT;
		if (clock_parse_wall(bad[i], &us, &err) == 0)
			fail_msg("'%s' is taken", bad[i]);
		assert_int_equal(us, 42);
		assert_true(strlen(err.text) > 0);
	}
}

static void
test_the_monotonic_clock_does_not_go_back(void **state)
{
	(void)state;
	int64_t last = clock_mono_us();
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono_us();
		assert_true(now >= last);
		last = now;
	}
	int64_t wall = clock_wall_us(), seconds = (int64_t)time(NULL);
	assert_true(wall / CLOCK_SECOND_US >= seconds - 2 &&
	    wall / CLOCK_SECOND_US <= seconds + 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations_are_read_as_plans_write_them),
		cmocka_unit_test(test_what_is_no_duration_is_refused_with_the_form),
		cmocka_unit_test(test_durations_are_shown_short),
		cmocka_unit_test(test_wall_time_equals_what_the_c_library_says_and_comes_back),
		cmocka_unit_test(test_leap_days_and_the_ends_of_time_are_right),
		cmocka_unit_test(test_what_is_no_wall_time_is_refused),
		cmocka_unit_test(test_the_monotonic_clock_does_not_go_back),
	};
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
