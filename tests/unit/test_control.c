/*
 * Both sides of the control socket in one process and on one loop, over real sockets; raw
 * ones for what no client of ours would say.
 */
#include "control/server.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <ev.h>

#include "control/client.h"
#include "control/socket.h"
#include "scratch.h"

#define DEADLINE_S 20.0	/* of what should be at once */

struct scene {
	char *dir;
	struct ev_loop *loop;
	struct control_server *server;
	ev_timer deadline;
	bool is_late;

	size_t attached;	/* as the server told last */
	size_t requests;
	enum request_verb verb;
	char target[64];
	const char *refusal;	/* what the engine says; NULL: it does as asked */

	struct control_client *client;
	size_t answers;
	struct control_answer answer;	/* the last one */
	bool is_closed;
	bool frees_at_answer;
};

static long
request_cb(void *arg, const struct request *request, struct err *err)
{
	struct scene *scene = arg;
	scene->requests++;
	scene->verb = request->verb;
	snprintf(scene->target, sizeof scene->target, "%s", request->targets != NULL &&
	    request->targets[0] != NULL ? request->targets[0] : "");
	if (scene->refusal != NULL)
		return err_set(err, "%s", scene->refusal);
	return 3;
}

static void
attached_cb(void *arg, size_t count)
{
	struct scene *scene = arg;
	scene->attached = count;
}

static void
answered_cb(void *arg, const struct control_answer *answer)
{
	struct scene *scene = arg;
	scene->answers++;
	scene->answer = *answer;
	if (scene->frees_at_answer) {
		control_client_free(scene->client);
		scene->client = NULL;
	}
}

static void
closed_cb(void *arg)
{
	struct scene *scene = arg;
	scene->is_closed = true;
	control_client_free(scene->client);
	scene->client = NULL;
}

static void
deadline_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	struct scene *scene = w->data;
	scene->is_late = true;
	ev_break(loop, EVBREAK_ALL);
}

/* Turns the loop until the condition holds. */
#define until(scene, condition) \
	do { \
		while (!(condition) && !(scene)->is_late) \
			ev_run((scene)->loop, EVRUN_ONCE); \
		assert_false((scene)->is_late); \
	} while (0)

static struct control_server *
start_server(struct scene *scene, struct err *err)
{
	struct control_server_listener listener = { request_cb, attached_cb, scene };
	return control_server_start(scene->loop, scene->dir, &listener, err);
}

static int
setup(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	scene->dir = scratch_make();
	scene->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	scene->server = start_server(scene, NULL);
	ev_timer_init(&scene->deadline, deadline_cb, DEADLINE_S, 0.);
	scene->deadline.data = scene;
	ev_timer_start(scene->loop, &scene->deadline);
	*state = scene;
	return scene->server == NULL;
}

static int
teardown(void **state)
{
	struct scene *scene = *state;
	control_client_free(scene->client);
	control_server_free(scene->server);
	ev_timer_stop(scene->loop, &scene->deadline);
	ev_loop_destroy(scene->loop);
	scratch_remove(scene->dir);
	free(scene);
	return 0;
}

static void
join(struct scene *scene)
{
	struct control_client_listener listener = { answered_cb, closed_cb, scene };
	struct err err = ERR_INIT;
	scene->client = control_client_connect(scene->loop, scene->dir, &listener, &err);
	if (scene->client == NULL)
		fail_msg("%s", err.text);
}

static const char *const web[] = { "web", NULL };
static const struct request retry_web = { .verb = REQUEST_RETRY, .targets = web };

/* A connection of our own making. */
static int
raw_connect(const struct scene *scene)
{
	struct sockaddr_un address;
	int dir_fd = socket_open_dir(scene->dir, NULL);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socket_address(dir_fd, &address);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	close(dir_fd);
	return fd;
}

