/*
 * Colours of term/cell.h fitted to what a terminal has: RGB, 256, 16, 8 or none. Pure.
 */
#ifndef SEQDECK_UI_COLOR_H
#define SEQDECK_UI_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The palette index nearest to a colour (RGB or palette) in a palette of `colors` (8, 16
 * or 256) entries; -1 for the default colour. */
int color_index(uint32_t color, int colors);

/* 0xRRGGBB of an entry of xterm's palette of 256. */
uint32_t color_rgb(int index);

/* Reads "default", "red", "bright-red", "0".."255" or "#rrggbb" into *color. */
bool color_parse(const char *text, size_t len, uint32_t *color);

#endif
