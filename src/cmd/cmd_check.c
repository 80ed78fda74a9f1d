/*
 * check: what is wrong with a plan, and what it would run.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/plan_args.h"
#include "cmd/say.h"
#include "plan/plan_kind.h"
#include "plan/plan_option.h"

static void
add_text(struct buf *to, const char *text)
{
	text_escape(to, text, strlen(text), false);
}

/* "key: a, b" for a list of sequences by index. */
static void
add_names(struct buf *to, const char *key, const struct plan *plan, const size_t *indices,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_add_str(to, i ? ", " : key);
		add_text(to, plan->sequences[indices[i]].name);
	}
}

/* An option with its value, behind those that are there already. */
static void
add_option(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, "%s%s = ", to->len ? "; " : "", name);
	add_text(to, value);
}

static void
add_duration_option(struct buf *to, const char *name, int64_t us)
{
	char text[16];
	clock_format_duration(us, text, sizeof text);
	add_option(to, name, text);
}

static void
add_codes(struct buf *to, const struct plan_options *options)
{
	struct buf codes = BUF_INIT;
	for (int code = 0; code < 256; code++) {
		int last = code;
		if (!plan_code_ok(options, code))
			continue;
		while (last < 255 && plan_code_ok(options, last + 1))
			last++;
		buf_printf(&codes, last > code ? "%s%d-%d" : "%s%d", codes.len ? ", " : "", code,
		    last);
		code = last;
	}
	add_option(to, "ok-codes", buf_str(&codes));
	buf_release(&codes);
}

static void
add_backoff(struct buf *to, const struct plan_options *options)
{
	char min[16], max[16];
	clock_format_duration(options->backoff_min_us, min, sizeof min);
	clock_format_duration(options->backoff_max_us, max, sizeof max);
	char *text = options->backoff_max_us > options->backoff_min_us ?
	    mem_printf("%s..%s", min, max) : mem_strdup(min);
	add_option(to, "backoff", text);
	free(text);
}

static void
add_kill(struct buf *to, const struct plan_options *options)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < options->kill_count; i++) {
		const char *name = sigabbrev_np(options->kill[i].signal);
		char wait[16];
		if (name)
			buf_printf(&text, "%s%s", i ? " " : "", name);
		else
			buf_printf(&text, "%s%d", i ? " " : "", options->kill[i].signal);
		if (i + 1 == options->kill_count)
			break;
		clock_format_duration(options->kill[i].wait_us, wait, sizeof wait);
		buf_printf(&text, " %s", wait);
	}
	add_option(to, "kill", buf_str(&text));
	buf_release(&text);
}

static void
add_shell(struct buf *to, const struct plan_options *options)
{
	struct buf text = BUF_INIT;
	for (char **word = options->shell; word && *word; word++)
		buf_printf(&text, "%s%s", text.len ? " " : "", *word);
	add_option(to, "shell", options->shell ? buf_str(&text) : "none");
	buf_release(&text);
}

static bool
same_words(char *const *a, char *const *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && *b && strcmp(*a, *b) == 0; a++, b++)
		;
	return !*a && !*b;
}

static void
add_stdin(struct buf *to, const struct plan_options *options, const struct plan_scope *scope)
{
	struct buf text = BUF_INIT;
	switch (options->stdin_from) {
	case PLAN_STDIN_TERMINAL:
		return;
	case PLAN_STDIN_NULL:
		add_option(to, "stdin", "none");
		return;
	case PLAN_STDIN_TEXT:
		plan_expand_raw(scope, options->stdin_text, &text);
		add_option(to, "stdin", buf_str(&text));
		buf_release(&text);
	}
}

static void
add_environment(struct buf *to, const struct plan_options *options,
    const struct plan_scope *scope)
{
	for (size_t i = 0; i < options->env_count; i++) {
		struct buf value = BUF_INIT;
		char *name = mem_printf("env.%s", options->env[i].name);
		plan_expand_raw(scope, options->env[i].value, &value);
		add_option(to, name, buf_str(&value));
		buf_release(&value);
		free(name);
	}
}

/* All options that differ from the built-in ones, on one line. */
static void
add_options(struct buf *to, const struct plan_scope *scope, const struct plan_options *plain)
{
	static const char *const on_fail[] = { "stop", "continue", "hold" };
	const struct plan_options *options = scope->step->options;
	if (options->timeout_us)
		add_duration_option(to, "timeout", options->timeout_us);
	if (options->retries) {
		char text[16];
		snprintf(text, sizeof text, "%d", options->retries);
		add_option(to, "retries", text);
		add_backoff(to, options);
	}
	if (memcmp(options->ok_codes, plain->ok_codes, sizeof plain->ok_codes) != 0)
		add_codes(to, options);
	if (options->on_fail != plain->on_fail)
		add_option(to, "on-fail", on_fail[options->on_fail]);
	if (options->cwd) {
		struct buf cwd = BUF_INIT;
		plan_expand_raw(scope, options->cwd, &cwd);
		add_option(to, "cwd", buf_str(&cwd));
		buf_release(&cwd);
	}
	add_environment(to, options, scope);
	if (scope->step->kind->id == PLAN_KIND_RUN && !same_words(options->shell, plain->shell))
		add_shell(to, options);
	if (options->tty != plain->tty)
		add_option(to, "tty", options->tty ? "yes" : "no");
	add_stdin(to, options, scope);
	if (options->kill_count != plain->kill_count || memcmp(options->kill, plain->kill,
	    plain->kill_count * sizeof *plain->kill) != 0)
		add_kill(to, options);
}

