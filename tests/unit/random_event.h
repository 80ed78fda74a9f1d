/*
 * Random events for property tests: every kind and field, with text of all sorts.
 */
#ifndef SEQDECK_TESTS_UNIT_RANDOM_EVENT_H
#define SEQDECK_TESTS_UNIT_RANDOM_EVENT_H

#include "base/clock.h"
#include "model/event_table.h"
#include "scratch.h"

#define RANDOM_LISTS 8
#define RANDOM_ITEMS 6

struct random_event {
	struct event event;
	char texts[64][96];
	size_t text_count;
	const char *lists[RANDOM_LISTS][RANDOM_ITEMS];
	size_t list_count;
};

/* A string of whole UTF-8 characters from several corners of Unicode. */
static inline const char *
random_text(struct random_event *random, uint64_t *dice)
{
	static const char *const parts[] = { "a", "web", " ", "\"", "\\", "/", "\n", "\t",
		"\x01", "\x1b[31m", "\x7f", "\xc2\x80", "\xc3\xa9", "\xe2\x82\xac",
		"\xe2\x80\xae", "\xef\xbf\xbd", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xef\xbb\xbf",
		"null", "{", "]", "\\u0041", ",\"crc\":\"00000000\"}" };
	char *text = random->texts[random->text_count++];
	*text = '\0';
	for (size_t i = scratch_pick(dice, 6); i > 0; i--)
		strcat(text, parts[scratch_pick(dice, sizeof parts / sizeof *parts)]);
	return text;
}

static inline const char *const *
random_list(struct random_event *random, uint64_t *dice)
{
	const char **list = random->lists[random->list_count++];
	size_t count = scratch_pick(dice, RANDOM_ITEMS);
	for (size_t i = 0; i < count; i++)
		list[i] = random_text(random, dice);
	list[count] = NULL;
	return list;
}

/* A number from min to max, the ends more often than not. */
static inline int64_t
random_number(uint64_t *dice, int64_t min, int64_t max)
{
	switch (scratch_pick(dice, 4)) {
	case 0:
		return min;
	case 1:
		return max;
	default:
		return min + (int64_t)(scratch_random(dice) % ((uint64_t)(max - min) + 1));
	}
}

static inline void
random_field(struct random_event *random, const struct event_field *field, uint64_t *dice)
{
	char *at = (char *)&random->event + field->offset;
	switch (field->type) {
	case EVENT_TYPE_TEXT:
		*(const char **)at = random_text(random, dice);
		break;
	case EVENT_TYPE_LIST:
		*(const char *const **)at = random_list(random, dice);
		break;
	case EVENT_TYPE_INT:
	case EVENT_TYPE_STATE:
		*(int *)at = (int)random_number(dice, field->min, field->max);
		break;
	case EVENT_TYPE_LONG:
	case EVENT_TYPE_SECONDS:
		*(int64_t *)at = random_number(dice, field->min, field->max);
		break;
	case EVENT_TYPE_BOOL:
		*(bool *)at = scratch_pick(dice, 2);
		break;
	case EVENT_TYPE_VOCABULARY:
		break;
	}
}

/* Fills an event of a random kind: what the kind requires, and about half of the rest. */
static inline void
random_event(struct random_event *random, uint64_t *dice)
{
	memset(random, 0, sizeof *random);
	event_init(&random->event, (enum event_kind)scratch_pick(dice, EVENT_KINDS));
	const struct event_kind_info *kind = &event_kinds[random->event.kind];
	random->event.number = (uint64_t)random_number(dice, 1, INT64_MAX);
	random->event.wall_us = random_number(dice, 0, CLOCK_WALL_MAX_US);
	random->event.mono_us = random_number(dice, 0, EVENT_US_MAX);
	for (size_t i = 0; i < kind->field_count; i++)
		if (i < kind->required_count || scratch_pick(dice, 2))
			random_field(random, &event_fields[kind->fields[i]], dice);
}

#endif
