#include "term/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"
#include "term/line.h"

struct fixture {
	char *dir;
	struct scrollback *sb;
};

static int
set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	f->dir = scratch_make();
	f->sb = scrollback_new();
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	scrollback_free(f->sb);
	scratch_remove(f->dir);
	free(f);
	return 0;
}

static void
add_log(struct fixture *f, const char *name, const char *text, size_t len)
{
	scratch_write(f->dir, name, text, len);
	char *path = file_join(f->dir, name);
	scrollback_add_log(f->sb, path);
	free(path);
}

static void
add_text(struct fixture *f, const char *name, const char *text)
{
	add_log(f, name, text, strlen(text));
}

static struct search *
make(const char *pattern)
{
	struct err err = ERR_INIT;
	struct search *search = search_new(pattern, &err);
	if (!search)
		fail_msg("%s", err.text);
	return search;
}

/* Runs a search to its end. Returns whether it found something. */
static bool
run(struct search *search, struct fixture *f, struct search_match *match)
{
	enum search_state state;
	do
		state = search_step(search, f->sb, match);
	while (state == SEARCH_GOING_ON);
	return state == SEARCH_FOUND;
}

/* Finds all lines that match, by n or N from either end, and gives "segment:offset ". */
static char *
find_all(struct fixture *f, const char *pattern, bool backward)
{
	struct search *search = make(pattern);
	struct buf found = BUF_INIT;
	struct search_match match;
	struct scrollback_position at = scrollback_start(f->sb);
	struct scrollback_window w = { .rows = 1, .cols = 1 };
	if (backward)
		at = scrollback_bottom(f->sb, &w);
	search_start(search, f->sb, &at, backward, true);
	while (run(search, f, &match)) {
		buf_printf(&found, "%zu:%ju ", match.line.segment, (uintmax_t)match.line.offset);
		search_start(search, f->sb, &match.line, backward, false);
	}
	search_free(search);
	return buf_take(&found);
}

static void
assert_found(struct fixture *f, const char *pattern, const char *forward, const char *backward)
{
	char *found = find_all(f, pattern, false);
	assert_string_equal(found, forward);
	free(found);
	found = find_all(f, pattern, true);
	assert_string_equal(found, backward);
	free(found);
}

static void
test_a_wrong_pattern_is_explained(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_null(search_new("a(b", &err));
	assert_non_null(strstr(err.text, "at column 4"));
	assert_null(search_new("", &err));
	assert_string_equal(err.text, "the pattern is empty");
	struct buf longer = BUF_INIT;
	for (size_t i = 0; i <= SEARCH_PATTERN_MAX; i++)
		buf_add_char(&longer, 'a');
	assert_null(search_new(longer.data, &err));
	assert_string_equal(err.text, "the pattern is longer than 4096 bytes");
	buf_release(&longer);
	assert_null(search_new("\xFF", NULL));
	search_free(NULL);
}

static void
test_matching_lines_are_found_in_both_directions(void **state)
{
	struct fixture *f = *state;
	assert_found(f, "x", "", "");
	add_text(f, "a", "foo\nbar\nfoo bar\n\nlast foo");
	scrollback_add_caption(f->sb, "install foo");
	add_text(f, "empty", "");
	add_text(f, "b", "none\nfoo\n");
	assert_found(f, "foo", "0:0 0:8 0:17 1:0 3:5 ", "3:5 1:0 0:17 0:8 0:0 ");
	assert_found(f, "^foo$", "0:0 3:5 ", "3:5 0:0 ");
	assert_found(f, "^$", "0:16 ", "0:16 ");
	assert_found(f, "foo$", "0:0 0:17 1:0 3:5 ", "3:5 1:0 0:17 0:0 ");
	assert_found(f, "nothing", "", "");
}

static void
test_lower_case_ignores_case_and_upper_case_does_not(void **state)
{
	struct fixture *f = *state;
	add_text(f, "a", "Error\nerror\n\xC3\x84rger\n");
	assert_found(f, "error", "0:0 0:6 ", "0:6 0:0 ");
	assert_found(f, "Error", "0:0 ", "0:0 ");
	assert_found(f, "\xC3\xA4rger", "0:12 ", "0:12 ");
	assert_found(f, "\\Serror|\\Werror|erro\\D", "0:0 0:6 ", "0:6 0:0 ");
}

