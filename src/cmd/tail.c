#include "cmd/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

void
tail_init(struct tail *tail, const char *run_dir, const char *log)
{
	*tail = (struct tail){ .path = file_join(run_dir, log), .fd = -1 };
}

void
tail_release(struct tail *tail)
{
	tail_pause(tail);
	free(tail->path);
	buf_release(&tail->partial);
}

void
tail_pause(struct tail *tail)
{
	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = -1;
}

static void
tail_add_line(const char *bytes, size_t len, const char *prefix, struct buf *to)
{
	buf_add_str(to, prefix);
	text_clean(to, bytes, len);
	if (to->data[to->len - 1] != '\n')
		buf_add_char(to, '\n');
}

/* Where a character begins at or before len, so that none is torn. */
static size_t
tail_cut(const char *bytes, size_t len)
{
	size_t cut = len;
	while (cut > len - 4 && ((unsigned char)bytes[cut] & 0xC0) == 0x80)
		cut--;
	return cut;
}

/* Keeps the unfinished line within its limit: what a \r has drawn over goes, else a piece
 * is shown. */
static void
tail_shorten(struct tail *tail, const char *prefix, struct buf *to)
{
	struct buf *line = &tail->partial;
	const char *cr = line->len < 2 ? NULL : memrchr(line->data, '\r', line->len - 1);
	if (cr != NULL)
		buf_drop(line, (size_t)(cr - line->data) + 1);
	while (line->len > TAIL_LINE_MAX) {
		size_t cut = tail_cut(line->data, TAIL_LINE_MAX);
		tail_add_line(line->data, cut, prefix, to);
		buf_drop(line, cut);
	}
}

/* Takes new bytes: whole lines are appended, the rest is kept. */
static void
tail_take(struct tail *tail, const char *bytes, size_t len, const char *prefix,
    struct buf *to)
{
	const char *end;
	while (len > 0 && (end = memchr(bytes, '\n', len)) != NULL) {
		size_t taken = (size_t)(end - bytes) + 1;
		if (tail->partial.len == 0) {
			tail_add_line(bytes, taken, prefix, to);
		} else {
			buf_add(&tail->partial, bytes, taken);
			tail_add_line(tail->partial.data, tail->partial.len, prefix, to);
			buf_clear(&tail->partial);
		}
		bytes += taken;
		len -= taken;
	}
	buf_add(&tail->partial, bytes, len);
	if (tail->partial.len > TAIL_LINE_MAX)
		tail_shorten(tail, prefix, to);
}

long
tail_read(struct tail *tail, size_t max, const char *prefix, struct buf *to,
    struct err *err)
{
	if (tail->fd < 0)
		tail->fd = open(tail->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (tail->fd < 0)
		return errno == ENOENT ? 0 : err_errno(err, "cannot open '%s'", tail->path);
	char bytes[64 << 10];
	size_t total = 0;
	while (total < max) {
		ssize_t n = pread(tail->fd, bytes, sizeof(bytes), (off_t)tail->offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "cannot read '%s'", tail->path);
		if (n == 0)
			break;
		tail->offset += (uint64_t)n;
		total += (size_t)n;
		tail_take(tail, bytes, (size_t)n, prefix, to);
	}
	return (long)total;
}

void
tail_end(struct tail *tail, const char *prefix, struct buf *to)
{
	if (tail->partial.len > 0)
		tail_add_line(tail->partial.data, tail->partial.len, prefix, to);
	buf_clear(&tail->partial);
	tail_pause(tail);
}
