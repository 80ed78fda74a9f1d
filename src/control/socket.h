/*
 * The address of a run's control socket, the same for both sides. The socket is reached
 * through /proc/self/fd/N/control.sock, N being the open run directory: sun_path holds 108
 * bytes only, and the path of a run directory may be longer.
 */
#ifndef SEQDECK_CONTROL_SOCKET_H
#define SEQDECK_CONTROL_SOCKET_H

#include <sys/un.h>

#include "base/err.h"

#define CONTROL_SOCKET_NAME "control.sock"

/* Opens the run directory for use in an address. It has to be a directory of our own that
 * nobody else may write. Returns the descriptor, or -1 with err set. */
int socket_open_dir(const char *run_dir, struct err *err);

void socket_address(int dir_fd, struct sockaddr_un *address);

/* Whether the process at the other end of a connected socket is the same user. */
int socket_check_peer(int fd, struct err *err);

#endif
