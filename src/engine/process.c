/*
 * The launcher: a program is watched by a pidfd from its start to its end.
 */
#include "engine/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/process_private.h"

#define FILES_PER_LAUNCH 6	/* terminal or pipes, pidfd, log, index */
#define FILES_RESERVE 160	/* kept for journal, front ends, and what starts meanwhile */
#define PTYS_RESERVE 16

/* A released process that has not ended: watched only to be reaped. */
struct orphan {
	struct process_launcher *owner;
	pid_t pid;
	ev_io pidfd;
	struct orphan *next, **prev;
};

static struct process_launcher *
launcher_of(struct launcher *launcher)
{
	return (struct process_launcher *)launcher;
}

int64_t
process_launcher_time_us(const struct launcher *launcher)
{
	const struct process_launcher *owner = (const struct process_launcher *)launcher;
	return clock_mono_us() + owner->anchor_us;
}

/* Ends */

static void
orphan_free(struct orphan *orphan)
{
	ev_io_stop(orphan->owner->loop, &orphan->pidfd);
	close(orphan->pidfd.fd);
	*orphan->prev = orphan->next;
	if (orphan->next)
		orphan->next->prev = orphan->prev;
	free(orphan);
}

static void
orphan_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	struct orphan *orphan = w->data;
	if (waitpid(orphan->pid, NULL, WNOHANG) == 0)
		return;
	orphan_free(orphan);
}

/* Keeps an eye on a released process, so that it does not stay a zombie. */
static void
orphan_new(struct process_launcher *owner, pid_t pid, int pidfd)
{
	struct orphan *orphan = mem_alloc(sizeof *orphan);
	orphan->owner = owner;
	orphan->pid = pid;
	orphan->next = owner->orphans;
	orphan->prev = &owner->orphans;
	if (orphan->next)
		orphan->next->prev = &orphan->next;
	owner->orphans = orphan;
	ev_io_init(&orphan->pidfd, orphan_cb, pidfd, EV_READ);
	orphan->pidfd.data = orphan;
	ev_io_start(owner->loop, &orphan->pidfd);
}

/* Looks without reaping: the pid stays ours until the release. */
static void
ended_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)revents;
	struct launch *launch = w->data;
	siginfo_t info = { .si_pid = 0 };
	if (waitid(P_PIDFD, (id_t)w->fd, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	    info.si_pid == 0)
		return;
	ev_io_stop(loop, w);
	launch->has_exited = true;
	process_io_busy(launch->owner, PROCESS_GATHER_AFTER_US);
	steplog_mark(launch->log, STEPLOG_EXIT,
	    process_launcher_time_us(&launch->owner->launcher), (uint32_t)info.si_status);
	struct launch_exit how = { .code = -1 };
	if (info.si_code == CLD_EXITED)
		how.code = info.si_status;
	else
		how.signal = info.si_status;
	launch->listener->exited(launch->arg, &how);
}

/* Starting */

static void
inlet_init(struct launch *launch, size_t i, int fd, enum steplog_mark_kind stream)
{
	struct process_launcher *owner = launch->owner;
	struct inlet *inlet = &launch->inlets[i];
	inlet->io.fd = fd;
	inlet->stream = stream;
	/* A write per line then costs a third: the reader gathers many at once. */
	if (fd >= 0 && launch->master < 0 && owner->big_pipes < PROCESS_BIG_PIPES &&
	    fcntl(fd, F_SETPIPE_SZ, 1 << 20) >= 0) {
		inlet->has_big_pipe = true;
		owner->big_pipes++;
	}
}

static struct launch *
launch_new(struct process_launcher *owner, const struct launch_spec *spec,
    const struct process_fds *fds, pid_t pid, int pidfd)
{
	struct launch *launch = mem_alloc(sizeof *launch);
	launch->owner = owner;
	launch->pid = pid;
	launch->log = spec->log;
	launch->master = spec->tty ? fds->ours_out : -1;
	inlet_init(launch, 0, fds->ours_out, STEPLOG_OUT);
	inlet_init(launch, 1, fds->ours_err, STEPLOG_ERR);
	launch->closes_input = spec->has_stdin;
	launch->input_io.fd = spec->has_stdin ? fds->ours_in :
	    spec->null_stdin ? -1 : launch->master;
	if (spec->has_stdin)
		buf_add(&launch->input, spec->stdin_bytes, spec->stdin_len);
	ev_io_init(&launch->pidfd, ended_cb, pidfd, EV_READ);
	launch->pidfd.data = launch;
	owner->live++;
	owner->ptys += spec->tty;
	return launch;
}

