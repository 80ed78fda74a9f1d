#!/bin/sh
# What seqdeck costs, as ratios from runs made in turn (make bench; not part of make check).
# Absolute times drift with the machine; only the ratios are worth quoting.
#
#   SEQDECK   the program            METER    the bare work (meter.c)
#   ROUNDS    rounds of each (5)     COUNT    steps of the start benchmark (2000)
#   BYTES     output of the copy benchmark in all (1000000000)
set -eu
: "${SEQDECK:=./seqdeck}" "${METER:=./tests/bench/meter}"
: "${ROUNDS:=5}" "${COUNT:=2000}" "${BYTES:=1000000000}" "${PARALLEL:=8}"
work=$(mktemp -d "${TMPDIR:-/tmp}/seqdeck-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
XDG_STATE_HOME=$work/state; export XDG_STATE_HOME

now() { date +%s%N; }

# time_into FILE COMMAND…: appends the wall time in microseconds
time_into() {
	file=$1; shift
	t0=$(now)
	"$@" >"$work/out" 2>&1 || { echo "failed: $*" >&2; tail -n 3 "$work/out" >&2; exit 1; }
	t1=$(now)
	echo $(((t1 - t0) / 1000)) >>"$file"
	rm -rf "$work/run" "$work/copy"; mkdir "$work/copy"
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# The median of the round-by-round ratios of two files
ratio() {
	paste "$1" "$2" | awk '{ print $1 / $2 }' | sort -n |
	    awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'
}

# plan_of COUNT COMMAND TTY: a plan of COUNT sequences of one step
plan_of() {
	echo "[defaults]"
	echo "shell = none"
	echo "tty = $3"
	awk -v n="$1" -v c="$2" 'BEGIN { for (i = 1; i <= n; i++)
		printf "[sequence s%05d]\nrun t = %s\n", i, c }'
}

# report TITLE FLOOR UNITS UNIT NAME…: a table of the files $work/NAME
report() {
	title=$1 floor=$2 units=$3 unit=$4; shift 4
	printf '\n%s\n' "$title"
	for name; do
		[ -s "$work/$name" ] || continue
		m=$(median "$work/$name")
		printf '  %-28s %12s %s   x %s of the bare loop\n' "$name" \
		    "$(awk -v m="$m" -v u="$units" 'BEGIN { printf "%.0f", u * 1000000 / m }')" \
		    "$unit" "$(ratio "$work/$name" "$work/$floor")"
	done
}

have() { command -v "$1" >/dev/null 2>&1; }

bench_start() {
	plan_of "$COUNT" /bin/true no >"$work/pipe.ini"
	plan_of "$COUNT" /bin/true yes >"$work/tty.ini"
	{
		echo "rule t"; echo "  command = /bin/true"
		awk -v n="$COUNT" 'BEGIN { for (i = 1; i <= n; i++) print "build o" i ": t" }'
	} >"$work/build.ninja"
	echo "builddir = $work" | cat - "$work/build.ninja" >"$work/b" && mv "$work/b" "$work/build.ninja"
	mkdir -p "$work/copy"
	i=0
	while [ "$i" -lt "$ROUNDS" ]; do
		i=$((i + 1))
		time_into "$work/bare vfork+exec" "$METER" spawn "$COUNT" "$PARALLEL"
		time_into "$work/seqdeck (pipes)" "$SEQDECK" run --json --parallel "$PARALLEL" \
		    --dir "$work/run" "$work/pipe.ini"
		time_into "$work/seqdeck (ptys)" "$SEQDECK" run --json --parallel "$PARALLEL" \
		    --dir "$work/run" "$work/tty.ini"
		time_into "$work/xargs -P" sh -c "seq $COUNT | xargs -P $PARALLEL -n 1 /bin/true"
		! have ninja || time_into "$work/ninja" ninja -C "$work" -j "$PARALLEL"
		rm -f "$work/.ninja_log"
		! have parallel || ! parallel --version 2>/dev/null | grep -q GNU ||
			time_into "$work/GNU parallel" sh -c \
			    "seq $COUNT | parallel -j $PARALLEL -n 1 /bin/true"
	done
	report "starting $COUNT x /bin/true, $PARALLEL at a time" "bare vfork+exec" "$COUNT" \
	    "steps/s" "bare vfork+exec" "seqdeck (pipes)" "seqdeck (ptys)" "xargs -P" ninja \
	    "GNU parallel"
}

bench_copy() {
	mkdir -p "$work/copy"
	for writers in 1 8; do
		each=$((BYTES / writers))
		for tty in yes no; do
			way=tty; [ $tty = yes ] || way=pipe
			plan_of "$writers" "$METER gen $each" $tty >"$work/gen.ini"
			floor="bare $way copy, $writers"
			i=0
			while [ "$i" -lt "$ROUNDS" ]; do
				i=$((i + 1))
				time_into "$work/$floor" "$METER" copy $way "$work/copy" $writers "$each"
				time_into "$work/seqdeck $way, $writers" "$SEQDECK" run --json \
				    --dir "$work/run" "$work/gen.ini"
			done
			report "taking $BYTES bytes of output from $writers on a $way" "$floor" \
			    $((BYTES / 1000000)) MB/s "$floor" "seqdeck $way, $writers"
		done
	done
}

bench_many() {
	printf '\nmemory and first frame with 1,000 sequences running\n'
	plan_of 1000 "/bin/sleep 600" no >"$work/many.ini"
	"$SEQDECK" run --detach --dir "$work/many" "$work/many.ini" >/dev/null
	until [ "$("$SEQDECK" status "$work/many" --json | grep -c '"state": *"running"')" -ge 1000 ]
	do sleep 0.2; done
	engine=$(cat "$work/many/engine.lock" | tr -dc 0-9)
	awk '/^VmRSS/ { printf "  engine     %8d kB\n", $2 }' "/proc/$engine/status"
	i=0
	while [ "$i" -lt "$ROUNDS" ]; do
		i=$((i + 1))
		"$METER" frame s00001 "$SEQDECK" attach "$work/many" >>"$work/frames"
	done
	cut -d' ' -f1 "$work/frames" >"$work/frame_us"
	cut -d' ' -f2 "$work/frames" >"$work/frame_kb"
	printf '  dashboard  %8d kB, first frame after %d us\n' "$(median "$work/frame_kb")" \
	    "$(median "$work/frame_us")"
	"$SEQDECK" kill "$work/many" @all >/dev/null 2>&1 ||
		"$SEQDECK" cancel "$work/many" @all >/dev/null
}

what=${*:-start copy many}
for b in $what; do "bench_$b"; done
