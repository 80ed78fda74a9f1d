/*
 * The front end's side of the control socket.
 */
#ifndef SEQDECK_CONTROL_CLIENT_H
#define SEQDECK_CONTROL_CLIENT_H

#include <stdbool.h>

#include "base/err.h"
#include "control/message.h"

struct ev_loop;
struct control_client;

struct control_client_listener {
	void (*answered)(void *arg, const struct control_answer *answer);
	void (*closed)(void *arg);	/* the engine has gone; free the client afterwards */
	void *arg;
};

/* Connects to the engine of a run directory. NULL with err set ("no engine drives …"). */
struct control_client *control_client_connect(struct ev_loop *loop, const char *run_dir,
    const struct control_client_listener *listener, struct err *err);
void control_client_free(struct control_client *client);

/* Queues a message without waiting. Returns its id (> 0), or -1 with err set (queue full). */
int control_client_attach(struct control_client *client, struct err *err);
int control_client_ask(struct control_client *client, const struct request *request,
    struct err *err);

/* For commands: connects, asks, waits for the answer at most timeout_s seconds. Returns the
 * count, or -1 with err set to the engine's words. */
long control_ask_once(const char *run_dir, const struct request *request, int timeout_s,
    struct err *err);

#endif
