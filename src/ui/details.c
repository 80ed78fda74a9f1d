/*
 * All that is known of one sequence: its steps, the commands as run, every attempt with
 * its outcome, times and log.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "record/reader.h"
#include "ui/glyph.h"
#include "ui/text.h"
#include "ui/ui_state.h"

/* Local time of day, "" for none. */
static void
time_text(int64_t wall_us, char *text, size_t size)
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND_US);
	struct tm tm;
	if (wall_us == 0 || !localtime_r(&seconds, &tm) ||
	    strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		text[0] = '\0';
}

/* A list of names in one line. */
static void
add_names(struct ui *ui, const char *label, char *const *names)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; names && names[i]; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", names[i]);
	if (text.len)
		page_add(&ui->page, ROLE_TEXT, label, "%s", buf_str(&text));
	buf_release(&text);
}

/* The command, a line each, so that it can be read and copied. */
static void
add_command(struct ui *ui, const char *command)
{
	const char *label = "command";
	for (const char *at = command; *at; label = "") {
		size_t len = strcspn(at, "\n");
		struct buf line = BUF_INIT;
		text_escape(&line, at, len, false);
		page_add(&ui->page, ROLE_TEXT, label, "%s", buf_str(&line));
		buf_release(&line);
		at += len + (at[len] == '\n');
	}
}

static void
add_attempt(struct ui *ui, const struct run_attempt *attempt)
{
	char at[32], took[16], number[24];
	struct buf outcome = BUF_INIT;
	time_text(attempt->started_wall_us, at, sizeof at);
	text_duration(attempt->duration_us >= 0 ? attempt->duration_us :
	    ui->now_us - attempt->started_mono_us, took, sizeof took);
	if (state_is_end(attempt->state))
		run_attempt_outcome(attempt, &outcome);
	else
		buf_printf(&outcome, "runs as process %lld", (long long)attempt->pid);
	snprintf(number, sizeof number, "attempt %d", attempt->number);
	page_add(&ui->page, role_of_state(attempt->state), number, "%s, began %s, %s %s%s",
	    buf_str(&outcome), at, attempt->duration_us >= 0 ? "took" : "for", took,
	    attempt->lingered ?
	    "; something kept its output open after it had ended" : "");
	if (attempt->log)
		page_add(&ui->page, ROLE_DIM, "log", "%s/%s", reader_dir(ui->reader),
		    attempt->log);
	buf_release(&outcome);
}

static void
add_step(struct ui *ui, const struct run_sequence *sequence, size_t index)
{
	const struct run_step *step = &sequence->steps[index];
	const struct run_attempt *last = run_last_attempt(step);
	page_add(&ui->page, ROLE_TEXT, "", "%s", "");
	page_add(&ui->page, role_of_state(step->state), "step", "%zu/%zu %s %s: %s", index + 1,
	    sequence->step_count, step->kind ? step->kind : "", step->name,
	    state_name(step->state));
	if (last && last->command)
		add_command(ui, last->command);
	for (size_t i = 0; i < step->attempt_count; i++)
		add_attempt(ui, &step->attempts[i]);
}

void
details_build(struct ui *ui)
{
	const struct run_sequence *sequence = &ui->run->sequences[ui->focus];
	char at[32], took[16];
	page_begin(&ui->page, sequence->name);
	page_add(&ui->page, role_of_state(sequence->state), "state", "%s%s%s",
	    state_name(sequence->state), sequence->reason ? ": " : "",
	    sequence->reason ? sequence->reason : "");
	add_names(ui, "needs", sequence->needs);
	add_names(ui, "after", sequence->after);
	time_text(sequence->started_wall_us, at, sizeof at);
	int64_t elapsed = sequence_elapsed_us(sequence, ui->now_us);
	if (elapsed >= 0) {
		text_duration(elapsed, took, sizeof took);
		page_add(&ui->page, ROLE_TEXT, "began", "%s, %s %s", at,
		    sequence->ended_mono_us ? "took" : "for", took);
	}
	for (size_t i = 0; i < sequence->step_count; i++)
		add_step(ui, sequence, i);
}
