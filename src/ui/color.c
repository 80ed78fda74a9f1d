#include "ui/color.h"

#include <stdlib.h>
#include <string.h>

#include "term/cell.h"

static const uint32_t basic[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

/* Least difference of channels that makes a hue. */
#define BASIC_SATURATION 40

static const char *const names[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
};

/* Steps of the 6x6x6 cube. */
static const int cube[6] = { 0, 95, 135, 175, 215, 255 };

uint32_t
color_rgb(int index)
{
	if (index < 16)
		return basic[index & 15];
	if (index >= 232) {
		uint32_t level = (uint32_t)(8 + (index - 232) * 10);
		return level << 16 | level << 8 | level;
	}
	index -= 16;
	return (uint32_t)cube[index / 36] << 16 | (uint32_t)cube[index / 6 % 6] << 8 |
	    (uint32_t)cube[index % 6];
}

/* Square of the distance, weighted as the eye does. */
static long
color_distance(uint32_t a, uint32_t b)
{
	long r = (long)(a >> 16 & 255) - (long)(b >> 16 & 255);
	long g = (long)(a >> 8 & 255) - (long)(b >> 8 & 255);
	long c = (long)(a & 255) - (long)(b & 255);
	return 2 * r * r + 4 * g * g + 3 * c * c;
}

/* One of the first count basic colours: by hue where there is one, so that a pale green
 * stays green, else the nearest grey. */
static int
color_basic(uint32_t rgb, int count)
{
	int r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;
	int most = r > g ? (r > b ? r : b) : (g > b ? g : b);
	int least = r < g ? (r < b ? r : b) : (g < b ? g : b);
	if (most - least < BASIC_SATURATION)
		return most < 64 ? 0 : count < 16 ? (most < 128 ? 0 : 7) :
		    most < 160 ? 8 : most < 240 ? 7 : 15;
	/* In bright colours the second channel counts sooner: orange is yellow, not red. */
	int limit = least + (most - least) * (most > 160 ? 2 : 3) / (most > 160 ? 5 : 6);
	int index = (r >= limit ? 1 : 0) | (g >= limit ? 2 : 0) | (b >= limit ? 4 : 0);
	return index + (count >= 16 && most >= 230 ? 8 : 0);
}

static int
cube_step(int value)
{
	int best = 0;
	for (int i = 1; i < 6; i++)
		if (abs(value - cube[i]) < abs(value - cube[best]))
			best = i;
	return best;
}

static int
color_cube(uint32_t rgb)
{
	int r = cube_step(rgb >> 16 & 255), g = cube_step(rgb >> 8 & 255);
	int b = cube_step(rgb & 255);
	int in_cube = 16 + 36 * r + 6 * g + b;
	int mean = (int)((rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255)) / 3;
	int level = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
	int grey = 232 + level;
	return color_distance(rgb, color_rgb(grey)) < color_distance(rgb, color_rgb(in_cube)) ?
	    grey : in_cube;
}

int
color_index(uint32_t color, int colors)
{
	if (color == CELL_DEFAULT)
		return -1;
	if (color & CELL_PALETTE) {
		int index = (int)(color & 255);
		if (index < colors)
			return index;
		if (index < 16)	/* bright on a terminal of 8 */
			return index & 7;
		return color_basic(color_rgb(index), colors < 16 ? 8 : 16);
	}
	uint32_t rgb = color & 0xffffff;
	return colors >= 256 ? color_cube(rgb) : color_basic(rgb, colors < 16 ? 8 : 16);
}

bool
color_parse(const char *text, size_t len, uint32_t *color)
{
	char s[32];
	if (len == 0 || len >= sizeof s)
		return false;
	memcpy(s, text, len);
	s[len] = '\0';
	char *end;
	if (strcmp(s, "default") == 0) {
		*color = CELL_DEFAULT;
		return true;
	}
	if (s[0] == '#') {
		if (len != 7 || strspn(s + 1, "0123456789abcdefABCDEF") != 6)
			return false;
		*color = CELL_RGB | (uint32_t)strtoul(s + 1, &end, 16);
		return true;
	}
	if (strspn(s, "0123456789") == len && len <= 3) {
		unsigned long n = strtoul(s, &end, 10);
		if (n > 255)
			return false;
		*color = CELL_PALETTE | (uint32_t)n;
		return true;
	}
	uint32_t bright = strncmp(s, "bright-", 7) == 0 ? 8 : 0;
	const char *name = bright ? s + 7 : s;
	for (uint32_t i = 0; i < 8; i++)
		if (strcmp(name, names[i]) == 0) {
			*color = CELL_PALETTE | (i + bright);
			return true;
		}
	return false;
}
