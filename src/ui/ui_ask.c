/*
 * What the dashboard asks of the engine, and what it tells of the answers.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/ui_state.h"

void
ui_say(struct ui *ui, bool is_error, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	free(ui->message.text);
	ui->message = (struct ui_message){ n < 0 ? NULL : text, is_error };
	ui->forgetting.repeat = UI_MESSAGE_S;
	ev_timer_again(ui->loop, &ui->forgetting);
	ui_wake(ui);
}

static struct ui_pending *
pending_find(struct ui *ui, int id)
{
	for (int i = 0; i < UI_ASKS_MAX; i++)
		if (ui->pending[i].id == id)
			return &ui->pending[i];
	return NULL;
}

/* What a request is about, for its answer; the caller frees. */
static char *
targets_text(const char *const *targets)
{
	size_t n = 0;
	while (targets[n])
		n++;
	if (n != 1)
		return mem_printf("%zu sequences", n);
	if (targets[0][0] == '@')
		return mem_printf("%s sequences", targets[0] + 1);
	return mem_strdup(targets[0]);
}

/* Sends a request and remembers what it was. */
static void
ask_send(struct ui *ui, const struct request *request, bool is_quiet)
{
	struct err err = ERR_INIT;
	struct ui_pending *free_one = pending_find(ui, 0);
	const struct request_info *info = &request_infos[request->verb];
	if (!ui->settings.port.ask || !free_one) {
		if (!is_quiet)
			ui_say(ui, true, "cannot %s: %s", info->name, free_one ?
			    "no engine drives this run" : "too many requests wait for an answer");
		return;
	}
	int id = ui->settings.port.ask(ui->settings.port.arg, request, &err);
	if (id < 0) {
		if (!is_quiet)
			ui_say(ui, true, "cannot %s: %s", info->name, err.text);
		return;
	}
	*free_one = (struct ui_pending){ id, request->verb, targets_text(request->targets),
		is_quiet };
}

void
ui_answered(struct ui *ui, int id, long count, const char *error)
{
	struct ui_pending *p = id > 0 ? pending_find(ui, id) : NULL;
	if (!p)
		return;
	const struct request_info *info = &request_infos[p->verb];
	if (!error && p->verb == REQUEST_RESIZE && ui->view == UI_ZOOM) {
		pane_find_size(ui_pane(ui, ui->zoom.sequence), ui->reader);
		ui_wake(ui);
	}
	if (error && !(p->is_quiet && p->verb == REQUEST_RESIZE)) {
		struct buf text = BUF_INIT;
		text_escape(&text, error, strlen(error), false);
		ui_say(ui, true, "cannot %s %s: %s", info->name, p->what, buf_str(&text));
		buf_release(&text);
	} else if (!error && !p->is_quiet) {
		if (count > 1)
			ui_say(ui, false, "%ld sequences %s", count, info->past);
		else
			ui_say(ui, false, "%s %s", p->what, info->past);
	}
	free(p->what);
	*p = (struct ui_pending){ 0 };
}

void
ui_ask(struct ui *ui, enum request_verb verb, const char *const *targets)
{
	struct request request = { .verb = verb, .targets = targets };
	ask_send(ui, &request, false);
}

void
ui_ask_one(struct ui *ui, enum request_verb verb, const char *target)
{
	const char *targets[] = { target, NULL };
	ui_ask(ui, verb, targets);
}

/* The names that an action is about: the marked ones in the grid, else the focused or
 * zoomed one. NULL-terminated; the caller frees the list. */
static const char **
chosen_names(struct ui *ui, size_t *count)
{
	size_t marks = ui->view == UI_GRID ? ui->mark_count : 0, n = 0;
	const char **names = mem_array((marks ? marks : 1) + 1, sizeof *names);
	for (size_t i = 0; marks && i < ui->run->sequence_count && n < marks; i++)
		if (ui->marks[i])
			names[n++] = ui->run->sequences[i].name;
	const struct run_sequence *focused = ui->view == UI_ZOOM ?
	    &ui->run->sequences[ui->zoom.sequence] : ui_focused(ui);
	if (!marks && focused)
		names[n++] = focused->name;
	*count = n;
	return names;
}

/* What has to be agreed to before it is asked; NULL when nothing. */
static char *
question(struct ui *ui, enum request_verb verb, const char *const *names, size_t count)
{
	const struct run_sequence *first = run_find(ui->run, names[0]);
	bool is_ok = false;
	for (size_t i = 0; i < count; i++) {
		const struct run_sequence *s = run_find(ui->run, names[i]);
		is_ok |= s && s->state == STATE_OK;
	}
	if (verb == REQUEST_SKIP && count == 1)
		return mem_printf("leave step '%s' of '%s' and go on with the next?",
		    run_present_step(first)->name, names[0]);
	if (verb == REQUEST_SKIP)
		return mem_printf("leave the present step of %zu sequences?", count);
	if (verb != REQUEST_CANCEL && verb != REQUEST_KILL)
		return NULL;
	if (count > 1)
		return mem_printf("stop %zu sequences?", count);
	if (is_ok)
		return mem_printf("'%s' has ended ok; stop it all the same?", names[0]);
	return NULL;
}

void
ui_ask_chosen(struct ui *ui, enum request_verb verb)
{
	size_t count;
	const char **names = chosen_names(ui, &count);
	if (count > REQUEST_TARGETS_MAX) {
		ui_say(ui, true, "%zu are marked; at most %d can be asked for at once", count,
		    REQUEST_TARGETS_MAX);
	} else if (verb == REQUEST_SKIP && count == 1 &&
	    !run_present_step(run_find(ui->run, names[0]))) {
		ui_say(ui, true, "'%s' has no step left to skip", names[0]);
	} else if (count > 0) {
		char *text = question(ui, verb, names, count);
		const char *title = verb == REQUEST_SKIP ? "Skip" : verb == REQUEST_KILL ?
		    "Kill" : "Cancel";
		if (text)
			dialog_confirm(ui, verb, names, title, text);
		else
			ui_ask(ui, verb, names);
		free(text);
	}
	free(names);
}

void
ui_ask_input(struct ui *ui, const struct run_sequence *sequence, const char *bytes,
    size_t len)
{
	const char *targets[] = { sequence->name, NULL };
	struct request request = { .verb = REQUEST_INPUT, .targets = targets };
	while (len > 0) {
		request.bytes = bytes;
		request.len = len < REQUEST_INPUT_MAX ? len : REQUEST_INPUT_MAX;
		ask_send(ui, &request, true);
		bytes += request.len;
		len -= request.len;
	}
}

void
ui_ask_resize(struct ui *ui, const struct run_sequence *sequence, int rows, int cols)
{
	const char *targets[] = { sequence->name, NULL };
	struct request request = { .verb = REQUEST_RESIZE, .targets = targets,
		.rows = rows < 1000 ? rows : 1000, .cols = cols < 1000 ? cols : 1000 };
	ask_send(ui, &request, true);
}

void
ui_ask_free(struct ui *ui)
{
	for (int i = 0; i < UI_ASKS_MAX; i++)
		free(ui->pending[i].what);
	free(ui->message.text);
}
