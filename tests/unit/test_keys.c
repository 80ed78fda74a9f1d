#include "ui/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

/* The one key that bytes are. */
static uint32_t
key_of(const char *bytes)
{
	struct keys keys = { 0 };
	uint32_t key = 0, more;
	keys_feed(&keys, bytes, strlen(bytes));
	assert_true(keys_next(&keys, &key));
	assert_false(keys_next(&keys, &more));
	assert_false(keys_is_pending(&keys));
	assert_int_equal(keys.raw.len, strlen(bytes));
	assert_memory_equal(keys.raw.data, bytes, strlen(bytes));
	keys_release(&keys);
	return key;
}

static void
test_letters_and_controls_are_keys(void **state)
{
	(void)state;
	assert_int_equal(key_of("a"), 'a');
	assert_int_equal(key_of("é"), 0xe9);
	assert_int_equal(key_of("構"), 0x69cb);
	assert_int_equal(key_of("\r"), K_ENTER);
	assert_int_equal(key_of("\t"), K_TAB);
	assert_int_equal(key_of("\177"), K_BACKSPACE);
	assert_int_equal(key_of("\003"), K_CTRL | 'c');
	assert_int_equal(key_of("\035"), K_CTRL | ']');
}

static void
test_escape_sequences_of_several_terminals_are_keys(void **state)
{
	(void)state;
	assert_int_equal(key_of("\033[A"), K_UP);
	assert_int_equal(key_of("\033OB"), K_DOWN);
	assert_int_equal(key_of("\033[5~"), K_PGUP);
	assert_int_equal(key_of("\033[1~"), K_HOME);
	assert_int_equal(key_of("\033[7~"), K_HOME);
	assert_int_equal(key_of("\033[F"), K_END);
	assert_int_equal(key_of("\033[Z"), K_SHIFT | K_TAB);
	assert_int_equal(key_of("\033OP"), K_F1);
	assert_int_equal(key_of("\033[[A"), K_F1);
	assert_int_equal(key_of("\033[11~"), K_F1);
	assert_int_equal(key_of("\033[24~"), K_F12);
	assert_int_equal(key_of("\033[1;5C"), K_CTRL | K_RIGHT);
	assert_int_equal(key_of("\033[3;2~"), K_SHIFT | K_DELETE);
	assert_int_equal(key_of("\033x"), K_ALT | 'x');
}

static void
test_what_is_no_key_is_swallowed_whole(void **state)
{
	(void)state;
	assert_int_equal(key_of("\033[?1;2c"), K_NONE);
	assert_int_equal(key_of("\033]11;rgb:0000/0000/0000\033\\"), K_NONE);
	assert_int_equal(key_of("\033P1+r436f\033\\"), K_NONE);
	assert_int_equal(key_of("\033[99~"), K_NONE);
	assert_int_equal(key_of("\033[I"), K_NONE);
}

static void
test_bytes_that_come_one_by_one_give_the_same_keys(void **state)
{
	(void)state;
	static const char bytes[] = "a\033[A\033OB構\033[1;5C\033[200~p q\033[201~\r\033]0;x\ax";
	struct keys whole = { 0 }, split = { 0 };
	uint32_t expected[32], key;
	size_t n = 0, m = 0;
	keys_feed(&whole, bytes, sizeof bytes - 1);
	while (keys_next(&whole, &key))
		expected[n++] = key;
	for (size_t i = 0; i + 1 < sizeof bytes; i++) {
		keys_feed(&split, bytes + i, 1);
		while (keys_next(&split, &key))
			assert_int_equal(key, expected[m++]);
	}
	assert_int_equal(m, n);
	assert_int_equal(n, 9);
	keys_release(&whole);
	keys_release(&split);
}

static void
test_escape_alone_is_a_key_once_nothing_follows(void **state)
{
	(void)state;
	struct keys keys = { 0 };
	uint32_t key;
	keys_feed(&keys, "\033", 1);
	assert_false(keys_next(&keys, &key));
	assert_true(keys_is_pending(&keys));
	assert_true(keys_flush(&keys, &key));
	assert_int_equal(key, K_ESC);
	assert_false(keys_is_pending(&keys));
	assert_false(keys_flush(&keys, &key));
	keys_feed(&keys, "\033[", 2);
	assert_false(keys_next(&keys, &key));
	assert_true(keys_flush(&keys, &key));
	assert_int_equal(key, K_ALT | '[');
	keys_release(&keys);
}

