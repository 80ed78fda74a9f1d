/*
 * The screen for people and for comparing: attributes as text, everything as SVG.
 */
#include "vt_screen.h"

#include <string.h>

/* The picture's measures, in pixels. */
#define CELL_W 8.4
#define CELL_H 18
#define FONT_SIZE 14
#define BASELINE 13.5
#define MARGIN 14
#define PICTURE_FG 0xd4d7dd
#define PICTURE_BG 0x15181e

static const int palette[16] = {
	0x1d2128, 0xe5646e, 0x8cc265, 0xe0b04f, 0x5aa9f0, 0xc678dd, 0x42b3c2, 0xc9ced6,
	0x6b7280, 0xff7b86, 0xa5e075, 0xf0c86a, 0x79c0ff, 0xd99bf0, 0x63d2e0, 0xf2f4f8,
};

static bool
same_look(const struct vt_cell *a, const struct vt_cell *b)
{
	return a->attrs == b->attrs && a->fg == b->fg && a->bg == b->bg;
}

static void
print_colour(FILE *to, const char *name, int colour)
{
	if (colour == VT_DEFAULT)
		return;
	if (colour & VT_RGB)
		fprintf(to, " %s=#%06x", name, (unsigned)colour & 0xffffffu);
	else
		fprintf(to, " %s=%d", name, colour);
}

static void
print_look(FILE *to, const struct vt_cell *cell)
{
	static const char *const names[] = {
		"bold", "italic", "underline", "blink", "reverse", "strike",
	};
	for (int i = 0; i < 6; i++)
		if (cell->attrs & 1u << i)
			fprintf(to, " %s", names[i]);
	print_colour(to, "fg", cell->fg);
	print_colour(to, "bg", cell->bg);
}

/* The column behind the run of cells that look like the one at col. */
static int
run_end(const struct vt_screen *screen, int row, int col, const struct vt_cell *first)
{
	struct vt_cell cell;
	for (col++; col < vt_screen_cols(screen); col++) {
		vt_screen_cell(screen, row, col, &cell);
		if (cell.width != 0 && !same_look(first, &cell))
			break;
	}
	return col;
}

void
vt_screen_print_attrs(struct vt_screen *screen, FILE *to)
{
	const struct vt_cell plain = { .fg = VT_DEFAULT, .bg = VT_DEFAULT };
	for (int row = 0; row < vt_screen_rows(screen); row++) {
		const char *between = "";
		struct vt_cell cell;
		for (int col = 0, end; col < vt_screen_cols(screen); col = end) {
			vt_screen_cell(screen, row, col, &cell);
			end = run_end(screen, row, col, &cell);
			if (same_look(&cell, &plain))
				continue;
			if (between[0] == '\0')
				fprintf(to, "%d:", row + 1);
			fprintf(to, "%s %d-%d", between, col + 1, end);
			print_look(to, &cell);
			between = ",";
		}
		if (between[0] != '\0')
			fputc('\n', to);
	}
}

static int
palette_rgb(int index)
{
	static const int steps[6] = { 0, 95, 135, 175, 215, 255 };
	if (index < 16)
		return palette[index];
	if (index >= 232) {
		int grey = 8 + 10 * (index - 232);
		return grey << 16 | grey << 8 | grey;
	}
	index -= 16;
	return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6];
}

static int
rgb_of(int colour, int otherwise)
{
	if (colour == VT_DEFAULT)
		return otherwise;
	return colour & VT_RGB ? colour & 0xffffff : palette_rgb(colour);
}

static void
colours_of(const struct vt_cell *cell, int *fg, int *bg)
{
	*fg = rgb_of(cell->fg, PICTURE_FG);
	*bg = rgb_of(cell->bg, PICTURE_BG);
	if (cell->attrs & VT_REVERSE) {
		int kept = *fg;
		*fg = *bg;
		*bg = kept;
	}
}

