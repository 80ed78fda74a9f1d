/*
 * All that keys can do: one table from which the key map, footer, help screen, manual page
 * and completion are made.
 */
#ifndef SEQDECK_UI_ACTION_H
#define SEQDECK_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/action_id.h"

/* Where an action is meant. */
enum action_view {
	ACTION_IN_GRID = 1 << 0,
	ACTION_IN_ZOOM = 1 << 1,
	ACTION_ANYWHERE = ACTION_IN_GRID | ACTION_IN_ZOOM,
};

struct action {
	int id;	/* enum action_id, ui/action_id.h */
	const char *name;	/* "retry": for configuration and the manual */
	const char *keys;	/* as people write them, blank between: "r", "C-u PgUp" */
	unsigned views;	/* enum action_view */
	const char *footer;	/* one word for the footer; NULL: not shown there */
	const char *help;	/* a phrase for help and manual */
};

extern const struct action actions[];	/* ends with name == NULL */

/* The row of an id; never NULL for an id of the table. */
const struct action *action_get(enum action_id id);

/* What a key (ui/keys.h) does in a view: its row, NULL for nothing. */
const struct action *action_of_key(uint32_t key, enum action_view view);

/* Copies the first of the action's keys, as people write it, into text. */
void action_first_key(const struct action *action, char *text, size_t size);

#endif
