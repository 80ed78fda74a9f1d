#!/bin/sh
# Bad weather: programs that cannot be started, hostile output, a full disk, lost peers.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"

test_programs_that_cannot_be_started_say_why_and_the_rest_goes_on()
{
	echo 'not a program' >plain-file
	long=$(head -c 140000 /dev/zero | tr '\0' x)
	plan p.ini <<-END
		[defaults]
		shell = none
		[sequence missing]
		run x = /no/such/program
		[sequence closed]
		run x = $PWD/plain-file
		[sequence nowhere]
		run x = true
		x.cwd = /no/such/directory
		[sequence long]
		run x = echo $long
		[sequence fine]
		run x = echo well
	END
	expect 1 seqdeck p.ini
	out_has '/no/such/program' 'No such file or directory' 'Permission denied' \
		"the directory '/no/such/directory'" 'Argument list too long' '│ well' \
		'1 ok, 4 failed'
	seqdeck events | grep '"sequence":"closed"' | grep -q '"error":"Permission denied"' ||
		fail "the journal does not tell errno's text"
	seqdeck log missing | grep -q 'No such file' || fail "the log does not tell"
}

test_any_bytes_are_kept_and_do_no_harm()
{
	plan p.ini <<-END
		[sequence a]
		run x = head -c 300000 /dev/urandom | tee $PWD/sent
		x.tty = no
	END
	expect 0 seqdeck p.ini
	cmp sent "$(run_dir)/sequences/a/01-x.1.log"
	! grep -q "$(printf '\033')" out || fail "an escape went through"
	expect 0 seqdeck log --raw a
	cmp sent out
}

test_a_flood_without_a_newline_is_kept_whole()
{
	plan p.ini <<-END
		[sequence a]
		run x = head -c 50000000 /dev/zero | tr '\0' x
		x.tty = no
	END
	expect 0 seqdeck run --json p.ini
	[ "$(stat -c %s "$(run_dir)/sequences/a/01-x.1.log")" = 50000000 ] || fail "not whole"
	seqdeck events | grep -q '"bytes":50000000' || fail "not told"
}

test_a_full_disk_holds_the_run_which_goes_on_when_there_is_room()
{
	[ "$(id -u)" = 0 ] || skip "only root can mount a small disk"
	mkdir small
	mount -t tmpfs -o size=3m none small 2>/dev/null || skip "no tmpfs can be mounted here"
	trap 'umount -l small' EXIT
	head -c 1000000 /dev/zero >small/ballast
	plan p.ini <<-END
		[sequence a]
		run x = head -c 1500000 /dev/zero | tr '\0' x; echo end
		x.tty = no
		run y = echo next
	END
	seqdeck run --detach --dir "$PWD/small/run" p.ini >out 2>err
	wait_for grep -q 'No space left' small/run/journal.ndjson
	wait_for sh -c "seqdeck() { \"$SEQDECK\" \"\$@\"; }; seqdeck status $PWD/small/run | head -n 1 | grep -q held"
	rm small/ballast
	wait_for grep -q engine_stopped small/run/journal.ndjson
	[ "$(stat -c %s small/run/sequences/a/01-x.1.log)" = 1500004 ] || fail "bytes were lost"
	file_has small/run/journal.ndjson 'there is room'
	expect 0 seqdeck status small/run
	out_has 'ok'
}

test_who_reads_the_lines_may_leave()
{
	plan p.ini <<-END
		[sequence a]
		run x = seq 100000; touch $PWD/end
	END
	seqdeck p.ini | head -n 3 >out
	wait_for test -e end
}

test_a_second_engine_is_refused()
{
	plan p.ini <<-END
		[sequence a]
		run x = sleep 1000
	END
	expect 0 seqdeck run --detach p.ini
	dir=$(run_dir)
	expect 4 seqdeck run p.ini --dir "$dir"
	expect 0 seqdeck resume "$dir"
	out_has 'it has an engine'
	expect 0 seqdeck cancel "$dir" a
}

test_a_torn_last_line_is_left_out()
{
	plan p.ini <<-END
		[sequence a]
		run x = exit 1
	END
	expect 1 seqdeck p.ini
	dir=$(run_dir)
	printf '{"n":99,"time":"2026' >>"$dir/journal.ndjson"
	expect 0 seqdeck events
	out_lacks '"n":99'
	expect 0 seqdeck status
	out_has failed
}

test_a_killed_engine_leaves_unknown_outcomes_that_wait_for_a_word()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo \$\$ >>$PWD/starts; [ -e $PWD/go ] || sleep 1000
		run y = echo behind
	END
	expect 0 seqdeck run --detach p.ini
	dir=$(run_dir)
	wait_for test -s starts
	kill -9 "$(tr -dc 0-9 <"$dir/engine.lock")"
	wait_for sh -c "! \"$SEQDECK\" status '$dir' | grep -q '(live)'"
	touch go
	expect 0 seqdeck resume "$dir"
	wait_for sh -c "\"$SEQDECK\" status '$dir' | grep -q '^a  *held'"
	[ "$(wc -l <starts)" = 1 ] || fail "it was run again without a word"
	expect 0 seqdeck retry "$dir" a
	wait_for sh -c "\"$SEQDECK\" status '$dir' | grep -q '^a  *ok'"
	[ "$(wc -l <starts)" = 2 ] || fail "it was not run again"
}

run_tests
