/*
 * A plan of any bytes: it is refused or it can be used, and its problems are in order.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "plan/plan.h"
#include "plan/plan_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use_step(const struct plan_scope *scope)
{
	struct buf to = BUF_INIT;
	const struct plan_step *step = scope->step;
	assert(step->kind && step->options && step->options->kill_count > 0);
	assert(step->line > 0 && step->column > 0);
	plan_expand_raw(scope, step->value, &to);
	buf_clear(&to);
	plan_expand_shell(scope, step->value, &to);
	char **words = plan_split_words(buf_str(&to), NULL);
	for (char **word = words; word && *word; word++)
		free(*word);
	free(words);
	buf_release(&to);
}

static void
use_plan(const struct plan *plan)
{
	for (size_t i = 0; i < plan->sequence_count; i++) {
		const struct plan_sequence *sequence = &plan->sequences[i];
		assert(plan_find_sequence(plan, sequence->name) == (long)i);
		for (size_t j = 0; j < sequence->needs_count; j++)
			assert(sequence->needs[j] < plan->sequence_count);
		for (size_t j = 0; j < sequence->after_count; j++)
			assert(sequence->after[j] < plan->sequence_count);
		for (size_t j = 0; j < sequence->step_count; j++) {
			struct plan_scope scope = { plan, sequence, &sequence->steps[j], 1, "run",
				"/r" };
			use_step(&scope);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct plan_setting set = { "set", "from 'outside'" };
	struct plan_request request = { .settings = &set, .setting_count = 1, .dir = "/x" };
	struct plan_problems problems = { 0 };
	struct buf told = BUF_INIT;
	struct plan *plan = plan_parse("fuzz.ini", (const char *)data, size, &request,
	    &problems);
	assert((plan == NULL) == (problems.error_count > 0));
	for (size_t i = 0; i < problems.count; i++) {
		const struct plan_problem *problem = &problems.items[i];
		assert(i == 0 || problem[-1].line <= problem->line);
		assert(strncmp(problem->text, "the INI library", 15) != 0);
		plan_problem_format(problem, &told);
	}
	assert(text_is_utf8(buf_str(&told), told.len));
	if (plan)
		use_plan(plan);
	plan_free(plan);
	plan_problems_release(&problems);
	buf_release(&told);
	return 0;
}
