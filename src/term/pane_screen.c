#include "term/pane_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "term/emulator.h"
#include "term/line.h"

#define NOWHERE UINT64_MAX
#define SEQUENCE_OVERLAP 64	/* looked at again: a sequence may be cut by the end */
#define TORN_MAX 1024
#define ANSWERS_MAX ((size_t)4 << 10)
#define ALTERNATE_LOOK ((uint64_t)1 << 20)	/* looked at for the alternate screen */

struct pane_screen {
	struct scrollback *scrollback;	/* borrowed */
	int rows, cols;	/* of the step's terminal */
	size_t segment;	/* the log shown; SIZE_MAX: none */
	uint64_t size;	/* of the log, at the last update */
	uint64_t need;	/* where something that needs a terminal was seen last, or NOWHERE */
	struct emulator *emulator;	/* NULL: lines are shown */
	uint64_t fed;	/* bytes of the log that the emulator knows */
	uint64_t resized;	/* where the terminal got its size, or NOWHERE */
	bool live;	/* the emulator has caught up: what it answers is wanted */
	struct buf answers;
	char *bytes;	/* read buffer of PANE_SCREEN_TAIL + SEQUENCE_OVERLAP; or NULL */
};

static void
drop_emulator(struct pane_screen *screen)
{
	emulator_free(screen->emulator);
	screen->emulator = NULL;
	screen->live = false;
}

/* Forgets the log, so that the next update looks at it anew. */
static void
forget(struct pane_screen *screen)
{
	drop_emulator(screen);
	screen->segment = SIZE_MAX;
	screen->size = 0;
	screen->need = NOWHERE;
	screen->resized = NOWHERE;
}

struct pane_screen *
pane_screen_new(struct scrollback *scrollback)
{
	struct pane_screen *screen = mem_alloc(sizeof *screen);
	screen->scrollback = scrollback;
	screen->rows = PANE_SCREEN_ROWS;
	screen->cols = PANE_SCREEN_COLS;
	forget(screen);
	return screen;
}

void
pane_screen_free(struct pane_screen *screen)
{
	if (!screen)
		return;
	drop_emulator(screen);
	buf_release(&screen->answers);
	free(screen->bytes);
	free(screen);
}

void
pane_screen_rest(struct pane_screen *screen)
{
	forget(screen);
	buf_release(&screen->answers);
	free(screen->bytes);
	screen->bytes = NULL;
	scrollback_rest(screen->scrollback);
}

/* Reads up to PANE_SCREEN_TAIL + SEQUENCE_OVERLAP bytes of the log. */
static size_t
read_log(struct pane_screen *screen, uint64_t from, uint64_t to)
{
	if (!screen->bytes)
		screen->bytes = mem_alloc(PANE_SCREEN_TAIL + SEQUENCE_OVERLAP);
	return scrollback_read(screen->scrollback, screen->segment, from, screen->bytes,
	    (size_t)(to - from));
}

/* Looks whether what is new in the log, within its last PANE_SCREEN_TAIL bytes, needs a
 * terminal. */
static void
look_for_need(struct pane_screen *screen, uint64_t size)
{
	uint64_t tail = size > PANE_SCREEN_TAIL ? size - PANE_SCREEN_TAIL : 0;
	uint64_t from = screen->size > SEQUENCE_OVERLAP ? screen->size - SEQUENCE_OVERLAP : 0;
	if (from < tail)
		from = tail;
	size_t n = read_log(screen, from, size);
	if (line_needs_terminal(screen->bytes, n))
		screen->need = size;
	if (screen->need != NOWHERE && screen->need <= tail)
		screen->need = NOWHERE;
}

/* The last switch to (1) or from (0) the alternate screen in bytes, -1 when there is
 * none. */
static int
last_switch(const char *bytes, size_t len)
{
	static const char *const modes[] = { "1049", "1047", "47" };
	for (size_t end = len; end > 0;) {
		const char *esc = memrchr(bytes, 0x1B, end);
		if (!esc)
			return -1;
		end = (size_t)(esc - bytes);
		size_t left = len - end;
		for (int i = 0; i < 3; i++) {
			size_t n = strlen(modes[i]);
			if (left < n + 4 || memcmp(esc, "\x1B[?", 3) ||
			    memcmp(esc + 3, modes[i], n))
				continue;
			if (esc[3 + n] == 'h' || esc[3 + n] == 'l')
				return esc[3 + n] == 'h';
		}
	}
	return -1;
}

