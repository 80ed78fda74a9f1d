/*
 * A parsed command line: options in any order between words, --name VALUE, --name=VALUE,
 * -x VALUE, -xVALUE, flags in a row (-fn); behind "--" all are words.
 */
#ifndef SEQDECK_CMD_ARGS_H
#define SEQDECK_CMD_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct cmd;
struct cmd_option;

struct args_given {
	const struct cmd_option *option;
	const char *value;	/* NULL for a flag; borrowed from argv */
};

struct args {
	const struct cmd *cmd;
	struct args_given *given;
	size_t given_count;
	const char **words;	/* NULL-terminated; borrowed from argv */
	size_t word_count;
};

/* The option that every command has. */
extern const struct cmd_option args_help_option;

/* Parses what stands behind the command's name. Returns 0, or -1 with err set, which names
 * what is wrong and the nearest right name. The number of words is not checked when --help
 * is given. */
int args_parse(struct args *args, const struct cmd *cmd, char **argv, struct err *err);
void args_release(struct args *args);

bool args_has(const struct args *args, const char *option);

/* The value given last, NULL when there is none. */
const char *args_value(const struct args *args, const char *option);

/* All values of a repeatable option, NULL-terminated; the caller frees the array. NULL when
 * it was not given. */
const char **args_values(const struct args *args, const char *option);

#endif
