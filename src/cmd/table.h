/*
 * A table of text for people: columns as wide as their widest cell, measured in terminal
 * columns.
 */
#ifndef SEQDECK_CMD_TABLE_H
#define SEQDECK_CMD_TABLE_H

#include <stddef.h>

#include "base/buf.h"

#define TABLE_COLUMNS_MAX 12

struct table {
	size_t columns;
	char **cells;	/* row by row, escaped */
	size_t count;
};

void table_init(struct table *table, size_t columns);	/* at most TABLE_COLUMNS_MAX */
void table_release(struct table *table);

/* Adds the next cell; text is made fit for a terminal. */
void table_add(struct table *table, const char *text);

/* Appends all rows; the last column is not padded. */
void table_format(const struct table *table, struct buf *to);

#endif
