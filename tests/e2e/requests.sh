#!/bin/sh
# Steering a run that goes on in the background: detach, retry, skip, cancel, hold, type.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"

# is STATE SEQUENCE: of the newest run.
is()
{
	seqdeck status | grep -q "^$2  *$1"
}

test_a_detached_run_goes_on_and_is_found_again()
{
	plan p.ini <<-END
		[sequence a]
		run x = while [ ! -e $PWD/go ]; do sleep 0.05; done; echo went
	END
	expect 0 seqdeck run --detach p.ini
	id=$(cat out)
	is running a || wait_for is running a
	expect 0 seqdeck list
	out_has "$id" running live
	touch go
	expect 0 seqdeck attach --plain "$id"
	out_has '│ went' '1 ok'
	wait_for grep -q engine_stopped "$(run_dir)/journal.ndjson"
}

test_a_retry_mends_what_failed_and_brings_back_what_was_skipped()
{
	plan p.ini <<-END
		[sequence a]
		run w = echo once >>$PWD/w
		run x = [ -e $PWD/mended ]
		[sequence b]
		needs = a
		run y = echo at last
	END
	expect 1 seqdeck p.ini
	wait_for grep -q engine_stopped "$(run_dir)/journal.ndjson"
	touch mended
	expect 0 seqdeck retry @failed
	out_has '1 sequence retried'
	wait_for is ok b
	is ok a || fail "a is not ok"
	[ "$(wc -l <w)" = 1 ] || fail "a step that was ok was run again"
	expect 0 seqdeck log a/x.2
	expect 1 seqdeck retry a
	err_has 'nothing to retry' 'has ended ok'
}

test_cancel_stops_one_sequence_and_no_other()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo \$\$ >$PWD/pid; exec sleep 1000
		[sequence b]
		run x = while [ ! -e $PWD/go ]; do sleep 0.05; done
	END
	expect 0 seqdeck run --detach p.ini
	wait_for test -s pid
	expect 0 seqdeck cancel a
	wait_for is cancelled a
	is_gone "$(cat pid)" || fail "it still runs"
	is running b || fail "b was hit"
	touch go
	wait_for is ok b
}

test_skip_leaves_a_step_and_goes_on_with_the_next()
{
	plan p.ini <<-END
		[sequence a]
		run x = sleep 1000
		run y = echo behind
	END
	expect 0 seqdeck run --detach p.ini
	wait_for is running a
	expect 0 seqdeck skip a
	wait_for is ok a
	expect 0 seqdeck log a/y
	out_has behind
	seqdeck events | grep '"step":"x"' | grep -q '"state":"skipped"' || fail "not told"
}

test_hold_waits_for_release()
{
	plan p.ini <<-END
		[sequence a]
		run x = while [ ! -e $PWD/go ]; do sleep 0.05; done
		run y = echo behind
	END
	expect 0 seqdeck run --detach p.ini
	wait_for is running a
	expect 0 seqdeck hold a
	touch go
	wait_for is held a
	expect 1 seqdeck hold a
	expect 0 seqdeck release a
	wait_for is ok a
}

test_on_fail_hold_waits_for_a_word()
{
	plan p.ini <<-END
		[sequence a]
		run x = exit 7
		x.on-fail = hold
		run y = echo behind
	END
	expect 0 seqdeck run --detach p.ini
	wait_for is held a
	expect 1 seqdeck release a
	err_has retry skip
	expect 0 seqdeck skip a
	wait_for is ok a
}

test_text_is_typed_into_a_step()
{
	plan p.ini <<-END
		[sequence a]
		run x = read -r line; echo "got <\$line>"
	END
	expect 0 seqdeck run --detach p.ini
	wait_for is running a
	wait_for seqdeck send a hello there
	wait_for is ok a
	expect 0 seqdeck log a
	out_has 'got <hello there>'
}

test_a_target_that_is_not_there_is_named()
{
	plan p.ini <<-END
		[sequence a]
		run x = sleep 1000
	END
	expect 0 seqdeck run --detach p.ini
	expect 1 seqdeck cancel bee
	err_has bee
	expect 0 seqdeck cancel @all
	wait_for is cancelled a
}

test_an_interrupt_of_the_plain_printer_cancels_the_run()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo \$\$ >$PWD/pid; exec sleep 1000
	END
	vtshot -s 100x20 <<-END
		run exec "$SEQDECK" run --plain p.ini
		until test -s pid
		send C-c
		wait cancel
		expect-exit 3
	END
	wait_for is_gone "$(cat pid)"
	is cancelled a || fail "not cancelled"
}

test_the_run_survives_its_printer_and_its_terminal()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo begin; while [ ! -e $PWD/go ]; do sleep 0.05; done; echo went
	END
	vtshot -s 100x20 <<-END
		run exec "$SEQDECK" run --plain p.ini
		wait begin
		signal KILL
		expect-exit KILL
	END
	is running a || fail "the run died with its printer"
	touch go
	wait_for is ok a
}

run_tests
