#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

int
file_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;
	while (len) {
		ssize_t n = write(fd, p, len);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Reads fd to its end, up to max bytes. */
static int
read_to_end(int fd, const char *path, size_t max, struct buf *b, struct err *err)
{
	size_t start = b->len;
	for (;;) {
		char *to = buf_reserve(b, 65536);
		ssize_t n = read(fd, to, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "cannot read '%s'", path);
		if (n == 0)
			break;
		b->len += (size_t)n;
		if (b->len - start > max)
			return err_set(err, "'%s' is larger than %zu bytes", path, max);
	}
	buf_reserve(b, 0);
	return 0;
}

int
file_read_all(const char *path, size_t max, struct buf *b, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_errno(err, "cannot open '%s'", path);
	struct stat st;
	int rc;
	if (fstat(fd, &st) < 0)
		rc = err_errno(err, "cannot read '%s'", path);
	else if (S_ISDIR(st.st_mode))
		rc = err_set(err, "'%s' is a directory, not a file", path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(err, "'%s' is not a regular file", path);
	else
		rc = read_to_end(fd, path, max, b, err);
	close(fd);
	return rc;
}

int
file_make_dirs(const char *path, mode_t mode, struct err *err)
{
	char *copy = mem_strdup(path);
	size_t len = strlen(copy), at = 0;
	int rc = 0;
	while (at < len && rc == 0) {
		at += strspn(copy + at, "/");
		at += strcspn(copy + at, "/");
		char c = copy[at];
		copy[at] = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST)
			rc = err_errno(err, "cannot make the directory '%s'", copy);
		copy[at] = c;
	}
	struct stat st;
	if (rc == 0 && stat(path, &st) < 0)
		rc = err_errno(err, "cannot make the directory '%s'", path);
	else if (rc == 0 && !S_ISDIR(st.st_mode))
		rc = err_set(err, "'%s' is not a directory", path);
	free(copy);
	return rc;
}

int
file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
    struct err *err)
{
	char *tmp = mem_printf("%s.new.%ld", path, (long)getpid());
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	int rc = 0;
	if (fd < 0)
		rc = err_errno(err, "cannot create '%s'", tmp);
	else if (file_write_all(fd, bytes, len) < 0 || fsync(fd) < 0)
		rc = err_errno(err, "cannot write '%s'", tmp);
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = err_errno(err, "cannot write '%s'", tmp);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = err_errno(err, "cannot rename '%s' to '%s'", tmp, path);
	if (rc < 0)
		(void)unlink(tmp); /* best effort: the error is already told */
	free(tmp);
	return rc;
}

int
file_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EAGAIN || errno == EACCES ? 1 : -1;
}

int
file_set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0)
		return -1;
	return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int
file_set_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);
	return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

char *
file_join(const char *a, const char *b)
{
	if (b[0] == '/' || !a[0])
		return mem_strdup(b);
	return mem_printf("%s%s%s", a, a[strlen(a) - 1] == '/' ? "" : "/", b);
}

char *
file_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return mem_strdup(".");
	return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}
