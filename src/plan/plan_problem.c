#include "plan/plan_problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

__attribute__((format(printf, 5, 0)))
static void
add(struct plan_problems *problems, bool is_warning, const char *file,
    struct plan_place place, const char *fmt, va_list args)
{
	if (is_warning)
		problems->warning_count++;
	else
		problems->error_count++;
	if (problems->count >= PLAN_COLLECT_MAX)
		return;
	char *text;
	if (vasprintf(&text, fmt, args) < 0)
		text = mem_strdup("out of memory");
	if ((problems->count & (problems->count - 1)) == 0)
		problems->items = mem_grow(problems->items,
		    problems->count ? problems->count * 2 : 1, sizeof *problems->items);
	problems->items[problems->count++] = (struct plan_problem){
		.is_warning = is_warning, .file = mem_strdup(file), .line = place.line,
		.column = place.column, .text = text,
	};
}

void
plan_error(struct plan_problems *problems, const char *file, struct plan_place place,
    const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add(problems, false, file, place, fmt, args);
	va_end(args);
}

void
plan_warning(struct plan_problems *problems, const char *file, struct plan_place place,
    const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add(problems, true, file, place, fmt, args);
	va_end(args);
}

/* A problem, the number of its file, and how many came before it. */
struct entry {
	struct plan_problem problem;
	size_t file, order;
};

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->problem.line != y->problem.line)
		return x->problem.line < y->problem.line ? -1 : 1;
	if (x->problem.column != y->problem.column)
		return x->problem.column < y->problem.column ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void
plan_problems_finish(struct plan_problems *problems)
{
	size_t errors = 0, warnings = 0, kept = 0, files = 0;
	struct entry *entries = mem_array(problems->count, sizeof *entries);
	for (size_t i = 0; i < problems->count; i++) {
		entries[i] = (struct entry){ .problem = problems->items[i], .order = i };
		size_t same = i ? i - 1 : 0;
		if (i && strcmp(entries[same].problem.file,
		    entries[i].problem.file) == 0) {
			entries[i].file = entries[same].file;
			continue;
		}
		for (same = 0; same < i; same++)
			if (strcmp(entries[same].problem.file,
			    entries[i].problem.file) == 0)
				break;
		entries[i].file = same < i ? entries[same].file : files++;
	}
	qsort(entries, problems->count, sizeof *entries, compare);
	for (size_t i = 0; i < problems->count; i++) {
		struct plan_problem *p = &entries[i].problem;
		if (p->is_warning ? warnings++ < PLAN_WARNINGS_MAX :
		    errors++ < PLAN_ERRORS_MAX) {
			problems->items[kept++] = *p;
			continue;
		}
		free(p->file);
		free(p->text);
	}
	problems->count = kept;
	free(entries);
}

void
plan_problems_release(struct plan_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->items[i].file);
		free(problems->items[i].text);
	}
	free(problems->items);
	*problems = (struct plan_problems){ 0 };
}

void
plan_problem_format(const struct plan_problem *problem, struct buf *to)
{
	text_escape(to, problem->file, strlen(problem->file), false);
	if (problem->line)
		buf_printf(to, ":%d:%d", problem->line, problem->column);
	buf_add_str(to, problem->is_warning ? ": warning: " : ": ");
	text_escape(to, problem->text, strlen(problem->text), false);
	buf_add_char(to, '\n');
}

const char *
plan_quote(struct plan_quote *quote, const char *text, size_t len)
{
	size_t n = 0, characters = 0;
	const char *newline = memchr(text, '\n', len);
	size_t line = newline ? (size_t)(newline - text) : len;
	while (n < line && characters < 60) {
		uint32_t code;
		size_t step = text_decode(text + n, line - n, &code);
		n += step ? step : 1;
		characters++;
	}
	memcpy(quote->text, text, n);
	strcpy(quote->text + n, n < len ? "..." : "");
	return quote->text;
}
