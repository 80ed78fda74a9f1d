#include "term/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "term/cell.h"
#include "term/csi.h"

#define ESC 0x1B
#define CAN 0x18
#define SUB 0x1A

enum state {
	TEXT,
	ESCAPE,	/* behind ESC */
	ESCAPE_BYTE,	/* behind ESC and an intermediate byte */
	CONTROL,	/* behind ESC [ */
	CONTROL_IGNORE,	/* in a control sequence that is too long */
	STRING,	/* in OSC, DCS, APC, PM or SOS */
	STRING_ESCAPE,	/* in one of these, behind an ESC */
};

struct filter {
	enum state state;
	char intermediate;	/* in ESCAPE_BYTE */
	bool is_osc;	/* in STRING */
	char sequence[FILTER_SEQUENCE_MAX];	/* of CONTROL, or the beginning of an OSC */
	size_t len;
	char partial[4];	/* the beginning of a character cut off by the last call */
	size_t partial_len;
	struct filter_modes modes;
	char title[FILTER_TITLE_MAX + 1];
};

struct filter *
filter_new(void)
{
	return mem_alloc(sizeof(struct filter));
}

void
filter_free(struct filter *f)
{
	free(f);
}

void
filter_reset(struct filter *f)
{
	*f = (struct filter){ 0 };
}

const char *
filter_title(const struct filter *f)
{
	return f->title;
}

const struct filter_modes *
filter_modes(const struct filter *f)
{
	return &f->modes;
}

/* SGR, a parameter or a colour at a time, in as many sequences as it takes. */
struct sgr {
	struct buf *to;
	int count;	/* parameters in the sequence begun, 0: none begun */
};

static void
sgr_end(struct sgr *sgr)
{
	if (sgr->count)
		buf_add_char(sgr->to, 'm');
	sgr->count = 0;
}

/* Makes room for n parameters that must stay together. */
static void
sgr_begin(struct sgr *sgr, int n)
{
	if (sgr->count + n > FILTER_PARAMS_MAX)
		sgr_end(sgr);
	buf_add_str(sgr->to, sgr->count ? ";" : "\x1B[");
	sgr->count += n;
}

static void
sgr_colour(struct sgr *sgr, int value, uint32_t colour)
{
	unsigned c = colour & 0xFFFFFF;
	if (colour & CELL_RGB) {
		sgr_begin(sgr, 5);
		buf_printf(sgr->to, "%d;2;%u;%u;%u", value, c >> 16, c >> 8 & 0xFF, c & 0xFF);
	} else if (colour & CELL_PALETTE) {
		sgr_begin(sgr, 3);
		buf_printf(sgr->to, "%d;5;%u", value, c);
	}
}

/* Writes SGR in the form that every version of the library reads rightly. */
static void
pass_sgr(const struct csi *csi, struct buf *to)
{
	struct sgr sgr = { .to = to };
	if (csi->count == 0)
		buf_add_str(to, "\x1B[m");
	for (int i = 0; i < csi->count;) {
		int value = csi_param(csi, i, 0);
		bool group = i + 1 < csi->count && csi->params[i + 1].sub;
		if (value == 38 || value == 48 || value == 58) {
			uint32_t colour;
			i += csi_colour(csi, i, &colour);
			if (value != 58)
				sgr_colour(&sgr, value, colour);
			continue;
		}
		if (!group || value == 4) {
			bool none = group && csi_param(csi, i + 1, 0) == 0;
			sgr_begin(&sgr, 1);
			buf_printf(to, "%d", none ? 24 : value == 6 ? 5 : value);
		}
		do
			i++;
		while (i < csi->count && csi->params[i].sub);
	}
	sgr_end(&sgr);
}

/* The mode that stands for `mode` in the library, 0 for one that means nothing here. */
static int
known_mode(int mode)
{
	switch (mode) {
	case 47:	/* older name of the same, unknown to the library */
		return 1047;
	case 1:
	case 5:
	case 6:
	case 7:
	case 12:
	case 25:
	case 69:
	case 1000:
	case 1002:
	case 1003:
	case 1005:
	case 1006:
	case 1015:
	case 1047:
	case 1048:
	case 1049:
	case 2004:
		return mode;
	default:
		return 0;
	}
}

