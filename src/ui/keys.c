#include "ui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const struct key_info {
	const char *name;
	uint32_t key;
} key_infos[] = {
	{ "Up", K_UP }, { "Down", K_DOWN }, { "Right", K_RIGHT }, { "Left", K_LEFT },
	{ "Home", K_HOME }, { "End", K_END }, { "PgUp", K_PGUP }, { "PgDn", K_PGDN },
	{ "Insert", K_INSERT }, { "Delete", K_DELETE }, { "Enter", K_ENTER },
	{ "Tab", K_TAB }, { "Esc", K_ESC }, { "Backspace", K_BACKSPACE },
	{ "F1", K_F1 }, { "F2", K_F2 }, { "F3", K_F3 }, { "F4", K_F4 }, { "F5", K_F5 },
	{ "F6", K_F6 }, { "F7", K_F7 }, { "F8", K_F8 }, { "F9", K_F9 }, { "F10", K_F10 },
	{ "F11", K_F11 }, { "F12", K_F12 }, { "Space", ' ' }, { NULL, 0 },
};

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";

void
keys_release(struct keys *keys)
{
	buf_release(&keys->in);
	buf_release(&keys->raw);
	buf_release(&keys->text);
}

void
keys_feed(struct keys *keys, const char *bytes, size_t len)
{
	buf_add(&keys->in, bytes, len);
}

bool
keys_is_pending(const struct keys *keys)
{
	return keys->in.len > 0;
}

/* Moves the first n bytes of what came in to raw. */
static void
keys_take(struct keys *keys, size_t n)
{
	buf_clear(&keys->raw);
	buf_add(&keys->raw, keys->in.data, n);
	buf_drop(&keys->in, n);
}

/* A single byte below 0x20, or DEL. */
static uint32_t
key_of_control(unsigned char c)
{
	switch (c) {
	case '\r':
	case '\n':
		return K_ENTER;
	case '\t':
		return K_TAB;
	case '\b':
	case 127:
		return K_BACKSPACE;
	case 27:
		return K_ESC;
	case 0:
		return K_CTRL | ' ';
	}
	if (c <= 26)
		return K_CTRL | (uint32_t)(c - 1 + 'a');
	return K_CTRL | (uint32_t)(c + '@');	/* C-\ C-] C-^ C-_ */
}

/* The letter that ends CSI or SS3. */
static uint32_t
key_of_letter(char c)
{
	switch (c) {
	case 'A': return K_UP;
	case 'B': return K_DOWN;
	case 'C': return K_RIGHT;
	case 'D': return K_LEFT;
	case 'H': return K_HOME;
	case 'F': return K_END;
	case 'P': return K_F1;
	case 'Q': return K_F2;
	case 'R': return K_F3;
	case 'S': return K_F4;
	case 'M': return K_ENTER;	/* keypad, SS3 only */
	case 'Z': return K_TAB | K_SHIFT;
	}
	return K_NONE;
}

/* The number before '~'. */
static uint32_t
key_of_number(int n)
{
	static const uint32_t keys[] = {
		[1] = K_HOME, [2] = K_INSERT, [3] = K_DELETE, [4] = K_END, [5] = K_PGUP,
		[6] = K_PGDN, [7] = K_HOME, [8] = K_END, [11] = K_F1, [12] = K_F2,
		[13] = K_F3, [14] = K_F4, [15] = K_F5, [17] = K_F6, [18] = K_F7,
		[19] = K_F8, [20] = K_F9, [21] = K_F10, [23] = K_F11, [24] = K_F12,
	};
	if (n < 0 || n >= (int)(sizeof keys / sizeof *keys) || keys[n] == 0)
		return K_NONE;
	return keys[n];
}

/* xterm's modifier parameter: 1 + (1 shift, 2 alt, 4 control). */
static uint32_t
key_modifiers(int param)
{
	int bits = param > 1 && param <= 16 ? param - 1 : 0;
	return (bits & 1 ? (uint32_t)K_SHIFT : 0) | (bits & 2 ? (uint32_t)K_ALT : 0) |
	    (bits & 4 ? (uint32_t)K_CTRL : 0);
}

