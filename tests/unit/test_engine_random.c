/*
 * Random plans under random weather: programs end as they like, people ask for anything,
 * the disk fills, the system has no room, the engine is killed. The fake world checks at
 * each turn what must always hold (fake_launcher.h); here it is checked that every run can
 * be brought to its end, and that then nothing happens any more.
 *
 * SEEDS=N in the environment tries N seeds and names each, SEED=N only that one, with its
 * plan; FAKE_TRACE=1 prints the events.
 */
#include "fake_launcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

#define ROUNDS 120

static size_t
dice(uint64_t *seed, size_t below)
{
	return scratch_pick(seed, below);
}

static void
add_step(struct buf *text, uint64_t *seed, size_t s)
{
	static const char *const on_fail[] = { "stop", "continue", "hold" };
	if (dice(seed, 5) == 0) {
		buf_printf(text, "sleep s%zu = %zus\n", s, dice(seed, 4));
		return;
	}
	buf_printf(text, "run s%zu = x\n", s);
	if (dice(seed, 2))
		buf_printf(text, "s%zu.on-fail = %s\n", s, on_fail[dice(seed, 3)]);
	if (dice(seed, 3) == 0)
		buf_printf(text, "s%zu.retries = %zu\ns%zu.backoff = 1s..%zus\n", s,
		    dice(seed, 3), s, 1 + dice(seed, 9));
	if (dice(seed, 4) == 0)
		buf_printf(text, "s%zu.timeout = %zus\n", s, 1 + dice(seed, 5));
	if (dice(seed, 4) == 0)
		buf_printf(text, "s%zu.kill = INT 1s TERM 2s KILL\n", s);
}

static void
make_plan(struct buf *text, uint64_t *seed, size_t count)
{
	buf_printf(text, "[plan]\nparallel = %zu\n", 1 + dice(seed, 4));
	for (size_t i = 0; i < count; i++) {
		buf_printf(text, "[sequence q%zu]\n", i);
		if (i && dice(seed, 2))
			buf_printf(text, "needs = q%zu\n", dice(seed, i));
		if (i && dice(seed, 3) == 0)
			buf_printf(text, "after = q%zu\n", dice(seed, i));
		for (size_t s = 0, steps = dice(seed, 4); s < steps; s++)
			add_step(text, seed, s);
	}
}

/* One of the programs that run; NULL when none does. */
static struct launch *
pick_launch(struct fake *fake, uint64_t *seed)
{
	size_t count = 0;
	for (struct launch *launch = fake->launches; launch; launch = launch->next)
		count++;
	if (!count)
		return NULL;
	struct launch *launch = fake->launches;
	for (size_t skip = dice(seed, count); skip; skip--)
		launch = launch->next;
	return launch;
}

static void
let_program_act(struct fake *fake, uint64_t *seed)
{
	static const int codes[] = { 0, 0, 0, 1, 7, -15, -9 };
	struct launch *launch = pick_launch(fake, seed);
	if (!launch)
		return;
	char name[128];
	snprintf(name, sizeof name, "%s", launch->sequence);
	int code = codes[dice(seed, sizeof codes / sizeof *codes)];
	switch (dice(seed, 4)) {
	case 0:
		if (!launch->has_exited)
			fake_exit_only(fake, name, code);
		break;
	case 1:
		if (!launch->output_ended && !launch->is_stalled)
			fake_end_output(fake, name);
		break;
	case 2:
		if (!launch->is_stalled && !launch->output_ended && dice(seed, 3) == 0)
			fake_stall(fake, name);
		break;
	default:
		if (!launch->has_exited && !launch->is_stalled)
			fake_exit(fake, name, code);
	}
}

static void
let_person_act(struct fake *fake, uint64_t *seed, size_t count)
{
	char target[64];
	enum request_verb verb = (enum request_verb)dice(seed, REQUEST_STOP);
	size_t index = dice(seed, count);
	switch (dice(seed, 6)) {
	case 0:
		snprintf(target, sizeof target, "@failed");
		break;
	case 1:
		snprintf(target, sizeof target, "q%zu/s%zu", index, dice(seed, 4));
		break;
	case 2:
		snprintf(target, sizeof target, "q*");
		break;
	default:
		snprintf(target, sizeof target, "q%zu", index);
	}
	long done = fake_ask(fake, verb, target);
	assert_true(done > 0 || (done == -1 && fake->err.text[0]));
}

