#include "cmd/plan_args.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/args.h"

static int
parse_settings(struct plan_args *plan_args, const char **given, struct err *err)
{
	size_t count = 0;
	while (given && given[count])
		count++;
	plan_args->settings = mem_array(count + 1, sizeof *plan_args->settings);
	plan_args->names = mem_array(count + 1, sizeof *plan_args->names);
	plan_args->values = mem_array(count + 1, sizeof *plan_args->values);
	for (size_t i = 0; i < count; i++) {
		const char *equals = strchr(given[i], '=');
		if (!equals || equals == given[i])
			return err_set(err, "--set '%s': write NAME=VALUE", given[i]);
		plan_args->names[i] = mem_strndup(given[i], (size_t)(equals - given[i]));
		plan_args->values[i] = mem_strdup(equals + 1);
		plan_args->settings[i].name = plan_args->names[i];
		plan_args->settings[i].value = plan_args->values[i];
	}
	plan_args->request.settings = plan_args->settings;
	plan_args->request.setting_count = count;
	return 0;
}

static int
parse_parallel(struct plan_args *plan_args, const char *text, struct err *err)
{
	char *end;
	if (!text)
		return 0;
	errno = 0;
	long n = strtol(text, &end, 10);
	if (errno || *end || end == text || n < 0 || n > INT_MAX)
		return err_set(err, "--parallel '%s': write a number, 0 for no limit", text);
	plan_args->has_parallel = true;
	plan_args->request.parallel = (int)n;
	return 0;
}

int
plan_args_parse(struct plan_args *plan_args, const struct args *args, struct err *err)
{
	memset(plan_args, 0, sizeof *plan_args);
	const char **given = args_values(args, "set");
	int rc = parse_settings(plan_args, given, err);
	free(given);
	if (rc < 0)
		return -1;
	plan_args->only = args_values(args, "only");
	plan_args->request.only = plan_args->only;
	return parse_parallel(plan_args, args_value(args, "parallel"), err);
}

void
plan_args_release(struct plan_args *plan_args)
{
	for (size_t i = 0; plan_args->names && plan_args->names[i]; i++) {
		free(plan_args->names[i]);
		free(plan_args->values[i]);
	}
	free(plan_args->names);
	free(plan_args->values);
	free(plan_args->settings);
	free(plan_args->only);
}

struct plan *
plan_args_load(const struct plan_args *plan_args, const char *path)
{
	struct plan_problems problems = { 0 };
	struct buf text = BUF_INIT;
	struct plan *plan = plan_load(path, &plan_args->request, &problems);
	for (size_t i = 0; i < problems.count; i++)
		plan_problem_format(&problems.items[i], &text);
	size_t shown = 0;
	for (size_t i = 0; i < problems.count; i++)
		shown += !problems.items[i].is_warning;
	if (problems.error_count > shown)
		buf_printf(&text, "and %zu more errors\n", problems.error_count - shown);
	fwrite(buf_str(&text), 1, text.len, stderr);
	buf_release(&text);
	plan_problems_release(&problems);
	/* The request cannot say "no limit": 0 there is what the plan says. */
	if (plan && plan_args->has_parallel)
		plan->parallel = plan_args->request.parallel;
	return plan;
}
