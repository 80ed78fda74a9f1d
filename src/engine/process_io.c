/*
 * Output of a program into its log, and what is typed into it.
 *
 * One read per ready descriptor per wake-up, then the next one: with many ptys that is
 * faster than reading each until it is empty, and no flood starves another. A log that
 * takes no more (a full disk) stops the reading; the writer then blocks on its terminal.
 *
 * A steady trickle (many programs that print a line now and then) would wake the loop for
 * each line. It is gathered: the loop then sleeps two milliseconds before it looks again,
 * which costs a fifth. Not under a flood, where any pause costs speed; not when somebody
 * types or steps come and go.
 */
#include "engine/process_private.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"

static int64_t
now_us(const struct launch *launch)
{
	return process_launcher_time_us(&launch->owner->launcher);
}

void
process_io_busy(struct process_launcher *owner, int64_t for_us)
{
	int64_t until_us = clock_mono_us() + for_us;
	if (until_us > owner->busy_until_us)
		owner->busy_until_us = until_us;
}

static void
gather_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)revents;
	struct process_launcher *owner = w->data;
	bool gather = false;
	if (owner->has_output) {
		int64_t now = clock_mono_us();
		gather = now >= owner->busy_until_us &&
		    now - owner->output_us < PROCESS_GATHER_WITHIN_US;
		owner->output_us = now;
		owner->has_output = false;
	}
	if (gather == owner->is_gathering)
		return;
	owner->is_gathering = gather;
	ev_set_io_collect_interval(loop, gather ? PROCESS_GATHER_S : 0.);
}

void
process_io_init(struct process_launcher *owner)
{
	ev_prepare_init(&owner->gather, gather_cb);
	owner->gather.data = owner;
	ev_prepare_start(owner->loop, &owner->gather);
}

void
process_io_release(struct process_launcher *owner)
{
	ev_prepare_stop(owner->loop, &owner->gather);
	ev_set_io_collect_interval(owner->loop, 0.);
}

static void
inlet_close(struct launch *launch, struct inlet *inlet)
{
	if (inlet->io.fd < 0)
		return;
	ev_io_stop(launch->owner->loop, &inlet->io);
	if (inlet->io.fd != launch->master)
		close(inlet->io.fd);
	if (inlet->has_big_pipe)
		launch->owner->big_pipes--;
	ev_io_set(&inlet->io, -1, EV_READ);
}

bool
process_io_is_open(const struct launch *launch)
{
	return launch->inlets[0].io.fd >= 0 || launch->inlets[1].io.fd >= 0;
}

static void
watch_output(struct launch *launch)
{
	for (size_t i = 0; i < 2; i++)
		if (launch->inlets[i].io.fd >= 0)
			ev_io_start(launch->owner->loop, &launch->inlets[i].io);
}

/* Says that the output has ended, once: when no inlet is open and nothing is unwritten. */
static void
check_end(struct launch *launch)
{
	if (launch->output_ended || process_io_is_open(launch) || launch->unwritten.len)
		return;
	launch->output_ended = true;
	launch->listener->output_ended(launch->arg);
}

/* The log did not take all: keeps the rest and stands still. */
static void
stall(struct launch *launch, const struct err *why)
{
	launch->is_stalled = true;
	for (size_t i = 0; i < 2; i++)
		if (launch->inlets[i].io.fd >= 0)
			ev_io_stop(launch->owner->loop, &launch->inlets[i].io);
	launch->listener->log_failed(launch->arg, why);
}

static void
readable_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	struct inlet *inlet = (struct inlet *)w;
	struct launch *launch = w->data;
	char *chunk = launch->owner->chunk;
	ssize_t n = read(w->fd, chunk, PROCESS_CHUNK);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		/* EIO is how a pty says that nobody holds its other end. */
		inlet_close(launch, inlet);
		check_end(launch);
		return;
	}
	launch->owner->has_output = true;
	if (n >= PROCESS_FULL)
		process_io_busy(launch->owner, PROCESS_GATHER_AFTER_US);
	struct err why = ERR_INIT;
	size_t len = (size_t)n;
	size_t taken = steplog_write(launch->log, inlet->stream, now_us(launch), chunk, len,
	    &why);
	if (taken == len)
		return;
	buf_add(&launch->unwritten, chunk + taken, len - taken);
	launch->unwritten_stream = inlet->stream;
	stall(launch, &why);
}

