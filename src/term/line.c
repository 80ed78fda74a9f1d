#include "term/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "term/csi.h"

#define ESC 0x1B
#define TAB_COLUMNS 8
#define NO_GLYPH SIZE_MAX
#define REPLACEMENT UINT32_C(0xFFFD)

/* A line being rendered. */
struct render {
	struct line *line;
	struct line_pen *pen;
	size_t col;	/* less than or equal to LINE_CELLS_MAX */
	size_t glyph;	/* cell of the character just put, for marks that combine with it */
};

void
line_release(struct line *line)
{
	free(line->cells);
	*line = (struct line){ 0 };
}

static struct cell
blank_cell(uint32_t bg)
{
	return (struct cell){ .bg = bg, .width = 1 };
}

static void
reserve(struct line *line, size_t count)
{
	if (count <= line->cap)
		return;
	size_t cap = line->cap ? line->cap : 128;
	while (cap < count)
		cap *= 2;
	line->cells = mem_grow(line->cells, cap, sizeof *line->cells);
	line->cap = cap;
}

/* Makes the line at least `count` cells long; what is new is as what was right of it. */
static void
extend(struct line *line, size_t count)
{
	reserve(line, count);
	while (line->count < count)
		line->cells[line->count++] = blank_cell(line->fill);
}

/* Blanks the half of a wide character that is left when its other half, on the other side
 * of the boundary before cell `at`, is overwritten. */
static void
tear(struct line *line, size_t at, bool left_is_overwritten)
{
	if (at == 0 || at >= line->count || line->cells[at].width != 0)
		return;
	struct cell *half = &line->cells[left_is_overwritten ? at : at - 1];
	*half = blank_cell(half->bg);
}

/* Makes n cells from the cursor on ready to be written; fewer where the line is cut. */
static size_t
open_cells(struct render *r, size_t n)
{
	if (n > LINE_CELLS_MAX - r->col)
		n = LINE_CELLS_MAX - r->col;
	if (n == 0)
		return 0;
	tear(r->line, r->col, false);
	tear(r->line, r->col + n, true);
	extend(r->line, r->col);
	reserve(r->line, r->col + n);
	if (r->line->count < r->col + n)
		r->line->count = r->col + n;
	return n;
}

static void
put_ascii(struct render *r, const char *bytes, size_t len)
{
	size_t n = open_cells(r, len);
	struct cell cell = { .fg = r->pen->fg, .bg = r->pen->bg, .width = 1,
		.attrs = r->pen->attrs };
	struct cell *to = r->line->cells + r->col;
	for (size_t i = 0; i < n; i++) {
		cell.chars[0] = (unsigned char)bytes[i];
		to[i] = cell;
	}
	r->col += n;
	r->glyph = n ? r->col - 1 : NO_GLYPH;
}

/* Adds a mark to the character just put. */
static void
combine(struct render *r, uint32_t code)
{
	if (r->glyph == NO_GLYPH)
		return;
	uint32_t *chars = r->line->cells[r->glyph].chars;
	for (int i = 1; i < CELL_CHARS; i++) {
		if (chars[i] == 0) {
			chars[i] = code;
			return;
		}
	}
}

static void
put_code(struct render *r, uint32_t code)
{
	int width = text_width(code);
	if (width < 0) {
		if (text_is_hidden(code))
			return;
		code = REPLACEMENT;
		width = 1;
	}
	if (width == 0) {
		combine(r, code);
		return;
	}
	if (r->col + (size_t)width > LINE_CELLS_MAX || open_cells(r, (size_t)width) == 0) {
		r->glyph = NO_GLYPH;
		return;
	}
	struct cell cell = { .chars = { code }, .fg = r->pen->fg, .bg = r->pen->bg,
		.width = (uint8_t)width, .attrs = r->pen->attrs };
	r->glyph = r->col;
	r->line->cells[r->col++] = cell;
	if (width == 2) {
		cell.chars[0] = 0;
		cell.width = 0;
		r->line->cells[r->col++] = cell;
	}
}

/* Erases the cells from `from` up to `to`. */
static void
erase(struct render *r, size_t from, size_t to)
{
	struct line *line = r->line;
	if (to > LINE_CELLS_MAX)
		to = LINE_CELLS_MAX;
	extend(line, to);
	tear(line, from, false);
	tear(line, to, true);
	for (size_t i = from; i < to; i++)
		line->cells[i] = blank_cell(r->pen->bg);
}

