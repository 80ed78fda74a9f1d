#include "vt_screen.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include "base/buf.h"
#include "base/mem.h"
#include "term/filter.h"

#define FEED_MAX 4096	/* libvterm 0.1.4 keeps a run of text on the stack */
#define SEQUENCE_MAX 256
#define REP_MAX 1000
#define OSC_KEPT 65536
#define MODES_MAX 32

enum parse_state {
	PARSE_TEXT,
	PARSE_ESC,
	PARSE_CSI,
	PARSE_OSC,
	PARSE_OSC_ESC,
};

struct vt_screen {
	int rows, cols;
	VTerm *vterm;
	struct filter *filter;

	enum parse_state state;
	char sequence[SEQUENCE_MAX];	/* the CSI being read, behind ESC [ */
	size_t sequence_len;
	char last[8];	/* the last character printed, for REP */
	size_t last_len;
	int modes[MODES_MAX];	/* DEC private modes that are set */
	int mode_count;
	bool cursor_hidden;
	char region[16];	/* the scroll region that is set, as "1;24" */

	struct buf osc;	/* all commands received, a NUL after each */
	char background[32];
	struct buf output;
	struct buf row;
};

static void
output_cb(const char *bytes, size_t len, void *arg)
{
	struct vt_screen *screen = arg;
	buf_add(&screen->output, bytes, len);
}

static int
settermprop_cb(VTermProp prop, VTermValue *value, void *arg)
{
	struct vt_screen *screen = arg;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		screen->cursor_hidden = !value->boolean;
	return 1;
}

static const VTermScreenCallbacks screen_callbacks = {
	.settermprop = settermprop_cb,
};

/* A blank emulator of the present size. */
static void
make_vterm(struct vt_screen *screen)
{
	int cols = screen->cols < 2 ? 2 : screen->cols;
	screen->vterm = vterm_new(screen->rows, cols);
	vterm_set_utf8(screen->vterm, 1);
	vterm_output_set_callback(screen->vterm, output_cb, screen);
	VTermScreen *vt = vterm_obtain_screen(screen->vterm);
	vterm_screen_set_callbacks(vt, &screen_callbacks, screen);
	vterm_screen_enable_altscreen(vt, 1);
	vterm_screen_reset(vt, 1);
}

struct vt_screen *
vt_screen_new(int rows, int cols)
{
	struct vt_screen *screen = mem_alloc(sizeof(*screen));
	screen->rows = rows;
	screen->cols = cols;
	screen->filter = filter_new();
	make_vterm(screen);
	return screen;
}

void
vt_screen_free(struct vt_screen *screen)
{
	if (screen == NULL)
		return;
	vterm_free(screen->vterm);
	filter_free(screen->filter);
	buf_release(&screen->osc);
	buf_release(&screen->output);
	buf_release(&screen->row);
	free(screen);
}

int
vt_screen_rows(const struct vt_screen *screen)
{
	return screen->rows;
}

int
vt_screen_cols(const struct vt_screen *screen)
{
	return screen->cols;
}

/* Gives bytes to the emulator, through the filter. */
static void
pass(struct vt_screen *screen, const char *bytes, size_t len)
{
	struct buf passed = BUF_INIT;
	filter_feed(screen->filter, bytes, len, false, &passed);
	for (size_t at = 0; at < passed.len; at += FEED_MAX) {
		size_t part = passed.len - at < FEED_MAX ? passed.len - at : FEED_MAX;
		vterm_input_write(screen->vterm, passed.data + at, part);
	}
	buf_release(&passed);
}

static bool
has_mode(const struct vt_screen *screen, int mode)
{
	for (int i = 0; i < screen->mode_count; i++)
		if (screen->modes[i] == mode)
			return true;
	return false;
}

static void
set_mode(struct vt_screen *screen, int mode, bool on)
{
	int kept = 0;
	for (int i = 0; i < screen->mode_count; i++)
		if (screen->modes[i] != mode)
			screen->modes[kept++] = screen->modes[i];
	screen->mode_count = kept;
	if (on && kept < MODES_MAX)
		screen->modes[screen->mode_count++] = mode;
}

bool
vt_screen_is_torn(const struct vt_screen *screen)
{
	return has_mode(screen, 2026);
}

