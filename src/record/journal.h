/*
 * The journal of a run: the writer (one, in the engine) and the reader (anybody).
 *
 * Writer: events are numbered and stamped, collected in memory and written with one write
 * per journal_flush; journal_sync also brings them to disk (fdatasync). Space is reserved
 * ahead (fallocate keeping the size), so that "disk full" itself can be written.
 *
 * Reader: follows a live file; hands out whole lines that verify, in order. A torn last
 * line is simply not there yet. A line that does not verify with more behind it stops the
 * reader for good: journal_read says where.
 */
#ifndef SEQDECK_RECORD_JOURNAL_H
#define SEQDECK_RECORD_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/event.h"

#define JOURNAL_RESERVE ((int64_t)1 << 20)	/* bytes kept free ahead of the end */
#define JOURNAL_PENDING_MAX ((size_t)64 << 20)	/* bytes held in memory while the disk is full */

struct journal;

/* Opens DIR/journal.ndjson for writing behind its last valid line; a torn tail is moved to
 * journal.torn-N first. last_number is that of the last valid event (0: new). NULL with
 * err set, also when the middle is damaged. */
struct journal *journal_open(const char *dir, uint64_t *last_number, struct err *err);
void journal_free(struct journal *journal);	/* flushes what it can */

/* Numbers and stamps event (number, wall_us, mono_us are set in it) and keeps it for the
 * next flush. */
void journal_add(struct journal *journal, struct event *event);

bool journal_is_dirty(const struct journal *journal);	/* something is not synced yet */

/* Whether the journal has failed for good: the system could not say what is on disk
 * (fdatasync failed), or more than JOURNAL_PENDING_MAX was waiting for room. Nothing is
 * written any more, and flush and sync go on saying why. */
bool journal_has_failed(const struct journal *journal);

/* Writes what is pending / writes and syncs it. Returns 0, or -1 with err set and
 * err->code ENOSPC, EDQUOT, EIO …; nothing is lost: it stays pending, call again later.
 * ENOSPC or EDQUOT may also come when all was written, out of the reserve: then there is
 * room to tell that the disk is full, and for little more. SIGXFSZ must be ignored by the
 * process, or a file size limit kills it. */
int journal_flush(struct journal *journal, struct err *err);
int journal_sync(struct journal *journal, struct err *err);

struct journal_reader;

/* A directory that has a run.json and no journal yet gives a reader without events. */
struct journal_reader *journal_reader_open(const char *dir, struct err *err);
void journal_reader_free(struct journal_reader *reader);

/* Events of a kind that we do not know are passed over; their numbers are then missing.
 * The next event: 1 and *event filled (the caller releases it); 0 when there is none yet;
 * -1 with err set when the journal is damaged here (every later call says the same). */
int journal_read(struct journal_reader *reader, struct event *event, struct err *err);

/* The bytes of the line of the event that journal_read handed out last, without newline;
 * valid until the next call. */
const char *journal_reader_line(const struct journal_reader *reader, size_t *len);

/* Whether bytes stood behind the last whole line (a torn line when no engine lives) when
 * journal_read last gave 0. */
bool journal_reader_has_tail(const struct journal_reader *reader);

/* Byte of the file behind the last line that was read. */
int64_t journal_reader_offset(const struct journal_reader *reader);

/* Number of the last event that was read or passed over; 0: none. */
uint64_t journal_reader_number(const struct journal_reader *reader);

#endif
