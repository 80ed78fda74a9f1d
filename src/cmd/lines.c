#include "cmd/lines.h"

#include <langinfo.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static const char *const lines_signs[][2] = {
	[LINES_BAR] = { "|", "│" },
	[LINES_START] = { ">", "▸" },
	[LINES_OK] = { "+", "✓" },
	[LINES_BAD] = { "x", "✗" },
	[LINES_RETRY] = { "~", "↻" },
	[LINES_HELD] = { "=", "‖" },
	[LINES_SKIPPED] = { "-", "–" },
	[LINES_NOTE] = { "*", "•" },
};

void
lines_init(struct lines *lines)
{
	*lines = (struct lines){ .is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 };
}

/* Appends a name and pads it to width columns and a blank. */
static void
lines_padded(const char *name, size_t width, struct buf *to)
{
	size_t before = to->len;
	text_escape(to, name, strlen(name), false);
	size_t columns = to->len > before ? text_columns(to->data + before) : 0;
	buf_printf(to, "%*s", (int)(columns < width ? width - columns : 0) + 1, "");
}

/* Begins a line: names, sign, blank. step may be NULL. */
static void
lines_begin(const struct lines *lines, const char *sequence, const char *step,
    enum lines_sign sign, struct buf *to)
{
	lines_padded(sequence, lines->name_width, to);
	if (step != NULL)
		lines_padded(step, lines->step_width, to);
	buf_add_str(to, lines_signs[sign][lines->is_utf8]);
	buf_add_char(to, ' ');
}

void
lines_prefix(const struct lines *lines, const char *sequence, const char *step,
    struct buf *to)
{
	lines_begin(lines, sequence, step, LINES_BAR, to);
}

/* Appends one line of text: of several lines the first, with a mark. */
static void
lines_text(const char *text, struct buf *to)
{
	size_t len = strcspn(text, "\n");
	text_escape(to, text, len, false);
	if (text[len] != '\0')
		buf_add_str(to, " ...");
}

static void
lines_widen(size_t *width, const char *name, size_t limit)
{
	size_t columns = text_columns(name);
	if (columns > limit)
		columns = limit;
	if (columns > *width)
		*width = columns;
}

static void
lines_added(struct lines *lines, const struct event *event)
{
	lines_widen(&lines->name_width, event->sequence, LINES_NAME_MAX);
	for (size_t i = 0; event->steps != NULL && event->steps[i] != NULL; i++)
		lines_widen(&lines->step_width, event->steps[i], LINES_STEP_MAX);
}

static void
lines_starting(const struct lines *lines, const struct event *event, struct buf *to)
{
	lines_begin(lines, event->sequence, event->step, LINES_START, to);
	if (event->attempt > 1)
		buf_printf(to, "attempt %d: ", event->attempt);
	lines_text(event->command != NULL ? event->command : "", to);
	buf_add_char(to, '\n');
}

static void
lines_ended(const struct lines *lines, const struct run *run, const struct event *event,
    struct buf *to)
{
	enum lines_sign sign = event->state == STATE_OK ? LINES_OK : LINES_BAD;
	lines_begin(lines, event->sequence, event->step, sign, to);
	const struct run_sequence *sequence = run_find(run, event->sequence);
	const struct run_attempt *attempt = NULL;
	for (size_t i = 0; sequence != NULL && i < sequence->step_count; i++)
		if (strcmp(sequence->steps[i].name, event->step) == 0)
			attempt = run_last_attempt(&sequence->steps[i]);
	struct buf outcome = BUF_INIT;
	if (attempt != NULL)
		run_attempt_outcome(attempt, &outcome);
	else
		buf_add_str(&outcome, event->state < 0 ? "ended" :
		    state_name((enum state)event->state));
	lines_text(buf_str(&outcome), to);
	buf_release(&outcome);
	if (event->duration_us >= 0 && event->state != STATE_TIMED_OUT) {
		char took[16];
		clock_format_duration(event->duration_us, took, sizeof(took));
		buf_printf(to, " after %s", took);
	}
	if (event->lingered)
		buf_add_str(to, ", and something else kept its output open");
	buf_add_char(to, '\n');
}

