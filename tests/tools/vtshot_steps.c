#include "vtshot.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "vt_screen.h"

static bool
screen_has(struct shot *shot, const char *text)
{
	for (int row = 0; row < vt_screen_rows(shot->screen); row++)
		if (strstr(vt_screen_row(shot->screen, row), text) != NULL)
			return true;
	return false;
}

static bool
screen_lacks(struct shot *shot, const char *text)
{
	return !screen_has(shot, text);
}

static bool
screen_matches(struct shot *shot, const char *pattern)
{
	regex_t regex;
	bool found = false;
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	for (int row = 0; row < vt_screen_rows(shot->screen) && !found; row++)
		found = regexec(&regex, vt_screen_row(shot->screen, row), 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

static bool
screen_lacks_match(struct shot *shot, const char *pattern)
{
	return !screen_matches(shot, pattern);
}

static bool
cursor_is_at(struct shot *shot, const char *arg)
{
	int row, col, want_row, want_col;
	return sscanf(arg, "%d,%d", &want_col, &want_row) == 2 &&
	    vt_screen_cursor(shot->screen, &row, &col) && row + 1 == want_row &&
	    col + 1 == want_col;
}

static bool
has_osc(struct shot *shot, const char *text)
{
	return vt_screen_has_osc(shot->screen, text);
}

static bool
succeeds(struct shot *shot, const char *command)
{
	(void)shot;
	fflush(stdout);
	return system(command) == 0;
}

static int
step_size(struct shot *shot, char *arg)
{
	return shot->screen != NULL || sscanf(arg, "%dx%d", &shot->cols, &shot->rows) != 2 ||
	    shot->cols < 1 || shot->rows < 1;
}

static int
step_env(struct shot *shot, char *arg)
{
	(void)shot;
	char *value = strchr(arg, '=');
	if (value == NULL)
		return unsetenv(arg);
	*value++ = '\0';
	return setenv(arg, value, 1);
}

static int
step_run(struct shot *shot, char *arg)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, arg, NULL };
	if (shot->screen != NULL)
		return 1;
	shot_start(shot, argv);
	return 0;
}

static void
type(struct shot *shot, const char *text)
{
	buf_add_str(&shot->input, text);
}

static int
step_send(struct shot *shot, char *arg)
{
	for (char *save, *key = strtok_r(arg, " \t", &save); key != NULL;
	     key = strtok_r(NULL, " \t", &save)) {
		char bytes[64];
		if (!vt_screen_key(shot->screen, key)) {
			fprintf(stderr, "vtshot: there is no key '%s'\n", key);
			return 1;
		}
		size_t len = vt_screen_take_output(shot->screen, bytes, sizeof(bytes));
		buf_add(&shot->input, bytes, len);
	}
	return 0;
}

static int
step_type(struct shot *shot, char *arg)
{
	type(shot, arg);
	return 0;
}

static int
mouse(struct shot *shot, int button, const char *at, bool release)
{
	int row, col;
	if (sscanf(at, "%d,%d", &col, &row) != 2)
		return 1;
	buf_printf(&shot->input, "\033[<%d;%d;%dM", button, col, row);
	if (release)
		buf_printf(&shot->input, "\033[<%d;%d;%dm", button, col, row);
	return 0;
}

static int
step_click(struct shot *shot, char *arg)
{
	return mouse(shot, 0, arg, true);
}

static int
step_wheel(struct shot *shot, char *arg)
{
	if (strncmp(arg, "up ", 3) == 0)
		return mouse(shot, 64, arg + 3, false);
	if (strncmp(arg, "down ", 5) == 0)
		return mouse(shot, 65, arg + 5, false);
	return 1;
}

static int
step_quiet(struct shot *shot, char *arg)
{
	return !shot_until(shot, shot_is_quiet, arg[0] != '\0' ? arg : "150");
}

static int
step_has(struct shot *shot, char *arg)
{
	return !screen_has(shot, arg);
}

static int
step_lacks(struct shot *shot, char *arg)
{
	return screen_has(shot, arg);
}

static int
step_resize(struct shot *shot, char *arg)
{
	int rows, cols;
	if (sscanf(arg, "%dx%d", &cols, &rows) != 2 || rows < 1 || cols < 1)
		return 1;
	shot_resize(shot, cols, rows);
	return 0;
}

/* The file named, or standard output; NULL when it cannot be opened. */
static FILE *
open_out(const char *name)
{
	return name[0] == '\0' ? stdout : fopen(name, "we");
}

static int
close_out(FILE *to)
{
	return to == stdout ? fflush(to) : fclose(to);
}

static int
step_shot(struct shot *shot, char *arg)
{
	FILE *to = open_out(arg);
	if (to == NULL)
		return 1;
	shot_print(shot, to, true);
	return close_out(to);
}

static int
step_attrs(struct shot *shot, char *arg)
{
	FILE *to = open_out(arg);
	if (to == NULL)
		return 1;
	vt_screen_print_attrs(shot->screen, to);
	return close_out(to);
}

static int
step_cursor(struct shot *shot, char *arg)
{
	int row, col;
	(void)arg;
	bool shown = vt_screen_cursor(shot->screen, &row, &col);
	printf("cursor %d,%d%s\n", col + 1, row + 1, shown ? "" : " hidden");
	return fflush(stdout);
}

static int
step_mask(struct shot *shot, char *arg)
{
	if (shot->has_mask)
		regfree(&shot->mask);
	shot->has_mask = regcomp(&shot->mask, arg, REG_EXTENDED) == 0;
	return !shot->has_mask;
}

