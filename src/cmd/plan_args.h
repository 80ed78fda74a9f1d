/*
 * The options that say which plan and how much of it: shared by run and check.
 */
#ifndef SEQDECK_CMD_PLAN_ARGS_H
#define SEQDECK_CMD_PLAN_ARGS_H

#include <stddef.h>

#include "base/err.h"
#include "plan/plan.h"

struct args;

/* Rows of a command's table of options. */
#define PLAN_ARGS_OPTIONS \
	{ "set", 's', "NAME=VALUE", true, "set a variable of the plan" }, \
	{ "only", 'o', "GLOB", true, \
	    "run only the sequences that match, and what they need" }, \
	{ "parallel", 'j', "N", false, "run at most N sequences at once; 0: no limit" }

/* What the options ask of the reader. Strings are borrowed from the command line. */
struct plan_args {
	struct plan_request request;
	struct plan_setting *settings;
	char **names, **values;	/* of the settings, NULL-terminated; owned */
	const char **only;
	bool has_parallel;
};

int plan_args_parse(struct plan_args *plan_args, const struct args *args, struct err *err);
void plan_args_release(struct plan_args *plan_args);

/* Loads the plan and prints its problems to standard error. NULL when it has errors. */
struct plan *plan_args_load(const struct plan_args *plan_args, const char *path);

#endif