/* CSI < button ; col ; row M (press) or m (release): ctlseqs, "SGR mouse mode". */
static uint32_t
key_of_mouse(struct keys *keys, const char *params, char final)
{
	int button, col, row;
	if (final != 'M' || sscanf(params, "%5d;%5d;%5d", &button, &col, &row) != 3)
		return K_NONE;
	if (button & 32 || col < 1 || row < 1)	/* a movement */
		return K_NONE;
	keys->mouse = (struct keys_mouse){ button & ~28, row - 1, col - 1 };
	return K_MOUSE;
}

/* A whole CSI sequence of len bytes at s. */
static uint32_t
key_of_csi(struct keys *keys, const char *s, size_t len)
{
	char params[KEYS_SEQUENCE_MAX + 1];
	snprintf(params, sizeof params, "%.*s", (int)(len - 3), s + 2);
	char final = s[len - 1];
	if (params[0] == '<')
		return key_of_mouse(keys, params + 1, final);
	if (params[0] == '[')	/* linux console: ESC [ [ A is F1 */
		return final >= 'A' && final <= 'E' ? K_F1 + (uint32_t)(final - 'A') : K_NONE;
	int first = 1, modifier = 1;
	if (sscanf(params, "%4d;%4d", &first, &modifier) < 1)
		first = 1;
	uint32_t key = final == '~' ? key_of_number(first) :
	    final == '$' ? key_of_number(first) : key_of_letter(final);
	if (final == 'M')
		return K_NONE;
	return key == K_NONE ? K_NONE : key | key_modifiers(modifier);
}

/* Length of the escape sequence at s: 0 when it is not whole yet. ESC followed by what
 * begins no sequence is ESC and a key of its own (Alt). */
static size_t
keys_sequence_len(const char *s, size_t len)
{
	if (len < 2)
		return 0;
	if (s[1] == 'O')
		return len >= 3 ? 3 : 0;
	if (s[1] == ']' || s[1] == 'P' || s[1] == '_' || s[1] == '^') {	/* an answer */
		for (size_t i = 2; i < len; i++) {
			if (s[i] == '\a')
				return i + 1;
			if (s[i] == '\033')
				return i + 1 < len ? i + 2 : 0;
		}
		return len > KEYS_SEQUENCE_MAX ? len : 0;
	}
	if (s[1] != '[')
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (i == 2 && s[i] == '[')	/* linux console */
			continue;
		if (s[i] >= 0x40 && s[i] <= 0x7e)
			return i + 1;
		if (s[i] < 0x20 || s[i] > 0x7e)
			return i;	/* broken off by something else */
	}
	return len > KEYS_SEQUENCE_MAX ? len : 0;
}

/* One key from s without ESC in front. Returns its length, 0 when unfinished. */
static size_t
keys_plain(const char *s, size_t len, uint32_t *key)
{
	unsigned char c = (unsigned char)s[0];
	if (c < 32 || c == 127) {
		*key = key_of_control(c);
		return 1;
	}
	size_t n = text_decode(s, len, key);
	return n;
}

/* ESC at the front. */
static size_t
keys_escape(struct keys *keys, uint32_t *key)
{
	const char *s = keys->in.data;
	size_t len = keys->in.len;
	if (len < 2)
		return 0;
	if (s[1] == '\033') {	/* Esc, and something else after it */
		*key = K_ESC;
		return 1;
	}
	size_t n;
	if (strchr("[O]P_^", s[1]) && s[1]) {
		n = keys_sequence_len(s, len);
		if (n == 0)
			return 0;
		*key = K_NONE;
		if (s[1] == 'O')
			*key = key_of_letter(s[2]);
		else if (s[1] == '[' && n >= 3 && n <= KEYS_SEQUENCE_MAX)
			*key = key_of_csi(keys, s, n);
		return n;
	}
	n = keys_plain(s + 1, len - 1, key);
	if (n == 0)
		return 0;
	*key |= K_ALT;
	return n + 1;
}