/* Erases everything from `from` on. */
static void
erase_rest(struct render *r, size_t from)
{
	struct line *line = r->line;
	if (line->count < from && line->fill != r->pen->bg)
		extend(line, from);
	tear(line, from, false);
	if (line->count > from)
		line->count = from;
	line->fill = r->pen->bg;
}

static void
erase_in_line(struct render *r, int what)
{
	if (what == 0)
		erase_rest(r, r->col);
	else if (what == 1)
		erase(r, 0, r->col + 1);
	else if (what == 2)
		erase_rest(r, 0);
}

/* DCH: takes n cells out at the cursor. */
static void
delete_cells(struct render *r, size_t n)
{
	struct line *line = r->line;
	if (r->col >= line->count)
		return;
	if (n > line->count - r->col)
		n = line->count - r->col;
	tear(line, r->col, false);
	tear(line, r->col + n, true);
	memmove(line->cells + r->col, line->cells + r->col + n,
	    (line->count - r->col - n) * sizeof *line->cells);
	line->count -= n;
}

/* ICH: puts n blank cells in at the cursor. */
static void
insert_cells(struct render *r, size_t n)
{
	struct line *line = r->line;
	if (r->col >= line->count) {
		erase(r, r->col, r->col + n);
		return;
	}
	tear(line, r->col, false);
	tear(line, r->col, true);
	if (n > LINE_CELLS_MAX - r->col)
		n = LINE_CELLS_MAX - r->col;
	size_t moved = line->count - r->col;
	if (moved > LINE_CELLS_MAX - r->col - n)
		moved = LINE_CELLS_MAX - r->col - n;
	extend(line, r->col + n + moved);
	line->count = r->col + n + moved;
	memmove(line->cells + r->col + n, line->cells + r->col, moved * sizeof *line->cells);
	for (size_t i = r->col; i < r->col + n; i++)
		line->cells[i] = blank_cell(r->pen->bg);
	if (line->cells[line->count - 1].width == 2)	/* its right half is cut */
		line->cells[line->count - 1] = blank_cell(r->pen->bg);
}

static void
move_to(struct render *r, size_t col)
{
	r->col = col < LINE_CELLS_MAX ? col : LINE_CELLS_MAX - 1;
}

/* Does what a control sequence (behind ESC [) does within a line. */
static void
control_sequence(struct render *r, const char *bytes, size_t len)
{
	struct csi csi;
	if (!csi_parse(&csi, bytes, len) || csi.lead || csi.intermediate)
		return;
	if (csi.final == 'm') {
		csi_apply_sgr(&csi, r->pen);
		return;
	}
	int value = csi_param(&csi, 0, 0);
	size_t n = value > 0 ? (size_t)value : 1;
	r->glyph = NO_GLYPH;
	switch (csi.final) {
	case 'J':	/* below the line there is nothing yet */
	case 'K':
		erase_in_line(r, csi.final == 'K' || value == 0 ? value : -1);
		break;
	case 'C':
	case 'a':
		move_to(r, r->col + n);
		break;
	case 'D':
		move_to(r, r->col > n ? r->col - n : 0);
		break;
	case 'G':
	case '`':
		move_to(r, n - 1);
		break;
	case 'X':
		erase(r, r->col, r->col + n);
		break;
	case 'P':
		delete_cells(r, n);
		break;
	case '@':
		insert_cells(r, n);
		break;
	}
}

/* Takes the escape sequence at bytes. Returns its length. */
static size_t
escape_sequence(struct render *r, const char *bytes, size_t len)
{
	size_t n = text_sequence_len(bytes, len);
	if (n >= 3 && bytes[1] == '[')
		control_sequence(r, bytes + 2, n - 2);
	else if (n == 2 && bytes[1] == 'c')
		*r->pen = (struct line_pen){ 0 };
	return n;
}

/* Takes what is not plain ASCII at bytes. Returns the bytes taken (>= 1). */
static size_t
special(struct render *r, const char *bytes, size_t len)
{
	switch (bytes[0]) {
	case ESC:
		return escape_sequence(r, bytes, len);
	case '\r':
		r->col = 0;
		r->glyph = NO_GLYPH;
		return 1;
	case '\b':
		r->col -= r->col > 0;
		r->glyph = NO_GLYPH;
		return 1;
	case '\t':
		move_to(r, (r->col / TAB_COLUMNS + 1) * TAB_COLUMNS);
		r->glyph = NO_GLYPH;
		return 1;
	}
	uint32_t code = REPLACEMENT;
	size_t n = text_decode(bytes, len, &code);
	if (code >= 0x80)
		put_code(r, code);
	return n ? n : len;	/* cut off at the end: one replacement for it */
}

