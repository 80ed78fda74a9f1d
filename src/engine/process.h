/*
 * The real launcher: programs on ptys or pipes, each in a session and a process group of
 * its own, on a libev loop. The only place where steps' processes are made.
 *
 *   process.c        the launcher: signals, the end of a process
 *   process_spawn.c  its beginning
 *   process_io.c     its output into the log, what is typed into it
 *   identity.c       which process is which
 *
 * A process is reaped only when its launch is released: until then neither its pid nor its
 * process group can come to belong to somebody else, and a signal cannot hit a stranger.
 */
#ifndef SEQDECK_ENGINE_PROCESS_H
#define SEQDECK_ENGINE_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/launcher.h"

#define PROCESS_INPUT_MAX ((size_t)64 << 10)	/* typed bytes waiting for a step */
#define PROCESS_LINE_MAX 4095	/* a terminal in line mode drops what is behind, silently */
#define PROCESS_BIG_PIPES 32	/* this many get 1 MiB: unprivileged users have a quota */

struct ev_loop;

/* A launcher on the loop, for the time of the loop. The soft limit of descriptors is raised
 * to the hard one; programs get the old one back. */
struct launcher *process_launcher_new(struct ev_loop *loop);

/* All launches were released before. Processes that still run are forgotten. */
void process_launcher_free(struct launcher *launcher);

/* Wall time of the marks in logs: now, on a clock that never goes back. */
int64_t process_launcher_time_us(const struct launcher *launcher);

#endif
