#include "cmd/deck.h"

#include <stdio.h>
#include <stdlib.h>

#include <ev.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/say.h"
#include "cmd/summary.h"
#include "cmd/wake.h"
#include "control/client.h"
#include "record/reader.h"
#include "ui/ui.h"

#define DECK_LOOK_S 1.0	/* between two looks for an engine, while there is none */

struct deck {
	const char *dir;
	struct ev_loop *loop;
	struct reader *reader;
	struct control_client *client;
	struct ui *ui;
	ev_timer look;
};

static void deck_connect(struct deck *deck);

static void
answered_cb(void *arg, const struct control_answer *answer)
{
	struct deck *deck = arg;
	ui_answered(deck->ui, answer->id, answer->count, answer->ok ? NULL : answer->error);
}

static void
closed_cb(void *arg)
{
	struct deck *deck = arg;
	control_client_free(deck->client);
	deck->client = NULL;
	ui_set_live(deck->ui, false);
	ev_timer_again(deck->loop, &deck->look);
}

/* Somebody may have started an engine on the run again. */
static void
look_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	struct deck *deck = w->data;
	if (reader_is_live(deck->reader))
		deck_connect(deck);
}

static void
deck_connect(struct deck *deck)
{
	struct control_client_listener listener = {
		.answered = answered_cb,
		.closed = closed_cb,
		.arg = deck,
	};
	deck->client = control_client_connect(deck->loop, deck->dir, &listener, NULL);
	if (!deck->client)
		return;
	ev_timer_stop(deck->loop, &deck->look);
	(void)control_client_attach(deck->client, NULL);
	ui_set_live(deck->ui, true);
}

/* Whether a request makes sense on a run whose engine has left. */
static bool
wakes(enum request_verb verb)
{
	switch (verb) {
	case REQUEST_RETRY:
	case REQUEST_SKIP:
	case REQUEST_RELEASE:
		return true;
	default:
		return false;
	}
}

static int
ask_cb(void *arg, const struct request *request, struct err *err)
{
	struct deck *deck = arg;
	if (!deck->client && wakes(request->verb)) {
		if (wake_engine(deck->dir, err) < 0)
			return -1;
		deck_connect(deck);
	}
	if (!deck->client)
		return err_set(err, "no engine has the run; retry starts one");
	return control_client_ask(deck->client, request, err);
}

/* The user wants everything cancelled: asked for without the dashboard, which has gone. */
static void
deck_cancel_all(const struct deck *deck)
{
	static const char *const all[] = { "@all", NULL };
	struct request request = { .verb = REQUEST_CANCEL, .targets = all };
	struct err err = ERR_INIT;
	if (control_ask_once(deck->dir, &request, WAKE_ANSWER_S, &err) < 0)
		say("cannot cancel: %s", err.text);
	else
		printf("cancelling the run\n");
}

static enum cmd_status
deck_leave(struct deck *deck, enum ui_leave how)
{
	const struct run *run = reader_run(deck->reader);
	if (how == UI_CANCEL_ALL)
		deck_cancel_all(deck);
	while (reader_update(deck->reader, 0, NULL, NULL) > 0)
		;
	struct buf text = BUF_INIT;
	summary_format(run, deck->dir, reader_is_live(deck->reader), &text);
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	if (how == UI_CANCEL_ALL)
		return CMD_CANCELLED;
	return state_is_end(run->state) ? (enum cmd_status)run_exit_status(run) : CMD_OK;
}

static int
deck_open(struct deck *deck, const char *theme, struct err *err)
{
	deck->reader = reader_open(deck->dir, err);
	if (!deck->reader)
		return -1;
	deck->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	if (!deck->loop)
		return err_set(err, "cannot make an event loop");
	struct ui_settings settings = {
		.loop = deck->loop,
		.reader = deck->reader,
		.port = { .ask = ask_cb, .arg = deck },
		.theme = theme,
	};
	deck->ui = ui_new(&settings, err);
	return deck->ui ? 0 : -1;
}

int
deck_show(const char *dir, const char *theme, enum cmd_status *status, struct err *err)
{
	struct deck deck = { .dir = dir };
	int rc = deck_open(&deck, theme, err);
	if (rc == 0) {
		ev_timer_init(&deck.look, look_cb, 0., DECK_LOOK_S);
		deck.look.data = &deck;
		deck_connect(&deck);
		if (!deck.client) {
			ui_set_live(deck.ui, false);
			ev_timer_again(deck.loop, &deck.look);
		}
		enum ui_leave how = ui_run(deck.ui);
		ev_timer_stop(deck.loop, &deck.look);
		ui_free(deck.ui);
		*status = deck_leave(&deck, how);
		control_client_free(deck.client);
	}
	if (deck.loop)
		ev_loop_destroy(deck.loop);
	reader_free(deck.reader);
	return rc;
}
