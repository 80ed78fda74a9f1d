/*
 * Each peer has an input buffer that never holds more than one line of the limit and what
 * one read brings, and a queue of answers of at most CONTROL_QUEUE_MAX bytes. While the
 * queue is not empty a timer runs that each progress restarts; while it is over the limit
 * nothing more is read from the peer.
 */
#include "control/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ev.h>

#include "base/mem.h"
#include "control/socket.h"

#define CONTROL_QUEUE_MAX ((size_t)256 << 10)	/* bytes of answers not yet read by a peer */
#define CONTROL_READ_CHUNK ((size_t)64 << 10)	/* bytes read per wake-up and peer */
#define CONTROL_ACCEPT_PAUSE_S 1.0	/* pause after accept ran out of descriptors */

struct peer {
	struct control_server *server;
	struct peer *next, **link;
	ev_io io;
	ev_timer stuck;
	struct buf in, out;
	bool is_attached;
	bool is_closing;	/* ends when its answers are written */
};

struct control_server {
	struct ev_loop *loop;
	struct control_server_listener listener;
	int dir_fd, fd;
	ev_io accept;
	ev_timer pause;
	struct peer *peers;
	size_t peer_count, attached_count;
	double patience_s;
};

/* Closes and frees the peer, and tells when it was attached. */
static void
peer_drop(struct peer *peer)
{
	struct control_server *server = peer->server;
	bool was_attached = peer->is_attached;
	ev_io_stop(server->loop, &peer->io);
	ev_timer_stop(server->loop, &peer->stuck);
	close(peer->io.fd);
	*peer->link = peer->next;
	if (peer->next != NULL)
		peer->next->link = peer->link;
	buf_release(&peer->in);
	buf_release(&peer->out);
	free(peer);
	server->peer_count--;
	if (was_attached)
		server->listener.attached(server->listener.arg, --server->attached_count);
}

static void
peer_stuck_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)revents;
	peer_drop(w->data);
}

/* Sets what the peer's watcher waits for. */
static void
peer_watch(struct peer *peer)
{
	struct ev_loop *loop = peer->server->loop;
	int events = 0;
	if (!peer->is_closing && peer->out.len < CONTROL_QUEUE_MAX)
		events |= EV_READ;
	if (peer->out.len > 0)
		events |= EV_WRITE;
	if (events == peer->io.events && ev_is_active(&peer->io))
		return;
	ev_io_stop(loop, &peer->io);
	ev_io_set(&peer->io, peer->io.fd, events);
	ev_io_start(loop, &peer->io);
}

/* Writes what the socket takes. Returns false when the peer is gone. */
static bool
peer_write(struct peer *peer)
{
	struct ev_loop *loop = peer->server->loop;
	bool has_moved = false;
	while (peer->out.len > 0) {
		ssize_t n = send(peer->io.fd, peer->out.data, peer->out.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return false;
		if (n <= 0)
			break;
		has_moved = true;
		buf_drop(&peer->out, (size_t)n);
	}
	if (peer->out.len == 0)
		ev_timer_stop(loop, &peer->stuck);
	else if (has_moved || !ev_is_active(&peer->stuck))
		ev_timer_again(loop, &peer->stuck);
	return peer->out.len > 0 || !peer->is_closing;
}

static void
peer_answer(struct peer *peer, int id, long count, const struct err *err)
{
	struct control_answer answer = { .id = id, .ok = count >= 0, .count = count };
	if (count < 0)
		snprintf(answer.error, sizeof(answer.error), "%.*s",
		    (int)sizeof(answer.error) - 1, err->text);
	control_answer_encode(&answer, &peer->out);
}

static void
peer_do_line(struct peer *peer, const char *line, size_t len)
{
	struct control_server *server = peer->server;
	struct control_ask ask;
	struct err err = ERR_INIT;
	long count = control_ask_decode(line, len, &ask, &err);
	if (count == 0 && ask.is_attach) {
		if (!peer->is_attached) {
			peer->is_attached = true;
			server->listener.attached(server->listener.arg,
			    ++server->attached_count);
		}
	} else if (count == 0) {
		count = server->listener.request(server->listener.arg, &ask.request, &err);
	}
	peer_answer(peer, ask.id, count, &err);
	control_ask_release(&ask);
}

/* Does all whole lines that were read, as long as there is room for answers. Returns whether
 * there were any. */
static bool
peer_do_lines(struct peer *peer)
{
	size_t done = 0;
	while (!peer->is_closing && peer->out.len < CONTROL_QUEUE_MAX) {
		char *line = peer->in.data + done;
		char *end = peer->in.len == done ? NULL :
		    memchr(line, '\n', peer->in.len - done);
		if (end == NULL)
			break;
		peer_do_line(peer, line, (size_t)(end - line));
		done += (size_t)(end - line) + 1;
	}
	buf_drop(&peer->in, done);
	if (peer->in.len > CONTROL_LINE_MAX && peer->out.len < CONTROL_QUEUE_MAX) {
		struct err err;
		err_set(&err, "message is over the limit of %zu bytes", CONTROL_LINE_MAX);
		peer_answer(peer, 0, -1, &err);
		peer->is_closing = true;
	}
	return done > 0;
}

/* Reads one chunk. Returns false when the peer is gone. */
static bool
peer_read(struct peer *peer)
{
	char *room = buf_reserve(&peer->in, CONTROL_READ_CHUNK);
	ssize_t n = recv(peer->io.fd, room, CONTROL_READ_CHUNK, MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return false;
	if (n > 0)
		peer->in.len += (size_t)n;
	return true;
}

static void
peer_io_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	struct peer *peer = w->data;
	if ((revents & EV_READ) && !peer_read(peer)) {
		peer_drop(peer);
		return;
	}
	/* Lines may be left from when the queue was full, and no event tells of them. */
	bool has_more;
	do {
		has_more = peer_do_lines(peer);
		if (!peer_write(peer)) {
			peer_drop(peer);
			return;
		}
	} while (has_more);
	peer_watch(peer);
}

/* Takes a connection in, or says why not. */
static void
server_add_peer(struct control_server *server, int fd)
{
	struct err err = ERR_INIT;
	struct peer *peer = mem_alloc(sizeof(*peer));
	peer->server = server;
	ev_io_init(&peer->io, peer_io_cb, fd, EV_READ);
	ev_init(&peer->stuck, peer_stuck_cb);
	peer->stuck.repeat = server->patience_s;
	peer->io.data = peer->stuck.data = peer;
	peer->next = server->peers;
	peer->link = &server->peers;
	if (peer->next != NULL)
		peer->next->link = &peer->next;
	server->peers = peer;
	bool is_full = server->peer_count++ >= CONTROL_PEERS_MAX;
	if (is_full)
		err_set(&err, "%d front ends are connected already, which is the limit: "
		    "close one", CONTROL_PEERS_MAX);
	if (is_full || socket_check_peer(fd, &err) != 0) {
		peer_answer(peer, 0, -1, &err);
		peer->is_closing = true;
		peer_write(peer);
		peer_drop(peer);
		return;
	}
	ev_io_start(server->loop, &peer->io);
}

static void
server_pause_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	struct control_server *server = w->data;
	ev_io_start(loop, &server->accept);
}

