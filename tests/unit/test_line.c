#include "term/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "term/csi.h"
#include "scratch.h"

/* Renders a NUL-terminated text and returns what is shown of it. */
static char *
shown(const char *bytes)
{
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	struct buf text = BUF_INIT;
	line_render(&line, &pen, bytes, strlen(bytes));
	line_text(&line, 0, line.count, &text);
	line_release(&line);
	return buf_take(&text);
}

static void
assert_shown(const char *bytes, const char *expected)
{
	char *text = shown(bytes);
	assert_string_equal(text, expected);
	free(text);
}

static struct line_pen
pen_after(const char *bytes)
{
	struct line_pen pen = { 0 }, scanned = { 0 };
	struct line line = { 0 };
	line_render(&line, &pen, bytes, strlen(bytes));
	line_scan_pen(&scanned, bytes, strlen(bytes));
	assert_true(pen.fg == scanned.fg && pen.bg == scanned.bg && pen.attrs == scanned.attrs);
	line_release(&line);
	return pen;
}

static void
test_text_is_shown_as_a_terminal_shows_it(void **state)
{
	(void)state;
	assert_shown("plain", "plain");
	assert_shown("10%\r20%\r100%", "100%");
	assert_shown("long line\rshort", "shortline");
	assert_shown("a\tb", "a       b");
	assert_shown("abc\b\bX", "aXc");
	assert_shown("\b\bx", "x");
	assert_shown("dos\r", "dos");
	assert_shown("abc\r\x1B[K", "");
	assert_shown("abcdef\r\x1B[3Cx\x1B[K", "abcx");
	assert_shown("abcdef\x1B[2K\x1B[1Gdone", "done");
	assert_shown("abc\x1B[1Kx", "   x");
	assert_shown("abcdef\x1B[4D\x1B[2P", "abef");
	assert_shown("abcdef\x1B[4D\x1B[2@", "ab  cdef");
	assert_shown("abcdef\x1B[4D\x1B[2X", "ab  ef");
	assert_shown("ok\x1B[60G[ OK ]\x1B[1G*", "*k"
	    "                                                         [ OK ]");
	assert_shown("a\x1B]0;title\x07" "b\x1B(Bc\x1B=d", "abcd");
	assert_shown("bell\a\v\f\x0E\x0F\x7F.", "bell.");
}

static void
test_bad_bytes_become_replacement_characters(void **state)
{
	(void)state;
	assert_shown("a\xFF" "b", "a\xEF\xBF\xBD" "b");
	assert_shown("a\xE2\x82", "a\xEF\xBF\xBD");
	assert_shown("a\xC2\x9B" "b", "ab");
	assert_shown("a\xE2\x80\xAE" "b", "ab");
}

static void
test_wide_characters_take_two_cells_and_are_not_torn(void **state)
{
	(void)state;
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	line_render(&line, &pen, "a\xE4\xB8\xAD" "b", 5);
	assert_int_equal(line.count, 4);
	assert_int_equal(line.cells[1].width, 2);
	assert_int_equal(line.cells[2].width, 0);
	assert_int_equal(line_wrap(&line, 0, 2), 1);
	assert_int_equal(line_wrap(&line, 1, 2), 3);
	assert_int_equal(line_wrap(&line, 1, 1), 3);
	assert_int_equal(line_wrap(&line, 3, 2), 4);
	line_release(&line);
	assert_shown("\xE4\xB8\xAD\rx", "x ");
	assert_shown("\xE4\xB8\xAD\bx", " x");
}

static void
test_marks_combine_with_the_character_before_them(void **state)
{
	(void)state;
	assert_shown("e\xCC\x81x", "e\xCC\x81x");
	assert_shown("\xCC\x81x", "x");
	assert_shown("a\r\xCC\x81", "a");
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	const char *many = "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85";
	line_render(&line, &pen, many, strlen(many));
	assert_int_equal(line.count, 1);
	assert_int_equal(line.cells[0].chars[CELL_CHARS - 1], 0x303);
	line_release(&line);
}

static void
assert_pen(const char *bytes, uint32_t fg, uint32_t bg, unsigned attrs)
{
	struct line_pen pen = pen_after(bytes);
	if (pen.fg != fg || pen.bg != bg || pen.attrs != attrs)
		fail_msg("after %s: fg %08x bg %08x attrs %02x", bytes + 1, pen.fg, pen.bg,
		    pen.attrs);
}