/* The command of a step with its variables put in, further lines indented. */
static void
add_command(struct buf *to, const struct plan_scope *scope)
{
	struct buf command = BUF_INIT;
	if (scope->step->kind->is_shell)
		plan_expand_shell(scope, scope->step->value, &command);
	else
		plan_expand_raw(scope, scope->step->value, &command);
	const char *line = buf_str(&command);
	for (;;) {
		size_t len = strcspn(line, "\n");
		text_escape(to, line, len, false);
		buf_add_char(to, '\n');
		if (!line[len])
			break;
		line += len + 1;
		buf_add_str(to, "            ");
	}
	buf_release(&command);
}

static void
add_step(struct buf *to, const struct plan_scope *scope, size_t number,
    const struct plan_options *plain)
{
	struct buf options = BUF_INIT;
	buf_printf(to, "  %3zu  %s %s = ", number, scope->step->kind->name, scope->step->name);
	add_command(to, scope);
	add_options(&options, scope, plain);
	if (options.len)
		buf_printf(to, "            with %s\n", buf_str(&options));
	buf_release(&options);
}

static void
add_sequence(struct buf *to, const struct plan *plan, const struct plan_sequence *sequence,
    const struct plan_options *plain)
{
	buf_add_str(to, "\nsequence ");
	add_text(to, sequence->name);
	add_names(to, "; needs ", plan, sequence->needs, sequence->needs_count);
	add_names(to, "; after ", plan, sequence->after, sequence->after_count);
	buf_add_char(to, '\n');
	for (size_t i = 0; i < sequence->step_count; i++) {
		struct plan_scope scope = {
			.plan = plan,
			.sequence = sequence,
			.step = &sequence->steps[i],
			.attempt = 1,
			.run_id = "RUN",
		};
		add_step(to, &scope, i + 1, plain);
	}
	if (!sequence->step_count)
		buf_add_str(to, "       no steps: it ends ok at once\n");
}

static void
check_print(const struct plan *plan)
{
	struct buf text = BUF_INIT;
	struct plan_options *plain = plan_options_new();
	size_t steps = 0;
	for (size_t i = 0; i < plan->sequence_count; i++)
		steps += plan->sequences[i].step_count;
	add_text(&text, plan->title);
	buf_printf(&text, ": %zu sequence%s, %zu step%s", plan->sequence_count,
	    plan->sequence_count == 1 ? "" : "s", steps, steps == 1 ? "" : "s");
	if (plan->parallel)
		buf_printf(&text, ", at most %d sequences at once", plan->parallel);
	buf_add_char(&text, '\n');
	for (size_t i = 0; i < plan->sequence_count; i++) {
		add_sequence(&text, plan, &plan->sequences[i], plain);
		fwrite(text.data, 1, text.len, stdout);
		buf_clear(&text);
	}
	fwrite(buf_str(&text), 1, text.len, stdout);
	plan_options_free(plain);
	buf_release(&text);
}

static enum cmd_status
check_run(const struct args *args)
{
	struct err err = ERR_INIT;
	struct plan_args plan_args = { 0 };
	struct plan *plan = NULL;
	if (plan_args_parse(&plan_args, args, &err) < 0)
		say("%s", err.text);
	else
		plan = plan_args_load(&plan_args, args->words[0]);
	if (plan && !args_has(args, "quiet"))
		check_print(plan);
	enum cmd_status status = plan ? CMD_OK : CMD_WRONG;
	plan_free(plan);
	plan_args_release(&plan_args);
	return status;
}

static const struct cmd_option check_options[] = {
	PLAN_ARGS_OPTIONS,
	{ "quiet", 'q', NULL, false, "errors and warnings only" },
	{ 0 },
};

const struct cmd cmd_check = {
	.name = "check",
	.synopsis = "PLAN",
	.summary = "errors and warnings of a plan; what it would run, step by step",
	.help = "All errors are shown at once, as file:line:column: text. Commands are shown "
	    "with their variables put in, and with the options that differ from the built-in "
	    "ones. Nothing is started.",
	.options = check_options,
	.word = CMD_WORD_PLAN,
	.words_min = 1,
	.words_max = 1,
	.run = check_run,
};
