/*
 * A step's log, followed and handed out as whole lines fit for a terminal, each behind a
 * prefix. An unfinished line is kept back until it ends or the step does; of one that is
 * drawn over with \r only the last state is shown. No byte is passed over otherwise.
 */
#ifndef SEQDECK_CMD_TAIL_H
#define SEQDECK_CMD_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define TAIL_LINE_MAX ((size_t)64 << 10)	/* a longer line is shown in pieces of this */

struct tail {
	char *path;
	int fd;	/* -1: not open at the moment */
	uint64_t offset;	/* bytes read */
	struct buf partial;	/* the line that has no end yet */
};

void tail_init(struct tail *tail, const char *run_dir, const char *log);
void tail_release(struct tail *tail);

/* Reads at most max bytes and appends the lines that they end. Returns the number of bytes
 * read: 0 when there is no more at the moment or no such file yet; -1 with err set and
 * err->code EMFILE and the like. */
long tail_read(struct tail *tail, size_t max, const char *prefix, struct buf *to,
    struct err *err);

/* The step is over: appends what stands in an unfinished line. */
void tail_end(struct tail *tail, const char *prefix, struct buf *to);

/* Closes the descriptor; the next tail_read opens the log again. */
void tail_pause(struct tail *tail);

#endif