static int
step_note(struct shot *shot, char *arg)
{
	(void)shot;
	puts(arg);
	return fflush(stdout);
}

static int
step_raw(struct shot *shot, char *arg)
{
	FILE *to = open_out(arg);
	if (to == NULL)
		return 1;
	fwrite(buf_str(&shot->raw), 1, shot->raw.len, to);
	return close_out(to);
}

static int
step_svg(struct shot *shot, char *arg)
{
	FILE *to = open_out(arg);
	if (to == NULL)
		return 1;
	vt_screen_print_svg(shot->screen, to, "seqdeck");
	return close_out(to);
}

static int
step_background(struct shot *shot, char *arg)
{
	free(shot->background);
	shot->background = mem_strdup(arg);
	if (shot->screen != NULL)
		vt_screen_set_background(shot->screen, arg);
	return 0;
}

static int
step_sh(struct shot *shot, char *arg)
{
	return !succeeds(shot, arg);
}

/* The number of a signal by its name, with or without SIG; -1 for none. */
static int
signal_number(const char *name)
{
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (int number = 1; number < NSIG; number++) {
		const char *abbrev = sigabbrev_np(number);
		if (abbrev != NULL && strcmp(abbrev, name) == 0)
			return number;
	}
	return -1;
}

static int
step_signal(struct shot *shot, char *arg)
{
	int number = signal_number(arg);
	return number == -1 || shot->ended || kill(shot->pid, number) != 0;
}

static int
step_stall(struct shot *shot, char *arg)
{
	(void)arg;
	shot->stalled = true;
	return 0;
}

static int
step_unstall(struct shot *shot, char *arg)
{
	(void)arg;
	shot->stalled = false;
	return 0;
}

static int
step_hangup(struct shot *shot, char *arg)
{
	(void)arg;
	shot_hang_up(shot);
	return 0;
}

static int
step_expect_exit(struct shot *shot, char *arg)
{
	if (!shot_until(shot, shot_has_ended, NULL))
		return 1;
	if (WIFSIGNALED(shot->status)) {
		if (WTERMSIG(shot->status) == signal_number(arg))
			return 0;
		fprintf(stderr, "vtshot: ended by SIG%s\n", sigabbrev_np(WTERMSIG(shot->status)));
		return 1;
	}
	char *end;
	long want = strtol(arg, &end, 10);
	if (*arg != '\0' && *end == '\0' && WEXITSTATUS(shot->status) == want)
		return 0;
	fprintf(stderr, "vtshot: ended with %d\n", WEXITSTATUS(shot->status));
	return 1;
}

static int
step_deadline(struct shot *shot, char *arg)
{
	shot->deadline_ms = (long long)(atof(arg) * 1000);
	return shot->deadline_ms <= 0;
}

static const struct step {
	const char *name;
	int (*act)(struct shot *shot, char *arg);	/* NULL: waits for the condition */
	shot_condition until;
	bool needs_program;
} steps[] = {
	{ "attrs", step_attrs, NULL, true },
	{ "background", step_background, NULL, false },
	{ "click", step_click, NULL, true },
	{ "cursor", step_cursor, NULL, true },
	{ "deadline", step_deadline, NULL, false },
	{ "env", step_env, NULL, false },
	{ "expect-exit", step_expect_exit, NULL, true },
	{ "hangup", step_hangup, NULL, true },
	{ "has", step_has, NULL, true },
	{ "lacks", step_lacks, NULL, true },
	{ "mask", step_mask, NULL, false },
	{ "note", step_note, NULL, false },
	{ "quiet", step_quiet, NULL, true },
	{ "raw", step_raw, NULL, true },
	{ "resize", step_resize, NULL, true },
	{ "run", step_run, NULL, false },
	{ "send", step_send, NULL, true },
	{ "sh", step_sh, NULL, false },
	{ "shot", step_shot, NULL, true },
	{ "signal", step_signal, NULL, true },
	{ "size", step_size, NULL, false },
	{ "stall", step_stall, NULL, true },
	{ "svg", step_svg, NULL, true },
	{ "type", step_type, NULL, true },
	{ "unstall", step_unstall, NULL, true },
	{ "until", NULL, succeeds, true },
	{ "wait", NULL, screen_has, true },
	{ "wait-cursor", NULL, cursor_is_at, true },
	{ "wait-gone", NULL, screen_lacks, true },
	{ "wait-gone-re", NULL, screen_lacks_match, true },
	{ "wait-osc", NULL, has_osc, true },
	{ "wait-re", NULL, screen_matches, true },
	{ "wheel", step_wheel, NULL, true },
};

int
shot_step(struct shot *shot, char *line)
{
	char name[32];
	line += strspn(line, " \t");
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	size_t len = strcspn(line, " \t");
	snprintf(name, sizeof(name), "%.*s", (int)len, line);
	char *arg = line + len + strspn(line + len, " \t");
	char *copy = mem_strdup(arg);
	size_t size = strlen(copy);
	char *text = copy;
	/* A command with quotes of its own keeps them. */
	if (size >= 2 && strchr(copy + 1, '"') == copy + size - 1 && copy[0] == '"') {
		copy[size - 1] = '\0';
		text++;
	}
	int failed = 1;
	const struct step *step = NULL;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].name, name) == 0)
			step = &steps[i];
	if (step == NULL)
		fprintf(stderr, "vtshot: there is no step '%s'\n", name);
	else if (step->needs_program && shot->screen == NULL)
		fprintf(stderr, "vtshot: nothing runs yet\n");
	else if (step->act != NULL)
		failed = step->act(shot, text);
	else
		failed = !shot_until(shot, step->until, text);
	free(copy);
	return failed;
}
