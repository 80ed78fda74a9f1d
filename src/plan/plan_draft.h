/*
 * A plan while it is being made. plan_read.c fills the draft from the file; then each of
 * the functions at the end does its part, in their order, and tells what it finds wrong.
 */
#ifndef SEQDECK_PLAN_PLAN_DRAFT_H
#define SEQDECK_PLAN_PLAN_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/plan.h"
#include "plan/plan_option.h"
#include "plan/plan_problem.h"

/* A value of the file and where it is. */
struct draft_value {
	const char *key;	/* as written; the name of a section has none */
	const char *text;
	struct plan_place key_place;
	struct plan_place place;	/* of the text */
	int indent;	/* characters missing at the left of its second and later lines */
};

/* An option that was set: of a step, of a sequence (step < 0), of [defaults] (both). */
struct draft_setting {
	long sequence, step;
	size_t order;
	const struct plan_option *option;
	char *suffix;	/* of a family; else NULL */
	char *text;
	struct plan_place place;
	int indent;
};

/* A sequence named in `needs` or `after`. */
struct draft_need {
	size_t sequence;	/* whose key it is */
	bool is_after;
	char *name;
	struct plan_place place;
};

/* A text whose {name} parts are looked at once the variables are known; borrowed from the
 * plan or the draft. */
struct draft_template {
	const char *text;
	struct plan_place place;
	int indent;
	bool is_shell;
};

/* A key of [plan] or a variable. */
struct draft_pair {
	const struct plan_key *key;
	char *name;
	char *text;
	struct plan_place place;
	int indent;
};

struct plan_draft {
	struct plan *plan;
	struct plan_problems *problems;
	const struct plan_request *request;
	const char *file;

	/* while the file is read */
	const struct plan_section *section;	/* present one; NULL: an unknown one */
	bool in_section;	/* a header was seen */
	struct plan_names *sections;	/* line of each header, by name */
	/* Of the present section: the line of each key; the index of each step, under
	 * ":NAME". */
	struct plan_names *keys;
	size_t sequence_room, step_room;

	struct draft_pair *plan_pairs, *vars;
	size_t plan_pair_count, var_count, var_room;
	struct draft_setting *settings;
	size_t setting_count, setting_room;
	struct draft_need *needs;
	size_t need_count, need_room;
	struct draft_template *templates;
	size_t template_count, template_room;
};

#define DRAFT_NOWHERE ((struct plan_place){ 0, 0 })

/* Tells an error or a warning at a place of the file. */
#define draft_error(draft, place, ...) \
	plan_error((draft)->problems, (draft)->file, place, __VA_ARGS__)
#define draft_warning(draft, place, ...) \
	plan_warning((draft)->problems, (draft)->file, place, __VA_ARGS__)

/* The place of the byte at `at`, which is in `text`, a value at `place`. */
struct plan_place draft_place_in(const char *text, struct plan_place place, int indent,
    const char *at);

/* The nearest of names, as ": did you mean 'x'?", or "". Valid as long as hint. Nothing
 * is looked for when there are more errors already than will be shown. */
struct draft_hint {
	char text[PLAN_NAME_MAX + 40];
};
const char *draft_hint(const struct plan_draft *draft, struct draft_hint *hint,
    const char *word, const char *const *names);

/* Text with the plan's variables put in, as it is for what cannot wait for a step to
 * start. The caller frees. */
char *draft_expand(const struct plan_draft *draft, const char *text);

/* Why a variable cannot have this name, as the rest of a sentence; NULL when it can. */
const char *plan_var_refusal(const char *name);

/* Reads the file's text into the draft. */
void draft_read(struct plan_draft *draft, const char *text, size_t len);

/* Makes the plan's variables from [vars] and the request. */
void draft_resolve_vars(struct plan_draft *draft);

/* Sets what stands in [plan]. */
void draft_resolve_plan(struct plan_draft *draft);

/* Makes the options of all steps. */
void draft_resolve_options(struct plan_draft *draft);

/* Looks for mistakes in {name} parts, and at the values of steps. */
void draft_check_templates(struct plan_draft *draft);

/* Joins sequences by `needs` and `after`; finds those that wait for each other. */
void draft_resolve_needs(struct plan_draft *draft);

/* Leaves only the sequences that the request asks for, and what these need. */
void draft_choose(struct plan_draft *draft);

void plan_sequence_release(struct plan_sequence *sequence);

#endif
