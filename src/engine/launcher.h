/*
 * What starts the program of a step: an interface with a real one (process.h: ptys, pipes,
 * process groups on a libev loop) and a fake one in the tests, so that the whole engine is
 * tested without a process and without waiting.
 *
 * The launcher moves output into the attempt's log by itself; the engine core never sees
 * the bytes. Callbacks come from the loop, never from within a call into the launcher.
 */
#ifndef SEQDECK_ENGINE_LAUNCHER_H
#define SEQDECK_ENGINE_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct steplog;
struct launch;	/* one started program; opaque to the engine */

/* What to start. Everything is borrowed for the time of the call. */
struct launch_spec {
	const char *const *argv;	/* NULL-terminated; argv[0] is searched in PATH */
	const char *const *env;	/* the whole environment, NULL-terminated */
	const char *cwd;	/* absolute */
	bool tty;	/* a pty, else pipes */
	int rows, cols;	/* of the pty */
	bool has_stdin;	/* stdin_bytes go to its standard input through a pipe, then EOF */
	const char *stdin_bytes;
	size_t stdin_len;
	bool null_stdin;	/* /dev/null */
	struct steplog *log;	/* where output goes; stays the engine's, outlives the launch */
};

/* How a program ended. */
struct launch_exit {
	int code;	/* exit status, -1 when a signal ended it */
	int signal;	/* 0 when it exited */
};

struct launch_listener {
	/* The process has ended. Once. It is reaped by `release`: until then its id stays
	 * its own, and `signal` reaches what is left of its group and nobody else. */
	void (*exited)(void *arg, const struct launch_exit *how);
	/* The end of its output was seen. Once, before or after exited. */
	void (*output_ended)(void *arg);
	/* Output cannot be written (err: disk full, …): reading stands still until
	 * `resume`. */
	void (*log_failed)(void *arg, const struct err *err);
};

struct launcher;

enum launch_result {
	LAUNCH_OK,
	LAUNCH_FAILED,	/* this program cannot be started; err->text is errno's text */
	LAUNCH_LATER,	/* no descriptors, ptys or processes now: try again later */
};

struct launcher_ops {
	/* Starts a program; *launch is set on LAUNCH_OK, and the listener's arg is kept. */
	enum launch_result (*start)(struct launcher *launcher, const struct launch_spec *spec,
	    const struct launch_listener *listener, void *arg, struct launch **launch,
	    int64_t *pid, int64_t *start_time, struct err *err);
	void (*signal)(struct launch *launch, int signo);	/* to its process group */
	/* Queues typed bytes; -1 with err set when it has no terminal, has ended, or the
	 * queue (64 KiB) is full. */
	int (*input)(struct launch *launch, const char *bytes, size_t len, struct err *err);
	void (*resize)(struct launch *launch, int rows, int cols);
	void (*resume)(struct launch *launch);	/* after log_failed: try to write again */
	/* Closes its descriptors and forgets it: no callback comes after. An unreaped process
	 * is reaped in the background. */
	void (*release)(struct launch *launch);
	/* How many more programs may be started now without running out of descriptors or
	 * ptys. */
	size_t (*room)(struct launcher *launcher);
};

struct launcher {
	const struct launcher_ops *ops;
};

#endif
