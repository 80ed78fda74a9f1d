#include "record/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "record/record_file.h"

#define NAMED_MAX 5	/* runs named in a message */

void
rundir_entries_free(struct rundir_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(entries[i].dir);
		free(entries[i].id);
	}
	free(entries);
}

/* Newest first; of the same moment, the later id first. */
static int
entry_compare(const void *a, const void *b)
{
	const struct rundir_entry *x = a, *y = b;
	if (x->started_wall_us != y->started_wall_us)
		return x->started_wall_us < y->started_wall_us ? 1 : -1;
	return strcmp(y->id, x->id);
}

/* Fills entry when HOME/NAME is a run. */
static bool
entry_read(const char *home, const char *name, struct rundir_entry *entry)
{
	struct rundir_info info;
	if (name[0] == '.')
		return false;
	char *dir = file_join(home, name);
	if (rundir_read_info(dir, &info, NULL) < 0) {
		free(dir);
		return false;
	}
	/* By the name of its directory: that is what finds it. */
	*entry = (struct rundir_entry){ dir, mem_strdup(name), info.started_wall_us };
	rundir_info_release(&info);
	return true;
}

int
rundir_list(const char *home, struct rundir_entry **entries, size_t *count,
    struct err *err)
{
	struct rundir_entry *found = NULL;
	size_t found_count = 0, room = 0;
	DIR *dir = opendir(home);
	if (!dir && errno != ENOENT)
		return err_errno(err, "cannot read the directory '%s'", home);
	const struct dirent *name;
	while (dir && (name = readdir(dir))) {
		if (found_count == room) {
			room = room ? room * 2 : 16;
			found = mem_grow(found, room, sizeof *found);
		}
		if (entry_read(home, name->d_name, &found[found_count]))
			found_count++;
	}
	if (dir)
		closedir(dir);
	if (found_count)
		qsort(found, found_count, sizeof *found, entry_compare);
	*entries = found;
	*count = found_count;
	return 0;
}

/* A run that is given by its path. */
static char *
find_path(const char *path, struct err *err)
{
	struct rundir_info info;
	char *dir = realpath(path, NULL);
	if (!dir) {
		err_errno(err, "cannot open the run directory '%s'", path);
		return NULL;
	}
	if (rundir_read_info(dir, &info, err) < 0) {
		err_prefix(err, "'%s' is no run directory", path);
		free(dir);
		return NULL;
	}
	rundir_info_release(&info);
	return dir;
}

/* Says that several runs begin with prefix. */
static void
say_several(const struct rundir_entry *entries, size_t count, const char *prefix,
    struct err *err)
{
	struct buf names = BUF_INIT;
	size_t matches = 0;
	for (size_t i = 0; i < count; i++)
		if (strncmp(entries[i].id, prefix, strlen(prefix)) == 0 &&
		    matches++ < NAMED_MAX)
			buf_printf(&names, "%s%s", names.len ? ", " : "", entries[i].id);
	if (matches > NAMED_MAX)
		buf_printf(&names, " and %zu more", matches - NAMED_MAX);
	err_set(err, "'%s' is the beginning of %zu runs: %s", prefix, matches,
	    buf_str(&names));
	buf_release(&names);
}

/* The run that a name means among entries, NULL with err set. */
static const struct rundir_entry *
find_entry(const struct rundir_entry *entries, size_t count, const char *name,
    const char *home, struct err *err)
{
	const struct rundir_entry *match = NULL;
	if (!count)
		err_set(err, "there are no runs in '%s'", home);
	else if (!name)
		return &entries[0];
	size_t matches = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(entries[i].id, name) == 0)
			return &entries[i];
		if (strncmp(entries[i].id, name, strlen(name)) == 0) {
			match = &entries[i];
			matches++;
		}
	}
	if (matches == 1)
		return match;
	if (matches)
		say_several(entries, count, name, err);
	else if (count)
		err_set(err, "there is no run '%s' in '%s' (seqdeck list shows all; a path "
		    "has a '/')", name, home);
	return NULL;
}

char *
rundir_find(const char *name, struct err *err)
{
	if (name && strchr(name, '/'))
		return find_path(name, err);
	char *home = rundir_home(err), *dir = NULL;
	struct rundir_entry *entries;
	size_t count;
	if (!home || rundir_list(home, &entries, &count, err) < 0) {
		free(home);
		return NULL;
	}
	const struct rundir_entry *entry = find_entry(entries, count, name, home, err);
	if (entry)
		dir = mem_strdup(entry->dir);
	rundir_entries_free(entries, count);
	free(home);
	return dir;
}
