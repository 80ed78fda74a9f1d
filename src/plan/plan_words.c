/*
 * Words of a command that no shell is asked to split.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plan/plan.h"

/* Appends what stands in quotes at *p and moves behind them. */
static int
read_quoted(const char **p, struct buf *word, struct err *err)
{
	char quote = *(*p)++;
	for (; **p && **p != quote; (*p)++) {
		/* In double quotes a backslash is one of its own unless it is in front of
		 * what would mean something there. */
		if (quote == '"' && **p == '\\' && (*p)[1] &&
		    strchr("\"\\$`\n", (*p)[1])) {
			(*p)++;
			if (**p == '\n')
				continue;
		}
		buf_add_char(word, **p);
	}
	if (!**p)
		return err_set(err, "a quote (%c) that is not closed", quote);
	(*p)++;
	return 0;
}

/* Appends the word at *p and moves behind it. */
static int
read_word(const char **p, struct buf *word, struct err *err)
{
	while (**p && !strchr(" \t\n", **p)) {
		if (**p == '\'' || **p == '"') {
			if (read_quoted(p, word, err) < 0)
				return -1;
			continue;
		}
		if (**p == '\\' && !*++*p)
			return err_set(err, "a backslash at the end, with nothing behind "
			    "it");
		if (!(**p == '\n' && (*p)[-1] == '\\'))
			buf_add_char(word, **p);
		(*p)++;
	}
	return 0;
}

char **
plan_split_words(const char *command, struct err *err)
{
	struct buf word = BUF_INIT;
	size_t count = 0, room = 8;
	char **words = mem_array(room + 1, sizeof *words);
	const char *p = command;
	int result = 0;
	while (result == 0) {
		/* A backslash and a newline are nothing at all, between words, too. */
		for (; *p && (strchr(" \t\n", *p) || (*p == '\\' && p[1] == '\n')); p++)
			if (*p == '\\')
				p++;
		if (!*p)
			break;
		if (count == room)
			words = mem_grow(words, (room *= 2) + 1, sizeof *words);
		result = read_word(&p, &word, err);
		words[count++] = buf_take(&word);
	}
	words[count] = NULL;
	if (result == 0 && count == 0)
		result = err_set(err, "no word in '%s'", command);
	if (result == 0)
		return words;
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
	return NULL;
}
