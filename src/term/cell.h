/*
 * A cell of a terminal screen, as drawn by ui and made by the line renderer and the
 * emulator alike.
 */
#ifndef SEQDECK_TERM_CELL_H
#define SEQDECK_TERM_CELL_H

#include <stdbool.h>
#include <stdint.h>

#define CELL_CHARS 4	/* base character and up to 3 combining marks; more are dropped */

enum cell_attr {
	CELL_BOLD = 1 << 0,
	CELL_DIM = 1 << 1,
	CELL_ITALIC = 1 << 2,
	CELL_UNDERLINE = 1 << 3,
	CELL_BLINK = 1 << 4,
	CELL_REVERSE = 1 << 5,
	CELL_STRIKE = 1 << 6,
	CELL_CONCEAL = 1 << 7,
};

/* Colours: CELL_DEFAULT, CELL_PALETTE | 0..255, or CELL_RGB | 0xRRGGBB. */
#define CELL_DEFAULT UINT32_C(0)
#define CELL_PALETTE UINT32_C(0x01000000)
#define CELL_RGB UINT32_C(0x02000000)

struct cell {
	uint32_t chars[CELL_CHARS];	/* chars[0] == 0: blank; unused ones are 0 */
	uint32_t fg, bg;
	uint8_t width;	/* 1 or 2; 0: the right half of the wide cell before it */
	uint8_t attrs;	/* enum cell_attr */
};

#endif
