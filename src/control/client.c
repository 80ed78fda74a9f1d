#include "control/client.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <ev.h>

#include "base/file.h"
#include "base/mem.h"
#include "control/socket.h"

#define CLIENT_QUEUE_MAX ((size_t)1 << 20)	/* bytes not yet taken by the engine */
#define CLIENT_READ_CHUNK ((size_t)64 << 10)
#define CLIENT_CONNECT_S 5	/* how long a full backlog is waited for */

struct control_client {
	struct ev_loop *loop;
	struct control_client_listener listener;
	ev_io io;
	struct buf in, out;
	int last_id;
	bool *is_freed;	/* set by control_client_free within one of our callbacks */
};

/* Connects a socket; returns it, or -1 with err set. */
static int
client_open(const char *run_dir, struct err *err)
{
	int dir_fd = socket_open_dir(run_dir, err);
	if (dir_fd < 0)
		return -1;
	struct sockaddr_un address;
	socket_address(dir_fd, &address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = CLIENT_CONNECT_S };
	int rc = fd < 0 ? -1 : setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof(patience));
	if (rc == 0)
		rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
	if (rc != 0)
		err_errno(err, "no engine drives the run in '%s'", run_dir);
	else if (socket_check_peer(fd, err) != 0)
		rc = -1;
	else if (file_set_nonblock(fd, true) != 0)
		rc = err_errno(err, "cannot set up the control socket");
	close(dir_fd);
	if (rc == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
client_watch(struct control_client *client)
{
	int events = client->out.len > 0 ? EV_READ | EV_WRITE : EV_READ;
	if (ev_is_active(&client->io) && client->io.events == events)
		return;
	ev_io_stop(client->loop, &client->io);
	ev_io_set(&client->io, client->io.fd, events);
	ev_io_start(client->loop, &client->io);
}

/* Writes what the socket takes. Returns false when the engine is gone. */
static bool
client_write(struct control_client *client)
{
	while (client->out.len > 0) {
		ssize_t n = send(client->io.fd, client->out.data, client->out.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		buf_drop(&client->out, (size_t)n);
	}
	return true;
}

/* Hands out all whole answers. Returns false when a callback has freed the client. */
static bool
client_do_lines(struct control_client *client)
{
	bool is_freed = false;
	client->is_freed = &is_freed;
	while (client->in.len > 0) {
		char *end = memchr(client->in.data, '\n', client->in.len);
		if (end == NULL)
			break;
		struct control_answer answer;
		size_t len = (size_t)(end - client->in.data);
		int rc = control_answer_decode(client->in.data, len, &answer, NULL);
		buf_drop(&client->in, len + 1);
		if (rc == 0)
			client->listener.answered(client->listener.arg, &answer);
		if (is_freed)
			return false;
	}
	client->is_freed = NULL;
	return true;
}

/* Reads one chunk. Returns false when the engine is gone. */
static bool
client_read(struct control_client *client)
{
	char *room = buf_reserve(&client->in, CLIENT_READ_CHUNK);
	ssize_t n = recv(client->io.fd, room, CLIENT_READ_CHUNK, MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return false;
	if (n > 0)
		client->in.len += (size_t)n;
	return true;
}

static void
client_io_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct control_client *client = w->data;
	bool is_open = !(revents & EV_READ) || client_read(client);
	if (!client_do_lines(client))
		return;
	/* What the engine said last is read even when it takes no more. */
	if (is_open && client->in.len <= CONTROL_LINE_MAX &&
	    (client_write(client) || (revents & EV_READ))) {
		client_watch(client);
		return;
	}
	ev_io_stop(loop, &client->io);
	client->listener.closed(client->listener.arg);
}

struct control_client *
control_client_connect(struct ev_loop *loop, const char *run_dir,
    const struct control_client_listener *listener, struct err *err)
{
	int fd = client_open(run_dir, err);
	if (fd < 0)
		return NULL;
	struct control_client *client = mem_alloc(sizeof(*client));
	client->loop = loop;
	client->listener = *listener;
	ev_io_init(&client->io, client_io_cb, fd, EV_READ);
	client->io.data = client;
	ev_io_start(loop, &client->io);
	return client;
}

void
control_client_free(struct control_client *client)
{
	if (client == NULL)
		return;
	if (client->is_freed != NULL)
		*client->is_freed = true;
	ev_io_stop(client->loop, &client->io);
	close(client->io.fd);
	buf_release(&client->in);
	buf_release(&client->out);
	free(client);
}

static int
client_send(struct control_client *client, struct control_ask *ask, struct err *err)
{
	size_t before = client->out.len;
	ask->id = client->last_id == INT_MAX ? 1 : client->last_id + 1;
	control_ask_encode(ask, &client->out);
	size_t len = client->out.len - before;
	if (len > CONTROL_LINE_MAX || client->out.len > CLIENT_QUEUE_MAX) {
		client->out.len = before;
		return len > CONTROL_LINE_MAX ? err_set(err, "request of %zu bytes is over "
		    "the limit of %zu: name fewer targets or use a glob", len,
		    CONTROL_LINE_MAX) : err_set(err, "the engine does not take requests "
		    "at the moment: try again");
	}
	client->last_id = ask->id;
	client_write(client);	/* a failure shows when the socket is read */
	client_watch(client);
	return ask->id;
}

int
control_client_attach(struct control_client *client, struct err *err)
{
	struct control_ask ask = { .is_attach = true };
	return client_send(client, &ask, err);
}

int
control_client_ask(struct control_client *client, const struct request *request,
    struct err *err)
{
	struct control_ask ask = { .request = *request };
	return client_send(client, &ask, err);
}

/* One question on a loop of its own. */
struct once {
	struct ev_loop *loop;
	int id;
	struct control_answer answer;
	enum { ONCE_WAITS, ONCE_ANSWERED, ONCE_CLOSED, ONCE_TIMED_OUT } state;
};

static void
once_answered_cb(void *arg, const struct control_answer *answer)
{
	struct once *once = arg;
	if (answer->id != once->id && answer->id != 0)
		return;
	once->answer = *answer;
	once->state = ONCE_ANSWERED;
	ev_break(once->loop, EVBREAK_ALL);
}

static void
once_closed_cb(void *arg)
{
	struct once *once = arg;
	if (once->state == ONCE_WAITS)
		once->state = ONCE_CLOSED;
	ev_break(once->loop, EVBREAK_ALL);
}

static void
once_timeout_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	struct once *once = w->data;
	if (once->state == ONCE_WAITS)
		once->state = ONCE_TIMED_OUT;
	ev_break(loop, EVBREAK_ALL);
}

static long
once_result(const struct once *once, int timeout_s, struct err *err)
{
	if (once->state == ONCE_TIMED_OUT)
		return err_set(err, "the engine did not answer within %d seconds", timeout_s);
	if (once->state == ONCE_CLOSED) {
		errno = ECONNRESET;
		return err_errno(err, "the engine left without an answer");
	}
	if (!once->answer.ok)
		return err_set(err, "%s", once->answer.error);
	return once->answer.count;
}

long
control_ask_once(const char *run_dir, const struct request *request, int timeout_s,
    struct err *err)
{
	struct once once = { .loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV) };
	if (once.loop == NULL)
		return err_set(err, "cannot make an event loop");
	struct control_client_listener listener = { once_answered_cb, once_closed_cb, &once };
	struct control_client *client = control_client_connect(once.loop, run_dir, &listener,
	    err);
	long count = -1;
	/* Attached, so that an engine that has just been started for this stays. */
	if (client != NULL && control_client_attach(client, err) > 0)
		once.id = control_client_ask(client, request, err);
	if (once.id > 0) {
		ev_timer timer;
		ev_timer_init(&timer, once_timeout_cb, timeout_s, 0.);
		timer.data = &once;
		ev_timer_start(once.loop, &timer);
		while (once.state == ONCE_WAITS)
			ev_run(once.loop, 0);
		ev_timer_stop(once.loop, &timer);
		count = once_result(&once, timeout_s, err);
	}
	control_client_free(client);
	ev_loop_destroy(once.loop);
	return count;
}
