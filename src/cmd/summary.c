#include "cmd/summary.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/counts.h"
#include "cmd/which.h"

#define SUMMARY_TAIL ((size_t)8 << 10)	/* bytes of a log's end that are looked at */

/* The last bytes of a file, from a line's beginning. */
static void
summary_read_tail(const char *path, struct buf *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		off_t from = st.st_size > (off_t)SUMMARY_TAIL ?
		    st.st_size - (off_t)SUMMARY_TAIL : 0;
		ssize_t n = pread(fd, buf_reserve(to, SUMMARY_TAIL), SUMMARY_TAIL, from);
		if (n > 0)
			to->len += (size_t)n;
		char *end = from > 0 ? memchr(to->data, '\n', to->len) : NULL;
		if (end != NULL)
			buf_drop(to, (size_t)(end - to->data) + 1);
	}
	close(fd);
}

/* Appends the last lines of a log, each indented. */
static void
summary_add_lines(const char *path, struct buf *to)
{
	struct buf raw = BUF_INIT, clean = BUF_INIT;
	summary_read_tail(path, &raw);
	while (raw.len > 0 && strchr("\r\n", raw.data[raw.len - 1]) != NULL)
		raw.len--;
	if (raw.len > 0)
		text_clean(&clean, raw.data, raw.len);
	size_t from = clean.len;
	for (int lines = 0; from > 0 && lines < SUMMARY_LINES; lines++) {
		const char *before = memrchr(clean.data, '\n', from - 1);
		from = before == NULL ? 0 : (size_t)(before - clean.data) + 1;
		if (from > 0 && lines + 1 < SUMMARY_LINES)
			continue;
		break;
	}
	const char *line = buf_str(&clean) + from;
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");
		buf_add_str(to, "      ");
		buf_add(to, line, len);
		buf_add_char(to, '\n');
		line += len + (line[len] == '\n');
	}
	buf_release(&raw);
	buf_release(&clean);
}

static void
summary_add_text(const char *text, struct buf *to)
{
	text_escape(to, text, strlen(text), false);
}

/* The last attempt of the present step, NULL when there is none. */
static const struct run_attempt *
summary_attempt(const struct run_sequence *sequence)
{
	const struct run_step *step = run_present_step(sequence);
	return step == NULL ? NULL : run_last_attempt(step);
}

static void
summary_add_sequence(const struct run_sequence *sequence, const char *dir, struct buf *to)
{
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = summary_attempt(sequence);
	buf_printf(to, "\n  %s ", state_name(sequence->state));
	summary_add_text(sequence->name, to);
	if (step != NULL && attempt != NULL) {
		buf_printf(to, ", step %zu ", sequence->step_index + 1);
		summary_add_text(step->name, to);
		if (attempt->number > 1)
			buf_printf(to, ", attempt %d", attempt->number);
		buf_add_str(to, ": ");
		struct buf outcome = BUF_INIT;
		run_attempt_outcome(attempt, &outcome);
		summary_add_text(buf_str(&outcome), to);
		buf_release(&outcome);
	} else if (sequence->reason != NULL) {
		buf_add_str(to, ": ");
		summary_add_text(sequence->reason, to);
	}
	buf_add_char(to, '\n');
	if (attempt != NULL && attempt->log != NULL) {
		char *path = file_join(dir, attempt->log);
		summary_add_lines(path, to);
		buf_add_str(to, "      log: ");
		summary_add_text(path, to);
		buf_add_char(to, '\n');
		free(path);
	}
}

/* Whether a person should look at it. */
static bool
summary_is_bad(const struct run_sequence *sequence)
{
	return sequence->state == STATE_FAILED || sequence->state == STATE_HELD ||
	    (sequence->state == STATE_CANCELLED && summary_attempt(sequence) != NULL);
}

static void
summary_add_bad(const struct run *run, const char *dir, struct buf *to)
{
	size_t count = 0;
	for (size_t i = 0; i < run->sequence_count; i++) {
		if (!summary_is_bad(&run->sequences[i]))
			continue;
		if (count++ < SUMMARY_FAILURES_MAX)
			summary_add_sequence(&run->sequences[i], dir, to);
	}
	if (count > SUMMARY_FAILURES_MAX)
		buf_printf(to, "\n  and %zu more: see 'seqdeck status'\n",
		    count - SUMMARY_FAILURES_MAX);
	if (count > 0)
		buf_add_char(to, '\n');
}

void
summary_format(const struct run *run, const char *dir, bool is_live, struct buf *to)
{
	char *name = which_name(dir);
	char took[16];
	bool is_over = state_is_end(run->state);
	int64_t end_us = run->ended_mono_us != 0 ? run->ended_mono_us :
	    is_live ? clock_mono_us() : run->last_mono_us;
	clock_format_duration(end_us - run->started_mono_us, took, sizeof(took));
	buf_printf(to, "%s", is_over ? "run " : is_live ? "run goes on: " : "run is gone: ");
	summary_add_text(run->title != NULL ? run->title : "", to);
	if (is_over)
		buf_printf(to, " %s", state_name(run->state));
	buf_printf(to, " after %s: ", took);
	counts_format(run->counts, to);
	buf_add_char(to, '\n');
	summary_add_bad(run, dir, to);
	if (!is_over && !is_live)
		buf_printf(to, "its engine has gone; go on with: seqdeck resume %s\n", name);
	else if (run->counts[STATE_FAILED] > 0)
		buf_printf(to, "try again what failed: seqdeck retry %s @failed\n", name);
	buf_printf(to, "%s: seqdeck attach %s\n", is_over ? "look at it" : "come back", name);
	free(name);
}
