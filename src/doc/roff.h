/*
 * Text as the man macros want it. All roff that the generator writes goes through here.
 */
#ifndef SEQDECK_DOC_ROFF_H
#define SEQDECK_DOC_ROFF_H

#include "base/buf.h"

/* Appends text with what roff would take for its own made plain: backslashes, hyphens,
 * quotes, and a dot or quote at the beginning of a line. */
void roff_text(struct buf *to, const char *text);

/* Appends text in bold, or in italics, and no newline. */
void roff_bold(struct buf *to, const char *text);
void roff_italic(struct buf *to, const char *text);

/* Appends paragraphs that have a blank line between them, each as lines of roff; the
 * request (".PP", ".IP") goes in front of all but the first. */
void roff_paragraphs(struct buf *to, const char *text, const char *request);

#endif
