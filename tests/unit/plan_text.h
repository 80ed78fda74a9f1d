/*
 * What the tests of plans share: a plan from a text, and all that is told about a text.
 */
#ifndef SEQDECK_TESTS_UNIT_PLAN_TEXT_H
#define SEQDECK_TESTS_UNIT_PLAN_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "plan/plan.h"

/* All errors and warnings about a text, one a line; the caller frees. */
static inline char *
plan_told_of(const char *text, size_t len, const struct plan_request *request)
{
	struct plan_problems problems = { 0 };
	struct buf told = BUF_INIT;
	struct plan *plan = plan_parse("p.ini", text, len, request, &problems);
	for (size_t i = 0; i < problems.count; i++)
		plan_problem_format(&problems.items[i], &told);
	assert_int_equal(plan != NULL, problems.error_count == 0);
	plan_free(plan);
	plan_problems_release(&problems);
	return buf_take(&told);
}

/* Asserts what is told of a text. */
static inline void
assert_told_len(const char *text, size_t len, const char *expected)
{
	char *told = plan_told_of(text, len, NULL);
	assert_string_equal(told, expected);
	free(told);
}

static inline void
assert_told(const char *text, const char *expected)
{
	assert_told_len(text, strlen(text), expected);
}

/* The same for lines of a sequence, which begins in line 1. */
static inline void
assert_told_in_sequence(const char *lines, const char *expected)
{
	char *text = NULL;
	assert_true(asprintf(&text, "[sequence a]\n%s", lines) > 0);
	assert_told(text, expected);
	free(text);
}

/* The plan of a text without errors. */
static inline struct plan *
plan_of(const char *text, const struct plan_request *request)
{
	struct plan_problems problems = { 0 };
	struct plan *plan = plan_parse("p.ini", text, strlen(text), request, &problems);
	for (size_t i = 0; i < problems.count; i++)
		printf("# %d:%d: %s\n", problems.items[i].line, problems.items[i].column,
		    problems.items[i].text);
	assert_non_null(plan);
	plan_problems_release(&problems);
	return plan;
}

/* The first sequence's first step; the plan goes with plan_free(*plan). */
static inline const struct plan_step *
plan_first_step(const char *text, struct plan **plan)
{
	*plan = plan_of(text, NULL);
	assert_true((*plan)->sequence_count > 0);
	assert_true((*plan)->sequences[0].step_count > 0);
	return &(*plan)->sequences[0].steps[0];
}

#endif
