#include "term/emulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "term/line.h"
#include "scratch.h"

static void
feed(struct emulator *emulator, const char *text)
{
	emulator_feed(emulator, text, strlen(text));
}

/* Asserts the text of a row, without blanks at its end. */
static void
assert_row(struct emulator *emulator, int row, const char *expected)
{
	struct buf text = BUF_INIT;
	for (int col = 0; col < emulator_cols(emulator); col++) {
		struct cell cell;
		emulator_cell(emulator, row, col, &cell);
		if (cell.width == 0)
			continue;
		text_encode(&text, cell.chars[0] ? cell.chars[0] : ' ');
		for (int i = 1; i < CELL_CHARS && cell.chars[i]; i++)
			text_encode(&text, cell.chars[i]);
	}
	while (text.len && text.data[text.len - 1] == ' ')
		text.data[--text.len] = '\0';
	assert_string_equal(text.data, expected);
	buf_release(&text);
}

static void
test_lf_alone_begins_a_new_line(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(4, 20);
	feed(emulator, "one\ntwo\r\nthree");
	assert_row(emulator, 0, "one");
	assert_row(emulator, 1, "two");
	assert_row(emulator, 2, "three");
	int row, col;
	assert_true(emulator_cursor(emulator, &row, &col));
	assert_int_equal(row, 2);
	assert_int_equal(col, 5);
	emulator_free(emulator);
}

static void
test_the_alternate_screen_comes_and_goes(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(4, 20);
	feed(emulator, "shell\n");
	feed(emulator, "\x1B[?1049h\x1B[2;3Hvi\n~\x1B[?25l");
	int row, col;
	assert_true(emulator_is_alternate(emulator));
	assert_row(emulator, 0, "");
	assert_row(emulator, 1, "  vi");
	assert_row(emulator, 2, "    ~");
	assert_false(emulator_cursor(emulator, &row, &col));
	feed(emulator, "\x1B[?1049l\x1B[?25h");
	assert_false(emulator_is_alternate(emulator));
	assert_true(emulator_cursor(emulator, &row, &col));
	assert_row(emulator, 0, "shell");
	feed(emulator, "\x1B[?47h");
	assert_true(emulator_is_alternate(emulator));
	feed(emulator, "\x1B" "c");
	assert_false(emulator_is_alternate(emulator));
	emulator_free(emulator);
}

static void
test_colours_and_attributes_come_through(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(2, 20);
	struct cell cell;
	feed(emulator, "\x1B[1;3;4;5;7;9;38:2::1:2:3;48;5;200mx\x1B[0;91my");
	emulator_cell(emulator, 0, 0, &cell);
	assert_int_equal(cell.fg, CELL_RGB | 0x010203);
	assert_int_equal(cell.bg, CELL_PALETTE | 200);
	assert_int_equal(cell.attrs, CELL_BOLD | CELL_ITALIC | CELL_UNDERLINE | CELL_BLINK |
	    CELL_REVERSE | CELL_STRIKE);
	emulator_cell(emulator, 0, 1, &cell);
	assert_int_equal(cell.fg, CELL_PALETTE | 9);
	assert_int_equal(cell.bg, CELL_DEFAULT);
	assert_int_equal(cell.attrs, 0);
	emulator_cell(emulator, 5, 0, &cell);
	assert_int_equal(cell.chars[0], 0);
	emulator_free(emulator);
}

static void
test_wide_and_combining_characters_keep_their_columns(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(2, 20);
	struct cell cell;
	feed(emulator, "\xE4\xB8\xAD" "e\xCC\x81x\xE2\x80\xAEy");
	emulator_cell(emulator, 0, 0, &cell);
	assert_int_equal(cell.width, 2);
	emulator_cell(emulator, 0, 1, &cell);
	assert_int_equal(cell.width, 0);
	assert_row(emulator, 0, "\xE4\xB8\xAD" "e\xCC\x81xy");
	emulator_free(emulator);
}

static void
test_what_the_library_thinks_narrower_is_replaced(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(2, 20);
	struct cell cell;
	feed(emulator, "\xF0\x9F\xAB\xA8|");	/* U+1FAE8, of Unicode 15, wide */
	emulator_cell(emulator, 0, 0, &cell);
	if (cell.width == 1) {
		assert_int_equal(cell.chars[0], 0xFFFD);
		assert_row(emulator, 0, "\xEF\xBF\xBD|");
	} else {
		assert_int_equal(cell.width, 2);
	}
	emulator_free(emulator);
}

static void
test_queries_are_answered_to_who_takes_the_answers(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(5, 20);
	struct buf answers = BUF_INIT;
	feed(emulator, "ab\x1B[6n");
	emulator_take_answers(emulator, &answers);
	assert_string_equal(buf_str(&answers), "\x1B[1;3R");
	emulator_take_answers(emulator, &answers);
	assert_int_equal(answers.len, 6);
	for (int i = 0; i < 5000; i++)
		feed(emulator, "\x1B[6n");
	emulator_take_answers(emulator, &answers);
	assert_in_range(answers.len, 100, 5000);
	buf_release(&answers);
	emulator_free(emulator);
}

