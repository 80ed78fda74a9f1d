#include "ui/terminal.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#define TERMINAL_READ_MAX 4096	/* bytes taken from the keyboard at a time */
#define TERMINAL_LEAVE_MAX 256
#define TERMINAL_SIDE_MAX 2000	/* rows and columns drawn at most */
#define TERMINAL_LEAVE_WAIT_US CLOCK_SECOND_US

static const int end_signals[] = { SIGHUP, SIGTERM, SIGINT, SIGQUIT };
#define END_SIGNALS (sizeof end_signals / sizeof *end_signals)

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
#define FATAL_SIGNALS (sizeof fatal_signals / sizeof *fatal_signals)

struct terminal {
	struct ev_loop *loop;
	struct terminal_listener listener;
	int fd;
	struct termios before;	/* as the shell left it */
	struct buf out;	/* bytes on their way; out_at of them are gone */
	size_t out_at;
	bool is_started;
	bool is_gone;
	ev_io reading, writing;
	ev_signal ends[END_SIGNALS], winch, cont, tstp;
};

/* What a handler of a fatal signal needs; -1: nothing to restore. Signal handlers have no
 * other way to it. */
static struct rescue {
	volatile sig_atomic_t fd;
	struct termios termios;
	char leave[TERMINAL_LEAVE_MAX];
	volatile sig_atomic_t leave_len;
} rescue = { .fd = -1 };

/* Brings the terminal back with async-signal-safe calls only. */
static void
rescue_run(void)
{
	int fd = rescue.fd;
	if (fd < 0)
		return;
	rescue.fd = -1;
	ssize_t n = write(fd, rescue.leave, (size_t)rescue.leave_len);
	(void)n;
	tcsetattr(fd, TCSANOW, &rescue.termios);
}

static void
rescue_signal(int signo)
{
	rescue_run();
	signal(signo, SIG_DFL);
	raise(signo);
}

static void
rescue_exhausted(void *arg)
{
	(void)arg;
	rescue_run();
}

/* Sets or takes away the handlers of fatal signals. Those that somebody else has set (a
 * sanitizer) stay. */
static void
rescue_arm(bool on)
{
	for (size_t i = 0; i < FATAL_SIGNALS; i++) {
		struct sigaction now, action = { .sa_flags = SA_RESETHAND };
		action.sa_handler = on ? rescue_signal : SIG_DFL;
		sigemptyset(&action.sa_mask);
		sigaction(fatal_signals[i], NULL, &now);
		if (now.sa_handler == (on ? SIG_DFL : rescue_signal))
			sigaction(fatal_signals[i], &action, NULL);
	}
	mem_on_exhausted(on ? rescue_exhausted : NULL, NULL);
}

static void
terminal_hang_up(struct terminal *t)
{
	if (t->is_gone)
		return;
	t->is_gone = true;
	ev_io_stop(t->loop, &t->reading);
	ev_io_stop(t->loop, &t->writing);
	t->listener.gone(t->listener.arg);
}

static void
terminal_read_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	struct terminal *t = w->data;
	char bytes[TERMINAL_READ_MAX];
	ssize_t n = read(t->fd, bytes, sizeof bytes);
	if (n > 0)
		t->listener.input(t->listener.arg, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		terminal_hang_up(t);
}

/* Writes what the terminal takes now. */
static void
terminal_pump(struct terminal *t)
{
	while (t->out_at < t->out.len && !t->is_gone) {
		ssize_t n = write(t->fd, t->out.data + t->out_at, t->out.len - t->out_at);
		if (n > 0)
			t->out_at += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			break;
		else if (n < 0 && errno != EINTR)
			terminal_hang_up(t);
	}
	if (t->out_at == t->out.len) {
		buf_clear(&t->out);
		t->out_at = 0;
		ev_io_stop(t->loop, &t->writing);
	} else if (!t->is_gone) {
		ev_io_start(t->loop, &t->writing);
	}
}

static void
terminal_write_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	struct terminal *t = w->data;
	terminal_pump(t);
	if (terminal_is_idle(t) && !t->is_gone)
		t->listener.idle(t->listener.arg);
}

static void
terminal_end_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	struct terminal *t = w->data;
	t->listener.gone(t->listener.arg);
}

/* Raw, but with 8 bits and no waiting: every key comes as its bytes. */
static int
terminal_set_raw(struct terminal *t)
{
	struct termios raw = t->before;
	raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL |
	    IXON | IXOFF);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	raw.c_cflag |= CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(t->fd, TCSADRAIN, &raw);
}

static void
terminal_winch_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	struct terminal *t = w->data;
	t->listener.resized(t->listener.arg);
}

/* After a stop that we had no part in the terminal is as the shell has set it. */
static void
terminal_cont_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	struct terminal *t = w->data;
	terminal_set_raw(t);
	t->listener.resized(t->listener.arg);
}

static void
terminal_tstp_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	struct terminal *t = w->data;
	t->listener.suspend(t->listener.arg);
}

/* Opens the device of fd, a descriptor that may be shared, for ourselves. */
static int
terminal_open_device(int fd)
{
	int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	char path[256];
	if (!isatty(fd))
		return -1;
	if (ttyname_r(fd, path, sizeof path) == 0) {
		int opened = open(path, flags);
		if (opened >= 0)
			return opened;
	}
	return open("/dev/tty", flags);
}

/* The terminal that we were started on; -1 when there is none. */
static int
terminal_open_ours(void)
{
	int fd = terminal_open_device(STDOUT_FILENO);
	if (fd < 0)
		fd = terminal_open_device(STDIN_FILENO);
	if (fd < 0)
		fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd;
}

