/*
 * The plain printer: a run as lines on standard output, for logs, pipes and terminals that
 * can do no more. Many sequences interleave by whole lines.
 */
#ifndef SEQDECK_CMD_PLAIN_H
#define SEQDECK_CMD_PLAIN_H

#include <stdbool.h>

#include "cmd/cmd.h"

/* Prints the run from its beginning to its end, then the summary. is_owner: Ctrl-C cancels
 * the run. */
enum cmd_status plain_print(const char *dir, bool is_owner);

/* Waits without a word for a run that is being cancelled; then prints the summary. */
enum cmd_status plain_await_cancel(const char *dir);

/* Prints the journal, one event a line; is_following: until the run has ended. */
enum cmd_status plain_print_events(const char *dir, bool is_following, bool is_owner);

#endif
