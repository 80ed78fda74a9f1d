#include "ui/prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "base/text.h"
#include "ui/keys.h"

/* Types every character of text. */
static void
type(struct prompt *prompt, const char *text)
{
	for (size_t at = 0, len = strlen(text); at < len; ) {
		uint32_t code;
		at += text_decode(text + at, len - at, &code);
		prompt_key(prompt, code);
	}
}

static void
test_every_letter_belongs_to_the_text(void **state)
{
	(void)state;
	struct prompt prompt = { 0 };
	prompt_open(&prompt, "search", "");
	for (uint32_t c = 32; c < 127; c++)
		assert_int_equal(prompt_key(&prompt, c), PROMPT_CHANGED);
	assert_int_equal(prompt.text.len, 95);
	assert_true(prompt.is_open);
	assert_int_equal(prompt_key(&prompt, K_ENTER), PROMPT_DONE);
	assert_false(prompt.is_open);
	prompt_release(&prompt);
}

static void
test_the_cursor_edits_by_whole_characters(void **state)
{
	(void)state;
	struct prompt prompt = { 0 };
	prompt_open(&prompt, "search", "");
	type(&prompt, "aé構b");
	prompt_key(&prompt, K_LEFT);
	prompt_key(&prompt, K_BACKSPACE);
	assert_string_equal(buf_str(&prompt.text), "aéb");
	prompt_key(&prompt, K_HOME);
	prompt_key(&prompt, K_RIGHT);
	prompt_key(&prompt, K_DELETE);
	assert_string_equal(buf_str(&prompt.text), "ab");
	prompt_key(&prompt, K_END);
	type(&prompt, " two words");
	prompt_key(&prompt, K_CTRL | 'w');
	assert_string_equal(buf_str(&prompt.text), "ab two ");
	prompt_key(&prompt, K_CTRL | 'u');
	assert_string_equal(buf_str(&prompt.text), "");
	assert_int_equal(prompt_key(&prompt, K_BACKSPACE), PROMPT_OPEN);
	assert_int_equal(prompt_key(&prompt, K_DELETE), PROMPT_OPEN);
	assert_int_equal(prompt_key(&prompt, K_ESC), PROMPT_ABANDONED);
	prompt_release(&prompt);
}

static void
test_a_paste_is_taken_up_to_its_first_control(void **state)
{
	(void)state;
	struct prompt prompt = { 0 };
	prompt_open(&prompt, "filter", "x");
	prompt_paste(&prompt, "web 1\rq", 7);
	assert_string_equal(buf_str(&prompt.text), "xweb 1");
	prompt_paste(&prompt, "\377\376", 2);
	assert_string_equal(buf_str(&prompt.text), "xweb 1");
	prompt_release(&prompt);
}

static void
test_what_is_too_long_is_not_taken(void **state)
{
	(void)state;
	struct prompt prompt = { 0 };
	prompt_open(&prompt, "filter", "");
	for (size_t i = 0; i < PROMPT_MAX + 100; i++)
		prompt_key(&prompt, 'x');
	assert_int_equal(prompt.text.len, PROMPT_MAX);
	prompt_release(&prompt);
}

static void
test_any_keys_leave_valid_text_and_a_cursor_in_it(void **state)
{
	(void)state;
	static const uint32_t keys[] = { 'a', ' ', 0xe9, 0x69cb, 0x1f600, K_LEFT, K_RIGHT, K_HOME,
		K_END, K_BACKSPACE, K_DELETE, K_CTRL | 'w', K_CTRL | 'k', K_UP, K_CTRL | 'd' };
	uint64_t dice = 11;
	struct prompt prompt = { 0 };
	prompt_open(&prompt, "filter", "é é");
	for (int i = 0; i < 5000; i++) {
		prompt_key(&prompt, keys[scratch_pick(&dice, sizeof keys / sizeof *keys)]);
		assert_true(prompt.cursor <= prompt.text.len);
		assert_true(text_is_utf8(buf_str(&prompt.text), prompt.text.len));
		assert_int_equal(strlen(buf_str(&prompt.text)), prompt.text.len);
	}
	prompt_release(&prompt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_letter_belongs_to_the_text),
		cmocka_unit_test(test_the_cursor_edits_by_whole_characters),
		cmocka_unit_test(test_a_paste_is_taken_up_to_its_first_control),
		cmocka_unit_test(test_what_is_too_long_is_not_taken),
		cmocka_unit_test(test_any_keys_leave_valid_text_and_a_cursor_in_it),
	};
	return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
