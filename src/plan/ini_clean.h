/*
 * The first look at an INI text: its characters, before its lines.
 */
#ifndef SEQDECK_PLAN_INI_CLEAN_H
#define SEQDECK_PLAN_INI_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct ini_listener;

/*
 * Appends the text to `clean` without byte order mark and CR before LF. Control
 * characters and what is not UTF-8 are told to the listener, the first of each line, and
 * replaced by '_', so that reading goes on without errors that only follow from this one.
 * Returns whether reading on makes sense.
 */
bool ini_clean(const char *text, size_t len, struct buf *clean,
    const struct ini_listener *listener);

#endif
