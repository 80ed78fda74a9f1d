#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "base/mem.h"

#define REPLACEMENT UINT32_C(0xFFFD)
#define NEAREST_LEN_MAX 128	/* longer words get no suggestion */

/* How many bytes a sequence takes that begins with `lead`, 0 when nothing begins so, and
 * the range its second byte must be in. */
static size_t
sequence_len(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	*high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 4;
	return 0;
}

size_t
text_decode(const char *bytes, size_t len, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)bytes;
	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	unsigned char low, high;
	size_t need = sequence_len(p[0], &low, &high);
	uint32_t value = need == 2 ? p[0] & 0x1Fu : need == 3 ? p[0] & 0x0Fu : p[0] & 0x07u;
	for (size_t i = 1; i < need; i++) {
		if (i >= len)
			return 0;
		if (p[i] < low || p[i] > high) {
			need = 0;
			break;
		}
		value = value << 6 | (p[i] & 0x3Fu);
		low = 0x80;
		high = 0xBF;
	}
	*code = need ? value : REPLACEMENT;
	return need ? need : 1;
}

void
text_encode(struct buf *to, uint32_t code)
{
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		code = REPLACEMENT;
	char *p = buf_reserve(to, 4);
	if (code < 0x80) {
		p[0] = (char)code;
		to->len += 1;
	} else if (code < 0x800) {
		p[0] = (char)(0xC0 | code >> 6);
		p[1] = (char)(0x80 | (code & 0x3F));
		to->len += 2;
	} else if (code < 0x10000) {
		p[0] = (char)(0xE0 | code >> 12);
		p[1] = (char)(0x80 | (code >> 6 & 0x3F));
		p[2] = (char)(0x80 | (code & 0x3F));
		to->len += 3;
	} else {
		p[0] = (char)(0xF0 | code >> 18);
		p[1] = (char)(0x80 | (code >> 12 & 0x3F));
		p[2] = (char)(0x80 | (code >> 6 & 0x3F));
		p[3] = (char)(0x80 | (code & 0x3F));
		to->len += 4;
	}
	to->data[to->len] = '\0';
}

bool
text_is_utf8(const char *bytes, size_t len)
{
	while (len) {
		uint32_t code;
		size_t n = text_decode(bytes, len, &code);
		if (n == 0 || (n == 1 && code == REPLACEMENT))
			return false;
		bytes += n;
		len -= n;
	}
	return true;
}

bool
text_is_hidden(uint32_t code)
{
	switch (utf8proc_category((utf8proc_int32_t)code)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return false;
	}
}

/* Appends one character or bad byte, visibly. Returns the bytes taken (>= 1). */
static size_t
escape_one(struct buf *to, const char *bytes, size_t len)
{
	uint32_t code = REPLACEMENT;
	size_t n = text_decode(bytes, len, &code);
	if (n == 0 || (n == 1 && code == REPLACEMENT)) {
		buf_printf(to, "\\x%02X", (unsigned)(unsigned char)bytes[0]);
		return 1;
	}
	if (code < 0x20 || code == 0x7F) {
		buf_add_char(to, '^');
		buf_add_char(to, (char)(code ^ 0x40));
	} else if (code >= 0x80 && text_is_hidden(code)) {
		buf_printf(to, "<U+%04X>", (unsigned)code);
	} else {
		buf_add(to, bytes, n);
	}
	return n;
}

/* The number of bytes at the front that are printable ASCII. */
static size_t
plain_run(const char *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && bytes[n] >= 0x20 && bytes[n] < 0x7F)
		n++;
	return n;
}

void
text_escape(struct buf *to, const char *bytes, size_t len, bool keep_lines)
{
	while (len) {
		size_t n = plain_run(bytes, len);
		if (n == 0 && keep_lines && (*bytes == '\n' || *bytes == '\t'))
			n = 1;
		if (n)
			buf_add(to, bytes, n);
		else
			n = escape_one(to, bytes, len);
		bytes += n;
		len -= n;
	}
}

/* Length of a control sequence's body, behind ESC [: to its final byte, or to the byte
 * that breaks it off. */
static size_t
csi_len(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c >= 0x40 && c <= 0x7E)
			return i + 1;
		if (c < 0x20 || c > 0x7E)
			return i;
	}
	return len;
}

