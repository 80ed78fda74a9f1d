#include "plan/ini.h"

#include "base/mem.h"
#include "plan_text.h"
#include "scratch.h"

/* Writes down what the reader tells, one event a line. */
static void
note_section(void *arg, const char *name, int line, int column)
{
	buf_printf(arg, "[%s] %d:%d\n", name, line, column);
}

static void
note_pair(void *arg, const struct ini_pair *pair)
{
	buf_printf(arg, "%s=<%s> %d:%d+%d\n", pair->key, pair->value, pair->value_line,
	    pair->value_column, pair->indent);
}

static void
note_problem(void *arg, int line, int column, const char *text)
{
	buf_printf(arg, "%d:%d: %s\n", line, column, text);
}

static struct buf
notes_of(const char *text, size_t len)
{
	struct buf notes = BUF_INIT;
	struct ini_listener listener = { note_section, note_pair, note_problem, &notes };
	ini_read(text, len, (size_t)1 << 20, &listener);
	return notes;
}

static void
assert_notes_len(const char *text, size_t len, const char *expected)
{
	struct buf notes = notes_of(text, len);
	assert_string_equal(buf_str(&notes), expected);
	buf_release(&notes);
}

static void
assert_notes(const char *text, const char *expected)
{
	assert_notes_len(text, strlen(text), expected);
}

static void
test_a_semicolon_behind_a_blank_belongs_to_the_value(void **state)
{
	(void)state;
	assert_notes("[s]\nk = a ; b\n", "[s] 1:2\nk=<a ; b> 2:5+0\n");
	assert_notes("[s]\nk = ; b\n", "[s] 1:2\nk=<; b> 2:5+0\n");
	assert_notes("[s]\nk = a\t;b;c ;\n", "[s] 1:2\nk=<a\t;b;c ;> 2:5+0\n");
}

static void
test_a_hash_belongs_to_the_value(void **state)
{
	(void)state;
	assert_notes("[s]\nk = a # b\nl = #c\n",
	    "[s] 1:2\nk=<a # b> 2:5+0\nl=<#c> 3:5+0\n");
}

static void
test_lines_that_begin_with_a_mark_of_comments_are_comments(void **state)
{
	(void)state;
	assert_notes("# a = b\n; c = d\n  # e\n[s]\n#\n;\n   ; x\nk = v\n",
	    "[s] 4:2\nk=<v> 8:5+0\n");
}

static void
test_quotes_and_backslashes_are_kept(void **state)
{
	(void)state;
	assert_notes("[s]\nk = \"a\" '\\n' \\\n", "[s] 1:2\nk=<\"a\" '\\n' \\> 2:5+0\n");
}

static void
test_only_the_first_equals_sign_parts_key_and_value(void **state)
{
	(void)state;
	assert_notes("[s]\nk=a=b\nl == c\n", "[s] 1:2\nk=<a=b> 2:3+0\nl=<= c> 3:4+0\n");
}

static void
test_a_colon_in_front_of_the_equals_sign_belongs_to_the_key(void **state)
{
	(void)state;
	assert_notes("[s]\na:b = c\n:x=y\nhost:22 ;z = y:1\n",
	    "[s] 1:2\na:b=<c> 2:7+0\n:x=<y> 3:4+0\nhost:22 ;z=<y:1> 4:14+0\n");
}

static void
test_a_line_with_a_colon_alone_is_a_problem(void **state)
{
	(void)state;
	assert_notes("[s]\na: b\n", "[s] 1:2\n2:1: no '=' in this line: write KEY = VALUE, "
	    "or indent the line to go on with the value above\n");
}

static void
test_an_empty_section_is_seen(void **state)
{
	(void)state;
	assert_notes("[a]\n[b]\n\n[c]", "[a] 1:2\n[b] 2:2\n[c] 4:2\n");
}

static void
test_the_same_section_and_key_are_told_each_time(void **state)
{
	(void)state;
	assert_notes("[a]\nk=1\nk=2\n[a]\nk=3\n",
	    "[a] 1:2\nk=<1> 2:3+0\nk=<2> 3:3+0\n[a] 4:2\nk=<3> 5:3+0\n");
}

static void
test_a_header_ends_at_its_first_bracket(void **state)
{
	(void)state;
	assert_notes("[ a  b ] # see [c]\nk = v\n", "[a  b] 1:3\nk=<v> 2:5+0\n");
	assert_notes("[a]b]\n", "1:4: only a comment may stand behind the ']' of a section "
	    "header\n[a] 1:2\n");
}

