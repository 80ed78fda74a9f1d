/*
 * Files and descriptors: whole writes, whole reads, directories, locks.
 * Every descriptor made here is close-on-exec.
 */
#ifndef SEQDECK_BASE_FILE_H
#define SEQDECK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Writes all bytes to a blocking descriptor or a regular file, over EINTR and short
 * counts. Returns 0, or -1 with errno set (some bytes may have been written). */
int file_write_all(int fd, const void *bytes, size_t len);

/* Appends the whole of a regular file to b. A file over max bytes, or what is no regular
 * file, is refused. Returns 0 or -1. */
int file_read_all(const char *path, size_t max, struct buf *b, struct err *err);

/* Makes path and its parents, each with the mode given, as mkdir -p. */
int file_make_dirs(const char *path, mode_t mode, struct err *err);

/* Writes a new file under a temporary name in the same directory, syncs it and renames
 * it over path: a reader sees the old or the new file, never half of one. */
int file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
    struct err *err);

/* Takes the open-file-description lock (F_OFD_SETLK) on fd. Returns 0 when we have it,
 * 1 when somebody else has, -1 with errno set. */
int file_lock(int fd);

int file_set_nonblock(int fd, bool on);	/* 0, or -1 with errno set */
int file_set_cloexec(int fd);	/* 0, or -1 with errno set */

/* Joins with one '/'; the caller frees. An absolute b is returned alone. */
char *file_join(const char *a, const char *b);

/* The directory part of path, "." when it has none; the caller frees. */
char *file_dirname(const char *path);

#endif
