/*
 * A growable string of bytes. `data` is never NULL after the first append and always has
 * a NUL behind its `len` bytes, so that it can be used as a C string where the bytes
 * hold none. Embed it; start from BUF_INIT or zeroed memory.
 *
 * This is the lowest layer: it knows nothing of seqdeck.
 */
#ifndef SEQDECK_BASE_BUF_H
#define SEQDECK_BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;	/* owned; NULL while nothing was ever appended */
	size_t len;	/* bytes in use */
	size_t cap;	/* bytes allocated */
};

#define BUF_INIT { NULL, 0, 0 }

void buf_release(struct buf *b);	/* frees the bytes; b is as after BUF_INIT */
void buf_clear(struct buf *b);	/* len 0; keeps the memory */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Makes room for at least `more` bytes behind len and returns where they go; the caller
 * writes there and adds to len itself. */
char *buf_reserve(struct buf *b, size_t more);

/* Drops the first n bytes (n <= len), moving the rest to the front. */
void buf_drop(struct buf *b, size_t n);

/* Hands the string over to the caller, who frees it; b is empty afterwards. Never NULL. */
char *buf_take(struct buf *b);

/* The string, "" while empty; valid until the next change. */
const char *buf_str(const struct buf *b);

#endif
