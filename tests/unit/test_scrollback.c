#include "term/scrollback.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "scratch.h"
#include "term/line.h"

struct fixture {
	char *dir;
	struct scrollback *sb;
	struct cell *cells;
	struct scrollback_row *info;
};

#define CELLS_MAX 40000

static int
set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	f->dir = scratch_make();
	f->sb = scrollback_new();
	f->cells = mem_array(CELLS_MAX, sizeof *f->cells);
	f->info = mem_array(1000, sizeof *f->info);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	scrollback_free(f->sb);
	scratch_remove(f->dir);
	free(f->cells);
	free(f->info);
	free(f);
	return 0;
}

static size_t
add_log(struct fixture *f, const char *name, const char *text, size_t len)
{
	scratch_write(f->dir, name, text, len);
	char *path = file_join(f->dir, name);
	size_t segment = scrollback_add_log(f->sb, path);
	free(path);
	return segment;
}

static void
add_text(struct fixture *f, const char *name, const char *text)
{
	add_log(f, name, text, strlen(text));
}

/* The text shown in a window, a LF after each row used. */
static char *
window_text(struct fixture *f, const struct scrollback_window *w, int used)
{
	struct buf text = BUF_INIT;
	for (int row = 0; row < used; row++) {
		struct line line = { .cells = f->cells + row * w->cols,
			.count = (size_t)w->cols };
		line_text(&line, 0, line.count, &text);
		while (text.len && text.data[text.len - 1] == ' ')
			text.data[--text.len] = '\0';
		buf_add_char(&text, '\n');
	}
	return buf_take(&text);
}

static void
assert_window(struct fixture *f, const struct scrollback_window *w,
    struct scrollback_position top, const char *expected)
{
	int used = scrollback_fill(f->sb, w, &top, f->cells, f->info);
	char *text = window_text(f, w, used);
	assert_string_equal(text, expected);
	free(text);
}

static void
assert_bottom(struct fixture *f, const struct scrollback_window *w, const char *expected)
{
	int row, col;
	int used = scrollback_fill_bottom(f->sb, w, f->cells, f->info, &row, &col);
	char *text = window_text(f, w, used);
	assert_string_equal(text, expected);
	free(text);
	assert_window(f, w, scrollback_bottom(f->sb, w), expected);
}

static void
assert_cursor(struct fixture *f, const struct scrollback_window *w, int row, int col)
{
	int r, c;
	scrollback_fill_bottom(f->sb, w, f->cells, NULL, &r, &c);
	assert_int_equal(r, row);
	if (row >= 0)
		assert_int_equal(c, col);
}

static void
test_nothing_at_all_is_shown_as_nothing(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 3, .cols = 10, .wrap = true };
	assert_bottom(f, &w, "");
	add_text(f, "empty", "");
	char *missing = file_join(f->dir, "missing");
	scrollback_add_log(f->sb, missing);
	scrollback_add_log(f->sb, f->dir);
	free(missing);
	assert_bottom(f, &w, "");
	struct scrollback_position top = { 7, 1234, 5 };
	assert_window(f, &w, top, "");
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, 5), 0);
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, -5), 0);
	assert_int_equal(scrollback_percent(f->sb, &top), 100);
	assert_true(scrollback_is_bottom(f->sb, &w, &top));
	assert_int_equal(scrollback_size(f->sb), 0);
	scrollback_free(NULL);
}

static void
test_logs_and_captions_are_shown_in_order(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 10, .cols = 20 };
	add_text(f, "a", "a1\na2\n");
	add_text(f, "empty", "");
	size_t caption = scrollback_add_caption(f->sb, "== exit 1 ==");
	add_text(f, "b", "b1\n\nb3");
	assert_bottom(f, &w, "a1\na2\n== exit 1 ==\nb1\n\nb3\n");
	assert_int_equal(f->info[2].kind, SCROLLBACK_ROW_CAPTION);
	assert_int_equal(f->info[2].position.segment, caption);
	assert_int_equal(f->info[3].kind, SCROLLBACK_ROW_TEXT);
	assert_int_equal(f->info[6].kind, SCROLLBACK_ROW_NONE);
	scrollback_set_caption(f->sb, caption, "== exit 0 ==");
	w.rows = 4;
	assert_bottom(f, &w, "== exit 0 ==\nb1\n\nb3\n");
	assert_window(f, &w, scrollback_start(f->sb), "a1\na2\n== exit 0 ==\nb1\n");
	size_t last;
	assert_non_null(strstr(scrollback_last_log(f->sb, &last), "/b"));
	assert_int_equal(last, 3);
	scrollback_clear(f->sb);
	assert_int_equal(scrollback_count(f->sb), 0);
	assert_null(scrollback_last_log(f->sb, &last));
}

