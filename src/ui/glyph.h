/*
 * The signs that the dashboard draws, and their ASCII twins.
 */
#ifndef SEQDECK_UI_GLYPH_H
#define SEQDECK_UI_GLYPH_H

#include <stdint.h>

#include "model/event.h"

#define GLYPH_CUT 0x2026	/* … */
#define GLYPH_BAR 0x2501	/* ━ done or going on */
#define GLYPH_BAR_REST 0x2500	/* ─ still to come */
#define GLYPH_BORDER 0x2502	/* │ */
#define GLYPH_MARK 0x25c6	/* ◆ */
#define GLYPH_DOT 0x00b7	/* · */
#define GLYPH_CURSOR 0x258e	/* ▎ */
#define GLYPH_UP 0x2191	/* ↑ */
#define GLYPH_DOWN 0x2193	/* ↓ */
#define GLYPH_SEPARATOR 0x203a	/* › */

/* The sign of a state: one column, told apart without colour. */
uint32_t glyph_of_state(enum state state);

/* What stands for a code point where only ASCII can be drawn. */
char glyph_ascii(uint32_t code);

#endif
