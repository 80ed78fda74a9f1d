/*
 * What rundir.c (making, locking, names), rundir_info.c (run.json) and rundir_list.c
 * (finding) share.
 */
#ifndef SEQDECK_RECORD_RUNDIR_PRIVATE_H
#define SEQDECK_RECORD_RUNDIR_PRIVATE_H

#include "record/rundir.h"

/* Appends run.json. */
void rundir_info_encode(const struct rundir_info *info, struct buf *to);

#endif
