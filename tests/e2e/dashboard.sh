#!/bin/sh
# The dashboard on a real terminal: what a person sees and does in it.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"

test_retry_in_the_dashboard_and_leaving_detaches()
{
	plan p.ini <<-END
		[plan]
		title = Mending
		[sequence bad]
		run x = echo try {attempt}; [ -e $PWD/mended ]
		[sequence busy]
		run x = echo working; while [ ! -e $PWD/go ]; do sleep 0.05; done
	END
	vtshot -s 100x24 <<-END
		run exec "$SEQDECK" p.ini
		wait Mending
		wait exit 1
		wait working
		send ]
		wait retry
		sh touch mended
		send r
		wait retried
		wait-gone exit 1
		send q
		wait etach
		send d
		wait run goes on
		expect-exit 0
	END
	seqdeck status | grep -q '^busy *running' || fail "the run did not go on"
	vtshot -s 80x24 <<-END
		run exec "$SEQDECK" attach
		wait working
		sh touch go
		wait-gone ●
		send q
		expect-exit 0
	END
}

test_zoom_shows_the_whole_log_and_finds_text()
{
	plan p.ini <<-END
		[sequence a]
		run x = for i in \$(seq 1 500); do echo line \$i of many; done
	END
	expect 0 seqdeck p.ini
	vtshot -s 80x24 <<-END
		run exec "$SEQDECK" attach
		wait line 500 of many
		send Enter
		wait Esc
		send g
		wait line 1 of many
		lacks line 500 of
		send /
		type line 321 of
		send Enter
		wait line 321 of many
		send G
		wait line 500 of many
		send q q
		expect-exit 0
	END
}

test_keys_are_typed_into_a_step()
{
	plan p.ini <<-END
		[sequence a]
		run x = read -r line; echo "got <\$line>"; sleep 1000
	END
	vtshot -s 80x24 <<-END
		run exec "$SEQDECK" p.ini
		wait read -r
		send i
		wait C-]
		type quite a text
		send Enter
		wait got <quite a text>
		send C-]
		wait-gone C-]
		send Esc
		wait Enter open
		send x
		wait cancelled
		send q
		expect-exit 3
	END
}

test_a_full_screen_program_looks_right()
{
	need top
	plan p.ini <<-END
		[sequence a]
		run x = printf '\033[?1049h\033[H\033[2J\033[5;10Hhere\033[7;1Hbelow'; sleep 1000
	END
	vtshot -s 100x30 <<-END
		run exec "$SEQDECK" p.ini
		wait here
		send Enter
		wait-re ^         here
		wait-re ^below
		send Esc
		wait Enter open
		send x
		wait cancelled
		send q
		expect-exit 3
	END
}

test_any_size_of_window_is_survived()
{
	plan p.ini <<-END
		$(for i in $(seq 1 60); do
			echo "[sequence s$i]"
			echo "run x = echo hello; sleep 1000"
		done)
	END
	vtshot -s 80x24 <<-END
		run exec "$SEQDECK" p.ini
		wait 60
		resize 1x1
		quiet 200
		resize 240x70
		wait s40
		resize 20x5
		quiet 200
		resize 80x24
		wait 60
		send q
		wait etach
		send d
		expect-exit 0
	END
	expect 0 seqdeck cancel @all
}

test_a_terminal_that_cannot_do_it_gets_lines_and_a_reason()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo hello
	END
	for term in dumb no-such-terminal; do
		vtshot -s 80x24 <<-END
			env TERM=$term
			run exec "$SEQDECK" p.ini
			wait --plain
			wait hello
			expect-exit 0
		END
	done
}

test_the_run_survives_a_killed_dashboard_and_a_closed_terminal()
{
	plan p.ini <<-END
		[sequence a]
		run x = echo begin; while [ ! -e $PWD/go ]; do sleep 0.05; done
	END
	vtshot -s 80x24 <<-END
		run exec "$SEQDECK" p.ini
		wait begin
		signal KILL
		expect-exit KILL
	END
	vtshot -s 80x24 <<-END
		run exec "$SEQDECK" attach
		wait begin
		hangup
	END
	seqdeck status | grep -q '^a *running' || fail "the run did not go on"
	touch go
	wait_for sh -c "\"$SEQDECK\" status | grep -q '^a *ok'"
}

run_tests
