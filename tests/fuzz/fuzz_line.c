/*
 * Raw output as lines: rendering, wrapping, the pen, what needs a terminal, and the clean
 * text of it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "term/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_cells(const struct line *line)
{
	if (line->count > LINE_CELLS_MAX || line->cursor > LINE_CELLS_MAX)
		abort();
	for (size_t i = 0; i < line->count; i++) {
		const struct cell *cell = &line->cells[i];
		if (cell->width == 0 && (i == 0 || line->cells[i - 1].width != 2))
			abort();
		if (cell->width == 2 && (i + 1 == line->count || line->cells[i + 1].width != 0))
			abort();
		if (cell->chars[0] && text_width(cell->chars[0]) != cell->width)
			abort();
	}
}

static void
check_wrapping(const struct line *line)
{
	for (int width = 1; width < 20; width += 6) {
		for (size_t at = 0; at < line->count;) {
			size_t next = line_wrap(line, at, width);
			if (next <= at || next > line->count || next > at + (size_t)width + 1)
				abort();
			at = next;
		}
	}
}

static void
check_line(struct line *line, struct line_pen *pen, const char *bytes, size_t len)
{
	struct line_pen scanned = *pen;
	line_render(line, pen, bytes, len);
	line_scan_pen(&scanned, bytes, len);
	if (pen->fg != scanned.fg || pen->bg != scanned.bg || pen->attrs != scanned.attrs)
		abort();
	check_cells(line);
	check_wrapping(line);
	struct buf text = BUF_INIT;
	line_text(line, 0, line->count, &text);
	if (!text_is_utf8(buf_str(&text), text.len))
		abort();
	buf_release(&text);
}

static void
check_clean(const char *bytes, size_t len)
{
	struct buf text = BUF_INIT;
	text_clean(&text, bytes, len);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
			abort();
	}
	if (!text_is_utf8(buf_str(&text), text.len))
		abort();
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	for (size_t at = 0; at < size;) {
		const char *lf = memchr(bytes + at, '\n', size - at);
		size_t end = lf ? (size_t)(lf - bytes) : size;
		check_line(&line, &pen, bytes + at, end - at);
		at = end + 1;
	}
	line_needs_terminal(bytes, size);
	check_clean(bytes, size);
	line_release(&line);
	return 0;
}
