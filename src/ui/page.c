#include "ui/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/glyph.h"
#include "ui/screen.h"

#define PAGE_COLS_MAX 100

static void
page_clear(struct page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		free(page->lines[i].label);
		free(page->lines[i].text);
	}
	page->count = 0;
	page->label_cols = 0;
	free(page->title);
	page->title = NULL;
}

void
page_release(struct page *page)
{
	page_clear(page);
	free(page->lines);
	*page = (struct page){ 0 };
}

void
page_begin(struct page *page, const char *title)
{
	page_clear(page);
	page->title = mem_strdup(title);
}

void
page_add(struct page *page, enum role role, const char *label, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		text = mem_strdup("");
	if (page->count == page->cap) {
		page->cap = page->cap ? page->cap * 2 : 64;
		page->lines = mem_grow(page->lines, page->cap, sizeof *page->lines);
	}
	page->lines[page->count++] = (struct page_line){ mem_strdup(label), text, role };
	int cols = label ? screen_columns(label) : 0;
	if (cols > page->label_cols)
		page->label_cols = cols;
}

void
page_scroll(struct page *page, long lines)
{
	long most = (long)page->count - page->shown, top = (long)page->top + lines;
	page->top = (size_t)(top > most ? (most > 0 ? most : 0) : top > 0 ? top : 0);
}

/* Columns that the widest line takes. */
static int
page_width(const struct page *page)
{
	int widest = screen_columns(page->title) + 4;
	for (size_t i = 0; i < page->count; i++) {
		const struct page_line *line = &page->lines[i];
		int cols = screen_columns(line->text) +
		    (line->label ? page->label_cols + 2 : 0);
		if (cols > widest)
			widest = cols;
	}
	return widest + 4 < PAGE_COLS_MAX ? widest + 4 : PAGE_COLS_MAX;
}

void
page_draw(struct page *page, struct screen *screen, const struct theme *theme, int row,
    int rows)
{
	struct style base = theme_style(theme, ROLE_DIALOG);
	struct style title = theme_style(theme, ROLE_DIALOG_TITLE);
	int cols = page_width(page), all = screen_cols(screen);
	if (cols > all)
		cols = all;
	int height = (int)page->count + 2 < rows ? (int)page->count + 2 : rows;
	int top = row + (rows - height) / 2, col = (all - cols) / 2;
	page->shown = height > 1 ? height - 1 : 0;
	page_scroll(page, 0);
	screen_fill(screen, top, col, cols, title);
	screen_text(screen, top, col + 1, cols - 2, title, page->title);
	if ((size_t)page->shown < page->count)
		screen_printf(screen, top, col + cols - 14, 13, title, "%5zu/%zu", page->top +
		    (size_t)page->shown, page->count);
	for (int i = 0; i < page->shown; i++) {
		int at = top + 1 + i;
		screen_fill(screen, at, col, cols, base);
		if (page->top + (size_t)i >= page->count)
			continue;
		const struct page_line *line = &page->lines[page->top + (size_t)i];
		int left = col + 2;
		if (line->label) {
			screen_text(screen, at, left, page->label_cols, theme_style(theme,
			    ROLE_DIALOG_KEY), line->label);
			left += page->label_cols + 2;
		}
		struct style style = style_over(base, theme_style(theme, line->role));
		screen_text(screen, at, left, col + cols - 1 - left, style, line->text);
	}
}
