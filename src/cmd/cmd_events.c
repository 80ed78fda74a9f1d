#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/say.h"
#include "cmd/which.h"
#include "record/journal.h"
#include "record/reader.h"

#define EVENTS_POLL_MS 500	/* also how soon it is seen that the engine has gone */

/* Prints the lines that are there. Returns how many, -1 with err set at a damage. */
static long
events_print(struct journal_reader *journal, struct err *err)
{
	struct event event;
	long count = 0;
	int rc;
	while ((rc = journal_read(journal, &event, err)) == 1) {
		size_t len;
		const char *line = journal_reader_line(journal, &len);
		fwrite(line, 1, len, stdout);
		putchar('\n');
		event_release(&event);
		count++;
	}
	fflush(stdout);
	return rc < 0 ? -1 : count;
}

/* Prints what comes until the engine leaves or nobody reads any more. */
static long
events_follow(struct reader *reader, struct journal_reader *journal, struct err *err)
{
	struct pollfd fds[] = {
		{ .fd = reader_fd(reader), .events = POLLIN },
		{ .fd = 1, .events = 0 },	/* tells that the reader has gone */
	};
	while (!ferror(stdout)) {
		bool is_live = reader_is_live(reader);
		if (reader_update(reader, 0, NULL, err) < 0)
			return -1;
		long count = events_print(journal, err);
		if (count < 0 || (!is_live && count == 0))
			return count;
		if (poll(fds, 2, EVENTS_POLL_MS) < 0 && errno != EINTR)
			return err_errno(err, "cannot wait for events");
		if (fds[1].revents)
			break;
	}
	return 0;
}

static enum cmd_status
events_of(const char *dir, bool follow)
{
	struct err err = ERR_INIT;
	struct journal_reader *journal = journal_reader_open(dir, &err);
	struct reader *reader = journal ? reader_open(dir, &err) : NULL;
	long rc = -1;
	if (reader)
		rc = follow ? events_follow(reader, journal, &err) :
		    events_print(journal, &err);
	reader_free(reader);
	journal_reader_free(journal);
	if (rc >= 0)
		return CMD_OK;
	say("%s", err.text);
	return CMD_FAILED;
}

static enum cmd_status
events_run(const struct args *args)
{
	struct err err = ERR_INIT;
	size_t first;
	char *dir = which_run(args, 0, &first, &err);
	if (!dir) {
		say("%s", err.text);
		return CMD_FAILED;
	}
	enum cmd_status status = events_of(dir, args_has(args, "follow"));
	free(dir);
	return status;
}

static const struct cmd_option events_options[] = {
	WHICH_RUN_OPTION,
	{ "follow", 'f', NULL, false, "go on with what comes, until the engine leaves" },
	{ 0 },
};

const struct cmd cmd_events = {
	.name = "events",
	.synopsis = "[RUN]",
	.summary = "the journal of a run: one JSON event a line",
	.help = "The lines are those of journal.ndjson, checked. They are made for jq and for "
	    "scripts that steer a run:\n\n"
	    "seqdeck events -f | jq -r 'select(.event == \"step_ended\") | .sequence'",
	.options = events_options,
	.word = CMD_WORD_RUN,
	.words_max = 1,
	.run = events_run,
};
