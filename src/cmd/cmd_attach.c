#include <stdlib.h>
#include <unistd.h>

#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/deck.h"
#include "cmd/plain.h"
#include "cmd/say.h"
#include "cmd/which.h"

static enum cmd_status
attach_run(const struct args *args)
{
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 0, &first, &err);
	if (!dir) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	enum cmd_status status = CMD_FAILED;
	bool is_plain = args_has(args, "plain") || !isatty(STDOUT_FILENO) ||
	    !isatty(STDIN_FILENO);
	if (is_plain)
		status = plain_print(dir, false);
	else if (deck_show(dir, args_value(args, "theme"), &status, &err) < 0)
		say("%s", err.text);
	free(dir);
	return status;
}

static const struct cmd_option attach_options[] = {
	WHICH_RUN_OPTION,
	{ "plain", 'p', NULL, false,
	    "print lines instead of the dashboard, from the beginning of the run" },
	{ "theme", 't', "NAME", false, "colours of the dashboard: a theme's name or file" },
	{ 0 },
};

const struct cmd cmd_attach = {
	.name = "attach",
	.synopsis = "[RUN]",
	.summary = "the dashboard on a run: one that goes on, or one that has ended",
	.help = "RUN is an id, a unique prefix of one, or the path of a run directory; the "
	    "newest run when it is left out. Any number may look at the same run.",
	.options = attach_options,
	.word = CMD_WORD_RUN,
	.words_max = 1,
	.run = attach_run,
};
