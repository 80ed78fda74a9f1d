/*
 * What is said at the end of a run or when its dashboard is left: counts, what went wrong
 * with its last lines and log, and the commands to go on with.
 */
#ifndef SEQDECK_CMD_SUMMARY_H
#define SEQDECK_CMD_SUMMARY_H

#include "base/buf.h"
#include "model/run.h"

#define SUMMARY_FAILURES_MAX 20	/* told one by one; "and N more" */
#define SUMMARY_LINES 5	/* last lines shown of each */

/* Appends the summary; is_live: an engine has the run. */
void summary_format(const struct run *run, const char *dir, bool is_live, struct buf *to);

#endif