static void
raw_send(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Reads a line while the loop turns; "" at the end of file. */
static void
raw_line(struct scene *scene, int fd, char *line, size_t size)
{
	size_t len = 0;
	while (!scene->is_late && len + 1 < size) {
		ssize_t n = recv(fd, line + len, 1, 0);
		if (n == 0 || (n > 0 && line[len] == '\n'))
			break;
		if (n > 0)
			len++;
		else
			ev_run(scene->loop, EVRUN_NOWAIT);
	}
	assert_false(scene->is_late);
	line[len] = '\0';
}

static void
test_a_request_is_done_and_answered(void **state)
{
	struct scene *scene = *state;
	join(scene);
	int id = control_client_ask(scene->client, &retry_web, NULL);
	assert_true(id > 0);
	until(scene, scene->answers == 1);
	assert_int_equal(scene->requests, 1);
	assert_int_equal(scene->verb, REQUEST_RETRY);
	assert_string_equal(scene->target, "web");
	assert_int_equal(scene->answer.id, id);
	assert_true(scene->answer.ok);
	assert_int_equal(scene->answer.count, 3);
}

static void
test_a_refusal_is_answered_with_the_engines_words(void **state)
{
	struct scene *scene = *state;
	scene->refusal = "nothing to retry: 'web' is running";
	join(scene);
	control_client_ask(scene->client, &retry_web, NULL);
	until(scene, scene->answers == 1);
	assert_false(scene->answer.ok);
	assert_string_equal(scene->answer.error, scene->refusal);
}

static void
test_many_requests_are_answered_in_their_order(void **state)
{
	struct scene *scene = *state;
	int last = 0;
	join(scene);
	for (int i = 0; i < 2000; i++) {
		int id = control_client_ask(scene->client, &retry_web, NULL);
		assert_true(id > last);
		last = id;
	}
	until(scene, scene->answers == 2000);
	assert_int_equal(scene->answer.id, last);
}

static void
test_attached_front_ends_are_counted_until_they_go(void **state)
{
	struct scene *scene = *state;
	join(scene);
	control_client_attach(scene->client, NULL);
	control_client_attach(scene->client, NULL);
	until(scene, scene->answers == 2);
	assert_int_equal(scene->attached, 1);
	int other = raw_connect(scene);
	raw_send(other, "{\"v\":1,\"id\":1,\"do\":\"attach\"}\n");
	until(scene, scene->attached == 2);
	close(other);
	until(scene, scene->attached == 1);
	control_client_free(scene->client);
	scene->client = NULL;
	until(scene, scene->attached == 0);
}

static void
test_a_client_may_be_freed_by_its_own_answer(void **state)
{
	struct scene *scene = *state;
	scene->frees_at_answer = true;
	join(scene);
	control_client_ask(scene->client, &retry_web, NULL);
	control_client_ask(scene->client, &retry_web, NULL);
	until(scene, scene->answers == 1);
	until(scene, scene->requests == 2);
	assert_int_equal(scene->answers, 1);
}

static void
test_the_end_of_the_engine_is_told(void **state)
{
	struct scene *scene = *state;
	join(scene);
	control_client_attach(scene->client, NULL);
	until(scene, scene->answers == 1);
	control_server_free(scene->server);
	scene->server = NULL;
	until(scene, scene->is_closed);
}

static void
test_the_socket_is_for_its_user_only_and_goes_with_the_server(void **state)
{
	struct scene *scene = *state;
	struct stat st;
	char *path = file_join(scene->dir, CONTROL_SOCKET_NAME);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	control_server_free(scene->server);
	scene->server = NULL;
	assert_int_equal(stat(path, &st), -1);
	free(path);
}

static void
test_a_socket_left_behind_is_replaced(void **state)
{
	struct scene *scene = *state;
	struct control_server *before = scene->server;
	scene->server = start_server(scene, NULL);
	assert_non_null(scene->server);
	join(scene);
	control_client_ask(scene->client, &retry_web, NULL);
	until(scene, scene->answers == 1);
	control_server_free(before);
}

static void
test_a_path_longer_than_an_address_will_do(void **state)
{
	struct scene *scene = *state;
	char name[240];
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	control_server_free(scene->server);
	char *top = scene->dir;
	scene->dir = file_join(top, name);
	assert_int_equal(mkdir(scene->dir, 0700), 0);
	scene->server = start_server(scene, NULL);
	assert_non_null(scene->server);
	join(scene);
	control_client_ask(scene->client, &retry_web, NULL);
	until(scene, scene->answers == 1);
	control_server_free(scene->server);
	scene->server = NULL;
	assert_int_equal(rmdir(scene->dir), 0);
	free(scene->dir);
	scene->dir = top;
}

static void
test_a_directory_that_others_may_write_is_refused(void **state)
{
	struct scene *scene = *state;
	struct control_client_listener listener = { answered_cb, closed_cb, scene };
	struct err err = ERR_INIT;
	assert_int_equal(chmod(scene->dir, 0777), 0);
	assert_null(control_client_connect(scene->loop, scene->dir, &listener, &err));
	assert_non_null(strstr(err.text, "chmod go-w"));
	assert_null(start_server(scene, &err));
	assert_int_equal(chmod(scene->dir, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(scene->dir, 12345, (gid_t)-1), 0);
		assert_null(control_client_connect(scene->loop, scene->dir, &listener, &err));
		assert_non_null(strstr(err.text, "another user"));
	}
}

static void
test_without_an_engine_there_is_a_sentence_and_a_code(void **state)
{
	struct scene *scene = *state;
	struct err err = ERR_INIT;
	control_server_free(scene->server);
	scene->server = NULL;
	assert_int_equal(control_ask_once(scene->dir, &retry_web, 1, &err), -1);
	assert_non_null(strstr(err.text, "no engine"));
	assert_int_equal(err.code, ENOENT);
}

static void
test_nonsense_is_answered_and_the_rest_is_heard(void **state)
{
	struct scene *scene = *state;
	char line[400];
	int fd = raw_connect(scene);
	raw_send(fd, "hello\n{\"v\":9,\"id\":5,\"do\":\"attach\"}\n\n"
	    "{\"v\":1,\"id\":6,\"do\":\"retry\",\"targets\":[\"web\"]}\n");
	raw_line(scene, fd, line, sizeof line);
	assert_non_null(strstr(line, "\"id\":0"));
	raw_line(scene, fd, line, sizeof line);
	assert_non_null(strstr(line, "\"id\":5"));
	assert_non_null(strstr(line, "version 9"));
	raw_line(scene, fd, line, sizeof line);
	assert_non_null(strstr(line, "\"ok\":false"));
	raw_line(scene, fd, line, sizeof line);
	assert_string_equal(line, "{\"v\":1,\"id\":6,\"ok\":true,\"count\":3}");
	close(fd);
}

static void
test_a_request_may_come_byte_by_byte(void **state)
{
	struct scene *scene = *state;
	const char *text = "{\"v\":1,\"id\":6,\"do\":\"hold\",\"targets\":[\"db\"]}\n";
	int fd = raw_connect(scene);
	for (const char *p = text; *p != '\0'; p++) {
		assert_int_equal(send(fd, p, 1, MSG_NOSIGNAL), 1);
		ev_run(scene->loop, EVRUN_NOWAIT);
	}
	until(scene, scene->requests == 1);
	assert_int_equal(scene->verb, REQUEST_HOLD);
	assert_string_equal(scene->target, "db");
	close(fd);
}

static void
test_a_line_over_the_limit_is_told_and_ends_the_connection(void **state)
{
	struct scene *scene = *state;
	char line[400];
	char *bytes = malloc(CONTROL_LINE_MAX);
	memset(bytes, ' ', CONTROL_LINE_MAX);
	int fd = raw_connect(scene);
	size_t sent = 0;
	while (sent <= CONTROL_LINE_MAX && !scene->is_late) {
		ssize_t n = send(fd, bytes, CONTROL_LINE_MAX + 1 - sent > CONTROL_LINE_MAX ?
		    CONTROL_LINE_MAX : CONTROL_LINE_MAX + 1 - sent, MSG_NOSIGNAL);
		if (n > 0)
			sent += (size_t)n;
		ev_run(scene->loop, EVRUN_NOWAIT);
	}
	raw_line(scene, fd, line, sizeof line);
	assert_non_null(strstr(line, "over the limit"));
	raw_line(scene, fd, line, sizeof line);
	assert_string_equal(line, "");
	close(fd);
	free(bytes);
}

static void
test_more_front_ends_than_the_limit_are_told_so(void **state)
{
	struct scene *scene = *state;
	int fds[CONTROL_PEERS_MAX];
	char line[400];
	for (size_t i = 0; i < CONTROL_PEERS_MAX; i++) {
		fds[i] = raw_connect(scene);
		raw_send(fds[i], "{\"v\":1,\"id\":1,\"do\":\"attach\"}\n");
		until(scene, scene->attached == i + 1);
	}
	int more = raw_connect(scene);
	raw_line(scene, more, line, sizeof line);
	assert_non_null(strstr(line, "the limit"));
	close(more);
	for (size_t i = 0; i < CONTROL_PEERS_MAX; i++)
		close(fds[i]);
	until(scene, scene->attached == 0);
	join(scene);
	control_client_ask(scene->client, &retry_web, NULL);
	until(scene, scene->answers == 1);
}

static void
test_who_does_not_read_is_not_heard_and_then_dropped(void **state)
{
	struct scene *scene = *state;
	const char *text = "{\"v\":1,\"id\":6,\"do\":\"hold\",\"targets\":[\"db\"]}\n";
	control_server_set_patience(scene->server, 0.3);
	int fd = raw_connect(scene);
	raw_send(fd, "{\"v\":1,\"id\":1,\"do\":\"attach\"}\n");
	until(scene, scene->attached == 1);
	/* Sent until neither side moves: the answers are not read. */
	for (int still = 0; still < 50 && scene->attached == 1; ) {
		size_t before = scene->requests;
		ssize_t n = send(fd, text, strlen(text), MSG_NOSIGNAL);
		ev_run(scene->loop, EVRUN_NOWAIT);
		still = n > 0 || scene->requests != before ? 0 : still + 1;
	}
	size_t heard = scene->requests;
	join(scene);
	control_client_ask(scene->client, &retry_web, NULL);
	until(scene, scene->answers == 1);
	assert_int_equal(scene->requests, heard + 1);
	until(scene, scene->attached == 0);
	close(fd);
}

static void
test_answers_that_waited_come_all_when_they_are_read(void **state)
{
	struct scene *scene = *state;
	const char *text = "{\"v\":1,\"id\":6,\"do\":\"hold\",\"targets\":[\"db\"]}\n";
	static const char answer[] = "{\"v\":1,\"id\":6,\"ok\":true,\"count\":3}\n";
	size_t sent = 0;
	int fd = raw_connect(scene);
	/* Whole lines only: a part of one goes out until it is sent. */
	for (int still = 0; still < 50; ) {
		ssize_t n = send(fd, text, strlen(text), MSG_NOSIGNAL);
		sent += n > 0;
		assert_true(n < 0 || n == (ssize_t)strlen(text));
		size_t before = scene->requests;
		ev_run(scene->loop, EVRUN_NOWAIT);
		still = n > 0 || scene->requests != before ? 0 : still + 1;
	}
	assert_true(scene->requests < sent);
	size_t got = 0;
	while (got < sent * (sizeof answer - 1) && !scene->is_late) {
		char bytes[4096];
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(bytes[i], answer[got++ % (sizeof answer - 1)]);
		if (n < 0)
			ev_run(scene->loop, EVRUN_NOWAIT);
	}
	assert_false(scene->is_late);
	assert_int_equal(scene->requests, sent);
	close(fd);
}

static void
test_without_descriptors_the_server_waits_and_does_not_spin(void **state)
{
	struct scene *scene = *state;
	struct rlimit before, none;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	int fd = raw_connect(scene);
	raw_send(fd, "{\"v\":1,\"id\":1,\"do\":\"attach\"}\n");
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (int i = 0; i < 20; i++)
		ev_run(scene->loop, EVRUN_NOWAIT);
	unsigned turns = ev_iteration(scene->loop);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(scene->attached, 0);
	until(scene, scene->attached == 1);
	assert_true(ev_iteration(scene->loop) - turns < 10);
	close(fd);
}

static void
test_a_request_that_is_too_long_is_refused_before_it_is_sent(void **state)
{
	struct scene *scene = *state;
	struct err err = ERR_INIT;
	char *name = malloc(CONTROL_LINE_MAX + 1);
	memset(name, 'x', CONTROL_LINE_MAX);
	name[CONTROL_LINE_MAX] = '\0';
	const char *const long_name[] = { name, NULL };
	struct request request = { .verb = REQUEST_RETRY, .targets = long_name };
	join(scene);
	assert_int_equal(control_client_ask(scene->client, &request, &err), -1);
	assert_non_null(strstr(err.text, "glob"));
	assert_true(control_client_ask(scene->client, &retry_web, NULL) > 0);
	until(scene, scene->answers == 1);
	free(name);
}

/* A server in a process of its own, for the questions that block. */
static pid_t
fork_server(struct scene *scene, bool answers)
{
	control_server_free(scene->server);
	scene->server = NULL;
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
		struct control_server_listener listener = { request_cb, attached_cb, scene };
		struct control_server *server = control_server_start(loop, scene->dir,
		    &listener, NULL);
		(void)!write(ready[1], "", 1);
		while (server != NULL && scene->attached == 0)
			ev_run(loop, EVRUN_ONCE);
		if (!answers)
			_exit(0);
		while (scene->attached > 0)
			ev_run(loop, EVRUN_ONCE);
		_exit(0);
	}
	close(ready[1]);
	char byte;
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void
test_a_question_is_asked_and_answered_at_once(void **state)
{
	struct scene *scene = *state;
	struct err err = ERR_INIT;
	pid_t pid = fork_server(scene, true);
	assert_int_equal(control_ask_once(scene->dir, &retry_web, 20, &err), 3);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	scene->refusal = "no sequence is called 'web'";
	pid = fork_server(scene, true);
	assert_int_equal(control_ask_once(scene->dir, &retry_web, 20, &err), -1);
	assert_string_equal(err.text, scene->refusal);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
test_an_engine_that_leaves_without_an_answer_is_told_apart(void **state)
{
	struct scene *scene = *state;
	struct err err = ERR_INIT;
	scene->refusal = "never said";
	/* It leaves as soon as it hears of us: what it has answered by then is luck. */
	pid_t pid = fork_server(scene, false);
	assert_int_equal(control_ask_once(scene->dir, &retry_web, 20, &err), -1);
	if (strcmp(err.text, scene->refusal) != 0)
		assert_int_equal(err.code, ECONNRESET);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(control_ask_once(scene->dir, &retry_web, 20, &err), -1);
	assert_int_equal(err.code, ECONNREFUSED);
}

#define scene_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(test_a_request_is_done_and_answered),
		scene_test(test_a_refusal_is_answered_with_the_engines_words),
		scene_test(test_many_requests_are_answered_in_their_order),
		scene_test(test_attached_front_ends_are_counted_until_they_go),
		scene_test(test_a_client_may_be_freed_by_its_own_answer),
		scene_test(test_the_end_of_the_engine_is_told),
		scene_test(test_the_socket_is_for_its_user_only_and_goes_with_the_server),
		scene_test(test_a_socket_left_behind_is_replaced),
		scene_test(test_a_path_longer_than_an_address_will_do),
		scene_test(test_a_directory_that_others_may_write_is_refused),
		scene_test(test_without_an_engine_there_is_a_sentence_and_a_code),
		scene_test(test_nonsense_is_answered_and_the_rest_is_heard),
		scene_test(test_a_request_may_come_byte_by_byte),
		scene_test(test_a_line_over_the_limit_is_told_and_ends_the_connection),
		scene_test(test_more_front_ends_than_the_limit_are_told_so),
		scene_test(test_who_does_not_read_is_not_heard_and_then_dropped),
		scene_test(test_answers_that_waited_come_all_when_they_are_read),
		scene_test(test_without_descriptors_the_server_waits_and_does_not_spin),
		scene_test(test_a_request_that_is_too_long_is_refused_before_it_is_sent),
		scene_test(test_a_question_is_asked_and_answered_at_once),
		scene_test(test_an_engine_that_leaves_without_an_answer_is_told_apart),
	};
	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
