/*
 * What seqdeck itself says on standard error: "seqdeck: text", fit for a terminal.
 */
#ifndef SEQDECK_CMD_SAY_H
#define SEQDECK_CMD_SAY_H

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
