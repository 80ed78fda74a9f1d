/*
 * Base64 (RFC 4648, section 4, with padding): how typed bytes travel in a JSON string.
 */
#ifndef SEQDECK_CONTROL_BASE64_H
#define SEQDECK_CONTROL_BASE64_H

#include <stddef.h>

#include "base/buf.h"

void base64_encode(struct buf *to, const char *bytes, size_t len);

/* Appends what text stands for. Returns 0, or -1 for anything that base64_encode does not
 * make (other characters, missing padding, set bits behind the end); `to` is then as before. */
int base64_decode(struct buf *to, const char *text, size_t len);

#endif
