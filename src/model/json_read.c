#include "model/json.h"

#include <string.h>

#include "base/text.h"

static void
skip_blanks(struct json_reader *json)
{
	while (json->p < json->end && (*json->p == ' ' || *json->p == '\t' ||
	    *json->p == '\n' || *json->p == '\r'))
		json->p++;
}

/* Takes the character c, blanks before it passed over. */
static bool
take(struct json_reader *json, char c)
{
	skip_blanks(json);
	if (json->p == json->end || *json->p != c)
		return false;
	json->p++;
	return true;
}

static bool
take_word(struct json_reader *json, const char *word)
{
	size_t len = strlen(word);
	skip_blanks(json);
	if ((size_t)(json->end - json->p) < len || memcmp(json->p, word, len) != 0)
		return false;
	json->p += len;
	return true;
}

int
json_open(struct json_reader *json, char bracket)
{
	return take(json, bracket) ? 0 : -1;
}

int
json_next_item(struct json_reader *json, bool *is_first)
{
	if (take(json, ']'))
		return 0;
	if (!*is_first && !take(json, ','))
		return -1;
	*is_first = false;
	return 1;
}

int
json_next_member(struct json_reader *json, bool *is_first, const char **key)
{
	if (take(json, '}'))
		return 0;
	if (!*is_first && !take(json, ','))
		return -1;
	*is_first = false;
	if (json_read_string(json, key) < 0 || !take(json, ':'))
		return -1;
	return 1;
}

