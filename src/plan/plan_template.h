/*
 * The {name} parts of a text.
 *
 * `{name}` and `{name!raw}`, where name could be the name of a variable, are such parts;
 * `${name}` is not, as it belongs to the shell, and neither is any other use of braces.
 */
#ifndef SEQDECK_PLAN_PLAN_TEMPLATE_H
#define SEQDECK_PLAN_PLAN_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct plan;
struct plan_scope;

struct plan_part {
	const char *start, *end;	/* from '{' to behind '}' */
	const char *name;
	size_t name_len;
	const char *modifier;	/* behind '!', NULL when there is none */
	size_t modifier_len;
};

/* Finds the first part at or behind text. Returns false when there is none. */
bool plan_part_next(const char *text, struct plan_part *part);

/* Whether a part asks for what can be given: without a modifier, or "raw". */
bool plan_part_is_raw(const struct plan_part *part);
bool plan_part_is_plain(const struct plan_part *part);

/* Names that stand for something when a step starts; ends with NULL. */
extern const char *const plan_scope_names[];

/* The value of a variable of the plan or of `plan_dir`; NULL for an unknown name. */
const char *plan_var_value(const struct plan *plan, const char *name, size_t len);

#endif
