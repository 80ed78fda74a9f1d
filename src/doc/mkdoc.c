/*
 * Makes the manual pages and the bash completion from the tables that the program itself
 * works by, so that they cannot tell anything else:
 *
 *   mkdoc man FILE.in    the page: a line "@NAME@" of FILE.in is replaced by what the table
 *                        of that name gives, "@VERSION@" within a line by the version
 *   mkdoc bash           the completion
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "doc/bash.h"
#include "doc/man.h"

#define MKDOC_INPUT_MAX ((size_t)1 << 20)

/* Appends one line with its version put in. */
static void
mkdoc_line(struct buf *to, const char *line, size_t len)
{
	static const char mark[] = "@VERSION@";
	const char *at = memmem(line, len, mark, strlen(mark));
	size_t before = at != NULL ? (size_t)(at - line) : len;
	buf_add(to, line, before);
	if (at != NULL) {
		size_t after = before + strlen(mark);
		buf_add_str(to, SEQDECK_VERSION);
		buf_add(to, line + after, len - after);
	}
	buf_add_char(to, '\n');
}

/* Fills in the whole of a page. Returns -1 with err set for a name that no table has. */
static int
mkdoc_fill(struct buf *to, const char *text, struct err *err)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		if (len > 2 && text[0] == '@' && text[len - 1] == '@' &&
		    memchr(text, ' ', len) == NULL) {
			if (man_section(to, text + 1, len - 2) != 0)
				return err_set(err, "there is no table '%.*s'", (int)len, text);
		} else {
			mkdoc_line(to, text, len);
		}
		text += len + (text[len] == '\n');
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct buf in = BUF_INIT, out = BUF_INIT;
	int rc = 0;
	if (argc == 3 && strcmp(argv[1], "man") == 0) {
		rc = file_read_all(argv[2], MKDOC_INPUT_MAX, &in, &err);
		if (rc == 0)
			rc = mkdoc_fill(&out, buf_str(&in), &err);
	} else if (argc == 2 && strcmp(argv[1], "bash") == 0) {
		bash_completion(&out);
	} else {
		rc = err_set(&err, "usage: mkdoc man FILE.in | mkdoc bash");
	}
	if (rc != 0)
		fprintf(stderr, "mkdoc: %s\n", err.text);
	else if (fwrite(buf_str(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0)
		rc = -1;
	buf_release(&in);
	buf_release(&out);
	return rc != 0;
}
