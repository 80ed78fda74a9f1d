/*
 * A launch from the inside, shared by process.c and process_io.c.
 */
#ifndef SEQDECK_ENGINE_PROCESS_PRIVATE_H
#define SEQDECK_ENGINE_PROCESS_PRIVATE_H

#include <ev.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/buf.h"
#include "engine/process.h"
#include "record/steplog.h"

#define PROCESS_CHUNK 65536	/* bytes read at once; a pty gives 4095 */

struct process_launcher {
	struct launcher launcher;
	struct ev_loop *loop;
	struct rlimit old_files, new_files;	/* what programs get, what we have */
	int64_t anchor_us;	/* wall time minus monotonic time, at the start */
	size_t live, ptys, big_pipes;	/* launches, and what they hold */
	size_t pty_max;
	struct orphan *orphans;	/* released, not ended yet */
	char chunk[PROCESS_CHUNK];
};

/* One way that output comes in. */
struct inlet {
	ev_io io;	/* fd -1: closed */
	enum steplog_mark_kind stream;
	bool has_big_pipe;
};

struct launch {
	struct process_launcher *owner;
	const struct launch_listener *listener;
	void *arg;
	pid_t pid;
	ev_io pidfd;
	struct inlet inlets[2];	/* a pty: the first only */
	int master;	/* the pty; -1: pipes. The same as inlets[0]'s */
	bool output_ended, has_exited;
	struct steplog *log;
	struct buf unwritten;	/* output that the log did not take */
	enum steplog_mark_kind unwritten_stream;
	bool is_stalled;
	ev_timer again;	/* never started: fed, to try the log from the loop */
	struct buf input;	/* still to be written to input_io's descriptor */
	size_t line_len;	/* bytes typed since the last line end */
	ev_io input_io;	/* the pty, or a pipe that is closed when input is empty; fd -1 */
	bool closes_input;
};

void process_io_start(struct launch *launch);	/* descriptors are in place: watch them */
void process_io_stop(struct launch *launch);	/* closes them all */
int process_io_type(struct launch *launch, const char *bytes, size_t len, struct err *err);
void process_io_resume(struct launch *launch);
bool process_io_is_open(const struct launch *launch);	/* output may still come */

#endif
