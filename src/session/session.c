/*
 * session_spawn forks twice: the first child makes a new session and leaves, the second
 * one can so never get a controlling terminal. Both keep all of the parent's memory (the
 * plan) and none of its descriptors but the pipe to tell readiness through.
 *
 * When the session ends is decided in one place, session_check, after each loop turn:
 * engine callbacks and peers only change what it looks at.
 */
#include "session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ev.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "control/server.h"
#include "engine/engine.h"
#include "engine/loop.h"
#include "model/run.h"
#include "record/journal.h"
#include "record/rundir.h"

#define SESSION_GRACE_S 10.0	/* how long the first front end is waited for */
#define SESSION_READY "ready\n"	/* anything else through the pipe is an error's text */
#define SESSION_STATUS_BROKEN 4	/* exit status: seqdeck itself could not go on */

struct session {
	struct ev_loop *loop;
	struct engine_loop *engine_loop;
	struct control_server *server;
	struct run past;
	struct rundir_info info;
	ev_signal interrupt, terminate, hangup;
	ev_timer grace;
	ev_prepare check;
	int lock_fd;
	size_t front_ends;
	bool is_awaited;	/* the first front end has not come yet */
	bool is_settled;
	bool is_stopping;	/* a signal or a request has told it to end */
	const char *reason;	/* why it ends, for the journal */
};

static long
session_request_cb(void *arg, const struct request *request, struct err *err)
{
	struct session *session = arg;
	if (request->verb != REQUEST_STOP)
		return engine_request(engine_loop_engine(session->engine_loop), request, err);
	session->is_stopping = true;
	session->reason = "stopped by request";
	return 0;
}

static void
session_attached_cb(void *arg, size_t count)
{
	struct session *session = arg;
	session->front_ends = count;
	if (count > 0)
		session->is_awaited = false;
}

/* Ends the loop when nothing is left to do and nobody looks. */
static void
session_check(struct session *session)
{
	const struct engine *engine = engine_loop_engine(session->engine_loop);
	if (!engine_is_idle(engine))
		return;
	if (session->is_stopping || (session->is_settled && engine_is_settled(engine) &&
	    session->front_ends == 0 && !session->is_awaited))
		ev_break(session->loop, EVBREAK_ALL);
}

static void
session_check_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)loop, (void)revents;
	session_check(w->data);
}

/* Told at the end of the engine's turn, in which nothing else may come to wake the loop. */
static void
session_settled_cb(void *arg, bool settled)
{
	struct session *session = arg;
	session->is_settled = settled;
	session_check(session);
}

static void
session_grace_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)revents;
	struct session *session = w->data;
	session->is_awaited = false;
}

/* The first signal stops all steps in good order, the second one kills them. */
static void
session_stop_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop, (void)revents;
	struct session *session = w->data;
	bool is_hard = session->is_stopping;
	session->is_stopping = true;
	session->reason = w->signum == SIGINT ? "cancelled by SIGINT" : "cancelled by SIGTERM";
	engine_stop(engine_loop_engine(session->engine_loop), session->reason, is_hard);
}

/* HUP means nothing to a process without a terminal; the watcher instead of SIG_IGN keeps
 * steps from inheriting that it is ignored. */
static void
session_ignore_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop, (void)w, (void)revents;
}

/* Folds what the journal tells of before. */
static int
session_read_past(struct session *session, const char *run_dir, struct err *err)
{
	struct journal_reader *reader = journal_reader_open(run_dir, err);
	if (reader == NULL)
		return -1;
	struct event event;
	int rc;
	while ((rc = journal_read(reader, &event, err)) == 1) {
		rc = run_apply(&session->past, &event, err);
		event_release(&event);
		if (rc != 0)
			break;
	}
	journal_reader_free(reader);
	return rc;
}

static void
session_watch_signal(struct session *session, ev_signal *w, int signum,
    void (*cb)(struct ev_loop *, ev_signal *, int))
{
	ev_signal_init(w, cb, signum);
	w->data = session;
	ev_signal_start(session->loop, w);
}

