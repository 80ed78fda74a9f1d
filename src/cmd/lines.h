/*
 * The lines of the plain printer: what a log line begins with, and how events are told.
 *
 *   web01  install  │ Setting up seqdeck (2.4.1) ...
 *   web01  install  ✗ exit 3 after 2.1s
 *
 * ASCII stands in for the signs where the locale is not UTF-8.
 */
#ifndef SEQDECK_CMD_LINES_H
#define SEQDECK_CMD_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/event.h"
#include "model/run.h"

#define LINES_NAME_MAX 24	/* columns that names are padded to; longer ones stand out */
#define LINES_STEP_MAX 16

enum lines_sign {
	LINES_BAR,
	LINES_START,
	LINES_OK,
	LINES_BAD,
	LINES_RETRY,
	LINES_HELD,
	LINES_SKIPPED,
	LINES_NOTE,
};

struct lines {
	bool is_utf8;
	size_t name_width, step_width;	/* columns of the widest names so far, bounded */
	size_t engines;	/* how many have taken the run up */
};

void lines_init(struct lines *lines);	/* is_utf8 from the locale */

/* Appends "web01 install │ ". */
void lines_prefix(const struct lines *lines, const char *sequence, const char *step,
    struct buf *to);

/* Appends the line that tells an event that has just been folded into run; nothing for
 * events that are not told. */
void lines_event(struct lines *lines, const struct run *run, const struct event *event,
    struct buf *to);

#endif
