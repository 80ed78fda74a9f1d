/*
 * {name} parts that are probably not what was meant, and values of steps that are wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "plan/plan_draft.h"
#include "plan/plan_kind.h"
#include "plan/plan_names.h"
#include "plan/plan_template.h"

#define NEAR_MIN 3	/* characters of a name for which near misses are told */
#define NEAR_WORK_MAX 2000000	/* comparisons of unknown names with known ones */

struct checker {
	struct plan_draft *draft;
	const char **names;	/* all known ones; ends with NULL */
	/* Names that were looked at already: 0, or 1 + the index of the name that they
	 * are near to. */
	struct plan_names *judged;
	size_t judged_count, name_count;
	/* The place of the last part that was told of in the present template. */
	struct plan_place place;
	const char *placed;
};

/* How far a shell has come in a command. */
struct shell_state {
	const char *p;
	char quote;	/* ' or " while inside, # in a comment, else 0 */
	bool is_lost;	/* a here document, or a command inside double quotes: whether
			 * something is quoted is not known any more */
};

static bool
is_scope_name(const char *name, size_t len)
{
	for (size_t i = 0; plan_scope_names[i]; i++)
		if (strlen(plan_scope_names[i]) == len &&
		    memcmp(plan_scope_names[i], name, len) == 0)
			return true;
	return false;
}

/* Reads one character of the command. */
static void
read_character(struct shell_state *s, const char *start, const char *to)
{
	char c = *s->p;
	bool is_word_start = s->p == start || strchr(" \t\n;&|(", s->p[-1]);
	if (s->quote == '#' || s->quote == '\'') {
		if (c == (s->quote == '#' ? '\n' : '\''))
			s->quote = 0;
	} else if (c == '\\') {
		s->p += s->p + 1 < to;
	} else if (s->quote == '"') {
		if (c == '"')
			s->quote = 0;
		s->is_lost = c == '`' || (c == '$' && s->p[1] == '(');
	} else if (c == '\'' || c == '"' || (c == '#' && is_word_start)) {
		s->quote = c;
	} else if (c == '<' && s->p[1] == '<') {
		s->is_lost = true;
	}
}

/* Reads the command up to `to`, minding quotes and comments. */
static void
read_shell(struct shell_state *s, const char *start, const char *to)
{
	for (; s->p < to && !s->is_lost; s->p++)
		read_character(s, start, to);
}

/* Whether a shell that reads the command from `start` is inside quotes at `at`. */
static bool
is_inside_quotes(struct shell_state *s, const char *start, const char *at)
{
	read_shell(s, start, at);
	return (s->quote == '\'' || s->quote == '"') && !s->is_lost;
}

/* The known name that this one is probably meant to be; NULL when there is none. */
static const char *
near_name(struct checker *c, const struct plan_part *part)
{
	if (part->name_len < NEAR_MIN)
		return NULL;
	long judged = plan_names_find(c->judged, part->name, part->name_len);
	if (judged < 0 && ++c->judged_count * c->name_count > NEAR_WORK_MAX)
		return NULL;
	if (judged < 0) {
		char *word = mem_strndup(part->name, part->name_len);
		const char *nearest = text_nearest(word, c->names);
		free(word);
		for (judged = 0; nearest && c->names[judged] != nearest; judged++)
			;
		judged = nearest ? judged + 1 : 0;
		plan_names_add(c->judged, part->name, part->name_len, judged);
	}
	return judged ? c->names[judged - 1] : NULL;
}

/* Whether the value of a part is changed by quoting it for the shell. */
static bool
is_quoted(const struct plan *plan, const struct plan_part *part)
{
	const char *value = plan_var_value(plan, part->name, part->name_len);
	struct buf quoted = BUF_INIT;
	if (!value)
		return false;	/* names and numbers of a run need no quotes */
	text_shell_quote(&quoted, value);
	bool differs = strcmp(buf_str(&quoted), value) != 0;
	buf_release(&quoted);
	return differs;
}

static void
begin_template(struct checker *c, const struct draft_template *t)
{
	c->place = t->place;
	c->placed = t->text;
}

/* Where a part of the present template is in the file; called in their order. */
static struct plan_place
part_place(struct checker *c, const struct draft_template *t,
    const struct plan_part *part)
{
	c->place = draft_place_in(c->placed, c->place, t->indent, part->start);
	c->placed = part->start;
	return c->place;
}

/* Looks at one part of a template. */
static void
check_part(struct checker *c, const struct draft_template *t,
    const struct plan_part *part, struct shell_state *shell)
{
	struct plan_draft *draft = c->draft;
	struct plan_quote q;
	int len = (int)part->name_len;
	bool is_known = is_scope_name(part->name, part->name_len) ||
	    plan_var_value(draft->plan, part->name, part->name_len);
	if (!is_known) {
		const char *near = near_name(c, part);
		if (near)
			draft_warning(draft, part_place(c, t, part),
			    "'{%.*s}' stays as it is: no variable has this name; did you "
			    "mean '{%s}'?", len, part->name, near);
	} else if (part->modifier && !plan_part_is_raw(part)) {
		draft_warning(draft, part_place(c, t, part), "'%s' stays as it is: only "
		    "'{%.*s!raw}' is known",
		    plan_quote(&q, part->start, (size_t)(part->end - part->start)), len,
		    part->name);
	} else if (t->is_shell && !part->modifier && is_quoted(draft->plan, part) &&
	    is_inside_quotes(shell, t->text, part->start)) {
		draft_warning(draft, part_place(c, t, part),
		    "'{%.*s}' is quoted by itself; here it stands inside quotes: take "
		    "these away, or write '{%.*s!raw}'", len, part->name, len,
		    part->name);
	}
}

