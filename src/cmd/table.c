#include "cmd/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void
table_init(struct table *table, size_t columns)
{
	*table = (struct table){ .columns = columns };
}

void
table_release(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct table){ 0 };
}

void
table_add(struct table *table, const char *text)
{
	struct buf cell = BUF_INIT;
	text_escape(&cell, text, strlen(text), false);
	if ((table->count & (table->count - 1)) == 0)
		table->cells = mem_grow(table->cells, table->count == 0 ? 1 : table->count * 2,
		    sizeof(*table->cells));
	table->cells[table->count++] = buf_take(&cell);
}

void
table_format(const struct table *table, struct buf *to)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };
	for (size_t i = 0; i < table->count; i++) {
		size_t width = text_columns(table->cells[i]);
		if (width > widths[i % table->columns])
			widths[i % table->columns] = width;
	}
	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;
		buf_add_str(to, table->cells[i]);
		if (column + 1 == table->columns) {
			while (to->len > 0 && to->data[to->len - 1] == ' ')
				to->len--;
			buf_add_char(to, '\n');
			continue;
		}
		size_t pad = widths[column] + 2 - text_columns(table->cells[i]);
		buf_printf(to, "%*s", (int)pad, "");
	}
}
