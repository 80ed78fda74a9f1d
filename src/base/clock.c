#include "base/clock.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DURATION_MAX_US (INT64_C(3650) * 86400 * CLOCK_SECOND_US)

static int64_t
clock_read(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_SECOND_US + ts.tv_nsec / 1000;
}

int64_t
clock_mono_us(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

int64_t
clock_wall_us(void)
{
	return clock_read(CLOCK_REALTIME);
}

/* Days from 1970-01-01 to the first of March of the Gregorian year given: a year that
 * begins in March has its leap day last, so that days within it need no table. */
static int64_t
days_to_march(int64_t year)
{
	return year * 365 + year / 4 - year / 100 + year / 400 - 719468;
}

/* Days from the first of March to the first of a month, 0 being March. */
static int64_t
days_to_month(int64_t month)
{
	return (153 * month + 2) / 5;
}

/* Writes value with exactly n digits. */
static void
put_digits(char *to, int n, int64_t value)
{
	while (n--) {
		to[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
clock_format_wall(int64_t wall_us, char *text, size_t size)
{
	assert(size >= CLOCK_WALL_SIZE);
	if (wall_us < 0)
		wall_us = 0;
	if (wall_us > CLOCK_WALL_MAX_US)
		wall_us = CLOCK_WALL_MAX_US;
	int64_t s = wall_us / CLOCK_SECOND_US, days = s / 86400;
	int64_t year = 1970 + days / 366; /* never too late; at most some years too early */
	while (days_to_march(year + 1) <= days)
		year++;
	if (days_to_march(year) > days)
		year--;
	int64_t day = days - days_to_march(year);
	int64_t month = (5 * day + 2) / 153;
	day -= days_to_month(month);
	memcpy(text, "0000-00-00T00:00:00.000000Z", CLOCK_WALL_SIZE);
	put_digits(text, 4, year + (month >= 10));
	put_digits(text + 5, 2, month < 10 ? month + 3 : month - 9);
	put_digits(text + 8, 2, day + 1);
	put_digits(text + 11, 2, s % 86400 / 3600);
	put_digits(text + 14, 2, s % 3600 / 60);
	put_digits(text + 17, 2, s % 60);
	put_digits(text + 20, 6, wall_us % CLOCK_SECOND_US);
}

/* Reads exactly n digits. */
static int64_t
get_digits(const char *from, int n)
{
	int64_t value = 0;
	for (int i = 0; i < n; i++)
		value = value * 10 + (from[i] - '0');
	return value;
}

int
clock_parse_wall(const char *text, int64_t *wall_us, struct err *err)
{
	static const char form[] = "0000-00-00T00:00:00.000000Z";
	for (size_t i = 0; i < sizeof form; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return err_set(err, "'%s' is not a time as in "
			    "2026-11-24T08:14:27.123456Z", text);
	int64_t year = get_digits(text, 4), month = get_digits(text + 5, 2);
	int64_t day = get_digits(text + 8, 2), hour = get_digits(text + 11, 2);
	int64_t minute = get_digits(text + 14, 2), second = get_digits(text + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
	    minute > 59 || second > 59)
		return err_set(err, "there is no time '%s'", text);
	bool is_late = month > 2;
	int64_t days = days_to_march(is_late ? year : year - 1) +
	    days_to_month(is_late ? month - 3 : month + 9) + day - 1;
	int64_t us = ((days * 24 + hour) * 60 + minute) * 60 * CLOCK_SECOND_US +
	    second * CLOCK_SECOND_US + get_digits(text + 20, 6);
	char again[CLOCK_WALL_SIZE];
	clock_format_wall(us, again, sizeof again);
	if (strcmp(again, text) != 0) /* the 30th of February */
		return err_set(err, "there is no time '%s'", text);
	*wall_us = us;
	return 0;
}

void
clock_format_duration(int64_t us, char *text, size_t size)
{
	if (us < 0)
		us = 0;
	long long s = us / CLOCK_SECOND_US;
	if (s < 10)
		snprintf(text, size, "%lld.%llds", s,
		    (long long)(us % CLOCK_SECOND_US) / 100000);
	else if (s < 60)
		snprintf(text, size, "%llds", s);
	else if (s < 3600)
		snprintf(text, size, "%lldm%02llds", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else
		snprintf(text, size, "%lldd%02lldh", s / 86400, s / 3600 % 24);
}

/* Reads the unit at *p and moves behind it; 0 when there is none that we know. */
static int64_t
unit_us(const char **p)
{
	static const struct { const char *name; int64_t us; } units[] = {
		{ "ms", 1000 }, { "s", CLOCK_SECOND_US }, { "m", 60 * CLOCK_SECOND_US },
		{ "h", 3600 * CLOCK_SECOND_US }, { "d", 86400 * CLOCK_SECOND_US },
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i].name);
		if (strncmp(*p, units[i].name, n) == 0) {
			*p += n;
			return units[i].us;
		}
	}
	return 0;
}

/* Reads digits with an optional fraction into micro-units; -1 when there is no digit or
 * the number is out of range. */
static int64_t
number_micro(const char **p)
{
	int64_t whole = 0, micro = 0, place = 100000;
	int digits = 0;
	for (; **p >= '0' && **p <= '9'; (*p)++, digits++) {
		whole = whole * 10 + (**p - '0');
		if (whole > DURATION_MAX_US / 1000)
			return -1;
	}
	if (**p == '.')
		for ((*p)++; **p >= '0' && **p <= '9'; (*p)++, digits++) {
			micro += (**p - '0') * place;
			place /= 10;
		}
	return digits ? whole * 1000000 + micro : -1;
}

int
clock_parse_duration(const char *text, int64_t *us, struct err *err)
{
	static const char form[] =
	    "'%s' is not a duration: write a number and a unit, as in 500ms, 30s, 10m, 1h30m";
	static const char range[] = "the duration '%s' is out of range: at most 3650d";
	const char *p = text;
	long double total = 0;
	if (!*p)
		return err_set(err, form, text);
	while (*p) {
		int64_t micro = number_micro(&p);
		if (micro < 0)
			return err_set(err, *p >= '0' && *p <= '9' ? range : form, text);
		int64_t unit = *p ? unit_us(&p) : CLOCK_SECOND_US;
		if (!unit)
			return err_set(err, form, text);
		total += (long double)micro * unit / 1000000;
		if (total > DURATION_MAX_US)
			return err_set(err, range, text);
	}
	*us = (int64_t)(total + 0.5L);
	return 0;
}
