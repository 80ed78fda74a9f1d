#include "ui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/keys.h"
#include "ui/screen.h"

void
prompt_release(struct prompt *prompt)
{
	buf_release(&prompt->text);
	*prompt = (struct prompt){ 0 };
}

void
prompt_open(struct prompt *prompt, const char *label, const char *text)
{
	prompt->is_open = true;
	prompt->label = label;
	buf_clear(&prompt->text);
	buf_add_str(&prompt->text, text);
	prompt->cursor = prompt->text.len;
}

/* Removes [from, to) of the text. */
static enum prompt_result
prompt_cut(struct prompt *prompt, size_t from, size_t to)
{
	struct buf *text = &prompt->text;
	if (from >= to)
		return PROMPT_OPEN;
	memmove(text->data + from, text->data + to, text->len - to + 1);
	text->len -= to - from;
	prompt->cursor = from;
	return PROMPT_CHANGED;
}

static void
prompt_insert(struct prompt *prompt, const char *bytes, size_t len)
{
	struct buf *text = &prompt->text;
	if (text->len + len > PROMPT_MAX)
		return;
	char *tail = mem_strndup(buf_str(text) + prompt->cursor, text->len - prompt->cursor);
	text->len = prompt->cursor;
	buf_add(text, bytes, len);
	prompt->cursor = text->len;
	buf_add_str(text, tail);
	free(tail);
}

/* The beginning of the character before / behind a byte of the text. */
static size_t
prompt_before(const struct prompt *prompt, size_t at)
{
	while (at > 0 && ((unsigned char)prompt->text.data[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
prompt_behind(const struct prompt *prompt, size_t at)
{
	if (at < prompt->text.len)
		at++;
	while (at < prompt->text.len && ((unsigned char)prompt->text.data[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* Where the word before the cursor begins. */
static size_t
prompt_word(const struct prompt *prompt)
{
	size_t at = prompt->cursor;
	const char *text = buf_str(&prompt->text);
	while (at > 0 && text[at - 1] == ' ')
		at--;
	while (at > 0 && text[at - 1] != ' ')
		at--;
	return at;
}

void
prompt_paste(struct prompt *prompt, const char *bytes, size_t len)
{
	size_t end = 0;
	while (end < len && (unsigned char)bytes[end] >= 0x20 && bytes[end] != 0x7f)
		end++;
	if (text_is_utf8(bytes, end))
		prompt_insert(prompt, bytes, end);
}

enum prompt_result
prompt_key(struct prompt *prompt, uint32_t key)
{
	size_t at = prompt->cursor;
	switch (key) {
	case K_ENTER:
		prompt->is_open = false;
		return PROMPT_DONE;
	case K_ESC:
	case K_CTRL | 'c':
		prompt->is_open = false;
		return PROMPT_ABANDONED;
	case K_BACKSPACE:
		return prompt_cut(prompt, prompt_before(prompt, at), at);
	case K_DELETE:
	case K_CTRL | 'd':
		return prompt_cut(prompt, at, prompt_behind(prompt, at));
	case K_CTRL | 'u':
		return prompt_cut(prompt, 0, at);
	case K_CTRL | 'k':
		return prompt_cut(prompt, at, prompt->text.len);
	case K_CTRL | 'w':
		return prompt_cut(prompt, prompt_word(prompt), at);
	case K_LEFT:
		prompt->cursor = prompt_before(prompt, at);
		return PROMPT_OPEN;
	case K_RIGHT:
		prompt->cursor = prompt_behind(prompt, at);
		return PROMPT_OPEN;
	case K_HOME:
	case K_CTRL | 'a':
		prompt->cursor = 0;
		return PROMPT_OPEN;
	case K_END:
	case K_CTRL | 'e':
		prompt->cursor = prompt->text.len;
		return PROMPT_OPEN;
	}
	if (key >= K_SPECIAL)
		return PROMPT_OPEN;
	struct buf one = BUF_INIT;
	text_encode(&one, key);
	prompt_insert(prompt, one.data, one.len);
	buf_release(&one);
	return PROMPT_CHANGED;
}

void
prompt_draw(const struct prompt *prompt, struct screen *screen, const struct theme *theme,
    int row)
{
	struct style base = theme_style(theme, ROLE_FOOTER);
	int cols = screen_cols(screen);
	screen_fill(screen, row, 0, cols, base);
	int at = 1 + screen_printf(screen, row, 1, cols - 1,
	    theme_style(theme, ROLE_FOOTER_KEY), "%s: ", prompt->label);
	/* The end of a text that is wider than the screen is where one types. */
	const char *text = buf_str(&prompt->text);
	char *before = mem_strndup(text, prompt->cursor);
	size_t from = 0;
	while (screen_columns(before + from) > cols - at - 2 && before[from])
		from = prompt_behind(prompt, from);
	screen_text(screen, row, at, cols - at, base, text + from);
	screen_cursor(screen, row, at + screen_columns(before + from));
	free(before);
}
