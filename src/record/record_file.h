/*
 * What the files of a run directory have in common. They may have been planted by
 * somebody else: links are not followed, and only regular files are taken.
 */
#ifndef SEQDECK_RECORD_RECORD_FILE_H
#define SEQDECK_RECORD_RECORD_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

#define RECORD_INFO "run.json"
#define RECORD_PLAN "plan.ini"
#define RECORD_JOURNAL "journal.ndjson"
#define RECORD_LOCK "engine.lock"

/* Opens a regular file with O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK and, for O_CREAT, mode 0600.
 * Returns the descriptor, or -1 with err set and errno kept in err->code. */
int record_open(const char *path, int flags, struct err *err);

/* Appends the bytes from `offset` to the end, at most max of them. 0, or -1 with errno. */
int record_pread_all(int fd, off_t offset, size_t max, struct buf *to);

/* Brings the names in a directory to disk. */
int record_sync_dir(const char *dir, struct err *err);

#endif
