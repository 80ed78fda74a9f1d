/*
 * The command line: one table of commands, from which parsing, --help, the manual page and
 * the completion are made. A command is a file cmd_NAME.c with a const struct cmd.
 */
#ifndef SEQDECK_CMD_CMD_H
#define SEQDECK_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of the program. */
enum cmd_status {
	CMD_OK = 0,	/* done; of a run: all sequences ended ok */
	CMD_FAILED = 1,	/* some sequences did not end ok; what was asked was refused */
	CMD_WRONG = 2,	/* the plan or the command line is wrong, and nothing was started */
	CMD_CANCELLED = 3,	/* the run was cancelled */
	CMD_BROKEN = 4,	/* seqdeck itself could not go on */
};

/* One row of what help and manual tell of the statuses. */
struct cmd_status_text {
	int status;
	const char *text;
};

extern const struct cmd_status_text cmd_status_texts[];	/* ends with text == NULL */

struct cmd_option {
	const char *name;	/* without the dashes */
	char letter;	/* "-f"; 0: has none */
	const char *value;	/* name of its value: "DIR"; NULL: takes none */
	bool is_repeatable;
	const char *help;	/* a phrase */
};

/* What a word on the command line stands for, for the completion. */
enum cmd_word { CMD_WORD_NONE, CMD_WORD_PLAN, CMD_WORD_RUN, CMD_WORD_TARGET,
	CMD_WORD_COMMAND };

struct args;

struct cmd {
	const char *name;
	const char *synopsis;	/* the words behind the name: "[RUN] TARGET..." */
	const char *summary;	/* one line */
	const char *help;	/* paragraphs with a blank line between; NULL: summary says all */
	const struct cmd_option *options;	/* ends with name == NULL; NULL: none */
	enum cmd_word word;
	size_t words_min, words_max;	/* how many words it takes */
	enum cmd_status (*run)(const struct args *args);
};

#define CMD_WORDS_ANY ((size_t)-1)

extern const struct cmd *const cmds[];	/* in the order of help; ends with NULL */

extern const struct cmd cmd_run, cmd_check, cmd_attach, cmd_list, cmd_status, cmd_retry,
    cmd_skip, cmd_cancel, cmd_hold, cmd_release, cmd_send, cmd_log, cmd_events, cmd_resume,
    cmd_help, cmd_version;

const struct cmd *cmd_find(const char *name);	/* NULL: none */

/* The program: does what the command line says; returns the exit status. */
int cmd_main(int argc, char **argv);

#endif
