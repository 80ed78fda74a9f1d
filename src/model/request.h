/*
 * What a front end can ask of a run: one vocabulary for the command line, the keys of the
 * dashboard, the control socket, the journal and the engine.
 */
#ifndef SEQDECK_MODEL_REQUEST_H
#define SEQDECK_MODEL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum request_verb {
	REQUEST_RETRY,	/* run the step that failed, was cancelled or is held, again */
	REQUEST_SKIP,	/* leave the present step (stopping it) and go on with the next */
	REQUEST_CANCEL,	/* stop the sequence: TERM, after its grace time KILL */
	REQUEST_KILL,	/* stop the sequence with KILL at once */
	REQUEST_HOLD,	/* start no further step of the sequence */
	REQUEST_RELEASE,	/* the opposite of hold */
	REQUEST_INPUT,	/* bytes typed into the running step; exactly one target */
	REQUEST_RESIZE,	/* window size of the running step's terminal; one target */
	REQUEST_STOP,	/* end the engine when nothing runs any more; no target */
};
#define REQUEST_VERBS (REQUEST_STOP + 1)

struct request {
	enum request_verb verb;
	/* Each a sequence name, SEQUENCE/STEP, a glob over names (fnmatch), "@failed" or
	 * "@all". NULL-terminated. */
	const char *const *targets;
	const char *bytes;	/* REQUEST_INPUT: what was typed */
	size_t len;	/* at most REQUEST_INPUT_MAX */
	int rows, cols;	/* REQUEST_RESIZE: 1..1000 each */
};

#define REQUEST_INPUT_MAX ((size_t)64 << 10)
#define REQUEST_TARGETS_MAX 1000

struct request_info {
	const char *name;	/* "retry" */
	const char *help;	/* a phrase for help, manual and completion */
	bool is_command;	/* `seqdeck NAME [RUN] TARGET…` exists */
	const char *past;	/* "retried": "3 sequences retried" */
};

extern const struct request_info request_infos[REQUEST_VERBS];

/* The verb of a name, -1 when there is none. */
int request_verb_find(const char *name);

#endif
