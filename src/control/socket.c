#include "control/socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int
socket_open_dir(const char *run_dir, struct err *err)
{
	int fd = open(run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot open run directory '%s'", run_dir);
	struct stat st;
	int rc = fstat(fd, &st);
	if (rc != 0)
		err_errno(err, "cannot look at run directory '%s'", run_dir);
	else if (st.st_uid != geteuid())
		rc = err_set(err, "run directory '%s' belongs to another user", run_dir);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		rc = err_set(err, "run directory '%s' may be written by others: chmod go-w it",
		    run_dir);
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

void
socket_address(int dir_fd, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s",
	    dir_fd, CONTROL_SOCKET_NAME);
}

int
socket_check_peer(int fd, struct err *err)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return err_errno(err, "cannot tell who is at the other end of the control "
		    "socket");
	if (peer.uid != geteuid())
		return err_set(err, "the other end of the control socket is user %lu, not us",
		    (unsigned long)peer.uid);
	return 0;
}
