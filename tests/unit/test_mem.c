#include "base/mem.h"

#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_memory_is_zeroed_and_size_zero_may_be_freed(void **state)
{
	(void)state;
	unsigned char *bytes = mem_alloc(1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bytes[i], 0);
	free(bytes);
	void *none = mem_alloc(0);
	assert_non_null(none);
	free(none);
	free(mem_array(0, 8));
}

static void
test_growing_keeps_what_was_there(void **state)
{
	(void)state;
	int *numbers = mem_array(2, sizeof *numbers);
	numbers[0] = 1;
	numbers[1] = 2;
	numbers = mem_grow(numbers, 1000, sizeof *numbers);
	assert_int_equal(numbers[0] + numbers[1], 3);
	numbers = mem_grow(numbers, 0, sizeof *numbers);
	assert_non_null(numbers);
	free(numbers);
}

static void
test_copies_are_exact(void **state)
{
	(void)state;
	assert_null(mem_strdup(NULL));
	char *s = mem_strdup("web");
	assert_string_equal(s, "web");
	free(s);
	s = mem_strndup("web01", 3);
	assert_string_equal(s, "web");
	free(s);
	s = mem_dup("a\0b", 3);
	assert_memory_equal(s, "a\0b", 3);
	free(s);
	s = mem_printf("%s-%d", "web", 2);
	assert_string_equal(s, "web-2");
	free(s);
}

static void
hook_says_so(void *arg)
{
	(void)!write(*(int *)arg, "hook", 4);
}

/* What a child that runs out of memory by `exhaust` says on both descriptors, and its
 * status. */
static int
run_out(void (*exhaust)(void), char *hook, char *text, size_t size)
{
	int hooks[2], errors[2], status;
	assert_int_equal(pipe(hooks) | pipe(errors), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(errors[1], STDERR_FILENO);
		mem_on_exhausted(hook_says_so, &hooks[1]);
		exhaust();
		_exit(0);
	}
	close(hooks[1]);
	close(errors[1]);
	memset(hook, 0, size);
	memset(text, 0, size);
	assert_true(read(hooks[0], hook, size - 1) >= 0);
	assert_true(read(errors[0], text, size - 1) >= 0);
	close(hooks[0]);
	close(errors[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
exhaust_by_array(void)
{
	free(mem_array(SIZE_MAX / 2, 4));
}

static void
exhaust_by_growing(void)
{
	free(mem_grow(NULL, SIZE_MAX, 2));
}

static void
test_an_overflow_runs_the_hook_says_so_and_ends_with_status_4(void **state)
{
	(void)state;
	char hook[100], text[100];
	void (*const ways[])(void) = { exhaust_by_array, exhaust_by_growing };
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(run_out(ways[i], hook, text, sizeof hook), 4);
		assert_string_equal(hook, "hook");
		assert_string_equal(text, "seqdeck: out of memory\n");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed_and_size_zero_may_be_freed),
		cmocka_unit_test(test_growing_keeps_what_was_there),
		cmocka_unit_test(test_copies_are_exact),
		cmocka_unit_test(
		    test_an_overflow_runs_the_hook_says_so_and_ends_with_status_4),
	};
	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
