/*
 * Raw output through the filter into an emulator. The first two bytes choose the size and
 * the pieces it is fed in. What passes must pass unchanged again, and be valid UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "term/emulator.h"
#include "term/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_filter(const char *bytes, size_t len, size_t piece)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct filter *filter = filter_new();
	for (size_t at = 0; at < len; at += piece)
		filter_feed(filter, bytes + at, len - at < piece ? len - at : piece, false, &once);
	if (strlen(filter_title(filter)) > FILTER_TITLE_MAX)
		abort();
	filter_reset(filter);
	filter_feed(filter, buf_str(&once), once.len, false, &twice);
	if (!text_is_utf8(buf_str(&once), once.len) ||
	    strcmp(buf_str(&once), buf_str(&twice)) != 0)
		abort();
	filter_free(filter);
	buf_release(&once);
	buf_release(&twice);
}

static void
check_emulator(const char *bytes, size_t len, size_t piece, int rows, int cols)
{
	struct emulator *emulator = emulator_new(rows, cols);
	for (size_t at = 0; at < len; at += piece)
		emulator_feed(emulator, bytes + at, len - at < piece ? len - at : piece);
	int row, col;
	emulator_cursor(emulator, &row, &col);
	if (row < 0 || row >= emulator_rows(emulator) || col < 0 || col >= emulator_cols(emulator))
		abort();
	for (row = 0; row < emulator_rows(emulator); row++) {
		for (col = 0; col < emulator_cols(emulator); col++) {
			struct cell cell;
			emulator_cell(emulator, row, col, &cell);
			if (cell.width > 2 || (cell.width == 0 && col == 0) ||
			    (cell.chars[0] && text_width(cell.chars[0]) != cell.width))
				abort();
		}
	}
	emulator_free(emulator);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t piece = data[0] % 64 + 1u;
	int rows = data[1] % 16, cols = data[1] / 8;
	check_filter((const char *)data + 2, size - 2, piece);
	check_emulator((const char *)data + 2, size - 2, piece, rows, cols);
	return 0;
}
