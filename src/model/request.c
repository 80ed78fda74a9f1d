#include "model/request.h"

#include <string.h>

const struct request_info request_infos[REQUEST_VERBS] = {
	[REQUEST_RETRY] = { "retry",
	    "run the step that failed, was cancelled or is held, again", true, "retried" },
	[REQUEST_SKIP] = { "skip",
	    "leave the present step and go on with the next", true, "skipped" },
	[REQUEST_CANCEL] = { "cancel",
	    "stop the sequence: TERM, and KILL after the grace time", true, "cancelled" },
	[REQUEST_KILL] = { "kill",
	    "stop the sequence with KILL at once", true, "killed" },
	[REQUEST_HOLD] = { "hold",
	    "start no further step of the sequence", true, "held" },
	[REQUEST_RELEASE] = { "release",
	    "let a held sequence go on", true, "released" },
	[REQUEST_INPUT] = { "input",
	    "type into the running step", false, "typed into" },
	[REQUEST_RESIZE] = { "resize",
	    "set the size of the running step's terminal", false, "resized" },
	[REQUEST_STOP] = { "stop",
	    "end the engine when nothing runs any more", false, "stopped" },
};

int
request_verb_find(const char *name)
{
	for (int i = 0; i < REQUEST_VERBS; i++)
		if (strcmp(request_infos[i].name, name) == 0)
			return i;
	return -1;
}