static void
test_scrolling_goes_by_rows_and_stops_at_both_ends(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 2, .cols = 4, .wrap = true };
	add_text(f, "a", "one two\nx\nthree\n");
	struct scrollback_position top = scrollback_start(f->sb);
	assert_window(f, &w, top, "one\ntwo\n");
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, 1), 1);
	assert_window(f, &w, top, "two\nx\n");
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, 100), 2);
	assert_window(f, &w, top, "thre\ne\n");
	assert_true(scrollback_is_bottom(f->sb, &w, &top));
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, -2), -2);
	assert_window(f, &w, top, "two\nx\n");
	assert_false(scrollback_is_bottom(f->sb, &w, &top));
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, -100), -1);
	assert_window(f, &w, top, "one\ntwo\n");
}

static void
test_rows_tell_their_position_and_column(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 4, .cols = 4, .wrap = true };
	add_text(f, "a", "x\none two\n");
	struct scrollback_position top = scrollback_start(f->sb);
	assert_int_equal(scrollback_fill(f->sb, &w, &top, f->cells, f->info), 3);
	assert_int_equal(f->info[1].position.offset, 2);
	assert_int_equal(f->info[1].column, 0);
	assert_int_equal(f->info[2].position.offset, 2);
	assert_int_equal(f->info[2].position.row, 1);
	assert_int_equal(f->info[2].column, 4);
	w.wrap = false;
	w.column = 5;
	assert_window(f, &w, top, "\nwo\n");
}

static void
test_colours_carry_over_from_above_the_window(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 1, .cols = 8 };
	add_text(f, "a", "\x1B[31mred\nstill\n\x1B[44m\x1B[K\nend\n");
	assert_bottom(f, &w, "end\n");
	assert_int_equal(f->cells[0].fg, CELL_PALETTE | 1);
	assert_int_equal(f->cells[7].bg, CELL_DEFAULT);
	struct scrollback_position top = scrollback_bottom(f->sb, &w);
	scrollback_scroll(f->sb, &w, &top, -1);
	scrollback_fill(f->sb, &w, &top, f->cells, NULL);
	assert_int_equal(f->cells[7].bg, CELL_PALETTE | 4);
	add_text(f, "b", "other\n");
	assert_bottom(f, &w, "other\n");
	assert_int_equal(f->cells[0].fg, CELL_DEFAULT);
}

static void
test_a_wide_character_is_not_torn_by_a_margin(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 4, .cols = 3, .wrap = true };
	add_text(f, "a", "ab\xE4\xB8\xAD" "c\n");
	assert_bottom(f, &w, "ab\n\xE4\xB8\xAD" "c\n");
	w.wrap = false;
	assert_bottom(f, &w, "ab\n");
	w.column = 3;
	assert_bottom(f, &w, " c\n");
	w = (struct scrollback_window){ .rows = 4, .cols = 1, .wrap = true };
	assert_bottom(f, &w, "a\nb\n\nc\n");
}

static void
test_a_growing_log_is_followed(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 2, .cols = 20 };
	add_text(f, "a", "one\ntw");
	assert_bottom(f, &w, "one\ntw\n");
	assert_cursor(f, &w, 1, 2);
	char *path = file_join(f->dir, "a");
	FILE *log = fopen(path, "a");
	fputs("o\nthree\n", log);
	fflush(log);
	assert_bottom(f, &w, "two\nthree\n");
	assert_cursor(f, &w, -1, 0);
	fputs("$ \rls", log);
	fclose(log);
	assert_bottom(f, &w, "three\nls\n");
	assert_cursor(f, &w, 1, 2);
	free(path);
}

