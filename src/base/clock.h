/*
 * Time. Durations are measured on the monotonic clock, in microseconds, as int64_t named
 * `..._us`; wall time is for display and the journal only.
 */
#ifndef SEQDECK_BASE_CLOCK_H
#define SEQDECK_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CLOCK_SECOND_US INT64_C(1000000)

int64_t clock_mono_us(void);	/* CLOCK_MONOTONIC */
int64_t clock_wall_us(void);	/* CLOCK_REALTIME, microseconds since the epoch */

#define CLOCK_WALL_SIZE 28	/* of the text of a wall time, with its NUL */
#define CLOCK_WALL_MAX_US INT64_C(253402300799999999)	/* the end of the year 9999 */

/* Writes wall time as "2026-11-24T08:14:27.123456Z" (RFC 3339, UTC). Times before 1970 or
 * after the year 9999 are shown as the nearest one within. size >= CLOCK_WALL_SIZE. */
void clock_format_wall(int64_t wall_us, char *text, size_t size);

/* Reads exactly that form back. Returns 0, or -1 with err set. */
int clock_parse_wall(const char *text, int64_t *wall_us, struct err *err);

/* Writes a duration for people in at most 8 columns: "0.4s" "12s" "3m07s" "2h05m"
 * "4d03h". Negative is shown as 0. size >= 16. */
void clock_format_duration(int64_t us, char *text, size_t size);

/* Reads a duration as plans write it: a decimal number and a unit of ms, s, m, h or d,
 * several in a row ("1h30m"); a bare number means seconds. Range 0 to 3650 days.
 * Returns 0, or -1 with err set. Independent of the locale. */
int clock_parse_duration(const char *text, int64_t *us, struct err *err);

#endif
