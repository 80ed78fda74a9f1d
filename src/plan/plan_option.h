/*
 * The tables of what may stand in a plan beside steps (those are in plan_kind.h):
 * sections, keys and the options of steps. The reader, the manual page, `check` and the
 * completion share them; a later option is a row and a parser.
 */
#ifndef SEQDECK_PLAN_PLAN_OPTION_H
#define SEQDECK_PLAN_PLAN_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct plan_options;
struct plan_draft;
struct draft_value;

/* An option of a step. */
struct plan_option {
	const char *name;	/* "timeout"; of a family the part with the dot: "env." */
	const char *value_name;	/* "DURATION": the form of the value */
	const char *default_text;	/* what it is when not set, as in a plan */
	const char *help;	/* sentences for manual, help and completion */
	bool is_family;	/* stands for many: the name goes on behind the dot */
	bool may_be_empty;	/* `NAME =` is a value, too */
	/* {name} stays in the value until the step starts; else the plan's variables are
	 * put in when it is read. */
	bool is_template;
	/* Sets the option from its value; suffix is what stands behind the dot of a
	 * family, else NULL. Returns 0, or -1 with err set and `to` as it was. */
	int (*parse)(const char *suffix, const char *value, struct plan_options *to,
	    struct err *err);
};

extern const struct plan_option plan_option_table[];	/* ends with name == NULL */

/* Finds the option of a key; *suffix is set to what stands behind the dot of a family,
 * else to NULL. */
const struct plan_option *plan_option_find(const char *key, const char **suffix);

/* A key of [plan] or of a sequence. */
struct plan_key {
	const char *name;
	const char *value_name;
	const char *default_text;
	const char *help;
	void (*read)(struct plan_draft *draft, const struct draft_value *value);
};

extern const struct plan_key plan_plan_keys[];	/* of [plan]; ends with name == NULL */
extern const struct plan_key plan_sequence_keys[];	/* the same of [sequence NAME] */

const struct plan_key *plan_key_find(const struct plan_key *keys, const char *name);

/* A kind of section. */
struct plan_section {
	const char *name;	/* "sequence" */
	const char *argument;	/* "NAME" when it has to have one, else NULL */
	const char *help;
	/* The section begins. NULL: nothing to do. */
	void (*begin)(struct plan_draft *draft, const struct draft_value *name);
	void (*pair)(struct plan_draft *draft, const struct draft_value *pair);
};

extern const struct plan_section plan_sections[];	/* ends with name == NULL */

/* Options as built in. The caller frees with plan_options_free. */
struct plan_options *plan_options_new(void);
struct plan_options *plan_options_copy(const struct plan_options *from);
void plan_options_free(struct plan_options *options);

#endif
