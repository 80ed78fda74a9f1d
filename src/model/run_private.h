/*
 * What run.c (the run as a whole) and run_step.c (sequences and steps) share.
 */
#ifndef SEQDECK_MODEL_RUN_PRIVATE_H
#define SEQDECK_MODEL_RUN_PRIVATE_H

#include "model/run.h"

/* Each applies the event of its kind, or returns -1 with err set and changes nothing. */
int run_apply_sequence_state(struct run *run, const struct event *event, struct err *err);
int run_apply_step_starting(struct run *run, const struct event *event, struct err *err);
int run_apply_step_started(struct run *run, const struct event *event, struct err *err);
int run_apply_step_ended(struct run *run, const struct event *event, struct err *err);

#endif
