/*
 * Following a run on standard output until it is over: the loop, the signals and the end
 * of the plain printer and of the event stream. What is printed is the view's.
 */
#ifndef SEQDECK_CMD_WATCH_H
#define SEQDECK_CMD_WATCH_H

#include <stdbool.h>

#include "base/buf.h"
#include "cmd/cmd.h"

struct reader;

struct watch_view {
	/* Appends some of what there is to print. Returns whether there is more to do at
	 * once. Called with the reader at any point; it is the view's to update it. */
	bool (*pump)(void *arg, struct reader *reader, struct buf *to);
	/* Appends what stands at the end; NULL: nothing. */
	void (*finish)(void *arg, struct reader *reader, struct buf *to);
	void *arg;
};

struct watch_settings {
	const char *dir;
	struct watch_view view;
	bool is_following;	/* wait for what comes; else only what is there */
	bool is_owner;	/* INT and TERM cancel the run; else they leave it alone */
	bool is_cancelling;	/* the run is being cancelled: the next one kills */
};

/*
 * Prints until the run has ended, the reader of standard output has gone, or the user has
 * enough. Says on standard error what there is to say. Returns the exit status: of the run
 * when it has ended.
 */
enum cmd_status watch_run(const struct watch_settings *settings);

#endif
