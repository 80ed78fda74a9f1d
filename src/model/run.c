#include "model/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "model/event_table.h"
#include "model/run_private.h"

/* A string that is kept once, and what it stands for. */
struct run_name {
	char *text;	/* of `names`: the sequence's; of `words`: its own */
	size_t index;	/* of `names`: the sequence */
	UT_hash_handle hh;
};

static struct run_name *
name_find(struct run_name *names, const char *text)
{
	struct run_name *found;
	HASH_FIND_STR(names, text, found);
	return found;
}

static void
name_add(struct run_name **names, char *text, size_t index)
{
	struct run_name *name = mem_alloc(sizeof *name);
	name->text = text;
	name->index = index;
	HASH_ADD_KEYPTR(hh, *names, name->text, strlen(name->text), name);
}

static void
names_free(struct run_name **names, bool owns_text)
{
	struct run_name *name, *next;
	HASH_ITER(hh, *names, name, next) {
		HASH_DEL(*names, name);
		if (owns_text)
			free(name->text);
		free(name);
	}
}

/* The one copy of a word. */
static const char *
word_keep(struct run *run, const char *text)
{
	struct run_name *word = name_find(run->words, text);
	if (word)
		return word->text;
	char *copy = mem_strdup(text);
	name_add(&run->words, copy, 0);
	return copy;
}

void
run_init(struct run *run)
{
	*run = (struct run){ .state = STATE_RUNNING };
}

static void
strings_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

