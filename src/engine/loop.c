/*
 * A prepare watcher runs the engine's turn when all callbacks of a loop iteration have been
 * called and before the loop sleeps; one timer brings the next tick.
 */
#include "engine/loop.h"

#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/identity.h"
#include "engine/process.h"
#include "record/journal.h"
#include "record/steplog.h"

struct engine_loop {
	struct engine_loop_settings settings;
	char *run_dir, *boot;
	struct journal *journal;
	struct launcher *launcher;
	struct engine *engine;
	ev_prepare turn;
	ev_timer tick;
	bool was_settled;
};

static void
sink_emit(void *arg, struct event *event)
{
	struct engine_loop *loop = arg;
	journal_add(loop->journal, event);
}

static int
sink_sync(void *arg, struct err *err)
{
	struct engine_loop *loop = arg;
	return journal_sync(loop->journal, err);
}

static void
sink_flush(void *arg)
{
	struct engine_loop *loop = arg;
	/* What cannot be written stays pending; the next sync tells. */
	(void)journal_flush(loop->journal, NULL);
}

static struct steplog *
sink_open_log(void *arg, const char *path, struct err *err)
{
	struct engine_loop *loop = arg;
	return steplog_create(loop->run_dir, path, err);
}

/* On a line of its own, whatever the program left behind; best effort with a full disk. */
static void
sink_say_log(void *arg, struct steplog *log, const char *line)
{
	struct engine_loop *loop = arg;
	char *text = mem_printf("%s%s\n", steplog_size(log) ? "\n" : "", line);
	(void)steplog_write(log, STEPLOG_OUT, process_launcher_time_us(loop->launcher), text,
	    strlen(text), NULL);
	free(text);
}

static int64_t
sink_close_log(void *arg, struct steplog *log)
{
	(void)arg;
	int64_t bytes = (int64_t)steplog_size(log);
	steplog_free(log);
	return bytes;
}

static int64_t
now_cb(void *arg)
{
	(void)arg;
	return clock_mono_us();
}

/* The timer is set anew in each turn: cheaper than knowing when it may stay. */
static void
set_tick(struct engine_loop *loop, int64_t at_us)
{
	struct ev_loop *ev = loop->settings.loop;
	ev_timer_stop(ev, &loop->tick);
	if (at_us < 0)
		return;
	double after = (double)(at_us - clock_mono_us()) / (double)CLOCK_SECOND_US;
	ev_now_update(ev);
	ev_timer_set(&loop->tick, after > 0 ? after : 0., 0.);
	ev_timer_start(ev, &loop->tick);
}

static void
turn_cb(struct ev_loop *ev, ev_prepare *w, int revents)
{
	(void)ev;
	(void)revents;
	struct engine_loop *loop = w->data;
	set_tick(loop, engine_turn(loop->engine));
	bool is_settled = engine_is_settled(loop->engine);
	if (is_settled == loop->was_settled)
		return;
	loop->was_settled = is_settled;
	if (loop->settings.settled_changed)
		loop->settings.settled_changed(loop->settings.arg, is_settled);
}

static void
tick_cb(struct ev_loop *ev, ev_timer *w, int revents)
{
	(void)ev;
	(void)revents;
	struct engine_loop *loop = w->data;
	engine_tick(loop->engine);
}

/* The journal must be reached when memory runs out in the middle of something. */
static void
exhausted_cb(void *arg)
{
	struct engine_loop *loop = arg;
	(void)journal_flush(loop->journal, NULL);
}

static struct engine *
make_engine(struct engine_loop *loop)
{
	const struct engine_loop_settings *settings = &loop->settings;
	struct engine_settings core = {
		.plan = settings->plan,
		.run_id = settings->run_id,
		.run_dir = loop->run_dir,
		.base_env = (const char *const *)environ,
		.launcher = loop->launcher,
		.sink = {
			.emit = sink_emit,
			.sync = sink_sync,
			.flush = sink_flush,
			.open_log = sink_open_log,
			.say_log = sink_say_log,
			.close_log = sink_close_log,
			.arg = loop,
		},
		.now = now_cb,
		.seed = (uint32_t)clock_wall_us() ^ (uint32_t)getpid(),
		.pid = getpid(),
		.start_time = process_start_time(getpid()),
		.boot = loop->boot,
		.process_lives = process_lives,
		.past = settings->past,
	};
	return engine_new(&core);
}

struct engine_loop *
engine_loop_start(const struct engine_loop_settings *settings, struct err *err)
{
	uint64_t last_number = 0;
	struct journal *journal = journal_open(settings->run_dir, &last_number, err);
	if (!journal)
		return NULL;
	struct engine_loop *loop = mem_alloc(sizeof *loop);
	loop->settings = *settings;
	loop->run_dir = mem_strdup(settings->run_dir);
	loop->boot = process_boot_id();
	loop->journal = journal;
	loop->launcher = process_launcher_new(settings->loop);
	loop->engine = make_engine(loop);
	mem_on_exhausted(exhausted_cb, loop);
	ev_prepare_init(&loop->turn, turn_cb);
	/* Behind all other prepare watchers: what they ask for belongs to this turn. */
	ev_set_priority(&loop->turn, EV_MINPRI);
	loop->turn.data = loop;
	ev_prepare_start(settings->loop, &loop->turn);
	ev_timer_init(&loop->tick, tick_cb, 0., 0.);
	loop->tick.data = loop;
	engine_start(loop->engine);
	return loop;
}

struct engine *
engine_loop_engine(struct engine_loop *loop)
{
	return loop->engine;
}

void
engine_loop_free(struct engine_loop *loop, const char *reason)
{
	if (!loop)
		return;
	ev_prepare_stop(loop->settings.loop, &loop->turn);
	ev_timer_stop(loop->settings.loop, &loop->tick);
	engine_free(loop->engine);
	process_launcher_free(loop->launcher);
	struct event event;
	event_init(&event, EVENT_ENGINE_STOPPED);
	event.reason = reason;
	journal_add(loop->journal, &event);
	(void)journal_sync(loop->journal, NULL); /* nobody is left to tell */
	mem_on_exhausted(NULL, NULL);
	journal_free(loop->journal);
	free(loop->boot);
	free(loop->run_dir);
	free(loop);
}
