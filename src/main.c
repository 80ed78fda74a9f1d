/*
 * seqdeck: a terminal dashboard for parallel runs. This is the map of the tree; src/DESIGN
 * tells why it is as it is.
 *
 * base/	what knows nothing of seqdeck
 *	err		an error for the user: one sentence
 *	mem		memory that is always there
 *	buf		a growable string of bytes
 *	file		whole reads and writes, directories, locks
 *	clock		monotonic and wall time, durations for people
 *	text		UTF-8, escaping for terminals, shell quoting, nearest names
 *
 * plan/	from an INI file to what the user asked for; the only ini.h
 *	ini, ini_clean	lines of any form and length, through the library
 *	plan_section	from sections and pairs ...
 *	plan_read	... to a draft of the plan
 *	plan_kind, plan_option, plan_value	the tables of kinds and options
 *	plan_vars, plan_expand, plan_words	{name}, quoting, splitting into words
 *	plan_resolve, plan_needs, plan_check	options and dependencies of the whole plan
 *	plan_names, plan_problem	names by hash; errors and warnings
 *	plan		loading, from the outside
 *
 * model/	events and the one fold from events to state; no I/O, no clock
 *	event, event_table, event_encode, event_decode	a line of the journal
 *	json_read, json_write	as much JSON as a journal needs, fast
 *	request		what a front end can ask
 *	run, run_step	the state of a run
 *
 * record/	the run directory
 *	rundir, rundir_info, rundir_list	its files, run.json, all runs there are
 *	journal, journal_reader	the journal, written and read
 *	steplog		the log of an attempt and its index
 *	reader		a run directory followed: what front ends know of a run
 *	record_file	opening what others may have planted
 *
 * engine/	runs a plan; the only launcher of programs
 *	engine, core.h	the engine from the outside, and from within
 *	sequence, cells.h	the table of state and event
 *	sequence_request, demand	what a person asks, and of whom
 *	step, step_start, spec, hold	one attempt at a time, and what it is started with
 *	depend, link.h	needs, after, places
 *	past		a run taken up again
 *	emit, timer	events and timers on their way out
 *	launcher.h	what starts a program: an interface
 *	process, process_spawn, process_io, identity	the real one: ptys, pipes, groups
 *	loop		the engine on libev and a run directory
 *
 * term/	what steps print, as rows of cells; the only vterm.h
 *	csi, filter, emulator	the library behind a strict filter
 *	line		lines that need no terminal, rendered without one
 *	logs, scrollback, scrollback_window, search	a sequence's logs as one long text
 *	pane_screen	the last rows of a log, whichever way they are made
 *
 * ui/		the dashboard; the only curses.h
 *	ui, ui_model, ui_key, ui_act, ui_ask	state, folding, keys, actions, requests
 *	grid, pane, layout, order	all sequences on a screen
 *	zoom, zoom_search, zoom_type	one sequence on a screen
 *	header, footer, help, details, page, dialog, prompt	what stands around them
 *	action, keys	what can be done, and by which key
 *	screen, terminal, termtype, color, glyph, theme, theme_builtin, text	drawing
 *
 * control/	the control socket of a run
 *	message, base64	one message, as a line of JSON
 *	socket		its address, and who is at the other end
 *	server, client	the engine's side, the front end's side
 *
 * session/	session: the background process that owns a live run
 *
 * cmd/		the command line; only here is anything printed
 *	cmd, args, help	the table of commands, options, --help
 *	cmd_NAME	a command each; cmd_request has retry, skip, cancel, hold,
 *			release and send
 *	plan_args	which plan, and how much of it
 *	which, wake	which run; an engine for it
 *	deck		the dashboard joined to engine and run directory
 *	watch, plain	following a run on standard output, as lines or as events
 *	lines, tail, outq	the lines of events, of logs; standard output as a queue
 *	summary, counts, table, say	what is said
 *
 * doc/		mkdoc: manual pages and completion, from the tables above
 */
#include "cmd/cmd.h"

int
main(int argc, char **argv)
{
	return cmd_main(argc, argv);
}
