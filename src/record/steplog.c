#include "record/steplog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "record/record_file.h"

#define MARK_SIZE sizeof(struct steplog_mark)
#define FLUSH_BYTES 4096	/* marks in memory at which they are written */
#define PENDING_MAX ((size_t)64 << 10)	/* marks kept while they cannot be written */
#define FLUSH_EVERY_US INT64_C(1000000)	/* and how late they are at most */

struct steplog {
	int fd;
	char *path;
	uint64_t size;
	int index_fd;	/* -1: not there yet */
	char *index_path;
	bool has_index;	/* false: it could not be made, and is done without */
	struct buf marks;	/* records, or the rest of one, not written yet */
	uint32_t last_kind;	/* of the last output mark; 0: none yet */
	int64_t last_us;	/* when that was made */
	int64_t flushed_us;	/* when marks were last written; 0: never */
};

/* The path of the index that belongs to a log. */
static char *
index_path(const char *dir, const char *path)
{
	size_t len = strlen(path);
	if (len > 4 && strcmp(path + len - 4, ".log") == 0)
		len -= 4;
	char *base = mem_strndup(path, len), *full = file_join(dir, base);
	char *result = mem_printf("%s.idx", full);
	free(base);
	free(full);
	return result;
}

static int
create_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0600);
}

struct steplog *
steplog_create(const char *dir, const char *path, struct err *err)
{
	char *full = file_join(dir, path);
	int fd = create_file(full);
	if (fd < 0 && errno == ENOENT) { /* the first log of its sequence */
		char *parent = file_dirname(full);
		int rc = file_make_dirs(parent, 0700, err);
		free(parent);
		if (rc < 0) {
			free(full);
			return NULL;
		}
		fd = create_file(full);
	}
	if (fd < 0) {
		err_errno(err, "cannot create the log '%s'", full);
		free(full);
		return NULL;
	}
	struct steplog *log = mem_alloc(sizeof *log);
	log->fd = fd;
	log->path = full;
	log->index_fd = -1;
	log->index_path = index_path(dir, path);
	log->has_index = true;
	return log;
}

/* Writes what it can of the marks in memory. A failure leaves them there: the log itself
 * is what matters, and its own writes tell of a full disk. */
static void
marks_flush(struct steplog *log, int64_t time_us)
{
	log->flushed_us = time_us;
	if (!log->has_index || !log->marks.len)
		return;
	if (log->index_fd < 0)
		log->index_fd = create_file(log->index_path);
	if (log->index_fd < 0) {
		log->has_index = errno == ENOSPC || errno == EDQUOT || errno == EMFILE ||
		    errno == ENFILE || errno == EINTR;
		return;
	}
	size_t done = 0;
	while (done < log->marks.len) {
		ssize_t n = write(log->index_fd, log->marks.data + done,
		    log->marks.len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	buf_drop(&log->marks, done);
}

static void
mark_add(struct steplog *log, enum steplog_mark_kind kind, int64_t time_us,
    uint64_t offset, uint32_t detail)
{
	struct steplog_mark mark = { time_us, offset, (uint32_t)kind, detail };
	if (!log->has_index || log->marks.len + MARK_SIZE > PENDING_MAX)
		return;
	buf_add(&log->marks, &mark, sizeof mark);
	/* The first marks go out at once, later ones at most one second late. */
	if (log->marks.len >= FLUSH_BYTES || (log->size && (!log->flushed_us ||
	    time_us - log->flushed_us >= FLUSH_EVERY_US)))
		marks_flush(log, time_us);
}

void
steplog_free(struct steplog *log)
{
	if (!log)
		return;
	/* Without output nothing is to be told of it. */
	if (log->size)
		marks_flush(log, log->flushed_us);
	if (log->index_fd >= 0)
		close(log->index_fd);
	close(log->fd);
	buf_release(&log->marks);
	free(log->path);
	free(log->index_path);
	free(log);
}

size_t
steplog_write(struct steplog *log, enum steplog_mark_kind stream, int64_t time_us,
    const void *bytes, size_t len, struct err *err)
{
	const char *from = bytes;
	uint64_t offset = log->size;
	size_t done = 0;
	int code = 0;
	while (done < len && !code) {
		ssize_t n = write(log->fd, from + done, len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			code = n == 0 ? ENOSPC : errno;
	}
	log->size += done;
	if (done && (log->last_kind != stream ||
	    time_us - log->last_us >= STEPLOG_MARK_EVERY_US)) {
		log->last_kind = stream;
		log->last_us = time_us;
		mark_add(log, stream, time_us, offset, 0);
	}
	if (code) {
		errno = code;
		err_errno(err, "cannot write the log '%s'", log->path);
	}
	return done;
}

void
steplog_mark(struct steplog *log, enum steplog_mark_kind kind, int64_t time_us,
    uint32_t detail)
{
	mark_add(log, kind, time_us, log->size, detail);
	log->last_kind = 0; /* the next output begins a mark of its own */
}

void
steplog_flush_marks(struct steplog *log, int64_t time_us)
{
	if (log->size)
		marks_flush(log, time_us);
}

uint64_t
steplog_size(const struct steplog *log)
{
	return log->size;
}

/* Number of records that can be used: whole ones in order of offset. */
static size_t
marks_valid(const struct buf *bytes)
{
	size_t count = bytes->len / MARK_SIZE;
	uint64_t offset = 0;
	for (size_t i = 0; i < count; i++) {
		struct steplog_mark mark;
		memcpy(&mark, bytes->data + i * MARK_SIZE, MARK_SIZE);
		if (mark.offset < offset)
			return i;
		offset = mark.offset;
	}
	return count;
}

int
steplog_read_marks(const char *dir, const char *path, struct steplog_mark **marks,
    size_t *count, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct err local;
	char *full = index_path(dir, path);
	int fd = record_open(full, O_RDONLY, &local), rc = 0;
	if (fd < 0 && local.code != ENOENT) {
		rc = -1;
		if (err)
			*err = local;
	} else if (fd >= 0 && record_pread_all(fd, 0, STEPLOG_INDEX_MAX, &bytes) < 0) {
		rc = err_errno(err, "cannot read '%s'", full);
	}
	if (fd >= 0)
		close(fd);
	free(full);
	if (rc == 0) {
		*count = bytes.len ? marks_valid(&bytes) : 0;
		*marks = (struct steplog_mark *)(void *)buf_take(&bytes);
	}
	buf_release(&bytes);
	return rc;
}
