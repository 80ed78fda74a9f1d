/*
 * What is drawn, and the only user of curses. Everything is a cell at a row and column
 * with a style; what lies outside the screen is cut. Colours are fitted to the terminal,
 * characters to the locale: where it is not UTF-8, glyphs have ASCII twins.
 *
 * curses writes into memory (a memfd): its writes can then neither block nor be cut, and
 * the bytes of a frame are known before any of them goes to the terminal. One screen at a
 * time, as curses keeps its own in a global.
 */
#ifndef SEQDECK_UI_SCREEN_H
#define SEQDECK_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "term/cell.h"
#include "ui/theme.h"

struct screen;

/* For the terminal of $TERM. NULL with err set: TERM unset or unknown, or a terminal
 * without cursor addressing. */
struct screen *screen_new(struct err *err);
void screen_free(struct screen *screen);

void screen_resize(struct screen *screen, int rows, int cols);
int screen_rows(const struct screen *screen);
int screen_cols(const struct screen *screen);
bool screen_has_colors(const struct screen *screen);
void screen_set_mono(struct screen *screen, bool is_mono);	/* no colours, of steps neither */

/* Bytes that give the terminal back; fit for a signal handler. */
const char *screen_leave_bytes(const struct screen *screen);

/* After the terminal was somebody else's: the next frame draws everything. */
void screen_leave(struct screen *screen);
void screen_redraw(struct screen *screen);

void screen_erase(struct screen *screen);

/* Draws text (UTF-8; controls and bad bytes are made harmless) in at most width columns,
 * with "…" where it is cut. Returns the columns used. */
int screen_text(struct screen *screen, int row, int col, int width, struct style style,
    const char *text);
int screen_printf(struct screen *screen, int row, int col, int width, struct style style,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Draws one character n times. */
void screen_repeat(struct screen *screen, int row, int col, int n, struct style style,
    uint32_t code);
void screen_fill(struct screen *screen, int row, int col, int width, struct style style);

/* Draws cells of a step's output; base is what shows through default colours. */
void screen_cells(struct screen *screen, int row, int col, int width,
    const struct cell *cells, struct style base);

/* Where the terminal's cursor stands after the frame; row -1: hidden. */
void screen_cursor(struct screen *screen, int row, int col);

/* Columns that text takes here. */
int screen_columns(const char *text);

/* Appends the bytes that bring the terminal up to date; nothing when nothing differs. */
void screen_frame(struct screen *screen, struct buf *to);

#endif
