#include "model/event.h"

#include <stdio.h>
#include <zlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "model/event_table.h"
#include "random_event.h"

static bool
lists_equal(const char *const *a, const char *const *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return *a == *b;
}

static bool
fields_equal(const struct event *a, const struct event *b, const struct event_field *field)
{
	const char *x = (const char *)a + field->offset, *y = (const char *)b + field->offset;
	const char *s, *t;
	switch (field->type) {
	case EVENT_TYPE_TEXT:
		s = *(const char *const *)x;
		t = *(const char *const *)y;
		return s && t ? strcmp(s, t) == 0 : s == t;
	case EVENT_TYPE_LIST:
		return lists_equal(*(const char *const *const *)x,
		    *(const char *const *const *)y);
	case EVENT_TYPE_INT:
	case EVENT_TYPE_STATE:
		return *(const int *)x == *(const int *)y;
	case EVENT_TYPE_LONG:
	case EVENT_TYPE_SECONDS:
		return *(const int64_t *)x == *(const int64_t *)y;
	case EVENT_TYPE_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case EVENT_TYPE_VOCABULARY:
		return true;
	}
	return false;
}

static void
assert_events_equal(const struct event *a, const struct event *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->wall_us, b->wall_us);
	assert_int_equal(a->mono_us, b->mono_us);
	for (int i = 0; i < EVENT_FIELDS; i++)
		if (!fields_equal(a, b, &event_fields[i]))
			fail_msg("'%s' differs", event_fields[i].name);
}

/* Appends the checksum to a line that begins a JSON object and lacks its end. */
static void
close_line(struct buf *line)
{
	uLong crc = crc32_z(0, (const Bytef *)line->data, line->len);
	buf_printf(line, ",\"crc\":\"%08lx\"}", crc);
}

static const char head[] = "{\"n\":1,\"time\":\"2026-11-24T08:14:27.123456Z\",\"mono\":4.5";

/* Decodes head + members + a right checksum; 0, 1 or -1 and the error's text. */
static int
decode(const char *members, struct event *event, struct err *err)
{
	struct buf line = BUF_INIT;
	buf_printf(&line, "%s%s", head, members);
	close_line(&line);
	/* Of the exact size, so that a read behind the end is seen. */
	char *exact = mem_dup(line.data, line.len);
	int rc = event_decode(exact, line.len, event, err);
	free(exact);
	buf_release(&line);
	return rc;
}

static void
assert_refused(const char *members, const char *why)
{
	struct event event;
	struct err err = ERR_INIT;
	memset(&event, 0x5a, sizeof event);
	struct event before = event;
	if (decode(members, &event, &err) != -1)
		fail_msg("taken: %s", members);
	assert_memory_equal(&event, &before, sizeof event);
	if (!strstr(err.text, why))
		fail_msg("%s: %s", members, err.text);
}

static void
test_an_event_is_written_as_told_in_the_header(void **state)
{
	(void)state;
	struct event event;
	struct buf line = BUF_INIT;
	event_init(&event, EVENT_STEP_ENDED);
	event.number = 12;
	event.wall_us = INT64_C(1795508067123456);
	event.mono_us = 45000123;
	event.sequence = "web";
	event.step = "install";
	event.attempt = 1;
	event.state = STATE_FAILED;
	event.code = 32;
	event.duration_us = 20000;
	event.bytes = 0;
	event_encode(&event, &line);
	assert_string_equal(line.data,
	    "{\"n\":12,\"time\":\"2026-11-24T08:14:27.123456Z\",\"mono\":45.000123,"
	    "\"event\":\"step_ended\",\"sequence\":\"web\",\"step\":\"install\","
	    "\"state\":\"failed\",\"attempt\":1,\"code\":32,\"signal\":null,"
	    "\"seconds\":0.020000,\"bytes\":0,\"lingered\":false,\"crc\":\"a12a2956\"}\n");
	buf_release(&line);
}

