/*
 * Requests: whom a target means, and what is asked of each. All targets are looked up
 * before anything is done: a name that is wrong does nothing to the others.
 */
#include "engine/core.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* A sequence that a request reaches, and the step that was named. */
struct hit {
	struct sequence *seq;
	long step;	/* -1: none was named */
};

struct hits {
	struct hit *items;
	size_t count, cap;
	size_t mark;	/* sequences of this request carry it: each is reached once */
};

static void
hit(struct hits *hits, struct sequence *seq, long step)
{
	if (seq->marked == hits->mark)
		return;
	seq->marked = hits->mark;
	if (hits->count == hits->cap) {
		hits->cap = hits->cap ? hits->cap * 2 : 8;
		hits->items = mem_grow(hits->items, hits->cap, sizeof *hits->items);
	}
	hits->items[hits->count++] = (struct hit){ seq, step };
}

/* Failed, or held at a step that failed: what @failed means. An unknown outcome is not
 * meant: that is for a person to look at, one by one. */
static bool
has_failed(const struct sequence *seq)
{
	if (seq->state == STATE_FAILED)
		return true;
	return seq->state == STATE_HELD && seq->is_at_failure &&
	    seq->step_states[seq->step] != STATE_UNKNOWN;
}

static int
no_such_sequence(const struct engine *engine, const char *name, struct err *err)
{
	const char **names = mem_array(engine->count + 1, sizeof *names);
	for (size_t i = 0; i < engine->count; i++)
		names[i] = engine->sequences[i].plan->name;
	const char *near = text_nearest(name, names);
	free(names);
	if (near)
		return err_set(err, "no sequence is called '%s'; is it '%s'?", name, near);
	return err_set(err, "no sequence is called '%s'", name);
}

static int
no_such_step(const struct sequence *seq, const char *name, struct err *err)
{
	const char **names = mem_array(seq->plan->step_count + 1, sizeof *names);
	for (size_t i = 0; i < seq->plan->step_count; i++)
		names[i] = seq->plan->steps[i].name;
	const char *near = text_nearest(name, names);
	free(names);
	if (near)
		return err_set(err, "'%s' has no step '%s'; is it '%s'?", seq->plan->name,
		    name, near);
	return err_set(err, "'%s' has no step '%s'", seq->plan->name, name);
}

static int
find_failed(struct engine *engine, struct hits *hits, struct err *err)
{
	size_t before = hits->count;
	for (size_t i = 0; i < engine->count; i++)
		if (has_failed(&engine->sequences[i]))
			hit(hits, &engine->sequences[i], -1);
	return hits->count > before ? 0 : err_set(err, "no sequence has failed");
}

/* All sequences whose name matches; with a step, those that have it. */
static int
find_glob(struct engine *engine, const char *glob, const char *step, struct hits *hits,
    struct err *err)
{
	size_t matched = 0;
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		if (fnmatch(glob, seq->plan->name, 0) != 0)
			continue;
		long at = step ? plan_find_step(seq->plan, step) : -1;
		if (step && at < 0)
			continue;
		matched++;
		hit(hits, seq, at);
	}
	if (matched)
		return 0;
	return step ? err_set(err, "no sequence matches '%s' and has a step '%s'", glob, step) :
	    err_set(err, "no sequence matches '%s'", glob);
}

