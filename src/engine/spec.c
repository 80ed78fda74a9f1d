/*
 * What is started for a step: the words, the directory, the environment and the standard
 * input, with the variables put in.
 *
 * The environment that all steps share is made once: the engine's own without what belongs
 * to a terminal or to libev, and the variables of the plan as SEQDECK_NAME, in capitals
 * and with '_' for '-'. A step adds its own few entries.
 */
#include "engine/core.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "plan/plan_kind.h"

struct spec {
	struct launch_spec launch;
	char **words;	/* of a command without a shell; owned */
	const char **argv;
	const char **env;
	char **owned;	/* entries of env that are ours, NULL-terminated */
	size_t owned_count;
	char *command, *cwd;
	struct buf input;
};

static struct plan_scope
scope_of(const struct sequence *seq, int attempt)
{
	return (struct plan_scope){
		.plan = seq->engine->plan,
		.sequence = seq->plan,
		.step = &seq->plan->steps[seq->step],
		.attempt = attempt,
		.run_id = seq->engine->settings.run_id,
		.run_dir = seq->engine->settings.run_dir,
	};
}

static char *
expand_raw(const struct plan_scope *scope, const char *template)
{
	struct buf text = BUF_INIT;
	plan_expand_raw(scope, template, &text);
	return buf_take(&text);
}

char *
spec_command(const struct sequence *seq, int attempt)
{
	struct plan_scope scope = scope_of(seq, attempt);
	struct buf text = BUF_INIT;
	if (scope.step->kind->is_shell)
		plan_expand_shell(&scope, scope.step->value, &text);
	else
		plan_expand_raw(&scope, scope.step->value, &text);
	return buf_take(&text);
}

