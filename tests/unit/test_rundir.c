#include "record/rundir.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "scratch.h"

#define STARTED INT64_C(1795508067123456)	/* 2026-11-24 08:14:27 UTC */

/* A directory that is also the user's state. */
static int
make_dir(void **state)
{
	*state = scratch_make();
	return setenv("XDG_STATE_HOME", *state, 1);
}

static int
remove_dir(void **state)
{
	scratch_remove(*state);
	return 0;
}

static struct rundir_info
info_of(const char *title, int64_t started)
{
	return (struct rundir_info){ .title = mem_strdup(title),
		.plan = mem_strdup("/plans/web.ini"), .plan_dir = mem_strdup("/plans"),
		.version = mem_strdup("0.1.0"), .started_wall_us = started };
}

/* Makes a run; its directory, which the caller frees. */
static char *
create(const char *dir, const char *title, int64_t started)
{
	struct rundir_info info = info_of(title, started);
	struct err err = ERR_INIT;
	char *made = rundir_create(dir, &info, "[plan]\n", 7, &err);
	if (!made)
		fail_msg("%s", err.text);
	rundir_info_release(&info);
	return made;
}

static const char *
last_part(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void
assert_created(const char *title, const char *id)
{
	char *dir = create(NULL, title, STARTED);
	assert_string_equal(last_part(dir), id);
	free(dir);
}

static void
test_home_follows_the_xdg_rules(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	char *home, *old = mem_strdup(getenv("HOME") ? getenv("HOME") : "/");
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("HOME", "/home/x", 1);
	home = rundir_home(&err);
	assert_string_equal(home, "/state/seqdeck/runs");
	free(home);
	const char *const ignored[] = { "", "state", "./state" };
	for (size_t i = 0; i < 3; i++) {
		setenv("XDG_STATE_HOME", ignored[i], 1);
		home = rundir_home(&err);
		assert_string_equal(home, "/home/x/.local/state/seqdeck/runs");
		free(home);
	}
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "", 1);
	assert_null(rundir_home(&err));
	assert_non_null(strstr(err.text, "set HOME or XDG_STATE_HOME"));
	unsetenv("HOME");
	assert_null(rundir_home(&err));
	assert_null(rundir_find(NULL, &err));
	setenv("HOME", old, 1);
	free(old);
}

static void
test_ids_are_time_and_title_and_a_suffix_where_taken(void **state)
{
	(void)state;
	assert_created("Web tier", "20261124-081427-web-tier");
	assert_created("web-TIER!", "20261124-081427-web-tier-2");
	assert_created("  web / tier ", "20261124-081427-web-tier-3");
	assert_created("", "20261124-081427-run");
	assert_created("\xc3\xa9\xc3\xa9", "20261124-081427-run-2");
	assert_created("../../etc", "20261124-081427-etc");
	assert_created("0123456789012345678901234567890123456789xyz",
	    "20261124-081427-0123456789012345678901234567890123456789");
}

static void
test_there_is_an_end_to_suffixes(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct rundir_info info = info_of("web", STARTED);
	char *home = rundir_home(NULL);
	for (int n = 1; n <= RUNDIR_SUFFIX_MAX; n++) {
		char *dir = n == 1 ? mem_printf("%s/20261124-081427-web", home) :
		    mem_printf("%s/20261124-081427-web-%d", home, n);
		assert_int_equal(file_make_dirs(dir, 0700, NULL), 0);
		free(dir);
	}
	assert_null(rundir_create(NULL, &info, "", 0, &err));
	assert_non_null(strstr(err.text, "cannot make the run directory '"));
	assert_non_null(strstr(err.text, "web-1000': File exists"));
	assert_null(info.id);
	rundir_info_release(&info);
	free(home);
}

