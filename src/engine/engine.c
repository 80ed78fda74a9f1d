/*
 * The turn: who gets a place, what is journaled, synced and then started; and the state of
 * the run as a whole. The rest of the core is told in core.h.
 */
#include "engine/core.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int64_t
engine_now(const struct engine *engine)
{
	return engine->settings.now(engine->settings.now_arg);
}

/* A small generator (xorshift): the jitter of pauses needs no better one. */
static uint32_t
draw(struct engine *engine)
{
	uint32_t x = engine->random;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return engine->random = x;
}

int64_t
engine_backoff(struct engine *engine, const struct plan_options *options, int n)
{
	int64_t pause_us = options->backoff_min_us;
	if (options->backoff_max_us <= options->backoff_min_us)
		return pause_us;
	while (--n > 0 && pause_us < options->backoff_max_us)
		pause_us = pause_us ? pause_us * 2 : 1000;
	if (pause_us > options->backoff_max_us)
		pause_us = options->backoff_max_us;
	/* Up to a quarter either way, and at the maximum only to below it. */
	int64_t quarter_us = pause_us / 4;
	int64_t jitter_us = (int64_t)(draw(engine) % 2001) * quarter_us / 1000 - quarter_us;
	if (pause_us + jitter_us > options->backoff_max_us)
		jitter_us = -jitter_us;
	return pause_us + jitter_us;
}

/* The names, in order */

/* Sorts with the plan at hand: qsort_r gives the comparison its argument. */
static int
compare_names(const void *a, const void *b, void *arg)
{
	const struct plan *plan = arg;
	return strcmp(plan->sequences[*(const size_t *)a].name,
	    plan->sequences[*(const size_t *)b].name);
}

