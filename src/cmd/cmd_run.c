#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/deck.h"
#include "cmd/plain.h"
#include "cmd/plan_args.h"
#include "cmd/say.h"
#include "cmd/which.h"
#include "record/rundir.h"
#include "session/session.h"

/* How the run is to be shown. */
enum run_show { RUN_DASHBOARD, RUN_LINES, RUN_JSON, RUN_DETACHED };

static int
run_how(const struct args *args, enum run_show *show, struct err *err)
{
	static const struct { const char *name; enum run_show show; } ways[] = {
		{ "plain", RUN_LINES }, { "json", RUN_JSON },
		{ "detach", RUN_DETACHED },
	};
	const char *chosen = NULL;
	*show = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) ? RUN_DASHBOARD : RUN_LINES;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!args_has(args, ways[i].name))
			continue;
		if (chosen)
			return err_set(err, "--%s and --%s exclude each other", chosen,
			    ways[i].name);
		chosen = ways[i].name;
		*show = ways[i].show;
	}
	return 0;
}

/* Absolute path of the plan file, for run.json; the caller frees. */
static char *
run_plan_path(const char *path)
{
	if (strcmp(path, "-") == 0)
		return mem_strdup(path);
	char *absolute = realpath(path, NULL);
	return absolute ? absolute : mem_strdup(path);
}

/* Makes the run directory and starts the engine on it. Returns the directory (the caller
 * frees), or NULL with err set. */
static char *
run_start(const struct args *args, const struct plan_args *plan_args, struct plan *plan,
    enum run_show show, struct err *err)
{
	char *path = run_plan_path(plan->path);
	struct rundir_info info = {
		.title = plan->title,
		.plan = path,
		.plan_dir = plan->dir,
		.version = (char *)(uintptr_t)SEQDECK_VERSION,
		.parallel = plan->parallel,
		.set_names = plan_args->names,
		.set_values = plan_args->values,
		.only = (char **)(uintptr_t)plan_args->only,
	};
	char *dir = rundir_create(args_value(args, "dir"), &info, plan->text, plan->text_len,
	    err);
	free(path);
	free(info.id);
	if (!dir)
		return NULL;
	struct session_settings settings = {
		.run_dir = dir,
		.plan = plan,
		.wait_for_front_end = show == RUN_DASHBOARD,
	};
	if (session_spawn(&settings, err) < 0) {
		free(dir);
		return NULL;
	}
	return dir;
}

static enum cmd_status
run_detached(const char *dir)
{
	char *name = which_name(dir);
	printf("%s\n", name);
	say("it runs in the background; watch it with 'seqdeck attach %s'", name);
	free(name);
	return CMD_OK;
}

/* A terminal that is not fit for the dashboard is told, and gets lines. */
static enum cmd_status
run_dashboard(const char *dir, const char *theme)
{
	struct err err = ERR_INIT;
	enum cmd_status status;
	if (deck_show(dir, theme, &status, &err) == 0)
		return status;
	say("%s", err.text);
	return plain_print(dir, true);
}

static enum cmd_status
run_show(const struct args *args, const char *dir, enum run_show show)
{
	switch (show) {
	case RUN_DASHBOARD:
		return run_dashboard(dir, args_value(args, "theme"));
	case RUN_LINES:
		return plain_print(dir, true);
	case RUN_JSON:
		return plain_print_events(dir, true, true);
	case RUN_DETACHED:
		break;
	}
	return run_detached(dir);
}

static enum cmd_status
run_plan(const struct args *args, const struct plan_args *plan_args, enum run_show show)
{
	struct err err = ERR_INIT;
	struct plan *plan = plan_args_load(plan_args, args->words[0]);
	if (!plan)
		return CMD_WRONG;
	char *dir = run_start(args, plan_args, plan, show, &err);
	plan_free(plan);
	if (!dir) {
		say("%s", err.text);
		return CMD_BROKEN;
	}
	enum cmd_status status = run_show(args, dir, show);
	free(dir);
	return status;
}

static enum cmd_status
run_run(const struct args *args)
{
	struct err err = ERR_INIT;
	struct plan_args plan_args = { 0 };
	enum run_show show;
	enum cmd_status status = CMD_WRONG;
	if (run_how(args, &show, &err) < 0 || plan_args_parse(&plan_args, args, &err) < 0)
		say("%s", err.text);
	else
		status = run_plan(args, &plan_args, show);
	plan_args_release(&plan_args);
	return status;
}

static const struct cmd_option run_options[] = {
	PLAN_ARGS_OPTIONS,
	{ "plain", 'p', NULL, false,
	    "print lines instead of the dashboard; so it is too where standard output is no "
	    "terminal" },
	{ "json", 0, NULL, false, "print the journal's events, a JSON object a line" },
	{ "detach", 'd', NULL, false, "start the run, print its id, and leave it to itself" },
	{ "dir", 0, "DIR", false, "use DIR as the run directory; it must be new or empty" },
	{ "theme", 't', "NAME", false, "colours of the dashboard: a theme's name or file" },
	{ 0 },
};

const struct cmd cmd_run = {
	.name = "run",
	.synopsis = "PLAN",
	.summary = "run a plan, and watch it in the dashboard",
	.help = "'run' may be left out: seqdeck PLAN. PLAN is an INI file, see "
	    "seqdeck-plan(5); '-' is standard input.\n\n"
	    "An engine in the background runs the sequences. Leaving the dashboard detaches: "
	    "the run goes on, and 'seqdeck attach' comes back to it.\n\n"
	    "Ctrl-C in the plain form cancels the run: the first with TERM and, after the "
	    "grace time, KILL; the second kills at once; the third leaves the run to itself.",
	.options = run_options,
	.word = CMD_WORD_PLAN,
	.words_min = 1,
	.words_max = 1,
	.run = run_run,
};