struct terminal *
terminal_open(struct ev_loop *loop, const char *device,
    const struct terminal_listener *listener, struct err *err)
{
	int fd = device ? open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) :
	    terminal_open_ours();
	if (fd < 0 && device)
		err_errno(err, "cannot open terminal '%s'", device);
	else if (fd < 0)
		err_set(err, "there is no terminal to draw on; use --plain");
	if (fd < 0)
		return NULL;
	struct terminal *t = mem_alloc(sizeof *t);
	t->loop = loop;
	t->listener = *listener;
	t->fd = fd;
	ev_io_init(&t->reading, terminal_read_cb, fd, EV_READ);
	ev_io_init(&t->writing, terminal_write_cb, fd, EV_WRITE);
	t->reading.data = t->writing.data = t;
	for (size_t i = 0; i < END_SIGNALS; i++) {
		ev_signal_init(&t->ends[i], terminal_end_cb, end_signals[i]);
		t->ends[i].data = t;
	}
	ev_signal_init(&t->winch, terminal_winch_cb, SIGWINCH);
	ev_signal_init(&t->cont, terminal_cont_cb, SIGCONT);
	ev_signal_init(&t->tstp, terminal_tstp_cb, SIGTSTP);
	t->winch.data = t->cont.data = t->tstp.data = t;
	return t;
}

int
terminal_start(struct terminal *t, const char *leave, struct err *err)
{
	if (tcgetattr(t->fd, &t->before) || terminal_set_raw(t))
		return err_errno(err, "cannot set up the terminal");
	size_t len = strlen(leave);
	if (len > sizeof rescue.leave)
		len = 0;
	memcpy(rescue.leave, leave, len);
	rescue.leave_len = (sig_atomic_t)len;
	rescue.termios = t->before;
	rescue.fd = t->fd;
	rescue_arm(true);
	for (size_t i = 0; i < END_SIGNALS; i++)
		ev_signal_start(t->loop, &t->ends[i]);
	ev_signal_start(t->loop, &t->winch);
	ev_signal_start(t->loop, &t->cont);
	ev_signal_start(t->loop, &t->tstp);
	ev_io_start(t->loop, &t->reading);
	t->is_started = true;
	return 0;
}

/* Sends what is queued and the bytes that bring the screen back; gives up on a terminal
 * that does not take them. */
static void
terminal_say_goodbye(struct terminal *t)
{
	int64_t until = clock_mono_us() + TERMINAL_LEAVE_WAIT_US;
	buf_add(&t->out, rescue.leave, (size_t)rescue.leave_len);
	while (!t->is_gone && t->out_at < t->out.len) {
		ssize_t n = write(t->fd, t->out.data + t->out_at, t->out.len - t->out_at);
		if (n > 0) {
			t->out_at += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		int64_t left = until - clock_mono_us();
		struct pollfd pfd = { .fd = t->fd, .events = POLLOUT };
		if (n == 0 || errno != EAGAIN || left <= 0 ||
		    poll(&pfd, 1, (int)(left / 1000) + 1) <= 0)
			break;
	}
	buf_clear(&t->out);
	t->out_at = 0;
}

void
terminal_stop(struct terminal *t)
{
	if (!t->is_started)
		return;
	t->is_started = false;
	ev_io_stop(t->loop, &t->reading);
	ev_io_stop(t->loop, &t->writing);
	if (!t->is_gone) {
		terminal_say_goodbye(t);
		/* TCSAFLUSH would wait for a terminal that stands still. */
		tcflush(t->fd, TCIFLUSH);
		tcsetattr(t->fd, TCSANOW, &t->before);
	}
	rescue.fd = -1;
	rescue_arm(false);
	for (size_t i = 0; i < END_SIGNALS; i++)
		ev_signal_stop(t->loop, &t->ends[i]);
	ev_signal_stop(t->loop, &t->winch);
	ev_signal_stop(t->loop, &t->cont);
	ev_signal_stop(t->loop, &t->tstp);
}

void
terminal_free(struct terminal *t)
{
	if (!t)
		return;
	terminal_stop(t);
	close(t->fd);
	buf_release(&t->out);
	free(t);
}

void
terminal_suspend(struct terminal *t)
{
	(void)t;
	/* To the whole group, as the key does it: a shell script that started us must stop
	 * with us. In an orphaned group the kernel drops it, and we go on. */
	kill(0, SIGTSTP);
}

void
terminal_write(struct terminal *t, const char *bytes, size_t len)
{
	if (t->is_gone || !t->is_started)
		return;
	buf_add(&t->out, bytes, len);
	terminal_pump(t);
}

bool
terminal_is_idle(const struct terminal *t)
{
	return t->out.len == t->out_at;
}

bool
terminal_is_gone(const struct terminal *t)
{
	return t->is_gone;
}

/* A positive number from the environment, else a default. */
static int
env_number(const char *name, int otherwise)
{
	const char *text = getenv(name);
	long n = text ? strtol(text, NULL, 10) : 0;
	return n >= 1 && n <= TERMINAL_SIDE_MAX ? (int)n : otherwise;
}

void
terminal_size(const struct terminal *t, int *rows, int *cols)
{
	struct winsize size = { 0 };
	if (ioctl(t->fd, TIOCGWINSZ, &size) || size.ws_row == 0 || size.ws_col == 0) {
		*rows = size.ws_row ? size.ws_row : env_number("LINES", 24);
		*cols = size.ws_col ? size.ws_col : env_number("COLUMNS", 80);
		return;
	}
	*rows = size.ws_row;
	*cols = size.ws_col;
	/* Memory for the cells of a window that somebody made up is not worth having. */
	if (*rows > TERMINAL_SIDE_MAX)
		*rows = TERMINAL_SIDE_MAX;
	if (*cols > TERMINAL_SIDE_MAX)
		*cols = TERMINAL_SIDE_MAX;
}
