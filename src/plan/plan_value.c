#include "plan/plan_value.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "plan/plan.h"
#include "plan/plan_problem.h"

#define RETRIES_MAX 1000000
#define CODE_MAX 255

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

bool
plan_is_name(const char *name, size_t len)
{
	if (len == 0 || len > PLAN_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_letter(name[i]) && !is_digit(name[i]) && name[i] != '-' &&
		    name[i] != '_')
			return false;
	return true;
}

/* Reads digits at *p and moves behind them; -1 when there are none or it is over max. */
static long
read_digits(const char **p, long max)
{
	long n = 0;
	if (!is_digit(**p))
		return -1;
	for (; is_digit(**p); (*p)++)
		if (n <= max)
			n = n * 10 + (**p - '0');
	return n <= max ? n : -1;
}

int
plan_value_number(const char *value, long min, long max, long *number, struct err *err)
{
	struct plan_quote q;
	const char *p = value;
	long n = read_digits(&p, max);
	if (n < min || *p)
		return err_set(err, "'%s' is not a number from %ld to %ld",
		    plan_quote(&q, value, strlen(value)), min, max);
	*number = n;
	return 0;
}

/* Says that a value is none of the words that it may be, with the nearest of them. */
static int
not_a_word(const char *value, const char *const *words, struct err *err)
{
	struct plan_quote q;
	struct buf list = BUF_INIT;
	for (size_t i = 0; words[i]; i++)
		buf_printf(&list, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ",
		    words[i]);
	const char *nearest = text_nearest(value, words);
	err_set(err, "'%s' is none of %s%s%s%s", plan_quote(&q, value, strlen(value)),
	    buf_str(&list), nearest ? ": did you mean '" : "", nearest ? nearest : "",
	    nearest ? "'?" : "");
	buf_release(&list);
	return -1;
}

int
plan_value_timeout(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	(void)suffix;
	if (strcmp(value, "none") == 0) {
		to->timeout_us = 0;
		return 0;
	}
	return clock_parse_duration(value, &to->timeout_us, err);
}

int
plan_value_retries(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	long n = 0;
	(void)suffix;
	if (plan_value_number(value, 0, RETRIES_MAX, &n, err) < 0)
		return -1;
	to->retries = (int)n;
	return 0;
}

int
plan_value_backoff(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	int64_t min, max;
	const char *dots = strstr(value, "..");
	(void)suffix;
	char *first = mem_strndup(value, dots ? (size_t)(dots - value) : strlen(value));
	size_t len = strlen(first);
	while (len && is_space(first[len - 1]))
		first[--len] = '\0';
	int result = clock_parse_duration(first, &min, err);
	free(first);
	if (result < 0)
		return -1;
	max = min;
	if (dots) {
		for (dots += 2; is_space(*dots); dots++)
			;
		if (clock_parse_duration(dots, &max, err) < 0)
			return -1;
	}
	if (max < min)
		return err_set(err, "the second duration of a backoff must not be "
		    "shorter than the first");
	to->backoff_min_us = min;
	to->backoff_max_us = max;
	return 0;
}

/* Reads one CODE or CODE-CODE at *p into the bits of codes. */
static int
read_codes(const char **p, uint8_t *codes)
{
	long first = read_digits(p, CODE_MAX), last = first;
	if (**p == '-') {
		(*p)++;
		last = read_digits(p, CODE_MAX);
	}
	if (first < 0 || last < first || (**p && **p != ',' && !is_space(**p)))
		return -1;
	for (long code = first; code <= last; code++)
		codes[code / 8] |= (uint8_t)(1u << (code % 8));
	return 0;
}

int
plan_value_ok_codes(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	struct plan_quote q;
	uint8_t codes[sizeof to->ok_codes] = { 0 };
	bool any = false;
	(void)suffix;
	for (const char *p = value; *p;) {
		if (*p == ',' || is_space(*p)) {
			p++;
			continue;
		}
		const char *word = p;
		if (read_codes(&p, codes) < 0)
			return err_set(err, "'%s' is not an exit status or a range of "
			    "them: write numbers from 0 to 255, as in 0, 3, 10-12",
			    plan_quote(&q, word, strcspn(word, ", \t\n")));
		any = true;
	}
	if (!any)
		return err_set(err, "no exit status would be ok: write numbers from 0 to "
		    "255");
	memcpy(to->ok_codes, codes, sizeof codes);
	return 0;
}

int
plan_value_on_fail(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	static const char *const words[] = { "stop", "continue", "hold", NULL };
	static const enum plan_on_fail values[] = {
		PLAN_FAIL_STOP, PLAN_FAIL_CONTINUE, PLAN_FAIL_HOLD,
	};
	(void)suffix;
	for (size_t i = 0; words[i]; i++)
		if (strcmp(words[i], value) == 0) {
			to->on_fail = values[i];
			return 0;
		}
	return not_a_word(value, words, err);
}

int
plan_value_tty(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	static const char *const words[] = { "yes", "no", NULL };
	(void)suffix;
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return not_a_word(value, words, err);
	to->tty = value[0] == 'y';
	return 0;
}

int
plan_value_cwd(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	(void)suffix;
	if (strchr(value, '\n'))
		return err_set(err, "a directory of several lines");
	free(to->cwd);
	to->cwd = mem_strdup(value);
	return 0;
}

