#include "base/text.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "scratch.h"

static void
assert_decodes(const char *bytes, size_t len, size_t taken, uint32_t expected)
{
	uint32_t code = 0;
	assert_int_equal(text_decode(bytes, len, &code), taken);
	if (taken)
		assert_int_equal(code, expected);
}

static void
test_decode_takes_valid_sequences_only(void **state)
{
	(void)state;
	assert_decodes("a", 1, 1, 'a');
	assert_decodes("\0", 1, 1, 0);
	assert_decodes("\xC3\xA9x", 3, 2, 0xE9);
	assert_decodes("\xE2\x82\xAC", 3, 3, 0x20AC);
	assert_decodes("\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF);
	assert_decodes("\xF4\x90\x80\x80", 4, 1, 0xFFFD);
	assert_decodes("\xC0\x80", 2, 1, 0xFFFD);
	assert_decodes("\xE0\x9F\xBF", 3, 1, 0xFFFD);
	assert_decodes("\xF0\x8F\xBF\xBF", 4, 1, 0xFFFD);
	assert_decodes("\xED\xA0\x80", 3, 1, 0xFFFD);
	assert_decodes("\x80", 1, 1, 0xFFFD);
	assert_decodes("\xFF", 1, 1, 0xFFFD);
	assert_decodes("\xE2\x82x", 3, 1, 0xFFFD);
}

static void
test_decode_waits_for_an_unfinished_sequence(void **state)
{
	(void)state;
	assert_decodes("\xC3", 1, 0, 0);
	assert_decodes("\xE2\x82", 2, 0, 0);
	assert_decodes("\xF0\x9F\x98", 3, 0, 0);
	assert_decodes("\xED\xA0", 2, 1, 0xFFFD);
}

static void
test_every_code_point_survives_encode_and_decode(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	for (uint32_t code = 0; code <= 0x10FFFF; code++) {
		buf_clear(&b);
		text_encode(&b, code);
		bool surrogate = code >= 0xD800 && code <= 0xDFFF;
		uint32_t back = 0;
		if (text_decode(b.data, b.len, &back) != b.len ||
		    back != (surrogate ? 0xFFFD : code))
			fail_msg("U+%04X", (unsigned)code);
	}
	buf_release(&b);
}

static void
test_utf8_is_told_from_other_bytes(void **state)
{
	(void)state;
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("gr\xC3\xBC\xC3\x9F\x65", 7));
	assert_true(text_is_utf8("\xEF\xBF\xBD", 3));
	assert_false(text_is_utf8("gr\xFC\xDF", 4));
	assert_false(text_is_utf8("\xC3", 1));
}

