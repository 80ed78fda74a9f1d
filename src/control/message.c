#include "control/message.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/text.h"
#include "control/base64.h"

/* A JSON string of any text: what is no UTF-8 is made visible first. */
static json_t *
message_text(const char *text)
{
	json_t *value = json_string(text);
	if (value == NULL) {
		struct buf clean = BUF_INIT;
		text_escape(&clean, text, strlen(text), true);
		value = json_string(buf_str(&clean));
		buf_release(&clean);
	}
	return value;
}

/* Appends the object as a line and releases it. */
static void
message_dump(json_t *object, struct buf *to)
{
	char *line = json_dumps(object, JSON_COMPACT);
	buf_add_str(to, line);
	buf_add_char(to, '\n');
	free(line);
	json_decref(object);
}

static json_t *
message_new(int id)
{
	json_t *object = json_object();
	json_object_set_new(object, "v", json_integer(CONTROL_VERSION));
	json_object_set_new(object, "id", json_integer(id));
	return object;
}

void
control_ask_release(struct control_ask *ask)
{
	if (ask == NULL)
		return;
	char **targets = (char **)ask->request.targets;
	for (size_t i = 0; targets != NULL && targets[i] != NULL; i++)
		free(targets[i]);
	free(targets);
	free((char *)ask->request.bytes);
	*ask = (struct control_ask){ 0 };
}

void
control_ask_encode(const struct control_ask *ask, struct buf *to)
{
	const struct request *request = &ask->request;
	json_t *object = message_new(ask->id);
	json_object_set_new(object, "do", json_string(ask->is_attach ? "attach" :
	    request_infos[request->verb].name));
	if (!ask->is_attach && request->targets != NULL) {
		json_t *targets = json_array();
		for (size_t i = 0; request->targets[i] != NULL; i++)
			json_array_append_new(targets, message_text(request->targets[i]));
		json_object_set_new(object, "targets", targets);
	}
	if (!ask->is_attach && request->verb == REQUEST_INPUT) {
		struct buf data = BUF_INIT;
		base64_encode(&data, request->bytes, request->len);
		json_object_set_new(object, "data", json_string(buf_str(&data)));
		buf_release(&data);
	}
	if (!ask->is_attach && request->verb == REQUEST_RESIZE) {
		json_object_set_new(object, "rows", json_integer(request->rows));
		json_object_set_new(object, "cols", json_integer(request->cols));
	}
	message_dump(object, to);
}

/* Parses a line into an object and checks its id and version; *id is set as far as it could
 * be read. NULL with err set. */
static json_t *
message_load(const char *line, size_t len, int *id, struct err *err)
{
	*id = 0;
	if (len > CONTROL_LINE_MAX) {
		err_set(err, "message of %zu bytes is over the limit of %zu", len,
		    CONTROL_LINE_MAX);
		return NULL;
	}
	json_error_t why;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(object)) {
		err_set(err, "not a message: %s", object == NULL ? why.text :
		    "an object is expected");
		json_decref(object);
		return NULL;
	}
	json_int_t number = json_integer_value(json_object_get(object, "id"));
	if (number >= 1 && number <= INT_MAX)
		*id = (int)number;
	json_t *version = json_object_get(object, "v");
	if (!json_is_integer(version)) {
		err_set(err, "message without a version 'v'");
	} else if (json_integer_value(version) != CONTROL_VERSION) {
		err_set(err, "the message has version %lld and this seqdeck (%s) speaks "
		    "version %d: use the same seqdeck on both sides",
		    (long long)json_integer_value(version), SEQDECK_VERSION, CONTROL_VERSION);
	} else {
		return object;
	}
	json_decref(object);
	return NULL;
}

static int
message_read_targets(const json_t *object, struct request *request, struct err *err)
{
	const json_t *list = json_object_get(object, "targets");
	if (list == NULL)
		return 0;
	size_t count = json_array_size(list);
	if (!json_is_array(list))
		return err_set(err, "'targets' is not a list");
	if (count > REQUEST_TARGETS_MAX)
		return err_set(err, "%zu targets are over the limit of %d", count,
		    REQUEST_TARGETS_MAX);
	char **targets = mem_array(count + 1, sizeof(*targets));
	request->targets = (const char *const *)targets;
	for (size_t i = 0; i < count; i++) {
		const char *target = json_string_value(json_array_get(list, i));
		if (target == NULL)
			return err_set(err, "a target is not a text");
		targets[i] = mem_strdup(target);
	}
	return 0;
}

