#include "record/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "record/record_file.h"
#include "record/rundir_private.h"

#define SLUG_MAX 40	/* bytes of the title in an id */
#define NAME_MAX_LEN 200	/* bytes of a sequence's or step's name in a path */

char *
rundir_home(struct err *err)
{
	/* The XDG base directory specification: a path that is not absolute is ignored. */
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (state && state[0] == '/')
		return file_join(state, "seqdeck/runs");
	if (home && home[0] == '/')
		return file_join(home, ".local/state/seqdeck/runs");
	err_set(err, "there is no place for runs: set HOME or XDG_STATE_HOME to an absolute "
	    "path, or name a directory with --dir");
	return NULL;
}

static bool
is_slug_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Appends the title's letters and digits, with single '-' for what lies between. */
static void
add_slug(struct buf *to, const char *title)
{
	size_t start = to->len;
	bool has_gap = false;
	for (const char *p = title ? title : ""; *p && to->len - start < SLUG_MAX; p++) {
		char c = *p >= 'A' && *p <= 'Z' ? (char)(*p + 'a' - 'A') : *p;
		if (!is_slug_char(c)) {
			has_gap = to->len > start;
			continue;
		}
		if (has_gap)
			buf_add_char(to, '-');
		has_gap = false;
		buf_add_char(to, c);
	}
	if (to->len == start)
		buf_add_str(to, "run");
}

/* "20261124-081427-web-tier": UTC, as in the journal, so that ids sort by time. */
static char *
make_id(const struct rundir_info *info)
{
	char time[CLOCK_WALL_SIZE];
	struct buf id = BUF_INIT;
	clock_format_wall(info->started_wall_us, time, sizeof time);
	buf_printf(&id, "%.4s%.2s%.2s-%.2s%.2s%.2s-", time, time + 5, time + 8, time + 11,
	    time + 14, time + 17);
	add_slug(&id, info->title);
	return buf_take(&id);
}

/* Makes a directory below home that nobody else has; sets info->id to its name. */
static char *
make_new(struct rundir_info *info, struct err *err)
{
	char *home = rundir_home(err);
	if (!home)
		return NULL;
	char *id = NULL, *dir = NULL;
	int rc = file_make_dirs(home, 0700, err);
	for (int n = 1; rc == 0; n++) {
		char *base = make_id(info);
		free(id);
		free(dir);
		id = n == 1 ? mem_strdup(base) : mem_printf("%s-%d", base, n);
		dir = file_join(home, id);
		free(base);
		if (mkdir(dir, 0700) == 0)
			break;
		if (errno != EEXIST || n == RUNDIR_SUFFIX_MAX)
			rc = err_errno(err, "cannot make the run directory '%s'", dir);
	}
	free(home);
	if (rc < 0) {
		free(id);
		free(dir);
		return NULL;
	}
	free(info->id);
	info->id = id;
	return dir;
}