static void
test_a_paste_is_text_and_never_keys(void **state)
{
	(void)state;
	struct keys keys = { 0 };
	uint32_t key;
	static const char bytes[] = "\033[200~qd\r\033[A\003\033[201~z";
	keys_feed(&keys, bytes, sizeof bytes - 1);
	assert_true(keys_next(&keys, &key));
	assert_int_equal(key, K_PASTE);
	assert_int_equal(keys.text.len, 7);
	assert_memory_equal(keys.text.data, "qd\r\033[A\003", 7);
	assert_true(keys_next(&keys, &key));
	assert_int_equal(key, 'z');
	keys_release(&keys);
}

static void
test_a_long_paste_comes_in_parts_without_loss(void **state)
{
	(void)state;
	struct keys keys = { 0 };
	size_t want = 3 * KEYS_PASTE_MAX + 17, have = 0;
	uint32_t key;
	char *text = malloc(want);
	memset(text, 'p', want);
	keys_feed(&keys, "\033[200~", 6);
	for (size_t at = 0; at < want; at += 4096)
		keys_feed(&keys, text + at, want - at < 4096 ? want - at : 4096);
	keys_feed(&keys, "\033[201~x", 7);
	while (keys_next(&keys, &key) && key == K_PASTE) {
		assert_true(keys.text.len <= KEYS_PASTE_MAX);
		have += keys.text.len;
	}
	assert_int_equal(have, want);
	assert_int_equal(key, 'x');
	free(text);
	keys_release(&keys);
}

static void
test_the_mouse_tells_button_and_place(void **state)
{
	(void)state;
	struct keys keys = { 0 };
	uint32_t key;
	keys_feed(&keys, "\033[<0;12;7M\033[<65;1;1M\033[<0;12;7m", 30);
	assert_true(keys_next(&keys, &key));
	assert_int_equal(key, K_MOUSE);
	assert_int_equal(keys.mouse.button, 0);
	assert_int_equal(keys.mouse.col, 11);
	assert_int_equal(keys.mouse.row, 6);
	assert_true(keys_next(&keys, &key));
	assert_int_equal(keys.mouse.button, 65);
	assert_true(keys_next(&keys, &key));
	assert_int_equal(key, K_NONE);
	keys_release(&keys);
}

static void
test_any_bytes_whatsoever_are_taken_and_come_to_an_end(void **state)
{
	(void)state;
	static const char alphabet[] = "\033[]OP<>0123;~mMA\a\\\377\303\251 q";
	uint64_t dice = 99;
	for (int round = 0; round < 300; round++) {
		struct keys keys = { 0 };
		uint32_t key;
		for (int i = 0; i < 60; i++) {
			char bytes[4];
			size_t n = 1 + scratch_pick(&dice, sizeof bytes);
			for (size_t k = 0; k < n; k++)
				bytes[k] = scratch_pick(&dice, 5) ?
				    alphabet[scratch_pick(&dice, sizeof alphabet - 1)] :
				    (char)scratch_pick(&dice, 256);
			keys_feed(&keys, bytes, n);
			while (keys_next(&keys, &key))
				assert_true(keys.raw.len > 0 || key == K_PASTE);
		}
		for (int i = 0; i < 1000 && keys_flush(&keys, &key); i++)
			while (keys_next(&keys, &key))
				;
		assert_true(!keys_is_pending(&keys) || keys.in_paste);
		keys_release(&keys);
	}
}

static void
test_names_of_keys_go_there_and_back(void **state)
{
	(void)state;
	static const char *const names[] = { "a", "G", "C-u", "PgUp", "S-Tab", "Space", "F12",
		"é", "M-x", "C-M-a", "?", "]", "Esc", "C-]" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint32_t key;
		char text[32];
		assert_true(key_parse(names[i], strlen(names[i]), &key));
		key_name(key, text, sizeof text);
		assert_string_equal(text, names[i]);
	}
}

static void
test_what_is_no_name_of_a_key_is_refused(void **state)
{
	(void)state;
	static const char *const names[] = { "", "ab", "C-", "F13", "Q-x", "\001", "\377" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint32_t key;
		assert_false(key_parse(names[i], strlen(names[i]), &key));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters_and_controls_are_keys),
		cmocka_unit_test(test_escape_sequences_of_several_terminals_are_keys),
		cmocka_unit_test(test_what_is_no_key_is_swallowed_whole),
		cmocka_unit_test(test_bytes_that_come_one_by_one_give_the_same_keys),
		cmocka_unit_test(test_escape_alone_is_a_key_once_nothing_follows),
		cmocka_unit_test(test_a_paste_is_text_and_never_keys),
		cmocka_unit_test(test_a_long_paste_comes_in_parts_without_loss),
		cmocka_unit_test(test_the_mouse_tells_button_and_place),
		cmocka_unit_test(test_any_bytes_whatsoever_are_taken_and_come_to_an_end),
		cmocka_unit_test(test_names_of_keys_go_there_and_back),
		cmocka_unit_test(test_what_is_no_name_of_a_key_is_refused),
	};
	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
