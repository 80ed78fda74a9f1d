/*
 * log: what the steps of a sequence printed, of all attempts or of one.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/say.h"
#include "cmd/tail.h"
#include "cmd/which.h"
#include "record/reader.h"

#define LOG_READ ((size_t)1 << 20)	/* bytes taken at once */
#define LOG_POLL_MS 500	/* also how soon it is seen that the engine has gone */

/* What is to be printed: SEQ, SEQ/STEP or SEQ/STEP.ATTEMPT. */
struct wanted {
	char *sequence;
	char *step;	/* NULL: all */
	int attempt;	/* 0: all */
};

/* An attempt that was printed, wholly or so far. */
struct printer {
	const char *dir;
	struct wanted wanted;
	bool is_raw, has_captions;
	size_t step, attempt;	/* the one at hand: indices */
	bool is_open;
	struct tail tail;
	const char *last;	/* what standard output ends with */
};

/* Takes SEQ/STEP.ATTEMPT apart; a dot that no number follows belongs to the name. */
static void
wanted_parse(struct wanted *wanted, const char *text)
{
	const char *slash = strrchr(text, '/');
	memset(wanted, 0, sizeof *wanted);
	if (!slash) {
		wanted->sequence = mem_strdup(text);
		return;
	}
	wanted->sequence = mem_strndup(text, (size_t)(slash - text));
	wanted->step = mem_strdup(slash + 1);
	char *dot = strrchr(wanted->step, '.');
	if (!dot || !dot[1] || strspn(dot + 1, "0123456789") != strlen(dot + 1))
		return;
	wanted->attempt = atoi(dot + 1);
	*dot = '\0';
}

static void
wanted_release(struct wanted *wanted)
{
	free(wanted->sequence);
	free(wanted->step);
}

/* Whether the wanted things are there at all. */
static int
wanted_check(const struct wanted *wanted, const struct run *run, struct err *err)
{
	const struct run_sequence *sequence = run_find(run, wanted->sequence);
	if (!sequence) {
		const char **names = mem_array(run->sequence_count + 1, sizeof *names);
		for (size_t i = 0; i < run->sequence_count; i++)
			names[i] = run->sequences[i].name;
		const char *near = text_nearest(wanted->sequence, names);
		err_set(err, "no sequence of this run is called '%s'%s%s%s", wanted->sequence,
		    near ? "; do you mean '" : "", near ? near : "", near ? "'?" : "");
		free(names);
		return -1;
	}
	for (size_t i = 0; wanted->step && i < sequence->step_count; i++) {
		const struct run_step *step = &sequence->steps[i];
		if (strcmp(step->name, wanted->step) != 0)
			continue;
		if (wanted->attempt && (size_t)wanted->attempt > step->attempt_count)
			return err_set(err, "'%s/%s' has %zu attempts, not %d", wanted->sequence,
			    wanted->step, step->attempt_count, wanted->attempt);
		return 0;
	}
	if (wanted->step)
		return err_set(err, "'%s' has no step '%s'", wanted->sequence, wanted->step);
	return 0;
}

static bool
is_wanted(const struct printer *printer, const struct run_step *step,
    const struct run_attempt *attempt)
{
	const struct wanted *wanted = &printer->wanted;
	return attempt->log && (!wanted->step || strcmp(step->name, wanted->step) == 0) &&
	    (!wanted->attempt || wanted->attempt == attempt->number);
}

static void
print_caption(const struct printer *printer, const struct run_step *step,
    const struct run_attempt *attempt)
{
	struct buf text = BUF_INIT;
	if (!printer->has_captions)
		return;
	buf_add_str(&text, "== ");
	text_escape(&text, step->name, strlen(step->name), false);
	if (attempt->number > 1)
		buf_printf(&text, ", attempt %d", attempt->number);
	buf_add_str(&text, " ==\n");
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
}

/* Copies what is new as it is; 0 at the end, -1 with err set. */
static long
copy_raw(struct tail *tail, struct err *err)
{
	struct buf none = BUF_INIT;
	(void)none;
	static char bytes[64 << 10];
	FILE *f = fopen(tail->path, "re");
	if (!f)
		return errno == ENOENT ? 0 : err_errno(err, "cannot open '%s'", tail->path);
	size_t n = 0;
	if (fseeko(f, (off_t)tail->offset, SEEK_SET) == 0)
		n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	fwrite(bytes, 1, n, stdout);
	tail->offset += n;
	return (long)n;
}

/* Prints what is new of the attempt at hand; is_over: nothing will come behind it. */
static int
print_attempt(struct printer *printer, bool is_over, struct err *err)
{
	struct buf text = BUF_INIT;
	long n;
	do {
		n = printer->is_raw ? copy_raw(&printer->tail, err) :
		    tail_read(&printer->tail, LOG_READ, "", &text, err);
		if (n == 0 && is_over && !printer->is_raw)
			tail_end(&printer->tail, "", &text);
		fwrite(buf_str(&text), 1, text.len, stdout);
		buf_clear(&text);
	} while (n > 0 && !ferror(stdout));
	buf_release(&text);
	return n < 0 ? -1 : 0;
}

