#include "record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "record/record_file.h"

#define READ_SIZE ((size_t)64 << 10)	/* bytes asked of the file at once */

struct journal_reader {
	int fd;	/* -1: there is no journal yet */
	char *path;
	struct buf bytes;	/* of the file from `offset` on */
	size_t used;	/* of them: lines that were handed out */
	size_t searched;	/* behind `used`: bytes that hold no newline */
	int64_t offset;
	uint64_t number;	/* of the last event */
	uint64_t lines;
	const char *line;	/* of the last event, within bytes */
	size_t line_len;
	bool has_tail;
	bool is_damaged;
	struct err damage;
};

/* Opens the file; 0 also when it is not there yet. */
static int
reader_open_file(struct journal_reader *reader, struct err *err)
{
	struct err local;
	reader->fd = record_open(reader->path, O_RDONLY, &local);
	if (reader->fd >= 0 || local.code == ENOENT)
		return 0;
	if (err)
		*err = local;
	return -1;
}

struct journal_reader *
journal_reader_open(const char *dir, struct err *err)
{
	struct journal_reader *reader = mem_alloc(sizeof *reader);
	reader->path = file_join(dir, RECORD_JOURNAL);
	int rc = reader_open_file(reader, err);
	if (rc == 0 && reader->fd < 0) {
		char *info = file_join(dir, RECORD_INFO);
		struct stat st;
		if (lstat(info, &st) < 0)
			rc = err_errno(err, "'%s' is no run directory: cannot find '%s'", dir,
			    info);
		free(info);
	}
	if (rc == 0)
		return reader;
	journal_reader_free(reader);
	return NULL;
}

void
journal_reader_free(struct journal_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	buf_release(&reader->bytes);
	free(reader->path);
	free(reader);
}

/* Forgets the bytes that were read and not handed out: when they are no whole line, the
 * engine may write others in their place (journal_open moves a torn tail aside). */
static void
reader_rewind(struct journal_reader *reader)
{
	reader->offset += (int64_t)reader->used;
	reader->used = reader->searched = 0;
	buf_clear(&reader->bytes);
}

/* Reads some more of the file. 1; 0 at its end; -1 with err set. */
static int
reader_fill(struct journal_reader *reader, struct err *err)
{
	if (reader->used) {
		buf_drop(&reader->bytes, reader->used);
		reader->offset += (int64_t)reader->used;
		reader->used = 0;
	}
	/* Long lines double the step, so that a line costs no more than its length. */
	size_t want = reader->bytes.len > READ_SIZE ? reader->bytes.len : READ_SIZE;
	ssize_t n;
	do
		n = pread(reader->fd, buf_reserve(&reader->bytes, want), want,
		    (off_t)reader->offset + (off_t)reader->bytes.len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(err, "cannot read '%s'", reader->path);
	reader->bytes.len += (size_t)n;
	return n > 0;
}

/* Finds the next whole line, reading as needed: 1 and its length without the newline. */
static int
reader_line(struct journal_reader *reader, size_t *len, struct err *err)
{
	for (;;) {
		size_t from = reader->used + reader->searched;
		const char *at = reader->bytes.len > from ?
		    memchr(reader->bytes.data + from, '\n', reader->bytes.len - from) : NULL;
		if (at) {
			*len = (size_t)(at - reader->bytes.data) - reader->used;
			return 1;
		}
		reader->searched = reader->bytes.len - reader->used;
		if (reader->searched >= EVENT_LINE_MAX) {
			*len = reader->searched;
			return 1; /* too long whatever follows: decoding says so */
		}
		int rc = reader_fill(reader, err);
		if (rc <= 0)
			return rc;
	}
}

/* Whether bytes follow the line of that length: 1, 0 or -1. */
static int
reader_has_more(struct journal_reader *reader, size_t len, struct err *err)
{
	if (reader->used + len + 1 < reader->bytes.len)
		return 1;
	return reader_fill(reader, err);
}

/* Stops for good. */
static int
reader_damaged(struct journal_reader *reader, const struct err *why, struct err *err)
{
	reader->is_damaged = true;
	err_set(&reader->damage, "the journal '%s' is damaged at line %" PRIu64 " (byte %"
	    PRId64 "): %s", reader->path, reader->lines + 1, journal_reader_offset(reader),
	    why->text);
	if (err)
		*err = reader->damage;
	return -1;
}

/* Decodes the line and checks its number: as event_decode. */
static int
reader_decode(struct journal_reader *reader, size_t len, struct event *event,
    struct err *err)
{
	int rc = event_decode(reader->bytes.data + reader->used, len, event, err);
	if (rc == 0 && event->number != reader->number + 1) {
		err_set(err, "event %" PRIu64 " where %" PRIu64 " is due", event->number,
		    reader->number + 1);
		event_release(event);
		rc = -1;
	}
	return rc;
}

static void
reader_take(struct journal_reader *reader, size_t len)
{
	reader->line = reader->bytes.data + reader->used;
	reader->line_len = len;
	reader->used += len + 1;
	reader->searched = 0;
	reader->number++;
	reader->lines++;
}

/* Nothing more for now; tells whether something stood there. */
static int
reader_pause(struct journal_reader *reader)
{
	reader->has_tail = reader->bytes.len > reader->used;
	reader_rewind(reader);
	return 0;
}

int
journal_read(struct journal_reader *reader, struct event *event, struct err *err)
{
	struct err why;
	size_t len;
	bool is_second_look = false;
	reader->line = NULL;
	reader->line_len = 0;
	if (reader->is_damaged) {
		if (err)
			*err = reader->damage;
		return -1;
	}
	if (reader->fd < 0 && reader_open_file(reader, err) < 0)
		return -1;
	if (reader->fd < 0)
		return 0;
	for (;;) {
		int rc = reader_line(reader, &len, err);
		if (rc <= 0)
			return rc < 0 ? -1 : reader_pause(reader);
		rc = reader_decode(reader, len, event, &why);
		if (rc >= 0)
			reader_take(reader, len);
		if (rc == 0)
			return 1;
		if (rc > 0)
			continue;
		bool is_whole = event_has_checksum(reader->bytes.data + reader->used, len);
		int more = is_whole || len >= EVENT_LINE_MAX ? 1 :
		    reader_has_more(reader, len, err);
		if (more <= 0)
			return more < 0 ? -1 : reader_pause(reader);
		/* Looked at twice: between two reads the engine may have put a whole line in
		 * the place of a torn one. */
		if (is_second_look)
			return reader_damaged(reader, &why, err);
		is_second_look = true;
		reader_rewind(reader);
	}
}

const char *
journal_reader_line(const struct journal_reader *reader, size_t *len)
{
	*len = reader->line_len;
	return reader->line;
}

bool
journal_reader_has_tail(const struct journal_reader *reader)
{
	return reader->has_tail;
}

int64_t
journal_reader_offset(const struct journal_reader *reader)
{
	return reader->offset + (int64_t)reader->used;
}

uint64_t
journal_reader_number(const struct journal_reader *reader)
{
	return reader->number;
}
