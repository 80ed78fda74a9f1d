#!/bin/sh
# The layers of src/DESIGN: an include goes only to the folder itself or to one it may use;
# each library is known to its layer only; processes are made in engine/ and session/ only,
# printing and ending the program are cmd/'s. Tests itself on planted violations first.
src=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/src
TMPDIR=${TMPDIR:-/tmp}

# violations FOLDER: a line for each one found below it.
violations()
{
	(cd "$1" && find . -name '*.[ch]' -print | LC_ALL=C sort | xargs awk '
	BEGIN {
		uses["base"] = ""
		uses["plan"] = "base"
		uses["model"] = "base"
		uses["record"] = "model base"
		uses["engine"] = "plan model record base"
		uses["term"] = "base"
		uses["ui"] = "term record model base"
		uses["control"] = "model base"
		uses["session"] = "engine control record plan model base"
		any = "base plan model record engine term ui control session"
		uses["cmd"] = any
		uses["doc"] = any " cmd"
		uses["main.c"] = "cmd base"

		only["ini.h"] = "plan"
		only["vterm.h"] = "term"
		only["curses.h"] = only["ncurses.h"] = only["ncursesw/curses.h"] = "ui"
		only["term.h"] = "ui"
		only["jansson.h"] = "model record control engine cmd"
		only["ev.h"] = "engine control session ui cmd"
		only["spawn.h"] = only["pty.h"] = "engine session"
	}
	function may(list, name) { return index(" " list " ", " " name " ") > 0 }
	function bad(text) { printf "%s:%d: %s\n", substr(FILENAME, 3), FNR, text }
	# The line without comments, and without what stands in quotes.
	function code(line,    out, c, two, quote) {
		out = ""
		quote = ""
		while (line != "") {
			c = substr(line, 1, 1)
			two = substr(line, 1, 2)
			if (comment) {
				if (two == "*/") { comment = 0; line = substr(line, 3); continue }
			} else if (quote != "") {
				if (c == "\\") { line = substr(line, 3); continue }
				if (c == quote) { quote = ""; out = out c }
			} else if (two == "/*") {
				comment = 1
				line = substr(line, 3)
				continue
			} else if (two == "//") {
				break
			} else {
				if (c == "\"" || c == "\047") quote = c
				out = out c
			}
			line = substr(line, 2)
		}
		return out
	}
	FNR == 1 {
		comment = 0
		folder = substr(FILENAME, 3)
		sub(/\/.*/, "", folder)
		if (!(folder in uses)) bad("src/" folder " is in no layer: see src/DESIGN")
		may_print = folder == "cmd" || folder == "main.c" || folder == "doc"
		may_fork = folder == "engine" || folder == "session"
	}
	{ was_comment = comment; text = code($0) }
	!was_comment && text ~ /^[ \t]*#[ \t]*include[ \t]*"/ {
		name = $0
		sub(/^[^"]*"/, "", name)
		sub(/".*/, "", name)
		if (name !~ /\//) { bad("\"" name "\" is included without its folder"); next }
		target = name
		sub(/\/.*/, "", target)
		if (target != folder && !may(uses[folder], target))
			bad(folder "/ must not include \"" name "\"")
		next
	}
	!was_comment && text ~ /^[ \t]*#[ \t]*include[ \t]*</ {
		name = $0
		sub(/^[^<]*</, "", name)
		sub(/>.*/, "", name)
		if (name in only && !may(only[name], folder))
			bad("<" name "> belongs to " only[name] "/ only")
		next
	}
	{ text = " " text }
	!may_fork && text ~ /[^A-Za-z0-9_](v?fork|forkpty|posix_spawnp?|popen|system|clone3?)[ \t]*\(/ {
		bad("a process is made outside of engine/ and session/")
	}
	!may_print && text ~ /[^A-Za-z0-9_](v?printf|puts|putchar|putc_unlocked)[ \t]*\(/ {
		bad("printing is for cmd/ only")
	}
	!may_print && text ~ /[^A-Za-z0-9_](stdout|stderr|perror)[^A-Za-z0-9_]/ {
		bad("standard output and error are for cmd/ only")
	}
	!may_print && text ~ /[^A-Za-z0-9_](exit|quick_exit)[ \t]*\(/ {
		bad("ending the program is for cmd/ only")
	}
	')
}

# plant FILE TEXT: one violation that must be found, in a tree of its own.
plant()
{
	planted=$((planted + 1))
	rm -rf "$tree"
	mkdir -p "$tree/$(dirname "$1")"
	printf '/* A file\n * of its own. */\n%s\n' "$2" >"$tree/$1"
	found=$(violations "$tree")
	case $found in
	"$1:"[13]": "*) ;;
	*) missed="$missed
# not found in $1: $2${found:+ ($found)}" ;;
	esac
}

# allow FILE TEXT: what must not be taken for one.
allow()
{
	planted=$((planted + 1))
	rm -rf "$tree"
	mkdir -p "$tree/$(dirname "$1")"
	printf '%s\n' "$2" >"$tree/$1"
	found=$(violations "$tree")
	[ -z "$found" ] || missed="$missed
# wrongly found: $found"
}

tree=$(mktemp -d "$TMPDIR/layers.XXXXXX") || exit 99
trap 'rm -rf "$tree"' EXIT
planted=0
missed=

plant base/a.c '#include "plan/plan.h"'
plant plan/a.h '#include "model/run.h"'
plant model/a.c '#	include "record/journal.h"'
plant model/a.c '#include <ev.h>'
plant record/a.c '#include "engine/engine.h"'
plant engine/a.c '#include "ui/ui.h"'
plant term/a.c '#include "record/reader.h"'
plant ui/a.c '#include "engine/engine.h"'
plant ui/a.c '#include "control/client.h"'
plant control/a.c '#include "engine/engine.h"'
plant session/a.c '#include "ui/ui.h"'
plant session/a.c '#include "cmd/cmd.h"'
plant engine/a.c '#include "engine.h"'
plant extra/a.c 'int a;'
plant model/a.c '#include <ini.h>'
plant ui/a.c '#include <vterm.h>'
plant cmd/a.c '#include <ncursesw/curses.h>'
plant term/a.c '#include <jansson.h>'
plant control/a.c '	if (fork() == 0)'
plant ui/a.c '	int status = system(command);'
plant cmd/a.c '	posix_spawn(&pid, path, NULL, NULL, argv, environ);'
plant engine/a.c '	printf("started\n");'
plant engine/a.c '	fprintf(stdout, "started\n");'
plant record/a.c '	fputs("x", stderr);'
plant plan/a.c '	exit(2);'
allow cmd/a.c '#include "ui/ui.h"
	printf("%d\n", 1);
	exit(0);'
allow engine/a.c '#include "engine/loop.h"
#include "plan/plan.h"
#include <ev.h>
	pid_t pid = fork(); _exit(127);'
allow base/a.c '/* printf("x"); #include "plan/plan.h"
#include "plan/plan.h"
   and exit(1) */
	// system("ls");
	snprintf(a, 3, "fork() and printf(\"x\")"); on_exit_cb(a); unfork(b);'

echo "1..2"
if [ -z "$missed" ]; then
	echo "ok 1 - all of $planted planted cases are told apart"
else
	echo "$missed" >&2
	echo "not ok 1 - planted violations are found"
fi

found=$(violations "$src")
if [ -z "$found" ]; then
	echo "ok 2 - src/ keeps to its layers"
else
	echo "$found" >&2
	echo "not ok 2 - src/ keeps to its layers"
fi
