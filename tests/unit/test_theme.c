#include "ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "term/cell.h"

static int
parse(struct theme *theme, const char *text, struct err *err)
{
	return theme_parse(theme, "t.theme", text, strlen(text), err);
}

static void
test_a_line_sets_the_style_of_its_role(void **state)
{
	(void)state;
	struct theme theme = { 0 };
	struct err err = ERR_INIT;
	assert_int_equal(parse(&theme, "# note\n\n  state.failed = #ff0080 default bold underline\r\n"
	    "pane.focus=bright-white 24", &err), 0);
	struct style failed = theme_style(&theme, ROLE_FAILED);
	assert_int_equal(failed.fg, CELL_RGB | 0xff0080);
	assert_int_equal(failed.bg, CELL_DEFAULT);
	assert_int_equal(failed.attrs, CELL_BOLD | CELL_UNDERLINE);
	struct style focus = theme_style(&theme, ROLE_TITLE_FOCUS);
	assert_int_equal(focus.fg, CELL_PALETTE | 15);
	assert_int_equal(focus.bg, CELL_PALETTE | 24);
}

static void
test_errors_name_the_place_and_what_was_meant(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "text = red default\nstate.faild = red default",
		  "t.theme:2:1: no role 'state.faild': did you mean 'state.failed'?" },
		{ "  nothing here", "t.theme:1:3: no '=' behind 'nothing'" },
		{ "text = reddish default", "t.theme:1:8: no colour: 'reddish'" },
		{ "text = red", "t.theme:1:8: no background behind 'red'" },
		{ "text =", "t.theme:1:6: no colours behind '='" },
		{ "text = red default shiny", "t.theme:1:20: no attribute: 'shiny'" },
		{ "text = #12345g default", "t.theme:1:8: no colour: '#12345g'" },
		{ "text = 256 default", "t.theme:1:8: no colour: '256'" },
		{ "= red default", "t.theme:1:1: no role ''" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct theme theme = { 0 };
		struct err err = ERR_INIT;
		assert_int_equal(parse(&theme, cases[i].text, &err), -1);
		assert_string_equal(err.text, cases[i].says);
		assert_int_equal(theme.styles[ROLE_TEXT].fg, 0);	/* untouched */
	}
}

static void
test_the_built_in_themes_are_the_files_that_are_shipped(void **state)
{
	(void)state;
	static const char *const names[] = { "dark", "light", "mono" };
	const char *top = getenv("srcdir");
	for (size_t i = 0; i < 3; i++) {
		char *name = mem_printf("themes/%s.theme", names[i]);
		struct buf file = scratch_read(top ? top : ".", name);
		assert_string_equal(buf_str(&file), theme_builtin(names[i]));
		buf_release(&file);
		free(name);
	}
}

static void
test_the_built_in_themes_set_every_role(void **state)
{
	(void)state;
	static const char *const names[] = { "dark", "light", "mono" };
	for (size_t i = 0; i < 3; i++) {
		struct theme theme;
		struct err err = ERR_INIT;
		memset(&theme, 0xff, sizeof theme);
		const char *text = theme_builtin(names[i]);
		assert_int_equal(parse(&theme, text, &err), 0);
		for (int role = 0; role < ROLES; role++)
			assert_true(theme.styles[role].attrs != 0xff);
	}
}

static void
test_mono_has_no_colour_at_all(void **state)
{
	(void)state;
	struct theme theme;
	struct err err = ERR_INIT;
	assert_int_equal(theme_load(&theme, "mono", &err), 0);
	for (int role = 0; role < ROLES; role++) {
		assert_int_equal(theme.styles[role].fg, CELL_DEFAULT);
		assert_int_equal(theme.styles[role].bg, CELL_DEFAULT);
	}
}

static void
test_a_theme_file_of_the_user_is_found_by_name_and_by_path(void **state)
{
	(void)state;
	char *dir = scratch_make();
	char *themes = mem_printf("%s/seqdeck/themes", dir);
	char *path = mem_printf("%s/mine.theme", themes);
	struct err err = ERR_INIT;
	struct theme theme;
	assert_int_equal(file_make_dirs(themes, 0700, &err), 0);
	scratch_write(themes, "mine.theme", "text = 7 default\n", 17);
	setenv("XDG_CONFIG_HOME", dir, 1);
	assert_int_equal(theme_load(&theme, "mine", &err), 0);
	assert_int_equal(theme.styles[ROLE_TEXT].fg, CELL_PALETTE | 7);
	/* What it leaves out is as in the dark theme. */
	assert_true(theme.styles[ROLE_FAILED].fg != CELL_DEFAULT);
	assert_int_equal(theme_load(&theme, path, &err), 0);
	unsetenv("XDG_CONFIG_HOME");
	free(path);
	free(themes);
	scratch_remove(dir);
}

