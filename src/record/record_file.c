#include "record/record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int
record_open(const char *path, int flags, struct err *err)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	if (fd < 0)
		return err_errno(err, "cannot open '%s'", path);
	struct stat st;
	int rc = 0;
	if (fstat(fd, &st) < 0)
		rc = err_errno(err, "cannot read '%s'", path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(err, "'%s' is not a regular file", path);
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

int
record_pread_all(int fd, off_t offset, size_t max, struct buf *to)
{
	size_t left = max;
	while (left) {
		size_t want = left < 65536 ? left : 65536;
		ssize_t n = pread(fd, buf_reserve(to, want), want, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		to->len += (size_t)n;
		offset += n;
		left -= (size_t)n;
	}
	buf_reserve(to, 0);
	return 0;
}

int
record_sync_dir(const char *dir, struct err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot open the directory '%s'", dir);
	int rc = 0;
	/* Some file systems cannot sync a directory, and need not. */
	if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		rc = err_errno(err, "cannot bring the directory '%s' to disk", dir);
	close(fd);
	return rc;
}
