#include "plan/ini_clean.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/ini.h"

struct clean {
	const struct ini_listener *listener;
	const char *line_start;
	int line;
	bool told;	/* a problem of this line */
};

/* The column of p, in characters from 1. */
static int
column_of(const struct clean *c, const char *p)
{
	int n = 1;
	for (const char *s = c->line_start; s < p; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
tell(struct clean *c, const char *p, const char *text)
{
	if (!c->told)
		c->listener->problem(c->listener->arg, c->line, column_of(c, p), text);
	c->told = true;
}

static void
tell_control(struct clean *c, const char *p, uint32_t code)
{
	char text[80];
	if (code == '\r')
		snprintf(text, sizeof text, "a carriage return (^M) that does not end "
		    "the line");
	else if (code < 0x20 || code == 0x7f)
		snprintf(text, sizeof text, "control character ^%c (0x%02x) is not "
		    "allowed", (char)(code ^ 0x40), (unsigned)code);
	else
		snprintf(text, sizeof text, "control character U+%04X is not allowed",
		    (unsigned)code);
	tell(c, p, text);
}

/* Takes one character that is not plain ASCII. Returns its length. */
static size_t
take_character(struct clean *c, const char *p, const char *end, struct buf *to)
{
	uint32_t code;
	size_t n = text_decode(p, (size_t)(end - p), &code);
	bool is_bad = n == 0 || (n == 1 && (unsigned char)*p >= 0x80);
	if (is_bad) {
		char text[80];
		snprintf(text, sizeof text, "byte 0x%02x is not UTF-8 here",
		    (unsigned)(unsigned char)*p);
		tell(c, p, text);
	} else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
		tell_control(c, p, code);
		is_bad = true;
	}
	if (is_bad)
		buf_add_char(to, '_');
	else
		buf_add(to, p, n);
	return n ? n : 1;
}

bool
ini_clean(const char *text, size_t len, struct buf *clean,
    const struct ini_listener *listener)
{
	struct clean c = { .listener = listener, .line = 1 };
	const char *p = text, *end = text + len;
	if (len >= 2 &&
	    (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
		listener->problem(listener->arg, 1, 1,
		    "this looks like UTF-16: save the file as UTF-8");
		return false;
	}
	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	c.line_start = p;
	while (p < end) {
		const char *run = p;
		while (p < end && ((*p >= ' ' && *p < 0x7f) || *p == '\t'))
			p++;
		buf_add(clean, run, (size_t)(p - run));
		if (p < end && *p == '\r' && (p + 1 == end || p[1] == '\n'))
			p++;
		if (p < end && *p == '\n') {
			buf_add_char(clean, *p++);
			c.line++;
			c.line_start = p;
			c.told = false;
		} else if (p < end) {
			p += take_character(&c, p, end, clean);
		}
	}
	return true;
}
