# The shell side of the end-to-end tests. A script is
#
#	#!/bin/sh
#	# What these tests are about.
#	. "${abs_top_srcdir:?run by make check}/tests/lib.sh"
#
#	test_an_error_in_the_plan_starts_nothing()
#	{
#		plan bad.ini <<-END
#			[sequence a]
#			rn x = true
#		END
#		expect 2 seqdeck run bad.ini
#		err_has 'bad.ini:2:1:'
#	}
#
#	run_tests
#
# and has its line in script_tests of Makefile.am. Each function test_* is a test case: it
# runs in a subshell under `set -e`, in an empty folder and with a state folder of its own,
# within the sandbox of tests/tools/sandbox.sh (HOME, XDG_*, TMPDIR, TERM, TZ, locale and
# window size are pinned). Its result is one TAP line. There is no sleeping: wait_for.
#
# By hand: make -C BUILD check TESTS=tests/e2e/NAME.sh; ONLY=test_name narrows it down.

WAIT_SECONDS=${WAIT_SECONDS:-20}	# how long wait_for waits for what should be at once

# seqdeck ARGS: the program under test.
seqdeck()
{
	"$SEQDECK" "$@"
}

# fail MESSAGE: ends the test case as failed.
fail()
{
	echo "$*" >&2
	exit 1
}

# skip REASON: ends the test case as skipped.
skip()
{
	echo "$*" >"$case_skip"
	exit 77
}

# need COMMAND: skips the test case where it is not installed.
need()
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# plan FILE: writes standard input to FILE, a plan.
plan()
{
	cat >"$1"
}

# expect STATUS COMMAND...: runs it without standard input, keeps what it prints in the
# files out and err, and fails where its exit status is another.
expect()
{
	want=$1
	shift
	got=0
	"$@" </dev/null >out 2>err || got=$?
	[ "$got" = "$want" ] && return 0
	show out err
	fail "'$*' ended with $got, not $want"
}

# show FILE...: into the log of the test.
show()
{
	for shown in "$@"; do
		echo "--- $shown" >&2
		head -c 20000 "$shown" >&2 || :
	done
}

# out_has TEXT..., err_has TEXT...: each stands in what the last `expect` printed.
out_has() { file_has out "$@"; }
err_has() { file_has err "$@"; }
out_lacks() { file_lacks out "$@"; }
err_lacks() { file_lacks err "$@"; }

# file_has FILE TEXT...: each fixed text stands in the file.
file_has()
{
	held=$1
	shift
	for text in "$@"; do
		grep -qF -e "$text" "$held" && continue
		show "$held"
		fail "'$text' is not in $held"
	done
}

file_lacks()
{
	held=$1
	shift
	for text in "$@"; do
		grep -qF -e "$text" "$held" || continue
		show "$held"
		fail "'$text' is in $held"
	done
}

# file_is FILE: standard input is its content.
file_is()
{
	cat >"$case_dir.want"
	diff -u "$case_dir.want" "$1" >&2 || fail "$1 is not as it should be"
}

# wait_for COMMAND...: tries it over and over until it succeeds; fails after WAIT_SECONDS.
wait_for()
{
	tries=$((WAIT_SECONDS * 20))
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "waited $WAIT_SECONDS s in vain for: $*"
		sleep 0.05
	done
}

# is_gone PID: no such process, or one that only its parent has not heard of yet.
is_gone()
{
	! kill -0 "$1" 2>/dev/null || grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}

# run_dir: the run directory of the newest run of this test case.
run_dir()
{
	newest=$(ls -1d "$XDG_STATE_HOME"/seqdeck/runs/*/ 2>/dev/null | sort | tail -n 1)
	[ -n "$newest" ] || fail "there is no run directory"
	echo "${newest%/}"
}

# vtshot ARGS: tests/tools/vtshot, a pseudo-terminal that is driven by steps on standard
# input (-f -): its head comment names them.
vtshot()
{
	"$VTSHOT" "$@"
}

# run_tests: all functions test_* of the script, in their order.
run_tests()
{
	cases=$(sed -n 's/^\(test_[A-Za-z0-9_]*\)[[:space:]]*().*/\1/p' "$0")
	[ -z "${ONLY:-}" ] || cases=$ONLY
	set -- $cases
	echo "1..$#"
	top=${TMPDIR:-/tmp}
	number=0
	for case_name in "$@"; do
		number=$((number + 1))
		case_dir=$top/case-$number
		case_skip=$case_dir.skip
		mkdir -p "$case_dir" "$case_dir.state"
		echo "# --- $case_name" >&2
		# Not in a condition: set -e would be without effect.
		(
			set -e
			XDG_STATE_HOME=$case_dir.state
			export XDG_STATE_HOME
			cd "$case_dir"
			"$case_name"
		) >&2
		result=$?
		words=$(echo "${case_name#test_}" | tr _ ' ')
		case $result in
		0) echo "ok $number - $words" ;;
		77) echo "ok $number - $words # SKIP $(cat "$case_skip" 2>/dev/null)" ;;
		*) echo "not ok $number - $words" ;;
		esac
	done
	exit 0
}
