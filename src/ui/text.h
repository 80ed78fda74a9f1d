/*
 * Small texts for people that several views need. Pure.
 */
#ifndef SEQDECK_UI_TEXT_H
#define SEQDECK_UI_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/run.h"

/* A duration in whole seconds, so that a clock on the screen moves once a second:
 * "12s" "3m07s" "2h05m" "4d03h". size >= 16. */
void text_duration(int64_t us, char *text, size_t size);

/* Appends how things stand with a sequence: "exit 100", "retry in 12s", "needs 'db'"; ""
 * when its state says it all. now_mono_us is the present moment of the run's clock. */
void text_of_sequence(const struct run_sequence *sequence, int64_t now_mono_us,
    struct buf *to);

/* How long a sequence has run, -1 when it has not begun. */
int64_t sequence_elapsed_us(const struct run_sequence *sequence, int64_t now_mono_us);

#endif
