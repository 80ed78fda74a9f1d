/*
 * What keeps the engine from starting anything for a while: a disk that is full, or a
 * system without room for another program.
 */
#include "engine/core.h"

#include <stdlib.h>

#include "base/mem.h"

/* The disk */

void
hold_for_disk(struct engine *engine, const struct err *err)
{
	if (!timer_is_set(&engine->disk_timer))
		timer_set(&engine->timers, &engine->disk_timer,
		    engine_now(engine) + ENGINE_DISK_RETRY_US);
	if (engine->disk_held)
		return;
	engine->disk_held = true;
	free(engine->disk_reason);
	engine->disk_reason = mem_strdup(err->text);
	emit_note(engine, "error", NULL, "held, nothing is started: %s", err->text);
}

/* A second has gone by: tries all that stood still. When nothing did, there is room. */
static void
disk_timer_cb(void *arg)
{
	struct engine *engine = arg;
	struct sequence *seq = link_first(&engine->stalled);
	if (!seq && !engine->sync_failed) {
		engine->disk_held = false;
		emit_note(engine, "info", NULL, "there is room on the disk again: going on");
		return;
	}
	engine->sync_try = true;
	timer_set(&engine->timers, &engine->disk_timer,
	    engine_now(engine) + ENGINE_DISK_RETRY_US);
	while ((seq = link_first(&engine->stalled)))
		step_resume(seq);
}

bool
hold_sync(struct engine *engine)
{
	struct err err = ERR_INIT;
	if (engine->sync_failed && !engine->sync_try)
		return false;
	engine->sync_try = false;
	if (!engine->is_dirty)
		return true;
	/* What is emitted about a failure is for the next try. */
	engine->is_dirty = engine->is_unflushed = false;
	if (engine->settings.sink.sync(engine->settings.sink.arg, &err) == 0) {
		engine->sync_failed = false;
		return true;
	}
	engine->is_dirty = true;
	engine->sync_failed = true;
	hold_for_disk(engine, &err);
	return false;
}

/* No room for another program */

static void
later_cb(void *arg)
{
	struct engine *engine = arg;
	engine->is_later = false;
}

void
hold_for_room(struct engine *engine, const char *why)
{
	if (engine->is_later)
		return;
	if (!engine->later_pause_us) {
		emit_note(engine, "warning", NULL, "new steps wait: %s", why);
		engine->later_pause_us = ENGINE_LATER_MIN_US;
	} else {
		engine->later_pause_us *= 2;
		if (engine->later_pause_us > ENGINE_LATER_MAX_US)
			engine->later_pause_us = ENGINE_LATER_MAX_US;
	}
	engine->is_later = true;
	timer_set(&engine->timers, &engine->later_timer,
	    engine_now(engine) + engine->later_pause_us);
}

void
hold_init(struct engine *engine)
{
	engine->disk_timer.fire_cb = disk_timer_cb;
	engine->disk_timer.arg = engine;
	engine->later_timer.fire_cb = later_cb;
	engine->later_timer.arg = engine;
}