static void
pass_modes(struct filter *f, const struct csi *csi, struct buf *to)
{
	bool on = csi->final == 'h';
	for (int i = 0; i < csi->count; i++) {
		int mode = known_mode(csi->params[i].value);
		if (mode == 0)
			continue;
		if (mode == 1)
			f->modes.app_cursor = on;
		else if (mode == 25)
			f->modes.cursor_hidden = !on;
		else if (mode == 1047 || mode == 1049)
			f->modes.alternate = on;
		else if (mode == 2004)
			f->modes.bracketed_paste = on;
		buf_printf(to, "\x1B[?%d%c", mode, csi->final);
	}
}

/* Passes a whole control sequence, if it may. */
static void
pass_control(struct filter *f, struct buf *to)
{
	struct csi csi;
	if (!csi_parse(&csi, f->sequence, f->len))
		return;
	if (csi_is_sgr(&csi)) {
		pass_sgr(&csi, to);
		return;
	}
	if (csi.lead == '?' && !csi.intermediate && (csi.final == 'h' || csi.final == 'l')) {
		pass_modes(f, &csi, to);
		return;
	}
	if (csi.final == 'b' || csi.count > FILTER_PARAMS_MAX)
		return;
	if (csi.final == 'p' && csi.intermediate == '!')	/* DECSTR: a soft reset */
		f->modes = (struct filter_modes){ .alternate = f->modes.alternate };
	for (int i = 0; i < csi.count; i++) {
		if (csi.params[i].sub)
			return;
	}
	buf_add(to, "\x1B[", 2);
	buf_add(to, f->sequence, f->len);
}

/* Leaves the alternate screen first, which the library forgets to do. */
static void
pass_full_reset(struct filter *f, struct buf *to)
{
	if (f->modes.alternate)
		buf_add_str(to, "\x1B[?1049l");
	buf_add_str(to, "\x1B" "c");
	f->modes = (struct filter_modes){ 0 };
}

/* Keeps the title of OSC 0 and 2: cleaned, and cut at a whole character. */
static void
take_title(struct filter *f)
{
	if (!f->is_osc || f->len < 2 || (f->sequence[0] != '0' && f->sequence[0] != '2') ||
	    f->sequence[1] != ';')
		return;
	struct buf clean = BUF_INIT;
	text_escape(&clean, f->sequence + 2, f->len - 2, false);
	size_t len = clean.len;
	if (len > FILTER_TITLE_MAX) {
		len = FILTER_TITLE_MAX;
		while (len && ((unsigned char)clean.data[len] & 0xC0) == 0x80)
			len--;
	}
	if (len)
		memcpy(f->title, clean.data, len);
	f->title[len] = '\0';
	buf_release(&clean);
}

/* A control character, wherever it comes: it ends what was begun. */
static void
take_control_char(struct filter *f, char c, bool lf_is_newline, struct buf *to)
{
	f->state = TEXT;
	switch (c) {
	case ESC:
		f->state = ESCAPE;
		break;
	case '\n':
		buf_add_str(to, lf_is_newline && !f->modes.alternate ? "\r\n" : "\n");
		break;
	case '\a':
	case '\b':
	case '\t':
	case '\v':
	case '\f':
	case '\r':
	case 0x0E:
	case 0x0F:
		buf_add_char(to, c);
		break;
	}
}

/* The byte behind ESC. */
static void
take_escape(struct filter *f, char c, struct buf *to)
{
	f->state = TEXT;
	f->len = 0;
	switch (c) {
	case '[':
		f->state = CONTROL;
		break;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		f->state = STRING;
		f->is_osc = c == ']';
		break;
	case 'c':
		pass_full_reset(f, to);
		break;
	default:
		if (c >= 0x20 && c <= 0x2F) {
			f->state = ESCAPE_BYTE;
			f->intermediate = c;
		} else if (strchr("78=>DEHM", c)) {
			buf_add_char(to, ESC);
			buf_add_char(to, c);
		}
	}
}

/* The byte behind ESC and an intermediate byte. */
static void
take_escape_byte(struct filter *f, char c, struct buf *to)
{
	if (c >= 0x20 && c <= 0x2F) {
		f->intermediate = ' ';	/* a second one: nothing we know */
		return;
	}
	f->state = TEXT;
	const char *allowed = "";
	if (f->intermediate == '#')
		allowed = "34568";
	else if (f->intermediate >= '(' && f->intermediate <= '+')
		allowed = "0AB";
	if (!strchr(allowed, c))
		return;
	buf_add_char(to, ESC);
	buf_add_char(to, f->intermediate);
	buf_add_char(to, c);
}