/* Inserts or deletes characters. libvterm 0.1.4 does not where the cursor is outside of the
 * scroll region, as terminals do: the region is away meanwhile. */
static void
shift_chars(struct vt_screen *screen, char final)
{
	struct buf bytes = BUF_INIT;
	buf_printf(&bytes, "\0337\033[r\0338\033[%s%c\0337\033[%sr\0338", screen->sequence, final,
	    screen->region);
	pass(screen, bytes.data, bytes.len);
	buf_release(&bytes);
}

/* A complete CSI sequence: REP is expanded, modes are noted, the rest goes on as it is. */
static void
finish_csi(struct vt_screen *screen, char final)
{
	screen->sequence[screen->sequence_len] = '\0';
	const char *params = screen->sequence;
	if (final == 'b') {
		int count = atoi(params);
		count = count < 1 ? 1 : count > REP_MAX ? REP_MAX : count;
		for (int i = 0; i < count && screen->last_len > 0; i++)
			pass(screen, screen->last, screen->last_len);
		return;
	}
	if ((final == 'P' || final == '@') && screen->region[0] != '\0') {
		shift_chars(screen, final);
		return;
	}
	if (final == 'r' && params[0] != '?')
		snprintf(screen->region, sizeof(screen->region), "%.15s", params);
	if (params[0] == '?' && (final == 'h' || final == 'l')) {
		char *next = screen->sequence;
		do {
			int mode = (int)strtol(next + 1, &next, 10);
			set_mode(screen, mode, final == 'h');
		} while (*next == ';');
	}
	pass(screen, "\033[", 2);
	pass(screen, screen->sequence, screen->sequence_len);
	pass(screen, &final, 1);
}

/* A complete operating system command: kept, and answered where it asks for the background. */
static void
finish_osc(struct vt_screen *screen, const char *end)
{
	size_t start = screen->osc.len;
	while (start > 0 && screen->osc.data[start - 1] != '\0')
		start--;
	buf_add(&screen->osc, "", 1);
	const char *command = screen->osc.data + start;
	if (strcmp(command, "11;?") == 0 && screen->background[0] != '\0')
		buf_printf(&screen->output, "\033]11;%s%s", screen->background, end);
	if (screen->osc.len > OSC_KEPT)
		buf_clear(&screen->osc);
}

static void
feed_text(struct vt_screen *screen, char c)
{
	if (c == '\033') {
		screen->state = PARSE_ESC;
		return;
	}
	if ((c & 0xc0) == 0x80) {	/* goes on with the character before */
		if (screen->last_len < sizeof(screen->last))
			screen->last[screen->last_len++] = c;
	} else if ((unsigned char)c >= ' ' && c != 0x7f) {
		screen->last[0] = c;
		screen->last_len = 1;
	}
	pass(screen, &c, 1);
}

static void
feed_byte(struct vt_screen *screen, char c)
{
	switch (screen->state) {
	case PARSE_TEXT:
		feed_text(screen, c);
		return;
	case PARSE_ESC:
		screen->state = PARSE_TEXT;
		screen->sequence_len = 0;
		if (c == '[') {
			screen->state = PARSE_CSI;
		} else if (c == ']') {
			screen->state = PARSE_OSC;
		} else {
			pass(screen, "\033", 1);
			pass(screen, &c, 1);
		}
		return;
	case PARSE_CSI:
		if (c >= 0x40 && c <= 0x7e) {
			screen->state = PARSE_TEXT;
			finish_csi(screen, c);
		} else if (c == '\033' || screen->sequence_len + 1 == SEQUENCE_MAX) {
			screen->state = c == '\033' ? PARSE_ESC : PARSE_TEXT;
		} else {
			screen->sequence[screen->sequence_len++] = c;
		}
		return;
	case PARSE_OSC_ESC:
	case PARSE_OSC:
		if (c == '\a' || (screen->state == PARSE_OSC_ESC && c == '\\')) {
			screen->state = PARSE_TEXT;
			finish_osc(screen, c == '\a' ? "\a" : "\033\\");
		} else if (c == '\033') {
			screen->state = PARSE_OSC_ESC;
		} else if (c != '\0') {
			screen->state = PARSE_OSC;
			buf_add(&screen->osc, &c, 1);
		}
		return;
	}
}

