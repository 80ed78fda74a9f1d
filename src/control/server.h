/*
 * The engine's side of the control socket: DIR/control.sock, 0600, same uid only
 * (SO_PEERCRED). Bound and connected through /proc/self/fd/N/, so that the length of the
 * run directory's path does not matter. Peers have bounded queues; one that does not read
 * its answers for CONTROL_STUCK_S is dropped. The engine never waits for one.
 */
#ifndef SEQDECK_CONTROL_SERVER_H
#define SEQDECK_CONTROL_SERVER_H

#include <stddef.h>

#include "base/err.h"
#include "control/message.h"

#define CONTROL_PEERS_MAX 64
#define CONTROL_STUCK_S 10

struct ev_loop;
struct control_server;

struct control_server_listener {
	/* Does what is asked; returns the count, or -1 with err set. */
	long (*request)(void *arg, const struct request *request, struct err *err);
	/* The number of attached front ends has changed. */
	void (*attached)(void *arg, size_t count);
	void *arg;
};

/* A stale socket is replaced: the caller holds the engine lock. NULL with err set. */
struct control_server *control_server_start(struct ev_loop *loop, const char *run_dir,
    const struct control_server_listener *listener, struct err *err);

/* How long a peer may leave answers unread; CONTROL_STUCK_S unless a test says otherwise. */
void control_server_set_patience(struct control_server *server, double seconds);

/* Closes all peers and removes the socket. */
void control_server_free(struct control_server *server);

#endif
