/*
 * The dashboard on a run, joined to its engine.
 */
#ifndef SEQDECK_CMD_DECK_H
#define SEQDECK_CMD_DECK_H

#include "base/err.h"
#include "cmd/cmd.h"

/*
 * Shows the run until its user leaves, then says on the normal screen how it stands.
 * Returns 0 and sets *status, or -1 with err set when the terminal is not fit for it:
 * nothing was drawn then.
 */
int deck_show(const char *dir, const char *theme, enum cmd_status *status,
    struct err *err);

#endif
