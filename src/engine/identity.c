#include "engine/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

int64_t
process_start_time(int64_t pid)
{
	char path[48], text[1024];
	snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	/* The second field is the name in parentheses, and may hold anything. */
	const char *p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoll(p, NULL, 10) : 0;
}

char *
process_boot_id(void)
{
	char text[64] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t n = read(fd, text, sizeof text - 1);
		text[n > 0 ? n : 0] = '\0';
		close(fd);
	}
	text[strcspn(text, "\n")] = '\0';
	return mem_strdup(text);
}

bool
process_lives(int64_t pid, int64_t start_time, const char *boot)
{
	char *now = process_boot_id();
	bool same_boot = boot && strcmp(boot, now) == 0;
	free(now);
	return same_boot && pid > 0 && start_time > 0 &&
	    process_start_time(pid) == start_time;
}
