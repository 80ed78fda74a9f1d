#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/counts.h"
#include "cmd/say.h"
#include "cmd/table.h"
#include "cmd/which.h"
#include "model/run.h"
#include "record/rundir.h"

/* How long the sequence has been at work: to its end, or until now. */
static int64_t
status_elapsed_us(const struct run_sequence *sequence, const struct run *run, bool is_live)
{
	if (sequence->started_mono_us == 0)
		return -1;
	int64_t end_us = sequence->ended_mono_us;
	if (end_us == 0)
		end_us = is_live ? clock_mono_us() : run->last_mono_us;
	return end_us - sequence->started_mono_us;
}

/* Why it is as it is: the reason of the state, else how the present step ended. */
static void
status_reason(const struct run_sequence *sequence, struct buf *to)
{
	if (sequence->reason != NULL) {
		buf_add_str(to, sequence->reason);
		return;
	}
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step == NULL ? NULL : run_last_attempt(step);
	if (attempt != NULL && state_is_end(attempt->state) && attempt->state != STATE_OK)
		run_attempt_outcome(attempt, to);
}

static void
status_add_row(struct table *table, const struct run_sequence *sequence,
    const struct run *run, bool is_live)
{
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step == NULL ? NULL : run_last_attempt(step);
	char place[48], took[16] = "", number[16] = "";
	size_t at = sequence->step_index < sequence->step_count ? sequence->step_index + 1 :
	    sequence->step_count;
	snprintf(place, sizeof(place), "%zu/%zu", at, sequence->step_count);
	if (status_elapsed_us(sequence, run, is_live) >= 0)
		clock_format_duration(status_elapsed_us(sequence, run, is_live), took,
		    sizeof(took));
	if (attempt != NULL && attempt->number > 1)
		snprintf(number, sizeof(number), "%d", attempt->number);
	struct buf reason = BUF_INIT;
	status_reason(sequence, &reason);
	table_add(table, sequence->name);
	table_add(table, state_name(sequence->state));
	table_add(table, place);
	table_add(table, step != NULL ? step->name : "");
	table_add(table, number);
	table_add(table, took);
	table_add(table, buf_str(&reason));
	buf_release(&reason);
}

static void
status_print(const struct run *run, const char *dir, bool is_live)
{
	struct buf text = BUF_INIT;
	char *name = which_name(dir);
	text_escape(&text, name, strlen(name), false);
	buf_printf(&text, ": %s%s, ", which_state(run, is_live), is_live ? " (live)" : "");
	counts_format(run->counts, &text);
	if (run->reason != NULL) {
		buf_add_str(&text, "; ");
		text_escape(&text, run->reason, strlen(run->reason), false);
	}
	buf_add_str(&text, "\n\n");
	struct table table;
	table_init(&table, 7);
	const char *const head[] = { "SEQUENCE", "STATE", "STEP", "", "ATTEMPT", "TOOK",
		"REASON" };
	for (size_t i = 0; i < 7; i++)
		table_add(&table, head[i]);
	for (size_t i = 0; i < run->sequence_count; i++)
		status_add_row(&table, &run->sequences[i], run, is_live);
	table_format(&table, &text);
	fwrite(text.data, 1, text.len, stdout);
	table_release(&table);
	buf_release(&text);
	free(name);
}

static void
status_print_names(const struct run *run)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < run->sequence_count; i++) {
		text_escape(&text, run->sequences[i].name, strlen(run->sequences[i].name),
		    false);
		buf_add_char(&text, '\n');
	}
	fwrite(buf_str(&text), 1, text.len, stdout);
	buf_release(&text);
}

static json_t *
status_sequence_json(const struct run_sequence *sequence, const struct run *run,
    bool is_live)
{
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step == NULL ? NULL : run_last_attempt(step);
	int64_t elapsed_us = status_elapsed_us(sequence, run, is_live);
	struct buf reason = BUF_INIT;
	status_reason(sequence, &reason);
	json_t *row = json_pack("{s:s, s:s, s:I, s:I, s:s?, s:i, s:o, s:s?, s:s?}",
	    "sequence", sequence->name, "state", state_name(sequence->state),
	    "step_index", (json_int_t)sequence->step_index,
	    "step_count", (json_int_t)sequence->step_count,
	    "step", step != NULL ? step->name : NULL,
	    "attempt", attempt != NULL ? attempt->number : 0,
	    "seconds", elapsed_us < 0 ? json_null() : json_real((double)elapsed_us / 1e6),
	    "reason", reason.len > 0 ? reason.data : NULL,
	    "log", attempt != NULL ? attempt->log : NULL);
	buf_release(&reason);
	return row;
}

static void
status_print_json(const struct run *run, const char *dir, bool is_live)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < run->sequence_count; i++)
		json_array_append_new(rows, status_sequence_json(&run->sequences[i], run,
		    is_live));
	json_t *all = json_pack("{s:s?, s:s, s:s, s:b, s:s?, s:s?, s:o}", "id", run->id, "dir",
	    dir, "state", which_state(run, is_live), "live", (int)is_live, "title",
	    run->title, "reason", run->reason, "sequences", rows);
	if (all != NULL) {
		json_dumpf(all, stdout, JSON_COMPACT);
		putchar('\n');
	}
	json_decref(all);
}

static enum cmd_status
status_run(const struct args *args)
{
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 0, &first, &err);
	if (dir == NULL) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	struct run run;
	enum cmd_status status = CMD_OK;
	bool is_live = rundir_is_live(dir, NULL);
	int rc = which_load(dir, &run, &err);
	if (args_has(args, "names"))
		status_print_names(&run);
	else if (args_has(args, "json"))
		status_print_json(&run, dir, is_live);
	else
		status_print(&run, dir, is_live);
	if (rc != 0) {
		say("%s", err.text);
		status = CMD_BROKEN;
	}
	run_release(&run);
	free(dir);
	return status;
}

static const struct cmd_option status_options[] = {
	WHICH_RUN_OPTION,
	{ "json", 'j', NULL, false, "one JSON object" },
	{ "names", 0, NULL, false, "only the names of the sequences, one a line" },
	{ 0 },
};

const struct cmd cmd_status = {
	.name = "status",
	.synopsis = "[RUN]",
	.summary = "tell how a run stands, a line for each sequence",
	.help = "A line names the sequence, its state, the present step as number and name, the "
	    "attempt when it is not the first, how long the sequence took so far, and why it "
	    "is in that state. Numbers in the JSON: step_index counts from 0, seconds is null "
	    "when nothing was started.",
	.options = status_options,
	.word = CMD_WORD_RUN,
	.words_max = 1,
	.run = status_run,
};
