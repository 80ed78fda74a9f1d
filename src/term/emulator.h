/*
 * A terminal screen fed with the raw bytes of a log, through the filter, into libvterm.
 * The size is fixed for its life (at least 2 columns and 1 row): for another size make a
 * new one and feed the log's tail again. It has no scrollback: that is the log on disk.
 * Answers to queries go nowhere unless taken (a live, typed-into step).
 */
#ifndef SEQDECK_TERM_EMULATOR_H
#define SEQDECK_TERM_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "term/cell.h"

#define EMULATOR_CHUNK 4096	/* bytes handed to the library at a time */
#define EMULATOR_ROWS_MAX 1000
#define EMULATOR_COLS_MAX 1000

struct emulator;

struct emulator *emulator_new(int rows, int cols);	/* clamped to the limits */
void emulator_free(struct emulator *emulator);

void emulator_feed(struct emulator *emulator, const char *bytes, size_t len);

/* The answers of the screen to queries (cursor position, device attributes) since the last
 * call: moved to `to`. Bounded; for a live step only, never in replay. */
struct buf;
void emulator_take_answers(struct emulator *emulator, struct buf *to);

int emulator_rows(const struct emulator *emulator);
int emulator_cols(const struct emulator *emulator);
void emulator_cell(const struct emulator *emulator, int row, int col, struct cell *cell);
/* Where the cursor is. Returns false when it is hidden. */
bool emulator_cursor(const struct emulator *emulator, int *row, int *col);
bool emulator_is_alternate(const struct emulator *emulator);
const char *emulator_title(const struct emulator *emulator);	/* "" when none */

/* Whether the program asked for application cursor keys (DECCKM): arrow keys are sent as
 * ESC O A then. Bracketed paste likewise. */
bool emulator_app_cursor(const struct emulator *emulator);
bool emulator_bracketed_paste(const struct emulator *emulator);

#endif
