#include "cmd/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

void
say(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = NULL;
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	struct buf line = BUF_INIT;
	buf_add_str(&line, "seqdeck: ");
	if (text != NULL)
		text_escape(&line, text, strlen(text), true);
	buf_add_char(&line, '\n');
	fflush(stdout);
	fwrite(line.data, 1, line.len, stderr);
	fflush(stderr);
	buf_release(&line);
	free(text);
}
