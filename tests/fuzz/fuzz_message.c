/*
 * Any bytes as messages of the control socket, in both directions. What is accepted must
 * come back the same when it is written and read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "control/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two lists of targets are the same. */
static int
same_targets(const char *const *a, const char *const *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && *b && strcmp(*a, *b) == 0; a++, b++)
		;
	return !*a && !*b;
}

static void
try_ask(const char *line, size_t len)
{
	struct control_ask ask, again;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	if (control_ask_decode(line, len, &ask, &err) != 0) {
		if (!err.text[0] || ask.request.targets || ask.request.bytes)
			abort();
		return;
	}
	control_ask_encode(&ask, &text);
	/* A line may grow by being written, and be over the limit then. */
	if (text.len - 1 <= CONTROL_LINE_MAX) {
		if (control_ask_decode(text.data, text.len - 1, &again, NULL) != 0)
			abort();
		const struct request *a = &ask.request, *b = &again.request;
		if (ask.id != again.id || ask.is_attach != again.is_attach ||
		    a->verb != b->verb || a->len != b->len || a->rows != b->rows ||
		    a->cols != b->cols || !same_targets(a->targets, b->targets) ||
		    (a->len && memcmp(a->bytes, b->bytes, a->len) != 0))
			abort();
		control_ask_release(&again);
	}
	control_ask_release(&ask);
	buf_release(&text);
}

static void
try_answer(const char *line, size_t len)
{
	struct control_answer answer;
	struct buf text = BUF_INIT;
	if (control_answer_decode(line, len, &answer, NULL) != 0)
		return;
	control_answer_encode(&answer, &text);
	if (!memchr(text.data, '\n', text.len))
		abort();
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data;
	while (size > 0) {
		const char *end = memchr(at, '\n', size);
		size_t len = end ? (size_t)(end - at) : size;
		try_ask(at, len);
		try_answer(at, len);
		at += len + (end != NULL);
		size -= len + (end != NULL);
	}
	return 0;
}
