/*
 * A dashboard on a pseudo-terminal whose other end is an emulator: what a person would
 * see, without a person, a process or a pause. The run directory is made by the journal's
 * own writer.
 */
#ifndef SEQDECK_TESTS_UNIT_UI_SCENE_H
#define SEQDECK_TESTS_UNIT_UI_SCENE_H

#include <ev.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "base/clock.h"
#include "model/request.h"
#include "record/journal.h"
#include "record/reader.h"
#include "record/rundir.h"
#include "record/steplog.h"
#include "scratch.h"
#include "base/text.h"
#include "term/emulator.h"
#include "ui/ui.h"

#define SCENE_DEADLINE_S 5.0	/* a screen that has not come by then never will */

struct scene {
	char *top, *dir;
	struct journal *journal;
	int lock;
	struct ev_loop *loop;
	struct reader *reader;
	struct ui *ui;
	int master, slave;
	struct termios before;
	struct emulator *screen;
	int rows, cols;
	ev_io reading;
	ev_timer deadline;
	bool is_late;
	size_t received;	/* bytes that went to the terminal */
	struct buf asked;	/* what the dashboard has asked: "retry web;" … */
	int asks;
	bool refuses;
};

static inline void
scene_reading_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	struct scene *s = w->data;
	char bytes[8192];
	ssize_t n = read(s->master, bytes, sizeof bytes);
	if (n > 0) {
		emulator_feed(s->screen, bytes, (size_t)n);
		s->received += (size_t)n;
	}
}

static inline void
scene_deadline_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	((struct scene *)w->data)->is_late = true;
}

static inline int
scene_ask(void *arg, const struct request *request, struct err *err)
{
	struct scene *s = arg;
	if (s->refuses)
		return err_set(err, "no engine drives this run");
	buf_printf(&s->asked, "%s", request_infos[request->verb].name);
	for (const char *const *t = request->targets; *t; t++)
		buf_printf(&s->asked, " %s", *t);
	if (request->verb == REQUEST_INPUT) {
		buf_add_str(&s->asked, " ");
		buf_add(&s->asked, request->bytes, request->len);
	}
	buf_add_str(&s->asked, ";");
	return ++s->asks;
}

/* A run directory with a journal that has begun. */
static inline void
scene_begin(struct scene *s)
{
	struct err err = ERR_INIT;
	struct rundir_info info = { .title = "Scene", .plan = "/p.ini", .plan_dir = "/",
		.version = "0" };
	uint64_t last;
	memset(s, 0, sizeof *s);
	s->lock = s->master = s->slave = -1;
	s->top = scratch_make();
	char *path = file_join(s->top, "run");
	s->dir = rundir_create(path, &info, "", 0, &err);
	free(path);
	s->journal = s->dir ? journal_open(s->dir, &last, &err) : NULL;
	if (!s->journal)
		abort();
	struct event e;
	event_init(&e, EVENT_RUN_STARTED);
	e.id = info.id;
	e.title = "Scene";
	e.plan = "/p.ini";
	e.version = "0";
	e.parallel = 0;
	e.total = 0;
	journal_add(s->journal, &e);
	free(info.id);
}

static inline void
scene_sequence(struct scene *s, const char *name, const char *const *steps)
{
	struct event e;
	event_init(&e, EVENT_SEQUENCE_ADDED);
	e.sequence = name;
	e.steps = e.kinds = steps;
	journal_add(s->journal, &e);
}

static inline void
scene_state(struct scene *s, const char *name, enum state state, const char *reason)
{
	struct event e;
	event_init(&e, EVENT_SEQUENCE_STATE);
	e.sequence = name;
	e.state = (int)state;
	e.reason = reason;
	journal_add(s->journal, &e);
}

/* A step begins and prints text. */
static inline void
scene_step(struct scene *s, const char *name, size_t index, const char *step,
    const char *text)
{
	struct err err = ERR_INIT;
	struct event e;
	char *log = rundir_log_path(name, index, step, 1);
	event_init(&e, EVENT_STEP_STARTING);
	e.sequence = name;
	e.step = step;
	e.attempt = 1;
	e.command = "echo it";
	e.log = log;
	journal_add(s->journal, &e);
	struct steplog *out = steplog_create(s->dir, log, &err);
	if (!out)
		abort();
	steplog_write(out, STEPLOG_OUT, clock_wall_us(), text, strlen(text), &err);
	steplog_free(out);
	event_init(&e, EVENT_STEP_STARTED);
	e.sequence = name;
	e.step = step;
	e.attempt = 1;
	e.pid = 4242;
	e.start_time = 1;
	journal_add(s->journal, &e);
	free(log);
}

static inline void
scene_step_end(struct scene *s, const char *name, const char *step, enum state state,
    int code)
{
	struct event e;
	event_init(&e, EVENT_STEP_ENDED);
	e.sequence = name;
	e.step = step;
	e.attempt = 1;
	e.state = (int)state;
	e.code = code;
	e.duration_us = 1000;
	e.bytes = 1;
	journal_add(s->journal, &e);
}

