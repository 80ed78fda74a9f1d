#include "plan/plan_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define uthash_malloc(size) mem_alloc(size)
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes(key, len))
#include <uthash.h>

struct name {
	UT_hash_handle hh;
	long number;
	char text[];
};

struct plan_names {
	struct name *head;
};

/* FNV-1a. */
static unsigned
hash_bytes(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

struct plan_names *
plan_names_new(void)
{
	return mem_alloc(sizeof(struct plan_names));
}

void
plan_names_free(struct plan_names *names)
{
	if (names)
		plan_names_clear(names);
	free(names);
}

void
plan_names_clear(struct plan_names *names)
{
	struct name *name, *next;
	struct name *first = names->head;
	HASH_CLEAR(hh, names->head);
	for (name = first; name; name = next) {
		next = name->hh.next;
		free(name);
	}
}

long
plan_names_find(const struct plan_names *names, const char *text, size_t len)
{
	struct name *name;
	HASH_FIND(hh, names->head, text, len, name);
	return name ? name->number : -1;
}

long
plan_names_add(struct plan_names *names, const char *text, size_t len, long number)
{
	long found = plan_names_find(names, text, len);
	if (found >= 0)
		return found;
	struct name *name = mem_alloc(sizeof *name + len + 1);
	name->number = number;
	memcpy(name->text, text, len);
	HASH_ADD(hh, names->head, text, len, name);
	return -1;
}
