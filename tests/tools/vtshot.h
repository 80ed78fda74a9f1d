/*
 * vtshot inside: the program in its terminal (vtshot.c) and the steps (vtshot_steps.c).
 */
#ifndef SEQDECK_TESTS_VTSHOT_H
#define SEQDECK_TESTS_VTSHOT_H

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"

struct vt_screen;

struct shot {
	int rows, cols;
	struct vt_screen *screen;	/* NULL until something runs */
	pid_t pid;
	int master;	/* -1: closed */
	bool ended;
	int status;	/* of waitpid, once ended */
	bool stalled;
	struct buf raw;	/* all that was printed */
	struct buf input;	/* not yet taken by the terminal */
	long long quiet_since;	/* monotonic ms */
	long long deadline_ms;
	bool has_mask;
	regex_t mask;
	char *background;
};

typedef bool (*shot_condition)(struct shot *shot, const char *arg);

/* Starts a program; does not return where there is no terminal to be had. */
void shot_start(struct shot *shot, char *const argv[]);
void shot_hang_up(struct shot *shot);
void shot_resize(struct shot *shot, int cols, int rows);

/* Looks after the terminal until the condition holds; false when the deadline passed. */
bool shot_until(struct shot *shot, shot_condition holds, const char *arg);

bool shot_is_quiet(struct shot *shot, const char *arg);	/* for so many ms */
bool shot_has_ended(struct shot *shot, const char *arg);

void shot_print(struct shot *shot, FILE *to, bool masked);

/* Does one step; non-zero when it failed. */
int shot_step(struct shot *shot, char *line);

#endif