static void
print_escaped(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		default:
			fputc(*text, to);
		}
	}
}

static void
print_rect(FILE *to, double x, double y, double w, double h, int rgb, double opacity)
{
	fprintf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%06x\"",
	    x, y, w, h, (unsigned)rgb);
	if (opacity < 1)
		fprintf(to, " opacity=\"%.2f\"", opacity);
	fputs("/>\n", to);
}

/* The one code point of a cell; 0 for none or several. */
static unsigned
code_of(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	if (s[0] >= 0xe0 && s[0] < 0xf0 && s[1] != 0 && s[2] != 0 && s[3] == 0)
		return (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
	return s[0] < 0x80 && s[1] == 0 ? s[0] : 0;
}

/* Blocks are drawn, so that they meet whatever the font. */
static bool
print_block(FILE *to, unsigned code, double x, double y, int rgb)
{
	if (code >= 0x2581 && code <= 0x2588) {
		double h = CELL_H * (code - 0x2580) / 8.0;
		print_rect(to, x, y + CELL_H - h, CELL_W, h, rgb, 1);
	} else if (code >= 0x2589 && code <= 0x258f) {
		print_rect(to, x, y, CELL_W * (0x2590 - code) / 8.0, CELL_H, rgb, 1);
	} else if (code == 0x2580) {
		print_rect(to, x, y, CELL_W, CELL_H / 2.0, rgb, 1);
	} else if (code == 0x2590) {
		print_rect(to, x + CELL_W / 2, y, CELL_W / 2, CELL_H, rgb, 1);
	} else if (code >= 0x2591 && code <= 0x2593) {
		print_rect(to, x, y, CELL_W, CELL_H, rgb, (code - 0x2590) * 0.25);
	} else {
		return false;
	}
	return true;
}

/* How many cells from col on, before end, hold the same as this one. */
static int
same_text(const struct vt_screen *screen, int row, int col, int end, const struct vt_cell *cell)
{
	struct vt_cell next;
	int at = col + 1;
	for (; at < end; at++) {
		vt_screen_cell(screen, row, at, &next);
		if (strcmp(next.text, cell->text) != 0)
			break;
	}
	return at - col;
}

/* Lines are drawn too: from the middle of the cell to the sides that they reach, level ones
 * over `cells` at once. Returns how many were drawn. */
static int
print_line(FILE *to, unsigned code, int cells, double x, double y, int rgb)
{
	static const struct {
		unsigned code;
		const char *sides;
		bool heavy;
	} lines[] = {
		{ 0x2500, "lr", false }, { 0x2501, "lr", true }, { 0x2502, "ud", false },
		{ 0x2503, "ud", true }, { 0x250c, "dr", false }, { 0x2510, "dl", false },
		{ 0x2514, "ur", false }, { 0x2518, "ul", false }, { 0x251c, "udr", false },
		{ 0x2524, "udl", false }, { 0x252c, "dlr", false }, { 0x2534, "ulr", false },
		{ 0x253c, "udlr", false }, { 0x256d, "dr", false }, { 0x256e, "dl", false },
		{ 0x256f, "ul", false }, { 0x2570, "ur", false }, { 0x2574, "l", false },
		{ 0x2575, "u", false }, { 0x2576, "r", false }, { 0x2577, "d", false },
		{ 0x2578, "l", true }, { 0x257a, "r", true },
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (lines[i].code != code)
			continue;
		if (strcmp(lines[i].sides, "lr") != 0)
			cells = 1;
		double mx = x + CELL_W / 2, my = y + CELL_H / 2.0;
		fputs("<path d=\"", to);
		for (const char *side = lines[i].sides; *side != '\0'; side++)
			fprintf(to, "M%.1f %.1fL%.1f %.1f", mx, my,
			    /* A little over the edge: no seam to the next cell. */
			    *side == 'l' ? x - 0.2 : *side == 'r' ? x + cells * CELL_W + 0.2 : mx,
			    *side == 'u' ? y : *side == 'd' ? y + CELL_H : my);
		fprintf(to, "\" stroke=\"#%06x\" stroke-width=\"%s\"/>\n", (unsigned)rgb,
		    lines[i].heavy ? "2.6" : "1.2");
		return cells;
	}
	return 0;
}

static bool
is_plain(const struct vt_cell *cell)
{
	unsigned code = code_of(cell->text);
	return cell->width == 1 && code > ' ' && code < 0x7f;
}

/* The text of the cells from col on that may stand in one element: ASCII of one look. */
static int
print_text(struct vt_screen *screen, FILE *to, int row, int col, int end, int rgb)
{
	struct vt_cell cell;
	vt_screen_cell(screen, row, col, &cell);
	int stop = col + (cell.width > 0 ? cell.width : 1);
	if (is_plain(&cell)) {
		struct vt_cell next;
		for (; stop < end; stop++) {
			vt_screen_cell(screen, row, stop, &next);
			if (!is_plain(&next))
				break;
		}
	}
	fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" fill=\"#%06x\"%s%s%s%s>",
	    MARGIN + col * CELL_W, MARGIN + row * CELL_H + BASELINE, (stop - col) * CELL_W,
	    (unsigned)rgb, cell.attrs & VT_BOLD ? " font-weight=\"bold\"" : "",
	    cell.attrs & VT_ITALIC ? " font-style=\"italic\"" : "",
	    cell.attrs & VT_UNDERLINE ? " text-decoration=\"underline\"" : "",
	    cell.attrs & VT_STRIKE ? " text-decoration=\"line-through\"" : "");
	for (int at = col; at < stop; at++) {
		vt_screen_cell(screen, row, at, &cell);
		print_escaped(to, cell.text);
	}
	fputs("</text>\n", to);
	return stop;
}