static void
test_random_events_come_back_as_they_were(void **state)
{
	(void)state;
	static struct random_event random;
	uint64_t dice = 20261124;
	struct buf line = BUF_INIT;
	for (int i = 0; i < 4000; i++) {
		struct event back;
		struct err err = ERR_INIT;
		random_event(&random, &dice);
		buf_clear(&line);
		event_encode(&random.event, &line);
		assert_int_equal(line.data[line.len - 1], '\n');
		assert_null(memchr(line.data, '\n', line.len - 1));
		if (event_decode(line.data, line.len - 1, &back, &err) != 0)
			fail_msg("%s: %s", err.text, line.data);
		assert_events_equal(&random.event, &back);
		event_release(&back);
	}
	buf_release(&line);
}

static void
test_lines_are_json_to_others_and_safe_to_print(void **state)
{
	(void)state;
	static struct random_event random;
	uint64_t dice = 7;
	struct buf line = BUF_INIT;
	for (int i = 0; i < 1000; i++) {
		json_error_t error;
		random_event(&random, &dice);
		buf_clear(&line);
		event_encode(&random.event, &line);
		json_t *json = json_loadb(line.data, line.len, JSON_REJECT_DUPLICATES, &error);
		if (!json)
			fail_msg("%s: %s", error.text, line.data);
		assert_string_equal(json_string_value(json_object_get(json, "event")),
		    event_kind_name(random.event.kind));
		if (random.event.sequence)
			assert_string_equal(json_string_value(json_object_get(json,
			    "sequence")), random.event.sequence);
		json_decref(json);
		for (size_t j = 0; j + 1 < line.len; j++)
			assert_true((unsigned char)line.data[j] >= 0x20 && line.data[j] != 0x7f);
		assert_null(strstr(line.data, "\xe2\x80\xae"));
		assert_null(strstr(line.data, "\xc2\x80"));
	}
	buf_release(&line);
}