/* Length of a control string's body, behind ESC ] and its like: to its terminator. */
static size_t
string_len(const char *bytes, size_t len, bool bell_ends)
{
	for (size_t i = 0; i < len; i++) {
		switch (bytes[i]) {
		case '\a':
			if (bell_ends)
				return i + 1;
			break;
		case '\n':
			return i;
		case 0x18:
		case 0x1A:
			return i + 1;
		case 0x1B:
			return i + 1 < len && bytes[i + 1] == '\\' ? i + 2 : i;
		}
	}
	return len;
}

size_t
text_sequence_len(const char *bytes, size_t len)
{
	size_t n = 1;
	if (n >= len)
		return n;
	switch (bytes[n]) {
	case '[':
		return 2 + csi_len(bytes + 2, len - 2);
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		return 2 + string_len(bytes + 2, len - 2, bytes[n] == ']');
	}
	while (n < len && bytes[n] >= 0x20 && bytes[n] <= 0x2F)
		n++;
	return n < len && bytes[n] >= 0x30 && bytes[n] <= 0x7E ? n + 1 : n;
}

/* Cleans one line without its LF. */
static void
clean_line(struct buf *to, const char *bytes, size_t len)
{
	while (len && bytes[len - 1] == '\r')
		len--;
	const char *cr = memrchr(bytes, '\r', len);
	if (cr) {
		len -= (size_t)(cr + 1 - bytes);
		bytes = cr + 1;
	}
	while (len) {
		const char *esc = memchr(bytes, 0x1B, len);
		size_t n = esc ? (size_t)(esc - bytes) : len;
		text_escape(to, bytes, n, true);
		if (esc)
			n += text_sequence_len(esc, len - n);
		bytes += n;
		len -= n;
	}
}

void
text_clean(struct buf *to, const char *bytes, size_t len)
{
	while (len) {
		const char *lf = memchr(bytes, '\n', len);
		size_t n = lf ? (size_t)(lf - bytes) : len;
		clean_line(to, bytes, n);
		if (lf) {
			buf_add_char(to, '\n');
			n++;
		}
		bytes += n;
		len -= n;
	}
}

void
text_shell_quote(struct buf *to, const char *s)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_@%+=:,./-";
	if (*s && s[strspn(s, safe)] == '\0') {
		buf_add_str(to, s);
		return;
	}
	buf_add_char(to, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_add_str(to, "'\\''");
		else
			buf_add_char(to, *s);
	}
	buf_add_char(to, '\'');
}

int
text_width(uint32_t code)
{
	if (code >= 0x20 && code < 0x7F)
		return 1;
	if (code > 0x10FFFF || text_is_hidden(code))
		return -1;
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
	if (category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CS)
		return -1;
	if (MB_CUR_MAX > 1)
		return wcwidth((wchar_t)code);
	return utf8proc_charwidth((utf8proc_int32_t)code);
}

size_t
text_columns(const char *s)
{
	size_t columns = 0;
	size_t len = strlen(s);
	while (len) {
		uint32_t code = REPLACEMENT;
		size_t n = text_decode(s, len, &code);
		if (n == 0)
			n = 1;
		int width = text_width(code);
		columns += width < 0 ? 1 : (size_t)width;
		s += n;
		len -= n;
	}
	return columns;
}

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Edit distance in bytes, where a swap of neighbours costs one as well. */
static size_t
distance(const char *a, size_t alen, const char *b, size_t blen)
{
	size_t rows[3][NEAREST_LEN_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= blen; j++)
		last[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			size_t cost = a[i - 1] != b[j - 1];
			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		size_t *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[blen];
}

const char *
text_nearest(const char *word, const char *const *candidates)
{
	size_t len = strlen(word);
	if (len == 0 || len > NEAREST_LEN_MAX)
		return NULL;
	size_t near = len / 3 > 1 ? len / 3 : 1;
	const char *found = NULL;
	for (; *candidates; candidates++) {
		size_t other = strlen(*candidates);
		if (other > NEAREST_LEN_MAX)
			continue;
		size_t d = distance(word, len, *candidates, other);
		if (d < near || (d == near && !found)) {
			near = d;
			found = *candidates;
		}
	}
	return found;
}
