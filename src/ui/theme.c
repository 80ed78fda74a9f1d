#include "ui/theme.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "term/cell.h"
#include "ui/color.h"

#ifndef PKGDATADIR
#define PKGDATADIR "/usr/local/share/seqdeck"
#endif

static const char *const role_names[ROLES + 1] = {
	[ROLE_TEXT] = "text",
	[ROLE_DIM] = "dim",
	[ROLE_HEADER] = "header",
	[ROLE_HEADER_TITLE] = "header.title",
	[ROLE_FOOTER] = "footer",
	[ROLE_FOOTER_KEY] = "footer.key",
	[ROLE_MESSAGE] = "message",
	[ROLE_ERROR] = "error",
	[ROLE_TITLE] = "pane.title",
	[ROLE_TITLE_FOCUS] = "pane.focus",
	[ROLE_TITLE_DIM] = "pane.dim",
	[ROLE_ROW_FOCUS] = "row.focus",
	[ROLE_BORDER] = "border",
	[ROLE_BAR_DONE] = "bar.done",
	[ROLE_BAR_REST] = "bar.rest",
	[ROLE_WARNING] = "warning",
	[ROLE_MARK] = "mark",
	[ROLE_DIALOG] = "dialog",
	[ROLE_DIALOG_TITLE] = "dialog.title",
	[ROLE_DIALOG_KEY] = "dialog.key",
	[ROLE_HIT] = "hit",
	[ROLE_HIT_CURRENT] = "hit.current",
	[ROLE_INPUT] = "input",
	[ROLE_WAITING] = "state.waiting",
	[ROLE_QUEUED] = "state.queued",
	[ROLE_RUNNING] = "state.running",
	[ROLE_HELD] = "state.held",
	[ROLE_RETRYING] = "state.retrying",
	[ROLE_OK] = "state.ok",
	[ROLE_FAILED] = "state.failed",
	[ROLE_CANCELLED] = "state.cancelled",
	[ROLE_SKIPPED] = "state.skipped",
	[ROLE_TIMED_OUT] = "state.timed-out",
	[ROLE_UNKNOWN] = "state.unknown",
};

static const char *const builtin_names[] = { "dark", "light", "mono", NULL };

static const struct attr_name {
	const char *name;
	uint8_t attr;
} attr_names[] = {
	{ "bold", CELL_BOLD }, { "dim", CELL_DIM }, { "italic", CELL_ITALIC },
	{ "underline", CELL_UNDERLINE }, { "reverse", CELL_REVERSE }, { NULL, 0 },
};

const char *
role_name(enum role role)
{
	return role_names[role];
}

enum role
role_of_state(enum state state)
{
	return (enum role)(ROLE_WAITING + (int)state);
}

struct style
theme_style(const struct theme *theme, enum role role)
{
	return theme->styles[role];
}

struct style
style_over(struct style base, struct style over)
{
	if (over.bg == CELL_DEFAULT)
		over.bg = base.bg;
	if (over.fg == CELL_DEFAULT)
		over.fg = base.fg;
	over.attrs |= base.attrs & CELL_REVERSE;
	return over;
}

/* Finds the next word of [*at, end). False when there is none. */
static bool
next_word(const char **at, const char *end, const char **word, size_t *len)
{
	while (*at < end && (**at == ' ' || **at == '\t'))
		(*at)++;
	*word = *at;
	while (*at < end && **at != ' ' && **at != '\t')
		(*at)++;
	*len = (size_t)(*at - *word);
	return *len > 0;
}

/* Sets err to "NAME:LINE:COLUMN: MESSAGE 'WORD'". */
static int
theme_error(struct err *err, const char *name, int line, long column, const char *message,
    const char *word, size_t len, const char *hint)
{
	struct buf shown = BUF_INIT;
	text_escape(&shown, word, len < 100 ? len : 100, false);
	err_set(err, "%s:%d:%ld: %s '%s'%s%s%s", name, line, column, message,
	    buf_str(&shown), hint ? ": did you mean '" : "", hint ? hint : "",
	    hint ? "'?" : "");
	buf_release(&shown);
	return -1;
}