/* Starts all parts; what a failure leaves is released by session_close. */
static int
session_open(struct session *session, const struct session_settings *settings,
    struct err *err)
{
	session->lock_fd = rundir_lock(settings->run_dir, err);
	if (session->lock_fd < 0)
		return -1;
	if (rundir_read_info(settings->run_dir, &session->info, err) != 0)
		return -1;
	if (settings->is_resumed && session_read_past(session, settings->run_dir, err) != 0)
		return -1;
	session->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	if (session->loop == NULL)
		return err_set(err, "cannot make an event loop");
	session_watch_signal(session, &session->interrupt, SIGINT, session_stop_cb);
	session_watch_signal(session, &session->terminate, SIGTERM, session_stop_cb);
	session_watch_signal(session, &session->hangup, SIGHUP, session_ignore_cb);
	struct control_server_listener listener = { session_request_cb, session_attached_cb,
		session };
	session->server = control_server_start(session->loop, settings->run_dir, &listener,
	    err);
	if (session->server == NULL)
		return -1;
	struct engine_loop_settings engine = {
		.loop = session->loop,
		.plan = settings->plan,
		.run_dir = settings->run_dir,
		.run_id = session->info.id,
		.past = session->past.last_number > 0 ? &session->past : NULL,
		.settled_changed = session_settled_cb,
		.arg = session,
	};
	session->engine_loop = engine_loop_start(&engine, err);
	if (session->engine_loop == NULL)
		return -1;
	session->is_settled = engine_is_settled(engine_loop_engine(session->engine_loop));
	ev_timer_init(&session->grace, session_grace_cb, SESSION_GRACE_S, 0.);
	ev_prepare_init(&session->check, session_check_cb);
	/* Behind the engine's own turn: it may end something. */
	ev_set_priority(&session->check, EV_MINPRI);
	session->grace.data = session->check.data = session;
	session->is_awaited = settings->wait_for_front_end;
	if (session->is_awaited)
		ev_timer_start(session->loop, &session->grace);
	ev_prepare_start(session->loop, &session->check);
	return 0;
}

/* The socket goes before the lock: who finds no socket may take the run up. */
static void
session_close(struct session *session)
{
	if (session->engine_loop != NULL)
		engine_loop_free(session->engine_loop, session->reason);
	control_server_free(session->server);
	if (session->loop != NULL)
		ev_loop_destroy(session->loop);
	run_release(&session->past);
	rundir_info_release(&session->info);
	if (session->lock_fd >= 0)
		close(session->lock_fd);
}

/* The exit status of the run as the engine sees it. */
static int
session_status(const struct session *session)
{
	switch (engine_run_state(engine_loop_engine(session->engine_loop))) {
	case STATE_OK:
		return 0;
	case STATE_CANCELLED:
		return 3;
	default:
		return 1;
	}
}

int
session_run(const struct session_settings *settings, int ready_fd)
{
	struct err err = ERR_INIT;
	struct session session = { .lock_fd = -1, .reason = "nothing is left to do" };
	run_init(&session.past);
	int status = SESSION_STATUS_BROKEN;
	if (session_open(&session, settings, &err) == 0) {
		file_write_all(ready_fd, SESSION_READY, strlen(SESSION_READY));
		close(ready_fd);
		ev_run(session.loop, 0);
		status = session_status(&session);
	} else {
		file_write_all(ready_fd, err.text, strlen(err.text));
		close(ready_fd);
	}
	session_close(&session);
	return status;
}

/* Default dispositions and an empty mask: the front end's are not the session's. */
static void
session_reset_signals(void)
{
	for (int signum = 1; signum < NSIG; signum++)
		if (signum != SIGKILL && signum != SIGSTOP)
			signal(signum, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The grandchild: detaches from all that was the front end's, then is the session. */
static void __attribute__((noreturn))
session_child(const struct session_settings *settings, int ready_fd)
{
	session_reset_signals();
	int null_fd = open("/dev/null", O_RDWR);
	for (int i = 0; i < 3 && null_fd >= 0; i++)
		dup2(null_fd, i);
	int fd = ready_fd == 3 ? 3 : dup3(ready_fd, 3, O_CLOEXEC);
	close_range(4, ~0u, 0);
	int status = SESSION_STATUS_BROKEN;
	if (null_fd >= 0 && fd == 3 && chdir("/") == 0)
		status = session_run(settings, 3);
	_exit(status);
}

/* The whole of what the session says through the pipe: 0 when it is ready. */
static int
session_read_ready(int fd, struct err *err)
{
	char text[sizeof(err->text)];
	size_t len = 0;
	for (;;) {
		ssize_t n = read(fd, text + len, sizeof(text) - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	if (strcmp(text, SESSION_READY) == 0)
		return 0;
	if (len == 0)
		return err_set(err, "the engine ended before it was ready");
	return err_set(err, "%s", text);
}

int
session_spawn(const struct session_settings *settings, struct err *err)
{
	int ready[2];
	if (pipe2(ready, O_CLOEXEC) != 0)
		return err_errno(err, "cannot start the engine");
	/* A signal between fork and the reset would run the front end's handlers. */
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		pid = fork();
		if (pid == 0)
			session_child(settings, ready[1]);
		_exit(pid < 0 ? SESSION_STATUS_BROKEN : 0);
	}
	int saved = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ready[1]);
	int rc;
	if (pid < 0) {
		errno = saved;
		rc = err_errno(err, "cannot start the engine");
	} else {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		rc = session_read_ready(ready[0], err);
	}
	close(ready[0]);
	return rc;
}
