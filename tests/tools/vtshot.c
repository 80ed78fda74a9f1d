/*
 * vtshot: runs a program in a pseudo-terminal of its own and drives it by steps.
 *
 *	vtshot [-s COLSxROWS] [-t SECONDS] [-f FILE] [-e STEP]... [COMMAND ARG...]
 *
 * Steps come from -e, else from FILE, else from standard input; one a line, # starts a
 * comment. Nothing waits for luck: each wait has a condition, and a deadline (20 s; -t, the
 * environment's VTSHOT_SECONDS or the step `deadline`). When it passes, or a step cannot be
 * done, the step and the screen are shown on stderr and the exit status is 1.
 *
 *	size COLSxROWS		of the terminal, before it starts (80x24)
 *	env NAME=VALUE		for the program; NAME alone takes it out
 *	run COMMAND		starts it, by sh -c; without a COMMAND on the command line
 *	send KEY...		a b C-x M-x S-Tab Enter Esc Tab BS Space Up PgDn Home Del F1 ...
 *	type TEXT		as typed, without Enter
 *	click COL,ROW		mouse, counted from 1 (SGR form)
 *	wheel up|down COL,ROW
 *	wait TEXT		until a row of the screen holds the text
 *	wait-gone TEXT		until no row does
 *	wait-re REGEX		until a row matches (POSIX, extended); wait-gone-re likewise
 *	wait-cursor COL,ROW	until the cursor is there and shown
 *	wait-osc TEXT		until an operating system command with this text has come
 *	until COMMAND		until this shell command succeeds, tried over and over
 *	quiet [MS]		until nothing was printed for so long (default 150)
 *	has TEXT, lacks TEXT	now
 *	resize COLSxROWS
 *	shot [FILE]		prints the screen, trailing blanks off
 *	attrs [FILE]		prints colours and attributes, as COLUMNS look, row by row
 *	cursor			prints where the cursor is
 *	mask REGEX		in later shots, what matches becomes as many ~
 *	note TEXT		prints it
 *	raw FILE		all bytes that the program printed so far
 *	svg FILE		the screen as a picture
 *	background COLOUR	how a query for it is answered: rgb:ffff/ffff/ffff
 *	sh COMMAND		runs it; its failure fails the step
 *	signal NAME		to the program
 *	stall, unstall		the terminal stops reading, goes on
 *	hangup			closes the terminal
 *	expect-exit STATUS	waits for the end; STATUS is a number or the name of a signal
 *	deadline SECONDS	of the waits that follow
 *
 * A TEXT that begins or ends with blanks stands in double quotes. Half a frame (within a
 * synchronised update) is never looked at.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "vt_screen.h"
#include "vtshot.h"

static long long
now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void
shot_start(struct shot *shot, char *const argv[])
{
	struct winsize size = {
		.ws_row = (unsigned short)shot->rows,
		.ws_col = (unsigned short)shot->cols,
	};
	shot->screen = vt_screen_new(shot->rows, shot->cols);
	if (shot->background != NULL)
		vt_screen_set_background(shot->screen, shot->background);
	shot->pid = forkpty(&shot->master, NULL, NULL, &size);
	if (shot->pid == -1) {
		perror("vtshot: cannot make a terminal");
		exit(1);
	}
	if (shot->pid == 0) {
		/* They would overrule the size of the terminal. */
		unsetenv("LINES");
		unsetenv("COLUMNS");
		execvp(argv[0], argv);
		dprintf(2, "vtshot: cannot run '%s': %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	fcntl(shot->master, F_SETFD, FD_CLOEXEC);
	fcntl(shot->master, F_SETFL, O_NONBLOCK);
	shot->quiet_since = now_ms();
}

/* Closes the terminal; what was printed last stays on the screen. */
void
shot_hang_up(struct shot *shot)
{
	if (shot->master != -1)
		close(shot->master);
	shot->master = -1;
}

static void
read_output(struct shot *shot)
{
	char bytes[16384];
	ssize_t got = read(shot->master, bytes, sizeof(bytes));
	if (got > 0) {
		buf_add(&shot->raw, bytes, (size_t)got);
		vt_screen_feed(shot->screen, bytes, (size_t)got);
		shot->quiet_since = now_ms();
	} else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
		shot_hang_up(shot);	/* EIO: the last program on it has closed it */
	}
}

/* Sends answers and keys as far as the terminal takes them. */
static void
write_input(struct shot *shot)
{
	char bytes[1024];
	size_t len;
	while ((len = vt_screen_take_output(shot->screen, bytes, sizeof(bytes))) > 0)
		buf_add(&shot->input, bytes, len);
	if (shot->input.len == 0 || shot->master == -1)
		return;
	ssize_t put = write(shot->master, shot->input.data, shot->input.len);
	if (put > 0)
		buf_drop(&shot->input, (size_t)put);
}

static void
reap(struct shot *shot)
{
	if (!shot->ended && waitpid(shot->pid, &shot->status, WNOHANG) == shot->pid)
		shot->ended = true;
}

/* One look at the terminal, of at most `ms`. */
static void
pump(struct shot *shot, int ms)
{
	write_input(shot);
	short events = shot->stalled ? 0 : POLLIN;
	if (shot->input.len > 0)
		events |= POLLOUT;
	struct pollfd fd = { .fd = events != 0 ? shot->master : -1, .events = events };
	if (poll(&fd, 1, ms) > 0 && fd.revents & (POLLIN | POLLHUP | POLLERR) && !shot->stalled)
		read_output(shot);
	write_input(shot);
	reap(shot);
}