int
plan_value_env(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	struct plan_quote q;
	size_t len = strlen(suffix), i = 0;
	while (is_letter(suffix[i]) || suffix[i] == '_' || (i && is_digit(suffix[i])))
		i++;
	if (len == 0 || i < len || len > PLAN_NAME_MAX)
		return err_set(err, "'%s' is not a name of an environment variable: "
		    "write env.NAME with letters, digits and '_'", plan_quote(&q, suffix,
		    len));
	for (i = 0; i < to->env_count && strcmp(to->env[i].name, suffix) != 0; i++)
		;
	if (i == PLAN_ENV_MAX)
		return err_set(err, "more than %d variables for the environment",
		    PLAN_ENV_MAX);
	if (i == to->env_count) {
		to->env = mem_grow(to->env, i + 1, sizeof *to->env);
		to->env[to->env_count++] = (struct plan_env){ mem_strdup(suffix), NULL };
	}
	free(to->env[i].value);
	to->env[i].value = mem_strdup(value);
	return 0;
}

int
plan_value_shell(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	char **words = NULL;
	(void)suffix;
	if (strcmp(value, "none") != 0 && !(words = plan_split_words(value, err)))
		return -1;
	for (char **word = to->shell; word && *word; word++)
		free(*word);
	free(to->shell);
	to->shell = words;
	return 0;
}

int
plan_value_stdin(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	size_t len = strlen(value);
	(void)suffix;
	(void)err;
	free(to->stdin_text);
	to->stdin_text = NULL;
	to->stdin_from = strcmp(value, "terminal") == 0 ? PLAN_STDIN_TERMINAL :
	    strcmp(value, "none") == 0 ? PLAN_STDIN_NULL : PLAN_STDIN_TEXT;
	if (to->stdin_from == PLAN_STDIN_TEXT)
		to->stdin_text = mem_printf("%s%s", value,
		    len && value[len - 1] == '\n' ? "" : "\n");
	return 0;
}

static const struct { const char *name; int number; } signals[] = {
	{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "BUS", SIGBUS }, { "CHLD", SIGCHLD },
	{ "CONT", SIGCONT }, { "FPE", SIGFPE }, { "HUP", SIGHUP }, { "ILL", SIGILL },
	{ "INT", SIGINT }, { "IO", SIGIO }, { "KILL", SIGKILL }, { "PIPE", SIGPIPE },
	{ "PROF", SIGPROF }, { "QUIT", SIGQUIT }, { "SEGV", SIGSEGV },
	{ "STOP", SIGSTOP },
	{ "SYS", SIGSYS }, { "TERM", SIGTERM }, { "TRAP", SIGTRAP }, { "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN }, { "TTOU", SIGTTOU }, { "URG", SIGURG }, { "USR1", SIGUSR1 },
	{ "USR2", SIGUSR2 }, { "VTALRM", SIGVTALRM }, { "WINCH", SIGWINCH },
	{ "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
};

#define SIGNAL_COUNT (sizeof signals / sizeof *signals)

int
plan_signal_number(const char *text, size_t len)
{
	char name[16];
	if (len == 0 || len >= sizeof name)
		return -1;
	memcpy(name, text, len);
	name[len] = '\0';
	if (is_digit(name[0])) {
		const char *p = name;
		long n = read_digits(&p, SIGRTMAX);
		return n > 0 && !*p ? (int)n : -1;
	}
	const char *bare = strncasecmp(name, "SIG", 3) == 0 ? name + 3 : name;
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		if (strcasecmp(signals[i].name, bare) == 0)
			return signals[i].number;
	return -1;
}

/* Says that a word of a kill list is no signal, with the nearest name. */
static int
not_a_signal(const char *word, size_t len, struct err *err)
{
	struct plan_quote q;
	const char *names[SIGNAL_COUNT + 1] = { NULL };
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		names[i] = signals[i].name;
	const char *nearest = text_nearest(plan_quote(&q, word, len), names);
	return err_set(err, "'%s' is not a signal%s%s%s", plan_quote(&q, word, len),
	    nearest ? ": did you mean '" : "", nearest ? nearest : "",
	    nearest ? "'?" : "");
}

int
plan_value_kill(const char *suffix, const char *value, struct plan_options *to,
    struct err *err)
{
	struct plan_kill list[PLAN_KILL_MAX] = { { 0 } };
	size_t words = 0, count = 0;
	(void)suffix;
	for (const char *p = value; *p; words++) {
		size_t len = strcspn(p, " ,\t\n");
		if (len == 0) {
			p++;
			words--;
			continue;
		}
		if (words % 2 == 0) {
			if (count == PLAN_KILL_MAX)
				return err_set(err, "more than %d signals",
				    PLAN_KILL_MAX);
			if ((list[count++].signal = plan_signal_number(p, len)) < 0)
				return not_a_signal(p, len, err);
		} else {
			char *text = mem_strndup(p, len);
			int result = clock_parse_duration(text, &list[count - 1].wait_us,
			    err);
			free(text);
			if (result < 0)
				return err_prefix(err, "between two signals stands how "
				    "long to wait");
		}
		p += len;
	}
	if (words % 2 == 0)
		return err_set(err, "a signal has to come last, as in TERM 10s KILL");
	memcpy(to->kill, list, sizeof list);
	to->kill_count = count;
	return 0;
}
