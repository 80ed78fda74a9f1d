/*
 * Timers on the engine's clock: a binary heap of timers embedded in what they wake. Setting
 * and clearing cost O(log n); a timer that is set again moves. Zeroed is unset.
 */
#ifndef SEQDECK_ENGINE_TIMER_H
#define SEQDECK_ENGINE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	void (*fire_cb)(void *arg);
	void *arg;
	int64_t at_us;
	size_t slot;	/* place in the heap, from 1; 0: not set */
};

struct timers {
	struct timer **heap;	/* heap[0] is not used */
	size_t count, cap;
};

void timers_release(struct timers *timers);
void timer_set(struct timers *timers, struct timer *timer, int64_t at_us);
void timer_clear(struct timers *timers, struct timer *timer);
bool timer_is_set(const struct timer *timer);

/* When the next timer is due, -1 when none is set. */
int64_t timers_next(const struct timers *timers);

/* Fires every timer that was due at now_us, earliest first; each is unset before its
 * callback. Callbacks that set timers to a time gone by again cannot hold the call up: at
 * most as many fire as were set. */
void timers_fire(struct timers *timers, int64_t now_us);

#endif
