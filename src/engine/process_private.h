/*
 * A launch from the inside, shared by process.c, process_spawn.c and process_io.c.
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
#define PROCESS_FULL 4095	/* a read of so much: more is coming than is worth waiting for */
#define PROCESS_GATHER_S 0.002	/* how long a steady trickle of output is gathered */
#define PROCESS_GATHER_WITHIN_US INT64_C(5000)	/* output this often is a steady trickle */
#define PROCESS_GATHER_AFTER_US INT64_C(50000)	/* not so soon after a full read, a start or
						 * an end … */
#define PROCESS_GATHER_TYPED_US INT64_C(1000000)	/* … or a key: its echo is waited for */


struct process_launcher {
	struct launcher launcher;
	struct ev_loop *loop;
	struct rlimit old_files, new_files;	/* what programs get, what we have */
	int64_t anchor_us;	/* wall time minus monotonic time, at the start */
	size_t live, ptys, big_pipes;	/* launches, and what they hold */
	size_t pty_max;
	ev_prepare gather;	/* decides whether the loop may wait a little for more */
	bool has_output, is_gathering;	/* in this turn of the loop; as told to the loop */
	int64_t output_us;	/* when there was output before this turn */
	int64_t busy_until_us;	/* no gathering until then */
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

/* What a program is started with: its ends, closed once it runs, and ours. -1: none. */
struct process_fds {
	int child_in, child_out, child_err;
	int ours_in, ours_out, ours_err;
	char tty[64];	/* name of the pty's other end */
};

/* Starts a program: on LAUNCH_OK fds holds our ends. Else err is set as the launcher's
 * start says, and nothing is open. */
enum launch_result process_spawn(struct process_launcher *owner,
    const struct launch_spec *spec, struct process_fds *fds, pid_t *pid,
    int64_t *start_time, struct err *err);
void process_fds_release(struct process_fds *fds, bool with_ours);

/* What an errno of a start means, in words; program: what was found, NULL: nothing. */
enum launch_result process_refuse(int code, const struct launch_spec *spec,
    const char *program, struct err *err);

/* Something waits for the loop: no gathering for a while. */
void process_io_busy(struct process_launcher *owner, int64_t for_us);
void process_io_init(struct process_launcher *owner);
void process_io_release(struct process_launcher *owner);

void process_io_start(struct launch *launch);	/* descriptors are in place: watch them */
void process_io_stop(struct launch *launch);	/* closes them all */
int process_io_type(struct launch *launch, const char *bytes, size_t len, struct err *err);
void process_io_resume(struct launch *launch);
bool process_io_is_open(const struct launch *launch);	/* output may still come */

#endif
