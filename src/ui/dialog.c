#include "ui/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/ui_state.h"

void
dialog_release(struct dialog *dialog)
{
	free(dialog->title);
	free(dialog->text);
	for (char **t = dialog->targets; t && *t; t++)
		free(*t);
	free(dialog->targets);
	*dialog = (struct dialog){ 0 };
}

uint32_t
dialog_choose(const struct dialog *dialog, uint32_t key)
{
	if (key == K_ENTER)
		return dialog->choices[0].key;
	for (int i = 0; i < DIALOG_CHOICES; i++)
		if (dialog->choices[i].key == key)
			return key;
	return 0;
}

/* Columns that the line of choices takes. */
static int
dialog_choices_width(const struct dialog *dialog)
{
	int cols = 0;
	for (int i = 0; i < DIALOG_CHOICES && dialog->choices[i].key; i++)
		cols += screen_columns(dialog->choices[i].label) + 5;
	return cols;
}

void
dialog_draw(const struct dialog *dialog, struct screen *screen, const struct theme *theme,
    int row, int rows)
{
	struct style base = theme_style(theme, ROLE_DIALOG);
	struct style title = theme_style(theme, ROLE_DIALOG_TITLE);
	struct style key_style = theme_style(theme, ROLE_DIALOG_KEY);
	int cols = dialog_choices_width(dialog), text_cols = screen_columns(dialog->text);
	cols = (cols > text_cols ? cols : text_cols) + 4;
	if (cols > screen_cols(screen))
		cols = screen_cols(screen);
	int height = rows >= 6 ? 5 : rows >= 3 ? 3 : 1;
	int top = row + (rows - height) / 2, col = (screen_cols(screen) - cols) / 2;
	for (int i = 0; i < height; i++)
		screen_fill(screen, top + i, col, cols, i == 0 && height > 1 ? title : base);
	if (height > 1) {
		screen_text(screen, top, col + 2, cols - 3, title, dialog->title);
		screen_text(screen, top + height / 2, col + 2, cols - 3, base, dialog->text);
	}
	int at = col + 2, line = top + height - 1;
	for (int i = 0; i < DIALOG_CHOICES && dialog->choices[i].key; i++) {
		char name[16];
		key_name(dialog->choices[i].key, name, sizeof name);
		at += screen_text(screen, line, at, col + cols - at, key_style, name) + 1;
		at += screen_text(screen, line, at, col + cols - at, base,
		    dialog->choices[i].label) + 3;
	}
}

/* Opens a dialog with these words. */
static struct dialog *
dialog_open(struct ui *ui, const char *title, const char *text,
    void (*chosen)(struct ui *ui, uint32_t key))
{
	dialog_release(&ui->dialog);
	ui->dialog.title = mem_strdup(title);
	ui->dialog.text = mem_strdup(text);
	ui->dialog.chosen = chosen;
	ui->overlay = UI_DIALOG;
	ui_wake(ui);
	return &ui->dialog;
}

static void
leave_chosen(struct ui *ui, uint32_t key)
{
	if (key == 'd')
		ui_leave_with(ui, UI_LEFT);
	else if (key == 'c')
		ui_leave_with(ui, UI_CANCEL_ALL);
}

void
dialog_ask_leave(struct ui *ui)
{
	const size_t *counts = ui->run->counts;
	size_t open = counts[STATE_RUNNING] + counts[STATE_RETRYING] + counts[STATE_QUEUED] +
	    counts[STATE_WAITING] + counts[STATE_HELD];
	if (!ui->is_live || ui->run->ended_mono_us || open == 0) {
		ui_leave_with(ui, UI_LEFT);
		return;
	}
	char *text = mem_printf("%zu of %zu sequences have not ended; they go on without "
	    "this screen", open, ui->run->sequence_count);
	struct dialog *dialog = dialog_open(ui, "Leave", text, leave_chosen);
	dialog->choices[0] = (struct dialog_choice){ 'd', "detach (Enter)" };
	dialog->choices[1] = (struct dialog_choice){ 'c', "cancel all" };
	dialog->choices[2] = (struct dialog_choice){ K_ESC, "stay" };
	free(text);
}

static void
retry_chosen(struct ui *ui, uint32_t key)
{
	if (key == 'r')
		ui_ask_chosen(ui, REQUEST_RETRY);
	else if (key == 'a')
		ui_ask_one(ui, REQUEST_RETRY, "@failed");
}

void
dialog_ask_retry(struct ui *ui)
{
	size_t failed = ui->run->counts[STATE_FAILED];
	char *text = mem_printf("%zu %s failed", failed, failed == 1 ? "sequence has" :
	    "sequences have");
	struct dialog *dialog = dialog_open(ui, "Retry", text, retry_chosen);
	dialog->choices[0] = (struct dialog_choice){ 'r', ui->mark_count ?
		"the marked ones (Enter)" : "this one (Enter)" };
	dialog->choices[1] = (struct dialog_choice){ 'a', "all that failed" };
	dialog->choices[2] = (struct dialog_choice){ K_ESC, "none" };
	free(text);
}

static void
confirm_chosen(struct ui *ui, uint32_t key)
{
	if (key == 'y')
		ui_ask(ui, ui->dialog.verb, (const char *const *)ui->dialog.targets);
}

void
dialog_confirm(struct ui *ui, enum request_verb verb, const char *const *targets,
    const char *title, const char *text)
{
	struct dialog *dialog = dialog_open(ui, title, text, confirm_chosen);
	size_t n = 0;
	while (targets[n])
		n++;
	dialog->verb = verb;
	dialog->targets = mem_array(n + 1, sizeof *dialog->targets);
	for (size_t i = 0; i < n; i++)
		dialog->targets[i] = mem_strdup(targets[i]);
	dialog->choices[0] = (struct dialog_choice){ 'y', "yes (Enter)" };
	dialog->choices[1] = (struct dialog_choice){ 'n', "no" };
}
