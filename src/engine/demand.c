/*
 * Requests: who is meant by their targets, and the sequences brought to do it.
 */
#include "engine/core.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A request on its way through the sequences that its targets name. */
struct asking {
	struct engine *engine;
	const struct request *request;
	enum sequence_event event;
	long reached;	/* sequences that did it */
	size_t named;	/* sequences that a target named */
	struct err why;	/* of the first that refused */
};

static int
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
		return SEQUENCE_RESIZE;
	case REQUEST_STOP:
		break;
	}
	return -1;
}

/* Asks one sequence, unless another target has named it already. step -1: the present. */
static void
ask(struct asking *asking, struct sequence *seq, long step)
{
	const struct request *request = asking->request;
	struct engine *engine = asking->engine;
	if (seq->marked == engine->marks)
		return;
	seq->marked = engine->marks;
	asking->named++;
	const struct demand demand = {
		.step = step,
		.bytes = request->bytes,
		.len = request->len,
		.rows = request->rows,
		.cols = request->cols,
	};
	struct err why = ERR_INIT;
	int rc = sequence_fire(seq, asking->event, &demand, &why);
	if (rc == 0)
		asking->reached++;
	else if (!asking->why.text[0])
		asking->why = why;
}

/* "@all", "@failed": all that there are, in the order of the plan. */
static int
ask_group(struct asking *asking, const char *target, struct err *err)
{
	struct engine *engine = asking->engine;
	bool is_failed = strcmp(target, "@failed") == 0;
	if (!is_failed && strcmp(target, "@all") != 0)
		return err_set(err, "there is no group '%s': @all and @failed are known", target);
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		if (!is_failed || seq->state == STATE_FAILED ||
		    (seq->state == STATE_HELD && seq->is_at_failure))
			ask(asking, seq, -1);
	}
	return 0;
}

/* Asks all sequences whose name matches a pattern, at a step of that name or the present
 * one. Returns how many there were. */
static size_t
ask_matching(struct asking *asking, const char *pattern, const char *step_name)
{
	struct engine *engine = asking->engine;
	size_t found = 0;
	for (size_t i = 0; i < engine->count; i++) {
		struct sequence *seq = &engine->sequences[i];
		if (fnmatch(pattern, seq->plan->name, 0) != 0)
			continue;
		long step = step_name ? plan_find_step(seq->plan, step_name) : -1;
		if (step_name && step < 0)
			continue;
		found++;
		ask(asking, seq, step);
	}
	return found;
}

/* SEQUENCE, SEQUENCE/STEP or either as a glob. A name that is there as it stands comes
 * first: names may hold what globs are made of. */
static int
ask_target(struct asking *asking, const char *target, struct err *err)
{
	struct sequence *seq = engine_find(asking->engine, target);
	if (seq) {
		ask(asking, seq, -1);
		return 0;
	}
	if (target[0] == '@')
		return ask_group(asking, target, err);
	const char *slash = strrchr(target, '/');
	char *name = slash ? mem_strndup(target, (size_t)(slash - target)) :
	    mem_strdup(target);
	const char *step_name = slash ? slash + 1 : NULL;
	int rc = 0;
	seq = slash ? engine_find(asking->engine, name) : NULL;
	if (seq) {
		long step = plan_find_step(seq->plan, step_name);
		if (step < 0)
			rc = err_set(err, "'%s' has no step '%s'", name, step_name);
		else
			ask(asking, seq, step);
	} else if (ask_matching(asking, name, step_name) == 0) {
		rc = err_set(err, "no sequence of this run is called '%s'", target);
	}
	free(name);
	return rc;
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

/* What is typed and how large windows are is not told in the journal: the logs' marks do. */
static bool
is_journaled(enum request_verb verb)
{
	return verb != REQUEST_INPUT && verb != REQUEST_RESIZE;
}

static int
check_request(const struct request *request, struct err *err)
{
	size_t count = 0;
	const char *name = request_infos[request->verb].name;
	while (request->targets && request->targets[count])
		if (++count > REQUEST_TARGETS_MAX)
			return err_set(err, "more than %d targets in one request",
			    REQUEST_TARGETS_MAX);
	if (count == 0 && request->verb != REQUEST_STOP)
		return err_set(err, "%s what? name a sequence", name);
	if (request->verb == REQUEST_INPUT && request->len > REQUEST_INPUT_MAX)
		return err_set(err, "more than %zu bytes typed at once", REQUEST_INPUT_MAX);
	if (request->verb == REQUEST_RESIZE && (request->rows < 1 || request->rows > 1000 ||
	    request->cols < 1 || request->cols > 1000))
		return err_set(err, "a window of %d rows and %d columns: 1 to 1000 of each",
		    request->rows, request->cols);
	if ((request->verb == REQUEST_INPUT || request->verb == REQUEST_RESIZE) && count != 1)
		return err_set(err, "%s takes exactly one sequence", name);
	return 0;
}

long
engine_request(struct engine *engine, const struct request *request, struct err *err)
{
	if (check_request(request, err) < 0)
		return -1;
	if (request->verb == REQUEST_STOP) {
		engine->wants_stop = true;
		emit_request(engine, request, 0);
		return 0;
	}
	if (engine->is_stopping && (request->verb == REQUEST_RETRY ||
	    request->verb == REQUEST_RELEASE))
		return err_set(err, "the run is being stopped: %s", engine->stop_reason);
	struct asking asking = {
		.engine = engine,
		.request = request,
		.event = (enum sequence_event)event_of(request->verb),
	};
	engine->marks++;
	int rc = 0;
	for (size_t i = 0; request->targets[i] && rc == 0; i++)
		rc = ask_target(&asking, request->targets[i], err);
	depend_spread(engine);
	if (asking.reached > 0 && is_journaled(request->verb))
		emit_request(engine, request, asking.reached);
	if (rc < 0)
		return -1;
	if (asking.reached > 0)
		return asking.reached;
	if (asking.named == 0)
		return err_set(err, "nothing to %s: no sequence is meant by '%s'",
		    request_infos[request->verb].name, request->targets[0]);
	*err = asking.why;
	return -1;
}