static void
assert_escaped(const char *bytes, size_t len, bool keep_lines, const char *expected)
{
	struct buf b = BUF_INIT;
	text_escape(&b, bytes, len, keep_lines);
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

static void
test_escape_shows_what_would_act_on_the_terminal(void **state)
{
	(void)state;
	assert_escaped("a\x1B[31mb", 7, false, "a^[[31mb");
	assert_escaped("a\0b\x7F", 4, false, "a^@b^?");
	assert_escaped("l1\n\tl2", 6, false, "l1^J^Il2");
	assert_escaped("l1\n\tl2\r", 7, true, "l1\n\tl2^M");
	assert_escaped("\xC2\x9B" "31m", 5, false, "<U+009B>31m");
	assert_escaped("\x9B", 1, false, "\\x9B");
	assert_escaped("x\xE2\x80\xAEy", 5, false, "x<U+202E>y");
	assert_escaped("\xE2\x80\x8B", 3, false, "<U+200B>");
	assert_escaped("\xE2\x80\xA8", 3, false, "<U+2028>");
	assert_escaped("\xE2\x82", 2, false, "\\xE2\\x82");
	assert_escaped("gr\xC3\xBC\xC3\x9F", 6, false, "gr\xC3\xBC\xC3\x9F");
}

static void
assert_no_control_passes(const char *bytes, size_t len)
{
	assert_true(text_is_utf8(bytes, len));
	for (size_t i = 0; i < len;) {
		uint32_t code = 0;
		i += text_decode(bytes + i, len - i, &code);
		assert_false(code < 0x20 || (code >= 0x7F && code < 0xA0));
		assert_false(code >= 0x200B && code <= 0x200F);
		assert_false(code >= 0x2028 && code <= 0x202E);
		assert_false(code >= 0x2066 && code <= 0x2069);
	}
}

static void
test_escape_lets_no_control_through_whatever_the_bytes(void **state)
{
	(void)state;
	static const char *const pieces[] = { "\x1B[", "\xE2\x80", "\xAE", "\xC2", "\x9B",
		"\xE2\x81\xA6", "text", "\r", "\x90", "\xF0\x9F" };
	uint64_t seed = 4711;
	struct buf in = BUF_INIT, out = BUF_INIT;
	for (int round = 0; round < 2000; round++) {
		buf_clear(&in);
		buf_clear(&out);
		for (int i = 0; i < 12; i++) {
			uint32_t r = (uint32_t)scratch_random(&seed);
			if (r % 3)
				buf_add_str(&in, pieces[r / 3 % 10]);
			else
				buf_add_char(&in, (char)(r >> 8));
		}
		text_escape(&out, in.data, in.len, false);
		assert_no_control_passes(out.data, out.len);
	}
	buf_release(&in);
	buf_release(&out);
}

static void
assert_cleaned(const char *raw, const char *expected)
{
	struct buf b = BUF_INIT;
	text_clean(&b, raw, strlen(raw));
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

static void
test_clean_leaves_what_a_person_reads(void **state)
{
	(void)state;
	assert_cleaned("\x1B[1;31merror\x1B[0m: no\n", "error: no\n");
	assert_cleaned("10%\r50%\r100%\nnext", "100%\nnext");
	assert_cleaned("dos\r\nline\r\r\n", "dos\nline\n");
	assert_cleaned("end\r", "end");
	assert_cleaned("\x1B]0;title\atext\x1B]8;;u\x1B\\link\x1B]8;;\x1B\\", "textlink");
	assert_cleaned("a\x1B(Bb\x1B=c\x1BPq#1\x1B\\d", "abcd");
	assert_cleaned("open\x1B]0;never ended\nnext\n", "open\nnext\n");
	assert_cleaned("cut\x1B[31", "cut");
	assert_cleaned("tab\there\a", "tab\there^G");
	assert_cleaned("\n\n", "\n\n");
	assert_cleaned("\x1B[3\x1B[0mx\x1B", "x");
}

static void
test_sequence_length_ends_at_final_byte_or_breaking_control(void **state)
{
	(void)state;
	assert_int_equal(text_sequence_len("\x1B", 1), 1);
	assert_int_equal(text_sequence_len("\x1B[31mx", 6), 5);
	assert_int_equal(text_sequence_len("\x1B[3\nx", 5), 3);
	assert_int_equal(text_sequence_len("\x1B]0;a\x1B\\b", 9), 7);
	assert_int_equal(text_sequence_len("\x1B" "Pa\ab\x1B\\", 7), 7);
	assert_int_equal(text_sequence_len("\x1B\x1B[m", 4), 1);
	assert_int_equal(text_sequence_len("\x1B(0x", 4), 3);
}

static void
test_shell_quote_leaves_safe_words_alone(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "plain", "plain" }, { "", "''" },
		{ "/a-b_c.d:e,f=g+h%i@j", "/a-b_c.d:e,f=g+h%i@j" }, { "a b", "'a b'" },
		{ "it's", "'it'\\''s'" }, { "$(x)", "'$(x)'" }, { "*", "'*'" },
		{ "~", "'~'" }, { "a\nb", "'a\nb'" }, { "\xC3\xBC", "'\xC3\xBC'" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = BUF_INIT;
		text_shell_quote(&b, cases[i][0]);
		assert_string_equal(b.data, cases[i][1]);
		buf_release(&b);
	}
}

static void
test_a_shell_gives_back_what_was_quoted(void **state)
{
	(void)state;
	struct buf word = BUF_INIT, command = BUF_INIT;
	for (int c = 1; c < 256; c++)
		buf_add_char(&word, (char)c);
	buf_add_str(&command, "printf %s ");
	text_shell_quote(&command, word.data);
	FILE *shell = popen(command.data, "r");
	assert_non_null(shell);
	char back[512];
	size_t n = fread(back, 1, sizeof back, shell);
	assert_int_equal(pclose(shell), 0);
	assert_int_equal(n, word.len);
	assert_memory_equal(back, word.data, n);
	buf_release(&word);
	buf_release(&command);
}

static void
test_width_of_wide_combining_and_undrawable_characters(void **state)
{
	(void)state;
	assert_int_equal(text_width('a'), 1);
	assert_int_equal(text_width(0x00E9), 1);
	assert_int_equal(text_width(0x0301), 0);
	assert_int_equal(text_width(0x4E2D), 2);
	assert_int_equal(text_width(0x1F600), 2);
	assert_int_equal(text_width(0xFFFD), 1);
	assert_int_equal(text_width(0), -1);
	assert_int_equal(text_width('\n'), -1);
	assert_int_equal(text_width(0x85), -1);
	assert_int_equal(text_width(0x202E), -1);
	assert_int_equal(text_width(0x200D), -1);
	assert_int_equal(text_width(0xD800), -1);
	assert_int_equal(text_width(0x110000), -1);
	assert_int_equal(text_columns("a\xE4\xB8\xAD\x01z"), 5);
	assert_int_equal(text_columns(""), 0);
}

static void
test_width_follows_the_locale_where_one_is_set(void **state)
{
	(void)state;
	assert_int_equal(text_width(0x3248), 1);
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	int width = text_width(0x3248);
	int circled = wcwidth(0x3248);
	int wide = text_width(0x4E2D);
	int undrawable = text_width(0x202E);
	setlocale(LC_CTYPE, "C");
	assert_int_equal(width, circled);
	assert_int_equal(wide, 2);
	assert_int_equal(undrawable, -1);
}

static void
test_nearest_finds_a_slip_and_nothing_far_away(void **state)
{
	(void)state;
	static const char *const words[] = { "timeout", "retries", "backoff", "cwd", NULL };
	assert_string_equal(text_nearest("timeuot", words), "timeout");
	assert_string_equal(text_nearest("retry", (const char *const[]){ "retrys", NULL }),
	    "retrys");
	assert_string_equal(text_nearest("cdw", words), "cwd");
	assert_string_equal(text_nearest("backof", words), "backoff");
	assert_string_equal(text_nearest("cwd", words), "cwd");
	assert_null(text_nearest("parallel", words));
	assert_null(text_nearest("x", words));
	assert_null(text_nearest("", words));
	char longer[400];
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_null(text_nearest(longer, words));
	assert_null(text_nearest("cwd", (const char *const[]){ longer, NULL }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode_takes_valid_sequences_only),
		cmocka_unit_test(test_decode_waits_for_an_unfinished_sequence),
		cmocka_unit_test(test_every_code_point_survives_encode_and_decode),
		cmocka_unit_test(test_utf8_is_told_from_other_bytes),
		cmocka_unit_test(test_escape_shows_what_would_act_on_the_terminal),
		cmocka_unit_test(test_escape_lets_no_control_through_whatever_the_bytes),
		cmocka_unit_test(test_clean_leaves_what_a_person_reads),
		cmocka_unit_test(test_sequence_length_ends_at_final_byte_or_breaking_control),
		cmocka_unit_test(test_shell_quote_leaves_safe_words_alone),
		cmocka_unit_test(test_a_shell_gives_back_what_was_quoted),
		cmocka_unit_test(test_width_of_wide_combining_and_undrawable_characters),
		cmocka_unit_test(test_width_follows_the_locale_where_one_is_set),
		cmocka_unit_test(test_nearest_finds_a_slip_and_nothing_far_away),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