struct sequence *
engine_find(const struct engine *engine, const char *name)
{
	size_t low = 0, high = engine->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct sequence *seq = &engine->sequences[engine->names[middle]];
		int order = strcmp(name, seq->plan->name);
		if (order == 0)
			return seq;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void
pause_over_cb(void *arg)
{
	sequence_happen(arg, SEQUENCE_PAUSE_OVER);
}

static void
sequence_init(struct sequence *seq, struct engine *engine, size_t index)
{
	size_t steps = engine->plan->sequences[index].step_count;
	seq->engine = engine;
	seq->plan = &engine->plan->sequences[index];
	seq->index = index;
	seq->state = STATE_WAITING;
	seq->attempts = mem_array(steps, sizeof *seq->attempts);
	seq->step_states = mem_array(steps, sizeof *seq->step_states);
	seq->rows = ENGINE_ROWS;
	seq->cols = ENGINE_COLS;
	seq->attempt.started_us = -1;
	seq->attempt.exit.code = -1;
	seq->queue_link.owner = seq->spread_link.owner = seq->blocked_link.owner = seq;
	seq->attempt.launch_link.owner = seq->attempt.stall_link.owner = seq;
	seq->pause.fire_cb = pause_over_cb;
	seq->pause.arg = seq;
}

/* The state of the run */

static size_t
active(const struct engine *engine)
{
	return engine->counts[STATE_QUEUED] + engine->counts[STATE_RUNNING] +
	    engine->counts[STATE_HELD] + engine->counts[STATE_RETRYING];
}

bool
engine_is_settled(const struct engine *engine)
{
	return active(engine) == 0 && engine->counts[STATE_WAITING] == 0;
}

bool
engine_is_idle(const struct engine *engine)
{
	return engine->busy == 0 && engine->intended_count == 0;
}

bool
engine_wants_stop(const struct engine *engine)
{
	return engine->wants_stop;
}

enum state
engine_run_state(const struct engine *engine)
{
	const size_t *counts = engine->counts;
	if (!engine_is_settled(engine)) {
		bool can_go_on = counts[STATE_QUEUED] + counts[STATE_RUNNING] +
		    counts[STATE_RETRYING] > 0 || counts[STATE_HELD] == 0;
		return can_go_on && !engine->disk_held ? STATE_RUNNING : STATE_HELD;
	}
	if (counts[STATE_CANCELLED] && (engine->is_stopping || !counts[STATE_FAILED]))
		return STATE_CANCELLED;
	return counts[STATE_FAILED] + counts[STATE_SKIPPED] ? STATE_FAILED : STATE_OK;
}

enum state
engine_sequence_state(const struct engine *engine, size_t index)
{
	return engine->sequences[index].state;
}

/* Why the run is in that state; NULL when there is nothing to add. The caller frees. */
static char *
run_reason(const struct engine *engine, enum state state)
{
	const size_t *counts = engine->counts;
	struct buf text = BUF_INIT;
	if (state == STATE_HELD && engine->disk_held)
		return mem_strdup(engine->disk_reason);
	if (state == STATE_CANCELLED && engine->is_stopping)
		return mem_strdup(engine->stop_reason);
	static const struct {
		enum state state;
		const char *word;
	} parts[] = {
		{ STATE_HELD, "held" },
		{ STATE_FAILED, "failed" },
		{ STATE_CANCELLED, "cancelled" },
		{ STATE_SKIPPED, "skipped" },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (counts[parts[i].state])
			buf_printf(&text, "%s%zu %s", text.len ? ", " : "",
			    counts[parts[i].state], parts[i].word);
	if (state == STATE_RUNNING || !text.len) {
		buf_release(&text);
		return NULL;
	}
	buf_printf(&text, " of %zu sequences", engine->count);
	return buf_take(&text);
}

static void
update_run_state(struct engine *engine)
{
	enum state state = engine_run_state(engine);
	if (state == engine->run_state)
		return;
	engine->run_state = state;
	char *reason = run_reason(engine, state);
	struct event event;
	event_init(&event, EVENT_RUN_STATE);
	event.state = (int)state;
	event.reason = reason;
	emit(engine, &event);
	free(reason);
}

/* The turn */

static bool
has_place(const struct engine *engine)
{
	int parallel = engine->plan->parallel;
	return parallel <= 0 || engine->places_used < (size_t)parallel;
}

/* Gives free places to who comes first, as long as the system has room for them. */
static void
give_places(struct engine *engine, size_t room)
{
	while (!engine->disk_held && !engine->is_stopping && !engine->is_later &&
	    has_place(engine) && engine->wanted_count + engine->intended_count < room) {
		struct sequence *seq = link_first(&engine->queue_first);
		if (!seq)
			seq = link_first(&engine->queue);
		if (!seq)
			return;
		sequence_happen(seq, SEQUENCE_PLACE);
		depend_spread(engine);
	}
}

static bool
has_launches(const struct engine *engine)
{
	return link_first(&engine->queue_first) || link_first(&engine->queue) ||
	    link_first(&engine->wanted) || link_first(&engine->intended);
}

/* Journals the intent to start of what the room allows. */
static void
intend(struct engine *engine, size_t room)
{
	size_t most = room < ENGINE_STARTS_PER_TURN ? room : ENGINE_STARTS_PER_TURN;
	if (engine->disk_held || engine->is_later)
		return;
	while (engine->intended_count < most && engine->wanted_count)
		step_intend(link_first(&engine->wanted));
	if (engine->wanted_count && room == 0)
		hold_for_room(engine, "no descriptors or pseudo-terminals are left");
}

/* Starts what is journaled and synced. */
static void
start(struct engine *engine)
{
	struct sequence *seq;
	while (!engine->disk_held && !engine->is_later &&
	    (seq = link_first(&engine->intended))) {
		struct err err = ERR_INIT;
		switch (step_start(seq, &err)) {
		case LAUNCH_OK:
			engine->later_pause_us = 0;
			break;
		case LAUNCH_FAILED:
			break;
		case LAUNCH_LATER:
			if (!engine->disk_held)
				hold_for_room(engine, err.text);
			break;
		}
	}
}

/* Whether the next turn would have something to do at once. */
static bool
has_more(const struct engine *engine)
{
	if (link_first(&engine->spread) || engine_run_state(engine) != engine->run_state)
		return true;
	if (link_first(&engine->blocked) && active(engine) == 0)
		return true;
	if (engine->disk_held || engine->is_later)
		return false;
	return engine->wanted_count || (!engine->is_stopping && has_place(engine) &&
	    (link_first(&engine->queue_first) || link_first(&engine->queue)));
}

int64_t
engine_turn(struct engine *engine)
{
	depend_settle(engine);
	if (has_launches(engine) && !engine->disk_held && !engine->is_later) {
		struct launcher *launcher = engine->settings.launcher;
		size_t room = launcher->ops->room(launcher);
		give_places(engine, room ? room : 1);
		intend(engine, room);
	}
	depend_settle(engine);
	update_run_state(engine);
	if (hold_sync(engine))
		start(engine);
	if (engine->is_unflushed && engine->settings.sink.flush && !engine->sync_failed) {
		engine->settings.sink.flush(engine->settings.sink.arg);
		engine->is_unflushed = false;
	}
	return has_more(engine) ? engine_now(engine) : timers_next(&engine->timers);
}

void
engine_tick(struct engine *engine)
{
	timers_fire(&engine->timers, engine_now(engine));
}

/* Beginning and end */

static void
emit_run_started(struct engine *engine)
{
	struct event event;
	event_init(&event, EVENT_RUN_STARTED);
	event.id = engine->settings.run_id;
	event.title = engine->plan->title;
	event.plan = engine->plan->path;
	event.version = SEQDECK_VERSION;
	event.parallel = engine->plan->parallel;
	event.total = (int64_t)engine->count;
	emit(engine, &event);
	for (size_t i = 0; i < engine->count; i++)
		emit_sequence_added(&engine->sequences[i]);
}

static void
emit_engine_started(struct engine *engine)
{
	struct event event;
	event_init(&event, EVENT_ENGINE_STARTED);
	event.pid = engine->settings.pid;
	event.start_time = engine->settings.start_time;
	event.boot = engine->settings.boot;
	emit(engine, &event);
}

void
engine_start(struct engine *engine)
{
	engine->is_started = true;
	engine->run_state = STATE_RUNNING;
	if (!engine->settings.past)
		emit_run_started(engine);
	emit_engine_started(engine);
	if (engine->settings.past)
		past_take_up(engine);
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		if (seq->state == STATE_WAITING && depend_is_ready(seq))
			sequence_happen(seq, SEQUENCE_READY);
	}
}

struct engine *
engine_new(const struct engine_settings *settings)
{
	struct engine *engine = mem_alloc(sizeof *engine);
	engine->settings = *settings;
	engine->plan = settings->plan;
	engine->count = settings->plan->sequence_count;
	engine->sequences = mem_array(engine->count, sizeof *engine->sequences);
	engine->names = mem_array(engine->count, sizeof *engine->names);
	engine->random = settings->seed ? settings->seed : 1;
	struct link *heads[] = { &engine->queue_first, &engine->queue, &engine->spread,
		&engine->blocked, &engine->wanted, &engine->intended, &engine->stalled };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		link_head(heads[i]);
	for (size_t i = 0; i < engine->count; i++) {
		sequence_init(&engine->sequences[i], engine, i);
		engine->names[i] = i;
	}
	engine->counts[STATE_WAITING] = engine->count;
	qsort_r(engine->names, engine->count, sizeof *engine->names, compare_names,
	    (void *)(uintptr_t)engine->plan);
	hold_init(engine);
	depend_init(engine);
	spec_init(engine);
	return engine;
}

void
engine_free(struct engine *engine)
{
	if (!engine)
		return;
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		step_release(seq);
		free(seq->reason);
		free(seq->attempts);
		free(seq->step_states);
	}
	timers_release(&engine->timers);
	spec_release(engine);
	free(engine->sequences);
	free(engine->names);
	free(engine->dependents);
	free(engine->stop_reason);
	free(engine->disk_reason);
	free(engine);
}

void
engine_stop(struct engine *engine, const char *reason, bool hard)
{
	engine->is_stopping = true;
	if (!engine->stop_reason)
		engine->stop_reason = mem_strdup(reason);
	const struct demand demand = { .step = -1, .reason = engine->stop_reason };
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		if (!state_is_end(seq->state))
			sequence_fire(seq, hard ? SEQUENCE_KILL : SEQUENCE_CANCEL, &demand, NULL);
	}
	depend_spread(engine);
}