void
vt_screen_feed(struct vt_screen *screen, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		feed_byte(screen, bytes[i]);
}

void
vt_screen_resize(struct vt_screen *screen, int rows, int cols)
{
	struct buf rebuilt = BUF_INIT;
	bool alternate = has_mode(screen, 1049) || has_mode(screen, 1047) || has_mode(screen, 47);
	int row, col;
	vt_screen_cursor(screen, &row, &col);
	for (int r = 0; r < screen->rows && r < rows && !alternate; r++)
		buf_printf(&rebuilt, "\033[%d;1H%s", r + 1, vt_screen_row(screen, r));
	/* A private mode that was never set is off, but for wrapping and the cursor. */
	for (int i = 0; i < screen->mode_count; i++)
		buf_printf(&rebuilt, "\033[?%dh", screen->modes[i]);
	if (screen->cursor_hidden)
		buf_printf(&rebuilt, "\033[?25l");
	buf_printf(&rebuilt, "\033[%d;%dH", (row < rows ? row : rows - 1) + 1,
	    (col < cols ? col : cols - 1) + 1);

	vterm_free(screen->vterm);
	screen->rows = rows;
	screen->cols = cols;
	screen->region[0] = '\0';
	make_vterm(screen);
	for (size_t at = 0; at < rebuilt.len; at += FEED_MAX)
		vterm_input_write(screen->vterm, rebuilt.data + at,
		    rebuilt.len - at < FEED_MAX ? rebuilt.len - at : FEED_MAX);
	buf_release(&rebuilt);
}

/* Appends a code point as UTF-8 to text, which has room for `size` bytes with its NUL. */
static void
add_utf8(char *text, size_t size, uint32_t code)
{
	size_t len = strlen(text);
	if (len + 5 > size)
		return;
	char *at = text + len;
	if (code < 0x80) {
		*at++ = (char)code;
	} else if (code < 0x800) {
		*at++ = (char)(0xc0 | code >> 6);
		*at++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*at++ = (char)(0xe0 | code >> 12);
		*at++ = (char)(0x80 | (code >> 6 & 0x3f));
		*at++ = (char)(0x80 | (code & 0x3f));
	} else {
		*at++ = (char)(0xf0 | code >> 18);
		*at++ = (char)(0x80 | (code >> 12 & 0x3f));
		*at++ = (char)(0x80 | (code >> 6 & 0x3f));
		*at++ = (char)(0x80 | (code & 0x3f));
	}
	*at = '\0';
}

static int
colour_of(const VTermColor *colour)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour))
		return VT_DEFAULT;
	if (VTERM_COLOR_IS_INDEXED(colour))
		return colour->indexed.idx;
	return VT_RGB | colour->rgb.red << 16 | colour->rgb.green << 8 | colour->rgb.blue;
}

void
vt_screen_cell(const struct vt_screen *screen, int row, int col, struct vt_cell *cell)
{
	VTermScreenCell from;
	VTermPos pos = { .row = row, .col = col };
	*cell = (struct vt_cell){ .text = " ", .width = 1, .fg = VT_DEFAULT, .bg = VT_DEFAULT };
	if (vterm_screen_get_cell(vterm_obtain_screen(screen->vterm), pos, &from) == 0)
		return;
	if (from.chars[0] == UINT32_MAX) {
		cell->text[0] = '\0';
		cell->width = 0;
		return;
	}
	if (from.chars[0] != 0)
		cell->text[0] = '\0';
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && from.chars[i] != 0; i++)
		add_utf8(cell->text, sizeof(cell->text), from.chars[i]);
	cell->width = from.width;
	cell->attrs = (from.attrs.bold ? VT_BOLD : 0) | (from.attrs.italic ? VT_ITALIC : 0) |
	    (from.attrs.underline ? VT_UNDERLINE : 0) | (from.attrs.blink ? VT_BLINK : 0) |
	    (from.attrs.reverse ? VT_REVERSE : 0) | (from.attrs.strike ? VT_STRIKE : 0);
	cell->fg = colour_of(&from.fg);
	cell->bg = colour_of(&from.bg);
}

