#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "record/reader.h"
#include "record/steplog.h"
#include "ui/text.h"

#define PANE_COMMAND_BYTES 60	/* of a command that stand in a caption */

struct pane_segment {
	bool is_log;
	char *text;	/* path or caption */
};

struct pane *
pane_new(void)
{
	struct pane *pane = mem_alloc(sizeof *pane);
	pane->scrollback = scrollback_new();
	pane->screen = pane_screen_new(pane->scrollback);
	pane->is_stale = true;
	return pane;
}

static void
pane_clear_segments(struct pane *pane)
{
	for (size_t i = 0; i < pane->segment_count; i++)
		free(pane->segments[i].text);
	pane->segment_count = 0;
}

void
pane_free(struct pane *pane)
{
	if (!pane)
		return;
	pane_clear_segments(pane);
	pane_screen_free(pane->screen);
	scrollback_free(pane->scrollback);
	free(pane->segments);
	free(pane->watched);
	free(pane->cells);
	free(pane->info);
	free(pane);
}

/* Puts segment number `at` into the scrollback: new, or a caption with another text. */
static void
pane_set_segment(struct pane *pane, size_t at, bool is_log, const char *text)
{
	if (at < pane->segment_count) {
		struct pane_segment *have = &pane->segments[at];
		if (strcmp(have->text, text) == 0)
			return;
		if (!is_log && !have->is_log) {
			free(have->text);
			have->text = mem_strdup(text);
			scrollback_set_caption(pane->scrollback, at, text);
		}
		return;
	}
	if (pane->segment_count == pane->segment_cap) {
		pane->segment_cap = pane->segment_cap ? pane->segment_cap * 2 : 8;
		pane->segments = mem_grow(pane->segments, pane->segment_cap,
		    sizeof *pane->segments);
	}
	if (is_log)
		scrollback_add_log(pane->scrollback, text);
	else
		scrollback_add_caption(pane->scrollback, text);
	pane->segments[pane->segment_count++] =
	    (struct pane_segment){ is_log, mem_strdup(text) };
}

/* An attempt with the step it belongs to. */
struct pane_attempt {
	const struct run_step *step;
	const struct run_attempt *attempt;
	size_t step_index;
};

static int
pane_attempt_compare(const void *a, const void *b)
{
	const struct pane_attempt *x = a, *y = b;
	if (x->attempt->started_mono_us != y->attempt->started_mono_us)
		return x->attempt->started_mono_us < y->attempt->started_mono_us ? -1 : 1;
	if (x->step_index != y->step_index)
		return x->step_index < y->step_index ? -1 : 1;
	return x->attempt->number < y->attempt->number ? -1 : 1;
}

/* All attempts in the order in which they were started; the caller frees. */
static struct pane_attempt *
pane_attempts(const struct run_sequence *sequence, size_t *count)
{
	size_t n = 0;
	for (size_t i = 0; i < sequence->step_count; i++)
		n += sequence->steps[i].attempt_count;
	struct pane_attempt *list = mem_array(n + 1, sizeof *list);
	*count = 0;
	for (size_t i = 0; i < sequence->step_count; i++)
		for (size_t j = 0; j < sequence->steps[i].attempt_count; j++)
			list[(*count)++] = (struct pane_attempt){ &sequence->steps[i],
				&sequence->steps[i].attempts[j], i };
	qsort(list, *count, sizeof *list, pane_attempt_compare);
	return list;
}

/* Appends the beginning of a command's first line. */
static void
pane_add_command(const char *command, struct buf *text)
{
	size_t line = strcspn(command, "\n"), len = line;
	if (len > PANE_COMMAND_BYTES)
		for (len = PANE_COMMAND_BYTES; ((unsigned char)command[len] & 0xc0) == 0x80; )
			len--;
	buf_add_str(text, " · ");
	buf_add(text, command, len);
	if (len < line || command[line])
		buf_add_str(text, " …");
}

/* "install 3/9 · attempt 2 · 08:14:27 · dpkg -i …" */
static void
pane_caption(const struct pane_attempt *it, size_t step_count, struct buf *text)
{
	time_t seconds = (time_t)(it->attempt->started_wall_us / CLOCK_SECOND_US);
	struct tm tm;
	char at[16] = "";
	if (localtime_r(&seconds, &tm))
		strftime(at, sizeof at, "%H:%M:%S", &tm);
	buf_printf(text, "── %s %zu/%zu", it->step->name, it->step_index + 1, step_count);
	if (it->attempt->number > 1)
		buf_printf(text, " · attempt %d", it->attempt->number);
	buf_printf(text, " · %s", at);
	if (it->attempt->command)
		pane_add_command(it->attempt->command, text);
}

