#include "term/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

/* What a fresh filter makes of the bytes, with LF as it comes. */
static struct buf
filtered(const char *bytes, size_t len)
{
	struct buf out = BUF_INIT;
	struct filter *filter = filter_new();
	filter_feed(filter, bytes, len, false, &out);
	filter_free(filter);
	return out;
}

static void
assert_filtered(const char *bytes, const char *expected)
{
	struct buf out = filtered(bytes, strlen(bytes));
	assert_string_equal(buf_str(&out), expected);
	buf_release(&out);
}

static void
assert_passes(const char *bytes)
{
	assert_filtered(bytes, bytes);
}

static void
test_text_passes_and_bad_bytes_are_replaced(void **state)
{
	(void)state;
	assert_passes("text gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
	assert_filtered("a\xFF" "b", "a\xEF\xBF\xBD" "b");
	assert_filtered("a\xE2\x82x", "a\xEF\xBF\xBD\xEF\xBF\xBDx");
	assert_filtered("a\xC2\x9B" "31mb", "a31mb");
	assert_filtered("a\x7F" "b", "ab");
	assert_filtered("\xE3\x81\x8B\xE3\x82\x99\xE3\x82\x9A\xE3\x80\xAA\xE3\x80\xAF!",
	    "\xE3\x81\x8B!");
}

static void
test_of_control_characters_only_harmless_ones_pass(void **state)
{
	(void)state;
	assert_passes("\a\b\t\n\v\f\r\x0E\x0F");
	assert_filtered("\x01\x02\x03\x04\x05\x06\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A"
	    "\x1C\x1D\x1E\x1F", "");
	struct buf out = filtered("a\0b", 3);
	assert_string_equal(out.data, "ab");
	buf_release(&out);
}

static void
test_escapes_of_the_list_pass_and_no_others(void **state)
{
	(void)state;
	assert_passes("\x1B" "7\x1B" "8\x1B=\x1B>\x1B" "D\x1B" "E\x1BH\x1BM\x1B" "c");
	assert_passes("\x1B#3\x1B#8\x1B(0\x1B)B\x1B*A\x1B+0");
	assert_filtered("\x1BZ\x1BN\x1BO\x1B" "F\x1Bn\x1B|", "");
	assert_filtered("\x1B#P\x1B#9\x1B(C\x1B%G\x1B F\x1B((0", "");
	assert_filtered("a\x1B\x1B\x1B[1mb", "a\x1B[1mb");
}

static void
test_control_sequences_pass_within_the_limits(void **state)
{
	(void)state;
	assert_passes("\x1B[2;5H\x1B[K\x1B[1;5r\x1B[6n\x1B[>c\x1B[?25$p\x1B[!p\x1B[2 q");
	assert_passes("\x1B[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15H");
	assert_filtered("\x1B[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16H", "");
	assert_passes("\x1B[9999A");
	assert_filtered("\x1B[10000A", "");
	assert_filtered("\x1B[5b", "");
	assert_filtered("\x1B[1$$p", "");
	assert_filtered("\x1B[1:2H", "");
	assert_filtered("\x1B[1?2H", "");
	assert_filtered("\x1B[1\n2Hx", "\n2Hx");
	assert_filtered("\x1B[1\x18x", "x");
	assert_filtered("\x1B[1\x1B[2Ax", "\x1B[2Ax");
}

static void
test_an_overlong_control_sequence_is_dropped_whole(void **state)
{
	(void)state;
	struct buf in = BUF_INIT;
	buf_add_str(&in, "a\x1B[");
	for (int i = 0; i < 2 * FILTER_SEQUENCE_MAX; i++)
		buf_add_char(&in, '1');
	buf_add_str(&in, "Hb");
	assert_filtered(in.data, "ab");
	buf_release(&in);
}

static void
test_sgr_is_written_anew(void **state)
{
	(void)state;
	assert_passes("\x1B[m\x1B[0m\x1B[1;31m\x1B[38;5;9m\x1B[48;2;1;2;3m");
	assert_filtered("\x1B[38:5:9m", "\x1B[38;5;9m");
	assert_filtered("\x1B[48:2::1:2:3;1m", "\x1B[48;2;1;2;3;1m");
	assert_filtered("\x1B[;1m", "\x1B[0;1m");
	assert_filtered("\x1B[4:3m\x1B[4:0m", "\x1B[4m\x1B[24m");
	assert_filtered("\x1B[58;5;1m\x1B[58:2::1:2:3m", "");
	assert_filtered("\x1B[58;2;1;2;3;4m", "\x1B[4m");
	assert_filtered("\x1B[38;5m", "");
	assert_filtered("\x1B[6m", "\x1B[5m");
	assert_filtered("\x1B[>4;2m", "\x1B[>4;2m");
}

static void
test_many_sgr_parameters_come_in_several_sequences(void **state)
{
	(void)state;
	assert_filtered("\x1B[1;1;1;1;1;1;1;1;1;1;1;1;1;38;2;1;2;3;48;2;4;5;6m",
	    "\x1B[1;1;1;1;1;1;1;1;1;1;1;1;1m\x1B[38;2;1;2;3;48;2;4;5;6m");
}

static void
test_private_modes_pass_one_by_one_when_known(void **state)
{
	(void)state;
	assert_filtered("\x1B[?25;1049h", "\x1B[?25h\x1B[?1049h");
	assert_filtered("\x1B[?47l", "\x1B[?1047l");
	assert_filtered("\x1B[?3h\x1B[?1004h\x1B[?2026h\x1B[?9999h", "");
}

static void
test_modes_are_known_to_who_asks(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	struct filter *filter = filter_new();
	const struct filter_modes *modes = filter_modes(filter);
	filter_feed(filter, "\x1B[?1;25l\x1B[?1049;1;2004h", 24, false, &out);
	assert_true(modes->alternate && modes->app_cursor && modes->bracketed_paste);
	assert_true(modes->cursor_hidden);
	buf_clear(&out);
	filter_feed(filter, "\x1B" "c", 2, false, &out);
	assert_string_equal(out.data, "\x1B[?1049l\x1B" "c");
	assert_false(modes->alternate || modes->app_cursor || modes->cursor_hidden);
	buf_release(&out);
	filter_free(filter);
}

static void
test_control_strings_are_swallowed(void **state)
{
	(void)state;
	assert_filtered("a\x1B]52;c;AAAA\ab", "ab");
	assert_filtered("a\x1B]8;;http://x\x1B\\b", "ab");
	assert_filtered("a\x1BPq#0;\a1\x1B\\b\x1B_x\x1B\\c\x1B^x\x1B\\d\x1BXx\x1B\\e", "abcde");
	assert_filtered("a\x1B]0;x\x18" "b\x1BPx\x1A" "c", "abc");
	assert_filtered("a\x1B]0;no end\nb", "a\nb");
	assert_filtered("a\x1B]0;x\x1B[1mb", "a\x1B[1mb");
}

static void
test_a_title_is_kept_clean_and_short(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	struct filter *filter = filter_new();
	assert_string_equal(filter_title(filter), "");
	filter_feed(filter, "\x1B]2;one\a", 8, false, &out);
	assert_string_equal(filter_title(filter), "one");
	filter_feed(filter, "\x1B]1;icon\a\x1B]52;c;x\a", 18, false, &out);
	assert_string_equal(filter_title(filter), "one");
	filter_feed(filter, "\x1B]0;a\x01\xFF\xE2\x80\xAE\x1B\\", 12, false, &out);
	assert_string_equal(filter_title(filter), "a^A\\xFF<U+202E>");
	struct buf in = BUF_INIT;
	buf_add_str(&in, "\x1B]0;");
	for (int i = 0; i < 500; i++)
		buf_add_str(&in, "\xE4\xB8\xAD");
	buf_add_str(&in, "\a");
	filter_feed(filter, in.data, in.len, false, &out);
	assert_int_equal(strlen(filter_title(filter)), 99);
	assert_int_equal(out.len, 0);
	filter_reset(filter);
	assert_string_equal(filter_title(filter), "");
	buf_release(&in);
	buf_release(&out);
	filter_free(filter);
}

static void
test_lf_is_a_new_line_on_the_main_screen_only(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	struct filter *filter = filter_new();
	filter_feed(filter, "a\n\x1B[?1049hb\n\x1B[?1049lc\n", 22, true, &out);
	assert_string_equal(out.data, "a\r\n\x1B[?1049hb\n\x1B[?1049lc\r\n");
	buf_release(&out);
	filter_free(filter);
}

static void
add_random(struct buf *in, uint64_t *seed)
{
	static const char *const pieces[] = { "\x1B[", "\x1B]0;", "\x1BP", "\x1B\\", "\a", "38:2:",
		";5;", "m", "H", "?1049h", "\xE4\xB8", "\xAD", "\xF0\x9F", "\x1B(", "\n", "text",
		"b", "\x18", "\x1B", "99999" };
	for (int i = 0; i < 40; i++) {
		uint32_t r = (uint32_t)scratch_random(seed);
		if (r % 4)
			buf_add_str(in, pieces[(r >> 8) % 20]);
		else
			buf_add_char(in, (char)(r >> 8));
	}
}

static void
test_the_cut_between_two_feeds_makes_no_difference(void **state)
{
	(void)state;
	uint64_t seed = 99;
	for (int round = 0; round < 1500; round++) {
		struct buf in = BUF_INIT, parts = BUF_INIT;
		add_random(&in, &seed);
		struct buf whole = filtered(in.data, in.len);
		struct filter *filter = filter_new();
		for (size_t at = 0; at < in.len;) {
			size_t n = 1 + scratch_pick(&seed, 5);
			if (n > in.len - at)
				n = in.len - at;
			filter_feed(filter, in.data + at, n, false, &parts);
			at += n;
		}
		filter_free(filter);
		assert_int_equal(whole.len, parts.len);
		if (whole.len)
			assert_memory_equal(whole.data, parts.data, whole.len);
		buf_release(&in);
		buf_release(&whole);
		buf_release(&parts);
	}
}

static void
test_what_passed_passes_again_unchanged(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (int round = 0; round < 1500; round++) {
		struct buf in = BUF_INIT;
		add_random(&in, &seed);
		struct buf once = filtered(in.data, in.len);
		struct buf twice = filtered(buf_str(&once), once.len);
		assert_string_equal(buf_str(&once), buf_str(&twice));
		buf_release(&in);
		buf_release(&once);
		buf_release(&twice);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_passes_and_bad_bytes_are_replaced),
		cmocka_unit_test(test_of_control_characters_only_harmless_ones_pass),
		cmocka_unit_test(test_escapes_of_the_list_pass_and_no_others),
		cmocka_unit_test(test_control_sequences_pass_within_the_limits),
		cmocka_unit_test(test_an_overlong_control_sequence_is_dropped_whole),
		cmocka_unit_test(test_sgr_is_written_anew),
		cmocka_unit_test(test_many_sgr_parameters_come_in_several_sequences),
		cmocka_unit_test(test_private_modes_pass_one_by_one_when_known),
		cmocka_unit_test(test_modes_are_known_to_who_asks),
		cmocka_unit_test(test_control_strings_are_swallowed),
		cmocka_unit_test(test_a_title_is_kept_clean_and_short),
		cmocka_unit_test(test_lf_is_a_new_line_on_the_main_screen_only),
		cmocka_unit_test(test_the_cut_between_two_feeds_makes_no_difference),
		cmocka_unit_test(test_what_passed_passes_again_unchanged),
	};
	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
