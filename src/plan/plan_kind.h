/*
 * The table of step kinds. A later kind is a row here and a file that runs it.
 */
#ifndef SEQDECK_PLAN_PLAN_KIND_H
#define SEQDECK_PLAN_PLAN_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum plan_kind_id { PLAN_KIND_RUN, PLAN_KIND_SLEEP };

struct plan_kind {
	enum plan_kind_id id;
	const char *name;	/* as written in a plan: "run" */
	const char *value_name;	/* "COMMAND": for help and manual */
	const char *help;	/* a sentence for manual, help and completion */
	bool is_shell;	/* {name} in its value is quoted for a shell */
	/* Checks the value of a step without variables in it; NULL: any text but the
	 * empty one will do. Returns 0, or -1 with err set. */
	int (*check)(const char *value, struct err *err);
};

extern const struct plan_kind plan_kinds[];	/* ends with name == NULL */

const struct plan_kind *plan_kind_find(const char *name, size_t len);

#endif
