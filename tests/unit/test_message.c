#include "control/message.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "control/base64.h"

static const char *const web[] = { "web*", "db/migrate", NULL };

/* Encodes and decodes again; the caller releases *back. */
static void
round_trip(const struct control_ask *ask, struct control_ask *back)
{
	struct buf line = BUF_INIT;
	struct err err = ERR_INIT;
	control_ask_encode(ask, &line);
	assert_int_equal(line.data[line.len - 1], '\n');
	assert_ptr_equal(memchr(line.data, '\n', line.len), line.data + line.len - 1);
	if (control_ask_decode(line.data, line.len - 1, back, &err) != 0)
		fail_msg("%s", err.text);
	buf_release(&line);
}

static void
test_each_verb_comes_back_as_it_was_asked(void **state)
{
	(void)state;
	for (int verb = 0; verb < REQUEST_VERBS; verb++) {
		struct control_ask ask = { .id = verb + 1, .request = {
			.verb = (enum request_verb)verb, .targets = web, .bytes = "y\0\n",
			.len = 3, .rows = 40, .cols = 1000 } };
		struct control_ask back;
		round_trip(&ask, &back);
		assert_int_equal(back.id, verb + 1);
		assert_false(back.is_attach);
		assert_int_equal(back.request.verb, verb);
		assert_string_equal(back.request.targets[0], "web*");
		assert_string_equal(back.request.targets[1], "db/migrate");
		assert_null(back.request.targets[2]);
		if (verb == REQUEST_INPUT) {
			assert_int_equal(back.request.len, 3);
			assert_memory_equal(back.request.bytes, "y\0\n", 3);
		}
		if (verb == REQUEST_RESIZE) {
			assert_int_equal(back.request.rows, 40);
			assert_int_equal(back.request.cols, 1000);
		}
		control_ask_release(&back);
	}
}

static void
test_an_attach_comes_back(void **state)
{
	(void)state;
	struct control_ask ask = { .id = INT_MAX, .is_attach = true }, back;
	round_trip(&ask, &back);
	assert_true(back.is_attach);
	assert_int_equal(back.id, INT_MAX);
	control_ask_release(&back);
}

static void
test_a_target_of_any_bytes_makes_a_message_that_reads(void **state)
{
	(void)state;
	static const char *const bad[] = { "we\xff" "b\n\"\\\x01", NULL };
	struct control_ask ask = { .id = 1, .request = { .verb = REQUEST_RETRY,
		.targets = bad } }, back;
	round_trip(&ask, &back);
	assert_non_null(strcasestr(back.request.targets[0], "\\xff"));
	control_ask_release(&back);
}

/* What decoding this line says; it must fail. */
static struct err
refusal(const char *line, int id)
{
	struct control_ask ask;
	struct err err = ERR_INIT;
	if (control_ask_decode(line, strlen(line), &ask, &err) == 0)
		fail_msg("accepted: %s", line);
	assert_int_equal(ask.id, id);
	assert_null(ask.request.targets);
	assert_null(ask.request.bytes);
	return err;
}

