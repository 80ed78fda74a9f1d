/*
 * Collecting errors and warnings of a plan; what is handed out is in plan.h.
 */
#ifndef SEQDECK_PLAN_PLAN_PROBLEM_H
#define SEQDECK_PLAN_PLAN_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/plan.h"

#define PLAN_COLLECT_MAX 10000	/* errors and warnings kept until they are sorted */

/* A place in a plan file, from 1; 0 where there is none. */
struct plan_place {
	int line, column;
};

void plan_error(struct plan_problems *problems, const char *file, struct plan_place place,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void plan_warning(struct plan_problems *problems, const char *file,
    struct plan_place place, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Sorts by file (in the order they came) and place, and cuts to PLAN_ERRORS_MAX errors
 * and PLAN_WARNINGS_MAX warnings. */
void plan_problems_finish(struct plan_problems *problems);

/* The text as it may stand in a message: its first line, at most 60 characters, "..."
 * behind it when there is more. Valid until the next call with the same buffer. */
struct plan_quote {
	char text[60 * 4 + 4];
};
const char *plan_quote(struct plan_quote *quote, const char *text, size_t len);

#endif
