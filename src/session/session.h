/*
 * The background process that owns a live run: engine, control socket, signals.
 */
#ifndef SEQDECK_SESSION_SESSION_H
#define SEQDECK_SESSION_SESSION_H

#include <stdbool.h>

#include "base/err.h"

struct plan;

struct session_settings {
	const char *run_dir;
	struct plan *plan;	/* loaded by the caller, which frees it in its own process */
	bool is_resumed;	/* the journal already tells a past */
	bool wait_for_front_end;	/* stay, settled, until the first front end has come and
					 * the last has gone (or some seconds have passed) */
};

/*
 * Starts the session in a process of its own (new session, standard descriptors on
 * /dev/null, cwd /) and returns once it has the lock, the journal and the socket: 0, or
 * -1 with err set to what it could not do.
 */
int session_spawn(const struct session_settings *settings, struct err *err);

/* The session's own main: returns the exit status of the run. Used by session_spawn. */
int session_run(const struct session_settings *settings, int ready_fd);

#endif