bool
vt_screen_cursor(const struct vt_screen *screen, int *row, int *col)
{
	VTermPos pos;
	vterm_state_get_cursorpos(vterm_obtain_state(screen->vterm), &pos);
	*row = pos.row;
	*col = pos.col;
	return !screen->cursor_hidden;
}

const char *
vt_screen_row(struct vt_screen *screen, int row)
{
	buf_clear(&screen->row);
	size_t end = 0;
	for (int col = 0; col < screen->cols; col++) {
		struct vt_cell cell;
		vt_screen_cell(screen, row, col, &cell);
		buf_add(&screen->row, cell.text, strlen(cell.text));
		if (strcmp(cell.text, " ") != 0)
			end = screen->row.len;
	}
	screen->row.len = end;
	buf_add(&screen->row, "", 1);
	return screen->row.data;
}

bool
vt_screen_has_osc(const struct vt_screen *screen, const char *text)
{
	for (size_t at = 0; at < screen->osc.len; at += strlen(screen->osc.data + at) + 1)
		if (strstr(screen->osc.data + at, text) != NULL)
			return true;
	return false;
}

void
vt_screen_set_background(struct vt_screen *screen, const char *colour)
{
	snprintf(screen->background, sizeof(screen->background), "%s", colour);
}

size_t
vt_screen_take_output(struct vt_screen *screen, char *bytes, size_t size)
{
	size_t len = screen->output.len < size ? screen->output.len : size;
	if (len == 0)
		return 0;
	memcpy(bytes, screen->output.data, len);
	buf_drop(&screen->output, len);
	return len;
}

static const struct {
	const char *name;
	VTermKey key;
} special_keys[] = {
	{ "Enter", VTERM_KEY_ENTER },
	{ "Tab", VTERM_KEY_TAB },
	{ "BS", VTERM_KEY_BACKSPACE },
	{ "Esc", VTERM_KEY_ESCAPE },
	{ "Up", VTERM_KEY_UP },
	{ "Down", VTERM_KEY_DOWN },
	{ "Left", VTERM_KEY_LEFT },
	{ "Right", VTERM_KEY_RIGHT },
	{ "Ins", VTERM_KEY_INS },
	{ "Del", VTERM_KEY_DEL },
	{ "Home", VTERM_KEY_HOME },
	{ "End", VTERM_KEY_END },
	{ "PgUp", VTERM_KEY_PAGEUP },
	{ "PgDn", VTERM_KEY_PAGEDOWN },
};

/* One character, itself or with Control or Alt. */
static bool
add_char_key(struct vt_screen *screen, const char *name, VTermModifier mods)
{
	size_t chars = 0;
	for (const char *at = name; *at != '\0'; at++)
		chars += (*at & 0xc0) != 0x80;
	if (strcmp(name, "Space") == 0)
		name = " ";
	else if (chars != 1)
		return false;
	if (mods & VTERM_MOD_ALT)
		buf_add(&screen->output, "\033", 1);
	if (mods & VTERM_MOD_CTRL) {
		char control = (char)(name[0] == '?' ? 0x7f : name[0] & 0x1f);
		buf_add(&screen->output, &control, 1);
	} else {
		buf_add(&screen->output, name, strlen(name));
	}
	return true;
}

bool
vt_screen_key(struct vt_screen *screen, const char *name)
{
	VTermModifier mods = VTERM_MOD_NONE;
	while (name[0] != '\0' && name[1] == '-' && name[2] != '\0') {
		if (name[0] == 'C')
			mods |= VTERM_MOD_CTRL;
		else if (name[0] == 'M')
			mods |= VTERM_MOD_ALT;
		else if (name[0] == 'S')
			mods |= VTERM_MOD_SHIFT;
		else
			break;
		name += 2;
	}
	if (name[0] == 'F' && name[1] >= '1' && name[1] <= '9') {
		vterm_keyboard_key(screen->vterm, VTERM_KEY_FUNCTION(atoi(name + 1)), mods);
		return true;
	}
	for (size_t i = 0; i < sizeof(special_keys) / sizeof(special_keys[0]); i++) {
		if (strcmp(name, special_keys[i].name) == 0) {
			vterm_keyboard_key(screen->vterm, special_keys[i].key, mods);
			return true;
		}
	}
	return add_char_key(screen, name, mods);
}
