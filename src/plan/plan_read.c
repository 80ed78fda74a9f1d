/*
 * From sections and pairs of the file to the draft of a plan: what each section, key and
 * step means. Values that need variables are only kept here; draft_resolve_... come
 * later.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "plan/ini.h"
#include "plan/plan_draft.h"
#include "plan/plan_kind.h"
#include "plan/plan_names.h"
#include "plan/plan_value.h"

/* Room for the names of one table, for a hint. */
#define NAMES_MAX 64

static struct plan_place
place_behind(struct plan_place place, size_t characters)
{
	return (struct plan_place){ place.line, place.column + (int)characters };
}

struct plan_place
draft_place_in(const char *text, struct plan_place place, int indent, const char *at)
{
	for (; text < at; text++) {
		if (*text == '\n') {
			place.line++;
			place.column = indent + 1;
		} else if (((unsigned char)*text & 0xc0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

const char *
draft_hint(const struct plan_draft *draft, struct draft_hint *hint, const char *word,
    const char *const *names)
{
	const char *nearest = draft->problems->error_count < PLAN_ERRORS_MAX ?
	    text_nearest(word, names) : NULL;
	struct buf text = BUF_INIT;
	if (nearest)
		buf_printf(&text, ": did you mean '%s'?", nearest);
	size_t len = text.len < sizeof hint->text ? text.len : sizeof hint->text - 1;
	memcpy(hint->text, buf_str(&text), len);
	hint->text[len] = '\0';
	buf_release(&text);
	return hint->text;
}

/* Grows an array of draft->... when it is full. */
static void *
make_room(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room ? *room * 2 : 16;
	return mem_grow(items, *room, size);
}

static struct plan_sequence *
present_sequence(struct plan_draft *draft)
{
	return &draft->plan->sequences[draft->plan->sequence_count - 1];
}

/* Notes a key of the present section; tells an error when it was there before. */
static bool
is_new_key(struct plan_draft *draft, const struct draft_value *value)
{
	struct plan_quote q;
	long line = plan_names_add(draft->keys, value->key, strlen(value->key),
	    value->key_place.line);
	if (line >= 0)
		draft_error(draft, value->key_place, "'%s' is set already in line %ld",
		    plan_quote(&q, value->key, strlen(value->key)), line);
	return line < 0;
}

static bool
has_value(struct plan_draft *draft, const struct draft_value *value)
{
	struct plan_quote q;
	if (!*value->text)
		draft_error(draft, value->place, "'%s' has no value",
		    plan_quote(&q, value->key, strlen(value->key)));
	return *value->text != '\0';
}

/* Keeps an option for draft_resolve_options; step < 0: of the whole sequence. */
static void
keep_setting(struct plan_draft *draft, long sequence, long step,
    const struct plan_option *option, const char *suffix, const struct draft_value *value)
{
	if (!is_new_key(draft, value) ||
	    (!option->may_be_empty && !has_value(draft, value)))
		return;
	draft->settings = make_room(draft->settings, draft->setting_count,
	    &draft->setting_room, sizeof *draft->settings);
	draft->settings[draft->setting_count] = (struct draft_setting){
		.sequence = sequence, .step = step, .order = draft->setting_count,
		.option = option, .suffix = mem_strdup(suffix),
		.text = mem_strdup(value->text),
		.place = value->place, .indent = value->indent,
	};
	draft->setting_count++;
}

static void
keep_template(struct plan_draft *draft, const char *text, const struct draft_value *value,
    bool is_shell)
{
	if (!strchr(text, '{'))
		return;
	draft->templates = make_room(draft->templates, draft->template_count,
	    &draft->template_room, sizeof *draft->templates);
	draft->templates[draft->template_count++] = (struct draft_template){
		text, value->place, value->indent, is_shell,
	};
}

/* Tells that a key is unknown, with the nearest name of options and `keys`. */
static void
unknown_key(struct plan_draft *draft, const struct draft_value *value,
    const struct plan_key *keys, bool has_options)
{
	const char *names[NAMES_MAX + 1];
	size_t count = 0;
	struct draft_hint hint;
	struct plan_quote q;
	for (; keys && keys->name && count < NAMES_MAX; keys++)
		names[count++] = keys->name;
	if (has_options)
		for (const struct plan_option *o = plan_option_table; o->name; o++)
			if (count < NAMES_MAX)
				names[count++] = o->name;
	names[count] = NULL;
	draft_error(draft, value->key_place, "unknown key '%s'%s",
	    plan_quote(&q, value->key, strlen(value->key)),
	    draft_hint(draft, &hint, value->key, names));
}

/* [plan] and [vars]: keeps the pair for later. */
static void
keep_pair(struct draft_pair *pair, const struct plan_key *key,
    const struct draft_value *value)
{
	*pair = (struct draft_pair){
		.key = key, .name = mem_strdup(value->key),
		.text = mem_strdup(value->text),
		.place = value->place, .indent = value->indent,
	};
}

static void
read_plan_pair(struct plan_draft *draft, const struct draft_value *value)
{
	const struct plan_key *key = plan_key_find(plan_plan_keys, value->key);
	if (!key) {
		unknown_key(draft, value, plan_plan_keys, false);
		return;
	}
	if (!is_new_key(draft, value) || !has_value(draft, value))
		return;
	draft->plan_pairs = mem_grow(draft->plan_pairs, draft->plan_pair_count + 1,
	    sizeof *draft->plan_pairs);
	keep_pair(&draft->plan_pairs[draft->plan_pair_count++], key, value);
}

/* Warns of two variables that the environment of a step cannot hold both: it has them in
 * capitals, with '_' for '-'. */
static void
check_environment(struct plan_draft *draft, const struct draft_value *value)
{
	char name[PLAN_NAME_MAX + 2] = "$";
	size_t len = strlen(value->key) + 1;
	for (size_t i = 1; i < len; i++) {
		char c = value->key[i - 1];
		name[i] = c == '-' ? '_' :
		    c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	long line = plan_names_add(draft->keys, name, len, value->key_place.line);
	if (line >= 0)
		draft_warning(draft, value->key_place, "this variable and the one in "
		    "line %ld are the same in the environment of steps: SEQDECK_%s", line,
		    name + 1);
}

static void
read_var(struct plan_draft *draft, const struct draft_value *value)
{
	struct plan_quote q;
	const char *why = plan_var_refusal(value->key);
	if (why) {
		draft_error(draft, value->key_place, "'%s' %s",
		    plan_quote(&q, value->key, strlen(value->key)), why);
		return;
	}
	if (!is_new_key(draft, value))
		return;
	check_environment(draft, value);
	draft->vars = make_room(draft->vars, draft->var_count, &draft->var_room,
	    sizeof *draft->vars);
	keep_pair(&draft->vars[draft->var_count++], NULL, value);
}

static void
read_default(struct plan_draft *draft, const struct draft_value *value)
{
	const char *suffix;
	const struct plan_option *option = plan_option_find(value->key, &suffix);
	if (option)
		keep_setting(draft, -1, -1, option, suffix, value);
	else if (strpbrk(value->key, " \t"))
		draft_error(draft, value->key_place,
		    "a step can only stand in a [sequence NAME]");
	else
		unknown_key(draft, value, NULL, true);
}

static void
begin_sequence(struct plan_draft *draft, const struct draft_value *name)
{
	struct plan *plan = draft->plan;
	struct plan_quote q;
	size_t len = strlen(name->text);
	if (!plan_is_name(name->text, len))
		draft_error(draft, name->place, "'%s' is not a name: write letters, "
		    "digits, '-' and '_', at most %d", plan_quote(&q, name->text, len),
		    PLAN_NAME_MAX);
	long first = plan_names_add(plan->sequence_names, name->text, len,
	    (long)plan->sequence_count);
	if (first >= 0)
		draft_error(draft, name->place, "sequence '%s' is there already, in line "
		    "%d", plan_quote(&q, name->text, len), plan->sequences[first].line);
	if (plan->sequence_count == PLAN_SEQUENCES_MAX)
		draft_error(draft, name->place, "more than %d sequences",
		    PLAN_SEQUENCES_MAX);
	plan->sequences = make_room(plan->sequences, plan->sequence_count,
	    &draft->sequence_room, sizeof *plan->sequences);
	plan->sequences[plan->sequence_count++] = (struct plan_sequence){
		.name = mem_strdup(name->text), .line = name->place.line,
	};
	draft->step_room = 0;
}

/* The step `NAME` of the present sequence; -1 when there is none. */
static long
find_step(const struct plan_draft *draft, const char *name, size_t len)
{
	char key[PLAN_NAME_MAX + 1];
	if (len > PLAN_NAME_MAX)
		return -1;
	key[0] = ':';
	memcpy(key + 1, name, len);
	return plan_names_find(draft->keys, key, len + 1);
}

/* Whether a step may have this name; tells an error when not. */
static bool
is_step_name(struct plan_draft *draft, const char *name, struct plan_place place)
{
	const struct plan_sequence *sequence = present_sequence(draft);
	struct plan_quote q;
	size_t len = strlen(name);
	long first = find_step(draft, name, len);
	if (!plan_is_name(name, len))
		draft_error(draft, place, "'%s' is not a name: write letters, digits, "
		    "'-' and '_', at most %d", plan_quote(&q, name, len), PLAN_NAME_MAX);
	else if (strcmp(name, "env") == 0)
		draft_error(draft, place, "a step cannot be called 'env': env.NAME sets "
		    "the environment of all steps");
	else if (first >= 0)
		draft_error(draft, place, "step '%s' is there already, in line %d",
		    name, sequence->steps[first].line);
	else if (sequence->step_count == PLAN_STEPS_MAX)
		draft_error(draft, place, "more than %d steps in a sequence",
		    PLAN_STEPS_MAX);
	else
		return true;
	return false;
}

/* The kind that a key begins with; tells an error when there is no such kind. */
static const struct plan_kind *
read_kind(struct plan_draft *draft, const struct draft_value *value, size_t len)
{
	const char *names[NAMES_MAX + 1];
	size_t count = 0;
	struct draft_hint hint;
	struct plan_quote q;
	const struct plan_kind *kind = plan_kind_find(value->key, len);
	if (kind)
		return kind;
	for (kind = plan_kinds; kind->name && count < NAMES_MAX; kind++)
		names[count++] = kind->name;
	names[count] = NULL;
	char *word = mem_strndup(value->key, len);
	draft_error(draft, value->key_place, "unknown kind of step '%s'%s",
	    plan_quote(&q, word, len), draft_hint(draft, &hint, word, names));
	free(word);
	return NULL;
}

/* `KIND NAME = VALUE` */
static void
read_step(struct plan_draft *draft, const struct draft_value *value)
{
	struct plan_sequence *sequence = present_sequence(draft);
	size_t kind_len = strcspn(value->key, " \t");
	const char *name = value->key + kind_len + strspn(value->key + kind_len, " \t");
	const struct plan_kind *kind = read_kind(draft, value, kind_len);
	struct plan_quote q;
	char key[PLAN_NAME_MAX + 2] = ":";
	if (!is_step_name(draft, name,
	    place_behind(value->key_place, (size_t)(name - value->key))))
		return;
	plan_names_add(draft->keys, strcat(key, name), strlen(name) + 1,
	    (long)sequence->step_count);
	if (kind && !*value->text)
		draft_error(draft, value->place, "'%s' has no %s",
		    plan_quote(&q, value->key, strlen(value->key)), kind->value_name);
	sequence->steps = make_room(sequence->steps, sequence->step_count,
	    &draft->step_room, sizeof *sequence->steps);
	struct plan_step *step = &sequence->steps[sequence->step_count++];
	*step = (struct plan_step){
		.name = mem_strdup(name), .kind = kind, .value = mem_strdup(value->text),
		.line = value->place.line, .column = value->place.column,
	};
	keep_template(draft, step->value, value, kind && kind->is_shell);
}

/* `NAME.OPTION = VALUE` */
static void
read_step_option(struct plan_draft *draft, const struct draft_value *value)
{
	const struct plan_sequence *sequence = present_sequence(draft);
	const char *dot = strchr(value->key, '.'), *suffix;
	size_t len = (size_t)(dot - value->key);
	long step = find_step(draft, value->key, len);
	const struct plan_option *option = plan_option_find(dot + 1, &suffix);
	struct draft_hint hint;
	struct plan_quote q;
	if (step < 0) {
		const char **names = mem_array(sequence->step_count + 1, sizeof *names);
		for (size_t i = 0; i < sequence->step_count; i++)
			names[i] = sequence->steps[i].name;
		char *word = mem_strndup(value->key, len);
		draft_error(draft, value->key_place, "no step '%s' above this line in "
		    "sequence '%s'%s", plan_quote(&q, word, len), sequence->name,
		    draft_hint(draft, &hint, word, names));
		free(word);
		free(names);
	}
	if (!option) {
		struct draft_value inner = *value;
		inner.key = dot + 1;
		inner.key_place = place_behind(value->key_place, len + 1);
		unknown_key(draft, &inner, NULL, true);
	}
	if (step >= 0 && option)
		keep_setting(draft, (long)draft->plan->sequence_count - 1, step, option,
		    suffix, value);
}

static void
read_sequence_pair(struct plan_draft *draft, const struct draft_value *value)
{
	const char *key = value->key, *suffix;
	if (strpbrk(key, " \t")) {
		read_step(draft, value);
		return;
	}
	const struct plan_key *row = plan_key_find(plan_sequence_keys, key);
	const struct plan_option *option = plan_option_find(key, &suffix);
	const struct plan_kind *kind = plan_kind_find(key, strlen(key));
	if (row) {
		if (is_new_key(draft, value) && has_value(draft, value))
			row->read(draft, value);
	} else if (option) {
		keep_setting(draft, (long)draft->plan->sequence_count - 1, -1, option,
		    suffix, value);
	} else if (kind) {
		draft_error(draft, value->key_place, "this step has no name: write '%s "
		    "NAME = %s'", kind->name, kind->value_name);
	} else if (strchr(key, '.')) {
		read_step_option(draft, value);
	} else {
		unknown_key(draft, value, plan_sequence_keys, true);
	}
}

/* Keeps the names of a list for draft_resolve_needs. */
static void
read_needs_list(struct plan_draft *draft, const struct draft_value *value, bool is_after)
{
	struct plan_place place = value->place;
	const char *seen = value->text;
	for (const char *p = seen; *p;) {
		size_t len = strcspn(p, ", \t\n");
		if (len == 0) {
			p++;
			continue;
		}
		place = draft_place_in(seen, place, value->indent, p);
		seen = p;
		draft->needs = make_room(draft->needs, draft->need_count,
		    &draft->need_room, sizeof *draft->needs);
		draft->needs[draft->need_count++] = (struct draft_need){
			.sequence = draft->plan->sequence_count - 1, .is_after = is_after,
			.name = mem_strndup(p, len), .place = place,
		};
		p += len;
	}
}

static void
read_needs(struct plan_draft *draft, const struct draft_value *value)
{
	read_needs_list(draft, value, false);
}

static void
read_after(struct plan_draft *draft, const struct draft_value *value)
{
	read_needs_list(draft, value, true);
}

static void
read_title(struct plan_draft *draft, const struct draft_value *value)
{
	if (strchr(value->text, '\n')) {
		draft_error(draft, value->place, "the title has several lines");
		return;
	}
	free(draft->plan->title);
	draft->plan->title = mem_strdup(value->text);
}

static void
read_parallel(struct plan_draft *draft, const struct draft_value *value)
{
	struct err err = ERR_INIT;
	long n = 0;
	if (plan_value_number(value->text, 0, PLAN_SEQUENCES_MAX, &n, &err) < 0)
		draft_error(draft, value->place, "parallel: %s", err.text);
	else
		draft->plan->parallel = (int)n;
}

const struct plan_key plan_plan_keys[] = {
	{ "title", "TEXT", "the file's name without .ini",
	    "What the run is called on the screen and in lists.", read_title },
	{ "parallel", "NUMBER", "0",
	    "How many sequences run at the same time; 0 for all.", read_parallel },
	{ .name = NULL },
};

const struct plan_key plan_sequence_keys[] = {
	{ "needs", "SEQUENCE, ...", "",
	    "The sequence starts when all of these have ended ok.", read_needs },
	{ "after", "SEQUENCE, ...", "", "The sequence starts when all of these have "
	    "ended, well or not.", read_after },
	{ .name = NULL },
};

const struct plan_section plan_sections[] = {
	{ "plan", NULL, "What holds for the whole run.", NULL, read_plan_pair },
	{ "vars", NULL, "Variables, NAME = TEXT: {NAME} stands for TEXT in the values of "
	    "the plan.", NULL, read_var },
	{ "defaults", NULL, "Options of all steps, where a sequence or step does not set "
	    "them.", NULL, read_default },
	{ "sequence", "NAME", "Steps, one after the other in the order of their lines, "
	    "and options of all of them.", begin_sequence, read_sequence_pair },
	{ .name = NULL },
};
