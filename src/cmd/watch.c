/*
 * Notice of the run directory starts a pump after WATCH_PAUSE_S, so that a flood of small
 * writes costs a pump now and then; a pump goes on while the view has more and the queue
 * of standard output has room; a queue that has drained starts the next one.
 *
 * The end: the run has ended and all is printed; then the engine gets a moment to leave,
 * so that the next command finds the run without one.
 */
#include "cmd/watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ev.h>

#include "cmd/outq.h"
#include "cmd/say.h"
#include "cmd/which.h"
#include "control/client.h"
#include "record/reader.h"

#define WATCH_PAUSE_S 0.02	/* between notice and pump */
#define WATCH_TICK_S 0.5	/* how often the engine's life is checked */
#define WATCH_POLL_S 0.1	/* instead of notice, where there is none */
#define WATCH_LEAVE_S 1.0	/* how long the engine is waited for after the end */
#define WATCH_QUEUE_MAX ((size_t)1 << 20)	/* bytes waiting for standard output */

struct watch {
	const struct watch_settings *settings;
	struct ev_loop *loop;
	struct reader *reader;
	struct outq out;
	struct control_client *client;
	ev_io notice;
	ev_timer pause, tick, leave;
	ev_signal interrupt, terminate;
	int signals;	/* how often the user wanted it to end */
	bool is_finishing;	/* only the queue is left to write */
	enum cmd_status status;
};

static void
watch_finish(struct watch *watch, enum cmd_status status)
{
	const struct watch_view *view = &watch->settings->view;
	watch->status = status;
	watch->is_finishing = true;
	if (view->finish != NULL)
		view->finish(view->arg, watch->reader, &watch->out.bytes);
	outq_flush(&watch->out);
	if (outq_pending(&watch->out) == 0)
		ev_break(watch->loop, EVBREAK_ALL);
}

/* Leaves at once, whatever is still to be printed. */
static void
watch_leave(struct watch *watch, enum cmd_status status)
{
	watch->status = status;
	watch->is_finishing = true;
	ev_break(watch->loop, EVBREAK_ALL);
}

static bool
watch_has_ended(const struct watch *watch)
{
	const struct run *run = reader_run(watch->reader);
	return run->last_number > 0 && state_is_end(run->state);
}

static void
watch_tell_gone(struct watch *watch)
{
	char *name = which_name(watch->settings->dir);
	say("the engine of the run has gone; go on with 'seqdeck resume %s'", name);
	free(name);
	watch_finish(watch, CMD_BROKEN);
}

/* Ends the watch where there is nothing more to come. is_live was asked before the last
 * pump, so that nothing is missed of what a leaving engine wrote. */
static void
watch_check_end(struct watch *watch, bool is_live)
{
	if (reader_damage(watch->reader) != NULL) {
		say("%s", reader_damage(watch->reader));
		watch_finish(watch, CMD_BROKEN);
	} else if (!watch->settings->is_following) {
		watch_finish(watch, CMD_OK);
	} else if (watch_has_ended(watch)) {
		if (!is_live || !ev_is_active(&watch->tick))
			watch_finish(watch, (enum cmd_status)run_exit_status(
			    reader_run(watch->reader)));
		else if (!ev_is_active(&watch->leave))
			ev_timer_again(watch->loop, &watch->leave);
	} else {
		ev_timer_stop(watch->loop, &watch->leave);
		if (!is_live)
			watch_tell_gone(watch);
	}
}

/* Prints what there is and fits. */
static void
watch_pump(struct watch *watch)
{
	const struct watch_view *view = &watch->settings->view;
	if (watch->is_finishing)
		return;
	bool is_live = reader_is_live(watch->reader);
	bool has_more = true;
	while (has_more && outq_pending(&watch->out) < WATCH_QUEUE_MAX) {
		has_more = view->pump(view->arg, watch->reader, &watch->out.bytes);
		if (outq_pending(&watch->out) >= WATCH_QUEUE_MAX || !has_more)
			outq_flush(&watch->out);
	}
	if (watch->out.error == EPIPE) {
		watch_leave(watch, CMD_OK);
	} else if (watch->out.error != 0) {
		say("cannot write to standard output: %s; the run goes on",
		    strerror(watch->out.error));
		watch_leave(watch, CMD_BROKEN);
	} else if (!has_more) {
		watch_check_end(watch, is_live);
	}
}

static void
watch_drained_cb(void *arg)
{
	struct watch *watch = arg;
	if (watch->is_finishing)
		ev_break(watch->loop, EVBREAK_ALL);
	else
		watch_pump(watch);
}

/* The notice is heard again after the pump: what comes meanwhile is read by that. */
static void
watch_notice_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)revents;
	struct watch *watch = w->data;
	ev_io_stop(loop, w);
	ev_timer_again(loop, &watch->pause);
}