static void
print_row(struct vt_screen *screen, FILE *to, int row)
{
	struct vt_cell cell;
	double y = MARGIN + row * CELL_H;
	for (int col = 0, end; col < vt_screen_cols(screen); col = end) {
		int fg, bg;
		vt_screen_cell(screen, row, col, &cell);
		end = run_end(screen, row, col, &cell);
		colours_of(&cell, &fg, &bg);
		if (bg != PICTURE_BG)
			print_rect(to, MARGIN + col * CELL_W, y, (end - col) * CELL_W, CELL_H, bg, 1);
		for (int at = col; at < end;) {
			vt_screen_cell(screen, row, at, &cell);
			double x = MARGIN + at * CELL_W;
			unsigned code = code_of(cell.text);
			if (code == ' ' || cell.width == 0 || print_block(to, code, x, y, fg)) {
				at++;
				continue;
			}
			int same = same_text(screen, row, at, end, &cell);
			int drawn = print_line(to, code, same, x, y, fg);
			at = drawn > 0 ? at + drawn : print_text(screen, to, row, at, end, fg);
		}
	}
}

void
vt_screen_print_svg(struct vt_screen *screen, FILE *to, const char *title)
{
	double w = vt_screen_cols(screen) * CELL_W + 2 * MARGIN;
	double h = vt_screen_rows(screen) * CELL_H + 2 * MARGIN;
	fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
	    "viewBox=\"0 0 %.0f %.0f\"\n font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, "
	    "Consolas, monospace\" font-size=\"%d\">\n"
	    "<style>rect { shape-rendering: crispEdges }</style>\n<title>", w, h, w, h, FONT_SIZE);
	print_escaped(to, title);
	fprintf(to, "</title>\n<rect width=\"%.0f\" height=\"%.0f\" rx=\"8\" fill=\"#%06x\"/>\n",
	    w, h, PICTURE_BG);
	for (int row = 0; row < vt_screen_rows(screen); row++)
		print_row(screen, to, row);
	fputs("</svg>\n", to);
}
