/*
 * Help, made from the table of commands.
 */
#ifndef SEQDECK_CMD_HELP_H
#define SEQDECK_CMD_HELP_H

#include "cmd/cmd.h"

/* All that there is to know of one command, to standard output. */
enum cmd_status help_print(const struct cmd *cmd);

/* All commands, a line each, to standard output. */
enum cmd_status help_overview(void);

/* A few lines to standard error, for who gave nothing at all. */
void help_usage(void);

#endif
