/*
 * An error for the user: one whole sentence, made where the failure happened and
 * printed by the outermost caller.
 *
 * A function that can fail for a reason of the user's or the system's takes a
 * `struct err *err` as its last argument and returns -1 or NULL on failure; err then
 * holds the text: what failed, on what, why, lower case, no full stop
 * ("cannot open 'a.log': Permission denied"). err is untouched on success. A NULL err
 * is allowed where the caller does not want the text.
 */
#ifndef SEQDECK_BASE_ERR_H
#define SEQDECK_BASE_ERR_H

#include <stdarg.h>

struct err {
	int code;	/* errno of the failure, 0 when it had none */
	char text[1024];	/* NUL-terminated; a longer text ends in "..." */
};

#define ERR_INIT { 0, "" }

/* Sets the text from a printf format and code 0. Returns -1, so that a caller can
 * `return err_set(err, ...)`. */
int err_set(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* As err_set, then appends ": " and the text of errno, and keeps errno in code. */
int err_errno(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts a text and ": " in front of what err holds ("plan 'x': ..."). Returns -1. */
int err_prefix(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