static bool
is_glob(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* A target with a step behind its last '/'. */
static int
find_step(struct engine *engine, const char *target, const char *slash,
    struct hits *hits, struct err *err)
{
	char *name = mem_strndup(target, (size_t)(slash - target));
	int rc = 0;
	if (is_glob(name)) {
		rc = find_glob(engine, name, slash + 1, hits, err);
	} else {
		struct sequence *seq = engine_find(engine, name);
		long step = seq ? plan_find_step(seq->plan, slash + 1) : -1;
		if (!seq)
			rc = no_such_sequence(engine, name, err);
		else if (step < 0)
			rc = no_such_step(seq, slash + 1, err);
		else
			hit(hits, seq, step);
	}
	free(name);
	return rc;
}

static int
find_target(struct engine *engine, const char *target, struct hits *hits, struct err *err)
{
	struct sequence *seq = engine_find(engine, target);
	const char *slash = strrchr(target, '/');
	if (seq) {
		hit(hits, seq, -1);
		return 0;
	}
	if (strcmp(target, "@all") == 0)
		return find_glob(engine, "*", NULL, hits, err);
	if (strcmp(target, "@failed") == 0)
		return find_failed(engine, hits, err);
	if (target[0] == '@')
		return err_set(err, "there is no group '%s': @all and @failed are known", target);
	if (slash)
		return find_step(engine, target, slash, hits, err);
	if (is_glob(target))
		return find_glob(engine, target, NULL, hits, err);
	return no_such_sequence(engine, target, err);
}

static int
find_targets(struct engine *engine, const struct request *request, struct hits *hits,
    struct err *err)
{
	size_t count = 0;
	hits->mark = ++engine->marks;
	for (; request->targets && request->targets[count]; count++) {
		if (count == REQUEST_TARGETS_MAX)
			return err_set(err, "more than %d targets in one request",
			    REQUEST_TARGETS_MAX);
		if (find_target(engine, request->targets[count], hits, err) < 0)
			return -1;
	}
	if (count == 0)
		return err_set(err, "%s needs a target: a sequence, SEQUENCE/STEP, a pattern, "
		    "@failed or @all", request_infos[request->verb].name);
	return 0;
}

static enum sequence_event
event_of(enum request_verb verb)
{
	switch (verb) {
	case REQUEST_RETRY:
		return SEQUENCE_RETRY;
	case REQUEST_SKIP:
		return SEQUENCE_SKIP;
	case REQUEST_CANCEL:
		return SEQUENCE_CANCEL;
	case REQUEST_KILL:
		return SEQUENCE_KILL;
	case REQUEST_HOLD:
		return SEQUENCE_HOLD;
	case REQUEST_RELEASE:
		return SEQUENCE_RELEASE;
	case REQUEST_INPUT:
		return SEQUENCE_INPUT;
	case REQUEST_RESIZE:
	case REQUEST_STOP:
		break;
	}
	return SEQUENCE_RESIZE;
}

/* Whether a request is about one running step, and not told in the journal: it holds what
 * somebody types, or comes with every move of a window. */
static bool
is_of_terminal(enum request_verb verb)
{
	return verb == REQUEST_INPUT || verb == REQUEST_RESIZE;
}

static int
check(const struct engine *engine, const struct request *request, struct err *err)
{
	bool is_start = request->verb == REQUEST_RETRY || request->verb == REQUEST_SKIP ||
	    request->verb == REQUEST_RELEASE;
	if (engine->is_stopping && is_start)
		return err_set(err, "the run is being stopped");
	if (request->verb == REQUEST_INPUT && request->len > REQUEST_INPUT_MAX)
		return err_set(err, "more than %zu bytes of input in one request",
		    REQUEST_INPUT_MAX);
	if (request->verb == REQUEST_RESIZE && (request->rows < 1 || request->rows > 1000 ||
	    request->cols < 1 || request->cols > 1000))
		return err_set(err, "a window of %d rows and %d columns is not possible",
		    request->rows, request->cols);
	return 0;
}

static void
emit_request(struct engine *engine, const struct request *request, long count)
{
	struct event event;
	event_init(&event, EVENT_REQUEST);
	event.verb = request_infos[request->verb].name;
	event.targets = request->targets;
	event.count = count;
	emit(engine, &event);
}

/* Asks each; -1 with err set to the first refusal when nobody did it. */
static long
ask_all(struct engine *engine, const struct request *request, const struct hits *hits,
    struct err *err)
{
	struct err first = ERR_INIT;
	long done = 0;
	for (size_t i = 0; i < hits->count; i++) {
		struct err why = ERR_INIT;
		const struct demand demand = {
			.step = hits->items[i].step,
			.bytes = request->bytes,
			.len = request->len,
			.rows = request->rows,
			.cols = request->cols,
		};
		if (sequence_fire(hits->items[i].seq, event_of(request->verb), &demand,
		    &why) == 0)
			done++;
		else if (!first.text[0])
			first = why;
		depend_spread(engine);
	}
	if (done)
		return done;
	if (hits->count > 1)
		err_prefix(&first, "%s applies to none of %zu sequences",
		    request_infos[request->verb].name, hits->count);
	if (err)
		*err = first;
	return -1;
}

long
engine_request(struct engine *engine, const struct request *request, struct err *err)
{
	struct hits hits = { 0 };
	long done = -1;
	if (request->verb == REQUEST_STOP) {
		engine->wants_stop = true;
		emit_request(engine, request, -1);
		return 0;
	}
	if (check(engine, request, err) < 0)
		return -1;
	depend_spread(engine);
	if (find_targets(engine, request, &hits, err) == 0) {
		if (is_of_terminal(request->verb) && hits.count != 1)
			err_set(err, "%s goes to one sequence, not to %zu",
			    request_infos[request->verb].name, hits.count);
		else
			done = ask_all(engine, request, &hits, err);
	}
	if (done > 0 && !is_of_terminal(request->verb))
		emit_request(engine, request, done);
	free(hits.items);
	return done;
}
