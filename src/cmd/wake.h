/*
 * A run directory and an engine for it: reading its plan back, starting an engine on it
 * again, and asking, whether an engine is there or not.
 */
#ifndef SEQDECK_CMD_WAKE_H
#define SEQDECK_CMD_WAKE_H

#include "base/err.h"
#include "model/request.h"

#define WAKE_PATIENCE_S 10	/* how long an engine that is about to leave is waited for */
#define WAKE_ANSWER_S 30	/* how long an answer is waited for */

/* Starts an engine on the run directory of a run that has none. Returns 0; 1 when there is
 * one already; -1 with err set. */
int wake_engine(const char *dir, struct err *err);

/* Asks the engine of the run, starting one first where there is none. Returns the number of
 * sequences reached, or -1 with err set. */
long wake_and_ask(const char *dir, const struct request *request, struct err *err);

#endif
