#include "term/csi.h"

#include "term/line.h"

/* Reads one number. Returns the bytes taken, or -1 when it has too many digits. */
static int
read_number(const char *bytes, size_t len, int *value)
{
	int n = 0;
	*value = -1;
	while ((size_t)n < len && bytes[n] >= '0' && bytes[n] <= '9') {
		if (n == CSI_DIGITS_MAX)
			return -1;
		*value = (n ? *value * 10 : 0) + (bytes[n] - '0');
		n++;
	}
	return n;
}

/* Reads the parameters at bytes[at] on. Returns where they end, 0 when they are wrong. */
static size_t
read_params(struct csi *csi, const char *bytes, size_t len, size_t at)
{
	bool sub = false;
	for (;;) {
		if (csi->count == CSI_PARAMS_MAX)
			return 0;
		struct csi_param *param = &csi->params[csi->count++];
		int n = read_number(bytes + at, len - at, &param->value);
		if (n < 0)
			return 0;
		param->sub = sub;
		at += (size_t)n;
		if (at == len || (bytes[at] != ';' && bytes[at] != ':'))
			return at;
		sub = bytes[at++] == ':';
	}
}

bool
csi_parse(struct csi *csi, const char *bytes, size_t len)
{
	size_t at = 0;
	csi->lead = csi->intermediate = 0;
	csi->count = 0;
	if (len && bytes[0] >= '<' && bytes[0] <= '?')
		csi->lead = bytes[at++];
	if (at < len && bytes[at] >= '0' && bytes[at] <= ';') {
		at = read_params(csi, bytes, len, at);
		if (at == 0)
			return false;
	}
	if (at < len && bytes[at] >= 0x20 && bytes[at] <= 0x2F)
		csi->intermediate = bytes[at++];
	if (at + 1 != len || bytes[at] < 0x40 || bytes[at] > 0x7E)
		return false;
	csi->final = bytes[at];
	return true;
}

int
csi_param(const struct csi *csi, int i, int otherwise)
{
	return i < csi->count && csi->params[i].value >= 0 ? csi->params[i].value : otherwise;
}

bool
csi_is_sgr(const struct csi *csi)
{
	return csi->final == 'm' && !csi->lead && !csi->intermediate;
}

/* The colour of the three parameters from i on. */
static uint32_t
rgb(const struct csi *csi, int i)
{
	uint32_t colour = 0;
	for (int k = i; k < i + 3; k++) {
		int value = csi_param(csi, k, 0);
		if (value > 255)
			return CELL_DEFAULT;
		colour = colour << 8 | (uint32_t)value;
	}
	return CELL_RGB | colour;
}

static uint32_t
palette(int index)
{
	return index < 256 ? CELL_PALETTE | (uint32_t)index : CELL_DEFAULT;
}

/* The number of parameters from i on that colons hold together. */
static int
group_len(const struct csi *csi, int i)
{
	int n = 1;
	while (i + n < csi->count && csi->params[i + n].sub)
		n++;
	return n;
}

int
csi_colour(const struct csi *csi, int i, uint32_t *colour)
{
	int n = group_len(csi, i);
	int kind = csi_param(csi, i + 1, 0);
	*colour = CELL_DEFAULT;
	if (n > 1) {
		/* 38:5:n, 38:2:r:g:b, or with a colour space 38:2:s:r:g:b */
		if (kind == 5 && n >= 3)
			*colour = palette(csi_param(csi, i + 2, 0));
		else if (kind == 2 && n >= 5)
			*colour = rgb(csi, n == 5 ? i + 2 : i + 3);
		return n;
	}
	int left = csi->count - i;
	if (kind == 5 && left >= 3) {
		*colour = palette(csi_param(csi, i + 2, 0));
		return 3;
	}
	if (kind == 2 && left >= 5) {
		*colour = rgb(csi, i + 2);
		return 5;
	}
	return left;	/* cut off or unknown: what follows cannot be told apart */
}

/* Attributes set by 1 to 9 and taken away by 21 to 29. */
static void
apply_attr(struct line_pen *pen, int value)
{
	static const uint8_t set[10] = { 0, CELL_BOLD, CELL_DIM, CELL_ITALIC, CELL_UNDERLINE,
		CELL_BLINK, CELL_BLINK, CELL_REVERSE, CELL_CONCEAL, CELL_STRIKE };
	static const uint8_t unset[10] = { 0, 0, CELL_BOLD | CELL_DIM, CELL_ITALIC,
		CELL_UNDERLINE, CELL_BLINK, 0, CELL_REVERSE, CELL_CONCEAL, CELL_STRIKE };
	if (value == 21)	/* a double underline */
		pen->attrs |= CELL_UNDERLINE;
	else if (value < 10)
		pen->attrs |= set[value];
	else if (value >= 20 && value < 30)
		pen->attrs &= (uint8_t)~unset[value - 20];
}

/* Applies what is no colour of 38 and 48. */
static void
apply_value(struct line_pen *pen, int value)
{
	if (value == 0)
		*pen = (struct line_pen){ 0 };
	else if (value < 30)
		apply_attr(pen, value);
	else if (value < 38)
		pen->fg = CELL_PALETTE | (uint32_t)(value - 30);
	else if (value == 39)
		pen->fg = CELL_DEFAULT;
	else if (value >= 40 && value < 48)
		pen->bg = CELL_PALETTE | (uint32_t)(value - 40);
	else if (value == 49)
		pen->bg = CELL_DEFAULT;
	else if (value >= 90 && value < 98)
		pen->fg = CELL_PALETTE | (uint32_t)(value - 90 + 8);
	else if (value >= 100 && value < 108)
		pen->bg = CELL_PALETTE | (uint32_t)(value - 100 + 8);
}

void
csi_apply_sgr(const struct csi *csi, struct line_pen *pen)
{
	if (csi->count == 0)
		*pen = (struct line_pen){ 0 };
	for (int i = 0, n; i < csi->count; i += n) {
		int value = csi_param(csi, i, 0);
		n = group_len(csi, i);
		if (value == 38 || value == 48 || value == 58) {
			uint32_t colour;
			n = csi_colour(csi, i, &colour);
			if (value == 38 && colour != CELL_DEFAULT)
				pen->fg = colour;
			else if (value == 48 && colour != CELL_DEFAULT)
				pen->bg = colour;
		} else if (n == 1) {
			apply_value(pen, value);
		} else if (value == 4) {	/* 4:0 none, 4:1 to 4:5 the styles */
			apply_attr(pen, csi_param(csi, i + 1, 0) ? 4 : 24);
		}
	}
}
