#include "ui/screen.h"

#include <fcntl.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/color.h"
#include "ui/glyph.h"
#include "ui/termtype.h"

#define SCREEN_LEAVE_MAX 200
#define SCREEN_PAIRS 256	/* slots of the cache of colour pairs; a power of two */

/* Bracketed paste (xterm's ctlseqs): pasted text must not act as keys. */
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

/* Synchronised update: terminals without it ignore the mode. */
#define SYNC_ON "\033[?2026h"
#define SYNC_OFF "\033[?2026l"

struct pair_slot {
	bool is_used;
	int fg, bg, pair;
};

struct screen {
	SCREEN *curses;
	FILE *out, *in;
	int out_fd;
	int rows, cols;
	int colors;	/* 0: none */
	bool is_mono;
	bool is_utf8;
	bool is_left;	/* the terminal is not ours now */
	int cursor_row, cursor_col;
	char leave[SCREEN_LEAVE_MAX];
	struct pair_slot pairs[SCREEN_PAIRS];
};

/* Appends a terminfo string without its $<padding>. */
static void
leave_add(char *to, const char *name)
{
	const char *s = tigetstr(name);
	if (!s || s == (const char *)-1)
		return;
	size_t at = strlen(to);
	for (; *s && at + 1 < SCREEN_LEAVE_MAX; s++) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>')) {
			s = strchr(s, '>');
			continue;
		}
		to[at++] = *s;
	}
	to[at] = '\0';
}

/* newterm without LINES and COLUMNS: curses believes any number there, and the size is
 * told by screen_resize. */
static SCREEN *
screen_newterm(const char *type, FILE *out, FILE *in)
{
	char *lines = mem_strdup(getenv("LINES")), *columns = mem_strdup(getenv("COLUMNS"));
	unsetenv("LINES");
	unsetenv("COLUMNS");
	SCREEN *curses = newterm(type, out, in);
	if (lines)
		setenv("LINES", lines, 1);
	if (columns)
		setenv("COLUMNS", columns, 1);
	free(lines);
	free(columns);
	return curses;
}

/* Makes the curses screen over a memfd. */
static int
screen_open(struct screen *s, const char *type, struct err *err)
{
	s->out_fd = memfd_create("frame", MFD_CLOEXEC);
	if (s->out_fd < 0)
		return err_errno(err, "cannot make the buffer of the screen");
	fcntl(s->out_fd, F_SETFL, O_APPEND);
	s->out = fdopen(s->out_fd, "a");
	s->in = fopen("/dev/null", "re");
	if (!s->out || !s->in)
		return err_errno(err, "cannot make the buffer of the screen");
	s->curses = screen_newterm(type, s->out, s->in);
	if (!s->curses)
		return err_set(err, "cannot set up the screen for a terminal of type '%s'", type);
	return 0;
}

