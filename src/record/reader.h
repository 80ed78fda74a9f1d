/*
 * A run directory, followed: the journal folded into a struct run, and notice when
 * something changed on disk. This is all that a front end knows of a run.
 *
 * reader_fd becomes readable when the journal or a watched log grows (inotify); where the
 * system has no inotify to give it is -1 and the caller polls, 10 times a second.
 */
#ifndef SEQDECK_RECORD_READER_H
#define SEQDECK_RECORD_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/run.h"

struct reader;

/* Opens the directory; nothing is folded until the first reader_update. NULL with err
 * set. */
struct reader *reader_open(const char *dir, struct err *err);
void reader_free(struct reader *reader);

const char *reader_dir(const struct reader *reader);
const struct run *reader_run(const struct reader *reader);
int reader_fd(const struct reader *reader);

/* Called for each event after it was folded, within reader_update; set it before the
 * first one to see the past as well. */
void reader_on_event(struct reader *reader,
    void (*cb)(void *arg, const struct event *event), void *arg);

/* Drains the notice descriptor and folds what is new, at most max_events (0: all). Returns
 * the number of events folded, -1 with err set when the journal is damaged here (said
 * once; what was folded stays). *logs_changed (may be NULL) tells that a watched log grew. As
 * long as it returns max_events there may be more, of which reader_fd does not tell. */
long reader_update(struct reader *reader, long max_events, bool *logs_changed,
    struct err *err);

/* Text of the damage that ended reading, NULL while there is none. */
const char *reader_damage(const struct reader *reader);

/* Watches or forgets the log of an attempt (a path below the run directory). Watching the
 * same twice counts. */
void reader_watch(struct reader *reader, const char *log);
void reader_unwatch(struct reader *reader, const char *log);

/* Whether an engine drives the run now (asks the lock). */
bool reader_is_live(const struct reader *reader);

#endif