static void
test_the_cursor_is_found_in_wrapped_lines(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 5, .cols = 4, .wrap = true };
	add_text(f, "a", "x\nabcdefghij\b\b\b");
	assert_cursor(f, &w, 2, 3);
	add_text(f, "b", "abcd");
	assert_cursor(f, &w, 4, 3);
	add_text(f, "c", "abcdefgh\r");
	w.rows = 1;
	assert_cursor(f, &w, -1, 0);
	scrollback_add_caption(f->sb, "end");
	assert_cursor(f, &w, -1, 0);
}

static void
test_a_log_that_shrinks_or_vanishes_is_survived(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 3, .cols = 20, .wrap = true };
	struct buf text = BUF_INIT;
	for (int i = 0; i < 30000; i++)
		buf_printf(&text, "line %d\n", i);
	add_log(f, "a", text.data, text.len);
	add_text(f, "b", "last\n");
	struct scrollback_position top = { 0, text.len - 11, 0 };
	assert_window(f, &w, top, "line 29999\nlast\n");
	scratch_write(f->dir, "a", "short\n", 6);
	assert_window(f, &w, top, "short\nlast\n");
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, -3), 0);
	char *path = file_join(f->dir, "a");
	unlink(path);
	scrollback_rest(f->sb);
	assert_window(f, &w, top, "last\n");
	assert_bottom(f, &w, "last\n");
	free(path);
	buf_release(&text);
}

static void
test_a_long_line_is_shown_in_pieces(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 10, .cols = 5 };
	struct buf text = BUF_INIT;
	buf_add_str(&text, "head\n");
	for (size_t i = 0; i < 3 * LINE_BYTES_MAX; i++)
		buf_add_char(&text, (char)('a' + (text.len / LINE_BYTES_MAX)));
	buf_add_str(&text, "\ntail\n");
	add_log(f, "a", text.data, text.len);
	assert_bottom(f, &w, "head\naaaaa\nbbbbb\nccccc\nddddd\ntail\n");
	struct scrollback_position top = scrollback_start(f->sb);
	w.rows = 1;
	for (int i = 0; i < 5; i++)
		assert_int_equal(scrollback_scroll(f->sb, &w, &top, 1), 1);
	assert_window(f, &w, top, "tail\n");
	for (int i = 0; i < 5; i++)
		assert_int_equal(scrollback_scroll(f->sb, &w, &top, -1), -1);
	assert_window(f, &w, top, "head\n");
	buf_release(&text);
}

static void
test_a_character_between_two_pieces_is_whole_in_the_first(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 2, .cols = 3 };
	struct buf text = BUF_INIT;
	while (text.len < LINE_BYTES_MAX - 1)
		buf_add_char(&text, 'x');
	buf_add_str(&text, "\xE4\xB8\xAD" "abc\n");
	add_log(f, "a", text.data, text.len);
	assert_bottom(f, &w, "xxx\nabc\n");
	w.column = LINE_BYTES_MAX - 2;
	assert_bottom(f, &w, "x\n\n");
	buf_release(&text);
}

/* The lines of a log by the rule of logs.h, found by reading it from its start. */
static size_t
slow_lines(const char *text, size_t len, size_t *starts, size_t max)
{
	size_t count = 0;
	for (size_t at = 0; at < len && count < max;) {
		starts[count++] = at;
		const char *lf = memchr(text + at, '\n', len - at);
		size_t end = lf ? (size_t)(lf - text) : len;
		if (end - at > LINE_BYTES_MAX)
			at = (at / LINE_BYTES_MAX + 1) * LINE_BYTES_MAX;
		else
			at = end + 1;
	}
	return count;
}