static void
test_an_unknown_theme_is_said_to_be_so(void **state)
{
	(void)state;
	struct theme theme;
	struct err err = ERR_INIT;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	assert_int_equal(theme_load(&theme, "nosuch", &err), -1);
	assert_non_null(strstr(err.text, "no theme 'nosuch'"));
	assert_int_equal(theme_load(&theme, "/nonexistent/x.theme", &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/x.theme"));
	unsetenv("XDG_CONFIG_HOME");
}

static void
test_a_file_without_end_is_refused(void **state)
{
	(void)state;
	char *dir = scratch_make();
	struct theme theme;
	struct err err = ERR_INIT;
	char *path = mem_printf("%s/big.theme", dir), *text = malloc(THEME_FILE_MAX + 1);
	memset(text, '\n', THEME_FILE_MAX + 1);
	scratch_write(dir, "big.theme", text, THEME_FILE_MAX + 1);
	assert_int_equal(theme_load(&theme, path, &err), -1);
	free(text);
	free(path);
	scratch_remove(dir);
}

static void
test_the_default_follows_background_and_no_color(void **state)
{
	(void)state;
	unsetenv("NO_COLOR");
	unsetenv("COLORFGBG");
	assert_string_equal(theme_default(true), "dark");
	assert_string_equal(theme_default(false), "mono");
	setenv("COLORFGBG", "0;15", 1);
	assert_string_equal(theme_default(true), "light");
	setenv("COLORFGBG", "15;default;0", 1);
	assert_string_equal(theme_default(true), "dark");
	setenv("NO_COLOR", "1", 1);
	assert_string_equal(theme_default(true), "mono");
	setenv("NO_COLOR", "", 1);	/* empty counts as not set */
	assert_string_equal(theme_default(true), "dark");
	unsetenv("NO_COLOR");
	unsetenv("COLORFGBG");
}

static void
test_the_next_theme_goes_round(void **state)
{
	(void)state;
	assert_string_equal(theme_next("dark"), "light");
	assert_string_equal(theme_next("light"), "mono");
	assert_string_equal(theme_next("mono"), "dark");
	assert_string_equal(theme_next("/some/file"), "dark");
}

static void
test_every_state_has_its_role(void **state)
{
	(void)state;
	for (int s = 0; s < STATES; s++) {
		char name[32];
		snprintf(name, sizeof name, "state.%s", state_name((enum state)s));
		assert_string_equal(role_name(role_of_state((enum state)s)), name);
	}
}

static void
test_a_style_over_another_keeps_what_it_does_not_say(void **state)
{
	(void)state;
	struct style base = { CELL_PALETTE | 1, CELL_PALETTE | 2, CELL_REVERSE };
	struct style over = { CELL_DEFAULT, CELL_DEFAULT, CELL_BOLD };
	struct style both = style_over(base, over);
	assert_int_equal(both.fg, CELL_PALETTE | 1);
	assert_int_equal(both.bg, CELL_PALETTE | 2);
	assert_int_equal(both.attrs, CELL_BOLD | CELL_REVERSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_sets_the_style_of_its_role),
		cmocka_unit_test(test_errors_name_the_place_and_what_was_meant),
		cmocka_unit_test(test_the_built_in_themes_are_the_files_that_are_shipped),
		cmocka_unit_test(test_the_built_in_themes_set_every_role),
		cmocka_unit_test(test_mono_has_no_colour_at_all),
		cmocka_unit_test(test_a_theme_file_of_the_user_is_found_by_name_and_by_path),
		cmocka_unit_test(test_an_unknown_theme_is_said_to_be_so),
		cmocka_unit_test(test_a_file_without_end_is_refused),
		cmocka_unit_test(test_the_default_follows_background_and_no_color),
		cmocka_unit_test(test_the_next_theme_goes_round),
		cmocka_unit_test(test_every_state_has_its_role),
		cmocka_unit_test(test_a_style_over_another_keeps_what_it_does_not_say),
	};
	return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
