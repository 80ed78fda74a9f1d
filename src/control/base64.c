#include "control/base64.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(struct buf *to, const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t word = (uint32_t)p[i] << 16;
		if (have > 1)
			word |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			word |= p[i + 2];
		buf_add_char(to, base64_digits[word >> 18 & 63]);
		buf_add_char(to, base64_digits[word >> 12 & 63]);
		buf_add_char(to, have > 1 ? base64_digits[word >> 6 & 63] : '=');
		buf_add_char(to, have > 2 ? base64_digits[word & 63] : '=');
	}
}

/* The value of a digit, -1 when it is none. */
static int
base64_value(char c)
{
	const char *at = c == '\0' ? NULL : strchr(base64_digits, c);
	return at == NULL ? -1 : (int)(at - base64_digits);
}

/* Decodes one group of four; returns the number of bytes it stands for, 0 for a bad one. */
static size_t
base64_group(const char *text, bool is_last, char bytes[3])
{
	size_t digits = 4;
	if (is_last)
		while (digits > 2 && text[digits - 1] == '=')
			digits--;
	uint32_t word = 0;
	for (size_t i = 0; i < 4; i++) {
		int value = i < digits ? base64_value(text[i]) : 0;
		if (value < 0)
			return 0;
		word = word << 6 | (uint32_t)value;
	}
	size_t count = digits - 1;
	if ((word & ((UINT32_C(1) << (8 * (3 - count))) - 1)) != 0)
		return 0;
	bytes[0] = (char)(word >> 16);
	bytes[1] = (char)(word >> 8);
	bytes[2] = (char)word;
	return count;
}

int
base64_decode(struct buf *to, const char *text, size_t len)
{
	size_t before = to->len;
	if (len % 4 != 0)
		return -1;
	for (size_t i = 0; i < len; i += 4) {
		char bytes[3];
		size_t count = base64_group(text + i, i + 4 == len, bytes);
		if (count == 0) {
			to->len = before;
			return -1;
		}
		buf_add(to, bytes, count);
	}
	return 0;
}