static void
let_weather_act(struct fake *fake, uint64_t *seed)
{
	switch (dice(seed, 6)) {
	case 0:
		fake->is_disk_full = !fake->is_disk_full;
		break;
	case 1:
		fake->result = (enum launch_result)dice(seed, 3);
		break;
	case 2:
		fake->room = dice(seed, 3);
		break;
	case 3:
		fake->open_log_code = dice(seed, 2) ? 28 : 0; /* ENOSPC */
		break;
	default:
		fake->is_disk_full = false;
		fake->result = LAUNCH_OK;
		fake->room = 1000;
		fake->open_log_code = 0;
	}
}

/* After a crash: what was under way and has no end is held, and does not run. */
static void
crash(struct fake *fake)
{
	bool was_open[16] = { false };
	fake->is_disk_full = false;
	for (size_t i = 0; i < fake->plan->sequence_count; i++) {
		const struct sequence *seq = &fake->engine->sequences[i];
		was_open[i] = seq->attempt.phase > ATTEMPT_WANTED &&
		    fake->intents[i] <= fake->synced;
	}
	fake_crash(fake);
	for (size_t i = 0; i < fake->plan->sequence_count; i++)
		if (was_open[i])
			assert_int_equal(engine_sequence_state(fake->engine, i), STATE_HELD);
}

/* Good weather, and somebody who helps everything on: every run comes to its end. */
static void
bring_to_end(struct fake *fake)
{
	fake->is_disk_full = false;
	fake->result = LAUNCH_OK;
	fake->room = 1000;
	fake->open_log_code = 0;
	for (int round = 0; round < 500; round++) {
		fake_advance(fake, INT64_C(20000000));
		if (engine_is_settled(fake->engine))
			return;
		struct launch *launch = fake->launches;
		if (launch && launch->is_stalled)
			continue;
		char name[128];
		if (launch) {
			snprintf(name, sizeof name, "%s", launch->sequence);
			if (launch->has_exited)
				fake_end_output(fake, name);
			else
				fake_exit(fake, name, 0);
			continue;
		}
		if (fake_ask(fake, REQUEST_RELEASE, "*") < 0)
			fake_ask(fake, REQUEST_SKIP, "*");
	}
	fail_msg("the run does not come to its end");
}

static void
run_one(uint64_t first_seed)
{
	uint64_t seed = first_seed;
	struct buf text = BUF_INIT;
	struct fake fake;
	size_t count = 1 + dice(&seed, 8);
	make_plan(&text, &seed, count);
	if (getenv("SEED"))
		fputs(text.data, stderr);
	fake_start(&fake, text.data);
	for (int round = 0; round < ROUNDS; round++) {
		switch (dice(&seed, 16)) {
		case 0:
		case 1:
		case 2:
		case 3:
			let_person_act(&fake, &seed, count);
			break;
		case 4:
			let_weather_act(&fake, &seed);
			break;
		case 5:
		case 6:
		case 7:
			fake_advance(&fake, (int64_t)dice(&seed, 4000000));
			break;
		case 8:
			if (dice(&seed, 12) == 0)
				crash(&fake);
			break;
		default:
			let_program_act(&fake, &seed);
		}
	}
	bring_to_end(&fake);
	size_t events = fake.event_count;
	fake_advance(&fake, INT64_C(3600000000));
	assert_int_equal(fake.event_count, events);
	assert_false(fake_has_timer(&fake));
	assert_true(engine_is_idle(fake.engine));
	if (first_seed % 3 == 0) {
		fake_ask(&fake, REQUEST_RETRY, "*");
		engine_stop(fake.engine, "stopped by the test", first_seed % 2);
		fake_turn(&fake);
		while (fake.launches)
			fake_exit(&fake, fake.launches->sequence, -15);
		assert_true(engine_is_settled(fake.engine) && engine_is_idle(fake.engine));
	}
	fake_stop(&fake);
	buf_release(&text);
}

static void
test_random_runs_keep_what_must_hold_and_come_to_their_end(void **state)
{
	(void)state;
	const char *only = getenv("SEED"), *many = getenv("SEEDS");
	uint64_t count = many ? strtoull(many, NULL, 10) : 150;
	for (uint64_t seed = 1; seed <= count; seed++) {
		if (only && seed != strtoull(only, NULL, 10))
			continue;
		if (many)
			fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
		run_one(seed * UINT64_C(0x9e3779b97f4a7c15));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_runs_keep_what_must_hold_and_come_to_their_end),
	};
	return cmocka_run_group_tests_name("engine_random", tests, NULL, NULL);
}