static void
test_keys_below_a_broken_header_do_not_fall_to_the_section_above(void **state)
{
	(void)state;
	assert_notes("[a]\n[b\nk = v\n", "[a] 1:2\n2:1: a section header has to end with "
	    "']'\n[b] 2:2\nk=<v> 3:5+0\n");
}

static void
test_a_bracket_in_a_value_and_behind_an_indentation_is_text(void **state)
{
	(void)state;
	assert_notes("[s]\nk = [x]\n  [ -f y ] && z = 1\n",
	    "[s] 1:2\nk=<[x]\n[ -f y ] && z = 1> 2:5+2\n");
}

static void
test_carriage_returns_at_line_ends_are_passed_over(void **state)
{
	(void)state;
	assert_notes("[s]\r\nk = a\r\n   b\r\n\r\nl = c\r",
	    "[s] 1:2\nk=<a\nb> 2:5+3\nl=<c> 5:5+0\n");
}

static void
test_a_carriage_return_inside_a_line_is_a_problem(void **state)
{
	(void)state;
	assert_notes("[s]\rk = a\r", "1:4: a carriage return (^M) that does not end the "
	    "line\n1:4: only a comment may stand behind the ']' of a section header\n"
	    "[s] 1:2\n");
}

static void
test_a_byte_order_mark_is_passed_over(void **state)
{
	(void)state;
	assert_notes("\xef\xbb\xbf[s]\nk = v\n", "[s] 1:2\nk=<v> 2:5+0\n");
	assert_notes("\xef\xbb\xbfk = \x01\n",
	    "1:5: control character ^A (0x01) is not allowed\nk=<_> 1:5+0\n");
}

static void
test_a_file_in_utf_16_is_told_as_such(void **state)
{
	static const char text[] = "\xff\xfe[\0s\0]\0";
	(void)state;
	assert_notes_len(text, sizeof text - 1,
	    "1:1: this looks like UTF-16: save the file as UTF-8\n");
}

static void
test_a_nul_is_a_problem_with_its_place(void **state)
{
	static const char text[] = "[s]\nk = a\0b\n\0l = c\n";
	(void)state;
	assert_notes_len(text, sizeof text - 1,
	    "2:6: control character ^@ (0x00) is not allowed\n"
	    "3:1: control character ^@ (0x00) is not allowed\n"
	    "[s] 1:2\nk=<a_b> 2:5+0\n_l=<c> 3:6+0\n");
}

static void
test_control_characters_are_problems_the_first_of_each_line(void **state)
{
	(void)state;
	assert_notes("k = \x1b[31m\x07\nl = \x7f\nm = \xc2\x85\nn = \t\xc2\xa0\n",
	    "1:5: control character ^[ (0x1b) is not allowed\n"
	    "2:5: control character ^? (0x7f) is not allowed\n"
	    "3:5: control character U+0085 is not allowed\n"
	    "k=<_[31m_> 1:5+0\nl=<_> 2:5+0\nm=<_> 3:5+0\nn=<\xc2\xa0> 4:6+0\n");
}

static void
test_invalid_utf_8_is_a_problem_with_its_place(void **state)
{
	(void)state;
	assert_notes("k = \xc3\xa4\xff\nl = \xc3\n\nm = \xed\xa0\x80\nn = \xe2\x82",
	    "1:6: byte 0xff is not UTF-8 here\n"
	    "2:5: byte 0xc3 is not UTF-8 here\n"
	    "4:5: byte 0xed is not UTF-8 here\n"
	    "5:5: byte 0xe2 is not UTF-8 here\n"
	    "k=<\xc3\xa4_> 1:5+0\nl=<_> 2:5+0\nm=<___> 4:5+0\nn=<__> 5:5+0\n");
}

static void
test_columns_count_characters(void **state)
{
	(void)state;
	assert_notes("sch\xc3\xb6n = \xe2\x82\xac\n", "sch\xc3\xb6n=<\xe2\x82\xac> 1:9+0\n");
}

static void
test_an_indented_line_without_a_key_is_a_problem(void **state)
{
	(void)state;
	assert_notes("  a\n[s]\n\tb = c\nk = v\n",
	    "1:3: this line is indented, but there is no key above that it could go on with\n"
	    "[s] 2:2\n"
	    "3:2: this line is indented, but there is no key above that it could go on with\n"
	    "k=<v> 4:5+0\n");
}