/* Whether an entry of the engine's environment is not for steps. */
static bool
is_ours(const char *entry)
{
	static const char *const names[] = {
		"COLUMNS=", "LINES=", "SEQDECK_", "LIBEV_", NULL,
	};
	for (size_t i = 0; names[i]; i++)
		if (strncmp(entry, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static char *
variable_entry(const struct plan_var *var)
{
	char *entry = mem_printf("SEQDECK_%s=%s", var->name, var->value);
	for (char *p = entry; *p != '='; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	return entry;
}

void
spec_init(struct engine *engine)
{
	const char *const *base = engine->settings.base_env;
	size_t count = 0, vars = engine->plan->var_count, kept = 0;
	while (base && base[count])
		count++;
	engine->env_strings = mem_array(vars + 3, sizeof *engine->env_strings);
	for (size_t i = 0; i < vars; i++)
		engine->env_strings[i] = variable_entry(&engine->plan->vars[i]);
	engine->env_strings[vars] = mem_printf("SEQDECK_RUN_DIR=%s", engine->settings.run_dir);
	engine->env_strings[vars + 1] = mem_printf("SEQDECK_RUN=%s", engine->settings.run_id);
	engine->env = mem_array(count + vars + 3, sizeof *engine->env);
	for (size_t i = 0; i < count; i++)
		if (!is_ours(base[i]))
			engine->env[kept++] = base[i];
	for (size_t i = 0; engine->env_strings[i]; i++)
		engine->env[kept++] = engine->env_strings[i];
}

void
spec_release(struct engine *engine)
{
	for (size_t i = 0; engine->env_strings && engine->env_strings[i]; i++)
		free(engine->env_strings[i]);
	free(engine->env_strings);
	free(engine->env);
}

/* Sets an entry, which becomes ours, in the place of one of the same name. */
static void
set_env(struct spec *spec, size_t *count, char *entry)
{
	size_t len = (size_t)(strchr(entry, '=') - entry) + 1;
	spec->owned[spec->owned_count++] = entry;
	for (size_t i = 0; i < *count; i++) {
		if (strncmp(spec->env[i], entry, len) == 0) {
			spec->env[i] = entry;
			return;
		}
	}
	spec->env[(*count)++] = entry;
}

static void
make_env(struct spec *spec, const struct sequence *seq, const struct plan_scope *scope)
{
	const struct plan_options *options = scope->step->options;
	size_t count = 0, more = options->env_count + 4;
	while (seq->engine->env[count])
		count++;
	spec->env = mem_array(count + more + 1, sizeof *spec->env);
	spec->owned = mem_array(more + 1, sizeof *spec->owned);
	memcpy(spec->env, seq->engine->env, count * sizeof *spec->env);
	if (options->tty)
		set_env(spec, &count, mem_strdup("TERM=xterm-256color"));
	set_env(spec, &count, mem_printf("SEQDECK_SEQUENCE=%s", seq->plan->name));
	set_env(spec, &count, mem_printf("SEQDECK_STEP=%s", scope->step->name));
	set_env(spec, &count, mem_printf("SEQDECK_ATTEMPT=%d", scope->attempt));
	for (size_t i = 0; i < options->env_count; i++) {
		char *value = expand_raw(scope, options->env[i].value);
		set_env(spec, &count, mem_printf("%s=%s", options->env[i].name, value));
		free(value);
	}
	spec->launch.env = spec->env;
}

/* The words: those of the shell and -c and the command, or the command's own. */
static int
make_argv(struct spec *spec, const struct plan_options *options, struct err *err)
{
	if (!options->shell) {
		spec->words = plan_split_words(spec->command, err);
		if (!spec->words)
			return -1;
		if (!spec->words[0])
			return err_set(err, "the command is empty");
		spec->launch.argv = (const char *const *)spec->words;
		return 0;
	}
	size_t count = 0;
	while (options->shell[count])
		count++;
	spec->argv = mem_array(count + 3, sizeof *spec->argv);
	memcpy(spec->argv, options->shell, count * sizeof *spec->argv);
	spec->argv[count] = "-c";
	spec->argv[count + 1] = spec->command;
	spec->launch.argv = spec->argv;
	return 0;
}

static void
make_cwd(struct spec *spec, const struct plan_options *options,
    const struct plan_scope *scope)
{
	if (options->cwd) {
		char *cwd = expand_raw(scope, options->cwd);
		spec->cwd = file_join(scope->plan->dir, cwd);
		free(cwd);
	} else {
		spec->cwd = mem_strdup(scope->plan->dir);
	}
	spec->launch.cwd = spec->cwd;
}

static void
make_stdin(struct spec *spec, const struct plan_options *options,
    const struct plan_scope *scope)
{
	switch (options->stdin_from) {
	case PLAN_STDIN_TERMINAL:
		spec->launch.null_stdin = !options->tty;
		break;
	case PLAN_STDIN_NULL:
		spec->launch.null_stdin = true;
		break;
	case PLAN_STDIN_TEXT:
		spec->launch.has_stdin = true;
		plan_expand_raw(scope, options->stdin_text, &spec->input);
		spec->launch.stdin_bytes = buf_str(&spec->input);
		spec->launch.stdin_len = spec->input.len;
		break;
	}
}

struct spec *
spec_new(const struct sequence *seq, struct err *err)
{
	const struct plan_options *options = seq->plan->steps[seq->step].options;
	struct plan_scope scope = scope_of(seq, seq->attempt.number);
	struct spec *spec = mem_alloc(sizeof *spec);
	spec->command = mem_strdup(seq->attempt.command);
	if (make_argv(spec, options, err) < 0) {
		spec_free(spec);
		return NULL;
	}
	make_env(spec, seq, &scope);
	make_cwd(spec, options, &scope);
	make_stdin(spec, options, &scope);
	spec->launch.tty = options->tty;
	spec->launch.rows = seq->rows;
	spec->launch.cols = seq->cols;
	spec->launch.log = seq->attempt.log;
	return spec;
}

const struct launch_spec *
spec_launch(const struct spec *spec)
{
	return &spec->launch;
}

void
spec_free(struct spec *spec)
{
	if (!spec)
		return;
	for (size_t i = 0; spec->words && spec->words[i]; i++)
		free(spec->words[i]);
	free(spec->words);
	for (size_t i = 0; i < spec->owned_count; i++)
		free(spec->owned[i]);
	free(spec->owned);
	free(spec->env);
	free(spec->argv);
	free(spec->command);
	free(spec->cwd);
	buf_release(&spec->input);
	free(spec);
}
