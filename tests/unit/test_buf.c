#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

static void
test_an_empty_buffer_is_an_empty_string(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	assert_string_equal(buf_str(&b), "");
	char *s = buf_take(&b);
	assert_string_equal(s, "");
	free(s);
	buf_clear(&b);
	buf_drop(&b, 0);
	buf_release(&b);
}

static void
test_what_is_appended_stays_in_order_with_a_nul_behind(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_add(&b, "ab\0c", 4);
	buf_add_str(&b, "de");
	buf_add_char(&b, 'f');
	buf_printf(&b, "%03d", 7);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "ab\0cdef007", 11);
	buf_drop(&b, 3);
	assert_string_equal(b.data, "cdef007");
	buf_drop(&b, b.len);
	assert_string_equal(buf_str(&b), "");
	buf_release(&b);
	assert_null(b.data);
}

static void
test_reserved_room_is_there_and_unused_until_the_length_says_so(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_add_str(&b, "x");
	memset(buf_reserve(&b, 5000), 'y', 5000);
	assert_int_equal(b.len, 1);
	b.len += 5000;
	assert_int_equal(b.data[5000], 'y');
	assert_int_equal(b.data[5001], '\0');
	buf_clear(&b);
	assert_string_equal(b.data, "");
	assert_true(b.cap > 5000);
	buf_release(&b);
}

static void
test_taking_hands_the_string_over(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_add_str(&b, "mine");
	char *s = buf_take(&b);
	assert_string_equal(s, "mine");
	assert_null(b.data);
	assert_int_equal(b.len + b.cap, 0);
	free(s);
}

static void
test_random_appends_and_drops_equal_a_plain_string(void **state)
{
	(void)state;
	static char model[1 << 16];
	for (uint64_t seed = 1; seed <= 20; seed++) {
		uint64_t dice = seed;
		struct buf b = BUF_INIT;
		size_t len = 0;
		for (int i = 0; i < 300; i++) {
			size_t n = scratch_pick(&dice, 200);
			if (scratch_pick(&dice, 4) == 0) {
				n = n < len ? n : len;
				memmove(model, model + n, len - n);
				len -= n;
				buf_drop(&b, n);
			} else {
				char bytes[200];
				memset(bytes, (int)scratch_pick(&dice, 256), sizeof bytes);
				memcpy(model + len, bytes, n);
				len += n;
				buf_add(&b, bytes, n);
			}
			assert_int_equal(b.len, len);
		}
		if (len)
			assert_memory_equal(b.data, model, len);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_buffer_is_an_empty_string),
		cmocka_unit_test(test_what_is_appended_stays_in_order_with_a_nul_behind),
		cmocka_unit_test(
		    test_reserved_room_is_there_and_unused_until_the_length_says_so),
		cmocka_unit_test(test_taking_hands_the_string_over),
		cmocka_unit_test(test_random_appends_and_drops_equal_a_plain_string),
	};
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
