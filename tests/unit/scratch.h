/*
 * What unit tests share that touch files or roll dice: a directory of their own that goes
 * away with all in it, whole files, and a small generator of numbers that are the same in
 * every run.
 */
#ifndef SEQDECK_TESTS_UNIT_SCRATCH_H
#define SEQDECK_TESTS_UNIT_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

/* A new directory below $TMPDIR; end it with scratch_remove. */
static inline char *
scratch_make(void)
{
	const char *top = getenv("TMPDIR");
	char *dir = mem_printf("%s/seqdeck-unit.XXXXXX", top ? top : "/tmp");
	if (!mkdtemp(dir))
		abort();
	return dir;
}

static inline int
scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Removes the directory with all that is in it, and frees its name. */
static inline void
scratch_remove(char *dir)
{
	nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

static inline void
scratch_write(const char *dir, const char *name, const void *bytes, size_t len)
{
	char *path = file_join(dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || file_write_all(fd, bytes, len) < 0)
		abort();
	close(fd);
	free(path);
}

/* The bytes of a file; empty when there is none. */
static inline struct buf
scratch_read(const char *dir, const char *name)
{
	struct buf bytes = BUF_INIT;
	char *path = file_join(dir, name);
	(void)file_read_all(path, (size_t)1 << 30, &bytes, NULL);
	free(path);
	return bytes;
}

static inline int
scratch_exists(const char *dir, const char *name)
{
	struct stat st;
	char *path = file_join(dir, name);
	int rc = lstat(path, &st);
	free(path);
	return rc == 0;
}

/* xorshift64*: state must not be 0. */
static inline uint64_t
scratch_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* A number from 0 to below - 1. */
static inline size_t
scratch_pick(uint64_t *state, size_t below)
{
	return (size_t)(scratch_random(state) >> 33) % below;
}

#endif