static void
add_random_lines(struct buf *text, uint64_t *dice)
{
	static const size_t lens[] = { 0, 1, 10, 80, 2047, 2048, 2049, 16384, LINE_BYTES_MAX - 1,
		LINE_BYTES_MAX, LINE_BYTES_MAX + 1, 2 * LINE_BYTES_MAX, 3 * LINE_BYTES_MAX + 7 };
	size_t lines = 1 + scratch_pick(dice, 12);
	for (size_t i = 0; i < lines; i++) {
		size_t len = lens[scratch_pick(dice, sizeof lens / sizeof *lens)];
		memset(buf_reserve(text, len), 'a' + (int)i, len);
		text->len += len;
		if (i + 1 < lines || scratch_pick(dice, 2))
			buf_add_char(text, '\n');
	}
}

static void
test_lines_are_the_same_from_either_end_and_from_the_middle(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 1, .cols = 1 };
	uint64_t dice = 12345;
	static size_t starts[200];
	for (int round = 0; round < 60; round++) {
		struct buf text = BUF_INIT;
		add_random_lines(&text, &dice);
		scrollback_clear(f->sb);
		add_log(f, "a", buf_str(&text), text.len);
		size_t count = slow_lines(buf_str(&text), text.len, starts, 200);
		struct scrollback_position top = scrollback_start(f->sb);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(top.offset, starts[i]);
			size_t next = i + 1 < count ? starts[i + 1] : text.len;
			struct scrollback_position inside = { .offset = starts[i] +
				scratch_pick(&dice, next - starts[i]) };
			scrollback_fill(f->sb, &w, &inside, f->cells, f->info);
			assert_int_equal(f->info[0].position.offset, starts[i]);
			scrollback_scroll(f->sb, &w, &top, 1);
		}
		for (size_t i = count; i-- > 0;) {
			assert_int_equal(top.offset, starts[i]);
			scrollback_scroll(f->sb, &w, &top, -1);
		}
		buf_release(&text);
	}
}

static void
test_scrolling_down_and_up_again_comes_back(void **state)
{
	struct fixture *f = *state;
	uint64_t dice = 77;
	struct buf text = BUF_INIT;
	for (int i = 0; i < 400; i++) {
		for (size_t n = scratch_pick(&dice, 60); n > 0; n--)
			buf_add_str(&text, scratch_pick(&dice, 5) ? "x" : "\xE4\xB8\xAD");
		buf_add_char(&text, '\n');
	}
	add_log(f, "a", text.data, text.len);
	for (int cols = 1; cols < 30; cols += 4) {
		struct scrollback_window w = { .rows = 7, .cols = cols, .wrap = true };
		struct scrollback_position top = scrollback_start(f->sb);
		for (int i = 0; i < 60; i++) {
			struct scrollback_position was = top;
			long by = (long)scratch_pick(&dice, 80) - 20;
			long moved = scrollback_scroll(f->sb, &w, &top, by);
			struct scrollback_position back = top;
			assert_int_equal(scrollback_scroll(f->sb, &w, &back, -moved), -moved);
			assert_int_equal(scrollback_compare(&was, &back), 0);
		}
	}
	buf_release(&text);
}

static void
test_percent_leads_there_and_back(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "line %06d\n", i);
	add_log(f, "a", text.data, text.len);
	add_log(f, "b", text.data, text.len);
	for (int percent = 0; percent < 100; percent += 7) {
		struct scrollback_position at = scrollback_at_percent(f->sb, percent);
		int back = scrollback_percent(f->sb, &at);
		assert_true(back == percent || back == percent - 1);
	}
	struct scrollback_position at = scrollback_at_percent(f->sb, 50);
	assert_int_equal(at.segment, 1);
	assert_int_equal(at.offset, 0);
	at = scrollback_at_percent(f->sb, 100);
	struct scrollback_window w = { .rows = 1, .cols = 11 };
	assert_window(f, &w, at, "line 009999\n");
	buf_release(&text);
}

static void
test_a_column_of_a_line_comes_to_the_middle(void **state)
{
	struct fixture *f = *state;
	struct scrollback_window w = { .rows = 3, .cols = 4, .wrap = true };
	add_text(f, "a", "a\nb\naaaabbbbccccdddd\nx\ny\n");
	struct scrollback_position line = { .offset = 4 };
	assert_window(f, &w, scrollback_around(f->sb, &w, &line, 9), "bbbb\ncccc\ndddd\n");
	line.offset = 0;
	assert_window(f, &w, scrollback_around(f->sb, &w, &line, 0), "a\nb\naaaa\n");
	line.offset = 23;
	assert_window(f, &w, scrollback_around(f->sb, &w, &line, 0), "dddd\nx\ny\n");
}

