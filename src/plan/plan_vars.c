/*
 * The plan's variables: [vars], what the command line sets, and what they put into each
 * other.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "plan/plan_draft.h"
#include "plan/plan_names.h"
#include "plan/plan_template.h"
#include "plan/plan_value.h"

#define CYCLE_SHOWN_MAX 20	/* names shown of a cycle */

enum mark { UNSEEN, OPEN, DONE };

/* What is needed while variables are put into each other. Values that are not DONE are as
 * in the file. */
struct resolver {
	struct plan_draft *draft;
	const struct draft_pair **pairs;	/* by variable; NULL: set from outside */
	enum mark *marks;
	size_t *stack;	/* the variables that are OPEN, the first at the bottom */
	size_t depth;
};

/* Whether the environment has the same SEQDECK_NAME for both: capitals, '_' for '-'. */
static bool
is_same_in_environment(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && strncasecmp(a, b, 1) != 0 &&
		    !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

const char *
plan_var_refusal(const char *name)
{
	if (!plan_is_name(name, strlen(name)))
		return "is not a name: write letters, digits, '-' and '_', at most 100";
	for (size_t i = 0; plan_scope_names[i]; i++)
		if (is_same_in_environment(plan_scope_names[i], name))
			return "is set by seqdeck itself: choose another name";
	return NULL;
}

char *
draft_expand(const struct plan_draft *draft, const char *text)
{
	struct buf to = BUF_INIT;
	struct plan_part part;
	const char *p = text;
	for (const char *from = p; plan_part_next(from, &part); from = part.end) {
		const char *value = plan_var_value(draft->plan, part.name, part.name_len);
		if (!value || (part.modifier && !plan_part_is_raw(&part)))
			continue;
		buf_add(&to, p, (size_t)(part.start - p));
		buf_add_str(&to, value);
		p = part.end;
		if (to.len > PLAN_VALUE_MAX)
			break;
	}
	buf_add_str(&to, p);
	return buf_take(&to);
}

/* Tells that the OPEN variables from the one numbered `again` up go round in a circle. */
static void
tell_cycle(const struct resolver *r, size_t again)
{
	struct buf names = BUF_INIT;
	size_t i = r->depth - 1;
	while (r->stack[i] != again)
		i--;
	for (size_t shown = 0; i < r->depth && shown < CYCLE_SHOWN_MAX; i++, shown++)
		buf_printf(&names, "'%s' needs ", r->draft->plan->vars[r->stack[i]].name);
	if (i < r->depth)
		buf_add_str(&names, "... needs ");
	buf_printf(&names, "'%s'", r->draft->plan->vars[again].name);
	draft_error(r->draft, r->pairs[again]->place,
	    "variables that need each other: %s", buf_str(&names));
	buf_release(&names);
}

/* The next variable in a value that is not DONE, at or behind *from. -1: none. */
static long
next_needed(const struct resolver *r, const char **from)
{
	const struct plan *plan = r->draft->plan;
	struct plan_part part;
	while (plan_part_next(*from, &part)) {
		long other = plan_names_find(plan->var_names, part.name, part.name_len);
		*from = part.end;
		if (other >= 0 && r->marks[other] != DONE &&
		    (!part.modifier || plan_part_is_raw(&part)))
			return other;
	}
	return -1;
}

/* Puts the values of others, which are DONE or part of a circle, into variable i. */
static void
finish_var(struct resolver *r, size_t i)
{
	struct plan_var *var = &r->draft->plan->vars[i];
	const struct draft_pair *pair = r->pairs[i];
	if (pair) {
		char *value = draft_expand(r->draft, var->value);
		if (strlen(value) > PLAN_VALUE_MAX) {
			draft_error(r->draft, pair->place, "the value of '%s' is longer "
			    "than %zu bytes once the variables are put in", var->name,
			    PLAN_VALUE_MAX);
			free(value);
			value = mem_strdup("");
		}
		free(var->value);
		var->value = value;
	}
	r->marks[i] = DONE;
}

/* Resolves variable i and all it needs. A stack of our own: a chain may be long. */
static void
resolve_var(struct resolver *r, size_t i, const char **positions)
{
	r->stack[r->depth++] = i;
	r->marks[i] = OPEN;
	positions[i] = r->draft->plan->vars[i].value;
	while (r->depth) {
		size_t top = r->stack[r->depth - 1];
		long other = r->pairs[top] ? next_needed(r, &positions[top]) : -1;
		if (other < 0) {
			finish_var(r, top);
			r->depth--;
		} else if (r->marks[other] == OPEN) {
			tell_cycle(r, (size_t)other);
		} else {
			r->stack[r->depth++] = (size_t)other;
			r->marks[other] = OPEN;
			positions[other] = r->draft->plan->vars[other].value;
		}
	}
}

/* Adds or replaces a variable; pair is NULL for one from outside. */
static void
put_var(struct plan_draft *draft, const struct draft_pair **pairs, const char *name,
    const char *value, const struct draft_pair *pair)
{
	struct plan *plan = draft->plan;
	long i = plan_names_add(plan->var_names, name, strlen(name),
	    (long)plan->var_count);
	if (i < 0) {
		i = (long)plan->var_count++;
		plan->vars[i].name = mem_strdup(name);
	}
	free(plan->vars[i].value);
	plan->vars[i].value = mem_strdup(value);
	pairs[i] = pair;
}

/* Whether a value from outside can be one of a plan: what a file could hold. */
static bool
is_plan_text(const char *text)
{
	size_t len = strlen(text);
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = text_decode(text + i, len - i, &code);
		if (n == 0 || (n == 1 && (unsigned char)text[i] >= 0x80) ||
		    code == 0x7f || (code < 0x20 && code != '\n' && code != '\t') ||
		    (code >= 0x80 && code < 0xa0))
			return false;
		i += n;
	}
	return true;
}

