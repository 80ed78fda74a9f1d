#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/args.h"
#include "cmd/help.h"
#include "cmd/say.h"

const struct cmd *const cmds[] = {
	&cmd_run, &cmd_check, &cmd_attach, &cmd_list, &cmd_status, &cmd_retry, &cmd_skip,
	&cmd_cancel, &cmd_hold, &cmd_release, &cmd_send, &cmd_log, &cmd_events, &cmd_resume,
	&cmd_help, &cmd_version, NULL
};

const struct cmd_status_text cmd_status_texts[] = {
	{ CMD_OK, "all sequences ended ok; what was asked was done" },
	{ CMD_FAILED, "some sequences did not end ok; what was asked was refused" },
	{ CMD_WRONG, "the plan or the command line is wrong, and nothing was started" },
	{ CMD_CANCELLED, "the run was cancelled by its user" },
	{ CMD_BROKEN, "seqdeck itself could not go on (disk full, no run directory)" },
	{ 0, NULL },
};

const struct cmd *
cmd_find(const char *name)
{
	for (size_t i = 0; cmds[i] != NULL; i++)
		if (strcmp(cmds[i]->name, name) == 0)
			return cmds[i];
	return NULL;
}

/* Whether a word that is no command's name is meant as the plan of `seqdeck PLAN`. */
static bool
cmd_is_plan(const char *word)
{
	return strpbrk(word, "./") != NULL || strcmp(word, "-") == 0 ||
	    access(word, F_OK) == 0;
}

static int
cmd_unknown(const char *word)
{
	const char *names[sizeof(cmds) / sizeof(cmds[0])] = { NULL };
	for (size_t i = 0; cmds[i] != NULL; i++)
		names[i] = cmds[i]->name;
	const char *near = text_nearest(word, names);
	if (near != NULL)
		say("there is no command and no plan '%s': do you mean '%s'?", word, near);
	else
		say("there is no command and no plan '%s': 'seqdeck help' tells the commands",
		    word);
	return CMD_WRONG;
}

static int
cmd_do(const struct cmd *cmd, char **argv)
{
	struct err err = ERR_INIT;
	struct args args;
	int status = CMD_WRONG;
	if (args_parse(&args, cmd, argv, &err) != 0)
		say("%s", err.text);
	else if (args_has(&args, args_help_option.name))
		status = help_print(cmd);
	else
		status = cmd->run(&args);
	args_release(&args);
	return status;
}

/* A program may be started with its standard descriptors closed; a file opened later must
 * not become one of them. */
static void
cmd_open_standard(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
}

/* What is still in stdio's buffer may not fit anywhere: that must not look like success.
 * A reader that has gone (`| head`) had enough. */
static int
cmd_finish(int status)
{
	bool has_failed = ferror(stdout) != 0;
	if (fflush(stdout) != 0 || has_failed) {
		if (errno == EPIPE)
			return status;
		say("cannot write to standard output: %s", strerror(errno));
		return status == CMD_OK ? CMD_BROKEN : status;
	}
	return status;
}

static int
cmd_dispatch(char **argv)
{
	const char *first = argv[1];
	if (first == NULL) {
		help_usage();
		return CMD_WRONG;
	}
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
		return cmd_do(&cmd_help, argv + 2);
	if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
		return cmd_do(&cmd_version, argv + 2);
	const struct cmd *cmd = cmd_find(first);
	if (cmd != NULL)
		return cmd_do(cmd, argv + 2);
	if (first[0] == '-' || cmd_is_plan(first))
		return cmd_do(&cmd_run, argv + 1);
	return cmd_unknown(first);
}

int
cmd_main(int argc, char **argv)
{
	cmd_open_standard();
	signal(SIGPIPE, SIG_IGN);
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	return cmd_finish(argc > 0 ? cmd_dispatch(argv) : CMD_WRONG);
}