static void
test_what_people_see_is_searched(void **state)
{
	struct fixture *f = *state;
	add_text(f, "a", "\x1B[31mer\x1B[0mror\n10%\r20%\nabc\bd\n\x1B]0;title\a\ndos\r\n");
	assert_found(f, "error", "0:0 ", "0:0 ");
	assert_found(f, "10%", "", "");
	assert_found(f, "20%", "0:15 ", "0:15 ");
	assert_found(f, "abd", "0:23 ", "0:23 ");
	assert_found(f, "title|31m", "", "");
	assert_found(f, "dos$", "0:40 ", "0:40 ");
}

static void
test_a_match_stays_within_its_line(void **state)
{
	struct fixture *f = *state;
	add_text(f, "a", "foo\nfoo x bar\nbar\n");
	assert_found(f, "foo[^y]*bar", "0:4 ", "0:4 ");
	assert_found(f, "foo\\sbar", "", "");
	assert_found(f, "o\nf", "", "");
	struct buf text = BUF_INIT;
	for (int i = 0; i < 200; i++)
		buf_add_str(&text, "foo\n");
	buf_add_str(&text, "foo bar\nfoo\n");
	add_log(f, "b", text.data, text.len);
	assert_found(f, "foo[^y]*bar", "0:4 1:800 ", "1:800 0:4 ");
	buf_release(&text);
}

static void
test_columns_of_a_match_are_columns_of_the_screen(void **state)
{
	struct fixture *f = *state;
	struct search_span spans[8];
	struct scrollback_position line = { 0 };
	add_text(f, "a", "a\tfoo \xE4\xB8\xAD" "foo\n\x1B[1mx\x1B[0m\tfoo\n");
	struct search *search = make("foo");
	assert_int_equal(search_line(search, f->sb, &line, spans, 8), 2);
	assert_int_equal(spans[0].first, 8);
	assert_int_equal(spans[0].end, 11);
	assert_int_equal(spans[1].first, 14);
	assert_int_equal(spans[1].end, 17);
	assert_int_equal(search_line(search, f->sb, &line, spans, 1), 1);
	line.offset = 13;
	assert_int_equal(search_line(search, f->sb, &line, spans, 8), 1);
	assert_int_equal(spans[0].first, 8);
	assert_string_equal(search_pattern(search), "foo");
	line.segment = 9;
	assert_int_equal(search_line(search, f->sb, &line, spans, 8), 0);
	search_free(search);
	search = make("o*");
	line = (struct scrollback_position){ 0 };
	assert_int_equal(search_line(search, f->sb, &line, spans, 8), 8);
	search_free(search);
}

static void
test_invalid_utf8_hides_no_match_beside_it(void **state)
{
	struct fixture *f = *state;
	add_log(f, "a", "\xFF\xFE foo\n\0\0foo\xC3\n\x1B[1m\xFF" "foo\n", 23);
	assert_found(f, "foo", "0:0 0:7 0:14 ", "0:14 0:7 0:0 ");
}

static void
test_a_costly_pattern_ends_and_says_so(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	for (int line = 0; line < 200; line++) {
		for (int i = 0; i < 60; i++)
			buf_add_char(&text, 'a');
		buf_add_str(&text, "b\n");
	}
	add_log(f, "a", text.data, text.len);
	add_text(f, "b", "ac\n");
	struct search *search = make("^(a+)+[cd]");
	struct search_match match;
	struct scrollback_position at = scrollback_start(f->sb);
	search_start(search, f->sb, &at, false, true);
	assert_true(run(search, f, &match));
	assert_int_equal(match.line.segment, 1);
	assert_true(search_skipped(search));
	search_free(search);
	search = make("ac");
	search_start(search, f->sb, &at, false, true);
	assert_true(run(search, f, &match));
	assert_false(search_skipped(search));
	search_free(search);
	buf_release(&text);
}

