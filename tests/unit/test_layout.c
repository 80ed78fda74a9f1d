#include "ui/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

/* A layout of count sequences: `attention` of them first, then `active`, the rest quiet. */
struct scene {
	struct layout layout;
	struct layout_input input;
	uint8_t *needs;
};

static void
scene_make(struct scene *scene, int rows, int cols, size_t attention, size_t active,
    size_t quiet, size_t focus, enum layout_mode mode)
{
	size_t count = attention + active + quiet;
	free(scene->needs);
	scene->needs = malloc(count + 1);
	for (size_t i = 0; i < count; i++)
		scene->needs[i] = i < attention ? LAYOUT_ATTENTION :
		    i < attention + active ? LAYOUT_ACTIVE : LAYOUT_QUIET;
	scene->input = (struct layout_input){ rows, cols, count, scene->needs, focus, mode };
	layout_make(&scene->layout, &scene->input);
}

static void
scene_release(struct scene *scene)
{
	layout_release(&scene->layout);
	free(scene->needs);
}

static size_t
count_form(const struct layout *layout, enum layout_form form)
{
	size_t n = 0;
	for (size_t i = 0; i < layout->item_count; i++)
		n += layout->items[i].form == form;
	return n;
}

/* What must hold for every layout whatsoever. */
static void
check_layout(const struct scene *scene)
{
	const struct layout *layout = &scene->layout;
	const struct layout_input *in = &scene->input;
	int rows = in->rows > 0 ? in->rows : 0, cols = in->cols > 0 ? in->cols : 0;
	char *taken = calloc((size_t)rows * (size_t)cols + 1, 1);
	uint8_t *seen = calloc(in->count + 1, 1);
	size_t doubles = 0;
	for (size_t i = 0; i < layout->item_count; i++) {
		const struct layout_item *it = &layout->items[i];
		assert_true(it->position < in->count);
		assert_true(it->row >= 0 && it->rows >= 1 && it->row + it->rows <= rows);
		assert_true(it->col >= 0 && it->cols >= 1 && it->col + it->cols <= cols);
		if (it->form != LAYOUT_PANE)
			assert_int_equal(it->rows, 1);
		for (int r = it->row; r < it->row + it->rows; r++)
			for (int c = it->col; c < it->col + it->cols; c++) {
				assert_int_equal(taken[r * cols + c], 0);
				taken[r * cols + c] = 1;
			}
		if (seen[it->position]++) {
			assert_int_equal(it->position, in->focus);
			doubles++;
		}
	}
	assert_true(doubles <= 1);
	assert_int_equal(layout->item_count - doubles + layout->hidden, in->count);
	if (in->count && rows && cols)
		assert_true(seen[in->focus] > 0);
	free(taken);
	free(seen);
}

static void
test_nothing_overlaps_or_leaves_the_screen_and_the_focus_is_seen(void **state)
{
	(void)state;
	static const uint64_t seeds[] = { 1, 7, 42, 20261124 };
	struct scene scene = { 0 };
	for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++) {
		uint64_t dice = seeds[s];
		for (int i = 0; i < 400; i++) {
			size_t most = scratch_pick(&dice, 4) ? 60 : 600;
			size_t a = scratch_pick(&dice, 3) ? scratch_pick(&dice, most) : 0;
			size_t b = scratch_pick(&dice, most), c = scratch_pick(&dice, most);
			size_t count = a + b + c;
			int rows = (int)scratch_pick(&dice, 80), cols = (int)scratch_pick(&dice, 260);
			scene_make(&scene, rows, cols, a, b, c, count ?
			    scratch_pick(&dice, count) : 0, (enum layout_mode)scratch_pick(&dice,
			    LAYOUT_MODES));
			check_layout(&scene);
		}
	}
	scene_release(&scene);
}

static void
test_every_tiny_window_gives_a_layout(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	for (int rows = 0; rows <= 8; rows++)
		for (int cols = 0; cols <= 45; cols++)
			for (int mode = 0; mode < LAYOUT_MODES; mode++) {
				scene_make(&scene, rows, cols, 1, 2, 3, 4, (enum layout_mode)mode);
				check_layout(&scene);
			}
	scene_release(&scene);
}

static void
test_few_sequences_all_get_panes_that_fill_the_screen(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 22, 80, 0, 4, 0, 0, LAYOUT_PANES);
	check_layout(&scene);
	assert_int_equal(scene.layout.pane_count, 4);
	int last = 0;
	for (size_t i = 0; i < 4; i++) {
		int end = scene.layout.items[i].row + scene.layout.items[i].rows;
		last = end > last ? end : last;
	}
	assert_int_equal(last, 22);
	scene_release(&scene);
}

static void
test_what_needs_a_person_gets_a_pane_before_all_others(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 22, 80, 2, 60, 20, 0, LAYOUT_PANES);
	check_layout(&scene);
	assert_true(scene.layout.pane_count >= 2);
	assert_int_equal(layout_find(&scene.layout, 0)->form, LAYOUT_PANE);
	assert_int_equal(layout_find(&scene.layout, 1)->form, LAYOUT_PANE);
	assert_int_equal(scene.layout.hidden, 0);
	scene_release(&scene);
}

static void
test_what_has_ended_shrinks_to_rows_below_the_panes(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 40, 120, 1, 3, 6, 0, LAYOUT_PANES);
	check_layout(&scene);
	assert_int_equal(count_form(&scene.layout, LAYOUT_PANE), 4);
	assert_int_equal(count_form(&scene.layout, LAYOUT_ROW), 6);
	assert_true(layout_find(&scene.layout, 9)->row > layout_find(&scene.layout, 3)->row);
	scene_release(&scene);
}