static void
take_control(struct filter *f, char c, struct buf *to)
{
	bool final = c >= 0x40;
	if (f->len < sizeof f->sequence)
		f->sequence[f->len++] = c;
	else
		f->state = CONTROL_IGNORE;
	if (!final)
		return;
	if (f->state == CONTROL)
		pass_control(f, to);
	f->state = TEXT;
}

/* A byte of a control string. Returns false when it belongs to what comes after. */
static bool
take_string(struct filter *f, char c)
{
	if (f->state == STRING_ESCAPE) {
		take_title(f);
		f->state = c == '\\' ? TEXT : ESCAPE;
		return c == '\\';
	}
	switch (c) {
	case ESC:
		f->state = STRING_ESCAPE;
		return true;
	case '\n':
		f->state = TEXT;
		return false;
	case '\a':
		if (!f->is_osc)
			return true;
		take_title(f);
		f->state = TEXT;
		return true;
	case CAN:
	case SUB:
		f->state = TEXT;
		return true;
	}
	if (f->len < sizeof f->sequence)
		f->sequence[f->len++] = c;
	return true;
}

/* Marks that the library both combines and counts as two columns: each makes its character
 * two wider, in the end wider than the screen, and that is fatal. */
static bool
is_wide_mark(uint32_t code)
{
	return (code >= 0x302A && code <= 0x302F) || code == 0x3099 || code == 0x309A;
}

/* Passes the text at bytes up to the next control character. Returns the bytes taken. */
static size_t
take_text(struct filter *f, const char *bytes, size_t len, struct buf *to)
{
	size_t n = 0;
	while (n < len && (unsigned char)(bytes[n] - 0x20) < 0x7F - 0x20)
		n++;
	if (n) {
		buf_add(to, bytes, n);
		return n;
	}
	if (bytes[0] == 0x7F)
		return 1;
	uint32_t code;
	n = text_decode(bytes, len, &code);
	if (n == 0) {
		memcpy(f->partial, bytes, len);
		f->partial_len = len;
		return len;
	}
	if (code >= 0xA0 && !is_wide_mark(code))
		text_encode(to, code);
	return n;
}

/* Takes at least one byte in the present state. Returns how many. */
static size_t
take(struct filter *f, const char *bytes, size_t len, bool lf_is_newline, struct buf *to)
{
	unsigned char c = (unsigned char)bytes[0];
	if (f->state == STRING || f->state == STRING_ESCAPE)
		return take_string(f, bytes[0]) ? 1 : 0;
	if (c < 0x20) {
		take_control_char(f, bytes[0], lf_is_newline, to);
		return 1;
	}
	if (c >= 0x7F)
		f->state = TEXT;
	switch (f->state) {
	case ESCAPE:
		take_escape(f, bytes[0], to);
		return 1;
	case ESCAPE_BYTE:
		take_escape_byte(f, bytes[0], to);
		return 1;
	case CONTROL:
	case CONTROL_IGNORE:
		take_control(f, bytes[0], to);
		return 1;
	case TEXT:
	case STRING:
	case STRING_ESCAPE:
		break;
	}
	return take_text(f, bytes, len, to);
}

/* Finishes the character that the last call ended in. Returns the bytes taken. */
static size_t
take_partial(struct filter *f, const char *bytes, size_t len, bool lf_is_newline,
    struct buf *to)
{
	char joined[8];
	size_t had = f->partial_len;
	size_t more = len < 3 ? len : 3;
	memcpy(joined, f->partial, had);
	memcpy(joined + had, bytes, more);
	f->partial_len = 0;
	uint32_t code;
	size_t n = text_decode(joined, had + more, &code);
	if (n == 0)	/* still not whole */
		return take_text(f, joined, had + more, to) - had;
	if (n > had)
		return take_text(f, joined, had + more, to) - had;
	/* It never will be: each of its bytes is bad. What follows is new. */
	for (size_t i = 0; i < had; i++)
		text_encode(to, 0xFFFD);
	return take(f, bytes, len, lf_is_newline, to);
}

void
filter_feed(struct filter *f, const char *bytes, size_t len, bool lf_is_newline,
    struct buf *to)
{
	if (f->partial_len && len) {
		size_t n = take_partial(f, bytes, len, lf_is_newline, to);
		bytes += n;
		len -= n;
	}
	while (len) {
		size_t n = take(f, bytes, len, lf_is_newline, to);
		bytes += n;
		len -= n;
	}
}
