#include "ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui_scene.h"

static const char *const steps[] = { "fetch", "build", "install", NULL };

/* Four sequences: one ok, one failed, one running, one waiting. */
static void
four(struct scene *s)
{
	static const char *const names[] = { "alpha", "beta", "gamma", "delta" };
	scene_begin(s);
	for (size_t i = 0; i < 4; i++)
		scene_sequence(s, names[i], steps);
	scene_state(s, "alpha", STATE_RUNNING, NULL);
	for (size_t i = 0; i < 3; i++) {
		scene_step(s, "alpha", i, steps[i], "fine\n");
		scene_step_end(s, "alpha", steps[i], STATE_OK, 0);
	}
	scene_state(s, "alpha", STATE_OK, NULL);
	scene_state(s, "beta", STATE_RUNNING, NULL);
	scene_step(s, "beta", 0, "fetch", "getting it\nE: lock is taken\n");
	scene_step_end(s, "beta", "fetch", STATE_FAILED, 100);
	scene_state(s, "beta", STATE_FAILED, NULL);
	scene_state(s, "gamma", STATE_RUNNING, NULL);
	scene_step(s, "gamma", 0, "fetch", "\033[32mgreen\033[m 構築\npassword: ");
	scene_state(s, "delta", STATE_WAITING, "needs 'gamma', which runs");
}

static void
open_four(struct scene *s, int rows, int cols)
{
	struct err err = ERR_INIT;
	four(s);
	scene_lives(s);
	assert_true(scene_open(s, rows, cols, &err));
	assert_true(scene_wait(s, "q leave", false));
}

static void
test_the_first_frame_tells_states_counts_and_output(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	static const char *const shown[] = { "Scene", "✓ 1", "● 1", "✗ 1", "◌ 1", "✗ beta  1/3 fetch",
		"exit 100", "E: lock is taken", "● gamma", "green 構築", "✓ alpha",
		"needs 'gamma', which runs", "Enter open" };
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		assert_true(scene_wait(&s, shown[i], false));
	scene_close(&s);
}

static void
test_what_is_journalled_appears_by_itself(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_step_end(&s, "gamma", "fetch", STATE_OK, 0);
	scene_step(&s, "gamma", 1, "build", "compiling hard\n");
	scene_flush(&s);
	assert_true(scene_wait(&s, "compiling hard", false));
	assert_true(scene_wait(&s, "2/3 build", false));
	scene_close(&s);
}

static void
test_output_of_a_running_step_appears_by_itself(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	assert_true(scene_wait(&s, "password:", false));
	char *log = rundir_log_path("gamma", 0, "fetch", 1), *path = file_join(s.dir, log);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(file_write_all(fd, "\nwelcome\n", 9), 0);
	close(fd);
	assert_true(scene_wait(&s, "welcome", false));
	free(path);
	free(log);
	scene_close(&s);
}

static void
test_zoom_shows_the_whole_log_and_steps_and_comes_back(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "\r");
	assert_true(scene_wait(&s, "Esc back", false));
	assert_true(scene_wait(&s, "✗ fetch  ◌ build  ◌ install", false));
	assert_true(scene_wait(&s, "echo it", false));
	assert_true(scene_wait(&s, "getting it", false));
	scene_keys(&s, "q");
	assert_true(scene_wait(&s, "q leave", false));
	scene_close(&s);
}

static void
test_search_finds_wraps_and_says_when_there_is_nothing(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "\r/getting\r");
	assert_true(scene_wait(&s, "not following", false));
	scene_keys(&s, "n");
	assert_true(scene_wait(&s, "passed the last line", false));
	scene_keys(&s, "/nowhere at all\r");
	assert_true(scene_wait(&s, "is nowhere in this log", false));
	scene_keys(&s, "/(\r");
	assert_true(scene_wait(&s, "column", false));
	scene_keys(&s, "F");
	assert_true(scene_wait(&s, "not following", true));
	scene_close(&s);
}

static void
test_asking_goes_through_the_port_and_the_answer_is_told(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "r");
	assert_true(scene_wait_asked(&s, "retry beta;"));
	ui_answered(s.ui, s.asks, 1, NULL);
	assert_true(scene_wait(&s, "beta retried", false));
	scene_keys(&s, "r");
	assert_true(scene_wait_asked(&s, "retry beta;retry beta;"));
	ui_answered(s.ui, s.asks, 0, "nothing \033[2Jwent wrong there");
	assert_true(scene_wait(&s, "cannot retry beta: nothing ^[[2Jwent wrong there", false));
	scene_close(&s);
}

static void
test_without_an_engine_asking_tells_the_reason(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	s.refuses = true;
	ui_set_live(s.ui, false);
	assert_true(scene_wait(&s, "the engine has gone", false));
	scene_keys(&s, "r");
	assert_true(scene_wait(&s, "cannot retry: no engine drives this run", false));
	assert_true(scene_wait(&s, "no engine drives it", false));
	scene_close(&s);
}

