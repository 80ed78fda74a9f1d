/*
 * Making a program: its descriptors, and posix_spawn, whose cost does not grow with the
 * engine's memory and which gives the reason of a failure back as errno.
 */
#include "engine/process_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine/identity.h"

static void
close_if_open(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
process_fds_release(struct process_fds *fds, bool with_ours)
{
	close_if_open(&fds->child_in);
	close_if_open(&fds->child_out);
	close_if_open(&fds->child_err);
	if (!with_ours)
		return;
	close_if_open(&fds->ours_in);
	close_if_open(&fds->ours_out);
	close_if_open(&fds->ours_err);
}

/* Output processing off: the log gets no CR, and copying is about twice as fast. Typed CR
 * still becomes LF (ICRNL), and echo works as ever. */
static int
open_pty(const struct launch_spec *spec, struct process_fds *fds)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	fds->ours_out = fd;
	struct winsize size = {
		.ws_row = (unsigned short)spec->rows,
		.ws_col = (unsigned short)spec->cols,
	};
	struct termios mode;
	if (grantpt(fd) < 0 || unlockpt(fd) < 0 ||
	    ptsname_r(fd, fds->tty, sizeof fds->tty) != 0 || tcgetattr(fd, &mode) < 0)
		return -1;
	mode.c_oflag &= ~(tcflag_t)OPOST;
	mode.c_iflag |= IUTF8;
	return tcsetattr(fd, TCSANOW, &mode) < 0 || ioctl(fd, TIOCSWINSZ, &size) < 0 ? -1 : 0;
}

/* A pipe whose end `ours` (0: reading, 1: writing) does not block. */
static int
open_pipe(int *reading, int *writing, int ours)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*reading = ends[0];
	*writing = ends[1];
	return file_set_nonblock(ends[ours], true);
}

static int
open_fds(const struct launch_spec *spec, struct process_fds *fds)
{
	*fds = (struct process_fds){ -1, -1, -1, -1, -1, -1, "" };
	if (spec->has_stdin && open_pipe(&fds->child_in, &fds->ours_in, 1) < 0)
		return -1;
	if (spec->tty)
		return open_pty(spec, fds);
	if (open_pipe(&fds->ours_out, &fds->child_out, 0) < 0)
		return -1;
	return open_pipe(&fds->ours_err, &fds->child_err, 0);
}

/* What the program's descriptors are made of, in this order: the terminal first, so that
 * it becomes the controlling one of the new session. */
static int
add_actions(posix_spawn_file_actions_t *actions, const struct launch_spec *spec,
    const struct process_fds *fds)
{
	int rc = posix_spawn_file_actions_addchdir_np(actions, spec->cwd);
	if (rc == 0 && spec->tty)
		rc = posix_spawn_file_actions_addopen(actions, 0, fds->tty, O_RDWR, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, spec->tty ? 0 : fds->child_out,
		    1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, spec->tty ? 0 : fds->child_err,
		    2);
	if (rc == 0 && spec->has_stdin)
		rc = posix_spawn_file_actions_adddup2(actions, fds->child_in, 0);
	else if (rc == 0 && spec->null_stdin)
		rc = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(actions, 3);
	return rc;
}

static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	int rc = posix_spawnattr_setsigdefault(attributes, &all);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &none);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID |
		    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return rc;
}

/* The value of a name in an environment, NULL when it is not there. */
static const char *
env_find(const char *const *env, const char *name)
{
	size_t len = strlen(name);
	for (; *env; env++)
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	return NULL;
}

/* Finds the program in the PATH of its own environment, where posix_spawnp would take ours.
 * The caller frees; NULL with *code set. */