static int
message_read_data(const json_t *object, struct request *request, struct err *err)
{
	const json_t *data = json_object_get(object, "data");
	if (!json_is_string(data))
		return err_set(err, "input without 'data'");
	struct buf bytes = BUF_INIT;
	int rc = base64_decode(&bytes, json_string_value(data), json_string_length(data));
	if (rc != 0)
		err_set(err, "'data' is not base64");
	else if (bytes.len > REQUEST_INPUT_MAX)
		rc = err_set(err, "input of %zu bytes is over the limit of %zu", bytes.len,
		    REQUEST_INPUT_MAX);
	if (rc == 0) {
		request->len = bytes.len;
		request->bytes = buf_take(&bytes);
	}
	buf_release(&bytes);
	return rc;
}

static int
message_read_size(const json_t *object, struct request *request, struct err *err)
{
	json_int_t rows = json_integer_value(json_object_get(object, "rows"));
	json_int_t cols = json_integer_value(json_object_get(object, "cols"));
	if (rows < 1 || rows > 1000 || cols < 1 || cols > 1000)
		return err_set(err, "'rows' and 'cols' have to be 1 to 1000");
	request->rows = (int)rows;
	request->cols = (int)cols;
	return 0;
}

static int
message_read_ask(const json_t *object, struct control_ask *ask, struct err *err)
{
	const char *verb = json_string_value(json_object_get(object, "do"));
	if (ask->id == 0)
		return err_set(err, "'id' has to be 1 to %d", INT_MAX);
	if (verb == NULL)
		return err_set(err, "message without 'do'");
	if (strcmp(verb, "attach") == 0) {
		ask->is_attach = true;
		return 0;
	}
	int found = request_verb_find(verb);
	if (found < 0)
		return err_set(err, "'%s' is nothing that can be asked", verb);
	ask->request.verb = (enum request_verb)found;
	if (message_read_targets(object, &ask->request, err) != 0)
		return -1;
	if (found == REQUEST_INPUT)
		return message_read_data(object, &ask->request, err);
	if (found == REQUEST_RESIZE)
		return message_read_size(object, &ask->request, err);
	return 0;
}

int
control_ask_decode(const char *line, size_t len, struct control_ask *ask, struct err *err)
{
	*ask = (struct control_ask){ 0 };
	int id;
	json_t *object = message_load(line, len, &id, err);
	ask->id = id;
	if (object == NULL)
		return -1;
	int rc = message_read_ask(object, ask, err);
	json_decref(object);
	if (rc != 0) {
		control_ask_release(ask);
		ask->id = id;
	}
	return rc;
}

void
control_answer_encode(const struct control_answer *answer, struct buf *to)
{
	json_t *object = message_new(answer->id);
	json_object_set_new(object, "ok", json_boolean(answer->ok));
	if (answer->ok)
		json_object_set_new(object, "count", json_integer(answer->count));
	else
		json_object_set_new(object, "error", message_text(answer->error));
	message_dump(object, to);
}

int
control_answer_decode(const char *line, size_t len, struct control_answer *answer,
    struct err *err)
{
	int id;
	json_t *object = message_load(line, len, &id, err);
	if (object == NULL)
		return -1;
	struct control_answer read = { .id = id };
	const json_t *ok = json_object_get(object, "ok");
	const json_t *count = json_object_get(object, "count");
	const char *error = json_string_value(json_object_get(object, "error"));
	int rc = 0;
	if (!json_is_boolean(ok))
		rc = err_set(err, "answer without 'ok'");
	else if (json_is_true(ok) && !json_is_integer(count))
		rc = err_set(err, "answer without 'count'");
	else if (json_is_false(ok) && error == NULL)
		rc = err_set(err, "answer without 'error'");
	if (rc == 0) {
		read.ok = json_is_true(ok);
		read.count = read.ok ? (long)json_integer_value(count) : 0;
		if (!read.ok)
			snprintf(read.error, sizeof(read.error), "%s", error);
		*answer = read;
	}
	json_decref(object);
	return rc;
}
