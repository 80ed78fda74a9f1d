/*
 * System calls of the record layer that fail on demand. The linker puts these in the place
 * of the real ones (--wrap, see Makefile.am); a program that includes this must be linked
 * so.
 */
#ifndef SEQDECK_TESTS_UNIT_FAULTS_H
#define SEQDECK_TESTS_UNIT_FAULTS_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

static struct {
	size_t at_most;	/* bytes that one write takes; 0: all */
	int interrupts;	/* so many calls give EINTR first */
	bool is_full;	/* only `room` bytes can still be written, then ENOSPC */
	size_t room;
	int write_code, sync_code, reserve_code;	/* errno of each; 0: it works */
	int syncs, reserves;	/* how often it worked */
} faults;

static inline void
faults_reset(void)
{
	memset(&faults, 0, sizeof faults);
}

/* How many bytes of a write of len may go through; -1 with errno for none. */
static inline ssize_t
faults_admit(size_t len)
{
	if (faults.interrupts > 0) {
		faults.interrupts--;
		errno = EINTR;
		return -1;
	}
	if (faults.write_code || (faults.is_full && !faults.room)) {
		errno = faults.write_code ? faults.write_code : ENOSPC;
		return -1;
	}
	if (faults.at_most && len > faults.at_most)
		len = faults.at_most;
	if (faults.is_full && len > faults.room)
		len = faults.room;
	return (ssize_t)len;
}

static inline void
faults_wrote(ssize_t n)
{
	if (faults.is_full && n > 0)
		faults.room -= (size_t)n;
}

#endif