static char *
find_program(const struct launch_spec *spec, int *code)
{
	const char *path = env_find(spec->env, "PATH");
	*code = ENOENT;
	if (strchr(spec->argv[0], '/'))
		return mem_strdup(spec->argv[0]);
	for (path = path ? path : "/usr/bin:/bin"; path; path = strchr(path, ':')) {
		path += *path == ':';
		char *dir = mem_strndup(path, strcspn(path, ":"));
		char *full_dir = file_join(spec->cwd, dir);
		char *program = file_join(full_dir, spec->argv[0]);
		struct stat st;
		free(dir);
		free(full_dir);
		if (stat(program, &st) == 0 && S_ISREG(st.st_mode)) {
			if (access(program, X_OK) == 0)
				return program;
			*code = EACCES;
		}
		free(program);
	}
	return NULL;
}

/* Now, in the ticks in which the kernel tells when a process began. */
static int64_t
now_ticks(void)
{
	struct timespec now;
	long hertz = sysconf(_SC_CLK_TCK);
	if (hertz <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) < 0)
		return -1;
	return (int64_t)now.tv_sec * hertz + now.tv_nsec / (INT64_C(1000000000) / hertz);
}

/* Calls posix_spawn; returns 0 or an errno. The limit of descriptors is inherited, so ours
 * is lowered to what programs are to have for the time of the call. The start time is read
 * from /proc only when a tick has gone by meanwhile: that costs as much as a tenth of a
 * start. */
static int
call_spawn(struct process_launcher *owner, const struct launch_spec *spec,
    const char *program, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, pid_t *pid, int64_t *start_time)
{
	int64_t before = now_ticks();
	(void)setrlimit(RLIMIT_NOFILE, &owner->old_files);
	int rc = posix_spawn(pid, program, actions, attributes, (char *const *)spec->argv,
	    (char *const *)spec->env);
	(void)setrlimit(RLIMIT_NOFILE, &owner->new_files);
	if (rc == 0)
		*start_time = before >= 0 && before == now_ticks() ? before :
		    process_start_time(*pid);
	return rc;
}

static int
spawn(struct process_launcher *owner, const struct launch_spec *spec,
    const struct process_fds *fds, const char *program, pid_t *pid, int64_t *start_time)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc == 0) {
		rc = add_actions(&actions, spec, fds);
		if (rc == 0)
			rc = set_attributes(&attributes);
		if (rc == 0)
			rc = call_spawn(owner, spec, program, &actions, &attributes, pid,
			    start_time);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* Whether an errno says that the system has no room now, not that the program is wrong.
 * ENOSPC is how posix_openpt says that there are no ptys left. */
static bool
is_for_later(int code)
{
	switch (code) {
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOSPC:
		return true;
	default:
		return false;
	}
}

enum launch_result
process_refuse(int code, const struct launch_spec *spec, const char *program,
    struct err *err)
{
	struct stat st;
	bool is_missing = code == ENOENT || code == EACCES || code == ENOTDIR;
	if (is_for_later(code)) {
		err_set(err, "no room for another program: %s",
		    code == ENOSPC ? "no pseudo-terminals are left" : strerror(code));
		err->code = code;
		return LAUNCH_LATER;
	}
	if (is_missing && (stat(spec->cwd, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    access(spec->cwd, X_OK) < 0))
		err_set(err, "the directory '%s': %s", spec->cwd, strerror(code));
	else if (code == ENOENT && program && program[0] == '/' && access(program, F_OK) == 0)
		err_set(err, "%s: what its first line names to run it", strerror(code));
	else
		err_set(err, "%s", strerror(code));
	err->code = code;
	return LAUNCH_FAILED;
}

enum launch_result
process_spawn(struct process_launcher *owner, const struct launch_spec *spec,
    struct process_fds *fds, pid_t *pid, int64_t *start_time, struct err *err)
{
	int code = 0;
	if (open_fds(spec, fds) < 0) {
		code = errno;
		process_fds_release(fds, true);
		return process_refuse(code, spec, NULL, err);
	}
	char *program = find_program(spec, &code);
	if (program)
		code = spawn(owner, spec, fds, program, pid, start_time);
	process_fds_release(fds, code != 0);
	enum launch_result result = code == 0 ? LAUNCH_OK :
	    process_refuse(code, spec, program, err);
	free(program);
	return result;
}