static void
test_what_continues_a_broken_line_is_not_told_again(void **state)
{
	(void)state;
	assert_notes("[s]\nbroken\n  more\n  and more\nk = v\n",
	    "[s] 1:2\n2:1: no '=' in this line: write KEY = VALUE, or indent the line to go "
	    "on with the value above\nk=<v> 5:5+0\n");
}

static void
test_an_empty_key_is_a_problem(void **state)
{
	(void)state;
	assert_notes("= v\n  w\n", "1:1: no key in front of '='\n");
}

static void
test_an_empty_value_is_told_with_its_place(void **state)
{
	(void)state;
	assert_notes("k =\nl = \nm=", "k=<> 1:4+0\nl=<> 2:5+0\nm=<> 3:3+0\n");
}

static void
test_indentation_beyond_the_first_lines_is_kept(void **state)
{
	(void)state;
	assert_notes("k = if x\n    then\n        y\n  \tz\n    fi\n",
	    "k=<if x\nthen\n    y\n\tz\nfi> 1:5+4\n");
}

static void
test_a_value_may_begin_below_its_key(void **state)
{
	(void)state;
	assert_notes("k =\n\n    a\n      b\n", "k=<a\n  b> 3:5+4\n");
}

static void
test_blank_and_comment_lines_inside_a_value_are_kept(void **state)
{
	(void)state;
	assert_notes("k = a\n    b\n\n    # c\n# d\n      ; e\n   \n    f\n",
	    "k=<a\nb\n\n# c\n# d\n  ; e\n\nf> 1:5+4\n");
}

static void
test_blank_and_comment_lines_behind_a_value_are_not_its(void **state)
{
	(void)state;
	assert_notes("k = a\n    b\n\n# c\n\nl = d\n\n  # e\n",
	    "k=<a\nb> 1:5+4\nl=<d> 6:5+0\n");
	assert_notes("k = a\n    b\n  # less indented\n", "k=<a\nb> 1:5+4\n");
}

static void
test_a_comment_as_far_in_as_the_lines_above_it_is_the_values(void **state)
{
	(void)state;
	assert_notes("k = a\n    b\n    # c\n", "k=<a\nb\n# c> 1:5+4\n");
	assert_notes("k =\n    # a\n    b\n    # c\n", "k=<# a\nb\n# c> 2:5+4\n");
}

static void
test_blanks_at_the_end_of_inner_lines_are_kept(void **state)
{
	(void)state;
	assert_notes("k =  a \t\n  b  \n  c  \n", "k=<a \t\nb  \nc> 1:6+2\n");
}

static void
test_a_key_of_more_than_49_bytes_is_whole(void **state)
{
	char key[INI_KEY_MAX + 1], *text, *expected;
	(void)state;
	memset(key, 'k', sizeof key - 1);
	for (size_t len = 48; len <= INI_KEY_MAX; len++) {
		key[len] = '\0';
		text = mem_printf("%s = a\n  b\n", key);
		expected = mem_printf("%s=<a\nb> 1:%zu+2\n", key, len + 4);
		assert_notes(text, expected);
		free(text);
		free(expected);
		key[len] = 'k';
	}
}

static void
test_a_key_that_is_too_long_is_a_problem(void **state)
{
	char key[1001] = "", *text;
	(void)state;
	memset(key, 'k', INI_KEY_MAX + 1);
	text = mem_printf("%s = a\n  b\nl = c\n", key);
	assert_notes(text, "1:1: this key has 181 bytes: at most 180 are possible\n"
	    "l=<c> 3:5+0\n");
	free(text);
	memset(key, 'k', 1000);
	text = mem_printf("%s = a\nl = c\n", key);
	assert_notes(text, "1:1: this key has 1000 bytes: at most 180 are possible\n"
	    "l=<c> 2:5+0\n");
	free(text);
}

static void
test_a_key_of_blanks_and_marks_is_whole_or_told(void **state)
{
	char key[INI_KEY_MAX + 1] = "", *text;
	(void)state;
	for (size_t i = 0; i < INI_KEY_MAX; i++)
		key[i] = i % 2 ? ' ' : ':';
	key[INI_KEY_MAX - 1] = 'x';
	text = mem_printf("%s = a\n", key);
	struct buf notes = notes_of(text, strlen(text));
	assert_true(strncmp(buf_str(&notes), key, INI_KEY_MAX) == 0 ||
	    strstr(buf_str(&notes), "this key has 180 bytes"));
	buf_release(&notes);
	free(text);
}

