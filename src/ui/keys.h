/*
 * From bytes of a terminal to keys, and between keys and their names. Pure: no terminal,
 * no clock. Sequences as xterm, VTE, rxvt, linux, screen and tmux send them (ECMA-48, and
 * "CSI 1 ; modifier letter"); what is none of a key is swallowed whole, never typed.
 */
#ifndef SEQDECK_UI_KEYS_H
#define SEQDECK_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A key is a code point, or one of these, with modifiers or-ed in. */
enum {
	K_SPECIAL = 1 << 24,
	K_UP = K_SPECIAL, K_DOWN, K_RIGHT, K_LEFT, K_HOME, K_END, K_PGUP, K_PGDN,
	K_INSERT, K_DELETE, K_ENTER, K_TAB, K_ESC, K_BACKSPACE,
	K_F1, K_F2, K_F3, K_F4, K_F5, K_F6, K_F7, K_F8, K_F9, K_F10, K_F11, K_F12,
	K_PASTE,	/* text put in at once; see keys_text */
	K_MOUSE,	/* a press or the wheel; see keys_mouse */
	K_NONE,	/* something that is no key: only its bytes are of interest */
	K_CTRL = 1 << 25,
	K_ALT = 1 << 26,
	K_SHIFT = 1 << 27,
};

#define KEYS_SEQUENCE_MAX 64	/* bytes of an escape sequence; longer ones are dropped */
#define KEYS_PASTE_MAX ((size_t)32 << 10)	/* bytes of a paste; a longer one comes in parts */

struct keys_mouse {
	int button;	/* 0 left, 1 middle, 2 right, 64 wheel up, 65 wheel down */
	int row, col;	/* from 0 */
};

/* Embed, zeroed; keys_release frees. */
struct keys {
	struct buf in;	/* bytes that are not yet a whole key */
	struct buf raw;	/* bytes of the key handed out last */
	struct buf text;	/* text of a paste */
	struct keys_mouse mouse;
	bool in_paste;
};

void keys_release(struct keys *keys);
void keys_feed(struct keys *keys, const char *bytes, size_t len);

/* Takes the next whole key: false when there is none yet. */
bool keys_next(struct keys *keys, uint32_t *key);

/* Whether an unfinished key is there: call keys_flush when nothing has come for
 * KEYS_ESCAPE_MS, then an ESC alone is the key Esc. */
bool keys_is_pending(const struct keys *keys);
bool keys_flush(struct keys *keys, uint32_t *key);
#define KEYS_ESCAPE_MS 25

/* "C-u", "PgUp", "S-Tab", "Space", "é". key_parse returns false for no name of a key. */
bool key_parse(const char *name, size_t len, uint32_t *key);
void key_name(uint32_t key, char *text, size_t size);

#endif