/* Takes one connection. Out of descriptors the socket would stay readable and the loop
 * would spin: it is left alone for a while. */
static void
server_accept_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)revents;
	struct control_server *server = w->data;
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0) {
		server_add_peer(server, fd);
		return;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		ev_io_stop(loop, w);
		ev_timer_set(&server->pause, CONTROL_ACCEPT_PAUSE_S, 0.);
		ev_timer_start(loop, &server->pause);
	}
}

/* Binds the socket, 0600 from birth, and listens. */
static int
server_listen(struct control_server *server, const char *run_dir, struct err *err)
{
	server->dir_fd = socket_open_dir(run_dir, err);
	if (server->dir_fd < 0)
		return -1;
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0)
		return err_errno(err, "cannot make the control socket");
	if (unlinkat(server->dir_fd, CONTROL_SOCKET_NAME, 0) != 0 && errno != ENOENT)
		return err_errno(err, "cannot remove the old control socket in '%s'", run_dir);
	struct sockaddr_un address;
	socket_address(server->dir_fd, &address);
	mode_t before = umask(0177);
	int rc = bind(server->fd, (struct sockaddr *)&address, sizeof(address));
	umask(before);
	if (rc != 0 || listen(server->fd, CONTROL_PEERS_MAX) != 0)
		return err_errno(err, "cannot make the control socket in '%s'", run_dir);
	return 0;
}

struct control_server *
control_server_start(struct ev_loop *loop, const char *run_dir,
    const struct control_server_listener *listener, struct err *err)
{
	struct control_server *server = mem_alloc(sizeof(*server));
	server->loop = loop;
	server->listener = *listener;
	server->patience_s = CONTROL_STUCK_S;
	server->fd = server->dir_fd = -1;
	ev_timer_init(&server->pause, server_pause_cb, 0., 0.);
	ev_io_init(&server->accept, server_accept_cb, -1, EV_READ);
	server->pause.data = server->accept.data = server;
	if (server_listen(server, run_dir, err) != 0) {
		control_server_free(server);
		return NULL;
	}
	ev_io_set(&server->accept, server->fd, EV_READ);
	ev_io_start(loop, &server->accept);
	return server;
}

void
control_server_set_patience(struct control_server *server, double seconds)
{
	server->patience_s = seconds;
}

void
control_server_free(struct control_server *server)
{
	if (server == NULL)
		return;
	while (server->peers != NULL) {
		struct peer *peer = server->peers;
		peer_write(peer);
		peer->is_attached = false;
		peer_drop(peer);
	}
	ev_io_stop(server->loop, &server->accept);
	ev_timer_stop(server->loop, &server->pause);
	if (server->fd >= 0) {
		close(server->fd);
		unlinkat(server->dir_fd, CONTROL_SOCKET_NAME, 0);
	}
	if (server->dir_fd >= 0)
		close(server->dir_fd);
	free(server);
}
