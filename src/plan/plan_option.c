#include "plan/plan_option.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "plan/plan_value.h"

const struct plan_option plan_option_table[] = {
	{ .name = "timeout", .value_name = "DURATION", .default_text = "none",
	    .parse = plan_value_timeout,
	    .help = "How long an attempt may take: 30s, 10m, 1h30m; none or 0 for no "
	    "limit. An attempt that takes longer is stopped as kill says, and has "
	    "failed." },
	{ .name = "retries", .value_name = "NUMBER", .default_text = "0",
	    .parse = plan_value_retries,
	    .help = "How many more attempts are made by themselves after one that "
	    "failed." },
	{ .name = "backoff", .value_name = "DURATION[..DURATION]", .default_text = "1s",
	    .parse = plan_value_backoff,
	    .help = "The pause before the next attempt. With two durations it begins "
	    "with the first and doubles up to the second, and a random part keeps many "
	    "sequences from trying at the same moment." },
	{ .name = "ok-codes", .value_name = "CODE[-CODE], ...", .default_text = "0",
	    .parse = plan_value_ok_codes,
	    .help = "The exit statuses that are ok: 0, 3, 10-12." },
	{ .name = "on-fail", .value_name = "stop|continue|hold", .default_text = "stop",
	    .parse = plan_value_on_fail,
	    .help = "What follows when the step has failed and no retries are left: stop "
	    "ends the sequence as failed, continue goes on with the next step, hold "
	    "waits for a person to retry or skip it." },
	{ .name = "cwd", .value_name = "DIRECTORY", .default_text = "",
	    .parse = plan_value_cwd, .is_template = true,
	    .help = "The directory that the program runs in; a relative one begins at "
	    "the plan's own directory, and that is where it runs when nothing is set." },
	{ .name = "env.", .value_name = "TEXT", .default_text = "",
	    .parse = plan_value_env, .is_family = true, .may_be_empty = true,
	    .is_template = true,
	    .help = "Sets a variable in the environment of the program: env.LANG = C." },
	{ .name = "shell", .value_name = "WORDS|none", .default_text = "/bin/sh -e",
	    .parse = plan_value_shell,
	    .help = "The program that is given the command, behind these words and -c: "
	    "bash -eu -o pipefail, python3. With none the command is split into words, "
	    "quoted as in a shell, and started directly." },
	{ .name = "tty", .value_name = "yes|no", .default_text = "yes",
	    .parse = plan_value_tty,
	    .help = "Whether the program runs on a terminal of its own. With no it gets "
	    "pipes, and standard output and standard error are told apart." },
	{ .name = "kill", .value_name = "SIGNAL [DURATION SIGNAL]...",
	    .default_text = "TERM 10s KILL", .parse = plan_value_kill,
	    .help = "How the program and all it started are stopped: a signal, how long "
	    "to wait for the end, the next signal." },
	{ .name = "stdin", .value_name = "terminal|none|TEXT",
	    .default_text = "terminal", .parse = plan_value_stdin, .is_template = true,
	    .help = "What the program reads: terminal is what is typed into its pane "
	    "(nothing, with tty = no), none is nothing; anything else is the text "
	    "itself, of one line or several." },
	{ .name = NULL },
};

const struct plan_option *
plan_option_find(const char *key, const char **suffix)
{
	*suffix = NULL;
	for (const struct plan_option *o = plan_option_table; o->name; o++) {
		size_t len = strlen(o->name);
		if (!o->is_family && strcmp(o->name, key) == 0)
			return o;
		if (o->is_family && strncmp(o->name, key, len) == 0) {
			*suffix = key + len;
			return o;
		}
	}
	return NULL;
}

const struct plan_key *
plan_key_find(const struct plan_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

struct plan_options *
plan_options_new(void)
{
	struct plan_options *options = mem_alloc(sizeof *options);
	options->backoff_min_us = options->backoff_max_us = CLOCK_SECOND_US;
	options->ok_codes[0] = 1;
	options->shell = mem_array(3, sizeof *options->shell);
	options->shell[0] = mem_strdup("/bin/sh");
	options->shell[1] = mem_strdup("-e");
	options->tty = true;
	options->kill[0] = (struct plan_kill){ SIGTERM, 10 * CLOCK_SECOND_US };
	options->kill[1] = (struct plan_kill){ SIGKILL, 0 };
	options->kill_count = 2;
	return options;
}

struct plan_options *
plan_options_copy(const struct plan_options *from)
{
	struct plan_options *options = mem_dup(from, sizeof *from);
	options->cwd = mem_strdup(from->cwd);
	options->stdin_text = mem_strdup(from->stdin_text);
	options->env = mem_array(from->env_count, sizeof *options->env);
	for (size_t i = 0; i < from->env_count; i++) {
		options->env[i].name = mem_strdup(from->env[i].name);
		options->env[i].value = mem_strdup(from->env[i].value);
	}
	if (!from->shell)
		return options;
	size_t words = 0;
	while (from->shell[words])
		words++;
	options->shell = mem_array(words + 1, sizeof *options->shell);
	for (size_t i = 0; i < words; i++)
		options->shell[i] = mem_strdup(from->shell[i]);
	return options;
}

void
plan_options_free(struct plan_options *options)
{
	if (!options)
		return;
	free(options->cwd);
	free(options->stdin_text);
	for (size_t i = 0; i < options->env_count; i++) {
		free(options->env[i].name);
		free(options->env[i].value);
	}
	free(options->env);
	for (char **word = options->shell; word && *word; word++)
		free(*word);
	free(options->shell);
	free(options);
}