/* Moves pasted text out of the input up to its end mark. */
static bool
keys_paste(struct keys *keys, uint32_t *key)
{
	const char *end = memmem(keys->in.data, keys->in.len, paste_end, 6);
	size_t n = end ? (size_t)(end - keys->in.data) : keys->in.len;
	if (!end && n < KEYS_PASTE_MAX + 6)
		return false;
	if (n > KEYS_PASTE_MAX) {
		n = KEYS_PASTE_MAX;
		end = NULL;
	}
	buf_clear(&keys->text);
	buf_add(&keys->text, keys->in.data, n);
	keys_take(keys, end ? n + 6 : n);
	keys->in_paste = !end;
	*key = K_PASTE;
	return true;
}

bool
keys_next(struct keys *keys, uint32_t *key)
{
	if (keys->in.len == 0)
		return false;
	if (keys->in_paste)
		return keys_paste(keys, key);
	const char *s = keys->in.data;
	size_t have = keys->in.len < 6 ? keys->in.len : 6;
	if (have > 2 && memcmp(s, paste_begin, have) == 0) {
		if (have < 6)
			return false;
		buf_drop(&keys->in, 6);
		keys->in_paste = true;
		return keys->in.len > 0 && keys_paste(keys, key);
	}
	size_t n = s[0] == '\033' ? keys_escape(keys, key) :
	    keys_plain(s, keys->in.len, key);
	if (n == 0)
		return false;
	keys_take(keys, n);
	return true;
}

bool
keys_flush(struct keys *keys, uint32_t *key)
{
	if (keys->in.len == 0 || keys->in_paste)
		return false;
	if (keys->in.data[0] == '\033' && keys->in.len == 2) {	/* Alt and [ O ] … */
		*key = K_ALT | (unsigned char)keys->in.data[1];
		keys_take(keys, 2);
		return true;
	}
	*key = keys->in.data[0] == '\033' && keys->in.len == 1 ? K_ESC : K_NONE;
	keys_take(keys, keys->in.len);
	return true;
}

bool
key_parse(const char *name, size_t len, uint32_t *key)
{
	uint32_t modifiers = 0;
	while (len > 2 && name[1] == '-') {
		if (name[0] == 'C')
			modifiers |= K_CTRL;
		else if (name[0] == 'M' || name[0] == 'A')
			modifiers |= K_ALT;
		else if (name[0] == 'S')
			modifiers |= K_SHIFT;
		else
			return false;
		name += 2;
		len -= 2;
	}
	for (const struct key_info *info = key_infos; info->name; info++)
		if (strlen(info->name) == len && strncasecmp(info->name, name, len) == 0) {
			*key = info->key | modifiers;
			return true;
		}
	uint32_t code;
	if (len == 0 || text_decode(name, len, &code) != len || code < 32 || code == 127 ||
	    (code == 0xfffd && len == 1))
		return false;
	*key = code | modifiers;
	return true;
}

void
key_name(uint32_t key, char *text, size_t size)
{
	uint32_t base = key & ~(uint32_t)(K_CTRL | K_ALT | K_SHIFT);
	const char *prefix_ctrl = key & K_CTRL ? "C-" : "";
	const char *prefix_alt = key & K_ALT ? "M-" : "";
	const char *prefix_shift = key & K_SHIFT ? "S-" : "";
	struct buf b = BUF_INIT;
	const char *name = NULL;
	for (const struct key_info *info = key_infos; info->name && !name; info++)
		if (info->key == base)
			name = info->name;
	if (!name && base < K_SPECIAL)
		text_encode(&b, base);
	snprintf(text, size, "%s%s%s%s", prefix_ctrl, prefix_alt, prefix_shift,
	    name ? name : buf_str(&b));
	buf_release(&b);
}
