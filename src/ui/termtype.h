/*
 * What terminfo knows of a type of terminal, without taking any terminal over.
 */
#ifndef SEQDECK_UI_TERMTYPE_H
#define SEQDECK_UI_TERMTYPE_H

#include "base/err.h"

/* Whether a dashboard can be drawn on a terminal of this type (NULL: TERM is not set):
 * 0, or -1 with err set to why not and what to do. */
int termtype_check(const char *type, struct err *err);

#endif
