#include "cmd/which.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/args.h"
#include "record/journal.h"
#include "record/rundir.h"

char *
which_run(const struct args *args, size_t words_needed, size_t *first, struct err *err)
{
	const char *name = args_value(args, "run");
	*first = 0;
	if (name != NULL)
		return rundir_find(name, err);
	if (args->word_count > words_needed) {
		char *dir = rundir_find(args->words[0], words_needed == 0 ? err : NULL);
		if (dir != NULL)
			*first = 1;
		/* With more words behind it, it may well be the first of the targets. */
		if (dir != NULL || words_needed == 0)
			return dir;
	}
	return rundir_find(NULL, err);
}

char *
which_name(const char *dir)
{
	const char *id = strrchr(dir, '/');
	char *home = rundir_home(NULL);
	char *found = id == NULL ? NULL : rundir_find(id + 1, NULL);
	struct buf name = BUF_INIT;
	if (home != NULL && found != NULL && strcmp(found, dir) == 0)
		text_shell_quote(&name, id + 1);
	else
		text_shell_quote(&name, dir);
	free(home);
	free(found);
	return buf_take(&name);
}

int
which_load(const char *dir, struct run *run, struct err *err)
{
	run_init(run);
	struct journal_reader *reader = journal_reader_open(dir, err);
	if (reader == NULL)
		return -1;
	struct event event;
	int rc;
	while ((rc = journal_read(reader, &event, err)) == 1) {
		rc = run_apply(run, &event, err);
		event_release(&event);
		if (rc != 0)
			break;
	}
	journal_reader_free(reader);
	return rc;
}

const char *
which_state(const struct run *run, bool is_live)
{
	if (!is_live && !state_is_end(run->state))
		return "gone";
	return state_name(run->state);
}