/* What is said below the output of an attempt that has ended otherwise than well. */
static bool
pane_end_caption(const struct pane_attempt *it, struct buf *text)
{
	if (!state_is_end(it->attempt->state) || it->attempt->state == STATE_OK)
		return false;
	char took[16];
	text_duration(it->attempt->duration_us, took, sizeof took);
	buf_printf(text, "── %s: ", it->step->name);
	run_attempt_outcome(it->attempt, text);
	if (it->attempt->duration_us >= CLOCK_SECOND_US)
		buf_printf(text, " after %s", took);
	return true;
}

static void
pane_watch(struct pane *pane, struct reader *reader, const char *log)
{
	if (pane->watched && log && strcmp(pane->watched, log) == 0)
		return;
	if (pane->watched)
		reader_unwatch(reader, pane->watched);
	free(pane->watched);
	pane->watched = mem_strdup(log);
	if (log)
		reader_watch(reader, log);
	pane->size_known = false;
}

void
pane_sync(struct pane *pane, struct reader *reader, const struct run_sequence *sequence)
{
	const char *log = NULL;
	size_t count, at = 0;
	if (pane->changed == sequence->changed && pane->shown != 0 && pane->watched)
		return;
	struct pane_attempt *attempts = pane_attempts(sequence, &count);
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < count; i++) {
		buf_clear(&text);
		pane_caption(&attempts[i], sequence->step_count, &text);
		pane_set_segment(pane, at++, false, buf_str(&text));
		if (attempts[i].attempt->log) {
			log = attempts[i].attempt->log;
			char *path = file_join(reader_dir(reader), log);
			pane_set_segment(pane, at++, true, path);
			free(path);
		}
		buf_clear(&text);
		if (pane_end_caption(&attempts[i], &text))
			pane_set_segment(pane, at++, false, buf_str(&text));
	}
	buf_release(&text);
	free(attempts);
	pane_watch(pane, reader, log);
	pane->changed = sequence->changed;
	pane->is_stale = true;
}

void
pane_find_size(struct pane *pane, struct reader *reader)
{
	struct steplog_mark *marks = NULL;
	size_t count = 0;
	pane->size_known = true;
	if (!pane->watched || steplog_read_marks(reader_dir(reader), pane->watched, &marks,
	    &count, NULL))
		return;
	for (size_t i = count; i-- > 0; )
		if (marks[i].kind == STEPLOG_RESIZE) {
			pane_screen_set_size(pane->screen, (int)(marks[i].detail >> 16),
			    (int)(marks[i].detail & 0xffff));
			pane_screen_set_resized(pane->screen, marks[i].offset);
			pane->is_stale = true;
			break;
		}
	free(marks);
}

bool
pane_update(struct pane *pane)
{
	struct pane_screen_news news = pane_screen_update(pane->screen);
	pane->has_more = news.more;
	if (news.changed)
		pane->is_stale = true;
	return pane->is_stale;
}

void
pane_fill(struct pane *pane, int rows, int cols)
{
	if (rows < 1 || cols < 1)
		return;
	if (!pane->is_stale && pane->rows == rows && pane->cols == cols)
		return;
	if (pane->rows != rows || pane->cols != cols) {
		free(pane->cells);
		free(pane->info);
		pane->cells = mem_array((size_t)rows * (size_t)cols, sizeof *pane->cells);
		pane->info = mem_array((size_t)rows, sizeof *pane->info);
		pane->rows = rows;
		pane->cols = cols;
	}
	if (pane_screen_is_terminal(pane->screen)) {
		pane->used = pane_screen_fill(pane->screen, rows, cols, true, pane->cells, NULL,
		    NULL);
		for (int i = 0; i < rows; i++)
			pane->info[i].kind = SCROLLBACK_ROW_TEXT;
	} else {
		struct scrollback_window window = { rows, cols, true, 0 };
		pane->used = scrollback_fill_bottom(pane->scrollback, &window, pane->cells,
		    pane->info, NULL, NULL);
	}
	pane->is_stale = false;
}

void
pane_rest(struct pane *pane, struct reader *reader)
{
	pane_watch(pane, reader, NULL);
	pane_screen_rest(pane->screen);
	scrollback_rest(pane->scrollback);
	free(pane->cells);
	free(pane->info);
	pane->cells = NULL;
	pane->info = NULL;
	pane->rows = pane->cols = pane->used = 0;
	pane->is_stale = true;
	pane->shown = 0;
}

void
pane_look_at_clock(struct pane *pane, struct reader *reader)
{
	struct stat st;
	if (!pane->watched)
		return;
	if (!pane->size_known && pane_screen_is_terminal(pane->screen))
		pane_find_size(pane, reader);
	char *path = file_join(reader_dir(reader), pane->watched);
	if (stat(path, &st) == 0)
		pane->output_wall_us = (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND_US +
		    st.st_mtim.tv_nsec / 1000;
	free(path);
}
