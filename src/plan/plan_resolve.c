/*
 * The options of all steps. Most steps have none of their own, and those that have mostly
 * have the same ones as steps of other sequences: each set is made once and shared.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/plan_draft.h"
#include "plan/plan_names.h"

/* The sets made so far are plan->options; they are found again by the number of the set
 * that they begin with and the texts of the options that were set on it. */
struct maker {
	struct plan_draft *draft;
	struct plan_names *known;
	size_t room;
};

static size_t
add_options(struct maker *maker, struct plan_options *options)
{
	struct plan *plan = maker->draft->plan;
	if (plan->option_count == maker->room) {
		maker->room = maker->room ? maker->room * 2 : 16;
		plan->options = mem_grow(plan->options, maker->room,
		    sizeof *plan->options);
	}
	plan->options[plan->option_count] = options;
	return plan->option_count++;
}

/* Sets one option. Returns 0, or -1 with the error told. */
static int
apply(struct plan_draft *draft, const struct draft_setting *setting,
    struct plan_options *to)
{
	const struct plan_option *option = setting->option;
	struct err err = ERR_INIT;
	char *expanded = option->is_template ? NULL : draft_expand(draft, setting->text);
	int result = option->parse(setting->suffix, expanded ? expanded : setting->text,
	    to, &err);
	if (result < 0)
		draft_error(draft, setting->place, "%s%s: %s", option->name,
		    setting->suffix ? setting->suffix : "", err.text);
	free(expanded);
	return result;
}

/* Makes the text by which a set is found again. */
static void
describe(struct buf *key, size_t parent, const struct draft_setting *settings,
    size_t count)
{
	buf_clear(key);
	buf_add(key, &parent, sizeof parent);
	for (size_t i = 0; i < count; i++) {
		buf_add_str(key, settings[i].option->name);
		buf_add_str(key, settings[i].suffix ? settings[i].suffix : "");
		buf_add_char(key, '=');
		buf_add(key, settings[i].text, strlen(settings[i].text) + 1);
	}
}

/* The number of the set that is `parent` with these options set. */
static size_t
derive(struct maker *maker, size_t parent, const struct draft_setting *settings,
    size_t count)
{
	struct buf key = BUF_INIT;
	if (count == 0)
		return parent;
	describe(&key, parent, settings, count);
	long found = plan_names_find(maker->known, buf_str(&key), key.len);
	if (found < 0) {
		struct plan_options *options =
		    plan_options_copy(maker->draft->plan->options[parent]);
		int result = 0;
		for (size_t i = 0; i < count; i++)
			result |= apply(maker->draft, &settings[i], options);
		found = (long)add_options(maker, options);
		/* One with an error is made again, so that each place is told. */
		if (result == 0)
			plan_names_add(maker->known, buf_str(&key), key.len, found);
	}
	buf_release(&key);
	return (size_t)found;
}

static int
compare(const void *a, const void *b)
{
	const struct draft_setting *x = a, *y = b;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* Takes the settings of one sequence and step off the front of *settings. */
static size_t
take(struct maker *maker, size_t parent, long sequence, long step,
    const struct draft_setting **settings, const struct draft_setting *end)
{
	const struct draft_setting *first = *settings;
	while (*settings < end && (*settings)->sequence == sequence &&
	    (*settings)->step == step)
		(*settings)++;
	return derive(maker, parent, first, (size_t)(*settings - first));
}

void
draft_resolve_options(struct plan_draft *draft)
{
	struct plan *plan = draft->plan;
	struct maker maker = { .draft = draft, .known = plan_names_new() };
	const struct draft_setting *next = draft->settings;
	const struct draft_setting *end = next ? next + draft->setting_count : NULL;
	if (draft->setting_count)
		qsort(draft->settings, draft->setting_count, sizeof *draft->settings,
		    compare);
	size_t built_in = add_options(&maker, plan_options_new());
	size_t defaults = take(&maker, built_in, -1, -1, &next, end);
	for (size_t i = 0; i < plan->sequence_count; i++) {
		struct plan_sequence *sequence = &plan->sequences[i];
		size_t common = take(&maker, defaults, (long)i, -1, &next, end);
		for (size_t j = 0; j < sequence->step_count; j++) {
			size_t own = take(&maker, common, (long)i, (long)j, &next, end);
			sequence->steps[j].options = plan->options[own];
		}
	}
	plan_names_free(maker.known);
}
