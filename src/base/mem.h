/*
 * Memory that is always there: these never return NULL. When the system has no more,
 * the hook set by mem_on_exhausted runs once (the engine flushes its journal in it),
 * one line goes to standard error, and the program ends with status 4.
 * Everything is released with free().
 */
#ifndef SEQDECK_BASE_MEM_H
#define SEQDECK_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);	/* zeroed; size 0 gives a pointer that may be freed */
void *mem_array(size_t count, size_t size);	/* zeroed; ends the program on overflow */
void *mem_grow(void *p, size_t count, size_t size);	/* realloc; new part not zeroed */
char *mem_strdup(const char *s);	/* NULL gives NULL */
char *mem_strndup(const char *s, size_t len);	/* exactly len bytes and a NUL */
void *mem_dup(const void *p, size_t len);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void mem_on_exhausted(void (*hook)(void *arg), void *arg);

#endif
