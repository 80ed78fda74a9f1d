#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The one piece of state below the program's objects: there is nobody left to pass an
 * object to when memory is gone. */
static void (*exhausted_hook)(void *);
static void *exhausted_arg;

void
mem_on_exhausted(void (*hook)(void *arg), void *arg)
{
	exhausted_hook = hook;
	exhausted_arg = arg;
}

static void
mem_exhausted(void)
{
	static const char text[] = "seqdeck: out of memory\n";
	void (*hook)(void *) = exhausted_hook;
	exhausted_hook = NULL;
	if (hook)
		hook(exhausted_arg);
	(void)!write(STDERR_FILENO, text, sizeof text - 1); /* nothing left to do */
	_exit(4);
}

void *
mem_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);
	if (!p)
		mem_exhausted();
	return p;
}

void *
mem_array(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		mem_exhausted();
	return mem_alloc(count * size);
}

void *
mem_grow(void *p, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		mem_exhausted();
	size_t total = count * size;
	void *q = realloc(p, total ? total : 1);
	if (!q)
		mem_exhausted();
	return q;
}

char *
mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *
mem_strndup(const char *s, size_t len)
{
	char *p = mem_alloc(len + 1);
	memcpy(p, s, len);
	return p;
}

void *
mem_dup(const void *p, size_t len)
{
	void *q = mem_alloc(len);
	if (len)
		memcpy(q, p, len);
	return q;
}

char *
mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		mem_exhausted();
	return text;
}