static void
test_skipping_asks_and_cancelling_several_asks(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "S");
	assert_true(scene_wait(&s, "leave step 'fetch' of 'beta'", false));
	scene_keys(&s, "n");
	assert_true(scene_wait(&s, "leave step", true));
	assert_string_equal(buf_str(&s.asked), "");
	scene_keys(&s, "S\r");
	assert_true(scene_wait_asked(&s, "skip beta;"));
	scene_keys(&s, "  x");
	assert_true(scene_wait(&s, "stop 2 sequences?", false));
	scene_keys(&s, "y");
	assert_true(scene_wait_asked(&s, "cancel beta gamma;"));
	scene_close(&s);
}

static void
test_control_c_twice_cancels_all_and_once_does_not(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "\003");
	assert_true(scene_wait(&s, "C-c again within a second cancels all", false));
	assert_string_equal(buf_str(&s.asked), "");
	scene_keys(&s, "\003");
	assert_true(scene_wait_asked(&s, "cancel @all;"));
	scene_close(&s);
}

static void
test_leaving_detaches_by_default_and_can_cancel(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "q");
	assert_true(scene_wait(&s, "detach (Enter)", false));
	scene_keys(&s, "\r");
	assert_int_equal(ui_run(s.ui), UI_LEFT);
	scene_close(&s);
	open_four(&s, 24, 100);
	scene_keys(&s, "qc");
	assert_int_equal(ui_run(s.ui), UI_CANCEL_ALL);
	scene_close(&s);
}

static void
test_keys_typed_go_to_the_step_until_the_way_out(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "ji");
	assert_true(scene_wait(&s, "typing into the step: C-] leaves", false));
	scene_keys(&s, "qx\003");
	assert_true(scene_wait_asked(&s, "input gamma qx\003;"));
	scene_keys(&s, "\033OA");
	assert_true(scene_wait_asked(&s, "\033[A;"));
	scene_keys(&s, "\035");
	assert_true(scene_wait(&s, "typing into the step", true));
	scene_keys(&s, "q");
	assert_true(scene_wait(&s, "q leave", false));
	scene_close(&s);
}

static void
test_a_zoomed_step_is_asked_to_fit_the_window(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "j\r");
	assert_true(scene_wait_asked(&s, "resize gamma;"));
	scene_close(&s);
}

static void
test_a_filter_takes_every_letter_and_can_be_left(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "/qx");
	assert_true(scene_wait(&s, "nothing fits this filter", false));
	scene_keys(&s, "\025alp\r");
	assert_true(scene_wait(&s, "1 of 4 shown", false));
	assert_true(scene_wait(&s, "beta", true));
	scene_keys(&s, "\033");
	assert_true(scene_wait(&s, "beta", false));
	scene_keys(&s, "/:state failed\r");
	assert_true(scene_wait(&s, "gamma", true));
	assert_true(scene_wait(&s, "beta", false));
	scene_close(&s);
}

static void
test_help_and_details_tell_everything_and_close(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 60, 100);
	scene_keys(&s, "?");
	assert_true(scene_wait(&s, "Help: all sequences", false));
	assert_true(scene_wait(&s, "run the step that failed", false));
	scene_keys(&s, "q");
	assert_true(scene_wait(&s, "Help:", true));
	scene_keys(&s, "d");
	assert_true(scene_wait(&s, "01-fetch.1.log", false));
	assert_true(scene_wait(&s, "exit 100, began", false));
	assert_true(scene_wait(&s, "echo it", false));
	scene_keys(&s, "\033");
	assert_true(scene_wait(&s, "01-fetch.1.log", true));
	scene_close(&s);
}

static void
test_a_paste_outside_of_a_text_field_does_nothing(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	scene_keys(&s, "\033[200~rxXSqd\r\033[201~?");
	assert_true(scene_wait(&s, "Help:", false));
	assert_string_equal(buf_str(&s.asked), "");
	scene_close(&s);
}

static void
test_nothing_is_drawn_while_nothing_changes(void **state)
{
	(void)state;
	struct scene s;
	struct err err = ERR_INIT;
	four(&s);	/* nobody drives it: no clock runs */
	assert_true(scene_open(&s, 24, 100, &err));
	assert_true(scene_wait(&s, "q leave", false));
	for (int i = 0; i < 20; i++)
		ev_run(s.loop, EVRUN_NOWAIT);
	size_t before = s.received;
	scene_keys(&s, "\033[99~");	/* a key that means nothing */
	for (int i = 0; i < 20; i++)
		ev_run(s.loop, EVRUN_NOWAIT);
	assert_int_equal(s.received, before);
	scene_close(&s);
}

