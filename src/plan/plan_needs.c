/*
 * What sequences wait for: `needs` and `after`, circles of them, and the part of the plan
 * that --only leaves.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/plan_draft.h"
#include "plan/plan_names.h"

#define CYCLE_SHOWN_MAX 20	/* names shown of a circle */

/* Appends to an array that is as large as the next power of two. */
static void
append(size_t **items, size_t *count, size_t item)
{
	if ((*count & (*count - 1)) == 0)
		*items = mem_grow(*items, *count ? *count * 2 : 1, sizeof **items);
	(*items)[(*count)++] = item;
}

/* All names of sequences, ending with NULL; the caller frees the array. */
static const char **
sequence_names(const struct plan *plan)
{
	const char **names = mem_array(plan->sequence_count + 1, sizeof *names);
	for (size_t i = 0; i < plan->sequence_count; i++)
		names[i] = plan->sequences[i].name;
	return names;
}

static void
unknown_need(struct plan_draft *draft, const struct draft_need *need,
    const char *const *names)
{
	struct draft_hint hint;
	struct plan_quote q;
	draft_error(draft, need->place, "%s: no sequence '%s'%s",
	    need->is_after ? "after" : "needs",
	    plan_quote(&q, need->name, strlen(need->name)),
	    draft_hint(draft, &hint, need->name, names));
}

/* Makes the arrays of indices; a name that is there twice counts once. */
static void
join(struct plan_draft *draft)
{
	struct plan *plan = draft->plan;
	const char **names = sequence_names(plan);
	/* 1 + the sequence that last named each one, in needs and in after. */
	size_t *seen[2] = { mem_array(plan->sequence_count, sizeof *seen[0]),
		mem_array(plan->sequence_count, sizeof *seen[1]) };
	for (size_t i = 0; i < draft->need_count; i++) {
		const struct draft_need *need = &draft->needs[i];
		struct plan_sequence *sequence = &plan->sequences[need->sequence];
		long other = plan_names_find(plan->sequence_names, need->name,
		    strlen(need->name));
		if (other < 0) {
			unknown_need(draft, need, names);
			continue;
		}
		if (seen[need->is_after][other] == need->sequence + 1)
			continue;
		seen[need->is_after][other] = need->sequence + 1;
		if (need->is_after)
			append(&sequence->after, &sequence->after_count, (size_t)other);
		else
			append(&sequence->needs, &sequence->needs_count, (size_t)other);
	}
	free(seen[0]);
	free(seen[1]);
	free(names);
}

/* The n-th sequence that this one waits for; *word is how. -1 behind the last one. */
static long
waits_for(const struct plan_sequence *sequence, size_t n, const char **word)
{
	*word = n < sequence->needs_count ? "needs" : "after";
	if (n < sequence->needs_count)
		return (long)sequence->needs[n];
	n -= sequence->needs_count;
	return n < sequence->after_count ? (long)sequence->after[n] : -1;
}

/* A walk along `needs` and `after`, with a stack of our own: chains may be long. */
struct walk {
	struct plan_draft *draft;
	enum { UNSEEN, OPEN, DONE } *marks;
	size_t *next;	/* of each sequence: which one it waits for is next */
	size_t *stack;
	size_t depth;
};

/* The place where sequence `from` names `to`. */
static struct plan_place
place_of_need(const struct plan_draft *draft, size_t from, size_t to)
{
	for (size_t i = 0; i < draft->need_count; i++)
		if (draft->needs[i].sequence == from &&
		    strcmp(draft->needs[i].name, draft->plan->sequences[to].name) == 0)
			return draft->needs[i].place;
	return DRAFT_NOWHERE;
}

/* Tells the circle that the top of the stack closes by waiting for `again`. */
static void
tell_cycle(const struct walk *w, size_t again)
{
	const struct plan *plan = w->draft->plan;
	struct buf text = BUF_INIT;
	size_t i = w->depth - 1;
	const char *word;
	while (w->stack[i] != again)
		i--;
	for (size_t shown = 0; i < w->depth && shown < CYCLE_SHOWN_MAX; i++, shown++) {
		const struct plan_sequence *s = &plan->sequences[w->stack[i]];
		waits_for(s, w->next[w->stack[i]] - 1, &word);
		buf_printf(&text, "'%s' %s ", s->name, word);
	}
	if (i < w->depth)
		buf_add_str(&text, "... ");
	buf_printf(&text, "'%s'", plan->sequences[again].name);
	draft_error(w->draft, place_of_need(w->draft, w->stack[w->depth - 1], again),
	    "sequences that wait for each other: %s", buf_str(&text));
	buf_release(&text);
}