static void
test_forms_degrade_from_panes_to_rows_to_cells(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 22, 80, 0, 8, 0, 0, LAYOUT_PANES);
	assert_int_equal(count_form(&scene.layout, LAYOUT_PANE), 8);
	scene_make(&scene, 22, 80, 0, 44, 0, 0, LAYOUT_PANES);
	assert_int_equal(count_form(&scene.layout, LAYOUT_ROW), 44);
	assert_true(scene.layout.items[0].cols >= LAYOUT_ROW_COLS);
	scene_make(&scene, 22, 80, 0, 88, 0, 0, LAYOUT_PANES);
	assert_int_equal(count_form(&scene.layout, LAYOUT_ROW), 88);
	assert_int_equal(scene.layout.items[0].cols, LAYOUT_NARROW_COLS);
	scene_make(&scene, 22, 80, 0, 500, 0, 0, LAYOUT_PANES);
	assert_int_equal(count_form(&scene.layout, LAYOUT_ROW), 0);
	assert_int_equal(count_form(&scene.layout, LAYOUT_CELL) + scene.layout.pane_count, 500);
	assert_int_equal(scene.layout.hidden, 0);
	scene_release(&scene);
}

static void
test_ten_thousand_scroll_to_the_focused_one(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	for (size_t focus = 0; focus < 10000; focus += 1111) {
		scene_make(&scene, 22, 80, 5, 4995, 5000, focus, LAYOUT_PANES);
		check_layout(&scene);
		assert_true(scene.layout.hidden > 0);
		assert_non_null(layout_find(&scene.layout, focus));
	}
	scene_release(&scene);
}

static void
test_the_list_does_not_scroll_while_the_focus_stays_inside(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 10, 30, 0, 0, 100, 50, LAYOUT_ROWS);
	size_t top = scene.layout.top;
	assert_int_equal(top, 41);
	scene_make(&scene, 10, 30, 0, 0, 100, 45, LAYOUT_ROWS);
	assert_int_equal(scene.layout.top, top);
	scene_make(&scene, 10, 30, 0, 0, 100, 40, LAYOUT_ROWS);
	assert_int_equal(scene.layout.top, 40);
	scene_release(&scene);
}

static void
test_neighbours_are_where_the_eye_looks_for_them(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 20, 80, 0, 4, 0, 0, LAYOUT_PANES);
	const struct layout_item *first = layout_find(&scene.layout, 0);
	const struct layout_item *right = layout_neighbour(&scene.layout, first, 0, 1);
	const struct layout_item *below = layout_neighbour(&scene.layout, first, 1, 0);
	assert_non_null(right);
	assert_non_null(below);
	assert_int_equal(right->row, first->row);
	assert_int_equal(below->col, first->col);
	assert_null(layout_neighbour(&scene.layout, first, -1, 0));
	assert_null(layout_neighbour(&scene.layout, first, 0, -1));
	assert_ptr_equal(layout_neighbour(&scene.layout, right, 0, -1), first);
	scene_release(&scene);
}

static void
test_every_sequence_can_be_reached_by_the_arrows(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	static const int ways[4][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
	scene_make(&scene, 38, 120, 3, 9, 17, 0, LAYOUT_PANES);
	uint8_t reached[29] = { 1 };
	for (int round = 0; round < 29; round++)
		for (size_t i = 0; i < 29; i++)
			for (int w = 0; reached[i] && w < 4; w++) {
				const struct layout_item *to = layout_neighbour(&scene.layout,
				    layout_find(&scene.layout, i), ways[w][0], ways[w][1]);
				if (to)
					reached[to->position] = 1;
			}
	for (size_t i = 0; i < 29; i++)
		assert_int_equal(reached[i], 1);
	scene_release(&scene);
}

static void
test_a_place_on_the_screen_finds_its_item(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 38, 120, 1, 3, 5, 0, LAYOUT_PANES);
	for (size_t i = 0; i < scene.layout.item_count; i++) {
		const struct layout_item *it = &scene.layout.items[i];
		assert_ptr_equal(layout_at(&scene.layout, it->row + it->rows - 1,
		    it->col + it->cols - 1), it);
	}
	assert_null(layout_at(&scene.layout, 38, 0));
	assert_null(layout_at(&scene.layout, 0, 120));
	scene_release(&scene);
}

static void
test_no_sequences_give_an_empty_layout(void **state)
{
	(void)state;
	struct scene scene = { 0 };
	scene_make(&scene, 24, 80, 0, 0, 0, 0, LAYOUT_PANES);
	assert_int_equal(scene.layout.item_count, 0);
	assert_int_equal(scene.layout.hidden, 0);
	scene_release(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_overlaps_or_leaves_the_screen_and_the_focus_is_seen),
		cmocka_unit_test(test_every_tiny_window_gives_a_layout),
		cmocka_unit_test(test_few_sequences_all_get_panes_that_fill_the_screen),
		cmocka_unit_test(test_what_needs_a_person_gets_a_pane_before_all_others),
		cmocka_unit_test(test_what_has_ended_shrinks_to_rows_below_the_panes),
		cmocka_unit_test(test_forms_degrade_from_panes_to_rows_to_cells),
		cmocka_unit_test(test_ten_thousand_scroll_to_the_focused_one),
		cmocka_unit_test(test_the_list_does_not_scroll_while_the_focus_stays_inside),
		cmocka_unit_test(test_neighbours_are_where_the_eye_looks_for_them),
		cmocka_unit_test(test_every_sequence_can_be_reached_by_the_arrows),
		cmocka_unit_test(test_a_place_on_the_screen_finds_its_item),
		cmocka_unit_test(test_no_sequences_give_an_empty_layout),
	};
	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
