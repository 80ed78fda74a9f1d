/*
 * Looking for a regular expression in a scrollback, a slice at a time so that keys are
 * answered meanwhile. What is searched is the text as people see it: without escape
 * sequences, a progress bar in its last state. A match lies within one line (for a line
 * longer than LINE_BYTES_MAX: within one of its pieces).
 *
 * The pattern is PCRE2 with UTF; a pattern without upper-case letters ignores case. A line
 * on which it is too costly (SEARCH_MATCH_LIMIT) counts as not matching; after several of
 * these in a slice the rest of the slice does. search_skipped tells.
 */
#ifndef SEQDECK_TERM_SEARCH_H
#define SEQDECK_TERM_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "term/scrollback.h"

#define SEARCH_SLICE ((size_t)1 << 20)	/* bytes looked at by one call */
#define SEARCH_PATTERN_MAX ((size_t)4 << 10)
#define SEARCH_MATCH_LIMIT 200000	/* steps of the matcher for one attempt */

struct search;

struct search_span {
	size_t first, end;	/* columns (cells) of the line; end is behind the last */
};

struct search_match {
	struct scrollback_position line;	/* row 0 */
	struct search_span span;	/* the first match of the line */
};

enum search_state {
	SEARCH_GOING_ON,	/* call again */
	SEARCH_FOUND,
	SEARCH_NOT_FOUND,	/* came to the end, or to the start */
};

/* NULL with err set when the pattern is wrong ("... at column 3"). */
struct search *search_new(const char *pattern, struct err *err);
void search_free(struct search *search);
const char *search_pattern(const struct search *search);

/* Begins a search at the line of `from`: that line itself first when `here`, else with the
 * next one in that direction. */
void search_start(struct search *search, struct scrollback *scrollback,
    const struct scrollback_position *from, bool backward, bool here);

/* Searches on. *match is set when found; then begin anew with search_start from its line. */
enum search_state search_step(struct search *search, struct scrollback *scrollback,
    struct search_match *match);

/* Whether lines were passed over for their cost since search_new. */
bool search_skipped(const struct search *search);

/* All matches of one line (as many as fit in spans), for marking them. Returns how many. */
size_t search_line(struct search *search, struct scrollback *scrollback,
    const struct scrollback_position *line, struct search_span *spans, size_t max);

#endif
