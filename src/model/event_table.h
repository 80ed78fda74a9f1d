/*
 * The table of event fields and kinds: what event_encode and event_decode work from, and
 * what the manual page seqdeck-events(5) is made of.
 */
#ifndef SEQDECK_MODEL_EVENT_TABLE_H
#define SEQDECK_MODEL_EVENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

enum event_type {
	EVENT_TYPE_TEXT,	/* const char * */
	EVENT_TYPE_INT,	/* int */
	EVENT_TYPE_LONG,	/* int64_t */
	EVENT_TYPE_SECONDS,	/* int64_t microseconds; decimal seconds in the text form */
	EVENT_TYPE_STATE,	/* int, enum state; its name in the text form */
	EVENT_TYPE_BOOL,
	EVENT_TYPE_LIST,	/* const char *const *, NULL-terminated; an array of strings */
	EVENT_TYPE_VOCABULARY,	/* EVENT_VERSION; not kept in struct event */
};

struct event_field {
	const char *name;
	enum event_type type;
	size_t offset;	/* in struct event */
	/* Numbers: the range; what is below it is absent. Text and lists: max is the number
	 * of bytes in the text form behind which it is cut. */
	int64_t min, max;
	bool is_null_absent;	/* written as null when absent, else left out */
	const char *help;
};

enum event_field_id {
	EVENT_FIELD_SEQUENCE, EVENT_FIELD_STEP, EVENT_FIELD_ATTEMPT, EVENT_FIELD_STATE,
	EVENT_FIELD_REASON, EVENT_FIELD_CODE, EVENT_FIELD_SIGNAL, EVENT_FIELD_ERROR,
	EVENT_FIELD_SECONDS, EVENT_FIELD_BYTES, EVENT_FIELD_LINGERED, EVENT_FIELD_PID,
	EVENT_FIELD_START_TIME, EVENT_FIELD_BOOT, EVENT_FIELD_COMMAND, EVENT_FIELD_LOG,
	EVENT_FIELD_VOCABULARY, EVENT_FIELD_ID, EVENT_FIELD_TITLE, EVENT_FIELD_PLAN,
	EVENT_FIELD_VERSION, EVENT_FIELD_PARALLEL, EVENT_FIELD_TOTAL, EVENT_FIELD_COUNT,
	EVENT_FIELD_VERB, EVENT_FIELD_LEVEL, EVENT_FIELD_TEXT, EVENT_FIELD_TARGETS,
	EVENT_FIELD_STEPS, EVENT_FIELD_KINDS, EVENT_FIELD_NEEDS, EVENT_FIELD_AFTER,
};
#define EVENT_FIELDS (EVENT_FIELD_AFTER + 1)
#define EVENT_KIND_FIELDS_MAX 12

struct event_kind_info {
	const char *name;
	const char *help;	/* a sentence for the manual */
	size_t field_count, required_count;
	enum event_field_id fields[EVENT_KIND_FIELDS_MAX];	/* in the order of the line; the
								 * required ones first */
};

extern const struct event_field event_fields[EVENT_FIELDS];
extern const struct event_kind_info event_kinds[EVENT_KINDS];

/* Name of a field that the event's kind requires and that is absent, NULL when it is
 * complete. */
const char *event_missing_field(const struct event *event);

#endif
