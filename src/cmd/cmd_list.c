#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/counts.h"
#include "cmd/say.h"
#include "cmd/table.h"
#include "cmd/which.h"
#include "model/run.h"
#include "record/rundir.h"

/* Local time of the day for people: "2026-11-24 08:14". */
static void
list_format_time(int64_t wall_us, char *text, size_t size)
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND_US);
	struct tm tm;
	if (wall_us <= 0 || localtime_r(&seconds, &tm) == NULL ||
	    strftime(text, size, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(text, size, "-");
}

/* How long the run took, or has taken by what is known of it. */
static int64_t
list_duration_us(const struct run *run, bool is_live)
{
	if (run->started_mono_us == 0)
		return 0;
	int64_t end_us = run->ended_mono_us;
	if (end_us == 0)
		end_us = is_live ? clock_mono_us() : run->last_mono_us;
	return end_us - run->started_mono_us;
}

static void
list_add_row(struct table *table, const struct rundir_entry *entry, const struct run *run,
    bool is_live, const struct err *damage)
{
	char started[32], took[16];
	struct buf counts = BUF_INIT;
	list_format_time(entry->started_wall_us, started, sizeof(started));
	clock_format_duration(list_duration_us(run, is_live), took, sizeof(took));
	counts_format(run->counts, &counts);
	table_add(table, entry->id);
	table_add(table, damage->text[0] != '\0' ? "damaged" : which_state(run, is_live));
	table_add(table, is_live ? "live" : "");
	table_add(table, started);
	table_add(table, took);
	table_add(table, buf_str(&counts));
	table_add(table, run->title != NULL ? run->title : "");
	buf_release(&counts);
}

static void
list_print_json(const struct rundir_entry *entry, const struct run *run, bool is_live,
    const struct err *damage)
{
	char started[32];
	clock_format_wall(entry->started_wall_us, started, sizeof(started));
	json_t *counts = json_object();
	for (int i = 0; i < STATES; i++)
		if (run->counts[i] > 0)
			json_object_set_new(counts, state_name((enum state)i),
			    json_integer((json_int_t)run->counts[i]));
	json_t *row = json_pack("{s:s, s:s, s:s, s:b, s:s, s:f, s:I, s:o, s:s?}",
	    "id", entry->id, "dir", entry->dir, "state", which_state(run, is_live),
	    "live", (int)is_live, "started", started, "seconds",
	    (double)list_duration_us(run, is_live) / 1e6, "sequences",
	    (json_int_t)run->sequence_count, "counts", counts, "title", run->title);
	if (row != NULL && damage->text[0] != '\0')
		json_object_set_new(row, "damage", json_string(damage->text));
	if (row != NULL) {
		json_dumpf(row, stdout, JSON_COMPACT);
		putchar('\n');
	}
	json_decref(row);
}

static void
list_print(const struct args *args, const struct rundir_entry *entries, size_t count)
{
	struct table table;
	table_init(&table, 7);
	bool is_json = args_has(args, "json"), is_ids = args_has(args, "ids");
	const char *const head[] = { "RUN", "STATE", "", "STARTED", "TOOK", "SEQUENCES",
		"TITLE" };
	for (size_t i = 0; i < 7 && !is_json && !is_ids && count > 0; i++)
		table_add(&table, head[i]);
	for (size_t i = 0; i < count; i++) {
		if (is_ids) {
			printf("%s\n", entries[i].id);
			continue;
		}
		struct run run;
		struct err damage = ERR_INIT;
		bool is_live = rundir_is_live(entries[i].dir, NULL);
		which_load(entries[i].dir, &run, &damage);
		if (is_json)
			list_print_json(&entries[i], &run, is_live, &damage);
		else
			list_add_row(&table, &entries[i], &run, is_live, &damage);
		run_release(&run);
	}
	struct buf text = BUF_INIT;
	table_format(&table, &text);
	fwrite(buf_str(&text), 1, text.len, stdout);
	buf_release(&text);
	table_release(&table);
}

static enum cmd_status
list_run(const struct args *args)
{
	struct err err = ERR_INIT;
	struct rundir_entry *entries;
	size_t count;
	char *home = rundir_home(&err);
	if (home == NULL || rundir_list(home, &entries, &count, &err) != 0) {
		say("%s", err.text);
		free(home);
		return CMD_BROKEN;
	}
	list_print(args, entries, count);
	rundir_entries_free(entries, count);
	free(home);
	return CMD_OK;
}

static const struct cmd_option list_options[] = {
	{ "json", 'j', NULL, false, "one JSON object a line" },
	{ "ids", 0, NULL, false, "only the ids, one a line" },
	{ 0 },
};

const struct cmd cmd_list = {
	.name = "list",
	.synopsis = "",
	.summary = "list the runs, newest first",
	.help = "Runs are kept in $XDG_STATE_HOME/seqdeck/runs, else in "
	    "~/.local/state/seqdeck/runs; those made with --dir elsewhere are not listed. The "
	    "state 'gone' means that the run has not ended and no engine has it any more: "
	    "'seqdeck resume' goes on with it.",
	.options = list_options,
	.words_max = 0,
	.run = list_run,
};
