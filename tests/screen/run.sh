#!/bin/sh
# The saved screens: each NAME.steps of this folder is run by tests/tools/vtshot (whose head
# comment names the steps) in an empty folder with a state folder of its own, and what it
# prints is compared with NAME.screen. In the steps' environment $SEQDECK is the program,
# $SCREENS this folder, $EXAMPLES the examples.
#
#	UPDATE=1 make -C BUILD check TESTS=tests/screen/run.sh		saves them anew
#	SCREENS_ONLY='zoom grid' make ...				only these
#
# Read `git diff tests/screen` after an update: it is what a user will see.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"

SCREENS=$abs_top_srcdir/tests/screen
EXAMPLES=$abs_top_srcdir/examples
export SCREENS EXAMPLES

# shoot NAME: one screen test, in the folder that is its own.
shoot()
{
	mkdir "$TMPDIR/$1" "$TMPDIR/$1.state"
	cd "$TMPDIR/$1" || return 1
	XDG_STATE_HOME=$TMPDIR/$1.state "$VTSHOT" -f "$SCREENS/$1.steps" \
		>"$TMPDIR/$1.got" 2>"$TMPDIR/$1.err"
	shot=$?
	if [ $shot != 0 ]; then
		sed 's/^/# /' "$TMPDIR/$1.err" "$TMPDIR/$1.got"
		return 1
	fi
	if [ -n "${UPDATE:-}" ]; then
		cmp -s "$TMPDIR/$1.got" "$SCREENS/$1.screen" || echo "# saved: tests/screen/$1.screen"
		cp "$TMPDIR/$1.got" "$SCREENS/$1.screen"
		return
	fi
	if [ ! -f "$SCREENS/$1.screen" ]; then
		sed 's/^/# /' "$TMPDIR/$1.got"
		echo "# there is no tests/screen/$1.screen: UPDATE=1 makes it"
		return 1
	fi
	diff -U 100 "$SCREENS/$1.screen" "$TMPDIR/$1.got" >"$TMPDIR/$1.diff" && return
	sed 's/^/# /' "$TMPDIR/$1.diff"
	return 1
}

set -- ${SCREENS_ONLY:-$(cd "$SCREENS" && ls | sed -n 's/\.steps$//p')}
if [ $# = 0 ]; then
	echo "1..0 # SKIP there are no saved screens"
	exit 0
fi
echo "1..$#"
number=0
for name in "$@"; do
	number=$((number + 1))
	if (shoot "$name"); then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
	fi
done