static void
test_a_wrong_message_is_refused_with_a_reason(void **state)
{
	(void)state;
	static const struct { const char *line; int id; const char *why; } cases[] = {
		{ "", 0, "not a message" },
		{ "retry web", 0, "not a message" },
		{ "[]", 0, "an object" },
		{ "{\"v\":1,\"id\":7,\"id\":8,\"do\":\"attach\"}", 0, "not a message" },
		{ "{\"id\":7,\"do\":\"attach\"}", 7, "version" },
		{ "{\"v\":\"1\",\"id\":7,\"do\":\"attach\"}", 7, "version" },
		{ "{\"v\":1,\"do\":\"attach\"}", 0, "'id'" },
		{ "{\"v\":1,\"id\":0,\"do\":\"attach\"}", 0, "'id'" },
		{ "{\"v\":1,\"id\":-1,\"do\":\"attach\"}", 0, "'id'" },
		{ "{\"v\":1,\"id\":2147483648,\"do\":\"attach\"}", 0, "'id'" },
		{ "{\"v\":1,\"id\":7}", 7, "'do'" },
		{ "{\"v\":1,\"id\":7,\"do\":\"rerty\"}", 7, "'rerty'" },
		{ "{\"v\":1,\"id\":7,\"do\":\"retry\",\"targets\":\"web\"}", 7, "list" },
		{ "{\"v\":1,\"id\":7,\"do\":\"retry\",\"targets\":[\"a\",1]}", 7, "text" },
		{ "{\"v\":1,\"id\":7,\"do\":\"input\",\"targets\":[\"a\"]}", 7, "'data'" },
		{ "{\"v\":1,\"id\":7,\"do\":\"input\",\"targets\":[\"a\"],\"data\":\"a\"}", 7,
		    "base64" },
		{ "{\"v\":1,\"id\":7,\"do\":\"resize\",\"targets\":[\"a\"],\"rows\":0,"
		    "\"cols\":1}", 7, "1 to 1000" },
		{ "{\"v\":1,\"id\":7,\"do\":\"resize\",\"targets\":[\"a\"],\"rows\":1001,"
		    "\"cols\":1}", 7, "1 to 1000" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err err = refusal(cases[i].line, cases[i].id);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("'%s' for %s", err.text, cases[i].line);
	}
}

static void
test_another_version_is_told_with_both_versions(void **state)
{
	(void)state;
	struct err err = refusal("{\"v\":2,\"id\":7,\"do\":\"dance\"}", 7);
	assert_non_null(strstr(err.text, "version 2"));
	assert_non_null(strstr(err.text, "version 1"));
	assert_non_null(strstr(err.text, SEQDECK_VERSION));
}

static void
test_limits_are_told(void **state)
{
	(void)state;
	char number[32];
	struct buf line = BUF_INIT;
	buf_add_str(&line, "{\"v\":1,\"id\":7,\"do\":\"retry\",\"targets\":[\"a\"");
	for (int i = 0; i < REQUEST_TARGETS_MAX; i++)
		buf_add_str(&line, ",\"a\"");
	buf_add_str(&line, "]}");
	snprintf(number, sizeof number, "limit of %d", REQUEST_TARGETS_MAX);
	assert_non_null(strstr(refusal(line.data, 7).text, number));

	buf_clear(&line);
	buf_add_str(&line, "{\"v\":1,\"id\":7,\"do\":\"input\",\"targets\":[\"a\"],\"data\":\"");
	for (size_t i = 0; i < REQUEST_INPUT_MAX / 3 + 1; i++)
		buf_add_str(&line, "AAAA");
	buf_add_str(&line, "\"}");
	snprintf(number, sizeof number, "limit of %zu", REQUEST_INPUT_MAX);
	assert_non_null(strstr(refusal(line.data, 7).text, number));

	buf_clear(&line);
	for (size_t i = 0; i <= CONTROL_LINE_MAX; i++)
		buf_add_char(&line, ' ');
	snprintf(number, sizeof number, "limit of %zu", CONTROL_LINE_MAX);
	assert_non_null(strstr(refusal(line.data, 0).text, number));
	buf_release(&line);
}

static void
test_the_largest_input_fits_into_a_message(void **state)
{
	(void)state;
	static const char *const one[] = { "a", NULL };
	char *bytes = mem_alloc(REQUEST_INPUT_MAX);
	struct control_ask ask = { .id = 1, .request = { .verb = REQUEST_INPUT,
		.targets = one, .bytes = bytes, .len = REQUEST_INPUT_MAX } }, back;
	round_trip(&ask, &back);
	assert_int_equal(back.request.len, REQUEST_INPUT_MAX);
	assert_memory_equal(back.request.bytes, bytes, REQUEST_INPUT_MAX);
	control_ask_release(&back);
	free(bytes);
}

static void
test_answers_come_back(void **state)
{
	(void)state;
	struct control_answer answers[] = { { .id = 7, .ok = true, .count = 3 },
		{ .id = 8, .ok = false, .error = "'web' has no\nterminal \xc3" } };
	for (size_t i = 0; i < 2; i++) {
		struct buf line = BUF_INIT;
		struct control_answer back;
		control_answer_encode(&answers[i], &line);
		assert_int_equal(control_answer_decode(line.data, line.len - 1, &back, NULL),
		    0);
		assert_int_equal(back.id, answers[i].id);
		assert_int_equal(back.ok, answers[i].ok);
		assert_int_equal(back.count, answers[i].count);
		buf_release(&line);
	}
}

static void
test_a_wrong_answer_is_refused(void **state)
{
	(void)state;
	static const char *const lines[] = { "", "{}", "{\"v\":1,\"id\":1}",
		"{\"v\":1,\"id\":1,\"ok\":true}", "{\"v\":1,\"id\":1,\"ok\":false}",
		"{\"v\":1,\"id\":1,\"ok\":1,\"count\":1}", "{\"v\":3,\"id\":1,\"ok\":true}" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct control_answer answer = { .id = 42 };
		struct err err = ERR_INIT;
		assert_int_equal(control_answer_decode(lines[i], strlen(lines[i]), &answer,
		    &err), -1);
		assert_int_equal(answer.id, 42);
		assert_int_not_equal(err.text[0], '\0');
	}
}

static void
test_base64_is_that_of_the_rfc(void **state)
{
	(void)state;
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf text = BUF_INIT, bytes = BUF_INIT;
		base64_encode(&text, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(buf_str(&text), pairs[i][1]);
		assert_int_equal(base64_decode(&bytes, pairs[i][1], strlen(pairs[i][1])), 0);
		assert_string_equal(buf_str(&bytes), pairs[i][0]);
		buf_release(&text);
		buf_release(&bytes);
	}
}

static void
test_base64_brings_any_bytes_back(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		uint32_t word = seed * 2654435761u;
		char bytes[200];
		for (size_t len = 0; len < sizeof bytes; len++) {
			struct buf text = BUF_INIT, back = BUF_INIT;
			base64_encode(&text, bytes, len);
			assert_int_equal(base64_decode(&back, buf_str(&text), text.len), 0);
			assert_int_equal(back.len, len);
			assert_memory_equal(buf_str(&back), bytes, len);
			buf_release(&text);
			buf_release(&back);
			word = word * 1664525u + 1013904223u;
			bytes[len] = (char)(word >> 24);
		}
	}
}

static void
test_base64_takes_nothing_else(void **state)
{
	(void)state;
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm=v",
		"=m9v", "====", "Zm9v\nZm9v", "Zg==Zg==", "Zm9-", "Z\xc3m9" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf bytes = BUF_INIT;
		buf_add_str(&bytes, "before");
		if (base64_decode(&bytes, bad[i], strlen(bad[i])) == 0)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(bytes.len, 6);
		buf_release(&bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_verb_comes_back_as_it_was_asked),
		cmocka_unit_test(test_an_attach_comes_back),
		cmocka_unit_test(test_a_target_of_any_bytes_makes_a_message_that_reads),
		cmocka_unit_test(test_a_wrong_message_is_refused_with_a_reason),
		cmocka_unit_test(test_another_version_is_told_with_both_versions),
		cmocka_unit_test(test_limits_are_told),
		cmocka_unit_test(test_the_largest_input_fits_into_a_message),
		cmocka_unit_test(test_answers_come_back),
		cmocka_unit_test(test_a_wrong_answer_is_refused),
		cmocka_unit_test(test_base64_is_that_of_the_rfc),
		cmocka_unit_test(test_base64_brings_any_bytes_back),
		cmocka_unit_test(test_base64_takes_nothing_else),
	};
	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
