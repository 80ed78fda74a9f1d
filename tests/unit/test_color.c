#include "ui/color.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term/cell.h"

static void
test_the_default_colour_is_nobodys_index(void **state)
{
	(void)state;
	assert_int_equal(color_index(CELL_DEFAULT, 8), -1);
	assert_int_equal(color_index(CELL_DEFAULT, 256), -1);
}

static void
test_an_index_that_the_terminal_has_stays(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 256; i++)
		assert_int_equal(color_index(CELL_PALETTE | i, 256), i);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(color_index(CELL_PALETTE | i, 8), i);
}

static void
test_any_colour_fits_any_palette(void **state)
{
	(void)state;
	static const int sizes[] = { 8, 16, 256 };
	for (size_t s = 0; s < 3; s++) {
		for (uint32_t rgb = 0; rgb < 0x1000000; rgb += 0x0a0b0d) {
			int index = color_index(CELL_RGB | rgb, sizes[s]);
			assert_in_range(index, 0, sizes[s] - 1);
		}
		for (uint32_t i = 0; i < 256; i++)
			assert_in_range(color_index(CELL_PALETTE | i, sizes[s]), 0, sizes[s] - 1);
	}
}

static void
test_colours_of_the_cube_find_themselves(void **state)
{
	(void)state;
	for (int i = 16; i < 256; i++)
		assert_int_equal(color_rgb(color_index(CELL_RGB | color_rgb(i), 256)),
		    color_rgb(i));
}

static void
test_a_hue_stays_a_hue_on_eight_colours(void **state)
{
	(void)state;
	assert_int_equal(color_index(CELL_RGB | 0x7fc98f, 8), 2);	/* pale green */
	assert_int_equal(color_index(CELL_RGB | 0xff6b6b, 8), 1);	/* pale red */
	assert_int_equal(color_index(CELL_RGB | 0xf2c46d, 8), 3);	/* sand */
	assert_int_equal(color_index(CELL_RGB | 0xff9d5c, 8), 3);	/* orange */
	assert_int_equal(color_index(CELL_RGB | 0x2f5680, 8), 4);	/* deep blue */
	assert_int_equal(color_index(CELL_RGB | 0x20242c, 8), 0);	/* nearly black */
	assert_int_equal(color_index(CELL_RGB | 0xdfe4ec, 8), 7);	/* nearly white */
	assert_int_equal(color_index(CELL_PALETTE | 9, 8), 1);	/* bright red */
}

static void
test_colours_are_read_as_themes_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t color;
	} good[] = {
		{ "default", CELL_DEFAULT }, { "black", CELL_PALETTE }, { "red", CELL_PALETTE | 1 },
		{ "bright-blue", CELL_PALETTE | 12 }, { "0", CELL_PALETTE },
		{ "255", CELL_PALETTE | 255 }, { "#00fF7f", CELL_RGB | 0x00ff7f },
	};
	static const char *const bad[] = { "", "Red", "256", "-1", "#fff", "#1234567", "bright-",
		"0x10", "#+12345", "1e1" };
	uint32_t color;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(color_parse(good[i].text, strlen(good[i].text), &color));
		assert_int_equal(color, good[i].color);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(color_parse(bad[i], strlen(bad[i]), &color));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_default_colour_is_nobodys_index),
		cmocka_unit_test(test_an_index_that_the_terminal_has_stays),
		cmocka_unit_test(test_any_colour_fits_any_palette),
		cmocka_unit_test(test_colours_of_the_cube_find_themselves),
		cmocka_unit_test(test_a_hue_stays_a_hue_on_eight_colours),
		cmocka_unit_test(test_colours_are_read_as_themes_write_them),
	};
	return cmocka_run_group_tests_name("color", tests, NULL, NULL);
}
