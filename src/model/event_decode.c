#include "model/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/event_table.h"
#include "model/json.h"

/* `,"crc":"89abcdef"}` */
#define CRC_KEY ",\"crc\":\""
#define CRC_KEY_LEN (sizeof CRC_KEY - 1)
#define CRC_LEN (CRC_KEY_LEN + 8 + 2)

/* What is being read. */
struct decoding {
	struct json_reader json;
	struct event event;	/* filled as members are read */
	const struct event_kind_info *kind;	/* NULL before "event" was read */
	const char *unknown;	/* the name of a kind that we do not know */
	uint64_t seen;	/* bit per event_field_id */
	bool has_number, has_time, has_mono;
	size_t next;	/* index in kind->fields of what the writer puts next */
	const char **lists;	/* room for list pointers behind the strings */
	const char **lists_end;
};

bool
event_has_checksum(const char *line, size_t len)
{
	if (len < CRC_LEN + 1)
		return false;
	const char *tail = line + len - CRC_LEN;
	if (memcmp(tail, CRC_KEY, CRC_KEY_LEN) != 0 || memcmp(line + len - 2, "\"}", 2) != 0)
		return false;
	uLong crc = crc32_z(0, (const Bytef *)line, len - CRC_LEN), told = 0;
	for (int i = 0; i < 8; i++) {
		char c = tail[CRC_KEY_LEN + (size_t)i];
		if (c >= '0' && c <= '9')
			told = told << 4 | (uLong)(c - '0');
		else if (c >= 'a' && c <= 'f')
			told = told << 4 | (uLong)(c - 'a' + 10);
		else
			return false;
	}
	return told == crc;
}

static int
read_number(struct decoding *d, const struct event_field *field, int64_t *value,
    struct err *err)
{
	int rc = field->type == EVENT_TYPE_SECONDS ? json_read_seconds(&d->json, value) :
	    json_read_int(&d->json, value);
	if (rc < 0)
		return err_set(err, "'%s' is not a number as it should be", field->name);
	if (*value < field->min || *value > field->max)
		return err_set(err, "'%s' is %" PRId64 ", out of range", field->name, *value);
	return 0;
}

/* Reads an array of strings into the room for lists. */
static int
read_list(struct decoding *d, const struct event_field *field, struct err *err)
{
	const char *const **to = (const char *const **)((char *)&d->event + field->offset);
	const char **start = d->lists;
	bool is_first = true;
	int more = json_open(&d->json, '[') < 0 ? -1 : 1;
	while (more > 0 && (more = json_next_item(&d->json, &is_first)) > 0) {
		if (d->lists_end - d->lists < 2)
			more = -1;
		else if (json_read_string(&d->json, d->lists) < 0)
			more = -1;
		else
			d->lists++;
	}
	if (more < 0 || d->lists == d->lists_end)
		return err_set(err, "'%s' is not a list of strings", field->name);
	*d->lists++ = NULL;
	*to = start;
	return 0;
}

static int
read_state(struct decoding *d, const struct event_field *field, struct err *err)
{
	const char *name;
	if (json_read_string(&d->json, &name) < 0)
		return err_set(err, "'%s' is not a string", field->name);
	int state = state_find(name);
	if (state < 0)
		return err_set(err, "'%s' is no state", name);
	*(int *)((char *)&d->event + field->offset) = state;
	return 0;
}

static int
read_value(struct decoding *d, const struct event_field *field, struct err *err)
{
	char *at = (char *)&d->event + field->offset;
	int64_t number = 0;
	if (field->is_null_absent && json_read_null(&d->json))
		return 0;
	switch (field->type) {
	case EVENT_TYPE_TEXT:
		if (json_read_string(&d->json, (const char **)at) < 0)
			return err_set(err, "'%s' is not a string", field->name);
		return 0;
	case EVENT_TYPE_LIST:
		return read_list(d, field, err);
	case EVENT_TYPE_STATE:
		return read_state(d, field, err);
	case EVENT_TYPE_BOOL:
		if (json_read_bool(&d->json, (bool *)at) < 0)
			return err_set(err, "'%s' is not true or false", field->name);
		return 0;
	case EVENT_TYPE_INT:
		if (read_number(d, field, &number, err) < 0)
			return -1;
		*(int *)at = (int)number;
		return 0;
	case EVENT_TYPE_LONG:
	case EVENT_TYPE_SECONDS:
		return read_number(d, field, (int64_t *)at, err);
	case EVENT_TYPE_VOCABULARY:
		if (read_number(d, field, &number, err) < 0)
			return -1;
		if (number > EVENT_VERSION)
			return err_set(err, "written by a newer seqdeck (events of version "
			    "%" PRId64 "; this one reads up to %d)", number, EVENT_VERSION);
		return 0;
	}
	return 0;
}

/* The field of that name among those of the kind, -1 when it has none. The writer's order
 * is tried first. */
static int
find_field(struct decoding *d, const char *name)
{
	for (size_t i = 0; i < d->kind->field_count; i++) {
		size_t at = (d->next + i) % d->kind->field_count;
		int id = (int)d->kind->fields[at];
		if (strcmp(event_fields[id].name, name) == 0) {
			d->next = at + 1;
			return id;
		}
	}
	return -1;
}