static void
watch_pause_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	struct watch *watch = w->data;
	ev_timer_stop(loop, w);
	if (reader_fd(watch->reader) >= 0)
		ev_io_start(loop, &watch->notice);
	watch_pump(watch);
}

static void
watch_tick_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)revents;
	watch_pump(w->data);
}

static void
watch_leave_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	struct watch *watch = w->data;
	ev_timer_stop(loop, w);
	ev_timer_stop(loop, &watch->tick);
	watch_pump(watch);
}

static void
watch_answered_cb(void *arg, const struct control_answer *answer)
{
	(void)arg;
	if (!answer->ok)
		say("%s", answer->error);
}

static void
watch_closed_cb(void *arg)
{
	struct watch *watch = arg;
	control_client_free(watch->client);
	watch->client = NULL;
}

static int
watch_ask(struct watch *watch, enum request_verb verb, struct err *err)
{
	static const char *const all[] = { "@all", NULL };
	struct request request = { .verb = verb, .targets = all };
	struct control_client_listener listener = { watch_answered_cb, watch_closed_cb, watch };
	if (watch->client == NULL)
		watch->client = control_client_connect(watch->loop, watch->settings->dir,
		    &listener, err);
	return watch->client == NULL ? -1 : control_client_ask(watch->client, &request, err);
}

/* Once: cancel. Twice: kill. Three times: leave it to itself. */
static void
watch_cancel(struct watch *watch)
{
	struct err err = ERR_INIT;
	char *name = which_name(watch->settings->dir);
	int rc = 0;
	watch->signals++;
	if (watch->signals == 1) {
		say("cancelling the run: TERM to all that runs, KILL after the grace time (once "
		    "more: KILL at once)");
		rc = watch_ask(watch, REQUEST_CANCEL, &err);
	} else if (watch->signals == 2) {
		say("killing all that runs (once more: leave; the run goes on by itself)");
		rc = watch_ask(watch, REQUEST_KILL, &err);
	} else {
		say("left; the run goes on in the background: 'seqdeck attach %s'", name);
		watch_leave(watch, CMD_CANCELLED);
	}
	if (rc < 0)
		say("%s", err.text);
	free(name);
}

static void
watch_signal_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop, (void)revents;
	struct watch *watch = w->data;
	if (watch->settings->is_owner && !watch_has_ended(watch))
		watch_cancel(watch);
	else
		watch_leave(watch, watch->settings->is_owner ?
		    (enum cmd_status)run_exit_status(reader_run(watch->reader)) : CMD_OK);
}

static void
watch_start(struct watch *watch)
{
	int fd = reader_fd(watch->reader);
	double tick_s = fd >= 0 ? WATCH_TICK_S : WATCH_POLL_S;
	ev_io_init(&watch->notice, watch_notice_cb, fd, EV_READ);
	ev_init(&watch->pause, watch_pause_cb);
	ev_timer_init(&watch->tick, watch_tick_cb, tick_s, tick_s);
	ev_init(&watch->leave, watch_leave_cb);
	ev_signal_init(&watch->interrupt, watch_signal_cb, SIGINT);
	ev_signal_init(&watch->terminate, watch_signal_cb, SIGTERM);
	watch->pause.repeat = WATCH_PAUSE_S;
	watch->leave.repeat = WATCH_LEAVE_S;
	watch->notice.data = watch->pause.data = watch->tick.data = watch->leave.data =
	    watch->interrupt.data = watch->terminate.data = watch;
	outq_init(&watch->out, watch->loop, STDOUT_FILENO, watch_drained_cb, watch);
	if (fd >= 0)
		ev_io_start(watch->loop, &watch->notice);
	ev_timer_start(watch->loop, &watch->tick);
	ev_signal_start(watch->loop, &watch->interrupt);
	ev_signal_start(watch->loop, &watch->terminate);
}

enum cmd_status
watch_run(const struct watch_settings *settings)
{
	struct err err = ERR_INIT;
	struct watch watch = { .settings = settings, .status = CMD_BROKEN };
	watch.signals = settings->is_cancelling ? 1 : 0;
	watch.loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	watch.reader = watch.loop == NULL ? NULL : reader_open(settings->dir, &err);
	if (watch.reader == NULL) {
		say("%s", watch.loop == NULL ? "cannot make an event loop" : err.text);
		if (watch.loop != NULL)
			ev_loop_destroy(watch.loop);
		return CMD_BROKEN;
	}
	watch_start(&watch);
	watch_pump(&watch);
	/* The first pump may have been the last. */
	if (!watch.is_finishing || (outq_pending(&watch.out) > 0 && watch.out.error == 0))
		ev_run(watch.loop, 0);
	ev_signal_stop(watch.loop, &watch.interrupt);
	ev_signal_stop(watch.loop, &watch.terminate);
	outq_release(&watch.out);
	control_client_free(watch.client);
	reader_free(watch.reader);
	ev_loop_destroy(watch.loop);
	return watch.status;
}