static void
test_the_end_of_a_huge_log_is_read_alone(void **state)
{
	struct fixture *f = *state;
	char *path = file_join(f->dir, "huge");
	FILE *log = fopen(path, "w");
	fputs("first\n", log);
	assert_int_equal(fseeko(log, (off_t)10 << 30, SEEK_SET), 0);
	fputs("\nlast but one\nlast\n", log);
	fclose(log);
	scrollback_add_log(f->sb, path);
	struct scrollback_window w = { .rows = 2, .cols = 20, .wrap = true };
	assert_bottom(f, &w, "last but one\nlast\n");
	struct scrollback_position top = scrollback_bottom(f->sb, &w);
	assert_int_equal(scrollback_scroll(f->sb, &w, &top, -3), -3);
	assert_window(f, &w, scrollback_start(f->sb), "first\n\n");
	free(path);
}

static size_t
count_descriptors(void)
{
	size_t count = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void
test_few_descriptors_are_kept_open(void **state)
{
	struct fixture *f = *state;
	size_t before = count_descriptors();
	for (int i = 0; i < 30; i++) {
		char name[16];
		snprintf(name, sizeof name, "log%d", i);
		add_text(f, name, "one\ntwo\n");
	}
	struct scrollback_window w = { .rows = 60, .cols = 20 };
	assert_int_equal(scrollback_fill_bottom(f->sb, &w, f->cells, NULL, NULL, NULL), 60);
	assert_int_equal(count_descriptors(), before + SCROLLBACK_FILES_OPEN);
	scrollback_rest(f->sb);
	assert_int_equal(count_descriptors(), before);
	assert_int_equal(scrollback_fill_bottom(f->sb, &w, f->cells, NULL, NULL, NULL), 60);
}

static void
test_lines_are_copied_as_they_are_read(void **state)
{
	struct fixture *f = *state;
	add_text(f, "a", "\x1B[31mred\x1B[0m\n10%\r20%\n\ngr\xC3\xBC\xC3\x9F\nno\n");
	struct scrollback_position from = scrollback_start(f->sb);
	struct buf text = BUF_INIT;
	scrollback_text(f->sb, &from, 4, &text);
	assert_string_equal(text.data, "red\n20%\n\ngr\xC3\xBC\xC3\x9F\n");
	buf_clear(&text);
	scrollback_text(f->sb, &from, 100, &text);
	assert_string_equal(text.data, "red\n20%\n\ngr\xC3\xBC\xC3\x9F\nno\n");
	buf_release(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_at_all_is_shown_as_nothing),
		TEST(test_logs_and_captions_are_shown_in_order),
		TEST(test_scrolling_goes_by_rows_and_stops_at_both_ends),
		TEST(test_rows_tell_their_position_and_column),
		TEST(test_colours_carry_over_from_above_the_window),
		TEST(test_a_wide_character_is_not_torn_by_a_margin),
		TEST(test_a_growing_log_is_followed),
		TEST(test_the_cursor_is_found_in_wrapped_lines),
		TEST(test_a_log_that_shrinks_or_vanishes_is_survived),
		TEST(test_a_long_line_is_shown_in_pieces),
		TEST(test_a_character_between_two_pieces_is_whole_in_the_first),
		TEST(test_lines_are_the_same_from_either_end_and_from_the_middle),
		TEST(test_scrolling_down_and_up_again_comes_back),
		TEST(test_percent_leads_there_and_back),
		TEST(test_a_column_of_a_line_comes_to_the_middle),
		TEST(test_the_end_of_a_huge_log_is_read_alone),
		TEST(test_few_descriptors_are_kept_open),
		TEST(test_lines_are_copied_as_they_are_read),
	};
	return cmocka_run_group_tests_name("scrollback", tests, NULL, NULL);
}
