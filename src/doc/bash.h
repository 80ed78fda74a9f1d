/*
 * The completion for bash: one function, from the table of commands.
 */
#ifndef SEQDECK_DOC_BASH_H
#define SEQDECK_DOC_BASH_H

#include "base/buf.h"

void bash_completion(struct buf *to);

#endif