static int
read_kind(struct decoding *d, struct err *err)
{
	const char *name;
	if (d->kind || d->unknown)
		return err_set(err, "'event' stands there twice");
	if (json_read_string(&d->json, &name) < 0)
		return err_set(err, "'event' is not a string");
	for (int i = 0; i < EVENT_KINDS; i++)
		if (strcmp(event_kinds[i].name, name) == 0) {
			d->kind = &event_kinds[i];
			d->event.kind = (enum event_kind)i;
			return 0;
		}
	d->unknown = name;
	return 0;
}

static int
read_time(struct decoding *d, struct err *err)
{
	const char *text;
	if (d->has_time)
		return err_set(err, "'time' stands there twice");
	d->has_time = true;
	if (json_read_string(&d->json, &text) < 0)
		return err_set(err, "'time' is not a string");
	return clock_parse_wall(text, &d->event.wall_us, err);
}

static int
read_head_number(struct decoding *d, struct err *err)
{
	int64_t number;
	if (d->has_number)
		return err_set(err, "'n' stands there twice");
	d->has_number = true;
	if (json_read_int(&d->json, &number) < 0 || number < 1)
		return err_set(err, "'n' is not a number from 1");
	d->event.number = (uint64_t)number;
	return 0;
}

static int
read_mono(struct decoding *d, struct err *err)
{
	if (d->has_mono)
		return err_set(err, "'mono' stands there twice");
	d->has_mono = true;
	if (json_read_seconds(&d->json, &d->event.mono_us) < 0 ||
	    d->event.mono_us > EVENT_US_MAX)
		return err_set(err, "'mono' is not a number of seconds");
	return 0;
}

static int
read_member(struct decoding *d, const char *key, struct err *err)
{
	if (!d->kind) {
		if (strcmp(key, "n") == 0)
			return read_head_number(d, err);
		if (strcmp(key, "time") == 0)
			return read_time(d, err);
		if (strcmp(key, "mono") == 0)
			return read_mono(d, err);
	}
	if (strcmp(key, "event") == 0)
		return read_kind(d, err);
	int id = d->kind ? find_field(d, key) : -1;
	if (id < 0)
		return json_skip(&d->json) < 0 ? err_set(err, "'%s' is not JSON", key) : 0;
	if (d->seen & UINT64_C(1) << id)
		return err_set(err, "'%s' stands there twice", key);
	d->seen |= UINT64_C(1) << id;
	return read_value(d, &event_fields[id], err);
}

/* Whether everything that the kind must have was there. */
static int
check_complete(const struct decoding *d, struct err *err)
{
	if (!d->has_number || !d->has_time || !d->has_mono)
		return err_set(err, "'%s' is missing", !d->has_number ? "n" :
		    !d->has_time ? "time" : "mono");
	if (!d->kind)
		return d->unknown ? 1 : err_set(err, "'event' is missing");
	for (size_t i = 0; i < d->kind->required_count; i++)
		if (!(d->seen & UINT64_C(1) << d->kind->fields[i]))
			return err_set(err, "'%s' is missing",
			    event_fields[d->kind->fields[i]].name);
	return 0;
}

static int
read_members(struct decoding *d, struct err *err)
{
	bool is_first = true;
	const char *key;
	int more = json_open(&d->json, '{') < 0 ? -1 : 1;
	while (more > 0) {
		char *store = d->json.store;
		more = json_next_member(&d->json, &is_first, &key);
		if (more <= 0)
			break;
		char *value = d->json.store;
		if (read_member(d, key, err) < 0)
			return -1;
		if (d->json.store == value)
			d->json.store = store;	/* the key is needed no more */
	}
	if (more < 0 || !json_at_end(&d->json))
		return err_set(err, "not JSON");
	return check_complete(d, err);
}

/* Bytes that the pointers of the lists can need: an item takes two quotes and a comma. */
static size_t
lists_room(const char *line, size_t len)
{
	return memchr(line, '[', len) ? (len / 3 + 8) * sizeof(char *) : 0;
}

int
event_decode(const char *line, size_t len, struct event *event, struct err *err)
{
	if (len >= EVENT_LINE_MAX)
		return err_set(err, "the line is longer than %zu bytes", EVENT_LINE_MAX);
	if (!event_has_checksum(line, len))
		return err_set(err, "the checksum does not match");
	size_t room = lists_room(line, len);
	struct decoding d = { 0 };
	event_init(&d.event, EVENT_RUN_STARTED);
	d.event.store = mem_grow(NULL, room + len + 1, 1);
	d.lists = d.event.store;
	d.lists_end = d.lists + room / sizeof(char *);
	d.json = (struct json_reader){ .p = line, .end = line + len,
		.store = (char *)d.event.store + room };
	int rc = read_members(&d, err);
	if (rc == 0)
		*event = d.event;
	else
		free(d.event.store);
	return rc;
}

void
event_release(struct event *event)
{
	free(event->store);
	event_init(event, event->kind);
}
