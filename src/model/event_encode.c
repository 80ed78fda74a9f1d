#include "model/event.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "model/event_table.h"
#include "model/json.h"

static int64_t
field_number(const struct event *event, const struct event_field *field)
{
	const char *at = (const char *)event + field->offset;
	if (field->type == EVENT_TYPE_LONG || field->type == EVENT_TYPE_SECONDS)
		return *(const int64_t *)at;
	if (field->type == EVENT_TYPE_BOOL)
		return *(const bool *)at;
	return *(const int *)at;
}

static bool
field_is_absent(const struct event *event, const struct event_field *field)
{
	switch (field->type) {
	case EVENT_TYPE_TEXT:
	case EVENT_TYPE_LIST:
		return !*(const void *const *)((const char *)event + field->offset);
	case EVENT_TYPE_INT:
	case EVENT_TYPE_LONG:
	case EVENT_TYPE_SECONDS:
	case EVENT_TYPE_STATE:
		return field_number(event, field) < field->min;
	case EVENT_TYPE_BOOL:
	case EVENT_TYPE_VOCABULARY:
		return false;
	}
	return false;
}

const char *
event_missing_field(const struct event *event)
{
	const struct event_kind_info *kind = &event_kinds[event->kind];
	for (size_t i = 0; i < kind->required_count; i++)
		if (field_is_absent(event, &event_fields[kind->fields[i]]))
			return event_fields[kind->fields[i]].name;
	return NULL;
}

/* How many bytes of s can stand before "…" for at most max bytes in quotes. */
static size_t
text_fits(const char *s, size_t max)
{
	struct buf one = BUF_INIT;
	size_t used = strlen("\"\"\xe2\x80\xa6"), at = 0;
	while (s[at]) {
		/* A whole character: the bytes behind its first one that only go on. */
		size_t n = 1;
		while (n < 4 && ((unsigned char)s[at + n] & 0xc0) == 0x80)
			n++;
		char c[5] = "";
		memcpy(c, s + at, n);
		buf_clear(&one);
		json_add_string(&one, c);
		if (used + one.len - 2 > max)
			break;
		used += one.len - 2;
		at += n;
	}
	buf_release(&one);
	return at;
}

/* Appends text of at most max bytes. Returns whether it was cut. */
static bool
add_text(struct buf *to, const char *s, size_t max)
{
	size_t start = to->len;
	json_add_string(to, s);
	if (to->len - start <= max)
		return false;
	struct buf cut = BUF_INIT;
	buf_add(&cut, s, text_fits(s, max));
	buf_add_str(&cut, "\xe2\x80\xa6");
	to->len = start;
	json_add_string(to, cut.data);
	buf_release(&cut);
	return true;
}

/* Appends a list of at most max bytes. Returns whether it was cut. */
static bool
add_list(struct buf *to, const char *const *list, size_t max)
{
	size_t start = to->len;
	buf_add_char(to, '[');
	for (size_t i = 0; list[i]; i++) {
		size_t before = to->len;
		if (i)
			buf_add_char(to, ',');
		json_add_string(to, list[i]);
		if (to->len - start + 1 > max) {
			to->len = before;
			buf_add_char(to, ']');
			return true;
		}
	}
	buf_add_char(to, ']');
	return false;
}

/* A number within the range that the reader accepts. */
static int64_t
clamp(int64_t value, int64_t max)
{
	return value > max ? max : value;
}

/* Appends the value of a field. Returns whether it was cut. */
static bool
add_value(struct buf *to, const struct event *event, const struct event_field *field)
{
	const char *at = (const char *)event + field->offset;
	int64_t number;
	switch (field->type) {
	case EVENT_TYPE_TEXT:
		return add_text(to, *(const char *const *)at, (size_t)field->max);
	case EVENT_TYPE_LIST:
		return add_list(to, *(const char *const *const *)at, (size_t)field->max);
	case EVENT_TYPE_STATE:
		number = field_number(event, field);
		assert(number < STATES);
		json_add_string(to, state_name((enum state)number));
		break;
	case EVENT_TYPE_SECONDS:
		json_add_seconds(to, clamp(field_number(event, field), field->max));
		break;
	case EVENT_TYPE_INT:
	case EVENT_TYPE_LONG:
		json_add_int(to, clamp(field_number(event, field), field->max));
		break;
	case EVENT_TYPE_BOOL:
		buf_add_str(to, field_number(event, field) ? "true" : "false");
		break;
	case EVENT_TYPE_VOCABULARY:
		json_add_int(to, EVENT_VERSION);
		break;
	}
	return false;
}

static void
add_key(struct buf *to, const char *name)
{
	buf_add(to, ",\"", 2);
	buf_add_str(to, name);
	buf_add(to, "\":", 2);
}

/* The members that every event has. */
static void
add_head(struct buf *to, const struct event *event, const char *name)
{
	char time[CLOCK_WALL_SIZE];
	clock_format_wall(event->wall_us, time, sizeof time);
	buf_add_str(to, "{\"n\":");
	json_add_int(to, (int64_t)event->number);
	buf_add_str(to, ",\"time\":\"");
	buf_add_str(to, time);
	buf_add_str(to, "\",\"mono\":");
	int64_t mono_us = event->mono_us < 0 ? 0 : event->mono_us;
	json_add_seconds(to, clamp(mono_us, EVENT_US_MAX));
	buf_add_str(to, ",\"event\":\"");
	buf_add_str(to, name);
	buf_add_char(to, '"');
}

/* Appends `,"crc":"…"}` and the newline for the line that begins at start. */
static void
add_checksum(struct buf *to, size_t start)
{
	static const char digits[] = "0123456789abcdef";
	uLong crc = crc32_z(0, (const Bytef *)to->data + start, to->len - start);
	char hex[8];
	for (int i = 7; i >= 0; i--, crc >>= 4)
		hex[i] = digits[crc & 15];
	buf_add_str(to, ",\"crc\":\"");
	buf_add(to, hex, sizeof hex);
	buf_add(to, "\"}\n", 3);
}

void
event_encode(const struct event *event, struct buf *to)
{
	const struct event_kind_info *kind = &event_kinds[event->kind];
	size_t start = to->len;
	bool is_cut = false;
	assert(!event_missing_field(event));
	buf_reserve(to, 512);
	add_head(to, event, kind->name);
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct event_field *field = &event_fields[kind->fields[i]];
		if (field_is_absent(event, field)) {
			if (!field->is_null_absent)
				continue;
			add_key(to, field->name);
			buf_add(to, "null", 4);
			continue;
		}
		add_key(to, field->name);
		is_cut |= add_value(to, event, field);
	}
	if (is_cut)
		buf_add_str(to, ",\"cut\":true");
	add_checksum(to, start);
}