static void
test_a_terminal_that_reads_nothing_costs_frames_and_no_memory(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	ev_io_stop(s.loop, &s.reading);
	for (int i = 0; i < 2000; i++) {
		scene_keys(&s, i % 2 ? "?" : "q");
		ev_run(s.loop, EVRUN_NOWAIT);
	}
	ev_io_start(s.loop, &s.reading);
	scene_keys(&s, "\014");
	assert_true(scene_wait(&s, "q leave", false));
	assert_true(s.received < 256 * 1024);
	scene_close(&s);
}

static void
test_a_hang_up_ends_it(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	ev_io_stop(s.loop, &s.reading);
	close(s.slave);
	close(s.master);
	s.slave = s.master = -1;
	assert_int_equal(ui_run(s.ui), UI_LEFT);
	scene_close(&s);
}

static void
test_the_terminal_is_left_as_it_was(void **state)
{
	(void)state;
	struct scene s;
	open_four(&s, 24, 100);
	struct termios now;
	assert_int_equal(tcgetattr(s.slave, &now), 0);
	assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG), 0);
	ui_free(s.ui);
	s.ui = NULL;
	assert_int_equal(tcgetattr(s.slave, &now), 0);
	assert_int_equal(now.c_iflag, s.before.c_iflag);
	assert_int_equal(now.c_oflag, s.before.c_oflag);
	assert_int_equal(now.c_cflag, s.before.c_cflag);
	assert_int_equal(now.c_lflag, s.before.c_lflag);
	assert_memory_equal(now.c_cc, s.before.c_cc, sizeof now.c_cc);
	for (int i = 0; i < 5; i++)
		ev_run(s.loop, EVRUN_NOWAIT);
	assert_false(emulator_is_alternate(s.screen));
	scene_close(&s);
}

static void
test_signals_end_it_and_a_stop_from_outside_is_mended(void **state)
{
	(void)state;
	struct scene s;
	struct termios now;
	open_four(&s, 24, 100);
	tcsetattr(s.slave, TCSANOW, &s.before);	/* as a shell does in between */
	raise(SIGCONT);
	for (int i = 0; i < 5; i++)
		ev_run(s.loop, EVRUN_NOWAIT);
	assert_int_equal(tcgetattr(s.slave, &now), 0);
	assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG), 0);
	raise(SIGTERM);
	assert_int_equal(ui_run(s.ui), UI_LEFT);
	scene_close(&s);
}

static void
test_a_run_that_nobody_drives_is_left_without_a_question(void **state)
{
	(void)state;
	struct scene s;
	struct err err = ERR_INIT;
	four(&s);
	assert_true(scene_open(&s, 24, 100, &err));
	assert_true(scene_wait(&s, "q leave", false));
	scene_keys(&s, "q");
	assert_int_equal(ui_run(s.ui), UI_LEFT);
	scene_close(&s);
}

static void
test_control_in_names_and_reasons_stays_on_this_side(void **state)
{
	(void)state;
	struct scene s;
	struct err err = ERR_INIT;
	scene_begin(&s);
	scene_sequence(&s, "we\033[2Jb\007\302\233", steps);
	scene_state(&s, "we\033[2Jb\007\302\233", STATE_WAITING, "needs \033]0;x\007 \342\200\256db");
	assert_true(scene_open(&s, 24, 100, &err));
	assert_true(scene_wait(&s, "q leave", false));
	assert_true(scene_wait(&s, "[2Jb", false));
	assert_true(scene_wait(&s, "db", false));
	assert_false(scene_shows(&s, "\342\200\256"));
	scene_keys(&s, "d");
	assert_true(scene_wait(&s, "state", false));
	scene_close(&s);
}

static void
test_terminals_that_cannot_do_it_get_a_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *type, *says;
	} cases[] = {
		{ NULL, "TERM is not set" }, { "", "TERM is not set" },
		{ "nonesuch-terminal", "'nonesuch-terminal' (TERM) is not known here" },
		{ "dumb", "cannot place its cursor" },
	};
	for (size_t i = 0; i < 4; i++) {
		struct scene s;
		struct err err = ERR_INIT;
		if (cases[i].type)
			setenv("TERM", cases[i].type, 1);
		else
			unsetenv("TERM");
		four(&s);
		assert_false(scene_open(&s, 24, 80, &err));
		assert_non_null(strstr(err.text, cases[i].says));
		assert_non_null(strstr(err.text, "--plain"));
		scene_close(&s);
	}
	setenv("TERM", "xterm-256color", 1);
}

static void
test_a_terminal_without_colours_shows_states_by_sign(void **state)
{
	(void)state;
	struct scene s;
	struct err err = ERR_INIT;
	setenv("TERM", "vt100", 1);
	four(&s);
	scene_lives(&s);
	assert_true(scene_open(&s, 24, 80, &err));
	assert_true(scene_wait(&s, "✗ beta", false));
	scene_close(&s);
	setenv("TERM", "xterm-256color", 1);
}

