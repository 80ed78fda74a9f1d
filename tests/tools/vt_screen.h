/*
 * The screen of a terminal as the tests see it: libvterm behind the program's own filter,
 * with what the filter takes out looked after here: REP is expanded, operating system
 * commands are kept for tests to ask for, private modes survive a resize.
 *
 * A resize makes a new, blank emulator (libvterm 0.1.4 cannot shrink one safely): the
 * modes stay, and the rows of the main screen; the alternate screen is for its program to
 * draw again.
 */
#ifndef SEQDECK_TESTS_VT_SCREEN_H
#define SEQDECK_TESTS_VT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum vt_attr {
	VT_BOLD = 1 << 0,
	VT_ITALIC = 1 << 1,
	VT_UNDERLINE = 1 << 2,
	VT_BLINK = 1 << 3,
	VT_REVERSE = 1 << 4,
	VT_STRIKE = 1 << 5,
};

/* A colour: -1 is the default, 0 to 255 the palette, VT_RGB | 0xRRGGBB any other. */
#define VT_RGB 0x1000000
#define VT_DEFAULT (-1)

struct vt_cell {
	char text[32];	/* UTF-8; " " when blank, "" behind a wide character */
	int width;	/* 1 or 2; 0 behind a wide character */
	unsigned attrs;	/* enum vt_attr */
	int fg, bg;
};

struct vt_screen;

struct vt_screen *vt_screen_new(int rows, int cols);
void vt_screen_free(struct vt_screen *screen);

int vt_screen_rows(const struct vt_screen *screen);
int vt_screen_cols(const struct vt_screen *screen);

/* Takes what the program printed. */
void vt_screen_feed(struct vt_screen *screen, const char *bytes, size_t len);

void vt_screen_resize(struct vt_screen *screen, int rows, int cols);

/* Whether a synchronised update is open: what is seen now is half a frame. */
bool vt_screen_is_torn(const struct vt_screen *screen);

void vt_screen_cell(const struct vt_screen *screen, int row, int col, struct vt_cell *cell);
bool vt_screen_cursor(const struct vt_screen *screen, int *row, int *col); /* false: hidden */

/* The text of a row without its trailing blanks; valid until the next call. */
const char *vt_screen_row(struct vt_screen *screen, int row);

/* Whether an operating system command (title, clipboard, notification) with this text in
 * it was received. */
bool vt_screen_has_osc(const struct vt_screen *screen, const char *text);

/* What a query for the background (OSC 11) is answered with, as in rgb:ffff/ffff/ffff. */
void vt_screen_set_background(struct vt_screen *screen, const char *colour);

/* Moves at most `size` bytes that the terminal would send (answers, encoded keys). */
size_t vt_screen_take_output(struct vt_screen *screen, char *bytes, size_t size);

/* Encodes a key, as in "x" "C-x" "M-x" "Enter" "S-Tab" "F5"; take_output then has its
 * bytes. False for a name that is not known. */
bool vt_screen_key(struct vt_screen *screen, const char *name);

/* A line for each row with colours or attributes: "3: 0-7 bold fg=2, 9-12 reverse". */
void vt_screen_print_attrs(struct vt_screen *screen, FILE *to);

/* The screen as a picture. */
void vt_screen_print_svg(struct vt_screen *screen, FILE *to, const char *title);

#endif