/* Prints what there is, from the attempt at hand on. */
static int
print_all(struct printer *printer, const struct run_sequence *sequence, struct err *err)
{
	for (; printer->step < sequence->step_count; printer->step++, printer->attempt = 0) {
		const struct run_step *step = &sequence->steps[printer->step];
		for (; printer->attempt < step->attempt_count; printer->attempt++) {
			const struct run_attempt *attempt = &step->attempts[printer->attempt];
			bool is_over = state_is_end(attempt->state);
			if (!is_wanted(printer, step, attempt))
				continue;
			if (!printer->is_open) {
				print_caption(printer, step, attempt);
				tail_init(&printer->tail, printer->dir, attempt->log);
				printer->is_open = true;
			}
			if (print_attempt(printer, is_over, err) < 0)
				return -1;
			if (!is_over)
				return 0;
			tail_release(&printer->tail);
			printer->is_open = false;
		}
		/* More attempts may come of the step that the sequence is at. */
		if (printer->step >= sequence->step_index && !state_is_end(sequence->state))
			break;
	}
	return 0;
}

static int
log_follow(struct printer *printer, struct reader *reader, struct err *err)
{
	struct pollfd fds[] = {
		{ .fd = reader_fd(reader), .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 },
	};
	char *watched = NULL;
	int rc = 0;
	for (;;) {
		bool is_live = reader_is_live(reader);
		if (reader_update(reader, 0, NULL, err) < 0)
			rc = -1;
		const struct run_sequence *sequence = run_find(reader_run(reader),
		    printer->wanted.sequence);
		if (rc == 0)
			rc = print_all(printer, sequence, err);
		fflush(stdout);
		bool is_over = state_is_end(sequence->state) || !is_live;
		if (rc < 0 || is_over || ferror(stdout) || fds[1].revents)
			break;
		const struct run_step *step = run_present_step(sequence);
		const struct run_attempt *attempt = step ? run_last_attempt(step) : NULL;
		if (attempt && attempt->log && (!watched || strcmp(watched, attempt->log))) {
			if (watched)
				reader_unwatch(reader, watched);
			free(watched);
			watched = mem_strdup(attempt->log);
			reader_watch(reader, watched);
			continue;
		}
		if (poll(fds, 2, LOG_POLL_MS) < 0 && errno != EINTR)
			rc = err_errno(err, "cannot wait for output");
	}
	free(watched);
	return rc;
}

static int
log_print(const struct args *args, struct printer *printer, struct err *err)
{
	struct reader *reader = reader_open(printer->dir, err);
	if (!reader)
		return -1;
	int rc = reader_update(reader, 0, NULL, err) < 0 ? -1 : 0;
	if (rc == 0)
		rc = wanted_check(&printer->wanted, reader_run(reader), err);
	if (rc == 0 && args_has(args, "follow"))
		rc = log_follow(printer, reader, err);
	else if (rc == 0)
		rc = print_all(printer, run_find(reader_run(reader), printer->wanted.sequence),
		    err);
	if (printer->is_open) {
		struct buf rest = BUF_INIT;
		if (!printer->is_raw)
			tail_end(&printer->tail, "", &rest);
		fwrite(buf_str(&rest), 1, rest.len, stdout);
		buf_release(&rest);
		tail_release(&printer->tail);
	}
	reader_free(reader);
	return rc;
}

static enum cmd_status
log_run(const struct args *args)
{
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 1, &first, &err);
	if (!dir) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	struct printer printer = { .dir = dir, .is_raw = args_has(args, "raw") };
	enum cmd_status status = CMD_OK;
	wanted_parse(&printer.wanted, args->words[first]);
	printer.has_captions = !printer.is_raw && !printer.wanted.attempt;
	if (log_print(args, &printer, &err) < 0) {
		say("%s", err.text);
		status = CMD_FAILED;
	}
	wanted_release(&printer.wanted);
	free(dir);
	return status;
}

static const struct cmd_option log_options[] = {
	WHICH_RUN_OPTION,
	{ "follow", 'f', NULL, false, "go on with what comes, until the sequence ends" },
	{ "raw", 0, NULL, false,
	    "the very bytes that were printed, and no captions; not safe for a terminal" },
	{ 0 },
};

const struct cmd cmd_log = {
	.name = "log",
	.synopsis = "[RUN] SEQ[/STEP[.ATTEMPT]]",
	.summary = "what the steps of a sequence printed",
	.help = "All attempts of all steps in order, or of one step, or one attempt. Control "
	    "sequences are taken out, and of a line drawn over with a carriage return the last "
	    "state is left; --raw gives the bytes as they came. The files themselves are in "
	    "the run directory, see 'seqdeck status --json'.",
	.options = log_options,
	.word = CMD_WORD_TARGET,
	.words_min = 1,
	.words_max = 2,
	.run = log_run,
};
