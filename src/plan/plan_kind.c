#include "plan/plan_kind.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"

static int
check_duration(const char *value, struct err *err)
{
	int64_t us;
	return clock_parse_duration(value, &us, err);
}

const struct plan_kind plan_kinds[] = {
	{ PLAN_KIND_RUN, "run", "COMMAND",
	    "Runs COMMAND on this machine. Its exit status says whether the step is ok.",
	    true, NULL },
	{ PLAN_KIND_SLEEP, "sleep", "DURATION",
	    "Waits for DURATION, without a process.", false, check_duration },
	{ .name = NULL },
};

const struct plan_kind *
plan_kind_find(const char *name, size_t len)
{
	for (const struct plan_kind *kind = plan_kinds; kind->name; kind++)
		if (strlen(kind->name) == len && memcmp(kind->name, name, len) == 0)
			return kind;
	return NULL;
}
