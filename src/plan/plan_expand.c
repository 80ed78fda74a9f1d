/*
 * Putting values into templates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "plan/plan.h"
#include "plan/plan_names.h"
#include "plan/plan_template.h"
#include "plan/plan_value.h"

const char *const plan_scope_names[] = {
	"sequence", "step", "attempt", "run", "run_dir", "plan_dir", NULL,
};

/* Reads the part that begins with the '{' at p. */
static bool
read_part(const char *p, struct plan_part *part)
{
	size_t len = strcspn(p + 1, "{}!\n");
	const char *name = p + 1, *end = name + len;
	*part = (struct plan_part){ .start = p, .name = name, .name_len = len };
	if (*end == '!') {
		part->modifier = end + 1;
		part->modifier_len = strcspn(end + 1, "{}!\n");
		end = part->modifier + part->modifier_len;
		if (!plan_is_name(part->modifier, part->modifier_len))
			return false;
	}
	part->end = end + 1;
	return *end == '}' && plan_is_name(name, len);
}

bool
plan_part_next(const char *text, struct plan_part *part)
{
	for (const char *p = text; (p = strchr(p, '{')); p++)
		if ((p == text || p[-1] != '$') && read_part(p, part))
			return true;
	return false;
}

bool
plan_part_is_raw(const struct plan_part *part)
{
	return part->modifier && part->modifier_len == 3 &&
	    memcmp(part->modifier, "raw", 3) == 0;
}

bool
plan_part_is_plain(const struct plan_part *part)
{
	return !part->modifier;
}

const char *
plan_var_value(const struct plan *plan, const char *name, size_t len)
{
	if (plan->var_names) {
		long i = plan_names_find(plan->var_names, name, len);
		if (i >= 0)
			return plan->vars[i].value;
	} else {
		for (size_t i = 0; i < plan->var_count; i++)
			if (strlen(plan->vars[i].name) == len &&
			    memcmp(plan->vars[i].name, name, len) == 0)
				return plan->vars[i].value;
	}
	return len == 8 && memcmp(name, "plan_dir", 8) == 0 ? plan->dir : NULL;
}

static bool
is_word(const char *word, const char *name, size_t len)
{
	return strlen(word) == len && memcmp(word, name, len) == 0;
}

/* The value of a name in a scope, NULL when it is unknown. number: room for the attempt.
 */
static const char *
scope_value(const struct plan_scope *scope, const char *name, size_t len, char number[16])
{
	if (is_word("sequence", name, len))
		return scope->sequence ? scope->sequence->name : NULL;
	if (is_word("step", name, len))
		return scope->step ? scope->step->name : NULL;
	if (is_word("run", name, len))
		return scope->run_id;
	if (is_word("run_dir", name, len))
		return scope->run_dir;
	if (is_word("attempt", name, len)) {
		snprintf(number, 16, "%d", scope->attempt);
		return number;
	}
	return scope->plan ? plan_var_value(scope->plan, name, len) : NULL;
}

static void
expand(const struct plan_scope *scope, const char *template, bool is_shell,
    struct buf *to)
{
	struct plan_part part;
	char number[16];
	const char *p = template;
	for (const char *from = p; plan_part_next(from, &part); from = part.end) {
		const char *value = scope_value(scope, part.name, part.name_len, number);
		if (!value || (part.modifier && !plan_part_is_raw(&part)))
			continue;
		buf_add(to, p, (size_t)(part.start - p));
		p = part.end;
		if (is_shell && plan_part_is_plain(&part))
			text_shell_quote(to, value);
		else
			buf_add_str(to, value);
	}
	buf_add_str(to, p);
}

void
plan_expand_shell(const struct plan_scope *scope, const char *template, struct buf *to)
{
	expand(scope, template, true, to);
}

void
plan_expand_raw(const struct plan_scope *scope, const char *template, struct buf *to)
{
	expand(scope, template, false, to);
}
