#include "plan/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "plan/plan_draft.h"
#include "plan/plan_names.h"

/* Appends all that fd gives to text: a file, a pipe or a terminal. */
static int
read_all(int fd, struct buf *text, struct err *err)
{
	for (;;) {
		char *to = buf_reserve(text, 65536);
		ssize_t n = read(fd, to, 65536);
		if (n == 0)
			return 0;
		if (n > 0)
			text->len += (size_t)n;
		else if (errno == EAGAIN)
			poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1);
		else if (errno != EINTR)
			return err_errno(err, "cannot be read");
		if (text->len > PLAN_SIZE_MAX)
			return err_set(err, "is longer than %zu MiB",
			    PLAN_SIZE_MAX >> 20);
	}
}

/* Appends the file's bytes to text; "-" is standard input. A pipe will do, too:
 * `seqdeck run <(make-plan)`. */
static int
read_file(const char *path, struct buf *text, struct err *err)
{
	struct stat st;
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, text, err);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot be opened");
	int result = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ?
	    err_set(err, "is a directory, not a plan") :
	    read_all(fd, text, err);
	close(fd);
	return result;
}

/* The absolute directory of the plan; the caller frees. */
static char *
plan_directory(const char *path)
{
	char *dir = strcmp(path, "-") == 0 ? mem_strdup(".") : file_dirname(path);
	char *absolute = realpath(dir, NULL);
	char *result = mem_strdup(absolute ? absolute : dir);
	free(absolute);
	free(dir);
	return result;
}

/* The title of a plan that has none: the file's name without .ini; the caller frees. */
static char *
title_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t len = strlen(name);
	if (strcmp(path, "-") == 0)
		return mem_strdup("plan");
	if (len > 4 && strcmp(name + len - 4, ".ini") == 0)
		len -= 4;
	return mem_strndup(name, len);
}

static void
release_pairs(struct draft_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(pairs[i].name);
		free(pairs[i].text);
	}
	free(pairs);
}

static void
release_draft(struct plan_draft *draft)
{
	plan_names_free(draft->sections);
	plan_names_free(draft->keys);
	release_pairs(draft->plan_pairs, draft->plan_pair_count);
	release_pairs(draft->vars, draft->var_count);
	for (size_t i = 0; i < draft->setting_count; i++) {
		free(draft->settings[i].suffix);
		free(draft->settings[i].text);
	}
	free(draft->settings);
	for (size_t i = 0; i < draft->need_count; i++)
		free(draft->needs[i].name);
	free(draft->needs);
	free(draft->templates);
}

static struct plan *
new_plan(const char *path, const char *text, size_t len,
    const struct plan_request *request)
{
	struct plan *plan = mem_alloc(sizeof *plan);
	plan->path = mem_strdup(path);
	plan->dir = request->dir ? mem_strdup(request->dir) : plan_directory(path);
	plan->title = title_of(path);
	plan->text = mem_strndup(text, len);
	plan->text_len = len;
	plan->sequence_names = plan_names_new();
	plan->var_names = plan_names_new();
	return plan;
}

struct plan *
plan_parse(const char *path, const char *text, size_t len,
    const struct plan_request *request, struct plan_problems *problems)
{
	static const struct plan_request nothing;
	struct plan_draft draft = { .problems = problems, .file = path,
		.request = request ? request : &nothing };
	draft.plan = new_plan(path, text, len, draft.request);
	draft_read(&draft, draft.plan->text, len);
	draft_resolve_vars(&draft);
	draft_resolve_plan(&draft);
	draft_resolve_options(&draft);
	draft_check_templates(&draft);
	draft_resolve_needs(&draft);
	draft_choose(&draft);
	release_draft(&draft);
	if (draft.request->parallel > 0)
		draft.plan->parallel = draft.request->parallel;
	plan_problems_finish(problems);
	if (problems->error_count == 0)
		return draft.plan;
	plan_free(draft.plan);
	return NULL;
}

struct plan *
plan_load(const char *path, const struct plan_request *request,
    struct plan_problems *problems)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct plan *plan = NULL;
	if (read_file(path, &text, &err) < 0)
		plan_error(problems, strcmp(path, "-") == 0 ? "standard input" : path,
		    DRAFT_NOWHERE, "%s", err.text);
	else
		plan = plan_parse(path, buf_str(&text), text.len, request, problems);
	buf_release(&text);
	return plan;
}

void
plan_sequence_release(struct plan_sequence *sequence)
{
	for (size_t i = 0; i < sequence->step_count; i++) {
		free(sequence->steps[i].name);
		free(sequence->steps[i].value);
	}
	free(sequence->steps);
	free(sequence->needs);
	free(sequence->after);
	free(sequence->name);
}

void
plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->sequence_count; i++)
		plan_sequence_release(&plan->sequences[i]);
	free(plan->sequences);
	for (size_t i = 0; i < plan->var_count; i++) {
		free(plan->vars[i].name);
		free(plan->vars[i].value);
	}
	free(plan->vars);
	for (size_t i = 0; i < plan->option_count; i++)
		plan_options_free(plan->options[i]);
	free(plan->options);
	plan_names_free(plan->sequence_names);
	plan_names_free(plan->var_names);
	free(plan->path);
	free(plan->dir);
	free(plan->title);
	free(plan->text);
	free(plan);
}

bool
plan_code_ok(const struct plan_options *options, int code)
{
	return code >= 0 && code <= 255 &&
	    (options->ok_codes[code / 8] >> (code % 8) & 1);
}

long
plan_find_sequence(const struct plan *plan, const char *name)
{
	if (plan->sequence_names)
		return plan_names_find(plan->sequence_names, name, strlen(name));
	for (size_t i = 0; i < plan->sequence_count; i++)
		if (strcmp(plan->sequences[i].name, name) == 0)
			return (long)i;
	return -1;
}

long
plan_find_step(const struct plan_sequence *sequence, const char *name)
{
	for (size_t i = 0; i < sequence->step_count; i++)
		if (strcmp(sequence->steps[i].name, name) == 0)
			return (long)i;
	return -1;
}
