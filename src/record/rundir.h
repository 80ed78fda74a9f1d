/*
 * A run on disk:
 *
 *   run.json                      what was started: id, plan path, title, variables, version, time
 *   plan.ini                      the plan as read
 *   journal.ndjson                one event a line: the truth
 *   control.sock  engine.lock     while the engine lives
 *   sequences/NAME/NN-STEP.ATTEMPT.log    the raw bytes that the step printed
 *   sequences/NAME/NN-STEP.ATTEMPT.idx    struct steplog_mark records
 *
 * Directories 0700, files 0600. File names hold only [A-Za-z0-9._@-]; any other byte of a
 * sequence's name is written =XX, and a name over 200 bytes is cut and gets a checksum.
 */
#ifndef SEQDECK_RECORD_RUNDIR_H
#define SEQDECK_RECORD_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define RUNDIR_INFO_MAX ((size_t)64 << 20)	/* bytes of run.json */
#define RUNDIR_SUFFIX_MAX 1000	/* runs of the same second and title */

/* $XDG_STATE_HOME/seqdeck/runs, else ~/.local/state/seqdeck/runs; the caller frees. NULL
 * with err set when neither variable is there. */
char *rundir_home(struct err *err);

/* What run.json tells. Owned by whoever filled it; rundir_info_release frees. */
struct rundir_info {
	char *id;
	char *title;
	char *plan;	/* absolute path of the plan file, "-" for standard input */
	char *plan_dir;	/* absolute; relative paths of the plan are taken from it */
	char *version;
	int64_t started_wall_us;
	int parallel;
	char **set_names, **set_values;	/* --set, NULL-terminated */
	char **only;	/* --only, NULL-terminated */
};

void rundir_info_release(struct rundir_info *info);

/*
 * Makes a new run directory with run.json and plan.ini. `dir` names it (it must not exist
 * or be empty; it is closed to others), NULL takes a new one below rundir_home. Sets
 * info->id ("20261124-081427-web": time in UTC and title, and a suffix where that is
 * taken), and info->started_wall_us where it is 0. set_values goes with set_names.
 * Returns its absolute path (the caller frees), or NULL with err set.
 */
char *rundir_create(const char *dir, struct rundir_info *info, const char *plan_text,
    size_t plan_len, struct err *err);

/* Fills *info (the caller releases it). Returns 0, or -1 with err set. Strings come back as
 * they were, whatever their bytes. */
int rundir_read_info(const char *dir, struct rundir_info *info, struct err *err);

/* One run of `rundir_list`. */
struct rundir_entry {
	char *dir;
	char *id;
	int64_t started_wall_us;
};

/* All runs below home, newest first; directories that are none are passed over. The caller
 * frees with rundir_entries_free. A home that does not exist gives none. */
int rundir_list(const char *home, struct rundir_entry **entries, size_t *count,
    struct err *err);
void rundir_entries_free(struct rundir_entry *entries, size_t count);

/* The directory of a run: `name` is a path with a '/' in it, an id, a unique prefix of one,
 * or NULL for the newest. The caller frees. NULL with err set: none, or several (named). */
char *rundir_find(const char *name, struct err *err);

/* Takes engine.lock for this process. Returns the descriptor to keep open, or -1 with err
 * set ("run 'x' is already driven by process 123"). */
int rundir_lock(const char *dir, struct err *err);

/* Whether an engine holds engine.lock now; *pid (may be NULL) is what it wrote inside. */
bool rundir_is_live(const char *dir, int64_t *pid);

/* Path below the run directory of an attempt's log: "sequences/web/03-install.1.log".
 * step_index from 0, attempt from 1. The caller frees. */
char *rundir_log_path(const char *sequence, size_t step_index, const char *step,
    int attempt);

#endif
