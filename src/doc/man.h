/*
 * The parts of the manual pages that come from tables.
 */
#ifndef SEQDECK_DOC_MAN_H
#define SEQDECK_DOC_MAN_H

#include <stddef.h>

#include "base/buf.h"

/* Appends the part of a name: COMMANDS, KEYS, EXIT of seqdeck(1); SECTIONS,
 * PLAN_KEYS, SEQUENCE_KEYS, KINDS, STEP_OPTIONS, LIMITS of seqdeck-plan(5). Returns -1 for
 * another name. */
int man_section(struct buf *to, const char *name, size_t len);

#endif