static void
test_modes_for_keys_and_the_title_are_known(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(5, 20);
	assert_false(emulator_app_cursor(emulator));
	feed(emulator, "\x1B[?1h\x1B[?2004h\x1B]0;vi\a");
	assert_true(emulator_app_cursor(emulator));
	assert_true(emulator_bracketed_paste(emulator));
	assert_string_equal(emulator_title(emulator), "vi");
	feed(emulator, "\x1B[?1l\x1B[?2004l");
	assert_false(emulator_app_cursor(emulator));
	assert_false(emulator_bracketed_paste(emulator));
	emulator_free(emulator);
}

static void
test_the_size_is_kept_within_limits(void **state)
{
	(void)state;
	static const int sizes[][4] = { { 0, 0, 1, 2 }, { -5, 1, 1, 2 },
		{ 100000, 100000, EMULATOR_ROWS_MAX, EMULATOR_COLS_MAX } };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct emulator *emulator = emulator_new(sizes[i][0], sizes[i][1]);
		assert_int_equal(emulator_rows(emulator), sizes[i][2]);
		assert_int_equal(emulator_cols(emulator), sizes[i][3]);
		feed(emulator, "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD");
		emulator_free(emulator);
	}
	emulator_free(NULL);
}

static void
test_known_ways_to_break_the_library_do_no_harm(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(3, 2);
	feed(emulator, "\x1B[5b");
	feed(emulator, "\xCC\x81\x1B[5b");
	feed(emulator, "\x1B[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m");
	feed(emulator, "\x1B[99999999999999999999A\x1B[2147483648;2147483648H");
	feed(emulator, "\x1BP$qzzz\x1B\\\x1B#Pxx");
	feed(emulator, "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD");
	for (int i = 0; i < 5; i++)
		feed(emulator, "\xE3\x81\x8B\xE3\x82\x99\xE3\x82\x99\xE3\x82\x99\xE3\x82\x99");
	struct buf run = BUF_INIT;
	for (int i = 0; i < 300000; i++)
		buf_add_char(&run, 'x');
	emulator_feed(emulator, run.data, run.len);
	buf_release(&run);
	assert_row(emulator, 0, "xx");
	emulator_free(emulator);
}

static void
add_piece(struct buf *text, const char *const *pieces, size_t count, uint64_t *seed)
{
	buf_add_str(text, pieces[scratch_pick(seed, count)]);
}

static void
show_and_fail(const struct buf *text, int row, int col, struct cell ours, struct cell theirs)
{
	struct buf visible = BUF_INIT;
	text_escape(&visible, text->data, text->len, false);
	fail_msg("row %d column %d: line U+%04X %08x %08x %02x width %d, emulator U+%04X %08x "
	    "%08x %02x width %d, of: %s", row, col, ours.chars[0], ours.fg, ours.bg, ours.attrs,
	    ours.width, theirs.chars[0], theirs.fg, theirs.bg, theirs.attrs, theirs.width,
	    visible.data);
}

/* What counts of a blank cell is its background. */
static bool
cells_equal(struct cell a, struct cell b)
{
	if (a.chars[0] == 0 && b.chars[0] == 0 && a.width == b.width)
		return a.bg == b.bg;
	return memcmp(a.chars, b.chars, sizeof a.chars) == 0 && a.fg == b.fg && a.bg == b.bg &&
	    a.width == b.width && a.attrs == b.attrs;
}

/* Renders text by both and compares: the line, wrapped, against the rows of a screen, in
 * the first `compared` columns. */
static void
assert_same(const struct buf *text, int rows, int cols, int compared)
{
	struct emulator *emulator = emulator_new(rows, cols);
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	emulator_feed(emulator, text->data, text->len);
	line_render(&line, &pen, text->data, text->len);
	size_t start = 0;
	for (int row = 0; row < rows; row++) {
		size_t end = line_wrap(&line, start, cols);
		for (int col = 0; col < compared; col++) {
			size_t at = start + (size_t)col;
			struct cell ours = { .width = 1 }, theirs;
			if (at < end)
				ours = line.cells[at];
			else if (at >= line.count && row == 0)
				ours.bg = line.fill;
			emulator_cell(emulator, row, col, &theirs);
			if (!cells_equal(ours, theirs))
				show_and_fail(text, row, col, ours, theirs);
		}
		start = end;
	}
	line_release(&line);
	emulator_free(emulator);
}

static const char *const colours[] = { "\x1B[31m", "\x1B[1;38;5;77m", "\x1B[0m", "\x1B[m",
	"\x1B[48;2;9;8;7m", "\x1B[48:2::9:8:7m", "\x1B[4:3m", "\x1B[24;7m", "\x1B[95;104m",
	"\x1B[38:5:3m", "\x1B[39;49m", "\x1B[3;9m", "\x1B[22;23;29;27m", "\x1B[21m", "\x1B[5m",
	"\x1B[25m", "\x1B[58:5:1m" };
