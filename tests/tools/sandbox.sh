#!/bin/sh
# sandbox.sh COMMAND...: runs one test where it can see and hurt nothing of the user's:
# a pinned environment, a home and a temporary directory of its own, no standard input, a
# time limit. Processes that it leaves behind are stopped. Output that is not TAP (a plain
# script that exits with 0, 77 or something else) is followed by a line that is.

tmp=$(mktemp -d "${TMPDIR:-/tmp}/seqdeck-test.XXXXXX") || exit 99
tmp=$(cd "$tmp" && pwd -P)
mkdir -m 700 "$tmp/home" "$tmp/config" "$tmp/state" "$tmp/cache" "$tmp/data" "$tmp/run" "$tmp/tmp"

HOME=$tmp/home
XDG_CONFIG_HOME=$tmp/config
XDG_STATE_HOME=$tmp/state
XDG_CACHE_HOME=$tmp/cache
XDG_DATA_HOME=$tmp/data
XDG_RUNTIME_DIR=$tmp/run
TMPDIR=$tmp/tmp
LINES=24
COLUMNS=80
TERM=xterm-256color
TZ=UTC
LANG=C.UTF-8
LC_ALL=C.UTF-8
CMOCKA_MESSAGE_OUTPUT=TAP
ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$abs_top_srcdir/tests/tools/lsan.supp:print_suppressions=0}
SEQDECK_TEST_DIR=$tmp
export LSAN_OPTIONS HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_RUNTIME_DIR \
	TMPDIR LINES COLUMNS TERM TZ LANG LC_ALL CMOCKA_MESSAGE_OUTPUT ASAN_OPTIONS \
	UBSAN_OPTIONS SEQDECK_TEST_DIR
unset COLORTERM NO_COLOR CLICOLOR CLICOLOR_FORCE DISPLAY WAYLAND_DISPLAY TMUX STY PAGER EDITOR \
	VISUAL MAKEFLAGS MFLAGS MAKELEVEL ENV BASH_ENV CDPATH ESCDELAY LANGUAGE \
	SEQDECK_DIR SEQDECK_RUN SEQDECK_THEME TERMINFO SSH_TTY SSH_CONNECTION

# Stops what still carries this sandbox in its environment.
stop_leftovers()
{
	for signal in TERM KILL; do
		left=
		for environ in /proc/[0-9]*/environ; do
			pid=${environ#/proc/}
			pid=${pid%/environ}
			[ "$pid" = $$ ] && continue
			if grep -qsaF "SEQDECK_TEST_DIR=$tmp" "$environ"; then
				[ "$signal" = TERM ] && echo "# left behind: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
				left="$left $pid"
			fi
		done
		[ -z "$left" ] && return
		kill -s "$signal" $left 2>/dev/null
		sleep 0.2
	done
}

finish()
{
	trap - EXIT HUP INT TERM
	stop_leftovers
	chmod -R u+rwX "$tmp" 2>/dev/null
	rm -rf "$tmp"
}
trap finish EXIT
trap 'finish; exit 143' HUP INT TERM

for word in "$@"; do
	name=$word
	case $word in *tests/*) break ;; esac
done
name=${name##*/tests/}

timeout -k 10 "${SEQDECK_TEST_SECONDS:-300}" "$@" </dev/null >"$tmp/out" 2>"$tmp/err"
status=$?
cat "$tmp/err" >&2
cat "$tmp/out"
if ! grep -q '^1\.\.[0-9]' "$tmp/out"; then
	reason=$(tail -n 1 "$tmp/out" | tr -d '#\r' | cut -c 1-200)
	case $status in
	0) echo "ok 1 - $name" ;;
	77) echo "ok 1 - $name # SKIP $reason" ;;
	*) echo "not ok 1 - $name (exit status $status)" ;;
	esac
	echo "1..1"
	[ "$status" = 77 ] || [ "$status" = 0 ] || exit 0
	status=0
fi
exit $status