/* Somebody thinks that there may be room now. */
static void
again_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	struct launch *launch = w->data;
	struct err why = ERR_INIT;
	size_t taken = steplog_write(launch->log, launch->unwritten_stream, now_us(launch),
	    launch->unwritten.data, launch->unwritten.len, &why);
	buf_drop(&launch->unwritten, taken);
	if (launch->unwritten.len) {
		launch->listener->log_failed(launch->arg, &why);
		return;
	}
	launch->is_stalled = false;
	buf_release(&launch->unwritten);
	watch_output(launch);
	check_end(launch);
}

void
process_io_resume(struct launch *launch)
{
	if (launch->is_stalled)
		ev_feed_event(launch->owner->loop, &launch->again, EV_TIMER);
}

static void
input_close(struct launch *launch)
{
	if (launch->input_io.fd < 0)
		return;
	ev_io_stop(launch->owner->loop, &launch->input_io);
	if (launch->input_io.fd != launch->master)
		close(launch->input_io.fd);
	ev_io_set(&launch->input_io, -1, EV_WRITE);
	buf_release(&launch->input);
}

static void
writable_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)revents;
	struct launch *launch = w->data;
	if (launch->input.len) {
		ssize_t n = write(w->fd, launch->input.data, launch->input.len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return;
		if (n < 0) {
			/* Nobody reads it any more; the end of the program tells the rest. */
			input_close(launch);
			return;
		}
		buf_drop(&launch->input, (size_t)n);
	}
	if (launch->input.len)
		return;
	if (launch->closes_input)
		input_close(launch);
	else
		ev_io_stop(loop, w);
}

/* Length of the line that the terminal would hold behind bytes; -1: one is too long. */
static long
line_after(const struct launch *launch, const char *bytes, size_t len)
{
	size_t line = launch->line_len;
	for (size_t i = 0; i < len; i++) {
		/* What ends a line or is a key that a terminal in line mode acts on. */
		bool ends = bytes[i] == '\r' || bytes[i] == '\n' || bytes[i] == 3 ||
		    bytes[i] == 4 || bytes[i] == 21;
		line = ends ? 0 : line + 1;
		if (line > PROCESS_LINE_MAX)
			return -1;
	}
	return (long)line;
}

int
process_io_type(struct launch *launch, const char *bytes, size_t len, struct err *err)
{
	if (launch->master < 0 || launch->closes_input || launch->input_io.fd < 0)
		return err_set(err, "the step has no terminal to type into");
	if (launch->has_exited)
		return err_set(err, "the step's program has ended");
	if (launch->input.len + len > PROCESS_INPUT_MAX)
		return err_set(err, "the step does not read what was typed: more than %zu bytes "
		    "are waiting for it", PROCESS_INPUT_MAX);
	struct termios mode;
	long line = line_after(launch, bytes, len);
	if (line < 0 && tcgetattr(launch->master, &mode) == 0 && (mode.c_lflag & ICANON))
		return err_set(err, "the step's terminal is in line mode and would cut a line "
		    "of more than %d bytes", PROCESS_LINE_MAX);
	launch->line_len = line < 0 ? 0 : (size_t)line;
	buf_add(&launch->input, bytes, len);
	process_io_busy(launch->owner, PROCESS_GATHER_TYPED_US);
	steplog_mark(launch->log, STEPLOG_INPUT, now_us(launch), (uint32_t)len);
	ev_io_start(launch->owner->loop, &launch->input_io);
	return 0;
}

void
process_io_start(struct launch *launch)
{
	for (size_t i = 0; i < 2; i++) {
		struct inlet *inlet = &launch->inlets[i];
		int fd = inlet->io.fd;
		ev_io_init(&inlet->io, readable_cb, fd, EV_READ);
		inlet->io.data = launch;
	}
	int fd = launch->input_io.fd;
	ev_io_init(&launch->input_io, writable_cb, fd, EV_WRITE);
	launch->input_io.data = launch;
	ev_timer_init(&launch->again, again_cb, 0., 0.);
	launch->again.data = launch;
	watch_output(launch);
	if (launch->closes_input)
		ev_io_start(launch->owner->loop, &launch->input_io);
}

void
process_io_stop(struct launch *launch)
{
	for (size_t i = 0; i < 2; i++)
		inlet_close(launch, &launch->inlets[i]);
	input_close(launch);
	ev_clear_pending(launch->owner->loop, &launch->again);
	if (launch->master >= 0)
		close(launch->master);
	launch->master = -1;
	buf_release(&launch->unwritten);
	buf_release(&launch->input);
}
