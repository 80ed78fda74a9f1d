/*
 * The user's terminal: its modes, size and bytes, never blocking. What goes out is queued
 * and pumped by the loop; whoever draws waits for terminal_is_idle, so that a terminal that
 * does not read costs frames and nothing else. What the terminal was is restored when this
 * ends, is suspended, or dies of a signal.
 *
 * The device is opened anew: O_NONBLOCK on a descriptor shared with the shell would
 * outlive us.
 */
#ifndef SEQDECK_UI_TERMINAL_H
#define SEQDECK_UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ev_loop;
struct terminal;

struct terminal_listener {
	void (*input)(void *arg, const char *bytes, size_t len);
	void (*idle)(void *arg);	/* all that was queued has gone out */
	void (*resized)(void *arg);	/* the window has another size, or came back */
	void (*gone)(void *arg);	/* hung up, or told to end: nothing more comes */
	void (*suspend)(void *arg);	/* asked for from outside (SIGTSTP) */
	void *arg;
};

/* Opens a terminal's device; NULL: that of standard output, else of standard input, else
 * /dev/tty. NULL with err set when there is none. */
struct terminal *terminal_open(struct ev_loop *loop, const char *device,
    const struct terminal_listener *listener, struct err *err);

/* Closes; restores first when started. */
void terminal_free(struct terminal *terminal);

/* Takes over: raw mode, watchers, and the bytes of `leave`, which bring the screen back,
 * kept ready for the end. 0, or -1 with err set. */
int terminal_start(struct terminal *terminal, const char *leave, struct err *err);

/* Gives the terminal back as it was; writes `leave` unless the terminal does not take it
 * within a second. terminal_start takes it again. */
void terminal_stop(struct terminal *terminal);

/* Stops this process as C-z does and returns when it goes on. The terminal must be
 * stopped. */
void terminal_suspend(struct terminal *terminal);

void terminal_write(struct terminal *terminal, const char *bytes, size_t len);
bool terminal_is_idle(const struct terminal *terminal);
bool terminal_is_gone(const struct terminal *terminal);

/* Rows and columns, at least 1 each; LINES and COLUMNS, then 24 by 80, where the terminal
 * does not say. */
void terminal_size(const struct terminal *terminal, int *rows, int *cols);

#endif
