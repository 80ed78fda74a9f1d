/*
 * A page of text in a box over the view: help, details. Scrolls.
 */
#ifndef SEQDECK_UI_PAGE_H
#define SEQDECK_UI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/theme.h"

struct screen;

struct page_line {
	char *label;	/* drawn in the style of a key; NULL: none */
	char *text;
	enum role role;
};

/* Embed, zeroed; page_release frees. */
struct page {
	char *title;
	struct page_line *lines;
	size_t count, cap;
	size_t top;	/* kept when the page is built anew */
	int label_cols;
	int shown;	/* lines on the screen when drawn last */
};

void page_release(struct page *page);
void page_begin(struct page *page, const char *title);	/* empty again */
void page_add(struct page *page, enum role role, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void page_scroll(struct page *page, long lines);

/* Draws the page in the middle of the screen's rows [row, row + rows). */
void page_draw(struct page *page, struct screen *screen, const struct theme *theme, int row,
    int rows);

#endif
