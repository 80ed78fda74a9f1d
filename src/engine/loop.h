/*
 * The engine on libev and the run directory: the real sink (journal and step logs), the
 * real launcher (process.h), timers, and the turn at the end of every loop iteration.
 */
#ifndef SEQDECK_ENGINE_LOOP_H
#define SEQDECK_ENGINE_LOOP_H

#include "base/err.h"
#include "engine/engine.h"

struct ev_loop;
struct engine_loop;
struct plan;
struct run;

struct engine_loop_settings {
	struct ev_loop *loop;
	const struct plan *plan;
	const char *run_dir;	/* exists, and is locked by the caller */
	const char *run_id;
	const struct run *past;	/* see engine_settings */
	/* Called when the engine has become settled, or is settled no more. */
	void (*settled_changed)(void *arg, bool settled);
	void *arg;
};

/* Opens the journal and starts the engine on the loop. NULL with err set. */
struct engine_loop *engine_loop_start(const struct engine_loop_settings *settings,
    struct err *err);

struct engine *engine_loop_engine(struct engine_loop *loop);

/* Journals engine_stopped with the reason, syncs, and frees everything. */
void engine_loop_free(struct engine_loop *loop, const char *reason);

#endif
