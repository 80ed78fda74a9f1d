#include "term/pane_screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"
#include "term/line.h"

struct fixture {
	char *dir;
	char *path;
	struct scrollback *sb;
	struct pane_screen *screen;
};

static int
set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	f->dir = scratch_make();
	f->path = file_join(f->dir, "log");
	f->sb = scrollback_new();
	f->screen = pane_screen_new(f->sb);
	scrollback_add_log(f->sb, f->path);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	pane_screen_free(f->screen);
	scrollback_free(f->sb);
	scratch_remove(f->dir);
	free(f->path);
	free(f);
	return 0;
}

static void
append_bytes(struct fixture *f, const char *bytes, size_t len)
{
	FILE *log = fopen(f->path, "a");
	fwrite(bytes, 1, len, log);
	fclose(log);
}

static void
append(struct fixture *f, const char *text)
{
	append_bytes(f, text, strlen(text));
}

static void
append_lines(struct fixture *f, size_t bytes)
{
	struct buf text = BUF_INIT;
	while (text.len < bytes)
		buf_printf(&text, "line at %zu\n", text.len);
	append_bytes(f, text.data, text.len);
	buf_release(&text);
}

/* Feeds all there is. Returns the updates it took. */
static int
catch_up(struct fixture *f)
{
	int updates = 1;
	while (pane_screen_update(f->screen).more)
		updates++;
	return updates;
}

/* Asserts what a window shows, a LF after each row used, and where its cursor is. */
static void
assert_shows(struct fixture *f, int rows, int cols, const char *expected, int row, int col)
{
	struct cell cells[40 * 200];
	struct buf text = BUF_INIT;
	int r, c;
	int used = pane_screen_fill(f->screen, rows, cols, true, cells, &r, &c);
	for (int i = 0; i < used; i++) {
		struct line line = { .cells = cells + i * cols, .count = (size_t)cols };
		line_text(&line, 0, line.count, &text);
		while (text.len && text.data[text.len - 1] == ' ')
			text.data[--text.len] = '\0';
		buf_add_char(&text, '\n');
	}
	assert_string_equal(buf_str(&text), expected);
	assert_int_equal(r, row);
	if (row >= 0)
		assert_int_equal(c, col);
	buf_release(&text);
}

static void
test_a_log_that_does_not_exist_yet_is_empty(void **state)
{
	struct fixture *f = *state;
	pane_screen_update(f->screen);
	assert_shows(f, 3, 10, "", 0, 0);
	assert_false(pane_screen_update(f->screen).changed);
	scrollback_clear(f->sb);
	pane_screen_update(f->screen);
	assert_shows(f, 3, 10, "", -1, 0);
	assert_string_equal(pane_screen_title(f->screen), "");
	pane_screen_free(NULL);
}

static void
test_lines_are_shown_without_an_emulator(void **state)
{
	struct fixture *f = *state;
	append(f, "one\n\x1B[32mtwo\x1B[0m\n10%\r99%");
	assert_true(pane_screen_update(f->screen).changed);
	assert_false(pane_screen_is_terminal(f->screen));
	assert_shows(f, 2, 10, "two\n99%\n", 1, 3);
	assert_false(pane_screen_update(f->screen).changed);
	append(f, "\n");
	assert_true(pane_screen_update(f->screen).changed);
	assert_shows(f, 4, 10, "one\ntwo\n99%\n", 3, 0);
}

static void
test_cursor_addressing_brings_the_emulator_and_lines_take_it_away(void **state)
{
	struct fixture *f = *state;
	append(f, "start\na: 0\nb: 0\n\x1B[2Aa: 1\n\x1B[Bend");
	catch_up(f);
	assert_true(pane_screen_is_terminal(f->screen));
	assert_false(pane_screen_is_alternate(f->screen));
	assert_shows(f, 10, 20, "start\na: 1\nb: 0\nend\n", 3, 3);
	assert_shows(f, 2, 20, "b: 0\nend\n", 1, 3);
	append(f, "\n");
	append_lines(f, PANE_SCREEN_TAIL + 1000);
	assert_true(pane_screen_update(f->screen).changed);
	assert_false(pane_screen_is_terminal(f->screen));
}

