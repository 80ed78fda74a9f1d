/*
 * The dashboard: shows a run directory through a reader, asks through a port. It knows
 * neither engine nor socket. Terminal in and out is non-blocking: curses draws into memory,
 * the loop pumps frames to the terminal; frames are dropped, never queued.
 */
#ifndef SEQDECK_UI_UI_H
#define SEQDECK_UI_UI_H

#include <stdbool.h>

#include "base/err.h"
#include "model/request.h"

struct ev_loop;
struct reader;
struct ui;

/* How the dashboard asks. NULL ask: nobody to ask (the reason is shown). */
struct ui_port {
	/* Sends a request without waiting. Returns an id > 0 that comes back in
	 * ui_answered, or -1 with err set. */
	int (*ask)(void *arg, const struct request *request, struct err *err);
	void *arg;
};

struct ui_settings {
	struct ev_loop *loop;
	struct reader *reader;
	struct ui_port port;
	const char *theme;	/* name or path; NULL: the configured or the default one */
	const char *device;	/* the terminal; NULL: that of standard output or input, /dev/tty */
};

enum ui_leave {
	UI_LEFT,	/* the user detached, or the terminal hung up */
	UI_CANCEL_ALL,	/* the user wants the run cancelled */
};

/* Takes the terminal over. NULL with err set: no terminal, TERM unset or unknown, a
 * terminal without cursor addressing (say what to do: --plain). */
struct ui *ui_new(const struct ui_settings *settings, struct err *err);

/* Gives the terminal back as it was. */
void ui_free(struct ui *ui);

/* Runs the loop until the user leaves. */
enum ui_leave ui_run(struct ui *ui);

/* The answer to an ask. error is NULL when it was done. */
void ui_answered(struct ui *ui, int id, long count, const char *error);

/* The engine has come or gone: what asks are answered with while it is away. */
void ui_set_live(struct ui *ui, bool live);

#endif