/* Whether the alternate screen is on before an offset, as far as can be seen from a look
 * back; `otherwise` when nothing is said there. */
static bool
alternate_before(struct pane_screen *screen, uint64_t offset, bool otherwise)
{
	uint64_t limit = offset > ALTERNATE_LOOK ? offset - ALTERNATE_LOOK : 0;
	uint64_t to = offset;
	while (to > limit) {
		uint64_t from = to - limit > PANE_SCREEN_TAIL ? to - PANE_SCREEN_TAIL : limit;
		uint64_t until = to + SEQUENCE_OVERLAP;
		if (until > offset)
			until = offset;
		size_t n = read_log(screen, from, until);
		int found = last_switch(screen->bytes, n);
		if (found >= 0)
			return found;
		to = from;
	}
	return otherwise;
}

/* How many bytes from an offset on are the rest of a line or a sequence that began before
 * it, as far as can be told. */
static size_t
torn_len(struct pane_screen *screen, uint64_t offset)
{
	size_t n = read_log(screen, offset, offset + TORN_MAX);
	for (size_t i = 0; i < n; i++) {
		if (screen->bytes[i] == 0x1B)
			return i;
		if (screen->bytes[i] == '\n')
			return i + 1;
	}
	return 0;
}

/* Starts an emulator from the log's tail. */
static void
start_emulator(struct pane_screen *screen, uint64_t size)
{
	bool was_alternate = screen->emulator && emulator_is_alternate(screen->emulator);
	drop_emulator(screen);
	uint64_t from = size > PANE_SCREEN_TAIL ? size - PANE_SCREEN_TAIL : 0;
	screen->emulator = emulator_new(screen->rows, screen->cols);
	if (from && alternate_before(screen, from, was_alternate))
		emulator_feed(screen->emulator, "\x1B[?1049h", 8);
	if (from)
		from += torn_len(screen, from);
	screen->fed = from;
}

void
pane_screen_set_size(struct pane_screen *screen, int rows, int cols)
{
	if (rows < 1 || cols < 1 || (rows == screen->rows && cols == screen->cols))
		return;
	screen->rows = rows;
	screen->cols = cols;
	if (screen->emulator)
		start_emulator(screen, screen->size);
}

void
pane_screen_set_resized(struct pane_screen *screen, uint64_t offset)
{
	if (screen->resized == offset)
		return;
	screen->resized = offset;
	if (screen->emulator && screen->fed > offset)
		start_emulator(screen, screen->size);
}

/* Takes a scroll region back, and leaves the cursor where it is. */
static void
drop_margins(struct emulator *emulator)
{
	char bytes[32];
	int row, col;
	emulator_cursor(emulator, &row, &col);
	int n = snprintf(bytes, sizeof bytes, "\x1B[r\x1B[%d;%dH", row + 1, col + 1);
	emulator_feed(emulator, bytes, (size_t)n);
}

/* Feeds what is new, a bounded part of it. Returns whether some is left. */
static bool
feed_emulator(struct pane_screen *screen, uint64_t size)
{
	uint64_t left = size - screen->fed;
	uint64_t to = left > PANE_SCREEN_FEED ? screen->fed + PANE_SCREEN_FEED : size;
	if (screen->fed == screen->resized)
		drop_margins(screen->emulator);
	if (screen->fed < screen->resized && to > screen->resized)
		to = screen->resized;
	size_t n = read_log(screen, screen->fed, to);
	emulator_feed(screen->emulator, screen->bytes, n);
	screen->fed += n;
	size_t had = screen->answers.len;
	emulator_take_answers(screen->emulator, &screen->answers);
	if (!screen->live || screen->answers.len > ANSWERS_MAX) {
		screen->answers.len = had;	/* from the past, or wanted by nobody */
		buf_reserve(&screen->answers, 0);
	}
	if (screen->fed < size && n)
		return true;
	screen->live = true;
	return false;
}

/* Follows the scrollback to its last log. Returns false when there is none. */
static bool
find_log(struct pane_screen *screen)
{
	size_t segment;
	if (!scrollback_last_log(screen->scrollback, &segment)) {
		forget(screen);
		return false;
	}
	if (segment != screen->segment) {
		forget(screen);
		screen->segment = segment;
	}
	return true;
}