static void
test_a_section_name_of_more_than_49_bytes_is_whole(void **state)
{
	char name[5001] = "", *text, *expected;
	(void)state;
	memset(name, 'n', sizeof name - 1);
	text = mem_printf("[%s]\nk = v\n", name);
	expected = mem_printf("[%s] 1:2\nk=<v> 2:5+0\n", name);
	assert_notes(text, expected);
	free(text);
	free(expected);
}

static void
test_a_line_of_100_kilobytes_comes_through(void **state)
{
	char *value = mem_alloc(100001), *text, *expected;
	(void)state;
	for (size_t i = 0; i < 100000; i++)
		value[i] = "ab ;#[]=:\"'\\c"[i % 13];
	text = mem_printf("[s]\nk = %s\nl = %s\n", value, "m");
	expected = mem_printf("[s] 1:2\nk=<%s> 2:5+0\nl=<m> 3:5+0\n", value);
	assert_notes(text, expected);
	free(text);
	free(expected);
	free(value);
}

static void
test_a_value_that_is_too_long_is_a_problem(void **state)
{
	size_t max = (size_t)1 << 20;
	char *value = mem_alloc(max + 2), *text;
	(void)state;
	memset(value, 'v', max);
	text = mem_printf("k = %s\n", value);
	struct buf notes = notes_of(text, strlen(text));
	assert_int_equal(notes.len, max + strlen("k=<> 1:5+0\n"));
	buf_release(&notes);
	free(text);
	text = mem_printf("k = %s\n  v\nl = c\n", value);
	assert_notes(text, "1:1: this value has 1048578 bytes: at most 1048576 are "
	    "possible\nl=<c> 3:5+0\n");
	free(text);
	free(value);
}

static void
test_an_empty_text_has_nothing(void **state)
{
	(void)state;
	assert_notes("", "");
	assert_notes("\n\n# a", "");
	assert_notes("\xef\xbb\xbf", "");
}

/* Appends a random line without blanks at either end where that is asked for. */
static void
add_random_line(struct buf *to, uint64_t *seed, size_t max, bool is_stripped)
{
	static const char *const bits[] = { " ", "  ", "\t", ";", " ;", "#", " #", "=", ":",
		"[", "]", "\"", "'", "\\", "\\\\", "a", "Z", "0", "{x}", "\xc3\xa4",
		"\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc3\x85", "\xc3\xa0", "$", "%s" };
	size_t start = to->len, len = scratch_pick(seed, max + 1);
	while (to->len - start < len)
		buf_add_str(to, bits[scratch_pick(seed, sizeof bits / sizeof *bits)]);
	if (!is_stripped)
		return;
	while (to->len > start && strchr(" \t", to->data[to->len - 1]))
		to->data[--to->len] = '\0';
	if (to->len > start && strchr(" \t", to->data[start]))
		to->data[start] = 'x';
}

static void
test_random_lines_come_through_byte_by_byte(void **state)
{
	uint64_t seed = 20261124;
	(void)state;
	for (int i = 0; i < 1500; i++) {
		struct buf value = BUF_INIT;
		add_random_line(&value, &seed, i % 20 ? 400 : 5000, true);
		char *text = mem_printf("[s]\nk%d =%s%s\nl=1\n", i, i % 2 ? " " : "",
		    buf_str(&value));
		char *expected = mem_printf("[s] 1:2\nk%d=<%s> 2:%zu+0\nl=<1> 3:3+0\n", i,
		    buf_str(&value), strcspn(text + 4, "=") + (i % 2 ? 3 : 2));
		assert_notes(text, expected);
		free(text);
		free(expected);
		buf_release(&value);
	}
}

static void
test_random_values_of_several_lines_come_through_byte_by_byte(void **state)
{
	uint64_t seed = 42;
	(void)state;
	for (int i = 0; i < 600; i++) {
		struct buf value = BUF_INIT, text = BUF_INIT;
		int lines = 1 + (int)scratch_pick(&seed, 8);
		buf_add_str(&text, "k =\n");
		for (int n = 0; n <= lines; n++) {
			size_t start = value.len;
			/* A value that is nothing but comments would be taken for comments. */
			if (n == 0)
				buf_add_str(&value, "first");
			else if (n < lines)
				add_random_line(&value, &seed, 60, false);
			else
				buf_add_str(&value, "last");
			buf_printf(&text, "\t  %s%s", value.data + start, n < lines ? "\n" : "");
			if (n < lines)
				buf_add_char(&value, '\n');
		}
		char *expected = mem_printf("k=<%s> 2:4+3\n", buf_str(&value));
		assert_notes(buf_str(&text), expected);
		free(expected);
		buf_release(&value);
		buf_release(&text);
	}
}

