#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

/* What write(2) does next: the linker puts this in its place (see Makefile.am). */
static struct {
	size_t at_most;	/* bytes taken; 0: all */
	int interrupts;	/* EINTR this many times first */
	int code;	/* then this errno; 0: none */
} plan;

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	if (plan.interrupts > 0) {
		plan.interrupts--;
		errno = EINTR;
		return -1;
	}
	if (plan.code) {
		errno = plan.code;
		return -1;
	}
	return __real_write(fd, bytes, plan.at_most && len > plan.at_most ? plan.at_most : len);
}

static int
make_dir(void **state)
{
	*state = scratch_make();
	memset(&plan, 0, sizeof plan);
	return 0;
}

static int
remove_dir(void **state)
{
	memset(&plan, 0, sizeof plan);
	scratch_remove(*state);
	return 0;
}

static void
test_short_and_interrupted_writes_are_gone_on_with(void **state)
{
	char *path = file_join(*state, "out");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	plan.at_most = 3;
	plan.interrupts = 2;
	assert_int_equal(file_write_all(fd, "0123456789", 10), 0);
	plan.code = ENOSPC;
	assert_int_equal(file_write_all(fd, "x", 1), -1);
	assert_int_equal(errno, ENOSPC);
	close(fd);
	struct buf b = scratch_read(*state, "out");
	assert_string_equal(buf_str(&b), "0123456789");
	buf_release(&b);
	free(path);
}

static void
assert_not_read(const char *path, size_t max, const char *why)
{
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	assert_int_equal(file_read_all(path, max, &b, &err), -1);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
	buf_release(&b);
}

static void
test_only_regular_files_within_the_limit_are_read(void **state)
{
	char *path = file_join(*state, "in"), *fifo = file_join(*state, "fifo");
	struct buf b = BUF_INIT;
	assert_not_read(path, 10, "No such file");
	assert_not_read(*state, 10, "is a directory");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_not_read(fifo, 10, "is not a regular file");
	scratch_write(*state, "in", "0123456789", 10);
	buf_add_str(&b, "before ");
	assert_int_equal(file_read_all(path, 10, &b, NULL), 0);
	assert_string_equal(b.data, "before 0123456789");
	assert_not_read(path, 9, "is larger than 9 bytes");
	buf_release(&b);
	free(path);
	free(fifo);
}

static void
test_directories_are_made_with_their_parents(void **state)
{
	char *deep = file_join(*state, "a//b/c/");
	struct err err = ERR_INIT;
	struct stat st;
	assert_int_equal(file_make_dirs(deep, 0700, &err), 0);
	assert_int_equal(file_make_dirs(deep, 0700, &err), 0);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(deep);
	scratch_write(*state, "file", "", 0);
	deep = file_join(*state, "file");
	assert_int_equal(file_make_dirs(deep, 0700, &err), -1);
	assert_non_null(strstr(err.text, "is not a directory"));
	free(deep);
	deep = file_join(*state, "file/sub");
	assert_int_equal(file_make_dirs(deep, 0700, &err), -1);
	assert_non_null(strstr(err.text, "Not a directory"));
	free(deep);
	assert_int_equal(file_make_dirs("/", 0700, &err), 0);
	assert_int_equal(file_make_dirs("", 0700, &err), -1);
}

static void
test_a_file_is_replaced_whole_or_not_at_all(void **state)
{
	char *path = file_join(*state, "out");
	struct err err = ERR_INIT;
	assert_int_equal(file_replace(path, "old", 3, 0600, &err), 0);
	plan.at_most = 1;
	assert_int_equal(file_replace(path, "newer", 5, 0600, &err), 0);
	plan.code = ENOSPC;
	assert_int_equal(file_replace(path, "lost", 4, 0600, &err), -1);
	assert_int_equal(err.code, ENOSPC);
	plan.code = 0;
	struct buf b = scratch_read(*state, "out");
	assert_string_equal(buf_str(&b), "newer");
	buf_release(&b);
	/* Nothing is left lying about: the directory holds this one file. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(*state), 0);
	assert_int_equal(mkdir(*state, 0700), 0);
	free(path);
}

static void
test_a_lock_belongs_to_one_open_file(void **state)
{
	char *path = file_join(*state, "lock");
	int one = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int two = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(file_lock(one), 0);
	assert_int_equal(file_lock(one), 0);
	assert_int_equal(file_lock(two), 1);
	close(one);
	assert_int_equal(file_lock(two), 0);
	close(two);
	assert_int_equal(file_lock(two), -1);
	free(path);
}

static void
test_descriptor_flags_are_set_and_taken_back(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(file_set_nonblock(fds[0], true), 0);
	assert_true(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
	assert_int_equal(file_set_nonblock(fds[0], false), 0);
	assert_false(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
	assert_int_equal(file_set_cloexec(fds[0]), 0);
	assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(file_set_nonblock(fds[0], true), -1);
	assert_int_equal(file_set_cloexec(fds[0]), -1);
}

static void
assert_path(char *path, const char *expected)
{
	assert_string_equal(path, expected);
	free(path);
}

static void
test_paths_are_joined_and_taken_apart(void **state)
{
	(void)state;
	assert_path(file_join("a", "b"), "a/b");
	assert_path(file_join("a/", "b"), "a/b");
	assert_path(file_join("a", "/b"), "/b");
	assert_path(file_join("", "b"), "b");
	assert_path(file_dirname("a"), ".");
	assert_path(file_dirname("/a"), "/");
	assert_path(file_dirname("/a/b"), "/a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_short_and_interrupted_writes_are_gone_on_with, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
		    test_only_regular_files_within_the_limit_are_read, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_directories_are_made_with_their_parents,
		    make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_a_file_is_replaced_whole_or_not_at_all,
		    make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_a_lock_belongs_to_one_open_file,
		    make_dir, remove_dir),
		cmocka_unit_test(test_descriptor_flags_are_set_and_taken_back),
		cmocka_unit_test(test_paths_are_joined_and_taken_apart),
	};
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