static inline void
scene_flush(struct scene *s)
{
	struct err err = ERR_INIT;
	if (journal_flush(s->journal, &err))
		abort();
}

/* The run goes on, with this process as its engine. */
static inline void
scene_lives(struct scene *s)
{
	struct err err = ERR_INIT;
	s->lock = rundir_lock(s->dir, &err);
	if (s->lock < 0)
		abort();
}

static inline void
scene_resize(struct scene *s, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	ioctl(s->master, TIOCSWINSZ, &size);
	emulator_free(s->screen);
	s->screen = emulator_new(rows < 1 ? 1 : rows, cols < 2 ? 2 : cols);
	s->rows = emulator_rows(s->screen);
	s->cols = emulator_cols(s->screen);
	if (s->ui)	/* its own terminal is not ours: the kernel signals nobody */
		raise(SIGWINCH);
}

/* Opens the dashboard. Returns false with err set when it does not come up. */
static inline bool
scene_open(struct scene *s, int rows, int cols, struct err *err)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	scene_flush(s);
	s->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	s->reader = reader_open(s->dir, err);
	if (!s->reader || openpty(&s->master, &s->slave, NULL, NULL, NULL))
		abort();
	file_set_nonblock(s->master, true);
	tcgetattr(s->slave, &s->before);
	char device[64];
	if (ttyname_r(s->slave, device, sizeof device))
		abort();
	scene_resize(s, rows, cols);
	struct ui_settings settings = { .loop = s->loop, .reader = s->reader,
		.port = { scene_ask, s }, .theme = "dark", .device = device };
	ev_io_init(&s->reading, scene_reading_cb, s->master, EV_READ);
	s->reading.data = s;
	ev_io_start(s->loop, &s->reading);
	ev_timer_init(&s->deadline, scene_deadline_cb, 0., SCENE_DEADLINE_S);
	s->deadline.data = s;
	s->ui = ui_new(&settings, err);
	return s->ui != NULL;
}

static inline void
scene_close(struct scene *s)
{
	ui_free(s->ui);
	if (s->loop) {
		ev_io_stop(s->loop, &s->reading);
		ev_timer_stop(s->loop, &s->deadline);
		ev_loop_destroy(s->loop);
	}
	reader_free(s->reader);
	journal_free(s->journal);
	emulator_free(s->screen);
	buf_release(&s->asked);
	if (s->lock >= 0)
		close(s->lock);
	if (s->master >= 0)
		close(s->master);
	if (s->slave >= 0)
		close(s->slave);
	free(s->dir);
	scratch_remove(s->top);
}

static inline void
scene_keys(struct scene *s, const char *bytes)
{
	if (write(s->master, bytes, strlen(bytes)) < 0)
		abort();
}

/* The text of a row without the blanks at its end. */
static inline void
scene_row(const struct scene *s, int row, struct buf *text)
{
	size_t begin = text->len, end = begin;
	for (int col = 0; col < s->cols; col++) {
		struct cell cell;
		emulator_cell(s->screen, row, col, &cell);
		if (cell.width == 0)
			continue;
		if (cell.chars[0] == 0 || cell.chars[0] == ' ') {
			buf_add_char(text, ' ');
			continue;
		}
		for (int i = 0; i < CELL_CHARS && cell.chars[i]; i++)
			text_encode(text, cell.chars[i]);
		end = text->len;
	}
	buf_str(text);
	text->len = end;
	if (text->data)
		text->data[end] = '\0';
}

static inline char *
scene_text(const struct scene *s)
{
	struct buf text = BUF_INIT;
	for (int row = 0; row < s->rows; row++) {
		scene_row(s, row, &text);
		buf_add_char(&text, '\n');
	}
	return buf_take(&text);
}

static inline bool
scene_shows(const struct scene *s, const char *text)
{
	char *all = scene_text(s);
	bool found = strstr(all, text) != NULL;
	free(all);
	return found;
}

/* Lets the loop turn until the screen shows text (or, with `gone`, no longer does). False,
 * with the screen on stderr, when that does not come. */
static inline bool
scene_wait(struct scene *s, const char *text, bool gone)
{
	s->is_late = false;
	ev_timer_again(s->loop, &s->deadline);
	while (scene_shows(s, text) == gone && !s->is_late)
		ev_run(s->loop, EVRUN_ONCE);
	ev_timer_stop(s->loop, &s->deadline);
	if (!s->is_late)
		return true;
	char *all = scene_text(s);
	fprintf(stderr, "waited for '%s'%s:\n%s", text, gone ? " to go" : "", all);
	free(all);
	return false;
}

/* Lets the loop turn until something was asked. */
static inline bool
scene_wait_asked(struct scene *s, const char *what)
{
	s->is_late = false;
	ev_timer_again(s->loop, &s->deadline);
	while (!strstr(buf_str(&s->asked), what) && !s->is_late)
		ev_run(s->loop, EVRUN_ONCE);
	ev_timer_stop(s->loop, &s->deadline);
	if (s->is_late)
		fprintf(stderr, "asked was '%s', not '%s'\n", buf_str(&s->asked), what);
	return !s->is_late;
}

#endif
