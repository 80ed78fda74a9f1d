#include "cmd/counts.h"

void
counts_format(const size_t counts[STATES], struct buf *to)
{
	static const enum state order[] = { STATE_OK, STATE_FAILED, STATE_CANCELLED,
		STATE_SKIPPED, STATE_HELD, STATE_RUNNING, STATE_RETRYING, STATE_QUEUED,
		STATE_WAITING };
	size_t before = to->len;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (counts[order[i]] > 0)
			buf_printf(to, "%s%zu %s", to->len > before ? ", " : "",
			    counts[order[i]], state_name(order[i]));
	if (to->len == before)
		buf_add_str(to, "no sequences");
}