/* Reads "FOREGROUND BACKGROUND [ATTRIBUTE …]" from [at, end) of a line. */
static int
style_parse(struct style *style, const char *name, int number, const char *line,
    const char *at, const char *end, struct err *err)
{
	struct style made = { CELL_DEFAULT, CELL_DEFAULT, 0 };
	const char *word, *last = at - 1;	/* the '=' */
	size_t len, last_len = 1;
	int i = 0;
	for (; next_word(&at, end, &word, &len); i++) {
		const struct attr_name *a = attr_names;
		last = word;
		last_len = len;
		while (a->name && !(strlen(a->name) == len && memcmp(a->name, word, len) == 0))
			a++;
		if (i < 2 && color_parse(word, len, i == 0 ? &made.fg : &made.bg))
			continue;
		if (i < 2 || !a->name)
			return theme_error(err, name, number, word - line + 1,
			    i < 2 ? "no colour:" : "no attribute:", word, len, NULL);
		made.attrs |= a->attr;
	}
	if (i < 2)
		return theme_error(err, name, number, last - line + 1, i == 0 ?
		    "no colours behind" : "no background behind", last, last_len, NULL);
	*style = made;
	return 0;
}

/* Reads one line without its newline. */
static int
theme_line(struct theme *theme, const char *name, int number, const char *line, size_t len,
    struct err *err)
{
	const char *at = line, *end = line + len, *word;
	size_t n;
	while (end > line && strchr(" \t\r", end[-1]) && end[-1])
		end--;
	if (!next_word(&at, end, &word, &n) || *word == '#' || *word == ';' || *word == '[')
		return 0;
	const char *equals = memchr(line, '=', (size_t)(end - line));
	if (!equals)
		return theme_error(err, name, number, word - line + 1, "no '=' behind",
		    word, n, NULL);
	const char *stop = equals;
	while (stop > word && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	n = stop > word ? (size_t)(stop - word) : 0;
	for (int role = 0; role < ROLES; role++)
		if (strlen(role_names[role]) == n && memcmp(role_names[role], word, n) == 0)
			return style_parse(&theme->styles[role], name, number, line,
			    equals + 1, end, err);
	char *copy = mem_strndup(word, n);
	const char *near = text_nearest(copy, role_names);
	theme_error(err, name, number, word - line + 1, "no role", word, n, near);
	free(copy);
	return -1;
}

int
theme_parse(struct theme *theme, const char *name, const char *text, size_t len,
    struct err *err)
{
	struct theme made = *theme;
	int number = 0;
	for (const char *at = text, *end = text + len; at < end; ) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = newline ? (size_t)(newline - at) : (size_t)(end - at);
		if (theme_line(&made, name, ++number, at, n, err))
			return -1;
		at += n + 1;
	}
	*theme = made;
	return 0;
}

/* Fills *theme with the built-in theme. */
static void
theme_load_builtin(struct theme *theme, const char *text)
{
	memset(theme, 0, sizeof *theme);
	theme_parse(theme, "built-in", text, strlen(text), NULL);
}

static int
theme_load_file(struct theme *theme, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	struct theme made;
	theme_load_builtin(&made, theme_builtin("dark"));
	int rc = file_read_all(path, THEME_FILE_MAX, &text, err);
	if (rc == 0)
		rc = theme_parse(&made, path, buf_str(&text), text.len, err);
	buf_release(&text);
	if (rc == 0)
		*theme = made;
	return rc;
}

/* The user's own theme file of this name; the caller frees. NULL: no place known. */
static char *
theme_user_path(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (config && *config == '/')
		return mem_printf("%s/seqdeck/themes/%s.theme", config, name);
	if (home && *home == '/')
		return mem_printf("%s/.config/seqdeck/themes/%s.theme", home, name);
	return NULL;
}

int
theme_load(struct theme *theme, const char *name, struct err *err)
{
	if (strchr(name, '/'))
		return theme_load_file(theme, name, err);
	char *user = theme_user_path(name);
	char *installed = mem_printf("%s/themes/%s.theme", PKGDATADIR, name);
	const char *builtin = theme_builtin(name);
	int rc = 0;
	if (user && access(user, R_OK) == 0)
		rc = theme_load_file(theme, user, err);
	else if (builtin)
		theme_load_builtin(theme, builtin);
	else if (access(installed, R_OK) == 0)
		rc = theme_load_file(theme, installed, err);
	else
		rc = err_set(err, "no theme '%s': there are dark, light, mono, and files "
		    "named by a path", name);
	free(user);
	free(installed);
	return rc;
}

const char *
theme_next(const char *name)
{
	for (size_t i = 0; builtin_names[i]; i++)
		if (strcmp(builtin_names[i], name) == 0)
			return builtin_names[i + 1] ? builtin_names[i + 1] : builtin_names[0];
	return builtin_names[0];
}

const char *
theme_default(bool has_colors)
{
	const char *no_color = getenv("NO_COLOR"), *colors = getenv("COLORFGBG");
	if (!has_colors || (no_color && *no_color))
		return "mono";
	const char *background = colors ? strrchr(colors, ';') : NULL;
	if (!background)
		return "dark";
	int index = atoi(background + 1);
	return index == 7 || index >= 9 ? "light" : "dark";
}
