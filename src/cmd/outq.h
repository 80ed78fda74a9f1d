/*
 * Standard output as a bounded queue on the loop, so that a reader that stalls stops
 * neither Ctrl-C nor anything else: bytes are written only where poll says that they do
 * not block. The descriptor keeps its flags: it is shared with other programs.
 */
#ifndef SEQDECK_CMD_OUTQ_H
#define SEQDECK_CMD_OUTQ_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct outq {
	struct buf bytes;	/* callers append here, then call outq_flush */
	size_t done;	/* bytes of it that are written */
	struct ev_loop *loop;
	ev_io io;
	size_t chunk;	/* bytes that one write may take without blocking */
	int error;	/* errno of the write that ended it; 0: none */
	/* What waited has been written, or cannot be. */
	void (*drained)(void *arg);
	void *arg;
};

void outq_init(struct outq *queue, struct ev_loop *loop, int fd,
    void (*drained)(void *arg), void *arg);
void outq_release(struct outq *queue);

/* Writes what can be written now; the rest goes when there is room. */
void outq_flush(struct outq *queue);

/* Bytes that are not written yet. */
size_t outq_pending(const struct outq *queue);

#endif