/* The sign of a state that is told, -1 for those that are not. */
static int
lines_state_sign(int state)
{
	switch (state) {
	case STATE_HELD:
		return LINES_HELD;
	case STATE_RETRYING:
		return LINES_RETRY;
	case STATE_OK:
		return LINES_OK;
	case STATE_FAILED:
	case STATE_CANCELLED:
		return LINES_BAD;
	case STATE_SKIPPED:
		return LINES_SKIPPED;
	default:
		return -1;
	}
}

static void
lines_state(const struct lines *lines, const struct event *event, struct buf *to)
{
	int sign = lines_state_sign(event->state);
	if (sign < 0)
		return;
	lines_begin(lines, event->sequence, NULL, (enum lines_sign)sign, to);
	buf_add_str(to, state_name((enum state)event->state));
	if (event->state == STATE_RETRYING && event->duration_us >= 0) {
		char pause[16];
		clock_format_duration(event->duration_us, pause, sizeof(pause));
		buf_printf(to, " in %s", pause);
	}
	if (event->reason != NULL) {
		buf_add_str(to, ": ");
		lines_text(event->reason, to);
	}
	buf_add_char(to, '\n');
}

/* A line about the run itself. */
static void
lines_about(const struct lines *lines, const char *what, const char *text, struct buf *to)
{
	buf_printf(to, "%s ", lines_signs[LINES_NOTE][lines->is_utf8]);
	lines_text(what, to);
	if (text != NULL) {
		buf_add_str(to, *what != '\0' ? ": " : "");
		lines_text(text, to);
	}
	buf_add_char(to, '\n');
}

static void
lines_request(const struct lines *lines, const struct event *event, struct buf *to)
{
	struct buf text = BUF_INIT;
	buf_add_str(&text, event->verb != NULL ? event->verb : "");
	for (size_t i = 0; event->targets != NULL && event->targets[i] != NULL; i++)
		buf_printf(&text, " %s", event->targets[i]);
	lines_about(lines, "asked", buf_str(&text), to);
	buf_release(&text);
}

static void
lines_run_started(const struct lines *lines, const struct event *event, struct buf *to)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s, %lld sequence%s", event->title != NULL ? event->title : "",
	    (long long)event->total, event->total == 1 ? "" : "s");
	if (event->parallel > 0)
		buf_printf(&text, ", at most %d at once", event->parallel);
	struct buf what = BUF_INIT;
	buf_printf(&what, "run %s", event->id != NULL ? event->id : "");
	lines_about(lines, buf_str(&what), buf_str(&text), to);
	buf_release(&what);
	buf_release(&text);
}

void
lines_event(struct lines *lines, const struct run *run, const struct event *event,
    struct buf *to)
{
	switch (event->kind) {
	case EVENT_RUN_STARTED:
		lines_run_started(lines, event, to);
		break;
	case EVENT_SEQUENCE_ADDED:
		lines_added(lines, event);
		break;
	case EVENT_ENGINE_STARTED:
		if (lines->engines++ > 0)
			lines_about(lines, "an engine has taken the run up again", NULL, to);
		break;
	case EVENT_SEQUENCE_STATE:
		lines_state(lines, event, to);
		break;
	case EVENT_STEP_STARTING:
		lines_starting(lines, event, to);
		break;
	case EVENT_STEP_ENDED:
		lines_ended(lines, run, event, to);
		break;
	case EVENT_REQUEST:
		lines_request(lines, event, to);
		break;
	case EVENT_NOTE:
		lines_about(lines, event->level != NULL ? event->level : "note", event->text,
		    to);
		break;
	case EVENT_RUN_STATE:
		if (event->state == STATE_HELD)
			lines_about(lines, "the run is held", event->reason, to);
		break;
	case EVENT_STEP_STARTED:
	case EVENT_ENGINE_STOPPED:
		break;
	}
}
