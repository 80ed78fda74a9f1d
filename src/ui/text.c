#include "ui/text.h"

#include <stdio.h>

#include "base/clock.h"

void
text_duration(int64_t us, char *text, size_t size)
{
	long long s = us < 0 ? 0 : us / CLOCK_SECOND_US;
	if (s < 60)
		snprintf(text, size, "%llds", s);
	else if (s < 3600)
		snprintf(text, size, "%lldm%02llds", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else
		snprintf(text, size, "%lldd%02lldh", s / 86400, s / 3600 % 24);
}

int64_t
sequence_elapsed_us(const struct run_sequence *sequence, int64_t now_mono_us)
{
	if (sequence->started_mono_us == 0)
		return -1;
	int64_t end = sequence->ended_mono_us ? sequence->ended_mono_us : now_mono_us;
	return end > sequence->started_mono_us ? end - sequence->started_mono_us : 0;
}

/* How the attempt ended that is to blame for a failed, held or retrying sequence. */
static void
text_of_outcome(const struct run_sequence *sequence, struct buf *to)
{
	const struct run_step *step = run_present_step(sequence);
	const struct run_attempt *attempt = step ? run_last_attempt(step) : NULL;
	if (attempt && state_is_end(attempt->state) && attempt->state != STATE_OK)
		run_attempt_outcome(attempt, to);
}

void
text_of_sequence(const struct run_sequence *sequence, int64_t now_mono_us, struct buf *to)
{
	char left[16];
	size_t before = to->len;
	switch (sequence->state) {
	case STATE_RETRYING:
		text_duration(sequence->retry_mono_us - now_mono_us + CLOCK_SECOND_US - 1, left,
		    sizeof left);
		text_of_outcome(sequence, to);
		buf_printf(to, "%sretry in %s", to->len > before ? ", " : "", left);
		return;
	case STATE_FAILED:
	case STATE_TIMED_OUT:
	case STATE_UNKNOWN:
		text_of_outcome(sequence, to);
		break;
	case STATE_HELD:
		text_of_outcome(sequence, to);
		break;
	case STATE_WAITING:
	case STATE_QUEUED:
	case STATE_RUNNING:
	case STATE_OK:
	case STATE_CANCELLED:
	case STATE_SKIPPED:
		break;
	}
	if (to->len == before && sequence->reason)
		buf_add_str(to, sequence->reason);
}
