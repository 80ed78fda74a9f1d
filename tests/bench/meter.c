/*
 * The bare work that seqdeck is measured against, and a stop-watch for the first frame.
 *
 *   meter spawn COUNT PARALLEL            vfork+exec COUNT x /bin/true, PARALLEL at a time
 *   meter copy tty|pipe DIR WRITERS BYTES WRITERS children that print BYTES each; their
 *                                         output is copied into a file each below DIR
 *   meter gen BYTES                       prints BYTES in lines of 80 bytes
 *   meter frame TEXT COMMAND…             runs COMMAND on a 120x40 terminal until TEXT has
 *                                         been drawn; prints "MICROSECONDS KILOBYTES" (its
 *                                         time and its resident memory), then stops it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define WRITERS_MAX 256
#define FRAME_LIMIT_MS 60000

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t
now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
start_true(void)
{
	pid_t pid = vfork();
	if (pid < 0)
		die("vfork");
	if (pid == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
}

static int
spawn(long count, long parallel)
{
	long running = 0;
	for (long started = 0; started < count || running; ) {
		while (started < count && running < parallel) {
			start_true();
			started++;
			running++;
		}
		if (wait(NULL) < 0)
			die("wait");
		running--;
	}
	return 0;
}

static int
gen(long long bytes)
{
	static char block[64000];
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = i % 80 == 79 ? '\n' : (char)('a' + i % 23);
	while (bytes > 0) {
		size_t want = bytes < (long long)sizeof block ? (size_t)bytes : sizeof block;
		ssize_t n = write(STDOUT_FILENO, block, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("write");
		bytes -= n;
	}
	return 0;
}

/* Starts one writer and returns the descriptor that its output is read from. */
static int
start_writer(bool tty, long long bytes)
{
	int master, slave;
	if (tty) {
		struct termios raw;
		if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
			die("openpty");
		tcgetattr(slave, &raw);
		raw.c_oflag &= ~(tcflag_t)OPOST;
		tcsetattr(slave, TCSANOW, &raw);
	} else {
		int ends[2];
		if (pipe(ends) < 0)
			die("pipe");
		master = ends[0];
		slave = ends[1];
		(void)fcntl(slave, F_SETPIPE_SZ, 1 << 20); /* as seqdeck does */
	}
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(slave, STDOUT_FILENO);
		close(master);
		close(slave);
		_exit(gen(bytes));
	}
	close(slave);
	return master;
}

/* Moves what one descriptor has to its file; false at its end. */
static bool
copy_once(int from, int to)
{
	static char block[65536];
	ssize_t n = read(from, block, sizeof block);
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	if (write(to, block, (size_t)n) != n)
		die("write");
	return true;
}

static int
copy(bool tty, const char *dir, int writers, long long bytes)
{
	struct pollfd fds[WRITERS_MAX];
	int files[WRITERS_MAX], open_count = writers;
	if (writers < 1 || writers > WRITERS_MAX) {
		fprintf(stderr, "meter: writers: 1 to %d\n", WRITERS_MAX);
		return 2;
	}
	for (int i = 0; i < writers; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%d.log", dir, i);
		files[i] = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (files[i] < 0)
			die(path);
		fds[i] = (struct pollfd){ .fd = start_writer(tty, bytes), .events = POLLIN };
	}
	while (open_count) {
		if (poll(fds, (nfds_t)writers, -1) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < writers; i++) {
			if (!fds[i].revents || copy_once(fds[i].fd, files[i]))
				continue;
			close(fds[i].fd);
			fds[i].fd = -1;
			open_count--;
		}
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static long
resident_kb(pid_t pid)
{
	char path[64], line[256];
	long kb = -1;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* Reads the terminal until text has come; whether it did. */
static bool
await_text(int master, const char *text)
{
	static char seen[1 << 20];
	size_t len = 0;
	struct pollfd fd = { .fd = master, .events = POLLIN };
	while (len < sizeof seen - 1 && poll(&fd, 1, FRAME_LIMIT_MS) > 0) {
		ssize_t n = read(master, seen + len, sizeof seen - 1 - len);
		if (n <= 0)
			return false;
		len += (size_t)n;
		if (memmem(seen, len, text, strlen(text)))
			return true;
	}
	return false;
}

static int
frame(const char *text, char **command)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	int master;
	int64_t start = now_us();
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	if (pid < 0)
		die("forkpty");
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(command[0], command);
		_exit(127);
	}
	bool seen = await_text(master, text);
	int64_t took = now_us() - start;
	if (seen)
		printf("%lld %ld\n", (long long)took, resident_kb(pid));
	else
		fprintf(stderr, "meter: '%s' was not drawn\n", text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return seen ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "spawn") == 0)
		return spawn(atol(argv[2]), atol(argv[3]));
	if (argc == 3 && strcmp(argv[1], "gen") == 0)
		return gen(atoll(argv[2]));
	if (argc == 6 && strcmp(argv[1], "copy") == 0)
		return copy(strcmp(argv[2], "tty") == 0, argv[3], atoi(argv[4]), atoll(argv[5]));
	if (argc >= 4 && strcmp(argv[1], "frame") == 0)
		return frame(argv[2], argv + 3);
	fprintf(stderr, "usage: meter spawn|gen|copy|frame …, see the head of meter.c\n");
	return 2;
}
