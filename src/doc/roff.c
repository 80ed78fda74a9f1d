#include "doc/roff.h"

#include <string.h>

static void
roff_bytes(struct buf *to, const char *text, size_t len)
{
	static const struct { char c; const char *roff; } plain[] = {
		{ '\\', "\\e" }, { '-', "\\-" }, { '\'', "\\(aq" }, { '`', "\\(ga" },
		{ '^', "\\(ha" }, { '~', "\\(ti" }, { '"', "\\(dq" },
	};
	if (len > 0 && *text == '.')
		buf_add_str(to, "\\&");
	for (size_t i = 0; i < len; i++) {
		size_t k = 0;
		while (k < sizeof plain / sizeof *plain && plain[k].c != text[i])
			k++;
		if (k < sizeof plain / sizeof *plain)
			buf_add_str(to, plain[k].roff);
		else
			buf_add_char(to, text[i]);
	}
}

void
roff_text(struct buf *to, const char *text)
{
	roff_bytes(to, text, strlen(text));
}

void
roff_bold(struct buf *to, const char *text)
{
	buf_add_str(to, "\\fB");
	roff_text(to, text);
	buf_add_str(to, "\\fR");
}

void
roff_italic(struct buf *to, const char *text)
{
	buf_add_str(to, "\\fI");
	roff_text(to, text);
	buf_add_str(to, "\\fR");
}

void
roff_paragraphs(struct buf *to, const char *text, const char *request)
{
	for (;;) {
		const char *end = strstr(text, "\n\n");
		roff_bytes(to, text, end != NULL ? (size_t)(end - text) : strlen(text));
		buf_add_char(to, '\n');
		if (end == NULL)
			break;
		buf_add_str(to, request);
		buf_add_char(to, '\n');
		text = end + 2;
	}
}
