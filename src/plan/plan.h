/*
 * What the user asked for: a plan, read from an INI file, checked, and never changed once
 * it is loaded. The format is told in seqdeck-plan(5); the tables in plan_kind.h and
 * plan_option.h are what the reader, the manual page, `check` and the completion share.
 *
 * Ownership: everything belongs to the plan and goes with plan_free. Strings are UTF-8
 * without control characters other than newline and tab.
 */
#ifndef SEQDECK_PLAN_PLAN_H
#define SEQDECK_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define PLAN_SIZE_MAX ((size_t)64 << 20)	/* bytes of one plan file */
#define PLAN_VALUE_MAX ((size_t)1 << 20)	/* bytes of one value, of all its lines */
#define PLAN_NAME_MAX 100	/* bytes of one name (sequence, step, variable) */
#define PLAN_ENV_MAX 1000	/* variables that a step's environment is given */
#define PLAN_SEQUENCES_MAX 100000
#define PLAN_STEPS_MAX 10000	/* steps of one sequence */
#define PLAN_ERRORS_MAX 100	/* errors shown of one plan; then "and N more" */
#define PLAN_WARNINGS_MAX 100	/* warnings shown of one plan */

enum plan_on_fail { PLAN_FAIL_STOP, PLAN_FAIL_CONTINUE, PLAN_FAIL_HOLD };

enum plan_stdin {
	PLAN_STDIN_TERMINAL,	/* what is typed into the pane; /dev/null when tty = no */
	PLAN_STDIN_NULL,	/* /dev/null */
	PLAN_STDIN_TEXT,	/* the text of the option, then end of file */
};

/* One signal of a `kill = TERM 10s KILL` list. */
struct plan_kill {
	int signal;
	int64_t wait_us;	/* how long to wait before the next; 0 for the last */
};

#define PLAN_KILL_MAX 8

struct plan_env {
	char *name;
	char *value;	/* a template: {name} is put in raw */
};

/*
 * The options of a step, resolved: its own, else the sequence's, else [defaults]', else
 * the built-in ones. Steps without options of their own share one object.
 */
struct plan_options {
	int64_t timeout_us;	/* 0: none */
	int retries;	/* 0..1000000 automatic retries after the first attempt */
	int64_t backoff_min_us;	/* pause before the first retry */
	int64_t backoff_max_us;	/* == min: fixed; larger: doubles up to it, with jitter */
	uint8_t ok_codes[32];	/* bit n: exit status n is ok; see plan_code_ok */
	enum plan_on_fail on_fail;
	char *cwd;	/* template, raw; relative to the plan's directory; NULL: there */
	struct plan_env *env;	/* in order, later wins; not NULL-terminated */
	size_t env_count;
	char **shell;	/* NULL-terminated words; the command comes behind as -c COMMAND.
			 * NULL: `shell = none`, the command is split into words and
			 * executed without a shell */
	bool tty;	/* a pseudo-terminal; else pipes, stdout and stderr told apart */
	enum plan_stdin stdin_from;
	char *stdin_text;	/* template, raw; for PLAN_STDIN_TEXT */
	struct plan_kill kill[PLAN_KILL_MAX];
	size_t kill_count;	/* at least 1; the last one is the last resort */
};

struct plan_kind;	/* plan_kind.h */
struct plan_names;	/* plan_names.h */

struct plan_step {
	char *name;
	const struct plan_kind *kind;
	char *value;	/* template: the command of a run, the duration of a sleep */
	int line, column;	/* of the value in the plan file, from 1 */
	const struct plan_options *options;
};

struct plan_sequence {
	char *name;	/* unique in the plan */
	int line;
	struct plan_step *steps;
	size_t step_count;	/* 0 is allowed: it ends ok at once */
	size_t *needs;	/* indices of sequences that must have ended ok */
	size_t needs_count;
	size_t *after;	/* indices of sequences that must have ended, however */
	size_t after_count;
};

struct plan_var {
	char *name;
	char *value;	/* final: what it refers to has been put in */
};

struct plan {
	char *path;	/* as given; "-" for standard input */
	char *dir;	/* absolute directory that relative paths are taken from */
	char *title;	/* [plan] title, else the file's name without .ini */
	int parallel;	/* sequences running at once; 0: no limit */
	char *text;	/* the file as read, text_len bytes */
	size_t text_len;
	struct plan_var *vars;
	size_t var_count;
	struct plan_sequence *sequences;	/* in the order of the file */
	size_t sequence_count;
	struct plan_options **options;	/* what the steps share */
	size_t option_count;
	struct plan_names *sequence_names, *var_names;	/* indices by name */
};

/* An error or a warning about a place in a plan. */
struct plan_problem {
	bool is_warning;
	char *file;
	int line, column;	/* from 1; 0 where there is none (a missing file) */
	char *text;	/* lower case, no full stop; what to do, where known */
};

struct plan_problems {
	struct plan_problem *items;	/* in the order of the file, within the limits */
	size_t count;
	size_t error_count;	/* all errors, also those beyond the limit */
	size_t warning_count;	/* all warnings */
};

void plan_problems_release(struct plan_problems *problems);

/* Appends "file:line:column: text\n" ("…: warning: text\n"), escaped for a terminal. */
void plan_problem_format(const struct plan_problem *problem, struct buf *to);

/* A variable set from outside (--set NAME=VALUE): replaces or adds to [vars]. */
struct plan_setting {
	const char *name;
	const char *value;
};

/* What a caller wants of the reader; zeroed is the default. */
struct plan_request {
	const struct plan_setting *settings;
	size_t setting_count;
	const char *const *only;	/* --only globs, NULL-terminated; NULL: all. What
					 * one of these needs comes along */
	int parallel;	/* --parallel; 0: as the plan says */
	const char *dir;	/* overrides plan->dir (a run taken up again) */
};

/*
 * Reads and checks a whole plan. Returns it, or NULL when there was any error. In both
 * cases problems (which the caller has zeroed and releases) holds all that was found.
 */
struct plan *plan_load(const char *path, const struct plan_request *request,
    struct plan_problems *problems);

/* The same for text in memory; path is only used in messages and as plan->path. */
struct plan *plan_parse(const char *path, const char *text, size_t len,
    const struct plan_request *request, struct plan_problems *problems);

void plan_free(struct plan *plan);

bool plan_code_ok(const struct plan_options *options, int code);

/* Index of a sequence or step by name, -1 when there is none. */
long plan_find_sequence(const struct plan *plan, const char *name);
long plan_find_step(const struct plan_sequence *sequence, const char *name);

/*
 * What {name} stands for when a step starts, beside the plan's variables: `sequence`,
 * `step`, `attempt`, `run` (the run's id), `run_dir` (its directory), `plan_dir`. What is
 * NULL here is not known, and its name stays in the text.
 */
struct plan_scope {
	const struct plan *plan;
	const struct plan_sequence *sequence;
	const struct plan_step *step;
	int attempt;	/* from 1 */
	const char *run_id;
	const char *run_dir;
};

/* Appends template with every known {name} quoted for a shell ({name!raw}: as it is).
 * Unknown names and other braces are left alone. */
void plan_expand_shell(const struct plan_scope *scope, const char *template,
    struct buf *to);

/* The same with nothing quoted: for cwd, env, stdin and durations. */
void plan_expand_raw(const struct plan_scope *scope, const char *template,
    struct buf *to);

/* Splits a command into words as a POSIX shell would: blanks, single and double quotes,
 * backslash; no expansions. Returns a NULL-terminated array (free each and the array), or
 * NULL with err set (a quote that is not closed). */
char **plan_split_words(const char *command, struct err *err);

#endif