static void
test_a_step_looks_at_one_slice(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	while (text.len < 5 * SEARCH_SLICE)
		buf_printf(&text, "line %zu\n", text.len);
	size_t offset = text.len;
	buf_add_str(&text, "needle\n");
	add_log(f, "a", text.data, text.len);
	struct search *search = make("needle");
	struct scrollback_position at = { 0 };
	struct search_match match;
	int steps = 1;
	search_start(search, f->sb, &at, false, true);
	while (search_step(search, f->sb, &match) == SEARCH_GOING_ON)
		steps++;
	assert_int_equal(match.line.offset, offset);
	assert_in_range(steps, 5, 7);
	assert_int_equal(search_step(search, f->sb, &match), SEARCH_NOT_FOUND);
	search_free(search);
	buf_release(&text);
}

static void
test_pieces_of_a_long_line_are_searched_each(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	buf_add_str(&text, "head\n");
	while (text.len < 40 * LINE_BYTES_MAX)
		buf_add_str(&text, text.len == 1280 * 1024 ? "needle.." : "........");
	buf_add_str(&text, "needle\n");
	memcpy(text.data + 20 * LINE_BYTES_MAX + 100, "needle", 6);
	add_log(f, "a", text.data, text.len);
	size_t last = text.len - 7 - (text.len - 7) % LINE_BYTES_MAX;
	char *forward = mem_printf("0:%zu 0:%zu ", 20 * LINE_BYTES_MAX, last);
	char *backward = mem_printf("0:%zu 0:%zu ", last, 20 * LINE_BYTES_MAX);
	assert_found(f, "needle", forward, backward);
	free(forward);
	free(backward);
	buf_release(&text);
}

/* What a plain look at every line gives. */
static char *
slow_find(const char *text, const char *word, bool backward)
{
	struct buf found = BUF_INIT;
	char *all[5000];
	size_t count = 0;
	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n');
		if (memmem(line, (size_t)(end - line), word, strlen(word)))
			all[count++] = mem_printf("0:%td ", line - text);
		line = *end ? end + 1 : end;
	}
	for (size_t i = 0; i < count; i++)
		buf_add_str(&found, all[backward ? count - 1 - i : i]);
	for (size_t i = 0; i < count; i++)
		free(all[i]);
	return buf_take(&found);
}

static void
test_random_logs_give_what_a_look_at_every_line_gives(void **state)
{
	struct fixture *f = *state;
	uint64_t dice = 2026;
	static const char *const words[] = { "ab", "cd", " ", "\n", "\xE4\xB8\xAD", "ac", "\n\n" };
	for (int round = 0; round < 25; round++) {
		struct buf text = BUF_INIT;
		for (size_t n = 200 + scratch_pick(&dice, 3000); n > 0; n--) {
			buf_add_str(&text, words[scratch_pick(&dice, 7)]);
			if (scratch_pick(&dice, 300) == 0)
				buf_add_str(&text, round % 2 ? "needle" : "needle\x1B[m");
		}
		scrollback_clear(f->sb);
		add_log(f, "a", text.data, text.len);
		char *forward = slow_find(text.data, "needle", false);
		char *backward = slow_find(text.data, "needle", true);
		assert_found(f, "needle", forward, backward);
		free(forward);
		free(backward);
		buf_release(&text);
	}
}

static void
test_a_log_that_vanishes_during_a_search_ends_it(void **state)
{
	struct fixture *f = *state;
	add_text(f, "a", "foo\nbar\n");
	struct search *search = make("zzz");
	struct scrollback_position at = { 0 };
	struct search_match match;
	search_start(search, f->sb, &at, false, true);
	scratch_write(f->dir, "a", "", 0);
	assert_false(run(search, f, &match));
	search_start(search, f->sb, &at, true, true);
	scrollback_clear(f->sb);
	assert_false(run(search, f, &match));
	search_free(search);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_wrong_pattern_is_explained),
		TEST(test_matching_lines_are_found_in_both_directions),
		TEST(test_lower_case_ignores_case_and_upper_case_does_not),
		TEST(test_what_people_see_is_searched),
		TEST(test_a_match_stays_within_its_line),
		TEST(test_columns_of_a_match_are_columns_of_the_screen),
		TEST(test_invalid_utf8_hides_no_match_beside_it),
		TEST(test_a_costly_pattern_ends_and_says_so),
		TEST(test_a_step_looks_at_one_slice),
		TEST(test_pieces_of_a_long_line_are_searched_each),
		TEST(test_random_logs_give_what_a_look_at_every_line_gives),
		TEST(test_a_log_that_vanishes_during_a_search_ends_it),
	};
	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