static void
put_settings(struct plan_draft *draft, const struct draft_pair **pairs)
{
	struct plan_quote q;
	for (size_t i = 0; i < draft->request->setting_count; i++) {
		const struct plan_setting *set = &draft->request->settings[i];
		const char *why = plan_var_refusal(set->name);
		if (!why && !is_plan_text(set->value))
			why = "has a value with control characters or one that is not "
			    "UTF-8";
		if (!why && strlen(set->value) > PLAN_VALUE_MAX)
			why = "has a value that is too long";
		if (why)
			plan_error(draft->problems, "--set", DRAFT_NOWHERE, "'%s' %s",
			    plan_quote(&q, set->name, strlen(set->name)), why);
		else
			put_var(draft, pairs, set->name, set->value, NULL);
	}
}

void
draft_resolve_vars(struct plan_draft *draft)
{
	struct plan *plan = draft->plan;
	size_t max = draft->var_count + draft->request->setting_count;
	struct resolver r = { .draft = draft };
	plan->vars = mem_array(max, sizeof *plan->vars);
	r.pairs = mem_array(max, sizeof *r.pairs);
	r.marks = mem_array(max, sizeof *r.marks);
	r.stack = mem_array(max, sizeof *r.stack);
	const char **positions = mem_array(max, sizeof *positions);
	for (size_t i = 0; i < draft->var_count; i++)
		put_var(draft, r.pairs, draft->vars[i].name, draft->vars[i].text,
		    &draft->vars[i]);
	put_settings(draft, r.pairs);
	for (size_t i = 0; i < plan->var_count; i++)
		if (r.marks[i] == UNSEEN)
			resolve_var(&r, i, positions);
	free(r.pairs);
	free(r.marks);
	free(r.stack);
	free(positions);
}

void
draft_resolve_plan(struct plan_draft *draft)
{
	for (size_t i = 0; i < draft->plan_pair_count; i++) {
		const struct draft_pair *pair = &draft->plan_pairs[i];
		char *text = draft_expand(draft, pair->text);
		struct draft_value value = { .key = pair->name, .text = text,
			.key_place = pair->place, .place = pair->place,
			.indent = pair->indent };
		pair->key->read(draft, &value);
		free(text);
	}
}
