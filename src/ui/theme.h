/*
 * A theme: a style for each role of what the dashboard draws. A theme file has lines
 *
 *   role = FOREGROUND BACKGROUND [ATTRIBUTE …]
 *
 * colours "default", "red", "bright-red", 0..255, "#rrggbb"; attributes bold dim italic
 * underline reverse; '#' or ';' at the start of a line begins a comment. A role that a file
 * leaves out is as in the built-in dark theme. dark, light and mono are built in, so that
 * the program looks right before it is installed.
 */
#ifndef SEQDECK_UI_THEME_H
#define SEQDECK_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/event.h"

struct style {
	uint32_t fg, bg;	/* as in term/cell.h */
	uint8_t attrs;	/* enum cell_attr */
};

enum role {
	ROLE_TEXT,
	ROLE_DIM,	/* what is less important */
	ROLE_HEADER,
	ROLE_HEADER_TITLE,
	ROLE_FOOTER,
	ROLE_FOOTER_KEY,
	ROLE_MESSAGE,
	ROLE_ERROR,
	ROLE_TITLE,	/* title line of a pane */
	ROLE_TITLE_FOCUS,
	ROLE_TITLE_DIM,	/* the less important on a title line */
	ROLE_ROW_FOCUS,	/* a one-line row under the cursor */
	ROLE_BORDER,	/* between panes */
	ROLE_BAR_DONE,
	ROLE_BAR_REST,
	ROLE_WARNING,	/* silent for long, waits for a person */
	ROLE_MARK,
	ROLE_DIALOG,
	ROLE_DIALOG_TITLE,
	ROLE_DIALOG_KEY,
	ROLE_HIT,	/* what a search found */
	ROLE_HIT_CURRENT,
	ROLE_INPUT,	/* title while typing into a step */
	ROLE_WAITING,	/* and so on: in the order of enum state */
	ROLE_QUEUED,
	ROLE_RUNNING,
	ROLE_HELD,
	ROLE_RETRYING,
	ROLE_OK,
	ROLE_FAILED,
	ROLE_CANCELLED,
	ROLE_SKIPPED,
	ROLE_TIMED_OUT,
	ROLE_UNKNOWN,
};
#define ROLES (ROLE_UNKNOWN + 1)
_Static_assert(ROLES - ROLE_WAITING == STATES, "a role for each state");

#define THEME_FILE_MAX ((size_t)64 << 10)

struct theme {
	struct style styles[ROLES];
};

const char *role_name(enum role role);	/* "state.failed" */

/* Reads the text of a theme over *theme. Returns -1 with err set ("NAME:3:8: …"). */
int theme_parse(struct theme *theme, const char *name, const char *text, size_t len,
    struct err *err);

/* Loads a theme by name (built in, or a file NAME.theme in the user's or the installed
 * theme directory) or by path (with a '/'). -1 with err set: names what there is. */
int theme_load(struct theme *theme, const char *name, struct err *err);

/* The theme after `name` in the list of built-in ones, for the key that changes it. */
const char *theme_next(const char *name);

/* "light" where COLORFGBG tells of a light background, else "dark"; "mono" when NO_COLOR
 * is set or the terminal has no colours. */
const char *theme_default(bool has_colors);

struct style theme_style(const struct theme *theme, enum role role);
enum role role_of_state(enum state state);

/* What `over` is on top of `base`: its own colours where it has them. */
struct style style_over(struct style base, struct style over);

/* Text of a built-in theme, NULL when there is none of this name. */
const char *theme_builtin(const char *name);

#endif