/* The value that a part is replaced by at most, in bytes. */
static size_t
part_size(const struct plan *plan, const struct plan_part *part)
{
	const char *value = plan_var_value(plan, part->name, part->name_len);
	return value ? strlen(value) : PLAN_NAME_MAX;
}

static void
check_template(struct checker *c, const struct draft_template *t)
{
	struct shell_state shell = { .p = t->text };
	struct plan_part part;
	size_t size = strlen(t->text);
	for (const char *p = t->text; plan_part_next(p, &part); p = part.end)
		size += part_size(c->draft->plan, &part);
	if (size > PLAN_VALUE_MAX) {
		draft_error(c->draft, t->place, "this value is longer than %zu bytes "
		    "once the variables are put in", PLAN_VALUE_MAX);
		return;
	}
	begin_template(c, t);
	for (const char *p = t->text; plan_part_next(p, &part); p = part.end)
		check_part(c, t, &part, &shell);
}

/* All names that a part may have, for near misses. */
static const char **
known_names(const struct plan *plan, size_t *name_count)
{
	size_t count = 0;
	const char **names = mem_array(plan->var_count + 16, sizeof *names);
	for (size_t i = 0; i < plan->var_count; i++)
		names[count++] = plan->vars[i].name;
	for (size_t i = 0; plan_scope_names[i]; i++)
		names[count++] = plan_scope_names[i];
	*name_count = count;
	return names;
}

/* Whether all that is in a value is known before the step starts. */
static bool
is_known_now(const struct plan *plan, const char *text)
{
	struct plan_part part;
	for (const char *p = text; plan_part_next(p, &part); p = part.end)
		if (!plan_var_value(plan, part.name, part.name_len) &&
		    is_scope_name(part.name, part.name_len))
			return false;
	return true;
}

static void
check_value(struct plan_draft *draft, const struct plan_step *step)
{
	struct err err = ERR_INIT;
	const struct plan_place place = { step->line, step->column };
	if (!step->kind || !step->kind->check || !*step->value ||
	    !is_known_now(draft->plan, step->value))
		return;
	char *value = draft_expand(draft, step->value);
	if (step->kind->check(value, &err) < 0)
		draft_error(draft, place, "%s %s: %s", step->kind->name, step->name,
		    err.text);
	free(value);
}

/* A command that is to be split into words has to be one that can be. */
static void
check_words(struct plan_draft *draft, const struct plan_step *step)
{
	struct err err = ERR_INIT;
	const struct plan_place place = { step->line, step->column };
	if (!step->kind || !step->kind->is_shell || !*step->value || step->options->shell)
		return;
	char **words = plan_split_words(step->value, &err);
	if (!words)
		draft_error(draft, place, "%s %s: %s", step->kind->name, step->name,
		    err.text);
	for (char **word = words; word && *word; word++)
		free(*word);
	free(words);
}

/* What stands in [vars] and [plan] is put together before any step is known. */
static void
check_pairs(struct checker *c, const struct draft_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct draft_template t = { pairs[i].text, pairs[i].place,
		    pairs[i].indent, false };
		struct plan_part part;
		check_template(c, &t);
		begin_template(c, &t);
		for (const char *p = t.text; plan_part_next(p, &part); p = part.end)
			if (is_scope_name(part.name, part.name_len) &&
			    !plan_var_value(c->draft->plan, part.name, part.name_len))
				draft_warning(c->draft, part_place(c, &t, &part),
				    "'{%.*s}' stays as it is: no step is known here yet",
				    (int)part.name_len, part.name);
	}
}

/* Looks at the values of options that wait for their step to start. */
static void
check_settings(struct checker *c)
{
	for (size_t i = 0; i < c->draft->setting_count; i++) {
		const struct draft_setting *s = &c->draft->settings[i];
		struct draft_template t = { s->text, s->place, s->indent, false };
		if (strchr(s->text, '{'))
			check_template(c, &t);
	}
}

void
draft_check_templates(struct plan_draft *draft)
{
	struct checker c = { .draft = draft, .judged = plan_names_new() };
	c.names = known_names(draft->plan, &c.name_count);
	for (size_t i = 0; i < draft->template_count; i++)
		check_template(&c, &draft->templates[i]);
	check_settings(&c);
	check_pairs(&c, draft->vars, draft->var_count);
	check_pairs(&c, draft->plan_pairs, draft->plan_pair_count);
	for (size_t i = 0; i < draft->plan->sequence_count; i++)
		for (size_t j = 0; j < draft->plan->sequences[i].step_count; j++) {
			check_value(draft, &draft->plan->sequences[i].steps[j]);
			check_words(draft, &draft->plan->sequences[i].steps[j]);
		}
	plan_names_free(c.judged);
	free(c.names);
}
