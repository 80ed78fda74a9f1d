#include "model/json.h"

#include <string.h>

#include "base/text.h"

/* Appends \uXXXX, or a pair of them for a code point above U+FFFF. */
static void
add_escape(struct buf *to, uint32_t code)
{
	static const char digits[] = "0123456789abcdef";
	if (code > 0xffff) {
		add_escape(to, 0xd800 + ((code - 0x10000) >> 10));
		code = 0xdc00 + (code & 0x3ff);
	}
	char text[6] = { '\\', 'u', digits[code >> 12 & 15], digits[code >> 8 & 15],
		digits[code >> 4 & 15], digits[code & 15] };
	buf_add(to, text, sizeof text);
}

/* Appends an ASCII byte that cannot stand in a JSON string as it is. */
static void
add_ascii(struct buf *to, unsigned char c)
{
	static const char from[] = "\"\\\n\t\r\b\f", with[] = "\"\\ntrbf";
	const char *at = c ? strchr(from, c) : NULL;
	if (!at) {
		add_escape(to, c);
		return;
	}
	buf_add_char(to, '\\');
	buf_add_char(to, with[at - from]);
}

/* Appends the character at s that begins with a byte >= 0x80; returns its length. */
static size_t
add_wide(struct buf *to, const char *s, size_t len, bool keeps_bytes)
{
	uint32_t code;
	size_t n = text_decode(s, len, &code);
	if (n == 0 || (n == 1 && code == 0xfffd)) {
		if (keeps_bytes)
			add_escape(to, 0xdc00 + (unsigned char)*s);
		else
			buf_add_str(to, "\xef\xbf\xbd");
		return 1;
	}
	if (text_width(code) < 0)
		add_escape(to, code);
	else
		buf_add(to, s, n);
	return n;
}

static void
add_text(struct buf *to, const char *s, bool keeps_bytes)
{
	size_t len = strlen(s);
	const char *end = s + len;
	buf_reserve(to, len + 2);
	buf_add_char(to, '"');
	while (s < end) {
		const char *run = s;
		while (s < end && (unsigned char)*s >= 0x20 && (unsigned char)*s < 0x7f &&
		    *s != '"' && *s != '\\')
			s++;
		if (s > run)
			buf_add(to, run, (size_t)(s - run));
		if (s == end)
			break;
		if ((unsigned char)*s < 0x80)
			add_ascii(to, (unsigned char)*s++);
		else
			s += add_wide(to, s, (size_t)(end - s), keeps_bytes);
	}
	buf_add_char(to, '"');
}

void
json_add_string(struct buf *to, const char *s)
{
	add_text(to, s, false);
}

void
json_add_bytes(struct buf *to, const char *s)
{
	add_text(to, s, true);
}

void
json_add_int(struct buf *to, int64_t value)
{
	char text[24], *p = text + sizeof text;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0)
		*--p = '-';
	buf_add(to, p, (size_t)(text + sizeof text - p));
}

void
json_add_seconds(struct buf *to, int64_t us)
{
	char text[7] = ".000000";
	json_add_int(to, us / 1000000);
	int64_t left = us % 1000000;
	for (int i = 6; left; i--, left /= 10)
		text[i] = (char)('0' + left % 10);
	buf_add(to, text, sizeof text);
}