static void
test_random_bytes_never_crash_and_places_are_inside(void **state)
{
	uint64_t seed = 7;
	static const char bits[] = "[]=:;# \t\n\r\\\"'ab\0\x01\x02\x04\x05\xc3\xa4\xff";
	(void)state;
	for (int i = 0; i < 3000; i++) {
		char text[200];
		size_t len = scratch_pick(&seed, sizeof text);
		for (size_t n = 0; n < len; n++)
			text[n] = bits[scratch_pick(&seed, sizeof bits)];
		struct buf notes = notes_of(text, len);
		assert_null(strstr(buf_str(&notes), "INI library"));
		buf_release(&notes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_semicolon_behind_a_blank_belongs_to_the_value),
		cmocka_unit_test(test_a_hash_belongs_to_the_value),
		cmocka_unit_test(test_lines_that_begin_with_a_mark_of_comments_are_comments),
		cmocka_unit_test(test_quotes_and_backslashes_are_kept),
		cmocka_unit_test(test_only_the_first_equals_sign_parts_key_and_value),
		cmocka_unit_test(test_a_colon_in_front_of_the_equals_sign_belongs_to_the_key),
		cmocka_unit_test(test_a_line_with_a_colon_alone_is_a_problem),
		cmocka_unit_test(test_an_empty_section_is_seen),
		cmocka_unit_test(test_the_same_section_and_key_are_told_each_time),
		cmocka_unit_test(test_a_header_ends_at_its_first_bracket),
		cmocka_unit_test(test_keys_below_a_broken_header_do_not_fall_to_the_section_above),
		cmocka_unit_test(test_a_bracket_in_a_value_and_behind_an_indentation_is_text),
		cmocka_unit_test(test_carriage_returns_at_line_ends_are_passed_over),
		cmocka_unit_test(test_a_carriage_return_inside_a_line_is_a_problem),
		cmocka_unit_test(test_a_byte_order_mark_is_passed_over),
		cmocka_unit_test(test_a_file_in_utf_16_is_told_as_such),
		cmocka_unit_test(test_a_nul_is_a_problem_with_its_place),
		cmocka_unit_test(test_control_characters_are_problems_the_first_of_each_line),
		cmocka_unit_test(test_invalid_utf_8_is_a_problem_with_its_place),
		cmocka_unit_test(test_columns_count_characters),
		cmocka_unit_test(test_an_indented_line_without_a_key_is_a_problem),
		cmocka_unit_test(test_what_continues_a_broken_line_is_not_told_again),
		cmocka_unit_test(test_an_empty_key_is_a_problem),
		cmocka_unit_test(test_an_empty_value_is_told_with_its_place),
		cmocka_unit_test(test_indentation_beyond_the_first_lines_is_kept),
		cmocka_unit_test(test_a_value_may_begin_below_its_key),
		cmocka_unit_test(test_blank_and_comment_lines_inside_a_value_are_kept),
		cmocka_unit_test(test_blank_and_comment_lines_behind_a_value_are_not_its),
		cmocka_unit_test(test_a_comment_as_far_in_as_the_lines_above_it_is_the_values),
		cmocka_unit_test(test_blanks_at_the_end_of_inner_lines_are_kept),
		cmocka_unit_test(test_a_key_of_more_than_49_bytes_is_whole),
		cmocka_unit_test(test_a_key_that_is_too_long_is_a_problem),
		cmocka_unit_test(test_a_key_of_blanks_and_marks_is_whole_or_told),
		cmocka_unit_test(test_a_section_name_of_more_than_49_bytes_is_whole),
		cmocka_unit_test(test_a_line_of_100_kilobytes_comes_through),
		cmocka_unit_test(test_a_value_that_is_too_long_is_a_problem),
		cmocka_unit_test(test_an_empty_text_has_nothing),
		cmocka_unit_test(test_random_lines_come_through_byte_by_byte),
		cmocka_unit_test(test_random_values_of_several_lines_come_through_byte_by_byte),
		cmocka_unit_test(test_random_bytes_never_crash_and_places_are_inside),
	};
	return cmocka_run_group_tests_name("plan_ini", tests, NULL, NULL);
}
