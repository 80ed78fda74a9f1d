/*
 * retry, skip, cancel, hold and release: one code, a row each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/say.h"
#include "cmd/wake.h"
#include "cmd/which.h"
#include "control/client.h"
#include "model/request.h"

static enum cmd_status
request_send(const char *dir, enum request_verb verb, const char *const *targets)
{
	struct err err = ERR_INIT;
	struct request request = { .verb = verb, .targets = targets };
	long count = wake_and_ask(dir, &request, &err);
	if (count < 0) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	printf("%ld sequence%s %s\n", count, count == 1 ? "" : "s",
	    request_infos[verb].past);
	return CMD_OK;
}

static enum cmd_status
request_run(const struct args *args)
{
	int verb = request_verb_find(args->cmd->name);
	if (args_has(args, "kill"))
		verb = REQUEST_KILL;
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 1, &first, &err);
	if (dir == NULL) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	enum cmd_status status = CMD_WRONG;
	if (args->word_count - first > REQUEST_TARGETS_MAX)
		say("%zu targets are over the limit of %d: use a glob", args->word_count - first,
		    REQUEST_TARGETS_MAX);
	else
		status = request_send(dir, (enum request_verb)verb, args->words + first);
	free(dir);
	return status;
}

#define REQUEST_TARGET_HELP \
	"A TARGET is a sequence, SEQUENCE/STEP, a glob over names, @failed or @all; several " \
	"may be given. Of several that are matched those to which it does not apply are " \
	"passed over; when none is left, that is an error."
#define REQUEST_RUN_HELP \
	"The first of several words is taken as RUN when it is the id of a run, a unique " \
	"prefix of one or the path of a run directory; --run RUN leaves no doubt."

static const struct cmd_option request_options[] = { WHICH_RUN_OPTION, { 0 } };

static const struct cmd_option cancel_options[] = {
	WHICH_RUN_OPTION,
	{ "kill", 'k', NULL, false, "with KILL at once, without TERM and the grace time" },
	{ 0 },
};

const struct cmd cmd_retry = {
	.name = "retry",
	.synopsis = "[RUN] TARGET...",
	.summary = "run the step at which a sequence failed, was cancelled or is held, again",
	.help = "What has ended ok is not run again: a sequence goes on from the step that "
	    "went wrong. A sequence that pauses before an automatic retry runs at once. Where "
	    "no engine has the run any more, one is started.\n\n"
	    REQUEST_TARGET_HELP "\n\n" REQUEST_RUN_HELP,
	.options = request_options,
	.word = CMD_WORD_TARGET,
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.run = request_run,
};

const struct cmd cmd_skip = {
	.name = "skip",
	.synopsis = "[RUN] TARGET...",
	.summary = "leave the present step of a sequence and go on with the next one",
	.help = "A step that runs is stopped first. A sequence that has not begun is skipped as "
	    "a whole.\n\n" REQUEST_TARGET_HELP "\n\n" REQUEST_RUN_HELP,
	.options = request_options,
	.word = CMD_WORD_TARGET,
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.run = request_run,
};

const struct cmd cmd_cancel = {
	.name = "cancel",
	.synopsis = "[RUN] TARGET...",
	.summary = "stop sequences: TERM to what runs, KILL after the grace time",
	.help = "The signal goes to the whole process group of the step. 'seqdeck cancel @all' "
	    "cancels the newest run.\n\n" REQUEST_TARGET_HELP "\n\n" REQUEST_RUN_HELP,
	.options = cancel_options,
	.word = CMD_WORD_TARGET,
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.run = request_run,
};

const struct cmd cmd_hold = {
	.name = "hold",
	.synopsis = "[RUN] TARGET...",
	.summary = "start no further step of a sequence until it is released",
	.help = "A step that runs is left to run to its end.\n\n"
	    REQUEST_TARGET_HELP "\n\n" REQUEST_RUN_HELP,
	.options = request_options,
	.word = CMD_WORD_TARGET,
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.run = request_run,
};

const struct cmd cmd_release = {
	.name = "release",
	.synopsis = "[RUN] TARGET...",
	.summary = "let sequences that are held go on",
	.help = "A sequence that is held at a step that went wrong needs a word on that step: "
	    "retry or skip.\n\n" REQUEST_TARGET_HELP "\n\n" REQUEST_RUN_HELP,
	.options = request_options,
	.word = CMD_WORD_TARGET,
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.run = request_run,
};

/* The words behind SEQ, joined by blanks, and a newline unless there is to be none. The
 * caller frees. */
static char *
send_text(const char *const *words, bool has_newline, size_t *len)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; words[i] != NULL; i++) {
		if (i > 0)
			buf_add_char(&text, ' ');
		buf_add_str(&text, words[i]);
	}
	if (has_newline)
		buf_add_char(&text, '\n');
	*len = text.len;
	return buf_take(&text);
}

static enum cmd_status
send_run(const struct args *args)
{
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 2, &first, &err);
	if (dir == NULL) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	const char *targets[] = { args->words[first], NULL };
	struct request request = { .verb = REQUEST_INPUT, .targets = targets };
	char *bytes = send_text(args->words + first + 1, !args_has(args, "no-newline"),
	    &request.len);
	request.bytes = bytes;
	enum cmd_status status = CMD_OK;
	if (request.len > REQUEST_INPUT_MAX) {
		say("a text of %zu bytes is over the limit of %zu", request.len,
		    REQUEST_INPUT_MAX);
		status = CMD_WRONG;
	} else if (control_ask_once(dir, &request, WAKE_ANSWER_S, &err) < 0) {
		say("%s", err.text);
		status = CMD_FAILED;
	}
	free(bytes);
	free(dir);
	return status;
}

static const struct cmd_option send_options[] = {
	WHICH_RUN_OPTION,
	{ "no-newline", 'n', NULL, false, "the text alone, no newline behind it" },
	{ 0 },
};

const struct cmd cmd_send = {
	.name = "send",
	.synopsis = "[RUN] SEQ TEXT...",
	.summary = "type text into the running step of a sequence",
	.help = "The words are joined by blanks and a newline goes behind them. The step has to "
	    "have a terminal (tty = yes). What is typed is not recorded, only that it was.\n\n"
	    "The first of three or more words is taken as RUN when it names a run.",
	.options = send_options,
	.word = CMD_WORD_TARGET,
	.words_min = 2,
	.words_max = CMD_WORDS_ANY,
	.run = send_run,
};