bool
shot_until(struct shot *shot, shot_condition holds, const char *arg)
{
	long long end = now_ms() + shot->deadline_ms;
	for (;;) {
		if (!vt_screen_is_torn(shot->screen) && holds(shot, arg))
			return true;
		if (now_ms() >= end)
			return false;
		pump(shot, 20);
	}
}

bool
shot_is_quiet(struct shot *shot, const char *arg)
{
	return shot->master == -1 || now_ms() - shot->quiet_since >= atoi(arg);
}

bool
shot_has_ended(struct shot *shot, const char *arg)
{
	(void)arg;
	/* What it printed last is read first: the terminal is closed, or nothing comes any
	 * more although others keep it open. */
	return shot->ended && (shot->stalled || shot_is_quiet(shot, "100"));
}

void
shot_resize(struct shot *shot, int cols, int rows)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols,
	};
	while (shot->master != -1 && !shot->stalled) {
		struct pollfd fd = { .fd = shot->master, .events = POLLIN };
		if (poll(&fd, 1, 0) <= 0)
			break;
		read_output(shot);	/* what was drawn for the old size */
	}
	shot->rows = rows;
	shot->cols = cols;
	vt_screen_resize(shot->screen, rows, cols);
	if (shot->master != -1)
		ioctl(shot->master, TIOCSWINSZ, &size);
	shot->quiet_since = now_ms();
}

/* Ends what still runs: the hang-up first, then KILL to its group. */
static void
finish(struct shot *shot)
{
	if (shot->screen == NULL)
		return;
	shot_hang_up(shot);
	shot->stalled = false;
	long long end = now_ms() + 2000;
	while (!shot->ended && now_ms() < end)
		pump(shot, 10);
	if (!shot->ended) {
		kill(-shot->pid, SIGKILL);
		kill(shot->pid, SIGKILL);
		waitpid(shot->pid, &shot->status, 0);
	}
	vt_screen_free(shot->screen);
	buf_release(&shot->raw);
	buf_release(&shot->input);
	if (shot->has_mask)
		regfree(&shot->mask);
	free(shot->background);
}

void
shot_print(struct shot *shot, FILE *to, bool masked)
{
	for (int row = 0; row < vt_screen_rows(shot->screen); row++) {
		struct buf line = BUF_INIT;
		buf_add_str(&line, vt_screen_row(shot->screen, row));
		regmatch_t match;
		size_t at = 0;
		while (masked && shot->has_mask && at < line.len &&
		    regexec(&shot->mask, buf_str(&line) + at, 1, &match, at ? REG_NOTBOL : 0) == 0 &&
		    match.rm_eo > match.rm_so) {
			memset(line.data + at + match.rm_so, '~', (size_t)(match.rm_eo - match.rm_so));
			at += (size_t)match.rm_eo;
		}
		fprintf(to, "%s\n", buf_str(&line));
		buf_release(&line);
	}
}

static int
run_steps(struct shot *shot, FILE *from)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int number = 0, failed = 0;
	while (!failed && (len = getline(&line, &size, from)) >= 0) {
		number++;
		while (len > 0 && isspace((unsigned char)line[len - 1]))
			line[--len] = '\0';
		failed = shot_step(shot, line);
		if (failed) {
			fprintf(stderr, "vtshot: step %d failed: %s\n", number, line);
			if (shot->screen != NULL) {
				fprintf(stderr, "---- the screen\n");
				shot_print(shot, stderr, false);
				fprintf(stderr, "----%s\n", shot->ended ? " the program has ended" : "");
			}
		}
	}
	free(line);
	return failed;
}

int
main(int argc, char **argv)
{
	struct shot shot = { .rows = 24, .cols = 80, .master = -1, .deadline_ms = 20000 };
	struct buf steps = BUF_INIT;
	FILE *from = stdin;
	const char *seconds = getenv("VTSHOT_SECONDS");
	if (seconds != NULL && atof(seconds) > 0)
		shot.deadline_ms = (long long)(atof(seconds) * 1000);
	signal(SIGPIPE, SIG_IGN);

	for (int opt; (opt = getopt(argc, argv, "+s:t:f:e:")) != -1;) {
		switch (opt) {
		case 's':
			if (sscanf(optarg, "%dx%d", &shot.cols, &shot.rows) != 2)
				return 2;
			break;
		case 't':
			shot.deadline_ms = (long long)(atof(optarg) * 1000);
			break;
		case 'f':
			from = strcmp(optarg, "-") == 0 ? stdin : fopen(optarg, "re");
			break;
		case 'e':
			buf_add_str(&steps, optarg);
			buf_add_char(&steps, '\n');
			break;
		default:
			fputs("usage: vtshot [-s COLSxROWS] [-t SECONDS] [-f FILE] [-e STEP]... "
			      "[COMMAND ARG...]\n", stderr);
			return 2;
		}
	}
	if (steps.len > 0)
		from = fmemopen(steps.data, steps.len, "r");
	if (from == NULL) {
		perror("vtshot: cannot read the steps");
		return 2;
	}
	/* Nothing of ours is inherited: the program must not eat the steps. */
	fcntl(fileno(from), F_SETFD, FD_CLOEXEC);
	if (optind < argc)
		shot_start(&shot, argv + optind);
	int failed = run_steps(&shot, from);
	finish(&shot);
	fclose(from);
	buf_release(&steps);
	return fflush(stdout) != 0 || failed;
}
