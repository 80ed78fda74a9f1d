#include "ui/theme.h"

#include <string.h>

/*
 * The themes that are always there. The same bytes as the files below themes/: the unit
 * test compares them.
 */
static const struct theme_text {
	const char *name;
	const char *text;
} theme_texts[] = {
	{ "dark",
	  "# seqdeck: for terminals with a dark background (the default)\n"
	  "# role = foreground background attributes\n"
	  "\n"
	  "text            = default default\n"
	  "dim             = #7f8794 default\n"
	  "header          = #c5cdd9 #20242c\n"
	  "header.title    = #ffffff #20242c bold\n"
	  "footer          = #9aa4b2 #20242c\n"
	  "footer.key      = #8cc8ff #20242c bold\n"
	  "message         = #e6d9a2 #20242c\n"
	  "error           = #ff8f8f #20242c bold\n"
	  "pane.title      = #c5cdd9 #2a303b\n"
	  "pane.focus      = #ffffff #2f5680 bold\n"
	  "pane.dim        = #98a2b0 default\n"
	  "row.focus       = #ffffff #2f5680\n"
	  "border          = #3d4654 default\n"
	  "bar.done        = #7fc98f default\n"
	  "bar.rest        = #4a5361 default\n"
	  "warning         = #f2c46d default\n"
	  "mark            = #d7a5ff default bold\n"
	  "dialog          = #dfe5ee #303948\n"
	  "dialog.title    = #ffffff #2f5680 bold\n"
	  "dialog.key      = #8cc8ff #303948 bold\n"
	  "hit             = #1c1f26 #d8b75f\n"
	  "hit.current     = #1c1f26 #ff9d5c bold\n"
	  "input           = #ffffff #a3443f bold\n"
	  "state.waiting   = #8b95a5 default\n"
	  "state.queued    = #a7b0be default\n"
	  "state.running   = #6cb6ff default\n"
	  "state.held      = #f2c46d default bold\n"
	  "state.retrying  = #ff9d5c default\n"
	  "state.ok        = #7fc98f default\n"
	  "state.failed    = #ff6b6b default bold\n"
	  "state.cancelled = #d194e8 default\n"
	  "state.skipped   = #7f8794 default\n"
	  "state.timed-out = #ff6b6b default bold\n"
	  "state.unknown   = #f2c46d default bold\n" },
	{ "light",
	  "# seqdeck: for terminals with a light background\n"
	  "# role = foreground background attributes\n"
	  "\n"
	  "text            = default default\n"
	  "dim             = #6b7280 default\n"
	  "header          = #2b3340 #dfe4ec\n"
	  "header.title    = #000000 #dfe4ec bold\n"
	  "footer          = #4b5563 #dfe4ec\n"
	  "footer.key      = #0b5cad #dfe4ec bold\n"
	  "message         = #7a4b00 #dfe4ec\n"
	  "error           = #b00020 #dfe4ec bold\n"
	  "pane.title      = #2b3340 #d3dae4\n"
	  "pane.focus      = #0b2f57 #b5d3f3 bold\n"
	  "pane.dim        = #5b6675 default\n"
	  "row.focus       = #0b2f57 #b5d3f3\n"
	  "border          = #b6bfcc default\n"
	  "bar.done        = #1a7f37 default\n"
	  "bar.rest        = #b9c2cf default\n"
	  "warning         = #8a5a00 default\n"
	  "mark            = #7a1fa2 default bold\n"
	  "dialog          = #1f2733 #e9edf3\n"
	  "dialog.title    = #ffffff #2f6db3 bold\n"
	  "dialog.key      = #0b5cad #e9edf3 bold\n"
	  "hit             = #000000 #ffe08a\n"
	  "hit.current     = #000000 #ffb347 bold\n"
	  "input           = #ffffff #b3261e bold\n"
	  "state.waiting   = #6b7280 default\n"
	  "state.queued    = #4b5563 default\n"
	  "state.running   = #0b5cad default\n"
	  "state.held      = #8a5a00 default bold\n"
	  "state.retrying  = #b45309 default\n"
	  "state.ok        = #1a7f37 default\n"
	  "state.failed    = #b00020 default bold\n"
	  "state.cancelled = #7a1fa2 default\n"
	  "state.skipped   = #6b7280 default\n"
	  "state.timed-out = #b00020 default bold\n"
	  "state.unknown   = #8a5a00 default bold\n" },
	{ "mono",
	  "# seqdeck: no colours at all; also taken when NO_COLOR is set\n"
	  "# role = foreground background attributes\n"
	  "\n"
	  "text            = default default\n"
	  "dim             = default default\n"
	  "header          = default default reverse\n"
	  "header.title    = default default reverse bold\n"
	  "footer          = default default\n"
	  "footer.key      = default default bold\n"
	  "message         = default default bold\n"
	  "error           = default default bold underline\n"
	  "pane.title      = default default underline\n"
	  "pane.focus      = default default reverse bold\n"
	  "pane.dim        = default default\n"
	  "row.focus       = default default reverse\n"
	  "border          = default default\n"
	  "bar.done        = default default bold\n"
	  "bar.rest        = default default\n"
	  "warning         = default default bold\n"
	  "mark            = default default bold\n"
	  "dialog          = default default reverse\n"
	  "dialog.title    = default default bold\n"
	  "dialog.key      = default default reverse bold underline\n"
	  "hit             = default default reverse\n"
	  "hit.current     = default default reverse bold underline\n"
	  "input           = default default reverse bold\n"
	  "state.waiting   = default default\n"
	  "state.queued    = default default\n"
	  "state.running   = default default\n"
	  "state.held      = default default bold\n"
	  "state.retrying  = default default bold\n"
	  "state.ok        = default default\n"
	  "state.failed    = default default bold\n"
	  "state.cancelled = default default\n"
	  "state.skipped   = default default\n"
	  "state.timed-out = default default bold\n"
	  "state.unknown   = default default bold\n" },
	{ NULL, NULL },
};

const char *
theme_builtin(const char *name)
{
	for (const struct theme_text *t = theme_texts; t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t->text;
	return NULL;
}
