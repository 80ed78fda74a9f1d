#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/say.h"
#include "cmd/wake.h"
#include "cmd/which.h"
#include "model/run.h"

/* Whether a retry has something to do: a sequence that went wrong. */
static bool
resume_has_failed(const struct run *run)
{
	return run->counts[STATE_FAILED] > 0 || run->counts[STATE_CANCELLED] > 0;
}

/* Retries by name what failed or was cancelled: "@failed" would not mean the latter. */
static long
resume_retry(const char *dir, const struct run *run, struct err *err)
{
	static const char *const failed[] = { "@failed", NULL };
	struct request request = { .verb = REQUEST_RETRY, .targets = failed };
	const char **names = NULL;
	size_t count = 0;
	if (run->counts[STATE_CANCELLED] > 0 &&
	    run->counts[STATE_CANCELLED] + run->counts[STATE_FAILED] <= REQUEST_TARGETS_MAX) {
		names = mem_array(run->sequence_count + 1, sizeof(*names));
		for (size_t i = 0; i < run->sequence_count; i++)
			if (run->sequences[i].state == STATE_FAILED ||
			    run->sequences[i].state == STATE_CANCELLED)
				names[count++] = run->sequences[i].name;
		request.targets = names;
	}
	long reached = wake_and_ask(dir, &request, err);
	free(names);
	return reached;
}

static enum cmd_status
resume_one(const char *dir, struct err *err)
{
	struct run run;
	if (which_load(dir, &run, err) != 0) {
		run_release(&run);
		return CMD_BROKEN;
	}
	bool has_failed = resume_has_failed(&run);
	if (!has_failed && state_is_end(run.state)) {
		printf("nothing to do: all sequences have ended ok or were skipped\n");
		run_release(&run);
		return CMD_OK;
	}
	int rc = wake_engine(dir, err);
	long count = 0;
	if (rc >= 0 && has_failed)
		count = resume_retry(dir, &run, err);
	run_release(&run);
	if (rc < 0 || count < 0)
		return CMD_FAILED;
	char *name = which_name(dir);
	printf("%s: %s", name, rc == 1 ? "it has an engine" : "an engine goes on");
	if (has_failed)
		printf(", %ld sequence%s retried", count, count == 1 ? "" : "s");
	printf("; watch it with 'seqdeck attach %s'\n", name);
	free(name);
	return CMD_OK;
}

static enum cmd_status
resume_run(const struct args *args)
{
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 0, &first, &err);
	enum cmd_status status = CMD_FAILED;
	if (dir != NULL)
		status = resume_one(dir, &err);
	if (status != CMD_OK)
		say("%s", err.text);
	free(dir);
	return status;
}

static const struct cmd_option resume_options[] = { WHICH_RUN_OPTION, { 0 } };

const struct cmd cmd_resume = {
	.name = "resume",
	.synopsis = "[RUN]",
	.summary = "go on with a run whose engine has gone, or with what failed",
	.help = "An engine is started on the run directory where there is none, and what failed "
	    "or was cancelled is retried from the step that went wrong. A step that was "
	    "running when the engine died has an unknown outcome: its sequence is held, and "
	    "nothing runs it again before you say so with retry or skip.",
	.options = resume_options,
	.word = CMD_WORD_RUN,
	.words_max = 1,
	.run = resume_run,
};
