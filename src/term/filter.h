/*
 * The strict filter in front of the emulator: a byte state machine that passes only what
 * libvterm is known to survive and a step may ask of a screen. Never bypassed, in tests
 * neither. What passes: UTF-8 text (bad bytes as U+FFFD; C1 and the wide marks of CJK
 * dropped); of C0 BEL BS HT LF VT FF CR SO SI; ESC 7 8 = > D E H M c; ESC # 3 4 5 6 8;
 * charsets ( ) * + with 0 A B; CSI with at most FILTER_PARAMS_MAX parameters of at most 4
 * digits, one intermediate, no REP.
 * SGR is written anew: colons of colours as semicolons, more parameters in several
 * sequences; of private modes those pass that mean something here. OSC, DCS, APC, PM, SOS
 * are swallowed, to the end of the line at most (a title is kept, cleaned and bounded).
 * A control character breaks an escape sequence off.
 */
#ifndef SEQDECK_TERM_FILTER_H
#define SEQDECK_TERM_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define FILTER_PARAMS_MAX 15
#define FILTER_SEQUENCE_MAX 256	/* bytes of a control sequence; a longer one is dropped */
#define FILTER_TITLE_MAX 100	/* bytes, cleaned */

struct filter;

struct filter *filter_new(void);
void filter_free(struct filter *filter);
void filter_reset(struct filter *filter);

/* Appends to `to` what passes of bytes; state is kept between calls. lf_is_newline: LF
 * becomes CR LF while the main screen is shown (output processing was off); on the
 * alternate screen LF stays LF. */
void filter_feed(struct filter *filter, const char *bytes, size_t len,
    bool lf_is_newline, struct buf *to);

/* The last title set by OSC 0 or 2, cleaned, at most 100 bytes; "" when none. */
const char *filter_title(const struct filter *filter);

/* Modes the program has set: the alternate screen, application cursor keys, bracketed
 * paste; and the cursor, shown unless hidden. */
struct filter_modes {
	bool alternate, app_cursor, bracketed_paste, cursor_hidden;
};
const struct filter_modes *filter_modes(const struct filter *filter);

#endif