static void
test_bytes_that_are_no_utf8_are_replaced(void **state)
{
	(void)state;
	struct event event, back;
	struct buf line = BUF_INIT;
	event_init(&event, EVENT_NOTE);
	event.number = 1;
	event.text = "a\xff\x80z\xe2\x82";
	event_encode(&event, &line);
	assert_int_equal(event_decode(line.data, line.len - 1, &back, NULL), 0);
	assert_string_equal(back.text, "a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
	event_release(&back);
	buf_release(&line);
}

static void
test_no_bit_of_a_line_can_flip_unseen(void **state)
{
	(void)state;
	struct event event, back;
	struct buf line = BUF_INIT;
	event_init(&event, EVENT_STEP_STARTING);
	event.number = 3;
	event.sequence = "web";
	event.step = "install";
	event.attempt = 2;
	event.command = "dpkg -i caf\xc3\xa9.deb";
	event_encode(&event, &line);
	for (size_t bit = 0; bit < (line.len - 1) * 8; bit++) {
		line.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_false(event_has_checksum(line.data, line.len - 1));
		assert_int_equal(event_decode(line.data, line.len - 1, &back, NULL), -1);
		line.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t len = 0; len < line.len - 1; len++)
		assert_int_equal(event_decode(line.data, len, &back, NULL), -1);
	assert_int_equal(event_decode(line.data, line.len - 1, &back, NULL), 0);
	event_release(&back);
	buf_release(&line);
}

static void
test_unknown_members_are_passed_over(void **state)
{
	(void)state;
	struct event event;
	struct err err = ERR_INIT;
	if (decode(",\"new\":{\"a\":[1,-2.5e+3,true,false,null,\"\\u00e9\",{}]},\"event\":\"note\","
	    "\"pid\":\"not of this kind\",\"text\":\"x\",\"later\":[[],[{}]]", &event, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(event.text, "x");
	assert_int_equal(event.pid, 0);
	event_release(&event);
}

static void
test_an_unknown_event_is_told_and_leaves_the_event_alone(void **state)
{
	(void)state;
	struct event event;
	memset(&event, 0x5a, sizeof event);
	struct event before = event;
	assert_int_equal(decode(",\"event\":\"step_dreamt\",\"sequence\":7", &event, NULL), 1);
	assert_memory_equal(&event, &before, sizeof event);
}

static void
test_what_is_wrong_in_a_line_is_refused_and_told(void **state)
{
	(void)state;
#define NOTE ",\"event\":\"note\",\"text\":\"x\""
#define ENDED ",\"event\":\"step_ended\",\"sequence\":\"s\",\"step\":\"t\""
	const struct { const char *members, *why; } bad[] = {
		{ "", "'event' is missing" },
		{ ",\"event\":\"note\"", "'text' is missing" },
		{ ENDED, "'state' is missing" },
		{ ",\"event\":7", "'event' is not a string" },
		{ ",\"n\":2" NOTE, "'n' stands there twice" },
		{ ",\"mono\":2" NOTE, "'mono' stands there twice" },
		{ ",\"time\":\"\"" NOTE, "'time' stands there twice" },
		{ NOTE ",\"event\":\"note\"", "'event' stands there twice" },
		{ NOTE ",\"text\":\"y\"", "'text' stands there twice" },
		{ ",\"event\":\"note\",\"text\":null", "'text' is not a string" },
		{ ",\"event\":\"note\",\"text\":\"a\\u0000b\"", "'text' is not a string" },
		{ ",\"event\":\"note\",\"text\":\"\\ud800\"", "'text' is not a string" },
		{ ",\"event\":\"note\",\"text\":\"\\udc80\"", "'text' is not a string" },
		{ ",\"event\":\"note\",\"text\":\"\\x\"", "'text' is not a string" },
		{ ",\"event\":\"note\",\"text\":\"\xff\"", "'text' is not a string" },
		{ ",\"event\":\"note\",\"text\":\"\t\"", "'text' is not a string" },
		{ ENDED ",\"state\":\"tired\"", "'tired' is no state" },
		{ ENDED ",\"state\":3", "'state' is not a string" },
		{ ENDED ",\"state\":\"ok\",\"code\":256", "'code' is 256, out of range" },
		{ ENDED ",\"state\":\"ok\",\"code\":-1", "out of range" },
		{ ENDED ",\"state\":\"ok\",\"code\":1.0", "'code' is not a number" },
		{ ENDED ",\"state\":\"ok\",\"code\":1e1", "'code' is not a number" },
		{ ENDED ",\"state\":\"ok\",\"code\":007", "'code' is not a number" },
		{ ENDED ",\"state\":\"ok\",\"code\":\"7\"", "'code' is not a number" },
		{ ENDED ",\"state\":\"ok\",\"attempt\":0", "out of range" },
		{ ENDED ",\"state\":\"ok\",\"attempt\":2147483648", "out of range" },
		{ ENDED ",\"state\":\"ok\",\"bytes\":9223372036854775808", "not a number" },
		{ ENDED ",\"state\":\"ok\",\"seconds\":-1", "not a number" },
		{ ENDED ",\"state\":\"ok\",\"seconds\":1.0000001", "not a number" },
		{ ENDED ",\"state\":\"ok\",\"seconds\":1.", "not a number" },
		{ ENDED ",\"state\":\"ok\",\"seconds\":1e9", "not a number" },
		{ ENDED ",\"state\":\"ok\",\"seconds\":1000000001", "out of range" },
		{ ENDED ",\"state\":\"ok\",\"lingered\":1", "not true or false" },
		{ ",\"event\":\"request\",\"verb\":\"v\",\"targets\":\"a\"", "not a list" },
		{ ",\"event\":\"request\",\"verb\":\"v\",\"targets\":[1]", "not a list" },
		{ ",\"event\":\"request\",\"verb\":\"v\",\"targets\":[\"a\",]", "not a list" },
		{ ",\"event\":\"request\",\"verb\":\"v\",\"targets\":[\"a\" \"b\"]", "not a list" },
		{ ",\"event\":\"run_started\",\"id\":\"i\",\"vocabulary\":2", "newer seqdeck" },
		{ NOTE ",\"x\":tru", "'x' is not JSON" },
		{ NOTE ",\"x\":01", "'x' is not JSON" },
		{ NOTE ",\"x\":1.e5", "'x' is not JSON" },
		{ NOTE ",\"x\":[1 2]", "'x' is not JSON" },
		{ NOTE ",\"x\":", "'x' is not JSON" },
		{ NOTE ",x:1", "not JSON" },
		{ NOTE "}", "not JSON" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(bad[i].members, bad[i].why);
}

static void
test_values_nested_too_deep_are_refused_and_not_followed(void **state)
{
	(void)state;
	struct buf members = BUF_INIT;
	struct event event;
	buf_add_str(&members, NOTE ",\"x\":");
	for (int i = 0; i < 30; i++)
		buf_add_char(&members, '[');
	for (int i = 0; i < 30; i++)
		buf_add_char(&members, ']');
	assert_int_equal(decode(members.data, &event, NULL), 0);
	event_release(&event);
	buf_clear(&members);
	buf_add_str(&members, NOTE ",\"x\":");
	for (int i = 0; i < 1000000; i++)
		buf_add_char(&members, '[');
	assert_refused(members.data, "'x' is not JSON");
	buf_release(&members);
}

/* A string of n times s, the caller frees. */
static char *
times(const char *s, size_t n)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_add_str(&text, s);
	return buf_take(&text);
}

static void
test_text_over_its_limit_is_cut_at_a_character_and_marked(void **state)
{
	(void)state;
	const size_t max = (size_t)event_fields[EVENT_FIELD_TEXT].max;
	struct event event, back;
	struct buf line = BUF_INIT;
	char *fits = times("x", max - 2), *over = times("\xe2\x82\xac", max / 3 + 1);
	event_init(&event, EVENT_NOTE);
	event.number = 1;
	event.text = fits;
	event_encode(&event, &line);
	assert_null(strstr(line.data, "\"cut\""));
	assert_int_equal(event_decode(line.data, line.len - 1, &back, NULL), 0);
	assert_int_equal(strlen(back.text), max - 2);
	event_release(&back);
	buf_clear(&line);
	event.text = over;
	event_encode(&event, &line);
	assert_non_null(strstr(line.data, ",\"cut\":true,\"crc\":"));
	assert_int_equal(event_decode(line.data, line.len - 1, &back, NULL), 0);
	size_t len = strlen(back.text);
	assert_true(len <= max - 2 && len > max - 8 && len % 3 == 0);
	assert_string_equal(back.text + len - 6, "\xe2\x82\xac\xe2\x80\xa6");
	event_release(&back);
	free(fits);
	free(over);
	buf_release(&line);
}

static void
test_lists_over_their_limit_lose_whole_items(void **state)
{
	(void)state;
	enum { COUNT = 30000 };
	static const char *list[COUNT + 1];
	char *name = times("n", 97);
	struct event event, back;
	struct buf line = BUF_INIT;
	for (int i = 0; i < COUNT; i++)
		list[i] = name;
	event_init(&event, EVENT_SEQUENCE_ADDED);
	event.number = 1;
	event.sequence = "all";
	event.needs = list;
	event_encode(&event, &line);
	assert_non_null(strstr(line.data, ",\"cut\":true,\"crc\":"));
	assert_int_equal(event_decode(line.data, line.len - 1, &back, NULL), 0);
	size_t count = 0;
	for (; back.needs[count]; count++)
		assert_string_equal(back.needs[count], name);
	/* Each takes its quotes and a comma, the brackets two bytes less the last comma. */
	assert_int_equal(count, (event_fields[EVENT_FIELD_NEEDS].max - 1) / 100);
	event_release(&back);
	free(name);
	buf_release(&line);
}

static void
test_no_line_can_be_longer_than_readers_take(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_KINDS; i++) {
		size_t sum = 1024; /* head, cut, checksum */
		for (size_t j = 0; j < event_kinds[i].field_count; j++) {
			const struct event_field *field = &event_fields[event_kinds[i].fields[j]];
			bool is_text = field->type == EVENT_TYPE_TEXT ||
			    field->type == EVENT_TYPE_LIST;
			sum += strlen(field->name) + (is_text ? (size_t)field->max : 32);
		}
		assert_true(sum < EVENT_LINE_MAX);
	}
}

static void
test_the_line_limit_is_told(void **state)
{
	(void)state;
	struct buf line = BUF_INIT;
	struct event event;
	struct err err = ERR_INIT;
	buf_printf(&line, "%s" NOTE ",\"x\":\"", head);
	while (line.len < EVENT_LINE_MAX - 20)
		buf_add_char(&line, 'x');
	buf_add_char(&line, '"');
	close_line(&line);
	assert_int_equal(line.len, EVENT_LINE_MAX - 1);
	assert_int_equal(event_decode(line.data, line.len, &event, &err), 0);
	event_release(&event);
	assert_int_equal(event_decode(line.data, line.len + 1, &event, &err), -1);
	assert_non_null(strstr(err.text, "longer than 4194304 bytes"));
	buf_release(&line);
}

static void
test_the_tables_are_whole(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_FIELDS; i++)
		assert_true(event_fields[i].name && strlen(event_fields[i].help) > 0);
	for (int i = 0; i < EVENT_KINDS; i++) {
		const struct event_kind_info *kind = &event_kinds[i];
		assert_string_equal(event_kind_name((enum event_kind)i), kind->name);
		assert_true(strlen(kind->help) > 0);
		assert_true(kind->required_count <= kind->field_count);
		assert_true(kind->field_count <= EVENT_KIND_FIELDS_MAX);
		/* Rows that say too few fields lose the last one: each is named once. */
		for (size_t j = 0; j < kind->field_count; j++)
			for (size_t k = 0; k < j; k++)
				assert_int_not_equal(kind->fields[j], kind->fields[k]);
		for (size_t j = kind->field_count; j < EVENT_KIND_FIELDS_MAX; j++)
			assert_int_equal(kind->fields[j], 0);
	}
	for (int i = 0; i < STATES; i++)
		assert_int_equal(state_find(state_name((enum state)i)), i);
	assert_int_equal(state_find("tired"), -1);
	assert_true(state_is_end(STATE_OK) && state_is_end(STATE_UNKNOWN));
	assert_false(state_is_end(STATE_RETRYING));
}

static void
test_releasing_a_borrowed_event_frees_nothing(void **state)
{
	(void)state;
	struct event event;
	event_init(&event, EVENT_NOTE);
	event.text = "borrowed";
	event_release(&event);
	assert_null(event.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_event_is_written_as_told_in_the_header),
		cmocka_unit_test(test_random_events_come_back_as_they_were),
		cmocka_unit_test(test_lines_are_json_to_others_and_safe_to_print),
		cmocka_unit_test(test_bytes_that_are_no_utf8_are_replaced),
		cmocka_unit_test(test_no_bit_of_a_line_can_flip_unseen),
		cmocka_unit_test(test_unknown_members_are_passed_over),
		cmocka_unit_test(test_an_unknown_event_is_told_and_leaves_the_event_alone),
		cmocka_unit_test(test_what_is_wrong_in_a_line_is_refused_and_told),
		cmocka_unit_test(test_values_nested_too_deep_are_refused_and_not_followed),
		cmocka_unit_test(test_text_over_its_limit_is_cut_at_a_character_and_marked),
		cmocka_unit_test(test_lists_over_their_limit_lose_whole_items),
		cmocka_unit_test(test_no_line_can_be_longer_than_readers_take),
		cmocka_unit_test(test_the_line_limit_is_told),
		cmocka_unit_test(test_the_tables_are_whole),
		cmocka_unit_test(test_releasing_a_borrowed_event_frees_nothing),
	};
	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