static void
test_any_window_and_any_keys_are_survived(void **state)
{
	(void)state;
	static const char keys[] = "jkhlgG\r\033qzi\035?dTLwF[]/nN v USRpP\t\t0123\025";
	uint64_t dice = 2026;
	struct scene s;
	struct err err = ERR_INIT;
	four(&s);
	scene_lives(&s);
	assert_true(scene_open(&s, 24, 80, &err));
	for (int i = 0; i < 400; i++) {
		char bytes[6] = "";
		if (scratch_pick(&dice, 8) == 0)
			scene_resize(&s, (int)scratch_pick(&dice, 50), (int)scratch_pick(&dice, 150));
		for (size_t k = 0; k < 5; k++)
			bytes[k] = keys[scratch_pick(&dice, sizeof keys - 1)];
		for (size_t k = 0; k + 1 < 5; k++)	/* "qd" leaves, which is not meant here */
			if (bytes[k] == 'q' || bytes[k] == '\r')
				bytes[k + 1] = '\033';
		bytes[4] = '\033';
		scene_keys(&s, bytes);
		ev_run(s.loop, EVRUN_NOWAIT);
		ev_run(s.loop, EVRUN_NOWAIT);
	}
	scene_close(&s);
}

static void
test_a_thousand_sequences_are_shown_at_any_size(void **state)
{
	(void)state;
	struct scene s;
	struct err err = ERR_INIT;
	scene_begin(&s);
	for (int i = 0; i < 1000; i++) {
		char name[32];
		snprintf(name, sizeof name, "node@host%04d", i);
		scene_sequence(&s, name, steps);
		scene_state(&s, name, (enum state)(i % (STATE_SKIPPED + 1)), NULL);
	}
	assert_true(scene_open(&s, 24, 80, &err));
	assert_true(scene_wait(&s, "q leave", false));
	static const int sizes[][2] = { { 1, 1 }, { 2, 2 }, { 3, 200 }, { 200, 3 }, { 60, 200 } };
	for (size_t i = 0; i < 5; i++) {
		scene_resize(&s, sizes[i][0], sizes[i][1]);
		for (int k = 0; k < 5; k++)
			ev_run(s.loop, EVRUN_NOWAIT);
	}
	assert_true(scene_wait(&s, "q leave", false));
	scene_close(&s);
}

int
main(void)
{
	setenv("TERM", "xterm-256color", 1);
	unsetenv("NO_COLOR");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_frame_tells_states_counts_and_output),
		cmocka_unit_test(test_what_is_journalled_appears_by_itself),
		cmocka_unit_test(test_output_of_a_running_step_appears_by_itself),
		cmocka_unit_test(test_zoom_shows_the_whole_log_and_steps_and_comes_back),
		cmocka_unit_test(test_search_finds_wraps_and_says_when_there_is_nothing),
		cmocka_unit_test(test_asking_goes_through_the_port_and_the_answer_is_told),
		cmocka_unit_test(test_without_an_engine_asking_tells_the_reason),
		cmocka_unit_test(test_skipping_asks_and_cancelling_several_asks),
		cmocka_unit_test(test_control_c_twice_cancels_all_and_once_does_not),
		cmocka_unit_test(test_leaving_detaches_by_default_and_can_cancel),
		cmocka_unit_test(test_keys_typed_go_to_the_step_until_the_way_out),
		cmocka_unit_test(test_a_zoomed_step_is_asked_to_fit_the_window),
		cmocka_unit_test(test_a_filter_takes_every_letter_and_can_be_left),
		cmocka_unit_test(test_help_and_details_tell_everything_and_close),
		cmocka_unit_test(test_a_paste_outside_of_a_text_field_does_nothing),
		cmocka_unit_test(test_nothing_is_drawn_while_nothing_changes),
		cmocka_unit_test(test_a_terminal_that_reads_nothing_costs_frames_and_no_memory),
		cmocka_unit_test(test_a_hang_up_ends_it),
		cmocka_unit_test(test_the_terminal_is_left_as_it_was),
		cmocka_unit_test(test_signals_end_it_and_a_stop_from_outside_is_mended),
		cmocka_unit_test(test_a_run_that_nobody_drives_is_left_without_a_question),
		cmocka_unit_test(test_control_in_names_and_reasons_stays_on_this_side),
		cmocka_unit_test(test_terminals_that_cannot_do_it_get_a_sentence),
		cmocka_unit_test(test_a_terminal_without_colours_shows_states_by_sign),
		cmocka_unit_test(test_any_window_and_any_keys_are_survived),
		cmocka_unit_test(test_a_thousand_sequences_are_shown_at_any_size),
	};
	return cmocka_run_group_tests_name("ui", tests, NULL, NULL);
}