/* Reads four hexadecimal digits; -1 when there are none. */
static int
read_hex(struct json_reader *json)
{
	if (json->end - json->p < 4)
		return -1;
	int value = 0;
	for (int i = 0; i < 4; i++) {
		int c = *json->p++;
		if (c >= '0' && c <= '9')
			value = value * 16 + c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

/* Puts a code point into the store as UTF-8. */
static void
put_code(struct json_reader *json, uint32_t code)
{
	char *to = json->store;
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	}
	json->store = to;
}

/* Reads what stands behind \u. */
static int
read_unicode(struct json_reader *json)
{
	int code = read_hex(json);
	if (code <= 0)
		return -1;
	if (json->keeps_bytes && code >= 0xdc80 && code <= 0xdcff) {
		*json->store++ = (char)(code & 0xff);
		return 0;
	}
	if (code < 0xd800 || code > 0xdfff) {
		put_code(json, (uint32_t)code);
		return 0;
	}
	if (code > 0xdbff || json->end - json->p < 2 || json->p[0] != '\\' ||
	    json->p[1] != 'u')
		return -1;
	json->p += 2;
	int low = read_hex(json);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	put_code(json, 0x10000 + ((uint32_t)(code - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
	return 0;
}

static int
read_escape(struct json_reader *json)
{
	static const char from[] = "\"\\/ntrbf", with[] = "\"\\/\n\t\r\b\f";
	if (json->p == json->end)
		return -1;
	char c = *json->p++;
	if (c == 'u')
		return read_unicode(json);
	const char *at = c ? strchr(from, c) : NULL;
	if (!at)
		return -1;
	*json->store++ = with[at - from];
	return 0;
}

/* Copies one character of two bytes or more. */
static int
read_wide(struct json_reader *json)
{
	uint32_t code;
	size_t n = text_decode(json->p, (size_t)(json->end - json->p), &code);
	if (n < 2)
		return -1;
	memcpy(json->store, json->p, n);
	json->store += n;
	json->p += n;
	return 0;
}

int
json_read_string(struct json_reader *json, const char **s)
{
	if (!take(json, '"'))
		return -1;
	char *start = json->store;
	while (json->p < json->end) {
		unsigned char c = (unsigned char)*json->p;
		if (c == '"') {
			json->p++;
			*json->store++ = '\0';
			*s = start;
			return 0;
		}
		if (c == '\\') {
			json->p++;
			if (read_escape(json) < 0)
				return -1;
		} else if (c < 0x20) {
			return -1;
		} else if (c < 0x80) {
			*json->store++ = (char)c;
			json->p++;
		} else if (read_wide(json) < 0) {
			return -1;
		}
	}
	return -1;
}

static bool
at_digit(const struct json_reader *json)
{
	return json->p < json->end && *json->p >= '0' && *json->p <= '9';
}

/* Reads digits without a needless 0 in front into *value, at most max. */
static int
read_digits(struct json_reader *json, uint64_t max, uint64_t *value)
{
	if (!at_digit(json))
		return -1;
	const char *start = json->p;
	uint64_t sum = 0;
	for (; at_digit(json); json->p++) {
		unsigned digit = (unsigned)(*json->p - '0');
		if (sum > (max - digit) / 10)
			return -1;
		sum = sum * 10 + digit;
	}
	if (*start == '0' && json->p - start > 1)
		return -1;
	*value = sum;
	return 0;
}

/* Whether the number that was read goes on: with a fraction or an exponent. */
static bool
number_goes_on(const struct json_reader *json)
{
	return json->p < json->end &&
	    (*json->p == '.' || *json->p == 'e' || *json->p == 'E');
}

int
json_read_int(struct json_reader *json, int64_t *value)
{
	uint64_t digits;
	bool is_negative = take(json, '-');
	if (read_digits(json, (uint64_t)INT64_MAX, &digits) < 0 || number_goes_on(json))
		return -1;
	*value = is_negative ? -(int64_t)digits : (int64_t)digits;
	return 0;
}

int
json_read_seconds(struct json_reader *json, int64_t *us)
{
	uint64_t whole;
	int64_t micro = 0, place = 100000;
	skip_blanks(json);
	if (read_digits(json, INT64_MAX / 1000000 - 1, &whole) < 0)
		return -1;
	if (json->p < json->end && *json->p == '.') {
		json->p++;
		if (!at_digit(json))
			return -1;
		for (; at_digit(json); json->p++, place /= 10) {
			if (!place)
				return -1;
			micro += (*json->p - '0') * place;
		}
	}
	if (number_goes_on(json))
		return -1;
	*us = (int64_t)whole * 1000000 + micro;
	return 0;
}

int
json_read_bool(struct json_reader *json, bool *value)
{
	bool is_true = take_word(json, "true");
	if (!is_true && !take_word(json, "false"))
		return -1;
	*value = is_true;
	return 0;
}

bool
json_read_null(struct json_reader *json)
{
	return take_word(json, "null");
}

/* Passes over any number that JSON allows. */
static int
skip_number(struct json_reader *json)
{
	(void)take(json, '-');
	const char *start = json->p;
	while (at_digit(json))
		json->p++;
	if (json->p == start || (*start == '0' && json->p - start > 1))
		return -1;
	if (json->p < json->end && *json->p == '.') {
		json->p++;
		if (!at_digit(json))
			return -1;
		while (at_digit(json))
			json->p++;
	}
	if (json->p == json->end || (*json->p | 32) != 'e')
		return 0;
	json->p++;
	if (json->p < json->end && (*json->p == '+' || *json->p == '-'))
		json->p++;
	if (!at_digit(json))
		return -1;
	while (at_digit(json))
		json->p++;
	return 0;
}

static int
skip_value(struct json_reader *json, int depth)
{
	const char *text;
	bool is_first = true, flag;
	int more;
	skip_blanks(json);
	if (json->p == json->end || depth > JSON_DEPTH_MAX)
		return -1;
	switch (*json->p) {
	case '"':
		return json_read_string(json, &text);
	case '{':
		json->p++;
		while ((more = json_next_member(json, &is_first, &text)) > 0)
			if (skip_value(json, depth + 1) < 0)
				return -1;
		return more;
	case '[':
		json->p++;
		while ((more = json_next_item(json, &is_first)) > 0)
			if (skip_value(json, depth + 1) < 0)
				return -1;
		return more;
	case 't':
	case 'f':
		return json_read_bool(json, &flag);
	case 'n':
		return json_read_null(json) ? 0 : -1;
	default:
		return skip_number(json);
	}
}

int
json_skip(struct json_reader *json)
{
	char *store = json->store;
	int rc = skip_value(json, 0);
	json->store = store;
	return rc;
}

bool
json_at_end(struct json_reader *json)
{
	skip_blanks(json);
	return json->p == json->end;
}
