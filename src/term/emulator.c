#include "term/emulator.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "term/filter.h"

#define ANSWERS_MAX ((size_t)4 << 10)	/* what nobody takes is dropped beyond this */
#define REPLACEMENT UINT32_C(0xFFFD)
#define RIGHT_HALF UINT32_MAX	/* the library's mark for it */

struct emulator {
	VTerm *vt;
	VTermScreen *screen;
	VTermState *state;
	struct filter *filter;
	struct buf passed;	/* what the filter let through */
	struct buf answers;
	int rows, cols;
	bool alternate, cursor_visible;
};

static void
answer_cb(const char *bytes, size_t len, void *user)
{
	struct emulator *emulator = user;
	if (emulator->answers.len + len <= ANSWERS_MAX)
		buf_add(&emulator->answers, bytes, len);
}

static int
property_cb(VTermProp property, VTermValue *value, void *user)
{
	struct emulator *emulator = user;
	if (property == VTERM_PROP_ALTSCREEN)
		emulator->alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		emulator->cursor_visible = value->boolean;
	return 1;
}

static int
clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

struct emulator *
emulator_new(int rows, int cols)
{
	static const VTermScreenCallbacks callbacks = { .settermprop = property_cb };
	struct emulator *emulator = mem_alloc(sizeof *emulator);
	/* One column, and a wide character in it, would be fatal to the library. */
	emulator->rows = clamp(rows, 1, EMULATOR_ROWS_MAX);
	emulator->cols = clamp(cols, 2, EMULATOR_COLS_MAX);
	emulator->cursor_visible = true;
	emulator->filter = filter_new();
	emulator->vt = vterm_new(emulator->rows, emulator->cols);
	vterm_set_utf8(emulator->vt, 1);
	vterm_output_set_callback(emulator->vt, answer_cb, emulator);
	emulator->state = vterm_obtain_state(emulator->vt);
	emulator->screen = vterm_obtain_screen(emulator->vt);
	vterm_screen_set_callbacks(emulator->screen, &callbacks, emulator);
	vterm_screen_enable_altscreen(emulator->screen, 1);
	vterm_screen_set_damage_merge(emulator->screen, VTERM_DAMAGE_SCROLL);
	vterm_screen_reset(emulator->screen, 1);
	return emulator;
}

void
emulator_free(struct emulator *emulator)
{
	if (!emulator)
		return;
	vterm_free(emulator->vt);
	filter_free(emulator->filter);
	buf_release(&emulator->passed);
	buf_release(&emulator->answers);
	free(emulator);
}

void
emulator_feed(struct emulator *emulator, const char *bytes, size_t len)
{
	while (len) {
		size_t n = len < EMULATOR_CHUNK ? len : EMULATOR_CHUNK;
		buf_clear(&emulator->passed);
		filter_feed(emulator->filter, bytes, n, true, &emulator->passed);
		/* The filter may make more of it than it was. */
		for (size_t at = 0; at < emulator->passed.len; at += EMULATOR_CHUNK) {
			size_t left = emulator->passed.len - at;
			vterm_input_write(emulator->vt, emulator->passed.data + at,
			    left < EMULATOR_CHUNK ? left : EMULATOR_CHUNK);
		}
		bytes += n;
		len -= n;
	}
	vterm_screen_flush_damage(emulator->screen);
}

void
emulator_take_answers(struct emulator *emulator, struct buf *to)
{
	buf_add(to, buf_str(&emulator->answers), emulator->answers.len);
	buf_clear(&emulator->answers);
}

int
emulator_rows(const struct emulator *emulator)
{
	return emulator->rows;
}

int
emulator_cols(const struct emulator *emulator)
{
	return emulator->cols;
}

static uint32_t
colour(VTermColor c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&c) || VTERM_COLOR_IS_DEFAULT_BG(&c))
		return CELL_DEFAULT;
	if (VTERM_COLOR_IS_INDEXED(&c))
		return CELL_PALETTE | c.indexed.idx;
	return CELL_RGB | (uint32_t)c.rgb.red << 16 | (uint32_t)c.rgb.green << 8 | c.rgb.blue;
}

static uint8_t
attributes(const VTermScreenCellAttrs *attrs)
{
	unsigned bits = 0;
	bits |= attrs->bold ? CELL_BOLD : 0;
	bits |= attrs->italic ? CELL_ITALIC : 0;
	bits |= attrs->underline ? CELL_UNDERLINE : 0;
	bits |= attrs->blink ? CELL_BLINK : 0;
	bits |= attrs->reverse ? CELL_REVERSE : 0;
	bits |= attrs->strike ? CELL_STRIKE : 0;
#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR >= 2
	bits |= attrs->conceal ? CELL_CONCEAL : 0;
#endif
	return (uint8_t)bits;
}

/* Takes the characters over, as far as they may be drawn: what is not as wide as the
 * library thinks would shift what stands right of it. */
static void
copy_chars(const VTermScreenCell *from, struct cell *cell)
{
	cell->chars[0] = from->chars[0];
	if (text_width(from->chars[0]) != from->width) {
		cell->chars[0] = REPLACEMENT;
		cell->width = 1;
	}
	int n = 1;
	for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && from->chars[i]; i++) {
		if (n < CELL_CHARS && text_width(from->chars[i]) == 0)
			cell->chars[n++] = from->chars[i];
	}
}

/* Takes colours and attributes over. */
static void
copy_pen(const VTermScreenCell *from, struct cell *cell)
{
	cell->fg = colour(from->fg);
	cell->bg = colour(from->bg);
	cell->attrs = attributes(&from->attrs);
}

/* The right half of a wide character, which the library keeps no colours for. */
static void
copy_right_half(const struct emulator *emulator, VTermPos pos, struct cell *cell)
{
	VTermScreenCell left;
	pos.col--;
	if (pos.col < 0 || !vterm_screen_get_cell(emulator->screen, pos, &left))
		return;
	copy_pen(&left, cell);
	if (left.width == 2 && text_width(left.chars[0]) == 2)
		cell->width = 0;
}

void
emulator_cell(const struct emulator *emulator, int row, int col, struct cell *cell)
{
	VTermScreenCell from;
	VTermPos pos = { .row = row, .col = col };
	*cell = (struct cell){ .width = 1 };
	if (row < 0 || col < 0 || row >= emulator->rows || col >= emulator->cols ||
	    !vterm_screen_get_cell(emulator->screen, pos, &from))
		return;
	if (from.chars[0] == RIGHT_HALF) {
		copy_right_half(emulator, pos, cell);
		return;
	}
	copy_pen(&from, cell);
	if (from.chars[0]) {
		cell->width = (uint8_t)from.width;
		copy_chars(&from, cell);
	}
}

bool
emulator_cursor(const struct emulator *emulator, int *row, int *col)
{
	VTermPos pos;
	vterm_state_get_cursorpos(emulator->state, &pos);
	*row = clamp(pos.row, 0, emulator->rows - 1);
	*col = clamp(pos.col, 0, emulator->cols - 1);
	return emulator->cursor_visible;
}

bool
emulator_is_alternate(const struct emulator *emulator)
{
	return emulator->alternate;
}

const char *
emulator_title(const struct emulator *emulator)
{
	return filter_title(emulator->filter);
}

bool
emulator_app_cursor(const struct emulator *emulator)
{
	return filter_modes(emulator->filter)->app_cursor;
}

bool
emulator_bracketed_paste(const struct emulator *emulator)
{
	return filter_modes(emulator->filter)->bracketed_paste;
}
