/*
 * Any bytes as a journal: as a file, read and folded; and its lines with their checksums
 * made right, so that what is behind the checksum is reached. What is accepted must be
 * written again as it was.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/event.h"
#include "model/run.h"
#include "record/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *dir;

static void
remove_dir(void)
{
	char *path = file_join(dir, "journal.ndjson");
	(void)unlink(path);
	(void)rmdir(dir);
	free(path);
	free(dir);
}

/* Folds an event and looks that the counts add up. */
static void
fold(struct run *run, const struct event *event)
{
	size_t sum = 0;
	(void)run_apply(run, event, NULL);
	for (int i = 0; i < STATES; i++)
		sum += run->counts[i];
	if (sum != run->sequence_count)
		abort();
}

/* Encodes, decodes and encodes again: both lines must be the same. */
static void
round_trip(const struct event *event)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct event back;
	event_encode(event, &one);
	if (event_decode(one.data, one.len - 1, &back, NULL) != 0)
		abort();
	event_encode(&back, &two);
	if (one.len != two.len || memcmp(one.data, two.data, one.len) != 0)
		abort();
	event_release(&back);
	buf_release(&one);
	buf_release(&two);
}

/* One line, its end replaced by the right checksum. */
static void
try_line(struct run *run, const char *line, size_t len)
{
	struct buf fixed = BUF_INIT;
	struct event event;
	struct err err;
	const char *end = memmem(line, len, ",\"crc\":\"", 8);
	buf_add(&fixed, line, end ? (size_t)(end - line) : len);
	uLong crc = crc32_z(0, (const Bytef *)buf_str(&fixed), fixed.len);
	buf_printf(&fixed, ",\"crc\":\"%08lx\"}", crc);
	char *exact = mem_dup(fixed.data, fixed.len);
	if (event_decode(exact, fixed.len, &event, &err) == 0) {
		round_trip(&event);
		fold(run, &event);
		event_release(&event);
	}
	free(exact);
	buf_release(&fixed);
}

static void
try_lines(const char *bytes, size_t size)
{
	struct run run;
	run_init(&run);
	while (size) {
		const char *end = memchr(bytes, '\n', size);
		size_t len = end ? (size_t)(end - bytes) : size;
		try_line(&run, bytes, len);
		bytes += len;
		size -= len;
		if (size) {
			bytes++;
			size--;
		}
	}
	run_release(&run);
}

static void
try_file(const uint8_t *data, size_t size)
{
	struct event event;
	struct err err;
	struct run run;
	char *path = file_join(dir, "journal.ndjson");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || file_write_all(fd, data, size) < 0)
		abort();
	close(fd);
	struct journal_reader *reader = journal_reader_open(dir, &err);
	if (!reader)
		abort();
	run_init(&run);
	while (journal_read(reader, &event, &err) > 0) {
		fold(&run, &event);
		event_release(&event);
	}
	if ((uint64_t)journal_reader_offset(reader) > size)
		abort();
	run_release(&run);
	journal_reader_free(reader);
	free(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!dir) {
		const char *top = getenv("TMPDIR");
		dir = mem_printf("%s/seqdeck-fuzz.XXXXXX", top ? top : "/tmp");
		if (!mkdtemp(dir) || atexit(remove_dir) != 0)
			abort();
	}
	try_file(data, size);
	try_lines((const char *)data, size);
	return 0;
}