void
line_render(struct line *line, struct line_pen *pen, const char *bytes, size_t len)
{
	struct render r = { .line = line, .pen = pen, .glyph = NO_GLYPH };
	line->count = 0;
	line->fill = CELL_DEFAULT;
	while (len) {
		size_t n = 0;
		while (n < len && (unsigned char)(bytes[n] - 0x20) < 0x7F - 0x20)
			n++;
		if (n)
			put_ascii(&r, bytes, n);
		else
			n = special(&r, bytes, len);
		bytes += n;
		len -= n;
	}
	line->cursor = r.col;
}

void
line_scan_pen(struct line_pen *pen, const char *bytes, size_t len)
{
	const char *esc;
	while (len && (esc = memchr(bytes, ESC, len))) {
		len -= (size_t)(esc - bytes);
		size_t n = text_sequence_len(esc, len);
		struct csi csi;
		if (n >= 3 && esc[1] == '[' && esc[n - 1] == 'm' &&
		    csi_parse(&csi, esc + 2, n - 2) && csi_is_sgr(&csi))
			csi_apply_sgr(&csi, pen);
		else if (n == 2 && esc[1] == 'c')
			*pen = (struct line_pen){ 0 };
		bytes = esc + n;
		len -= n;
	}
}

/* Whether setting or resetting a private mode changes what is shown where. */
static bool
mode_needs_terminal(const struct csi *csi)
{
	for (int i = 0; i < csi->count; i++) {
		switch (csi->params[i].value) {
		case 6:	/* origin */
		case 47:
		case 69:	/* margins left and right */
		case 1047:
		case 1048:
		case 1049:
			return true;
		}
	}
	return false;
}

static bool
csi_needs_terminal(const char *bytes, size_t len)
{
	struct csi csi;
	if (!csi_parse(&csi, bytes, len))
		return false;
	if (csi.lead == '?')
		return (csi.final == 'h' || csi.final == 'l') && mode_needs_terminal(&csi);
	if (csi.lead || csi.intermediate)
		return false;
	if (csi.final == 'J')
		return csi_param(&csi, 0, 0) != 0;
	if (csi.final == 'h' || csi.final == 'l')
		return csi_param(&csi, 0, 0) == 4;
	return strchr("ABEFHILMSTZdefrsu", csi.final) != NULL;
}

static bool
sequence_needs_terminal(const char *bytes, size_t len)
{
	if (len < 2)
		return false;
	switch (bytes[1]) {
	case '[':
		return csi_needs_terminal(bytes + 2, len - 2);
	case '(':
	case ')':
		return len == 3 && bytes[2] == '0';	/* line drawing */
	default:
		return len == 2 && strchr("78DEHMc", bytes[1]) != NULL;
	}
}

bool
line_needs_terminal(const char *bytes, size_t len)
{
	const char *esc;
	while (len && (esc = memchr(bytes, ESC, len))) {
		len -= (size_t)(esc - bytes);
		size_t n = text_sequence_len(esc, len);
		if (sequence_needs_terminal(esc, n))
			return true;
		bytes = esc + n;
		len -= n;
	}
	return false;
}

size_t
line_wrap(const struct line *line, size_t start, int width)
{
	size_t next = start + (size_t)width;
	if (next >= line->count)
		return line->count;
	if (line->cells[next].width == 0)
		next += next - 1 > start ? (size_t)-1 : 1;
	return next;
}

void
line_text(const struct line *line, size_t first, size_t end, struct buf *to)
{
	if (end > line->count)
		end = line->count;
	for (size_t i = first; i < end; i++) {
		const struct cell *cell = &line->cells[i];
		if (cell->width == 0)
			continue;
		uint32_t code = cell->chars[0] ? cell->chars[0] : ' ';
		if (code < 0x80)
			buf_add_char(to, (char)code);
		else
			text_encode(to, code);
		for (int k = 1; k < CELL_CHARS && cell->chars[k]; k++)
			text_encode(to, cell->chars[k]);
	}
}