static const char *const moves[] = { "\r", "\b", "\t", "\x1B[K", "\x1B[1K", "\x1B[2K",
	"\x1B[3C", "\x1B[2D", "\x1B[7G", "\x1B[4X", "\x1B[2P", "\x1B[3@", "\x1B[J", "\x1B[9`",
	"\b\b", "\r", "\x1B[C", "\x1B[D", "\x1B[2a" };
static const char *const narrow[] = { "abc", "x", "e\xCC\x81", "\xC3\xA9", " ", "word ",
	"\xE2\x94\x80", "o\xCC\x88\xCC\x81", "\xFF", "\xC2\x85", "\a" };
static const char *const wide[] = { "\xE4\xB8\xAD", "\xEF\xBC\xA1", "\xE3\x81\x82",
	"\xF0\x9F\x98\x80" };

#define COUNT(a) (sizeof (a) / sizeof *(a))

static void
test_a_line_gives_the_same_cells_as_the_emulator(void **state)
{
	(void)state;
	uint64_t seed = 31337;
	struct buf text = BUF_INIT;
	for (int round = 0; round < 700; round++) {
		buf_clear(&text);
		for (int i = 0; i < 25; i++) {
			uint32_t r = (uint32_t)scratch_random(&seed) % 10;
			if (r < 4)
				add_piece(&text, narrow, COUNT(narrow), &seed);
			else if (r < 6)
				add_piece(&text, colours, COUNT(colours), &seed);
			else
				add_piece(&text, moves, COUNT(moves), &seed);
		}
		/* At the far margin what DCH moves in shows; a line has no margin. */
		assert_same(&text, 1, 400, 300);
	}
	buf_release(&text);
}

static void
test_wrapped_text_gives_the_same_rows_as_the_emulator(void **state)
{
	(void)state;
	uint64_t seed = 4242;
	struct buf text = BUF_INIT;
	for (int round = 0; round < 700; round++) {
		buf_clear(&text);
		int cols = 2 + (int)scratch_pick(&seed, 30);
		for (int i = 0; i < 30; i++) {
			uint32_t r = (uint32_t)scratch_random(&seed) % 10;
			if (r < 5)
				add_piece(&text, narrow, COUNT(narrow), &seed);
			else if (r < 7)
				add_piece(&text, wide, COUNT(wide), &seed);
			else
				add_piece(&text, colours, COUNT(colours), &seed);
		}
		assert_same(&text, 80, cols, cols);
	}
	buf_release(&text);
}

static void
test_a_log_line_ends_alike_with_and_without_cr(void **state)
{
	(void)state;
	struct emulator *emulator = emulator_new(3, 20);
	struct buf text = BUF_INIT;
	feed(emulator, "10%\r20%\x1B[K\r\nnext\r\n");
	assert_row(emulator, 0, "20%");
	assert_row(emulator, 1, "next");
	buf_add_str(&text, "10%\r20%\x1B[K\r");
	assert_same(&text, 1, 20, 20);
	buf_release(&text);
	emulator_free(emulator);
}

static void
test_random_bytes_do_no_harm(void **state)
{
	(void)state;
	uint64_t seed = 5;
	struct emulator *emulator = emulator_new(7, 13);
	for (int round = 0; round < 300; round++) {
		struct buf text = BUF_INIT;
		for (int i = 0; i < 200; i++) {
			uint32_t r = (uint32_t)scratch_random(&seed);
			if (r % 6 == 0)
				buf_add_str(&text, "\x1B[");
			else if (r % 6 == 1)
				buf_printf(&text, "%u;%u%c", r >> 8 & 15, r >> 12 & 15,
				    (int)('@' + (r >> 16) % 63));
			else
				buf_add_char(&text, (char)(r >> 8));
		}
		emulator_feed(emulator, text.data, text.len);
		buf_release(&text);
		int row, col;
		emulator_cursor(emulator, &row, &col);
		assert_in_range(row, 0, 6);
		assert_in_range(col, 0, 12);
	}
	emulator_free(emulator);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lf_alone_begins_a_new_line),
		cmocka_unit_test(test_the_alternate_screen_comes_and_goes),
		cmocka_unit_test(test_colours_and_attributes_come_through),
		cmocka_unit_test(test_wide_and_combining_characters_keep_their_columns),
		cmocka_unit_test(test_what_the_library_thinks_narrower_is_replaced),
		cmocka_unit_test(test_queries_are_answered_to_who_takes_the_answers),
		cmocka_unit_test(test_modes_for_keys_and_the_title_are_known),
		cmocka_unit_test(test_the_size_is_kept_within_limits),
		cmocka_unit_test(test_known_ways_to_break_the_library_do_no_harm),
		cmocka_unit_test(test_a_line_gives_the_same_cells_as_the_emulator),
		cmocka_unit_test(test_wrapped_text_gives_the_same_rows_as_the_emulator),
		cmocka_unit_test(test_a_log_line_ends_alike_with_and_without_cr),
		cmocka_unit_test(test_random_bytes_do_no_harm),
	};
	return cmocka_run_group_tests_name("emulator", tests, NULL, NULL);
}
