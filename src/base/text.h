/*
 * Text from outside, made fit for a terminal, a shell or JSON; and nearest names.
 */
#ifndef SEQDECK_BASE_TEXT_H
#define SEQDECK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Decodes one UTF-8 character from at most len bytes (len >= 1). Returns the number of
 * bytes it takes and stores its code point, or stores U+FFFD and returns 1 for a byte
 * that begins no valid sequence (overlong forms, surrogates and > U+10FFFF count as
 * invalid). Returns 0 when the bytes are a valid but unfinished beginning. Rules: RFC 3629. */
size_t text_decode(const char *bytes, size_t len, uint32_t *code);

void text_encode(struct buf *to, uint32_t code);	/* appends UTF-8 */
bool text_is_utf8(const char *bytes, size_t len);

/* Whether a code point acts on the terminal, or on the order or the visibility of text,
 * instead of being seen: controls, format characters, line separators. */
bool text_is_hidden(uint32_t code);

/* The one door for text to a terminal: appends the text with every C0, DEL and C1 control,
 * invalid byte and Unicode format character (category Cf: direction overrides, zero
 * width) made visible: ^X, \xNN, <U+202E>. Newline and tab too, unless keep_lines. */
void text_escape(struct buf *to, const char *bytes, size_t len, bool keep_lines);

/* Removes terminal control from raw step output, leaving what a person reads: escape
 * sequences go, the rest is as text_escape does with keep_lines, a CR inside a line
 * leaves what follows it, CR LF is LF. Works on whole lines. */
void text_clean(struct buf *to, const char *bytes, size_t len);

/* The length of the escape sequence that begins with the ESC at bytes[0] (len >= 1): to its
 * final byte or terminator, or as far as it goes. A control character breaks a sequence
 * off and is not part of it; a control string (OSC, DCS ...) ends at a LF at the latest. */
size_t text_sequence_len(const char *bytes, size_t len);

/* Appends s quoted for a POSIX shell: as it is when it holds only [A-Za-z0-9_@%+=:,./-]
 * and is not empty, else in single quotes with ' as '\''. s holds no NUL. */
void text_shell_quote(struct buf *to, const char *s);

/* Columns that a code point takes on the terminal: 0, 1 or 2; -1 for what must not be
 * drawn (controls, format characters, unassigned). By utf8proc; where a locale of several
 * bytes a character is set, wcwidth decides instead, since curses draws by it: what it
 * does not know (characters newer than the C library) gives -1. */
int text_width(uint32_t code);

/* Columns of a valid UTF-8 string, counting undrawable characters as 1. */
size_t text_columns(const char *s);

/* The candidate nearest to word by edit distance with swaps, NULL when none is near
 * enough to be worth suggesting (distance at most a third of the word's length, 1 at
 * least). Candidates end with NULL. */
const char *text_nearest(const char *word, const char *const *candidates);

#endif