/* Whether a directory has no entries; -1 with errno. */
static int
is_empty(const char *dir)
{
	DIR *entries = opendir(dir);
	if (!entries)
		return -1;
	int empty = 1;
	const struct dirent *entry;
	errno = 0;
	while (empty && (entry = readdir(entries)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	int code = errno;
	closedir(entries);
	errno = code;
	return code ? -1 : empty;
}

/* Makes sure that an existing directory may become a run directory. */
static int
check_named(const char *dir, struct err *err)
{
	struct stat st;
	int empty = is_empty(dir);
	if (empty < 0 || stat(dir, &st) < 0)
		return err_errno(err, "cannot use the directory '%s'", dir);
	if (!empty)
		return err_set(err, "cannot use the directory '%s' for a run: it is not empty",
		    dir);
	if (st.st_uid != geteuid())
		return err_set(err, "cannot use the directory '%s' for a run: it belongs to "
		    "somebody else", dir);
	/* What steps print is nobody else's business. */
	if ((st.st_mode & 077) && chmod(dir, 0700) < 0)
		return err_errno(err, "cannot close the directory '%s' to others", dir);
	return 0;
}

/* Makes the directory that the user named, or takes it when it is empty. */
static char *
make_named(const char *name, struct rundir_info *info, struct err *err)
{
	char *parent = file_dirname(name);
	int rc = file_make_dirs(parent, 0700, err);
	free(parent);
	if (rc == 0 && mkdir(name, 0700) < 0)
		rc = errno == EEXIST ? check_named(name, err) :
		    err_errno(err, "cannot make the run directory '%s'", name);
	if (rc < 0)
		return NULL;
	char *dir = realpath(name, NULL);
	if (!dir) {
		err_errno(err, "cannot find the run directory '%s'", name);
		return NULL;
	}
	free(info->id);
	info->id = make_id(info);
	return dir;
}

/* Writes plan.ini, which nobody may have written before: of two who took the same empty
 * directory one fails here. */
static int
write_plan(const char *dir, const char *text, size_t len, struct err *err)
{
	char *path = file_join(dir, RECORD_PLAN);
	int fd = record_open(path, O_WRONLY | O_CREAT | O_EXCL, err), rc = -1;
	if (fd >= 0) {
		rc = file_write_all(fd, text, len) < 0 || fsync(fd) < 0 ?
		    err_errno(err, "cannot write '%s'", path) : 0;
		close(fd);
		if (rc < 0)
			(void)unlink(path); /* best effort: the error is told */
	}
	free(path);
	return rc;
}

/* Writes run.json, last of all: a directory without it is no run. */
static int
write_info(const char *dir, const struct rundir_info *info, struct err *err)
{
	char *path = file_join(dir, RECORD_INFO), *parent = file_dirname(dir);
	struct buf text = BUF_INIT;
	rundir_info_encode(info, &text);
	int rc = file_replace(path, text.data, text.len, 0600, err);
	if (rc == 0)
		rc = record_sync_dir(dir, err);
	if (rc == 0) /* a parent that we may not read keeps its own counsel */
		(void)record_sync_dir(parent, NULL);
	buf_release(&text);
	free(parent);
	free(path);
	return rc;
}

char *
rundir_create(const char *dir, struct rundir_info *info, const char *plan_text,
    size_t plan_len, struct err *err)
{
	if (!info->started_wall_us)
		info->started_wall_us = clock_wall_us();
	char *made = dir ? make_named(dir, info, err) : make_new(info, err);
	if (!made)
		return NULL;
	if (write_plan(made, plan_text, plan_len, err) == 0 &&
	    write_info(made, info, err) == 0)
		return made;
	if (!dir) { /* ours alone, and useless */
		char *plan = file_join(made, RECORD_PLAN);
		(void)unlink(plan);
		(void)rmdir(made);
		free(plan);
	}
	free(made);
	return NULL;
}

/* The process id written in a lock file, 0 when there is none. */
static int64_t
lock_pid(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	return n > 0 ? strtoll(text, NULL, 10) : 0;
}

static int
lock_refused(const char *dir, int fd, struct err *err)
{
	int64_t pid = lock_pid(fd);
	char *full = realpath(dir, NULL);
	const char *slash = full ? strrchr(full, '/') : NULL;
	const char *name = slash ? slash + 1 : dir;
	if (pid > 0)
		err_set(err, "run '%s' is already driven by process %" PRId64, name, pid);
	else
		err_set(err, "run '%s' is already driven by another process", name);
	free(full);
	return -1;
}

int
rundir_lock(const char *dir, struct err *err)
{
	char *path = file_join(dir, RECORD_LOCK);
	int fd = record_open(path, O_RDWR | O_CREAT, err), rc = -1;
	int locked = fd >= 0 ? file_lock(fd) : -1;
	if (fd >= 0 && locked > 0) {
		lock_refused(dir, fd, err);
	} else if (fd >= 0 && locked < 0) {
		err_errno(err, "cannot lock '%s'", path);
	} else if (fd >= 0) {
		char text[32];
		int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
		/* The lock is what counts; the number inside is for the message. */
		if (ftruncate(fd, 0) == 0)
			(void)!pwrite(fd, text, (size_t)len, 0);
		rc = 0;
	}
	free(path);
	if (rc == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

bool
rundir_is_live(const char *dir, int64_t *pid)
{
	char *path = file_join(dir, RECORD_LOCK);
	int fd = record_open(path, O_RDONLY, NULL);
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	bool is_live = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 &&
	    lock.l_type != F_UNLCK;
	if (is_live && pid)
		*pid = lock_pid(fd);
	if (fd >= 0)
		close(fd);
	free(path);
	return is_live;
}

/* Appends a name in the letters that paths here hold. */
static void
add_path_name(struct buf *to, const char *name)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._@-";
	size_t start = to->len, cut = start;
	for (const char *p = name; *p; p++) {
		if (to->len - start <= NAME_MAX_LEN - strlen("==01234567"))
			cut = to->len;
		if (strchr(safe, *p) && !(p == name && *p == '.'))
			buf_add_char(to, *p);
		else
			buf_printf(to, "=%02X", (unsigned)(unsigned char)*p);
	}
	if (to->len - start <= NAME_MAX_LEN)
		return;
	to->len = cut;
	buf_printf(to, "==%08lx",
	    (unsigned long)crc32_z(0, (const Bytef *)name, strlen(name)));
}

char *
rundir_log_path(const char *sequence, size_t step_index, const char *step, int attempt)
{
	struct buf path = BUF_INIT;
	buf_add_str(&path, "sequences/");
	add_path_name(&path, sequence);
	buf_printf(&path, "/%02zu-", step_index + 1);
	add_path_name(&path, step);
	buf_printf(&path, ".%d.log", attempt);
	return buf_take(&path);
}
