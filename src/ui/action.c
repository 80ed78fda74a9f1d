#include "ui/action.h"

#include <stdio.h>
#include <string.h>

#include "ui/keys.h"

#define GRID ACTION_IN_GRID
#define ZOOM ACTION_IN_ZOOM
#define BOTH ACTION_ANYWHERE

const struct action actions[] = {
	{ ACTION_OPEN, "open", "Enter", GRID, "open",
	  "open the sequence full screen, with its whole log" },
	{ ACTION_BACK, "back", "Esc q", ZOOM, "back", "back to all sequences" },
	{ ACTION_ZOOM, "zoom", "z", BOTH, NULL, "full screen and back" },
	{ ACTION_DOWN, "down", "j Down", BOTH, NULL, "move or scroll down" },
	{ ACTION_UP, "up", "k Up", BOTH, NULL, "move or scroll up" },
	{ ACTION_LEFT, "left", "h Left", BOTH, NULL, "move left; scroll left where lines are cut" },
	{ ACTION_RIGHT, "right", "l Right", BOTH, NULL,
	  "move right; scroll right where lines are cut" },
	{ ACTION_PAGE_DOWN, "page-down", "PgDn", BOTH, NULL, "a page down" },
	{ ACTION_PAGE_UP, "page-up", "PgUp", BOTH, NULL, "a page up" },
	{ ACTION_HALF_DOWN, "half-page-down", "C-d", BOTH, NULL, "half a page down" },
	{ ACTION_HALF_UP, "half-page-up", "C-u", BOTH, NULL, "half a page up" },
	{ ACTION_TOP, "top", "g Home", BOTH, NULL, "the first one; the first line" },
	{ ACTION_BOTTOM, "bottom", "G End", BOTH, NULL, "the last one; the end of the log" },
	{ ACTION_NEXT, "next", "Tab", BOTH, NULL, "next sequence" },
	{ ACTION_PREVIOUS, "previous", "S-Tab", BOTH, NULL, "previous sequence" },
	{ ACTION_PANE, "pane", "1 2 3 4 5 6 7 8 9", BOTH, NULL,
	  "the sequence that is shown at this place" },
	{ ACTION_FAILED_NEXT, "next-failed", "]", BOTH, NULL, "next failed sequence" },
	{ ACTION_FAILED_PREVIOUS, "previous-failed", "[", BOTH, NULL,
	  "previous failed sequence" },
	{ ACTION_RETRY, "retry", "r", BOTH, "retry",
	  "run the step that failed, was cancelled or is held, again" },
	{ ACTION_RETRY_MENU, "retry-menu", "R", BOTH, NULL,
	  "choose what to retry: this one, or all that failed" },
	{ ACTION_CANCEL, "cancel", "x", BOTH, "cancel",
	  "stop the sequence (TERM, later KILL)" },
	{ ACTION_KILL, "kill", "X", BOTH, NULL, "stop the sequence with KILL at once" },
	{ ACTION_SKIP, "skip", "S", BOTH, "skip",
	  "leave the present step and go on with the next (asks)" },
	{ ACTION_HOLD, "hold", "p", BOTH, "hold",
	  "hold the sequence after its present step; release it" },
	{ ACTION_HOLD_ALL, "hold-all", "P", BOTH, NULL, "hold or release the whole run" },
	{ ACTION_INPUT, "input", "i", BOTH, "type",
	  "type into the running step; C-] leaves" },
	{ ACTION_MARK, "mark", "Space", GRID, NULL,
	  "mark the sequence; what asks acts on all marked" },
	{ ACTION_MARK_RANGE, "mark-range", "v", GRID, NULL,
	  "mark from the last mark to here" },
	{ ACTION_UNMARK, "unmark", "U", GRID, NULL, "take all marks away" },
	{ ACTION_SEARCH, "filter", "/", GRID, "filter",
	  "show only some: text, or :state NAME" },
	{ ACTION_SEARCH, "search", "/", ZOOM, "search", "search in the log" },
	{ ACTION_SEARCH_NEXT, "search-next", "n", ZOOM, NULL, "next hit, further down" },
	{ ACTION_SEARCH_PREVIOUS, "search-previous", "N", ZOOM, NULL,
	  "the hit before, further up" },
	{ ACTION_FOLLOW, "follow", "F", ZOOM, NULL, "follow the output again" },
	{ ACTION_WRAP, "wrap", "w", ZOOM, NULL, "wrap long lines or cut them" },
	{ ACTION_DETAILS, "details", "d", BOTH, "details",
	  "command as run, attempts, times, log path" },
	{ ACTION_LAYOUT, "layout", "L", GRID, NULL, "next layout: panes, rows, cells" },
	{ ACTION_THEME, "theme", "T", BOTH, NULL, "next theme" },
	{ ACTION_HELP, "help", "? F1", BOTH, "help", "this help" },
	{ ACTION_QUIT, "quit", "q", GRID, "leave",
	  "leave: the run goes on, or is cancelled" },
	{ ACTION_INTERRUPT, "interrupt", "C-c", BOTH, NULL,
	  "says what runs; again within a second: cancel all" },
	{ ACTION_SUSPEND, "suspend", "C-z", BOTH, NULL,
	  "stop the dashboard; the run goes on" },
	{ ACTION_REDRAW, "redraw", "C-l", BOTH, NULL, "draw the screen anew" },
	{ 0, NULL, NULL, 0, NULL, NULL },
};

const struct action *
action_get(enum action_id id)
{
	for (const struct action *a = actions; a->name; a++)
		if (a->id == (int)id)
			return a;
	return NULL;
}

/* Whether one of the blank-separated names is that of key. */
static bool
action_has_key(const char *names, uint32_t key)
{
	for (const char *at = names; *at; ) {
		size_t len = strcspn(at, " ");
		uint32_t code;
		if (key_parse(at, len, &code) && code == key)
			return true;
		at += len;
		at += strspn(at, " ");
	}
	return false;
}

const struct action *
action_of_key(uint32_t key, enum action_view view)
{
	for (const struct action *a = actions; a->name; a++)
		if (a->views & view && action_has_key(a->keys, key))
			return a;
	return NULL;
}

void
action_first_key(const struct action *action, char *text, size_t size)
{
	snprintf(text, size, "%.*s", (int)strcspn(action->keys, " "), action->keys);
}
