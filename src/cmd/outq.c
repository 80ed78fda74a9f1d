#include "cmd/outq.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTQ_TURN ((size_t)1 << 20)	/* bytes written in one turn of the loop */
#define OUTQ_TTY_CHUNK 256	/* poll promises no more room than this on a terminal */

/* Writes one turn's worth. Returns false when nothing more can be written now. */
static bool
outq_write(struct outq *queue)
{
	struct pollfd pollfd = { .fd = queue->io.fd, .events = POLLOUT };
	size_t turn = 0;
	while (outq_pending(queue) > 0 && turn < OUTQ_TURN) {
		int rc = poll(&pollfd, 1, 0);
		if (rc == 0 || (rc < 0 && errno == EINTR))
			return false;
		size_t len = outq_pending(queue);
		ssize_t n = write(queue->io.fd, queue->bytes.data + queue->done,
		    len < queue->chunk ? len : queue->chunk);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n < 0) {
			queue->error = errno;
			return false;
		}
		queue->done += (size_t)n;
		turn += (size_t)n;
	}
	return true;
}

static void
outq_io_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop, (void)revents;
	struct outq *queue = w->data;
	outq_flush(queue);
	if (outq_pending(queue) == 0)
		queue->drained(queue->arg);
}

void
outq_init(struct outq *queue, struct ev_loop *loop, int fd,
    void (*drained)(void *arg), void *arg)
{
	*queue = (struct outq){ .loop = loop, .drained = drained, .arg = arg };
	struct stat st;
	bool is_plain = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	queue->chunk = is_plain ? OUTQ_TURN : isatty(fd) ? OUTQ_TTY_CHUNK : PIPE_BUF;
	ev_io_init(&queue->io, outq_io_cb, fd, EV_WRITE);
	queue->io.data = queue;
}

void
outq_release(struct outq *queue)
{
	ev_io_stop(queue->loop, &queue->io);
	buf_release(&queue->bytes);
}

void
outq_flush(struct outq *queue)
{
	if (queue->error == 0)
		outq_write(queue);
	if (queue->error != 0)
		queue->done = queue->bytes.len;
	if (outq_pending(queue) == 0) {
		buf_clear(&queue->bytes);
		queue->done = 0;
	} else if (queue->done > OUTQ_TURN) {
		buf_drop(&queue->bytes, queue->done);
		queue->done = 0;
	}
	if (outq_pending(queue) > 0)
		ev_io_start(queue->loop, &queue->io);
	else
		ev_io_stop(queue->loop, &queue->io);
}

size_t
outq_pending(const struct outq *queue)
{
	return queue->bytes.len - queue->done;
}
