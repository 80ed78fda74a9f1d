/*
 * "5 ok, 1 failed, 2 running": how many sequences are in which state.
 */
#ifndef SEQDECK_CMD_COUNTS_H
#define SEQDECK_CMD_COUNTS_H

#include "base/buf.h"
#include "model/event.h"

void counts_format(const size_t counts[STATES], struct buf *to);

#endif
