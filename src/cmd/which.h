/*
 * Which run a command means, and its past.
 */
#ifndef SEQDECK_CMD_WHICH_H
#define SEQDECK_CMD_WHICH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "model/run.h"

struct args;

/* The option of all commands that take a RUN, as a row of their table. */
#define WHICH_RUN_OPTION { "run", 'r', "RUN", false, \
	"the run that is meant, where the words alone might be taken otherwise" }

/*
 * The directory of the run that the words mean. --run says it; else the first word does
 * when it names a run and at least words_needed words follow; else it is the newest run.
 * *first is set to the index of the first word that is not the run. The caller frees. NULL
 * with err set.
 */
char *which_run(const struct args *args, size_t words_needed, size_t *first,
    struct err *err);

/* How to name a run on a command line: its id where that finds it, else its path, quoted
 * for a shell. The caller frees. */
char *which_name(const char *dir);

/* Folds the journal of a run into *run (initialised here, released by the caller). A
 * damaged journal gives what stands before the damage, -1 and err set. */
int which_load(const char *dir, struct run *run, struct err *err);

/* How a run is called in tables: its state, or "gone" when it has not ended and no engine
 * has it. */
const char *which_state(const struct run *run, bool is_live);

#endif
