#include "doc/bash.h"

#include <stdbool.h>

#include "cmd/args.h"
#include "cmd/cmd.h"

/* What stands around the table. It needs bash alone, no library of completions. */
static const char bash_head[] =
    "# bash completion for seqdeck\n"
    "\n"
    "_seqdeck_runs()\n"
    "{\n"
    "\tseqdeck list --ids 2>/dev/null\n"
    "}\n"
    "\n"
    "# The sequences of the run that --run names, else of the newest one.\n"
    "_seqdeck_targets()\n"
    "{\n"
    "\tlocal i run=()\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tcase ${COMP_WORDS[i]} in\n"
    "\t\t--run | -r) run=(\"${COMP_WORDS[i + 1]}\") ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tseqdeck status --names \"${run[@]}\" 2>/dev/null\n"
    "\tprintf '%s\\n' @failed @all\n"
    "}\n"
    "\n"
    "_seqdeck()\n"
    "{\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "\tlocal i command= options= valued= word=plan words=\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tcase ${COMP_WORDS[i]} in\n"
    "\t\t-*) ;;\n"
    "\t\t*)\n"
    "\t\t\tcommand=${COMP_WORDS[i]}\n"
    "\t\t\tbreak\n"
    "\t\t\t;;\n"
    "\t\tesac\n"
    "\tdone\n";

static const char bash_tail[] =
    "\tesac\n"
    "\tCOMPREPLY=()\n"
    "\tcase $prev in\n"
    "\t--run | -r) word=run ;;\n"
    "\t--dir) word=dir ;;\n"
    "\t--theme | -t) word=theme ;;\n"
    "\t*)\n"
    "\t\tif [[ \" $valued \" == *\" $prev \"* ]]; then\n"
    "\t\t\treturn\n"
    "\t\telif [[ $cur == -* ]]; then\n"
    "\t\t\tword=option\n"
    "\t\tfi\n"
    "\t\t;;\n"
    "\tesac\n"
    "\tcase $word in\n"
    "\toption) words=$options ;;\n"
    "\tcommand) words=$commands ;;\n"
    "\trun) words=$(_seqdeck_runs) ;;\n"
    "\ttarget) words=$(_seqdeck_targets) ;;\n"
    "\ttheme) words='dark light mono' ;;\n"
    "\tdir) compopt -o dirnames ;;\n"
    "\tplan)\n"
    "\t\tcompopt -o filenames\n"
    "\t\tmapfile -t COMPREPLY < <(compgen -f -X '!*.ini' -- \"$cur\"\n"
    "\t\t\tcompgen -d -- \"$cur\")\n"
    "\t\t[[ $command ]] || words=$commands\n"
    "\t\t;;\n"
    "\tesac\n"
    "\tif [[ $words ]]; then\n"
    "\t\tlocal more\n"
    "\t\tmapfile -t more < <(compgen -W \"$words\" -- \"$cur\")\n"
    "\t\tCOMPREPLY+=(\"${more[@]}\")\n"
    "\tfi\n"
    "}\n"
    "complete -F _seqdeck seqdeck\n";

/* Appends the options of a command: all, or only those that take a value. */
static void
bash_options(struct buf *to, const struct cmd *cmd, bool only_valued)
{
	for (const struct cmd_option *o = cmd->options; o != NULL && o->name != NULL; o++) {
		if (only_valued && o->value == NULL)
			continue;
		buf_printf(to, "--%s ", o->name);
		if (only_valued && o->letter != 0)
			buf_printf(to, "-%c ", o->letter);
	}
	if (!only_valued)
		buf_printf(to, "--%s", args_help_option.name);
}

static void
bash_case(struct buf *to, const struct cmd *cmd, const char *pattern)
{
	static const char *const words[] = {
		[CMD_WORD_NONE] = "none", [CMD_WORD_PLAN] = "plan", [CMD_WORD_RUN] = "run",
		[CMD_WORD_TARGET] = "target", [CMD_WORD_COMMAND] = "command",
	};
	buf_printf(to, "\t%s)\n\t\tword=%s\n\t\toptions='", pattern, words[cmd->word]);
	bash_options(to, cmd, false);
	buf_add_str(to, "'\n\t\tvalued='");
	bash_options(to, cmd, true);
	buf_add_str(to, "'\n\t\t;;\n");
}

void
bash_completion(struct buf *to)
{
	buf_add_str(to, bash_head);
	buf_add_str(to, "\tlocal commands='");
	for (size_t i = 0; cmds[i] != NULL; i++)
		buf_printf(to, "%s%s", i > 0 ? " " : "", cmds[i]->name);
	buf_add_str(to, "'\n\tcase $command in\n");
	for (size_t i = 0; cmds[i] != NULL; i++)
		if (cmds[i] != &cmd_run)
			bash_case(to, cmds[i], cmds[i]->name);
	/* The command may be left out: another word is a plan. */
	bash_case(to, &cmd_run, "*");
	buf_add_str(to, bash_tail);
}
