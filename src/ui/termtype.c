#include "ui/termtype.h"

#include <unistd.h>

/* term.h makes macros of many short names: nothing else of ours is included here. */
#include <curses.h>
#include <term.h>

int
termtype_check(const char *type, struct err *err)
{
	int status;
	if (!type || !*type)
		return err_set(err, "TERM is not set: nothing is known of the terminal; set it "
		    "(xterm-256color fits most), or use --plain");
	if (setupterm(type, STDOUT_FILENO, &status) != OK)
		return err_set(err, "the terminal type '%s' (TERM) is not known here; set TERM "
		    "(xterm-256color fits most), or use --plain", type);
	int can_address = cursor_address != NULL;
	del_curterm(cur_term);
	if (!can_address)
		return err_set(err, "a terminal of type '%s' (TERM) cannot place its cursor; "
		    "use --plain", type);
	return 0;
}