static char **
strings_copy(const char *const *list)
{
	size_t count = 0;
	while (list && list[count])
		count++;
	char **copy = mem_array(count + 1, sizeof *copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = mem_strdup(list[i]);
	return copy;
}

static void
attempt_release(struct run_attempt *attempt)
{
	free(attempt->signal);
	free(attempt->error);
	free(attempt->reason);
	free(attempt->command);
	free(attempt->log);
}

static void
sequence_release(struct run_sequence *sequence)
{
	for (size_t i = 0; i < sequence->step_count; i++) {
		struct run_step *step = &sequence->steps[i];
		for (size_t j = 0; j < step->attempt_count; j++)
			attempt_release(&step->attempts[j]);
		free(step->attempts);
	}
	free(sequence->steps);
	free(sequence->name);
	free(sequence->reason);
	strings_free(sequence->needs);
	strings_free(sequence->after);
}

static void
note_release(struct run_note *note)
{
	free(note->level);
	free(note->text);
	free(note->sequence);
}

void
run_release(struct run *run)
{
	if (!run)
		return;
	names_free(&run->names, false);
	for (size_t i = 0; i < run->sequence_count; i++)
		sequence_release(&run->sequences[i]);
	names_free(&run->words, true);
	for (size_t i = 0; i < run->note_count; i++)
		note_release(&run->notes[i]);
	free(run->sequences);
	free(run->notes);
	free(run->id);
	free(run->title);
	free(run->plan);
	free(run->version);
	free(run->reason);
	free(run->engine_boot);
	run_init(run);
}

struct run_sequence *
run_find(const struct run *run, const char *name)
{
	struct run_name *found = name ? name_find(run->names, name) : NULL;
	return found ? &run->sequences[found->index] : NULL;
}

/* Replaces a string that we own. */
static void
string_set(char **to, const char *text)
{
	char *copy = mem_strdup(text);
	free(*to);
	*to = copy;
}

static int
apply_run_started(struct run *run, const struct event *event, struct err *err)
{
	if (run->last_number)
		return err_set(err, "the run starts a second time");
	string_set(&run->id, event->id);
	string_set(&run->title, event->title);
	string_set(&run->plan, event->plan);
	string_set(&run->version, event->version);
	run->parallel = event->parallel;
	run->state = STATE_RUNNING;
	run->started_wall_us = event->wall_us;
	run->started_mono_us = event->mono_us;
	return 0;
}

static size_t
list_count(const char *const *list)
{
	size_t count = 0;
	while (list && list[count])
		count++;
	return count;
}

/* Makes room for one more sequence: amortised, so that adding stays O(1). */
static struct run_sequence *
sequence_room(struct run *run)
{
	size_t count = run->sequence_count;
	if ((count & (count - 1)) == 0)
		run->sequences = mem_grow(run->sequences, count ? count * 2 : 1,
		    sizeof *run->sequences);
	return &run->sequences[count];
}

static int
apply_sequence_added(struct run *run, const struct event *event, struct err *err)
{
	size_t count = list_count(event->steps);
	if (run_find(run, event->sequence))
		return err_set(err, "the sequence '%s' is added twice", event->sequence);
	if (event->kinds && list_count(event->kinds) != count)
		return err_set(err, "the sequence '%s' has %zu steps and %zu kinds",
		    event->sequence, count, list_count(event->kinds));
	struct run_sequence *sequence = sequence_room(run);
	*sequence = (struct run_sequence){
		.name = mem_strdup(event->sequence),
		.index = run->sequence_count,
		.state = STATE_WAITING,
		.steps = mem_array(count, sizeof *sequence->steps),
		.step_count = count,
		.needs = strings_copy(event->needs),
		.after = strings_copy(event->after),
		.since_wall_us = event->wall_us,
		.since_mono_us = event->mono_us,
		.changed = event->number,
	};
	for (size_t i = 0; i < count; i++) {
		sequence->steps[i].name = word_keep(run, event->steps[i]);
		sequence->steps[i].kind = word_keep(run, event->kinds ? event->kinds[i] : "");
	}
	name_add(&run->names, sequence->name, run->sequence_count);
	run->counts[STATE_WAITING]++;
	run->sequence_count++;
	return 0;
}

static int
apply_engine_started(struct run *run, const struct event *event, struct err *err)
{
	(void)err;
	run->engine_pid = event->pid;
	run->engine_start_time = event->start_time;
	string_set(&run->engine_boot, event->boot);
	return 0;
}

static int
apply_engine_stopped(struct run *run, const struct event *event, struct err *err)
{
	(void)event;
	(void)err;
	run->engine_pid = run->engine_start_time = 0;
	string_set(&run->engine_boot, NULL);
	return 0;
}

static int
apply_request(struct run *run, const struct event *event, struct err *err)
{
	/* What it did is told by the events behind it. */
	(void)run;
	(void)event;
	(void)err;
	return 0;
}

static int
apply_note(struct run *run, const struct event *event, struct err *err)
{
	(void)err;
	if (!run->notes)
		run->notes = mem_array(RUN_NOTES_MAX, sizeof *run->notes);
	if (run->note_count == RUN_NOTES_MAX) {
		note_release(&run->notes[0]);
		run->note_count--;
		memmove(run->notes, run->notes + 1, run->note_count * sizeof *run->notes);
	}
	run->notes[run->note_count++] = (struct run_note){
		.wall_us = event->wall_us,
		.level = mem_strdup(event->level ? event->level : "info"),
		.text = mem_strdup(event->text),
		.sequence = mem_strdup(event->sequence),
	};
	struct run_sequence *sequence = run_find(run, event->sequence);
	if (sequence)
		sequence->changed = event->number;
	return 0;
}

static int
apply_run_state(struct run *run, const struct event *event, struct err *err)
{
	switch ((enum state)event->state) {
	case STATE_RUNNING:
	case STATE_HELD:
	case STATE_OK:
	case STATE_FAILED:
	case STATE_CANCELLED:
		break;
	case STATE_WAITING:
	case STATE_QUEUED:
	case STATE_RETRYING:
	case STATE_SKIPPED:
	case STATE_TIMED_OUT:
	case STATE_UNKNOWN:
		return err_set(err, "a run cannot be %s",
		    state_name((enum state)event->state));
	}
	run->state = (enum state)event->state;
	string_set(&run->reason, event->reason);
	run->ended_mono_us = state_is_end(run->state) ? event->mono_us : 0;
	return 0;
}

int
run_apply(struct run *run, const struct event *event, struct err *err)
{
	static int (*const apply[EVENT_KINDS])(struct run *, const struct event *,
	    struct err *) = {
		[EVENT_RUN_STARTED] = apply_run_started,
		[EVENT_SEQUENCE_ADDED] = apply_sequence_added,
		[EVENT_ENGINE_STARTED] = apply_engine_started,
		[EVENT_SEQUENCE_STATE] = run_apply_sequence_state,
		[EVENT_STEP_STARTING] = run_apply_step_starting,
		[EVENT_STEP_STARTED] = run_apply_step_started,
		[EVENT_STEP_ENDED] = run_apply_step_ended,
		[EVENT_REQUEST] = apply_request,
		[EVENT_NOTE] = apply_note,
		[EVENT_RUN_STATE] = apply_run_state,
		[EVENT_ENGINE_STOPPED] = apply_engine_stopped,
	};
	if (event->number <= run->last_number)
		return err_set(err, "event %" PRIu64 " comes behind event %" PRIu64,
		    event->number, run->last_number);
	if (!run->last_number && event->kind != EVENT_RUN_STARTED)
		return err_set(err, "the first event is %s and not %s",
		    event_kind_name(event->kind), event_kind_name(EVENT_RUN_STARTED));
	const char *missing = event_missing_field(event);
	if (missing)
		return err_set(err, "'%s' is missing in %s", missing,
		    event_kind_name(event->kind));
	if (apply[event->kind](run, event, err) < 0)
		return -1;
	run->last_number = event->number;
	run->last_wall_us = event->wall_us;
	run->last_mono_us = event->mono_us;
	return 0;
}

int
run_exit_status(const struct run *run)
{
	if (run->state == STATE_OK)
		return 0;
	return run->state == STATE_CANCELLED ? 3 : 1;
}
