#include "ui/glyph.h"

#include <stddef.h>

static const struct glyph {
	uint32_t code;
	char ascii;
} state_glyphs[STATES] = {
	[STATE_WAITING] = { 0x25cc, '.' },	/* ◌ */
	[STATE_QUEUED] = { 0x25cb, 'o' },	/* ○ */
	[STATE_RUNNING] = { 0x25cf, '*' },	/* ● */
	[STATE_HELD] = { 0x2016, '=' },	/* ‖ */
	[STATE_RETRYING] = { 0x21bb, '~' },	/* ↻ */
	[STATE_OK] = { 0x2713, '+' },	/* ✓ */
	[STATE_FAILED] = { 0x2717, 'x' },	/* ✗ */
	[STATE_CANCELLED] = { 0x2298, '/' },	/* ⊘ */
	[STATE_SKIPPED] = { 0x00bb, '>' },	/* » */
	[STATE_TIMED_OUT] = { 0x29d6, 'T' },	/* ⧖ */
	[STATE_UNKNOWN] = { 0x003f, '?' },
};

static const struct glyph other_glyphs[] = {
	{ GLYPH_CUT, '~' }, { GLYPH_BAR, '=' }, { GLYPH_BAR_REST, '-' },
	{ GLYPH_BORDER, '|' }, { GLYPH_MARK, '#' }, { GLYPH_DOT, '-' },
	{ GLYPH_CURSOR, '>' }, { GLYPH_UP, '^' }, { GLYPH_DOWN, 'v' },
	{ GLYPH_SEPARATOR, '>' }, { 0x2013, '-' }, { 0x2014, '-' },
	{ 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201c, '"' }, { 0x201d, '"' },
	{ 0x2500, '-' }, { 0x2502, '|' }, { 0x2514, '`' }, { 0x251c, '|' },
};

uint32_t
glyph_of_state(enum state state)
{
	return state_glyphs[state].code;
}

char
glyph_ascii(uint32_t code)
{
	for (int i = 0; i < STATES; i++)
		if (state_glyphs[i].code == code)
			return state_glyphs[i].ascii;
	for (size_t i = 0; i < sizeof other_glyphs / sizeof *other_glyphs; i++)
		if (other_glyphs[i].code == code)
			return other_glyphs[i].ascii;
	return '?';
}
