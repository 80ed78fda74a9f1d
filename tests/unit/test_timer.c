#include "engine/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scratch.h"

#define MANY 300

struct fired {
	int64_t last_us;
	size_t count;
};

struct alarm {
	struct timer timer;
	struct fired *fired;
};

static void
fired_cb(void *arg)
{
	struct alarm *alarm = arg;
	assert_false(timer_is_set(&alarm->timer));
	assert_true(alarm->timer.at_us >= alarm->fired->last_us);
	alarm->fired->last_us = alarm->timer.at_us;
	alarm->fired->count++;
}

static void
test_timers_fire_in_order_however_they_were_set(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		uint64_t dice = seed;
		struct timers timers = { 0 };
		struct fired fired = { 0 };
		struct alarm alarms[MANY];
		size_t set = 0;
		for (size_t i = 0; i < MANY; i++)
			alarms[i] = (struct alarm){ { fired_cb, &alarms[i], 0, 0 }, &fired };
		for (int round = 0; round < 2000; round++) {
			struct timer *timer = &alarms[scratch_pick(&dice, MANY)].timer;
			set -= timer_is_set(timer);
			if (scratch_pick(&dice, 3) == 0) {
				timer_clear(&timers, timer);
			} else {
				timer_set(&timers, timer, (int64_t)scratch_pick(&dice, 1000));
				set++;
			}
			int64_t first_us = -1;
			for (size_t i = 0; i < MANY; i++)
				if (timer_is_set(&alarms[i].timer) && (first_us < 0 ||
				    alarms[i].timer.at_us < first_us))
					first_us = alarms[i].timer.at_us;
			assert_int_equal(timers_next(&timers), first_us);
		}
		timers_fire(&timers, 500);
		for (size_t i = 0; i < MANY; i++)
			if (timer_is_set(&alarms[i].timer))
				assert_true(alarms[i].timer.at_us > 500);
		timers_fire(&timers, 1000);
		assert_int_equal(fired.count, set);
		assert_int_equal(timers_next(&timers), -1);
		timers_release(&timers);
	}
}

struct again {
	struct timer timer;
	struct timers *timers;
	int count;
};

static void
again_cb(void *arg)
{
	struct again *again = arg;
	again->count++;
	timer_set(again->timers, &again->timer, 0);
}

static void
test_a_timer_that_sets_itself_again_does_not_hold_the_call_up(void **state)
{
	(void)state;
	struct timers timers = { 0 };
	struct again again = { .timers = &timers };
	again.timer.fire_cb = again_cb;
	again.timer.arg = &again;
	timer_set(&timers, &again.timer, 0);
	timers_fire(&timers, 10);
	assert_int_equal(again.count, 1);
	assert_true(timer_is_set(&again.timer));
	timers_release(&timers);
	assert_false(timer_is_set(&again.timer));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_fire_in_order_however_they_were_set),
		cmocka_unit_test(test_a_timer_that_sets_itself_again_does_not_hold_the_call_up),
	};
	return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