static void
test_a_sequence_cut_between_two_updates_is_seen(void **state)
{
	struct fixture *f = *state;
	append(f, "text\x1B[2");
	catch_up(f);
	assert_false(pane_screen_is_terminal(f->screen));
	append(f, "Jx");
	catch_up(f);
	assert_true(pane_screen_is_terminal(f->screen));
}

static void
test_an_alternate_screen_is_shown_around_its_cursor(void **state)
{
	struct fixture *f = *state;
	pane_screen_set_size(f->screen, 5, 10);
	append(f, "\x1B[?1049h\x1B[1;1H0123456789\x1B[2;1Hb\x1B[3;1Hc\x1B[4;1Hd\x1B[5;1H"
	    "e\x1B[4;9HX");
	catch_up(f);
	assert_true(pane_screen_is_alternate(f->screen));
	assert_shows(f, 5, 10, "0123456789\nb\nc\nd       X\ne\n", 3, 9);
	assert_shows(f, 2, 4, "\n  X\n", 1, 3);
	append(f, "\x1B[?25l");
	catch_up(f);
	assert_shows(f, 2, 4, "0123\nb\n", -1, 0);
	append(f, "\x1B[?25h\x1B[1;1H");
	catch_up(f);
	assert_shows(f, 2, 4, "0123\nb\n", 0, 0);
}

