/*
 * The values of step options: one parser for each row of the table in plan_option.c. All
 * return 0, or -1 with err set and the options as they were.
 */
#ifndef SEQDECK_PLAN_PLAN_VALUE_H
#define SEQDECK_PLAN_PLAN_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct plan_options;

#define VALUE_PARSER(name) \
	int name(const char *suffix, const char *value, struct plan_options *to, \
	    struct err *err)

VALUE_PARSER(plan_value_timeout);	/* "90s", "none" */
VALUE_PARSER(plan_value_retries);	/* "3" */
VALUE_PARSER(plan_value_backoff);	/* "2s", "5s..1m" */
VALUE_PARSER(plan_value_ok_codes);	/* "0, 3, 10-12" */
VALUE_PARSER(plan_value_on_fail);	/* "stop" */
VALUE_PARSER(plan_value_cwd);
VALUE_PARSER(plan_value_env);	/* suffix: the variable */
VALUE_PARSER(plan_value_shell);	/* "/bin/sh -e", "none" */
VALUE_PARSER(plan_value_tty);	/* "yes", "no" */
VALUE_PARSER(plan_value_kill);	/* "TERM 10s KILL" */
VALUE_PARSER(plan_value_stdin);	/* "terminal", "none", a text */

#undef VALUE_PARSER

/* The number of a signal by name (TERM, SIGTERM, sigterm) or number; -1 when there is no
 * such signal. */
int plan_signal_number(const char *text, size_t len);

/* Reads a whole number from min to max. */
int plan_value_number(const char *value, long min, long max, long *number,
    struct err *err);

/* Whether it may be the name of a sequence, step or variable: letters, digits, '-', '_',
 * PLAN_NAME_MAX bytes at most. */
bool plan_is_name(const char *name, size_t len);

#endif