static void
test_what_was_told_comes_back_whatever_its_bytes(void **state)
{
	(void)state;
	struct rundir_info info = info_of("caf\xc3\xa9 \"x\" \x1b[31m", STARTED), back;
	struct err err = ERR_INIT;
	char name[] = "release", value[] = "2.4 \xff\x80 \xed\xb2\x80 \n", web[] = "web*", db[] = "";
	char *names[] = { name, NULL }, *values[] = { value, NULL }, *only[] = { web, db, NULL };
	free(info.plan);
	info.plan = mem_strdup("/plans/\xe9t\xe9.ini");
	info.parallel = 32;
	info.set_names = names;
	info.set_values = values;
	info.only = only;
	char *dir = rundir_create(NULL, &info, "a\0b", 3, &err);
	assert_non_null(dir);
	if (rundir_read_info(dir, &back, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(back.id, last_part(dir));
	assert_string_equal(back.title, info.title);
	assert_string_equal(back.plan, info.plan);
	assert_string_equal(back.plan_dir, "/plans");
	assert_string_equal(back.version, "0.1.0");
	assert_int_equal(back.started_wall_us, STARTED);
	assert_int_equal(back.parallel, 32);
	assert_string_equal(back.set_names[0], name);
	assert_string_equal(back.set_values[0], value);
	assert_null(back.set_names[1]);
	assert_null(back.set_values[1]);
	assert_string_equal(back.only[0], web);
	assert_string_equal(back.only[1], db);
	assert_null(back.only[2]);
	struct buf plan = scratch_read(dir, "plan.ini");
	assert_int_equal(plan.len, 3);
	assert_memory_equal(plan.data, "a\0b", 3);
	buf_release(&plan);
	rundir_info_release(&back);
	info.set_names = info.set_values = info.only = NULL;
	rundir_info_release(&info);
	free(dir);
}

static void
test_others_can_open_nothing_of_a_run(void **state)
{
	struct stat st;
	char *dir = create(NULL, "web", STARTED);
	const char *const names[] = { "", "run.json", "plan.ini" };
	for (size_t i = 0; i < 3; i++) {
		char *path = file_join(dir, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 077, 0);
		free(path);
	}
	free(dir);
	/* A directory that the user named, empty and open to all. */
	char *named = file_join(*state, "named");
	assert_int_equal(mkdir(named, 0777), 0);
	assert_int_equal(chmod(named, 0777), 0);
	dir = create(named, "web", STARTED);
	assert_int_equal(stat(named, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(dir);
	free(named);
}

static void
test_a_named_directory_is_made_or_must_be_empty(void **state)
{
	struct rundir_info info = info_of("web", 0);
	struct err err = ERR_INIT;
	char *named = file_join(*state, "deep/down/run"), *real = realpath(*state, NULL);
	char *dir = rundir_create(named, &info, "", 0, &err);
	assert_non_null(dir);
	char *expected = file_join(real, "deep/down/run");
	assert_string_equal(dir, expected);
	assert_true(info.started_wall_us > STARTED / 2);
	free(dir);
	assert_null(rundir_create(named, &info, "", 0, &err));
	assert_non_null(strstr(err.text, "it is not empty"));
	scratch_write(*state, "file", "", 0);
	char *file = file_join(*state, "file");
	assert_null(rundir_create(file, &info, "", 0, &err));
	assert_non_null(strstr(err.text, "Not a directory"));
	rundir_info_release(&info);
	free(file);
	free(expected);
	free(real);
	free(named);
}

static void
test_many_that_start_at_once_get_a_directory_each(void **state)
{
	(void)state;
	enum { PROCESSES = 8, EACH = 5 };
	int fds[2], status;
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		for (int j = 0; j < EACH; j++) {
			struct rundir_info info = info_of("web", STARTED);
			char *dir = rundir_create(NULL, &info, "", 0, NULL);
			if (!dir)
				_exit(1);
			rundir_info_release(&info);
			free(dir);
		}
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	struct rundir_entry *entries;
	size_t count;
	char *home = rundir_home(NULL);
	assert_int_equal(rundir_list(home, &entries, &count, NULL), 0);
	assert_int_equal(count, PROCESSES * EACH);
	rundir_entries_free(entries, count);
	free(home);
	close(fds[0]);
	close(fds[1]);
}

static void
test_runs_are_listed_newest_first_and_nothing_else(void **state)
{
	struct rundir_entry *entries;
	size_t count;
	struct err err = ERR_INIT;
	char *home = rundir_home(NULL);
	assert_int_equal(rundir_list(home, &entries, &count, &err), 0);
	assert_int_equal(count, 0);
	rundir_entries_free(entries, count);
	free(create(NULL, "old", STARTED - 5 * CLOCK_SECOND_US));
	free(create(NULL, "new", STARTED));
	free(create(NULL, "older", STARTED - 9 * CLOCK_SECOND_US));
	char *other = file_join(home, "other");
	assert_int_equal(mkdir(other, 0700), 0);
	scratch_write(home, "file", "x", 1);
	free(other);
	other = file_join(home, "broken");
	assert_int_equal(mkdir(other, 0700), 0);
	scratch_write(other, "run.json", "{\"id\":", 6);
	free(other);
	assert_int_equal(rundir_list(home, &entries, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_string_equal(entries[0].id, "20261124-081427-new");
	assert_string_equal(entries[1].id, "20261124-081422-old");
	assert_string_equal(entries[2].id, "20261124-081418-older");
	assert_int_equal(entries[0].started_wall_us, STARTED);
	assert_string_equal(last_part(entries[0].dir), entries[0].id);
	rundir_entries_free(entries, count);
	assert_int_equal(rundir_list("/dev/null", &entries, &count, &err), -1);
	free(home);
	(void)state;
}

static void
assert_found(const char *name, const char *id)
{
	struct err err = ERR_INIT;
	char *dir = rundir_find(name, &err);
	if (!dir)
		fail_msg("%s", err.text);
	assert_string_equal(last_part(dir), id);
	free(dir);
}

static void
assert_not_found(const char *name, const char *why)
{
	struct err err = ERR_INIT;
	char *dir = rundir_find(name, &err);
	if (dir)
		fail_msg("found: %s", dir);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
}

static void
test_a_run_is_found_by_id_by_unique_beginning_or_as_the_newest(void **state)
{
	assert_not_found(NULL, "there are no runs in '");
	assert_not_found("2026", "there are no runs in '");
	free(create(NULL, "web", STARTED));
	free(create(NULL, "web", STARTED));
	free(create(NULL, "db", STARTED + 60 * CLOCK_SECOND_US));
	assert_found(NULL, "20261124-081527-db");
	assert_found("20261124-0815", "20261124-081527-db");
	assert_found("20261124-081427-web", "20261124-081427-web");
	assert_found("20261124-081427-web-", "20261124-081427-web-2");
	assert_not_found("20261124", "'20261124' is the beginning of 3 runs: "
	    "20261124-081527-db, 20261124-081427-web-2, 20261124-081427-web");
	assert_not_found("web", "there is no run 'web' in '");
	assert_not_found("", "is the beginning of 3 runs");
	char *path = create(NULL, "named", STARTED);
	assert_found(path, "20261124-081427-named");
	free(path);
	path = mem_printf("%s/", (char *)*state);
	assert_not_found(path, "is no run directory");
	free(path);
	assert_not_found("./nowhere", "No such file or directory");
}

static void
test_of_many_matches_some_are_named(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		free(create(NULL, "web", STARTED));
	assert_not_found("2026", "web-4 and 3 more");
}

/* Whether a child process finds the run locked, and the message it gets. */
static bool
is_locked_for_others(const char *dir, char *text, size_t size)
{
	int fds[2], status;
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct err err = ERR_INIT;
		int fd = rundir_lock(dir, &err);
		(void)!write(fds[1], err.text, strlen(err.text));
		_exit(fd < 0);
	}
	close(fds[1]);
	memset(text, 0, size);
	assert_true(read(fds[0], text, size - 1) >= 0);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status != 0;
}

static void
test_one_process_drives_a_run_and_the_others_are_told_which(void **state)
{
	(void)state;
	char text[1024], expected[200];
	char *dir = create(NULL, "web", STARTED);
	int64_t pid = 77;
	assert_false(rundir_is_live(dir, &pid));
	assert_int_equal(pid, 77);
	int fd = rundir_lock(dir, NULL);
	assert_true(fd >= 0);
	assert_true(rundir_is_live(dir, &pid));
	assert_int_equal(pid, getpid());
	assert_true(rundir_is_live(dir, NULL));
	assert_true(is_locked_for_others(dir, text, sizeof text));
	snprintf(expected, sizeof expected,
	    "run '20261124-081427-web' is already driven by process %ld", (long)getpid());
	assert_string_equal(text, expected);
	assert_int_equal(rundir_lock(dir, NULL), -1);
	close(fd);
	assert_false(rundir_is_live(dir, NULL));
	assert_false(is_locked_for_others(dir, text, sizeof text));
	/* The child is gone: its number is still in the file, and nobody has the lock. */
	assert_false(rundir_is_live(dir, NULL));
	free(dir);
}

static void
test_a_lock_file_that_is_a_link_is_refused(void **state)
{
	char *dir = create(NULL, "web", STARTED), *path = file_join(dir, "engine.lock");
	char *other = file_join(*state, "other");
	struct err err = ERR_INIT;
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(rundir_lock(dir, &err), -1);
	assert_non_null(strstr(err.text, "cannot open '"));
	assert_false(scratch_exists(*state, "other"));
	assert_false(rundir_is_live(dir, NULL));
	free(other);
	free(path);
	free(dir);
}

static void
assert_log_path(const char *sequence, const char *step, const char *expected)
{
	char *path = rundir_log_path(sequence, 2, step, 1);
	assert_string_equal(path, expected);
	free(path);
}

static void
test_log_paths_hold_safe_letters_only(void **state)
{
	(void)state;
	assert_log_path("web", "install", "sequences/web/03-install.1.log");
	assert_log_path("node@web01.lab", "a_b-c", "sequences/node@web01.lab/03-a_b-c.1.log");
	assert_log_path("a/b", "c d", "sequences/a=2Fb/03-c=20d.1.log");
	assert_log_path("..", ".", "sequences/=2E./03-=2E.1.log");
	assert_log_path("=41", "\xc3\xa9\x1b", "sequences/=3D41/03-=C3=A9=1B.1.log");
	char *path = rundir_log_path("web", 9999, "x", 123456);
	assert_string_equal(path, "sequences/web/10000-x.123456.log");
	free(path);
}

static void
test_long_names_are_cut_and_stay_apart(void **state)
{
	(void)state;
	char one[501], two[501];
	memset(one, 'n', 500);
	one[500] = '\0';
	memcpy(two, one, sizeof one);
	two[499] = 'm';
	char *a = rundir_log_path(one, 0, one, 1), *b = rundir_log_path(two, 0, two, 1);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), strlen("sequences/") + 200 + strlen("/01-") + 200 +
	    strlen(".1.log"));
	assert_non_null(strstr(a, "nnn=="));
	free(a);
	free(b);
	/* An escape is not cut in two, and 200 bytes are left alone. */
	memset(one, ' ', 500);
	a = rundir_log_path(one, 0, "x", 1);
	assert_non_null(strstr(a, "=20=20=="));
	free(a);
	memset(one, 'n', 200);
	one[200] = '\0';
	a = rundir_log_path(one, 0, "x", 1);
	assert_null(strchr(a, '='));
	free(a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_home_follows_the_xdg_rules),
		TEST(test_ids_are_time_and_title_and_a_suffix_where_taken),
		TEST(test_there_is_an_end_to_suffixes),
		TEST(test_what_was_told_comes_back_whatever_its_bytes),
		TEST(test_others_can_open_nothing_of_a_run),
		TEST(test_a_named_directory_is_made_or_must_be_empty),
		TEST(test_many_that_start_at_once_get_a_directory_each),
		TEST(test_runs_are_listed_newest_first_and_nothing_else),
		TEST(test_a_run_is_found_by_id_by_unique_beginning_or_as_the_newest),
		TEST(test_of_many_matches_some_are_named),
		TEST(test_one_process_drives_a_run_and_the_others_are_told_which),
		TEST(test_a_lock_file_that_is_a_link_is_refused),
		TEST(test_log_paths_hold_safe_letters_only),
		TEST(test_long_names_are_cut_and_stay_apart),
	};
	return cmocka_run_group_tests_name("rundir", tests, NULL, NULL);
}
