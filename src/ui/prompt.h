/*
 * A line of text being typed, at the bottom of the screen. While it is open every letter
 * belongs to it. Pure, but for drawing.
 */
#ifndef SEQDECK_UI_PROMPT_H
#define SEQDECK_UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/theme.h"

#define PROMPT_MAX ((size_t)1024)	/* bytes; more is not taken */

struct screen;

enum prompt_result { PROMPT_OPEN, PROMPT_CHANGED, PROMPT_DONE, PROMPT_ABANDONED };

/* Embed, zeroed; prompt_release frees. */
struct prompt {
	bool is_open;
	const char *label;	/* "search" */
	struct buf text;
	size_t cursor;	/* byte of the text */
};

void prompt_release(struct prompt *prompt);
void prompt_open(struct prompt *prompt, const char *label, const char *text);

/* Handles a key; done and abandoned have closed it. */
enum prompt_result prompt_key(struct prompt *prompt, uint32_t key);
void prompt_paste(struct prompt *prompt, const char *bytes, size_t len);

void prompt_draw(const struct prompt *prompt, struct screen *screen,
    const struct theme *theme, int row);

#endif
