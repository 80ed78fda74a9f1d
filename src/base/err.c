#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Marks a text that did not fit. */
static void
err_mark_cut(struct err *err, int wanted)
{
	if (wanted >= (int)sizeof err->text)
		memcpy(err->text + sizeof err->text - 4, "...", 4);
}

int
err_set(struct err *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	err_mark_cut(err, n);
	err->code = 0;
	return -1;
}

int
err_errno(struct err *err, const char *fmt, ...)
{
	int code = errno;
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	if (n >= 0 && n < (int)sizeof err->text)
		n += snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s",
		    strerror(code));
	err_mark_cut(err, n);
	err->code = code;
	errno = code;
	return -1;
}

int
err_prefix(struct err *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	struct err old = *err;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	if (n >= 0 && n < (int)sizeof err->text)
		n += snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", old.text);
	err_mark_cut(err, n);
	return -1;
}
