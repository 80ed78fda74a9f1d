#include "fake_launcher.h"

#include <signal.h>
#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/mem.h"

/* Comparing the fold with the engine costs as much as there are sequences: not in each of
 * ten thousand turns of a large run. */
#define FAKE_CHECK_ALL_BELOW 200

/* The launcher */

static const char *
env_of(const char *const *env, const char *name)
{
	size_t len = strlen(name);
	for (; *env; env++)
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	return NULL;
}

static char **
copy_strings(const char *const *strings)
{
	size_t count = 0;
	while (strings[count])
		count++;
	char **copy = mem_array(count + 1, sizeof *copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = mem_strdup(strings[i]);
	return copy;
}

static void
free_strings(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static void
remember_spec(struct fake *fake, const struct launch_spec *spec)
{
	free_strings(fake->last_env);
	free_strings(fake->last_argv);
	fake->last_env = copy_strings(spec->env);
	fake->last_argv = copy_strings(spec->argv);
	snprintf(fake->last_cwd, sizeof fake->last_cwd, "%s", spec->cwd);
	buf_clear(&fake->last_stdin);
	if (spec->has_stdin)
		buf_add(&fake->last_stdin, spec->stdin_bytes, spec->stdin_len);
	fake->last_tty = spec->tty;
	fake->last_null_stdin = spec->null_stdin;
}

static enum launch_result
fake_op_start(struct launcher *launcher, const struct launch_spec *spec,
    const struct launch_listener *listener, void *arg, struct launch **launch,
    int64_t *pid, int64_t *start_time, struct err *err)
{
	struct fake *fake = (struct fake *)launcher;
	const char *sequence = env_of(spec->env, "SEQDECK_SEQUENCE");
	assert_non_null(sequence);
	assert_non_null(spec->log);
	/* On disk first, then the start. */
	long index = plan_find_sequence(fake->plan, sequence);
	assert_true(index >= 0);
	assert_true(fake->intents[index] > 0 && fake->intents[index] <= fake->synced);
	assert_null(fake_launch(fake, sequence));
	remember_spec(fake, spec);
	if (fake->result == LAUNCH_FAILED) {
		err_set(err, "No such file or directory");
		return LAUNCH_FAILED;
	}
	if (fake->result == LAUNCH_LATER || !fake->room) {
		err_set(err, "no room for another program: Too many open files");
		return LAUNCH_LATER;
	}
	struct launch *made = mem_alloc(sizeof *made);
	made->fake = fake;
	made->listener = listener;
	made->arg = arg;
	snprintf(made->sequence, sizeof made->sequence, "%s", sequence);
	snprintf(made->step, sizeof made->step, "%s", env_of(spec->env, "SEQDECK_STEP"));
	made->attempt = atoi(env_of(spec->env, "SEQDECK_ATTEMPT"));
	made->rows = spec->rows;
	made->cols = spec->cols;
	made->next = fake->launches;
	fake->launches = made;
	fake->room--;
	fake->started++;
	*launch = made;
	*pid = 1000 + (int64_t)fake->started;
	*start_time = 7;
	return LAUNCH_OK;
}

static void
fake_op_signal(struct launch *launch, int signo)
{
	buf_printf(&launch->signals, "%s%s", launch->signals.len ? " " : "",
	    sigabbrev_np(signo));
}

static int
fake_op_input(struct launch *launch, const char *bytes, size_t len, struct err *err)
{
	if (launch->typed.len + len > REQUEST_INPUT_MAX)
		return err_set(err, "the queue is full");
	buf_add(&launch->typed, bytes, len);
	return 0;
}

static void
fake_op_resize(struct launch *launch, int rows, int cols)
{
	launch->rows = rows;
	launch->cols = cols;
}

static void
fake_op_resume(struct launch *launch)
{
	assert_true(launch->is_stalled);
	launch->is_stalled = false;
	launch->resumed++;
}

static void
fake_op_release(struct launch *launch)
{
	struct fake *fake = launch->fake;
	struct launch **at = &fake->launches;
	while (*at != launch) {
		assert_non_null(*at);
		at = &(*at)->next;
	}
	*at = launch->next;
	buf_release(&fake->ended_signals);
	fake->ended_signals = launch->signals;
	buf_release(&launch->typed);
	free(launch);
	fake->room++;
}

static size_t
fake_op_room(struct launcher *launcher)
{
	return ((struct fake *)launcher)->room;
}

static const struct launcher_ops fake_ops = {
	.start = fake_op_start,
	.signal = fake_op_signal,
	.input = fake_op_input,
	.resize = fake_op_resize,
	.resume = fake_op_resume,
	.release = fake_op_release,
	.room = fake_op_room,
};

/* The sink */

static void
remember_event(struct fake *fake, const struct event *event)
{
	struct buf line = BUF_INIT;
	buf_add_str(&line, event_kind_name(event->kind));
	if (event->sequence)
		buf_printf(&line, " %s", event->sequence);
	if (event->step)
		buf_printf(&line, "/%s", event->step);
	if (event->attempt)
		buf_printf(&line, " %d", event->attempt);
	if (event->verb)
		buf_printf(&line, " %s", event->verb);
	if (event->state >= 0)
		buf_printf(&line, " %s", state_name((enum state)event->state));
	if (event->reason)
		buf_printf(&line, " '%s'", event->reason);
	if (event->text)
		buf_printf(&line, " '%s'", event->text);
	if (fake->event_count == fake->event_cap) {
		fake->event_cap = fake->event_cap ? fake->event_cap * 2 : 256;
		fake->events = mem_grow(fake->events, fake->event_cap, sizeof *fake->events);
	}
	if (getenv("FAKE_TRACE"))
		fprintf(stderr, "%s\n", line.data);
	fake->events[fake->event_count++] = buf_take(&line);
}

static void
sink_emit(void *arg, struct event *event)
{
	struct fake *fake = arg;
	struct err err = ERR_INIT;
	event->number = ++fake->number;
	event->mono_us = fake->now_us;
	event->wall_us = fake->now_us;
	remember_event(fake, event);
	event_encode(event, &fake->journal);
	if (event->kind == EVENT_STEP_STARTING)
		fake->intents[plan_find_sequence(fake->plan, event->sequence)] =
		    event->number;
	if (run_apply(&fake->run, event, &err) < 0)
		fail_msg("the event '%s' does not fold: %s",
		    fake->events[fake->event_count - 1], err.text);
}

static int
sink_sync(void *arg, struct err *err)
{
	struct fake *fake = arg;
	if (fake->is_disk_full) {
		errno = ENOSPC;
		return err_errno(err, "cannot write the journal");
	}
	fake->synced = fake->number;
	fake->written = fake->journal.len;
	fake->syncs++;
	return 0;
}

static void
sink_flush(void *arg)
{
	struct fake *fake = arg;
	fake->written = fake->journal.len;
	fake->flushes++;
}

static struct steplog *
sink_open_log(void *arg, const char *path, struct err *err)
{
	struct fake *fake = arg;
	if (fake->open_log_code) {
		errno = fake->open_log_code;
		err_errno(err, "cannot create '%s'", path);
		return NULL;
	}
	struct fake_log *log = mem_alloc(sizeof *log);
	snprintf(log->path, sizeof log->path, "%s", path);
	fake->logs_open++;
	return (struct steplog *)log;
}

static void
sink_say_log(void *arg, struct steplog *log, const char *line)
{
	(void)arg;
	buf_printf(&((struct fake_log *)log)->said, "%s\n", line);
}

static int64_t
sink_close_log(void *arg, struct steplog *log)
{
	struct fake *fake = arg;
	struct fake_log *closed = (struct fake_log *)log;
	buf_release(&fake->ended_said);
	fake->ended_said = closed->said;
	free(closed);
	fake->logs_open--;
	return 5;
}

static int64_t
now_cb(void *arg)
{
	return ((struct fake *)arg)->now_us;
}

/* Running it */

static void
start_engine(struct fake *fake, const struct run *past)
{
	static const char *const env[] = {
		"PATH=/bin", "TERM=dumb", "LINES=24", "COLUMNS=80", "LIBEV_FLAGS=1",
		"SEQDECK_OLD=1", NULL,
	};
	struct engine_settings settings = {
		.plan = fake->plan,
		.run_id = "the-run",
		.run_dir = "/runs/the-run",
		.base_env = env,
		.launcher = &fake->launcher,
		.sink = {
			.emit = sink_emit,
			.sync = sink_sync,
			.flush = sink_flush,
			.open_log = sink_open_log,
			.say_log = sink_say_log,
			.close_log = sink_close_log,
			.arg = fake,
		},
		.now = now_cb,
		.now_arg = fake,
		.seed = 7,
		.pid = 42,
		.start_time = 4,
		.boot = "boot",
		.past = past,
	};
	fake->engine = engine_new(&settings);
	engine_start(fake->engine);
	fake_turn(fake);
}

void
fake_start(struct fake *fake, const char *plan_text)
{
	*fake = (struct fake){ .launcher.ops = &fake_ops, .room = 100000,
		.now_us = INT64_C(1000000000) };
	struct plan_problems problems = { 0 };
	struct plan_request request = { 0 };
	run_init(&fake->run);
	run_init(&fake->past);
	fake->plan = plan_parse("plan.ini", plan_text, strlen(plan_text), &request,
	    &problems);
	if (!fake->plan)
		fail_msg("the plan of the test is wrong: %s", problems.items[0].text);
	plan_problems_release(&problems);
	fake->intents = mem_array(fake->plan->sequence_count, sizeof *fake->intents);
	start_engine(fake, NULL);
}

/* Folds what was written of the journal. */
static void
fold_journal(struct fake *fake, struct run *run)
{
	run_release(run);
	run_init(run);
	for (const char *line = fake->journal.data, *end; line &&
	    line < fake->journal.data + fake->written; line = end + 1) {
		struct event event;
		struct err err = ERR_INIT;
		end = strchr(line, '\n');
		assert_non_null(end);
		if (event_decode(line, (size_t)(end - line), &event, &err) != 0 ||
		    run_apply(run, &event, &err) < 0)
			fail_msg("the journal does not fold: %s", err.text);
		event_release(&event);
	}
}

void
fake_crash(struct fake *fake)
{
	engine_free(fake->engine);
	assert_null(fake->launches);
	assert_int_equal(fake->logs_open, 0);
	fold_journal(fake, &fake->past);
	fold_journal(fake, &fake->run);
	fake->journal.len = fake->written;
	fake->number = fake->run.last_number;
	start_engine(fake, &fake->past);
}

void
fake_stop(struct fake *fake)
{
	engine_free(fake->engine);
	assert_null(fake->launches);
	assert_int_equal(fake->logs_open, 0);
	run_release(&fake->run);
	run_release(&fake->past);
	plan_free(fake->plan);
	for (size_t i = 0; i < fake->event_count; i++)
		free(fake->events[i]);
	free(fake->events);
	free(fake->intents);
	free_strings(fake->last_env);
	free_strings(fake->last_argv);
	buf_release(&fake->journal);
	buf_release(&fake->last_stdin);
	buf_release(&fake->ended_signals);
	buf_release(&fake->ended_said);
}

/* What must hold between two turns. */
static void
check(struct fake *fake)
{
	size_t running = 0, counts[STATES] = { 0 };
	if (fake->plan->sequence_count > FAKE_CHECK_ALL_BELOW)
		return;
	for (size_t i = 0; i < fake->plan->sequence_count; i++) {
		const struct sequence *seq = &fake->engine->sequences[i];
		const struct run_sequence *folded = run_find(&fake->run, seq->plan->name);
		assert_non_null(folded);
		if (folded->state != seq->state)
			fail_msg("'%s' is %s, its events say %s", seq->plan->name,
			    state_name(seq->state), state_name(folded->state));
		/* That the next step is the present one is told when it starts. */
		bool is_between = seq->attempt.phase == ATTEMPT_WANTED &&
		    folded->step_index + 1 == seq->step;
		if (seq->state != STATE_OK && !is_between)
			assert_int_equal(folded->step_index, seq->step);
		counts[seq->state]++;
		running += seq->state == STATE_RUNNING;
		assert_true(seq->has_place == (seq->state == STATE_RUNNING));
		assert_true(link_is_on(&seq->queue_link) == (seq->state == STATE_QUEUED));
		assert_true(timer_is_set(&seq->pause) == (seq->state == STATE_RETRYING));
		assert_true((seq->attempt.phase != ATTEMPT_NONE) ==
		    (seq->state == STATE_RUNNING));
		/* Each start has its end, and the other way round. */
		for (size_t s = 0; s < folded->step_count; s++) {
			const struct run_attempt *last = run_last_attempt(&folded->steps[s]);
			bool is_open = last && last->state == STATE_RUNNING;
			assert_true(is_open == (s == seq->step &&
			    seq->attempt.phase > ATTEMPT_WANTED));
			assert_int_equal(seq->attempts[s], last ? last->number : 0);
		}
	}
	assert_int_equal(fake->engine->places_used, running);
	if (fake->plan->parallel > 0)
		assert_true(running <= (size_t)fake->plan->parallel);
	for (int state = 0; state < SEQUENCE_STATES; state++)
		assert_int_equal(fake->engine->counts[state], counts[state]);
	for (struct launch *launch = fake->launches; launch; launch = launch->next)
		assert_int_equal(fake_state(fake, launch->sequence), STATE_RUNNING);
	assert_int_equal(fake->run.state, engine_run_state(fake->engine));
	bool is_settled = !counts[STATE_WAITING] && !counts[STATE_QUEUED] && !running &&
	    !counts[STATE_HELD] && !counts[STATE_RETRYING];
	assert_true(engine_is_settled(fake->engine) == is_settled);
	if (is_settled)
		assert_true(engine_is_idle(fake->engine));
}

void
fake_turn(struct fake *fake)
{
	/* More turns than anything here can need: one that goes on for ever fails. */
	for (int turns = 0; turns < 100000; turns++) {
		int64_t next_us = engine_turn(fake->engine);
		if (next_us < 0 || next_us > fake->now_us) {
			check(fake);
			return;
		}
		engine_tick(fake->engine);
	}
	fail_msg("the engine always has something more to do");
}

void
fake_advance(struct fake *fake, int64_t by_us)
{
	int64_t end_us = fake->now_us + by_us;
	for (;;) {
		fake_turn(fake);
		int64_t next_us = timers_next(&fake->engine->timers);
		if (next_us < 0 || next_us > end_us)
			break;
		fake->now_us = next_us;
		engine_tick(fake->engine);
	}
	fake->now_us = end_us;
	fake_turn(fake);
}

bool
fake_has_timer(struct fake *fake)
{
	return timers_next(&fake->engine->timers) >= 0;
}

struct launch *
fake_launch(struct fake *fake, const char *sequence)
{
	struct launch *launch = fake->launches;
	while (launch && strcmp(launch->sequence, sequence) != 0)
		launch = launch->next;
	return launch;
}

static struct launch *
must_launch(struct fake *fake, const char *sequence)
{
	struct launch *launch = fake_launch(fake, sequence);
	if (!launch)
		fail_msg("no program of '%s' runs", sequence);
	return launch;
}

/* The callbacks may release the launch: nothing of it is looked at afterwards. */
static void
end_program(struct launch *launch, int code)
{
	struct launch_exit how = { .code = code < 0 ? -1 : code, .signal = code < 0 ? -code : 0 };
	launch->has_exited = true;
	launch->listener->exited(launch->arg, &how);
}

static void
end_output(struct launch *launch)
{
	launch->output_ended = true;
	launch->listener->output_ended(launch->arg);
}

void
fake_exit(struct fake *fake, const char *sequence, int code)
{
	struct launch *launch = must_launch(fake, sequence);
	if (!launch->output_ended)
		end_output(launch);
	end_program(launch, code);
	fake_turn(fake);
}

void
fake_exit_only(struct fake *fake, const char *sequence, int code)
{
	end_program(must_launch(fake, sequence), code);
	fake_turn(fake);
}

void
fake_end_output(struct fake *fake, const char *sequence)
{
	end_output(must_launch(fake, sequence));
	fake_turn(fake);
}

void
fake_stall(struct fake *fake, const char *sequence)
{
	struct launch *launch = must_launch(fake, sequence);
	struct err err = ERR_INIT;
	errno = ENOSPC;
	err_errno(&err, "cannot write the log of '%s'", sequence);
	launch->is_stalled = true;
	launch->listener->log_failed(launch->arg, &err);
	fake_turn(fake);
}

long
fake_ask(struct fake *fake, enum request_verb verb, const char *targets)
{
	char *copy = mem_strdup(targets), *rest = copy;
	const char *list[64];
	size_t count = 0;
	for (char *word; count < 63 && (word = strsep(&rest, " "));)
		list[count++] = word;
	list[count] = NULL;
	struct request request = { .verb = verb, .targets = list, .bytes = "x\n", .len = 2,
		.rows = 50, .cols = 132 };
	fake->err = (struct err)ERR_INIT;
	long done = engine_request(fake->engine, &request, &fake->err);
	free(copy);
	fake_turn(fake);
	return done;
}

enum state
fake_state(const struct fake *fake, const char *sequence)
{
	return engine_find(fake->engine, sequence)->state;
}

const char *
fake_reason(const struct fake *fake, const char *sequence)
{
	const char *reason = run_find(&fake->run, sequence)->reason;
	return reason ? reason : "";
}

const struct run_attempt *
fake_attempt(const struct fake *fake, const char *sequence, const char *step)
{
	const struct run_sequence *folded = run_find(&fake->run, sequence);
	for (size_t i = 0; i < folded->step_count; i++)
		if (strcmp(folded->steps[i].name, step) == 0)
			return run_last_attempt(&folded->steps[i]);
	return NULL;
}

size_t
fake_count(const struct fake *fake, const char *beginning)
{
	size_t count = 0;
	for (size_t i = 0; i < fake->event_count; i++)
		count += strncmp(fake->events[i], beginning, strlen(beginning)) == 0;
	return count;
}

const char *
fake_last_event(const struct fake *fake, const char *beginning)
{
	for (size_t i = fake->event_count; i > 0; i--)
		if (strncmp(fake->events[i - 1], beginning, strlen(beginning)) == 0)
			return fake->events[i - 1];
	return "";
}

const char *
fake_env(const struct fake *fake, const char *name)
{
	return env_of((const char *const *)fake->last_env, name);
}
