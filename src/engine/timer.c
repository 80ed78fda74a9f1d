#include "engine/timer.h"

#include <stdlib.h>

#include "base/mem.h"

void
timers_release(struct timers *timers)
{
	for (size_t i = 1; i <= timers->count; i++)
		timers->heap[i]->slot = 0;
	free(timers->heap);
	*timers = (struct timers){ 0 };
}

static void
put(struct timers *timers, size_t slot, struct timer *timer)
{
	timers->heap[slot] = timer;
	timer->slot = slot;
}

/* Moves the timer at slot towards the root until its parent is not later. */
static void
rise(struct timers *timers, size_t slot)
{
	struct timer *timer = timers->heap[slot];
	for (; slot > 1 && timers->heap[slot / 2]->at_us > timer->at_us; slot /= 2)
		put(timers, slot, timers->heap[slot / 2]);
	put(timers, slot, timer);
}

/* Moves the timer at slot away from the root until no child is earlier. */
static void
sink(struct timers *timers, size_t slot)
{
	struct timer *timer = timers->heap[slot];
	for (;;) {
		size_t child = 2 * slot;
		if (child > timers->count)
			break;
		if (child < timers->count &&
		    timers->heap[child + 1]->at_us < timers->heap[child]->at_us)
			child++;
		if (timers->heap[child]->at_us >= timer->at_us)
			break;
		put(timers, slot, timers->heap[child]);
		slot = child;
	}
	put(timers, slot, timer);
}

void
timer_set(struct timers *timers, struct timer *timer, int64_t at_us)
{
	timer_clear(timers, timer);
	timer->at_us = at_us;
	if (timers->count + 1 >= timers->cap) {
		timers->cap = timers->cap ? timers->cap * 2 : 64;
		timers->heap = mem_grow(timers->heap, timers->cap, sizeof *timers->heap);
	}
	timers->count++;
	put(timers, timers->count, timer);
	rise(timers, timers->count);
}

void
timer_clear(struct timers *timers, struct timer *timer)
{
	size_t slot = timer->slot;
	if (!slot)
		return;
	timer->slot = 0;
	struct timer *last = timers->heap[timers->count--];
	if (last == timer)
		return;
	put(timers, slot, last);
	rise(timers, slot);
	sink(timers, last->slot);
}

bool
timer_is_set(const struct timer *timer)
{
	return timer->slot != 0;
}

int64_t
timers_next(const struct timers *timers)
{
	return timers->count ? timers->heap[1]->at_us : -1;
}

void
timers_fire(struct timers *timers, int64_t now_us)
{
	/* A callback may set its timer to `now` again: at most as many fire as are set. */
	for (size_t left = timers->count; left && timers->count; left--) {
		struct timer *timer = timers->heap[1];
		if (timer->at_us > now_us)
			return;
		timer_clear(timers, timer);
		timer->fire_cb(timer->arg);
	}
}