static void
test_sgr_sets_every_kind_of_colour(void **state)
{
	(void)state;
	assert_pen("\x1B[31;42m", CELL_PALETTE | 1, CELL_PALETTE | 2, 0);
	assert_pen("\x1B[97;100m", CELL_PALETTE | 15, CELL_PALETTE | 8, 0);
	assert_pen("\x1B[38;5;200;48;5;7m", CELL_PALETTE | 200, CELL_PALETTE | 7, 0);
	assert_pen("\x1B[38;2;1;2;3;48;2;4;5;6m", CELL_RGB | 0x010203, CELL_RGB | 0x040506, 0);
	assert_pen("\x1B[38:5:9m", CELL_PALETTE | 9, 0, 0);
	assert_pen("\x1B[38:2:1:2:3m", CELL_RGB | 0x010203, 0, 0);
	assert_pen("\x1B[48:2::4:5:6;1m", 0, CELL_RGB | 0x040506, CELL_BOLD);
	assert_pen("\x1B[48:2:1:4:5:6m", 0, CELL_RGB | 0x040506, 0);
	assert_pen("\x1B[31m\x1B[39m", 0, 0, 0);
	assert_pen("\x1B[41m\x1B[49m", 0, 0, 0);
	assert_pen("\x1B[58;5;1;31m", CELL_PALETTE | 1, 0, 0);
	assert_pen("\x1B[58:2::1:2:3;4m", 0, 0, CELL_UNDERLINE);
	assert_pen("\x1B[38;2;1;2m", 0, 0, 0);
	assert_pen("\x1B[38;2;300;2;1m", 0, 0, 0);
}

static void
test_sgr_sets_and_resets_every_attribute(void **state)
{
	(void)state;
	static const struct {
		const char *set, *reset;
		unsigned attr;
	} cases[] = { { "1", "22", CELL_BOLD }, { "2", "22", CELL_DIM },
		{ "3", "23", CELL_ITALIC }, { "4", "24", CELL_UNDERLINE },
		{ "4:3", "4:0", CELL_UNDERLINE }, { "21", "24", CELL_UNDERLINE },
		{ "5", "25", CELL_BLINK }, { "6", "25", CELL_BLINK },
		{ "7", "27", CELL_REVERSE }, { "8", "28", CELL_CONCEAL },
		{ "9", "29", CELL_STRIKE }, { "1", "0", CELL_BOLD }, { "1", "", CELL_BOLD } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[32];
		snprintf(text, sizeof text, "\x1B[%sm", cases[i].set);
		assert_pen(text, 0, 0, cases[i].attr);
		snprintf(text, sizeof text, "\x1B[%sm\x1B[%sm", cases[i].set, cases[i].reset);
		assert_pen(text, 0, 0, 0);
	}
	assert_pen("\x1B[1;2;3;4;5;7;8;9m", 0, 0, 0xFF);
	assert_pen("\x1B[1;31m\x1B" "c", 0, 0, 0);
	assert_pen("\x1B[>4;1m\x1B[?1m\x1B[1 m", 0, 0, 0);
	assert_pen("\x1B[00001m", 0, 0, 0);
}

static void
test_erasing_in_a_colour_fills_the_rest(void **state)
{
	(void)state;
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	const char *text = "\x1B[44mab\x1B[K\x1B[0m";
	line_render(&line, &pen, text, strlen(text));
	assert_int_equal(line.count, 2);
	assert_int_equal(line.fill, CELL_PALETTE | 4);
	line_render(&line, &pen, "x", 1);
	assert_int_equal(line.fill, CELL_DEFAULT);
	line_release(&line);
}

static void
test_a_line_ends_at_its_limit(void **state)
{
	(void)state;
	struct line line = { 0 };
	struct line_pen pen = { 0 };
	struct buf text = BUF_INIT;
	for (int i = 0; i < 40; i++)
		buf_add_str(&text, "\x1B[9999C");
	buf_add_str(&text, "x\xE4\xB8\xAD" "abc\b\b\xE4\xB8\xAD\x1B[9999@\x1B[9999X\x1B[1K");
	line_render(&line, &pen, text.data, text.len);
	assert_in_range(line.count, 1, LINE_CELLS_MAX);
	buf_release(&text);
	line_release(&line);
}

