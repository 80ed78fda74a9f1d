#!/bin/sh
# Running a plan from the command line, without a terminal: order, states, exit statuses,
# what is printed and what is written.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"

test_a_run_that_goes_well_ends_with_0()
{
	plan good.ini <<-END
		[vars]
		who = it's me
		[sequence a]
		run hello = echo hello {who}
		sleep a-bit = 10ms
		run again = echo again
	END
	expect 0 seqdeck good.ini
	out_has 'hello │ hello it'\''s me' 'again │ again' '1 ok'
	[ "$(ls "$(run_dir)"/sequences/a)" = "01-hello.1.idx
01-hello.1.log
03-again.1.idx
03-again.1.log" ] || fail "other logs: $(ls "$(run_dir)"/sequences/a)"
}

test_a_failed_step_ends_its_sequence_and_the_run_with_1()
{
	plan bad.ini <<-END
		[sequence a]
		run x = echo out; exit 3
		run y = touch $PWD/never
		[sequence b]
		run z = echo fine
	END
	expect 1 seqdeck bad.ini
	out_has 'exit 3' '1 ok, 1 failed' '01-x.1.log'
	[ ! -e never ] || fail "a step behind a failed one was run"
}

test_an_error_in_the_plan_starts_nothing_and_ends_with_2()
{
	plan bad.ini <<-END
		[sequence a]
		run x = touch $PWD/never
		rn y = true
		x.retires = 3
	END
	expect 2 seqdeck run bad.ini
	err_has 'bad.ini:3:1:' "'run'" 'bad.ini:4:3:' "'retries'"
	[ ! -e never ] || fail "something was run"
	[ ! -e "$XDG_STATE_HOME/seqdeck" ] || fail "a run directory was made"
}

test_a_wrong_command_line_ends_with_2()
{
	expect 2 seqdeck run
	expect 2 seqdeck run --pralel 3 x.ini
	err_has "'--parallel'"
	expect 2 seqdeck statsu
	err_has "'status'"
	expect 2 seqdeck missing.ini
	err_has 'missing.ini' 'No such file'
}

test_what_needs_a_failed_sequence_is_skipped_and_says_why()
{
	plan p.ini <<-END
		[sequence db]
		run x = false
		[sequence web]
		needs = db
		run y = touch $PWD/never
		[sequence last]
		after = db
		run z = echo 'after all'
	END
	expect 1 seqdeck p.ini
	out_has "skipped: needs 'db', which failed" 'after all'
	[ ! -e never ] || fail "it was run"
}

test_parallel_bounds_what_runs_at_once()
{
	plan p.ini <<-END
		[plan]
		parallel = 2
		[defaults]
		tty = no
		$(for i in 1 2 3 4 5 6; do
			echo "[sequence s$i]"
			echo "run x = echo begin; sleep 0.1; echo end"
		done)
	END
	expect 0 seqdeck p.ini
	most=$(seqdeck events | awk '/"step_starting"/ { n++; if (n > m) m = n }
		/"step_ended"/ { n-- } END { print m }')
	[ "$most" = 2 ] || fail "$most at once"
}

test_set_only_and_check()
{
	plan p.ini <<-END
		[vars]
		a = one
		[sequence base]
		run x = echo {a}
		[sequence web1]
		needs = base
		run x = echo web {a} {b}
		[sequence db1]
		run x = touch $PWD/never
	END
	expect 0 seqdeck check p.ini --set 'a=two words' --set b=2 --only 'web*'
	out_has "echo 'two words'" "echo web 'two words' 2" 'sequence web1; needs base'
	out_lacks db1
	expect 0 seqdeck p.ini --set 'a=two words' --set b=2 --only 'web*'
	out_has 'two words' 'web two words 2'
	[ ! -e never ] || fail "a sequence that was not chosen was run"
	expect 2 seqdeck p.ini --only 'wbe1'
	err_has web1
}

test_retries_pause_and_count_attempts()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo attempt {attempt}; [ {attempt} -eq 3 ]
		x.retries = 5
		x.backoff = 10ms
	END
	expect 0 seqdeck p.ini
	out_has 'attempt 1' 'attempt 2' 'attempt 3' 'retrying in'
	out_lacks 'attempt 4'
	[ -f "$(run_dir)/sequences/a/01-x.1.log" ] || fail "the first attempt is gone"
}

test_on_fail_continue_goes_on_and_ok_codes_are_ok()
{
	plan p.ini <<-END
		[sequence a]
		run x = exit 9
		x.on-fail = continue
		run y = exit 4
		y.ok-codes = 0, 3-5
		run z = echo at the end
	END
	expect 0 seqdeck p.ini
	out_has 'at the end' 'exit 9'
}

test_a_timeout_stops_the_whole_process_group()
{
	plan p.ini <<-END
		[sequence a]
		run x = sleep 1000 & echo \$! >$PWD/pid; wait
		x.timeout = 200ms
	END
	expect 1 seqdeck p.ini
	out_has 'timed out after'
	wait_for is_gone "$(cat pid)"
}

test_who_ignores_term_is_killed_after_the_grace_time()
{
	plan p.ini <<-END
		[sequence a]
		run x = trap '' TERM; echo ready; while :; do sleep 0.1; done
		x.timeout = 200ms
		x.kill = TERM 200ms KILL
	END
	expect 1 seqdeck p.ini
	seqdeck events | grep -q '"signal":"KILL"' || fail "it was not killed"
}

test_what_keeps_the_output_open_is_not_waited_for()
{
	plan p.ini <<-END
		[sequence a]
		run x = setsid sh -c 'echo \$\$ >$PWD/pid; exec sleep 1000' & sleep 0.2; echo done
		run y = echo next
	END
	expect 0 seqdeck p.ini
	kill "$(cat pid)"
	out_has 'kept its output open' 'a y │ next'
}

# stream NN-STEP: the stream that a log's output is from: 1 is output, 2 is error output.
# (4 marks the end of the process, which may be seen before the last of its output.)
stream()
{
	od -An -t u4 -v -w24 "$(run_dir)/sequences/a/$1.1.idx" | awk '$5 < 3 { print $5; exit }'
}

test_stdout_and_stderr_are_told_apart_on_pipes()
{
	plan p.ini <<-END
		[defaults]
		tty = no
		[sequence a]
		run v = echo out
		run w = echo err >&2
		run x = tty || :
		run y = cat; echo end
		y.stdin = a line
		run z = cat; echo nothing
	END
	expect 0 seqdeck p.ini
	out_has '│ out' '│ err' 'not a tty' 'a line' 'nothing'
	[ "$(stream 01-v)" = 1 ] || fail "standard output is stream $(stream 01-v)"
	[ "$(stream 02-w)" = 2 ] || fail "standard error is stream $(stream 02-w)"
}

test_a_terminal_has_a_size_and_a_controlling_session()
{
	plan p.ini <<-END
		[sequence a]
		run x = stty size; echo over /dev/tty >/dev/tty; echo TERM=\$TERM
	END
	expect 0 seqdeck p.ini
	out_has '30 120' 'over /dev/tty' 'TERM=xterm-256color'
}

test_a_step_gets_a_clean_environment_and_no_descriptors()
{
	plan p.ini <<-END
		[vars]
		my-name = x y
		[sequence a]
		run x = ls /proc/self/fd | tr '\n' ' '; echo; grep -E '^Sig(Blk|Ign)' /proc/self/status; env
		x.env.EXTRA = {my-name}!
	END
	LIBEV_FLAGS=1 COLUMNS=7; export LIBEV_FLAGS COLUMNS
	expect 0 seqdeck p.ini
	out_has '0 1 2 3 ' 'SigBlk:	0000000000000000' \
		'SEQDECK_MY_NAME=x y' 'EXTRA=x y!' 'SEQDECK_STEP=x' 'SEQDECK_RUN_DIR=/'
	out_lacks LIBEV_FLAGS 'COLUMNS=7'
	# Signals 32 and 33 are the C library's own: its posix_spawn leaves them ignored.
	grep -qE 'SigIgn:.0{7}[01][08]0{7}' out || fail "signals are ignored"
}

test_a_script_of_several_lines_comes_as_written_and_stops_at_its_first_failure()
{
	cat >p.ini <<-END
		[sequence a]
		run x = cat <<EOF
		    kept ; # as written

		        indented
		    EOF
		    false
		    echo never
	END
	expect 1 seqdeck p.ini
	out_has '│ kept ; # as written' '│     indented'
	out_lacks '│ never'
}

test_the_run_directory_is_closed_to_others()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo hello
	END
	expect 0 seqdeck p.ini --dir "$PWD/my run"
	[ "$(stat -c %a 'my run')" = 700 ] || fail "mode $(stat -c %a 'my run')"
	[ "$(stat -c %a 'my run/journal.ndjson')" = 600 ] || fail "journal open to others"
	file_has 'my run/sequences/a/01-x.1.log' hello
	cmp p.ini 'my run/plan.ini'
	expect 4 seqdeck p.ini --dir "$PWD/my run"
	err_has 'my run'
}

test_json_is_the_journal_as_it_is()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo hello
	END
	expect 0 seqdeck run --json p.ini
	head -n "$(wc -l <out)" "$(run_dir)/journal.ndjson" | cmp - out
	out_has '"event":"step_ended"' '"state":"ok"'
}

run_tests
