/*
 * INI text with nothing cut and nothing guessed, read with inih. This is the only place
 * that knows the library.
 *
 * By itself inih takes ` ;` inside a value for a comment, cuts long lines and long names,
 * loses what stands behind a NUL, drops blank and `#` lines of a continued value, and
 * tells nothing of an empty section. So it is fed by a reader of ours that shows it only
 * lines it cannot misunderstand (see ini.c); that depends on no option the library was
 * built with.
 *
 * The rules of the text:
 *   - It is UTF-8; a byte order mark and CR before LF are passed over; any other control
 *     character but the tab is a problem.
 *   - `[name]` at the left margin begins a section; a comment may stand behind it.
 *   - `key = value` at the left margin: the first '=' parts them. Blanks around both are
 *     taken away; nothing else is, so ';', '#', ':' and quotes are part of the value.
 *   - An indented line continues the value above. What it has in common with the
 *     indentation of the first such line is taken away, the rest is kept.
 *   - A line that begins with '#' or ';' is a comment, and it and a blank line are passed
 *     over, unless it stands between the lines of a continued value, or below them and
 *     indented as far as they are: then it is part of the value.
 */
#ifndef SEQDECK_PLAN_INI_H
#define SEQDECK_PLAN_INI_H

#include <stddef.h>

#define INI_KEY_MAX 180	/* bytes of a key: what fits into a line of the library */

/* One `key = value`. Columns count characters from 1. */
struct ini_pair {
	const char *key;	/* not empty */
	const char *value;	/* lines parted by newlines; may be empty */
	int line;	/* of the key, which is in column 1 */
	int value_line;	/* of the first character of the value, or where it would be */
	int value_column;
	int indent;	/* characters taken away at the left of continuation lines */
};

/* What is told about a text, in its order. Strings are borrowed for the call. */
struct ini_listener {
	void (*section)(void *arg, const char *name, int line, int column);
	void (*pair)(void *arg, const struct ini_pair *pair);
	void (*problem)(void *arg, int line, int column, const char *text);
	void *arg;
};

/* Reads a whole text. After a problem it goes on with the next line, so that all are
 * told. A value over value_max bytes is a problem, too. */
void ini_read(const char *text, size_t len, size_t value_max,
    const struct ini_listener *listener);

#endif
