/*
 * Which process is which: a pid alone comes to belong to somebody else; pid, start time
 * and boot id together never do.
 */
#ifndef SEQDECK_ENGINE_IDENTITY_H
#define SEQDECK_ENGINE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

/* Start of a process in clock ticks since boot (field 22 of /proc/PID/stat), 0 when there
 * is none. */
int64_t process_start_time(int64_t pid);

/* Whether the process known by pid, start time and boot id still lives. */
bool process_lives(int64_t pid, int64_t start_time, const char *boot);

/* The boot id of the system, "" when it does not tell; the caller frees. */
char *process_boot_id(void);

#endif