struct screen *
screen_new(struct err *err)
{
	const char *type = getenv("TERM");
	if (termtype_check(type, err))
		return NULL;
	struct screen *s = mem_alloc(sizeof *s);
	s->out_fd = -1;
	if (screen_open(s, type, err)) {
		screen_free(s);
		return NULL;
	}
	s->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	s->cursor_row = -1;
	if (has_colors() && start_color() == OK) {
		use_default_colors();
		s->colors = COLORS;
	}
	noecho();
	nonl();
	scrollok(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	typeahead(-1);
	strcpy(s->leave, SYNC_OFF PASTE_OFF);
	leave_add(s->leave, "sgr0");
	leave_add(s->leave, "cnorm");
	leave_add(s->leave, "rmcup");
	s->is_left = true;
	s->rows = LINES;
	s->cols = COLS;
	return s;
}

void
screen_free(struct screen *s)
{
	if (!s)
		return;
	if (s->curses) {
		endwin();
		delscreen(s->curses);
	}
	if (s->out)
		fclose(s->out);
	else if (s->out_fd >= 0)
		close(s->out_fd);
	if (s->in)
		fclose(s->in);
	free(s);
}

void
screen_resize(struct screen *s, int rows, int cols)
{
	if (rows == s->rows && cols == s->cols)
		return;
	if (resizeterm(rows, cols) == ERR)
		return;
	s->rows = LINES;
	s->cols = COLS;
	clearok(curscr, TRUE);
}

int
screen_rows(const struct screen *s)
{
	return s->rows;
}

int
screen_cols(const struct screen *s)
{
	return s->cols;
}

bool
screen_has_colors(const struct screen *s)
{
	return s->colors >= 8;
}

void
screen_set_mono(struct screen *s, bool is_mono)
{
	s->is_mono = is_mono;
}

const char *
screen_leave_bytes(const struct screen *s)
{
	return s->leave;
}

void
screen_leave(struct screen *s)
{
	endwin();
	if (ftruncate(s->out_fd, 0))
		return;	/* its bytes would come with the next frame, and do no harm there */
	s->is_left = true;
}

void
screen_redraw(struct screen *s)
{
	(void)s;
	clearok(curscr, TRUE);
}

void
screen_erase(struct screen *s)
{
	s->cursor_row = -1;
	werase(stdscr);
}

/* The curses pair of two colour indexes. alloc_pair crashes on a terminal without
 * colours. */
static int
screen_pair(struct screen *s, int fg, int bg)
{
	if (fg < 0 && bg < 0)
		return 0;
	unsigned hash = ((unsigned)fg * 31u + (unsigned)bg * 257u) & (SCREEN_PAIRS - 1);
	struct pair_slot *slot = &s->pairs[hash];
	/* On a terminal of few pairs curses reuses them: ask it each time. */
	if (slot->is_used && slot->fg == fg && slot->bg == bg && COLOR_PAIRS > 1024)
		return slot->pair;
	int pair = alloc_pair(fg, bg);
	*slot = (struct pair_slot){ true, fg, bg, pair < 0 ? 0 : pair };
	return slot->pair;
}

/* The index or value that curses wants for a colour here. */
static int
screen_color(const struct screen *s, uint32_t color)
{
	if (s->colors > 256 && color & CELL_RGB)
		return (int)(color & 0xffffff);
	return color_index(color, s->colors > 256 ? 256 : s->colors);
}

static attr_t
screen_attrs(uint8_t attrs)
{
	return (attrs & CELL_BOLD ? A_BOLD : 0) | (attrs & CELL_DIM ? A_DIM : 0) |
	    (attrs & CELL_ITALIC ? A_ITALIC : 0) |
	    (attrs & CELL_UNDERLINE ? A_UNDERLINE : 0) |
	    (attrs & CELL_REVERSE ? A_REVERSE : 0);
}

/* Puts one character with its combining marks at a place that is inside the screen. */
static void
screen_put(struct screen *s, int row, int col, const wchar_t *text, struct style style)
{
	int pair = 0;
	if (s->colors >= 8 && !s->is_mono) {
		int fg = screen_color(s, style.fg), bg = screen_color(s, style.bg);
		/* A dark grey that few colours make black would be drawn on black. */
		if (fg == 0 && bg <= 0 && style.fg & CELL_RGB)
			fg = -1;
		pair = screen_pair(s, fg, bg);
	}
	cchar_t c;
	if (setcchar(&c, text, screen_attrs(style.attrs), 0, &pair) == OK)
		mvadd_wch(row, col, &c);
}

/* What is drawn for a code point that takes `width` columns elsewhere: itself where the
 * terminal's C library agrees, else a stand-in. */
static wchar_t
screen_fit(const struct screen *s, uint32_t code, int width, int *columns)
{
	*columns = width;
	if (code >= 0x20 && code < 0x7f)
		return (wchar_t)code;
	if (!s->is_utf8) {
		*columns = 1;
		return (wchar_t)glyph_ascii(code);
	}
	if (text_width(code) == width && wcwidth((wchar_t)code) == width)
		return (wchar_t)code;
	*columns = 1;
	return 0xfffd;
}

int
screen_columns(const char *text)
{
	return (int)text_columns(text);
}

/* One character of text with the marks on it. Returns the bytes taken. */
static size_t
screen_next(const struct screen *s, const char *text, size_t len, wchar_t *to, int *columns)
{
	uint32_t code;
	size_t n = text_decode(text, len, &code);
	if (n == 0) {	/* cut off by its writer */
		code = 0xfffd;
		n = len;
	}
	int width = text_width(code);
	if (width <= 0) {	/* a control, or a mark on nothing */
		code = 0xfffd;
		width = 1;
	}
	int count = 0;
	to[count++] = screen_fit(s, code, width, columns);
	while (n < len && count < CELL_CHARS) {
		size_t more = text_decode(text + n, len - n, &code);
		if (more == 0 || text_width(code) != 0)
			break;
		if (s->is_utf8 && wcwidth((wchar_t)code) == 0)
			to[count++] = (wchar_t)code;
		n += more;
	}
	to[count] = L'\0';
	return n;
}

int
screen_text(struct screen *s, int row, int col, int width, struct style style,
    const char *text)
{
	size_t len = strlen(text);
	if (width > s->cols - col)
		width = s->cols - col;
	if (row < 0 || row >= s->rows || col < 0 || width <= 0)
		return 0;
	bool is_cut = len > (size_t)width && screen_columns(text) > width;
	int room = is_cut && width > 1 ? width - 1 : width, used = 0;
	for (size_t at = 0; at < len; ) {
		wchar_t c[CELL_CHARS + 1];
		int columns;
		at += screen_next(s, text + at, len - at, c, &columns);
		if (used + columns > room)
			break;
		screen_put(s, row, col + used, c, style);
		used += columns;
	}
	if (is_cut && room < width)
		screen_repeat(s, row, col + used++, 1, style, GLYPH_CUT);
	return used;
}

int
screen_printf(struct screen *s, int row, int col, int width, struct style style,
    const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	char small[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	if ((size_t)n >= sizeof small) {
		va_start(ap, fmt);
		vsnprintf(buf_reserve(&text, (size_t)n + 1), (size_t)n + 1, fmt, ap);
		va_end(ap);
		text.len = (size_t)n;
	}
	int used = screen_text(s, row, col, width, style, text.len ? text.data : small);
	buf_release(&text);
	return used;
}

void
screen_repeat(struct screen *s, int row, int col, int n, struct style style, uint32_t code)
{
	if (row < 0 || row >= s->rows || col < 0)
		return;
	int columns;
	wchar_t c[2] = { screen_fit(s, code, 1, &columns), L'\0' };
	for (int i = 0; i < n && col + i < s->cols; i++)
		screen_put(s, row, col + i, c, style);
}

void
screen_fill(struct screen *s, int row, int col, int width, struct style style)
{
	screen_repeat(s, row, col, width, style, ' ');
}

/* Draws one cell in at most `room` columns. */
static void
screen_cell(struct screen *s, int row, int col, int room, const struct cell *cell,
    struct style base)
{
	struct style style = { cell->fg ? cell->fg : base.fg, cell->bg ? cell->bg : base.bg,
		cell->attrs | base.attrs };
	wchar_t text[CELL_CHARS + 1] = L" ";
	int columns = 1, count = 1;
	int width = cell->width == 2 ? 2 : 1;
	if (cell->chars[0] && !(cell->attrs & CELL_CONCEAL) && width <= room) {
		text[0] = screen_fit(s, cell->chars[0], width, &columns);
		for (int i = 1; i < CELL_CHARS && cell->chars[i] && s->is_utf8; i++)
			if (wcwidth((wchar_t)cell->chars[i]) == 0)
				text[count++] = (wchar_t)cell->chars[i];
		text[count] = L'\0';
	}
	screen_put(s, row, col, text, style);
	if (columns < width && width <= room)
		screen_put(s, row, col + 1, L" ", style);
}

void
screen_cells(struct screen *s, int row, int col, int width, const struct cell *cells,
    struct style base)
{
	if (row < 0 || row >= s->rows || col < 0)
		return;
	if (width > s->cols - col)
		width = s->cols - col;
	for (int i = 0; i < width; i++)
		if (cells[i].width != 0 || i == 0)
			screen_cell(s, row, col + i, width - i, &cells[i], base);
}

void
screen_cursor(struct screen *s, int row, int col)
{
	s->cursor_row = row;
	s->cursor_col = col;
}

/* Moves what curses has written to `to`. */
static void
screen_collect(struct screen *s, struct buf *to)
{
	struct stat st;
	fflush(s->out);
	if (fstat(s->out_fd, &st) || st.st_size <= 0)
		return;
	size_t size = (size_t)st.st_size, have = 0;
	char *at = buf_reserve(to, size);
	while (have < size) {
		ssize_t n = pread(s->out_fd, at + have, size - have, (off_t)have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	to->len += have;
	if (ftruncate(s->out_fd, 0))
		clearok(curscr, TRUE);
}

void
screen_frame(struct screen *s, struct buf *to)
{
	bool is_shown = s->cursor_row >= 0 && s->cursor_row < s->rows && s->cursor_col >= 0 &&
	    s->cursor_col < s->cols;
	curs_set(is_shown ? 1 : 0);
	if (is_shown)
		wmove(stdscr, s->cursor_row, s->cursor_col);
	else
		wmove(stdscr, 0, 0);
	size_t before = to->len;
	buf_add_str(to, SYNC_ON);
	size_t begin = to->len;
	wnoutrefresh(stdscr);
	doupdate();
	screen_collect(s, to);
	if (to->len == begin) {
		to->len = before;
		return;
	}
	if (s->is_left) {
		buf_add_str(to, PASTE_ON);
		s->is_left = false;
	}
	buf_add_str(to, SYNC_OFF);
}