static void
test_what_needs_a_terminal_is_told_from_lines(void **state)
{
	(void)state;
	static const char *const lines[] = { "", "text", "\x1B[1;31mred\x1B[0m", "a\rb\x1B[K",
		"\x1B[2K\x1B[1G", "\x1B[?25l\x1B[?2004h\x1B[?1h", "\x1B]0;x\a", "\x1B(B\x1B=",
		"\x1B[J", "\x1B[", "\x1B", "\x1B[5C", "\x1B[c\x1B[6n", "\x1BP1$r\x1B\\", };
	static const char *const terminals[] = { "\x1B[A", "x\x1B[2;5H", "\x1B[2J", "\x1B[1J",
		"\x1B[?1049h", "\x1B[?25;1049h", "\x1B[1;5r", "\x1B" "7", "\x1BM", "\x1B(0",
		"\x1B[?47l", "\x1B[4h", "\x1B[d", "\x1B[L", "\x1B" "c", "\x1B[s" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (line_needs_terminal(lines[i], strlen(lines[i])))
			fail_msg("line %zu", i);
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++)
		if (!line_needs_terminal(terminals[i], strlen(terminals[i])))
			fail_msg("terminal %zu", i);
}

/* Every wide cell has its right half, no right half stands alone. */
static void
assert_sound(const struct line *line)
{
	assert_true(line->count <= LINE_CELLS_MAX);
	for (size_t i = 0; i < line->count; i++) {
		const struct cell *cell = &line->cells[i];
		assert_true(cell->width <= 2);
		if (cell->width == 2)
			assert_true(i + 1 < line->count && line->cells[i + 1].width == 0);
		if (cell->width == 0)
			assert_true(i > 0 && line->cells[i - 1].width == 2);
		assert_false(cell->chars[0] && cell->chars[0] < 0x20);
	}
}

static void
test_any_bytes_render_to_a_sound_line(void **state)
{
	(void)state;
	static const char *const pieces[] = { "\x1B[K", "\x1B[1K", "\x1B[3P", "\x1B[2@", "\r",
		"\b", "\t", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", "\xCC\x81", "\x1B[7X", "\x1B[3D",
		"\x1B[2C", "\x1B[44m", "\x1B[5G", "abc", "\xFF", "\x1B[9999C", "\x1B[2K", "\x1B" };
	uint64_t seed = 20261124;
	struct buf text = BUF_INIT;
	struct line line = { 0 };
	for (int round = 0; round < 3000; round++) {
		buf_clear(&text);
		for (int i = 0; i < 30; i++) {
			uint32_t r = (uint32_t)scratch_random(&seed);
			if (r % 5)
				buf_add_str(&text, pieces[(r >> 8) % 20]);
			else
				buf_add_char(&text, (char)(r >> 8));
		}
		struct line_pen pen = { 0 };
		line_render(&line, &pen, text.data, text.len);
		assert_sound(&line);
		for (int width = 1; width < 9; width += 3) {
			size_t at = 0;
			while (at < line.count && at < 500) {
				size_t next = line_wrap(&line, at, width);
				assert_true(next > at && next <= line.count);
				at = next;
			}
		}
	}
	buf_release(&text);
	line_release(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_shown_as_a_terminal_shows_it),
		cmocka_unit_test(test_bad_bytes_become_replacement_characters),
		cmocka_unit_test(test_wide_characters_take_two_cells_and_are_not_torn),
		cmocka_unit_test(test_marks_combine_with_the_character_before_them),
		cmocka_unit_test(test_sgr_sets_every_kind_of_colour),
		cmocka_unit_test(test_sgr_sets_and_resets_every_attribute),
		cmocka_unit_test(test_erasing_in_a_colour_fills_the_rest),
		cmocka_unit_test(test_a_line_ends_at_its_limit),
		cmocka_unit_test(test_what_needs_a_terminal_is_told_from_lines),
		cmocka_unit_test(test_any_bytes_render_to_a_sound_line),
	};
	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
