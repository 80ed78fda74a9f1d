/*
 * Numbers by name: a hash table. The names are copied.
 */
#ifndef SEQDECK_PLAN_PLAN_NAMES_H
#define SEQDECK_PLAN_PLAN_NAMES_H

#include <stddef.h>

struct plan_names;

struct plan_names *plan_names_new(void);
void plan_names_free(struct plan_names *names);
void plan_names_clear(struct plan_names *names);

/* The number of a name of len bytes (any bytes); -1 when it is not there. */
long plan_names_find(const struct plan_names *names, const char *name, size_t len);

/* Adds a name. When it is there already nothing changes, and its number (never negative)
 * is returned; else -1. */
long plan_names_add(struct plan_names *names, const char *name, size_t len, long number);

#endif
