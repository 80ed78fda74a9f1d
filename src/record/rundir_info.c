#include "record/rundir_private.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/json.h"
#include "record/record_file.h"

#define INFO_FORMAT 1	/* of run.json */

static void
strings_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void
rundir_info_release(struct rundir_info *info)
{
	free(info->id);
	free(info->title);
	free(info->plan);
	free(info->plan_dir);
	free(info->version);
	strings_free(info->set_names);
	strings_free(info->set_values);
	strings_free(info->only);
	*info = (struct rundir_info){ 0 };
}

static void
add_member(struct buf *to, const char *name, const char *text)
{
	if (!text)
		return;
	buf_printf(to, ",\n  \"%s\": ", name);
	json_add_bytes(to, text);
}

void
rundir_info_encode(const struct rundir_info *info, struct buf *to)
{
	char time[CLOCK_WALL_SIZE];
	clock_format_wall(info->started_wall_us, time, sizeof time);
	buf_printf(to, "{\n  \"format\": %d", INFO_FORMAT);
	add_member(to, "id", info->id);
	add_member(to, "title", info->title);
	add_member(to, "plan", info->plan);
	add_member(to, "plan_dir", info->plan_dir);
	add_member(to, "version", info->version);
	add_member(to, "started", time);
	buf_printf(to, ",\n  \"parallel\": %d,\n  \"set\": {", info->parallel);
	for (size_t i = 0; info->set_names && info->set_names[i]; i++) {
		buf_add_str(to, i ? ", " : "");
		json_add_bytes(to, info->set_names[i]);
		buf_add_str(to, ": ");
		json_add_bytes(to, info->set_values[i]);
	}
	buf_add_str(to, "},\n  \"only\": [");
	for (size_t i = 0; info->only && info->only[i]; i++) {
		buf_add_str(to, i ? ", " : "");
		json_add_bytes(to, info->only[i]);
	}
	buf_add_str(to, "]\n}\n");
}

/* Adds a copy of text to a NULL-terminated list of count strings. */
static void
strings_add(char ***list, size_t count, const char *text)
{
	*list = mem_grow(*list, count + 2, sizeof **list);
	(*list)[count] = mem_strdup(text);
	(*list)[count + 1] = NULL;
}

static int
read_set(struct json_reader *json, struct rundir_info *info)
{
	const char *name, *value;
	bool is_first = true;
	size_t count = 0;
	int more = json_open(json, '{') < 0 ? -1 : 1;
	while (more > 0 && (more = json_next_member(json, &is_first, &name)) > 0) {
		if (json_read_string(json, &value) < 0)
			return -1;
		strings_add(&info->set_names, count, name);
		strings_add(&info->set_values, count++, value);
	}
	return more;
}

static int
read_only(struct json_reader *json, struct rundir_info *info)
{
	const char *value;
	bool is_first = true;
	size_t count = 0;
	int more = json_open(json, '[') < 0 ? -1 : 1;
	while (more > 0 && (more = json_next_item(json, &is_first)) > 0) {
		if (json_read_string(json, &value) < 0)
			return -1;
		strings_add(&info->only, count++, value);
	}
	return more;
}

static int
read_format(struct json_reader *json, int64_t *format, struct err *err)
{
	if (json_read_int(json, format) < 0)
		return -1;
	if (*format > INFO_FORMAT)
		return err_set(err, "written by a newer seqdeck (format %" PRId64
		    "; this one reads up to %d)", *format, INFO_FORMAT);
	return 0;
}

/* Reads the value of one member; what is not known is passed over. */
static int
read_member(struct json_reader *json, const char *key, struct rundir_info *info,
    int64_t *format, struct err *err)
{
	const struct { const char *name; char **to; } texts[] = {
		{ "id", &info->id }, { "title", &info->title }, { "plan", &info->plan },
		{ "plan_dir", &info->plan_dir }, { "version", &info->version },
	};
	const char *text;
	int64_t number;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(key, texts[i].name) == 0) {
			if (json_read_string(json, &text) < 0)
				return -1;
			free(*texts[i].to);
			*texts[i].to = mem_strdup(text);
			return 0;
		}
	if (strcmp(key, "format") == 0)
		return read_format(json, format, err);
	if (strcmp(key, "started") == 0)
		return json_read_string(json, &text) < 0 ? -1 :
		    clock_parse_wall(text, &info->started_wall_us, err);
	if (strcmp(key, "set") == 0)
		return info->set_names ? -1 : read_set(json, info);
	if (strcmp(key, "only") == 0)
		return info->only ? -1 : read_only(json, info);
	if (strcmp(key, "parallel") != 0)
		return json_skip(json);
	if (json_read_int(json, &number) < 0 || number < 0 || number > INT_MAX)
		return -1;
	info->parallel = (int)number;
	return 0;
}

/* Reads the text of run.json; -1 with err set. */
static int
info_decode(const struct buf *text, struct rundir_info *info, struct err *err)
{
	char *store = mem_alloc(text->len + 1);
	struct json_reader json = { .p = buf_str(text), .end = buf_str(text) + text->len,
		.store = store, .keeps_bytes = true };
	const char *key;
	bool is_first = true;
	int64_t format = 0;
	int more = json_open(&json, '{') < 0 ? -1 : 1;
	err_set(err, "not the JSON of a run");
	while (more > 0 && (more = json_next_member(&json, &is_first, &key)) > 0)
		if (read_member(&json, key, info, &format, err) < 0)
			more = -1;
	if (more == 0 && (!json_at_end(&json) || format < 1 || !info->id))
		more = -1;
	free(store);
	return more;
}

int
rundir_read_info(const char *dir, struct rundir_info *info, struct err *err)
{
	char *path = file_join(dir, RECORD_INFO);
	struct buf text = BUF_INIT;
	struct rundir_info read = { 0 };
	struct err local = ERR_INIT;
	int fd = record_open(path, O_RDONLY, err), rc = -1;
	if (fd >= 0 && record_pread_all(fd, 0, RUNDIR_INFO_MAX + 1, &text) < 0)
		err_errno(err, "cannot read '%s'", path);
	else if (fd >= 0 && text.len > RUNDIR_INFO_MAX)
		err_set(err, "'%s' is larger than %zu bytes", path, RUNDIR_INFO_MAX);
	else if (fd >= 0 && info_decode(&text, &read, &local) < 0)
		err_set(err, "cannot use '%s': %s", path, local.text);
	else
		rc = fd >= 0 ? 0 : -1;
	if (fd >= 0)
		close(fd);
	if (rc == 0)
		*info = read;
	else
		rundir_info_release(&read);
	buf_release(&text);
	free(path);
	return rc;
}
