/*
 * JSON without a tree: writing into a buffer, and strict reading member by member. It is
 * what journal lines and run.json are made with: a line costs about a microsecond, numbers
 * do not depend on the locale, and nothing recurses without bound. Rules: RFC 8259.
 */
#ifndef SEQDECK_MODEL_JSON_H
#define SEQDECK_MODEL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_DEPTH_MAX 32	/* nesting of values that are passed over */

/*
 * Appends s in quotes. What must not be drawn on a terminal (controls, direction
 * overrides, zero width) is written as \uXXXX, so that a line may be printed as it is; a
 * byte that is no UTF-8 becomes U+FFFD.
 */
void json_add_string(struct buf *to, const char *s);

/* The same, but a byte XX that is no UTF-8 becomes the lone surrogate \udcXX, which
 * json_read_string gives back as that byte when keeps_bytes is set: for paths. */
void json_add_bytes(struct buf *to, const char *s);

void json_add_int(struct buf *to, int64_t value);
void json_add_seconds(struct buf *to, int64_t us);	/* "12.000345"; us >= 0 */

/*
 * Reading. Set p, end and store, then open, loop over members, close with json_at_end.
 * Functions that return int give -1 for what is not there or not valid.
 */
struct json_reader {
	const char *p, *end;	/* what is left; on failure p is at or near the fault */
	char *store;	/* decoded strings go here, one behind the other, each with a NUL:
			 * the caller gives at least as many bytes as the text has */
	bool keeps_bytes;	/* accept \udc80 to \udcff, see json_add_bytes */
};

int json_open(struct json_reader *json, char bracket);	/* '{' or '[' */

/* Moves to the next member: 1 and its key, with the value to be read next; 0 behind the
 * closing brace. *is_first is true before the first call. */
int json_next_member(struct json_reader *json, bool *is_first, const char **key);
int json_next_item(struct json_reader *json, bool *is_first);	/* of an array */

int json_read_string(struct json_reader *json, const char **s);	/* holds no NUL */
int json_read_int(struct json_reader *json, int64_t *value);	/* no fraction, no exponent */

/* A number >= 0 with at most 6 decimals, as microseconds, exactly. */
int json_read_seconds(struct json_reader *json, int64_t *us);
int json_read_bool(struct json_reader *json, bool *value);
bool json_read_null(struct json_reader *json);	/* whether null stood there */
int json_skip(struct json_reader *json);	/* any value */
bool json_at_end(struct json_reader *json);	/* nothing but blanks is left */

#endif
