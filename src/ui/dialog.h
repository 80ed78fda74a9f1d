/*
 * A question with a few answers, each a key. Enter takes the first one, Esc and any key
 * that is none of them gives none.
 */
#ifndef SEQDECK_UI_DIALOG_H
#define SEQDECK_UI_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/request.h"
#include "ui/theme.h"

#define DIALOG_CHOICES 4

struct screen;
struct ui;

struct dialog_choice {
	uint32_t key;	/* 0: there is no more */
	const char *label;
};

/* Embed, zeroed; dialog_release frees. */
struct dialog {
	char *title, *text;
	struct dialog_choice choices[DIALOG_CHOICES];
	/* Called with the key of the choice; after that the dialog is closed. */
	void (*chosen)(struct ui *ui, uint32_t key);
	/* What is asked of whom when the answer is yes. */
	enum request_verb verb;
	char **targets;	/* NULL-terminated */
};

void dialog_release(struct dialog *dialog);

/* The choice that a key stands for: its key, 0 for none. */
uint32_t dialog_choose(const struct dialog *dialog, uint32_t key);

void dialog_draw(const struct dialog *dialog, struct screen *screen,
    const struct theme *theme, int row, int rows);

/* Opens one of the dashboard's questions. */
void dialog_ask_leave(struct ui *ui);
void dialog_ask_retry(struct ui *ui);
void dialog_confirm(struct ui *ui, enum request_verb verb, const char *const *targets,
    const char *title, const char *text);

#endif