static enum launch_result
process_start(struct launcher *launcher, const struct launch_spec *spec,
    const struct launch_listener *listener, void *arg, struct launch **launch,
    int64_t *pid, int64_t *start_time, struct err *err)
{
	struct process_launcher *owner = launcher_of(launcher);
	struct process_fds fds;
	pid_t child;
	enum launch_result result = process_spawn(owner, spec, &fds, &child, start_time, err);
	if (result != LAUNCH_OK)
		return result;
	int pidfd = pidfd_open(child, PIDFD_NONBLOCK);
	if (pidfd < 0) {
		/* It must not run unwatched. */
		int code = errno;
		(void)kill(-child, SIGKILL);
		(void)waitpid(child, NULL, 0);
		process_fds_release(&fds, true);
		return process_refuse(code, spec, NULL, err);
	}
	struct launch *made = launch_new(owner, spec, &fds, child, pidfd);
	made->listener = listener;
	made->arg = arg;
	if (spec->tty)
		steplog_mark(spec->log, STEPLOG_RESIZE, process_launcher_time_us(launcher),
		    (uint32_t)spec->rows << 16 | (uint32_t)spec->cols);
	process_io_start(made);
	process_io_busy(owner, PROCESS_GATHER_AFTER_US);
	ev_io_start(owner->loop, &made->pidfd);
	*launch = made;
	*pid = child;
	return LAUNCH_OK;
}

/* The rest of the interface */

static void
process_signal(struct launch *launch, int signo)
{
	(void)kill(-launch->pid, signo); /* nobody left in the group is fine */
	/* A shell with job control gives each command a group of its own: KILL, which it
	 * cannot pass on, also goes to the one that has the terminal now. */
	pid_t front = signo == SIGKILL && launch->master >= 0 ? tcgetpgrp(launch->master) : -1;
	if (front > 1 && front != launch->pid)
		(void)kill(-front, signo);
	/* A stopped process acts on nothing but KILL until it goes on. */
	if (signo != SIGKILL)
		(void)kill(-launch->pid, SIGCONT);
}

static void
process_resize(struct launch *launch, int rows, int cols)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols,
	};
	if (launch->master < 0 || ioctl(launch->master, TIOCSWINSZ, &size) < 0)
		return;
	int64_t now_us = process_launcher_time_us(&launch->owner->launcher);
	steplog_mark(launch->log, STEPLOG_RESIZE, now_us,
	    (uint32_t)rows << 16 | (uint32_t)cols);
	steplog_flush_marks(launch->log, now_us);
}

static void
process_release(struct launch *launch)
{
	struct process_launcher *owner = launch->owner;
	owner->live--;
	owner->ptys -= launch->master >= 0;
	process_io_stop(launch);
	ev_io_stop(owner->loop, &launch->pidfd);
	if (launch->has_exited || waitpid(launch->pid, NULL, WNOHANG) != 0) {
		if (launch->has_exited)
			(void)waitpid(launch->pid, NULL, 0); /* a zombie: at once */
		close(launch->pidfd.fd);
	} else {
		orphan_new(owner, launch->pid, launch->pidfd.fd);
	}
	free(launch);
}

static size_t
room_of(size_t limit, size_t reserve, size_t each, size_t used)
{
	size_t all = limit > reserve ? (limit - reserve) / each : 0;
	return all > used ? all - used : 0;
}

static size_t
process_room(struct launcher *launcher)
{
	struct process_launcher *owner = launcher_of(launcher);
	size_t files = room_of((size_t)owner->new_files.rlim_cur, FILES_RESERVE,
	    FILES_PER_LAUNCH, owner->live);
	size_t ptys = room_of(owner->pty_max, PTYS_RESERVE, 1, owner->ptys);
	return files < ptys ? files : ptys;
}

static const struct launcher_ops process_ops = {
	.start = process_start,
	.signal = process_signal,
	.input = process_io_type,
	.resize = process_resize,
	.resume = process_io_resume,
	.release = process_release,
	.room = process_room,
};

/* The system's limit of ptys; a large number when it does not tell. */
static size_t
read_pty_max(void)
{
	char text[32] = "";
	int fd = open("/proc/sys/kernel/pty/max", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t n = read(fd, text, sizeof text - 1);
		text[n > 0 ? n : 0] = '\0';
		close(fd);
	}
	long long max = strtoll(text, NULL, 10);
	return max > 0 ? (size_t)max : SIZE_MAX;
}

struct launcher *
process_launcher_new(struct ev_loop *loop)
{
	struct process_launcher *owner = mem_alloc(sizeof *owner);
	owner->launcher.ops = &process_ops;
	owner->loop = loop;
	owner->anchor_us = clock_wall_us() - clock_mono_us();
	owner->pty_max = read_pty_max();
	if (getrlimit(RLIMIT_NOFILE, &owner->old_files) < 0)
		owner->old_files = (struct rlimit){ 1024, 1024 };
	owner->new_files = owner->old_files;
	owner->new_files.rlim_cur = owner->old_files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &owner->new_files) < 0)
		owner->new_files = owner->old_files;
	/* A program that does not read its input must not kill the engine. */
	struct sigaction pipe;
	if (sigaction(SIGPIPE, NULL, &pipe) == 0 && pipe.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	process_io_init(owner);
	return &owner->launcher;
}

void
process_launcher_free(struct launcher *launcher)
{
	if (!launcher)
		return;
	struct process_launcher *owner = launcher_of(launcher);
	process_io_release(owner);
	while (owner->orphans)
		orphan_free(owner->orphans);
	(void)setrlimit(RLIMIT_NOFILE, &owner->old_files);
	free(owner);
}
