/*
 * The log of one attempt: the raw bytes, and beside it an index that tells when, from
 * which stream and at which window size they came.
 *
 * Index file (.idx): struct steplog_mark records in host byte order, each of 24 bytes,
 * appended in order of offset. A mark holds from its offset to the next mark's. A new
 * output mark is written when the stream changes or STEPLOG_MARK_EVERY_US have gone by
 * since the last; a torn last record is ignored. The file appears with the first mark
 * behind which there is output: a log without output has none.
 *
 * Marks are collected and written once a second at most while output comes, and at the
 * end: when it pauses, the marks of its last second come with the next output, with
 * steplog_flush_marks or with the end. The output itself is written at once, always.
 */
#ifndef SEQDECK_RECORD_STEPLOG_H
#define SEQDECK_RECORD_STEPLOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define STEPLOG_MARK_EVERY_US 10000
#define STEPLOG_INDEX_MAX ((size_t)512 << 20)	/* bytes of an index that are read */

enum steplog_mark_kind {
	STEPLOG_OUT = 1,	/* from the terminal, or from standard output */
	STEPLOG_ERR = 2,	/* from standard error (tty = no) */
	STEPLOG_RESIZE = 3,	/* rows << 16 | cols in detail */
	STEPLOG_EXIT = 4,	/* the end of the step's process was seen; what it had printed just
				 * before, and what others print, may follow */
	STEPLOG_INPUT = 5,	/* somebody typed; detail: number of bytes, never the bytes */
};

struct steplog_mark {
	int64_t time_us;	/* wall time, on a monotonic clock anchored at the run's start */
	uint64_t offset;	/* bytes of the log before this mark */
	uint32_t kind;
	uint32_t detail;
};
_Static_assert(sizeof(struct steplog_mark) == 24, "the index is read by others");

struct steplog;

/* Creates DIR/PATH (see rundir_log_path) and the directories above it; it must not exist.
 * NULL with err set. */
struct steplog *steplog_create(const char *dir, const char *path, struct err *err);

/* Closes and frees; the marks still in memory are written. */
void steplog_free(struct steplog *log);

/* Appends output. Returns the number of bytes taken: fewer than len means that the disk
 * is full (err->code ENOSPC, EDQUOT) or failing; the caller keeps the rest and tries later. */
size_t steplog_write(struct steplog *log, enum steplog_mark_kind stream, int64_t time_us,
    const void *bytes, size_t len, struct err *err);

/* Appends a mark that is not about output (RESIZE, EXIT, INPUT). */
void steplog_mark(struct steplog *log, enum steplog_mark_kind kind, int64_t time_us,
    uint32_t detail);

/* Writes the marks that are still in memory, for readers of a step that went quiet. */
void steplog_flush_marks(struct steplog *log, int64_t time_us);

uint64_t steplog_size(const struct steplog *log);	/* bytes of output so far */

/* Reads the marks of DIR/PATH's index: allocates *marks (the caller frees), sets *count.
 * No index: 0 marks and 0. What stands behind a mark that goes back is left out, and so is
 * what stands behind STEPLOG_INDEX_MAX. */
int steplog_read_marks(const char *dir, const char *path, struct steplog_mark **marks,
    size_t *count, struct err *err);

#endif
