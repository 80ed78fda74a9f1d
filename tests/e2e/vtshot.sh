#!/bin/sh
# The tool of the screen tests, on programs whose screens are known.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"

test_the_window_has_the_size_asked_for()
{
	printf '%s\n' 'size 40x6' 'run stty size; env | grep -c -e ^LINES= -e ^COLUMNS=' \
		'expect-exit 1' shot | vtshot >got
	file_is got <<-END
		6 40
		0




	END
}

test_a_shot_is_text_with_wide_characters_and_without_trailing_blanks()
{
	vtshot -s 20x2 -e 'expect-exit 0' -e shot printf 'a  b   \r\n漢字 é x' >got
	file_is got <<-END
		a  b
		漢字 é x
	END
}

test_attributes_are_listed_by_columns()
{
	vtshot -s 30x3 -e 'expect-exit 0' -e attrs \
		printf 'plain\r\n\033[1;31mred\033[0m \033[7mback\033[0m\r\n\033[38;2;1;2;255;48;5;240mx' >got
	file_is got <<-END
		2: 1-3 bold fg=1, 5-8 reverse
		3: 1-1 fg=#0102ff bg=240
	END
}

test_a_repeated_character_is_repeated()
{
	vtshot -s 30x1 -e 'expect-exit 0' -e shot printf '\033[5b=\033[9b|' >got
	file_is got <<-END
		==========|
	END
}

test_characters_are_deleted_outside_of_the_scroll_region_too()
{
	vtshot -s 20x3 -e 'expect-exit 0' -e shot \
		printf '\033[1;2r\033[3;1Habcdefgh\r\033[3P\033[2@\033[1;1Hxyz\r\033[P' >got
	file_is got <<-END
		yz

		  defgh
	END
}

test_hostile_output_does_no_harm()
{
	vtshot -s 30x2 -e 'expect-exit 0' -e shot printf \
		'\033[1;2;3;4;5;6;7;8;9;1;2;3;4;5;6;7;8;9m\033[99999999999b\033P$qx\033\\\033#Pfine' >got
	file_has got fine
}

test_typed_text_and_keys_arrive()
{
	vtshot -s 30x4 >got <<-'END'
		run stty -icanon -echo -isig; echo; dd bs=1 count=8 2>/dev/null | od -An -c
		wait-cursor 1,2
		type a"b
		send C-c C-] Esc Up
		expect-exit 0
		shot
	END
	[ "$(tr -ds '\n' ' ' <got)" = ' a " b 003 035 033 033 [' ] || fail "other keys came: $(cat got)"
}

test_control_c_ends_the_program()
{
	vtshot -e 'wait ready' -e 'send C-c' -e 'expect-exit INT' sh -c 'echo ready; exec sleep 600'
}

test_a_wait_ends_when_the_text_comes_and_when_it_goes()
{
	vtshot -s 20x2 >got <<-'END'
		run echo one; read x; printf '\033[H\033[2Jtwo\n'; read x
		wait one
		lacks two
		send Enter
		wait-gone one
		wait-re ^t[w]o$
		has two
	END
}

test_a_deadline_that_passes_shows_the_screen_and_fails()
{
	expect 1 vtshot -s 30x2 -t 0.2 -e 'wait never' sh -c 'echo "this is here"; exec cat'
	err_has 'step 1 failed: wait never' 'this is here'
	expect 1 vtshot -e 'has x' true
	expect 1 vtshot -e 'frobnicate' true
	err_has "there is no step 'frobnicate'"
	expect 1 vtshot -e 'send Hyper-x' cat
	err_has "there is no key 'Hyper-x'"
}

test_exit_status_and_signal_are_told()
{
	vtshot -e 'expect-exit 3' sh -c 'exit 3'
	expect 1 vtshot -e 'expect-exit 0' sh -c 'exit 3'
	err_has 'ended with 3'
	vtshot -e 'wait ready' -e 'signal TERM' -e 'expect-exit TERM' sh -c 'echo ready; exec sleep 600'
}

test_a_resize_reaches_the_program_and_keeps_its_modes()
{
	vtshot -s 40x4 >got <<-'END'
		run trap 'printf "\033[2J\033[H"; stty size' WINCH; printf '\033[?1049h\033[?25l'; echo up; while :; do read x; done
		wait up
		resize 21x3
		wait 3 21
		shot
		cursor
	END
	file_is got <<-END
		3 21


		cursor 1,2 hidden
	END
}

test_a_hang_up_reaches_the_program()
{
	vtshot -e 'wait up' -e hangup -e 'until test -f hung' -e 'expect-exit 5' \
		sh -c 'trap "touch hung; exit 5" HUP; echo up; while :; do read x || sleep 0.05; done'
}

test_a_stalled_terminal_takes_nothing()
{
	vtshot -s 10x2 >got <<-'END'
		run echo up; read x; head -c 1000000 /dev/zero | tr '\0' x; echo; echo over; touch over
		wait up
		stall
		send Enter
		sh test ! -e over
		unstall
		wait over
		sh test -e over
	END
}

test_half_a_frame_is_not_looked_at()
{
	vtshot -s 20x2 -e 'wait part' -e shot \
		sh -c 'printf "\033[?2026hpart"; sleep 0.2; printf " and whole\033[?2026l"; exec sleep 600' >got
	file_has got 'part and whole'
}

test_operating_system_commands_are_kept_and_the_background_is_told()
{
	vtshot -s 40x2 >got <<-'END'
		background rgb:ffff/ffff/ffff
		run stty -icanon -echo; printf '\033]52;c;aGVsbG8=\a\033]11;?\a'; dd bs=1 count=24 2>/dev/null | od -An -c -w24 | tr -d ' \\'
		wait-osc aGVsbG8=
		wait 11;rgb:ffff/ffff/ffff
	END
}

test_a_mask_hides_what_changes()
{
	vtshot -s 30x1 -e 'mask [0-9]+s' -e 'expect-exit 0' -e shot printf 'took 12s of 300s' >got
	file_is got <<-END
		took ~~~ of ~~~~
	END
}

test_raw_bytes_and_a_picture_are_written()
{
	vtshot -s 30x2 -e 'expect-exit 0' -e 'raw raw' -e 'svg shot.svg' \
		printf '\033[1;32m<ok> & more\033[0m ██─' >got
	printf '\033[1;32m<ok> & more\033[0m ██─' | cmp - raw
	file_has shot.svg '<svg ' '&lt;ok&gt;' '&amp;' 'font-weight="bold"' '<path d="M' '</svg>'
}

run_tests
