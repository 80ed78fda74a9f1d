#include "engine/core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "plan/plan_kind.h"

void
emit(struct engine *engine, struct event *event)
{
	engine->settings.sink.emit(engine->settings.sink.arg, event);
	engine->is_dirty = true;
	engine->is_unflushed = true;
}

/* Names of the sequences at the indices given, NULL-terminated; the caller frees. */
static const char **
names_of(const struct plan *plan, const size_t *indices, size_t count)
{
	const char **names = mem_array(count + 1, sizeof *names);
	for (size_t i = 0; i < count; i++)
		names[i] = plan->sequences[indices[i]].name;
	return names;
}

void
emit_sequence_added(struct sequence *seq)
{
	const struct plan_sequence *plan = seq->plan;
	const char **steps = mem_array(plan->step_count + 1, sizeof *steps);
	const char **kinds = mem_array(plan->step_count + 1, sizeof *kinds);
	for (size_t i = 0; i < plan->step_count; i++) {
		steps[i] = plan->steps[i].name;
		kinds[i] = plan->steps[i].kind->name;
	}
	const char **needs = names_of(seq->engine->plan, plan->needs, plan->needs_count);
	const char **after = names_of(seq->engine->plan, plan->after, plan->after_count);
	struct event event;
	event_init(&event, EVENT_SEQUENCE_ADDED);
	event.sequence = plan->name;
	event.steps = steps;
	event.kinds = kinds;
	event.needs = needs;
	event.after = after;
	emit(seq->engine, &event);
	free(steps);
	free(kinds);
	free(needs);
	free(after);
}

void
emit_sequence_state(struct sequence *seq, int64_t pause_us)
{
	const struct plan_step *step = sequence_step(seq);
	struct event event;
	event_init(&event, EVENT_SEQUENCE_STATE);
	event.sequence = seq->plan->name;
	event.state = (int)seq->state;
	event.reason = seq->reason;
	event.step = step ? step->name : NULL;
	event.duration_us = pause_us;
	emit(seq->engine, &event);
}

void
emit_note(struct engine *engine, const char *level, const struct sequence *seq,
    const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct event event;
	event_init(&event, EVENT_NOTE);
	event.level = level;
	event.sequence = seq ? seq->plan->name : NULL;
	event.text = text;
	emit(engine, &event);
}
