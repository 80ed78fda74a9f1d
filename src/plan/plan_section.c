/*
 * From the events of the INI reader to sections and their pairs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "plan/ini.h"
#include "plan/plan_draft.h"
#include "plan/plan_names.h"

#define SECTIONS_MAX 32

/* The row of a section by the first word of its header; tells an error when there is
 * none. */
static const struct plan_section *
find_section(struct plan_draft *draft, const char *word, struct plan_place place)
{
	const char *names[SECTIONS_MAX + 1];
	size_t count = 0;
	struct draft_hint hint;
	struct plan_quote q;
	for (const struct plan_section *s = plan_sections; s->name; s++) {
		if (strcmp(s->name, word) == 0)
			return s;
		if (count < SECTIONS_MAX)
			names[count++] = s->name;
	}
	names[count] = NULL;
	draft_error(draft, place, "unknown section '%s'%s",
	    plan_quote(&q, word, strlen(word)), draft_hint(draft, &hint, word, names));
	return NULL;
}

static void
begin_section(void *arg, const char *text, int line, int column)
{
	struct plan_draft *draft = arg;
	struct plan_quote q;
	size_t len = strcspn(text, " \t");
	const char *name = text + len + strspn(text + len, " \t");
	struct draft_value value = { .key = text, .text = name,
		.key_place = { line, column },
		.place = { line, column + (int)(name - text) } };
	draft->in_section = true;
	plan_names_clear(draft->keys);
	char *word = mem_strndup(text, len);
	const struct plan_section *section = find_section(draft, word, value.key_place);
	if (section && section->argument && !*name) {
		draft_error(draft, value.place, "this section has no name: write [%s %s]",
		    section->name, section->argument);
		section = NULL;
	} else if (section && !section->argument && *name) {
		draft_error(draft, value.place, "'%s' behind [%s]: this section has no "
		    "name", plan_quote(&q, name, strlen(name)), section->name);
	}
	long first = -1;
	if (section && !section->argument)
		first = plan_names_add(draft->sections, word, len, line);
	if (first >= 0)
		draft_error(draft, value.key_place, "section [%s] is there already, in "
		    "line %ld", section->name, first);
	draft->section = section;
	if (section && section->begin)
		section->begin(draft, &value);
	free(word);
}

/* Whether a line of a value would be the header of a section if it were not indented. */
static bool
is_header(const char *line)
{
	if (*line++ != '[')
		return false;
	for (const struct plan_section *s = plan_sections; s->name; s++) {
		size_t len = strlen(s->name);
		if (strncmp(line, s->name, len) == 0 &&
		    line[len] == (s->argument ? ' ' : ']'))
			return true;
	}
	return false;
}

/* Warns of headers that became part of a value. */
static void
check_headers(struct plan_draft *draft, const struct draft_value *value)
{
	struct plan_place place = value->place;
	const char *line = value->text, *seen = line;
	if (value->place.line == value->key_place.line)
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
	while (line) {
		place = draft_place_in(seen, place, value->indent, line);
		seen = line;
		if (is_header(line + strspn(line, " \t")))
			draft_warning(draft, place, "this line is indented, and so part "
			    "of the value above: a section begins at the left margin");
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
}

static void
take_pair(void *arg, const struct ini_pair *pair)
{
	struct plan_draft *draft = arg;
	struct plan_quote q;
	struct draft_value value = { .key = pair->key, .text = pair->value,
		.key_place = { pair->line, 1 },
		.place = { pair->value_line, pair->value_column },
		.indent = pair->indent };
	if (!draft->in_section)
		draft_error(draft, value.key_place, "'%s' stands in front of the first "
		    "[section]", plan_quote(&q, pair->key, strlen(pair->key)));
	else if (draft->section)
		draft->section->pair(draft, &value);
	check_headers(draft, &value);
}

static void
take_problem(void *arg, int line, int column, const char *text)
{
	struct plan_draft *draft = arg;
	draft_error(draft, ((struct plan_place){ line, column }), "%s", text);
}

void
draft_read(struct plan_draft *draft, const char *text, size_t len)
{
	struct ini_listener listener = { begin_section, take_pair, take_problem, draft };
	draft->sections = plan_names_new();
	draft->keys = plan_names_new();
	ini_read(text, len, PLAN_VALUE_MAX, &listener);
	if (draft->plan->sequence_count == 0 && draft->problems->error_count == 0)
		draft_error(draft, DRAFT_NOWHERE,
		    "no [sequence NAME] in this plan, so there is nothing to run");
}