static void
walk_from(struct walk *w, size_t start)
{
	const struct plan *plan = w->draft->plan;
	const char *word;
	w->stack[w->depth++] = start;
	w->marks[start] = OPEN;
	while (w->depth) {
		size_t top = w->stack[w->depth - 1];
		long other = waits_for(&plan->sequences[top], w->next[top]++, &word);
		if (other < 0) {
			w->marks[top] = DONE;
			w->depth--;
		} else if (w->marks[other] == OPEN) {
			tell_cycle(w, (size_t)other);
		} else if (w->marks[other] == UNSEEN) {
			w->marks[other] = OPEN;
			w->stack[w->depth++] = (size_t)other;
		}
	}
}

static void
find_cycles(struct plan_draft *draft)
{
	size_t count = draft->plan->sequence_count;
	struct walk w = { .draft = draft };
	w.marks = mem_array(count, sizeof *w.marks);
	w.next = mem_array(count, sizeof *w.next);
	w.stack = mem_array(count, sizeof *w.stack);
	for (size_t i = 0; i < count; i++)
		if (w.marks[i] == UNSEEN)
			walk_from(&w, i);
	free(w.marks);
	free(w.next);
	free(w.stack);
}

void
draft_resolve_needs(struct plan_draft *draft)
{
	join(draft);
	find_cycles(draft);
}

/* Marks what a glob of --only names. Returns whether there is such a sequence. */
static bool
choose_by_glob(const struct plan *plan, const char *glob, bool *chosen)
{
	bool any = false;
	for (size_t i = 0; i < plan->sequence_count; i++)
		if (fnmatch(glob, plan->sequences[i].name, 0) == 0)
			any = chosen[i] = true;
	return any;
}

/* Marks all that the marked ones need, too. */
static void
choose_needed(const struct plan *plan, bool *chosen)
{
	size_t *stack = mem_array(plan->sequence_count, sizeof *stack), depth = 0;
	for (size_t i = 0; i < plan->sequence_count; i++)
		if (chosen[i])
			stack[depth++] = i;
	while (depth) {
		const struct plan_sequence *sequence = &plan->sequences[stack[--depth]];
		for (size_t i = 0; i < sequence->needs_count; i++)
			if (!chosen[sequence->needs[i]]) {
				chosen[sequence->needs[i]] = true;
				stack[depth++] = sequence->needs[i];
			}
	}
	free(stack);
}

/* Gives indices their new numbers and drops those of sequences that are gone. */
static size_t
renumber(size_t *items, size_t count, const bool *chosen, const size_t *numbers)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (chosen[items[i]])
			items[kept++] = numbers[items[i]];
	return kept;
}

/* Removes the sequences that are not marked. */
static void
remove_others(struct plan *plan, const bool *chosen)
{
	size_t *numbers = mem_array(plan->sequence_count, sizeof *numbers), kept = 0;
	for (size_t i = 0; i < plan->sequence_count; i++)
		numbers[i] = chosen[i] ? kept++ : 0;
	kept = 0;
	plan_names_clear(plan->sequence_names);
	for (size_t i = 0; i < plan->sequence_count; i++) {
		struct plan_sequence *s = &plan->sequences[i];
		if (!chosen[i]) {
			plan_sequence_release(s);
			continue;
		}
		s->needs_count = renumber(s->needs, s->needs_count, chosen, numbers);
		s->after_count = renumber(s->after, s->after_count, chosen, numbers);
		plan_names_add(plan->sequence_names, s->name, strlen(s->name),
		    (long)kept);
		plan->sequences[kept++] = *s;
	}
	plan->sequence_count = kept;
	free(numbers);
}

void
draft_choose(struct plan_draft *draft)
{
	struct plan *plan = draft->plan;
	struct draft_hint hint;
	struct plan_quote q;
	if (!draft->request->only)
		return;
	bool *chosen = mem_array(plan->sequence_count, sizeof *chosen);
	const char **names = sequence_names(plan);
	for (const char *const *glob = draft->request->only; *glob; glob++)
		if (!choose_by_glob(plan, *glob, chosen))
			plan_error(draft->problems, "--only", DRAFT_NOWHERE,
			    "no sequence is called '%s'%s",
			    plan_quote(&q, *glob, strlen(*glob)),
			    draft_hint(draft, &hint, *glob, names));
	choose_needed(plan, chosen);
	if (draft->problems->error_count == 0)
		remove_others(plan, chosen);
	free(chosen);
	free(names);
}
