#include "cmd/help.h"

#include <stdio.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/say.h"

#define HELP_COLUMNS 78
#define HELP_INDENT 24	/* where the texts of options and commands begin */

/* Prints text broken at blanks; the first line begins at column `at`, all further ones at
 * column `indent`. */
static void
help_wrap(const char *text, int at, int indent)
{
	while (*text != '\0') {
		size_t word = strcspn(text, " \n");
		if (at > indent && at + 1 + (int)word > HELP_COLUMNS) {
			printf("\n%*s", indent, "");
			at = indent;
		} else if (at > indent) {
			putchar(' ');
			at++;
		}
		fwrite(text, 1, word, stdout);
		at += (int)word;
		text += word;
		if (strncmp(text, "\n\n", 2) == 0) {
			printf("\n\n%*s", indent, "");
			at = indent;
		}
		text += strspn(text, " \n");
	}
	putchar('\n');
}

/* One row: what is said, then its text at HELP_INDENT. */
static void
help_row(const char *what, const char *text)
{
	int at = printf("  %s", what);
	if (at >= HELP_INDENT - 1) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", HELP_INDENT - at, "");
	help_wrap(text, HELP_INDENT, HELP_INDENT);
}

static void
help_option(const struct cmd_option *option)
{
	char what[80];
	char letter[8] = "";
	if (option->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(what, sizeof(what), "%s--%s%s%s", letter, option->name,
	    option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
	help_row(what, option->help);
}

enum cmd_status
help_print(const struct cmd *cmd)
{
	printf("seqdeck %s%s%s%s\n\n", cmd->name, cmd->options != NULL ? " [OPTION]..." : "",
	    *cmd->synopsis != '\0' ? " " : "", cmd->synopsis);
	help_wrap(cmd->summary, 0, 0);
	if (cmd->help != NULL) {
		putchar('\n');
		help_wrap(cmd->help, 0, 0);
	}
	printf("\nOptions:\n");
	for (const struct cmd_option *o = cmd->options; o != NULL && o->name != NULL; o++)
		help_option(o);
	help_option(&args_help_option);
	return CMD_OK;
}

enum cmd_status
help_overview(void)
{
	printf("seqdeck PLAN             run a plan and watch it\n"
	    "seqdeck COMMAND ...      one of the commands below\n\n"
	    "A terminal dashboard for parallel runs: sequences of steps from an INI file, one "
	    "pane\neach, to watch, retry, skip and cancel.\n\nCommands:\n");
	for (size_t i = 0; cmds[i] != NULL; i++)
		help_row(cmds[i]->name, cmds[i]->summary);
	printf("\nRUN is the id of a run, a unique prefix of one, or a path with a '/'; left "
	    "out, the\nnewest run. TARGET is a sequence, SEQUENCE/STEP, a glob over names, "
	    "@failed or @all.\n\nExit status:\n");
	for (const struct cmd_status_text *s = cmd_status_texts; s->text != NULL; s++) {
		char status[16];
		snprintf(status, sizeof(status), "%d", s->status);
		help_row(status, s->text);
	}
	printf("\n'seqdeck COMMAND --help' tells more; so do seqdeck(1) and "
	    "seqdeck-plan(5).\n");
	return CMD_OK;
}

void
help_usage(void)
{
	say("what to do? 'seqdeck PLAN' runs a plan, 'seqdeck list' tells of runs, 'seqdeck "
	    "help' of all else");
}

static enum cmd_status
help_run(const struct args *args)
{
	if (args->word_count == 0)
		return help_overview();
	const struct cmd *cmd = cmd_find(args->words[0]);
	if (cmd != NULL)
		return help_print(cmd);
	say("there is no command '%s': 'seqdeck help' tells them all", args->words[0]);
	return CMD_WRONG;
}

const struct cmd cmd_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "tell what there is, or all about one command",
	.word = CMD_WORD_COMMAND,
	.words_max = 1,
	.run = help_run,
};

static enum cmd_status
version_run(const struct args *args)
{
	(void)args;
	printf("seqdeck %s\n", SEQDECK_VERSION);
	return CMD_OK;
}

const struct cmd cmd_version = {
	.name = "version",
	.synopsis = "",
	.summary = "tell the version",
	.run = version_run,
};