static void
test_an_alternate_screen_stays_while_only_text_comes(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[?1049h\x1B[H");
	catch_up(f);
	append_lines(f, 2 * PANE_SCREEN_TAIL);
	catch_up(f);
	append(f, "\nx");
	catch_up(f);
	assert_true(pane_screen_is_alternate(f->screen));
	append(f, "\x1B[?1049l");
	append_lines(f, PANE_SCREEN_TAIL + 100);
	catch_up(f);
	assert_false(pane_screen_is_terminal(f->screen));
}

static void
test_an_alternate_screen_entered_long_ago_is_known(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[?1049h");
	append_lines(f, 5 * PANE_SCREEN_TAIL);
	append(f, "\x1B[2J\x1B[1;1Htop of it\x1B[2;1Habc\nd");
	catch_up(f);
	assert_true(pane_screen_is_alternate(f->screen));
	assert_shows(f, 3, 20, "top of it\nabc\n   d\n", 2, 4);
}

static void
test_what_is_far_behind_is_skipped(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[H");
	catch_up(f);
	struct buf text = BUF_INIT;
	while (text.len < 8 * PANE_SCREEN_BEHIND)
		buf_printf(&text, "\x1B[%zu;1Hrow\n", text.len % 7 + 1);
	buf_add_str(&text, "\x1B[2J\x1B[1;1Hnewest");
	append_bytes(f, text.data, text.len);
	assert_in_range(catch_up(f), 1, 3);
	assert_shows(f, 2, 20, "newest\n", 0, 6);
	buf_release(&text);
}

static void
test_an_update_feeds_a_bounded_part(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[Hx");
	catch_up(f);
	append_lines(f, 3 * PANE_SCREEN_FEED);
	append(f, "\x1B[H");
	assert_true(pane_screen_update(f->screen).more);
	assert_true(pane_screen_update(f->screen).more);
}

static void
test_another_size_shows_the_tail_anew(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[Habcdefgh\x1B[?1049h\x1B[3;20Hx");
	catch_up(f);
	assert_shows(f, 3, 30, "\n\n                   x\n", 2, 20);
	pane_screen_set_size(f->screen, 3, 6);
	assert_true(pane_screen_update(f->screen).changed);
	assert_true(pane_screen_is_alternate(f->screen));
	assert_shows(f, 3, 30, "\n\n     x\n", 2, 5);
	pane_screen_set_size(f->screen, 0, -1);
	assert_false(pane_screen_update(f->screen).changed);
}

static void
test_the_next_log_begins_afresh(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[?1049h\x1B[5;5Hold");
	catch_up(f);
	assert_true(pane_screen_is_alternate(f->screen));
	scrollback_add_caption(f->sb, "-- 2/2 next --");
	scratch_write(f->dir, "next", "new\n", 4);
	char *next = file_join(f->dir, "next");
	scrollback_add_log(f->sb, next);
	free(next);
	assert_true(pane_screen_update(f->screen).changed);
	assert_false(pane_screen_is_terminal(f->screen));
	assert_shows(f, 2, 20, "-- 2/2 next --\nnew\n", -1, 0);
}

static void
test_answers_are_to_live_output_only(void **state)
{
	struct fixture *f = *state;
	struct buf answers = BUF_INIT;
	append(f, "\x1B[H\x1B[6n");
	catch_up(f);
	pane_screen_take_answers(f->screen, &answers);
	assert_int_equal(answers.len, 0);
	append(f, "ab\x1B[6n");
	catch_up(f);
	pane_screen_take_answers(f->screen, &answers);
	assert_string_equal(buf_str(&answers), "\x1B[1;3R");
	for (int i = 0; i < 2000; i++)
		append(f, "\x1B[6n");
	catch_up(f);
	pane_screen_take_answers(f->screen, &answers);
	assert_in_range(answers.len, 6, 9000);
	buf_release(&answers);
}

static void
test_keys_and_title_follow_the_program(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[?1049h\x1B[?1h\x1B[?2004h\x1B]0;vi\a");
	catch_up(f);
	assert_true(pane_screen_app_cursor(f->screen));
	assert_true(pane_screen_bracketed_paste(f->screen));
	assert_string_equal(pane_screen_title(f->screen), "vi");
}

static void
test_rest_lets_go_and_update_takes_up_again(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[2;2Hx");
	catch_up(f);
	pane_screen_rest(f->screen);
	assert_false(pane_screen_is_terminal(f->screen));
	assert_true(pane_screen_update(f->screen).changed);
	assert_shows(f, 3, 10, "\n x\n", 1, 2);
}

static void
test_a_log_that_shrinks_is_looked_at_anew(void **state)
{
	struct fixture *f = *state;
	append(f, "\x1B[2;2Hxxxxxxxxxxxxxxx");
	catch_up(f);
	scratch_write(f->dir, "log", "short\n", 6);
	catch_up(f);
	assert_false(pane_screen_is_terminal(f->screen));
	assert_shows(f, 3, 10, "short\n", 1, 0);
	unlink(f->path);
	scrollback_rest(f->sb);
	catch_up(f);
	assert_shows(f, 3, 10, "", 0, 0);
}

static void
test_random_output_never_harms_a_pane(void **state)
{
	struct fixture *f = *state;
	uint64_t dice = 8;
	static struct cell cells[50 * 50];
	for (int round = 0; round < 150; round++) {
		char bytes[600];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (char)(scratch_pick(&dice, 9) ? scratch_random(&dice) >> 24 : 0x1B);
		append_bytes(f, bytes, sizeof bytes);
		if (scratch_pick(&dice, 20) == 0)
			pane_screen_set_size(f->screen, 1 + (int)scratch_pick(&dice, 40),
			    1 + (int)scratch_pick(&dice, 40));
		catch_up(f);
		int rows = 1 + (int)scratch_pick(&dice, 49), cols = 1 + (int)scratch_pick(&dice, 49);
		int row, col;
		int used = pane_screen_fill(f->screen, rows, cols, round % 2, cells, &row, &col);
		assert_in_range(used, 0, rows);
		assert_in_range(row + 1, 0, rows);
		for (int i = 0; i < rows * cols; i++) {
			if (cells[i].width == 0)
				assert_true(i % cols > 0 && cells[i - 1].width == 2);
			if (cells[i].width == 2)
				assert_true(i % cols < cols - 1 && cells[i + 1].width == 0);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_log_that_does_not_exist_yet_is_empty),
		TEST(test_lines_are_shown_without_an_emulator),
		TEST(test_cursor_addressing_brings_the_emulator_and_lines_take_it_away),
		TEST(test_a_sequence_cut_between_two_updates_is_seen),
		TEST(test_an_alternate_screen_is_shown_around_its_cursor),
		TEST(test_an_alternate_screen_stays_while_only_text_comes),
		TEST(test_an_alternate_screen_entered_long_ago_is_known),
		TEST(test_what_is_far_behind_is_skipped),
		TEST(test_an_update_feeds_a_bounded_part),
		TEST(test_another_size_shows_the_tail_anew),
		TEST(test_the_next_log_begins_afresh),
		TEST(test_answers_are_to_live_output_only),
		TEST(test_keys_and_title_follow_the_program),
		TEST(test_rest_lets_go_and_update_takes_up_again),
		TEST(test_a_log_that_shrinks_is_looked_at_anew),
		TEST(test_random_output_never_harms_a_pane),
	};
	return cmocka_run_group_tests_name("pane_screen", tests, NULL, NULL);
}