struct pane_screen_news
pane_screen_update(struct pane_screen *screen)
{
	struct pane_screen_news news = { 0 };
	size_t segment = screen->segment;
	if (!find_log(screen)) {
		news.changed = segment != screen->segment;
		return news;
	}
	uint64_t size = scrollback_segment_size(screen->scrollback, screen->segment);
	news.changed = segment != screen->segment || size != screen->size;
	if (size < screen->size) {	/* shrunk: not what we knew */
		segment = screen->segment;
		forget(screen);
		screen->segment = segment;
	}
	if (size != screen->size)
		look_for_need(screen, size);
	screen->size = size;
	bool alternate = screen->emulator && emulator_is_alternate(screen->emulator);
	if (screen->need == NOWHERE && !alternate) {
		news.changed |= screen->emulator != NULL;
		drop_emulator(screen);
		return news;
	}
	if (!screen->emulator || size - screen->fed > PANE_SCREEN_BEHIND) {
		start_emulator(screen, size);
		news.changed = true;
	}
	if (screen->fed < size) {
		news.more = feed_emulator(screen, size);
		news.changed = true;
	}
	return news;
}

/* The last row of the emulator that shows something, or has the cursor. */
static int
last_used_row(const struct emulator *emulator)
{
	int row, col;
	emulator_cursor(emulator, &row, &col);
	for (int last = emulator_rows(emulator) - 1; last > row; last--) {
		for (int c = 0; c < emulator_cols(emulator); c++) {
			struct cell cell;
			emulator_cell(emulator, last, c, &cell);
			if (cell.chars[0] || cell.bg != CELL_DEFAULT)
				return last;
		}
	}
	return row;
}

/* Fills one row with the emulator's row, from column `left` on. */
static void
fill_emulator_row(const struct emulator *emulator, int row, int left, int cols,
    struct cell *to)
{
	for (int c = 0; c < cols; c++)
		emulator_cell(emulator, row, left + c, &to[c]);
	if (to[0].width == 0)
		to[0] = (struct cell){ .bg = to[0].bg, .width = 1 };
	if (to[cols - 1].width == 2)
		to[cols - 1] = (struct cell){ .bg = to[cols - 1].bg, .width = 1 };
}

static int
fill_from_emulator(const struct emulator *emulator, int rows, int cols, struct cell *cells,
    int *cursor_row, int *cursor_col)
{
	int row, col;
	bool visible = emulator_cursor(emulator, &row, &col);
	bool alternate = emulator_is_alternate(emulator);
	int follow = alternate ? (visible ? row : 0) : last_used_row(emulator);
	int top = follow >= rows ? follow - rows + 1 : 0;
	int left = alternate && visible && col >= cols ? col - cols + 1 : 0;
	int used = emulator_rows(emulator) - top;
	if (!alternate)
		used = follow - top + 1;
	if (used > rows)
		used = rows;
	for (int r = 0; r < rows; r++)
		fill_emulator_row(emulator, r < used ? top + r : -1, left, cols,
		    cells + (size_t)r * (size_t)cols);
	visible = visible && row >= top && row < top + rows && col >= left &&
	    col < left + cols;
	*cursor_row = visible ? row - top : -1;
	*cursor_col = visible ? col - left : 0;
	return used;
}

int
pane_screen_fill(struct pane_screen *screen, int rows, int cols, bool wrap,
    struct cell *cells, int *cursor_row, int *cursor_col)
{
	int row, col, used;
	if (screen->emulator) {
		used = fill_from_emulator(screen->emulator, rows, cols, cells, &row, &col);
	} else {
		struct scrollback_window window = { .rows = rows, .cols = cols, .wrap = wrap };
		used = scrollback_fill_bottom(screen->scrollback, &window, cells, NULL, &row,
		    &col);
	}
	if (cursor_row)
		*cursor_row = row;
	if (cursor_col)
		*cursor_col = col;
	return used;
}

bool
pane_screen_is_terminal(const struct pane_screen *screen)
{
	return screen->emulator != NULL;
}

bool
pane_screen_is_alternate(const struct pane_screen *screen)
{
	return screen->emulator && emulator_is_alternate(screen->emulator);
}

const char *
pane_screen_title(const struct pane_screen *screen)
{
	return screen->emulator ? emulator_title(screen->emulator) : "";
}

bool
pane_screen_app_cursor(const struct pane_screen *screen)
{
	return screen->emulator && emulator_app_cursor(screen->emulator);
}

bool
pane_screen_bracketed_paste(const struct pane_screen *screen)
{
	return screen->emulator && emulator_bracketed_paste(screen->emulator);
}

void
pane_screen_take_answers(struct pane_screen *screen, struct buf *to)
{
	buf_add(to, buf_str(&screen->answers), screen->answers.len);
	buf_clear(&screen->answers);
}
