#include "plan/plan.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "plan_text.h"
#include "scratch.h"

static const char plan_text[] = "[vars]\nrelease = 2.4.1\nwho = it's me\nempty =\n"
    "[sequence web]\nrun install = x\n";

/* What a template becomes for attempt 3 of the plan above; the caller frees. */
static char *
expanded(const char *template, bool is_shell)
{
	struct buf to = BUF_INIT;
	struct plan_request request = { .dir = "/a b" };
	struct plan *plan = plan_of(plan_text, &request);
	struct plan_scope scope = { plan, &plan->sequences[0],
		&plan->sequences[0].steps[0], 3, "20261124-x", "/r" };
	if (is_shell)
		plan_expand_shell(&scope, template, &to);
	else
		plan_expand_raw(&scope, template, &to);
	plan_free(plan);
	return buf_take(&to);
}

static void
assert_shell(const char *template, const char *expected)
{
	char *text = expanded(template, true);
	assert_string_equal(text, expected);
	free(text);
}

static void
assert_raw(const char *template, const char *expected)
{
	char *text = expanded(template, false);
	assert_string_equal(text, expected);
	free(text);
}

static void
test_known_names_are_put_in_and_quoted_for_the_shell(void **state)
{
	(void)state;
	assert_shell("a {release} {who} {empty}.", "a 2.4.1 'it'\\''s me' ''.");
	assert_raw("a {release} {who} {empty}.", "a 2.4.1 it's me .");
	assert_shell("{release}{release}", "2.4.12.4.1");
	assert_shell("", "");
}

static void
test_raw_is_not_quoted(void **state)
{
	(void)state;
	assert_shell("{who!raw}{empty!raw}", "it's me");
	assert_raw("{who!raw}", "it's me");
}

static void
test_the_scope_is_put_in(void **state)
{
	(void)state;
	assert_shell("{sequence}/{step}.{attempt} {run} {run_dir} {plan_dir} "
	    "{plan_dir!raw}", "web/install.3 20261124-x /r '/a b' /a b");
}

static void
test_what_the_scope_does_not_know_stays(void **state)
{
	struct plan_scope scope = { .attempt = 1 };
	struct buf to = BUF_INIT;
	(void)state;
	plan_expand_raw(&scope, "{run} {run_dir} {step} {attempt} {x}", &to);
	assert_string_equal(buf_str(&to), "{run} {run_dir} {step} 1 {x}");
	buf_release(&to);
}

static void
test_other_braces_are_left_alone(void **state)
{
	static const char *const texts[] = { "{unknown}", "awk '{print $1}'", "{a,b}", "{1..3}",
		"{}", "{", "}", "{release", "{ release}", "{release }", "${release}",
		"${release!raw}", "{release!quoted}", "{release!}", "{!raw}", "{release\n}",
		"{{unknown}}", "\\{unknown}" };
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_shell(texts[i], texts[i]);
		assert_raw(texts[i], texts[i]);
	}
}

static void
test_names_inside_other_braces_are_found(void **state)
{
	(void)state;
	assert_raw("{{release}} {x{release}{who}} ${x}{release} {unknown}{release}",
	    "{2.4.1} {x2.4.1it's me} ${x}2.4.1 {unknown}2.4.1");
}

static void
test_what_is_put_in_is_not_looked_at_again(void **state)
{
	struct plan_setting set = { "who", "{release}" };
	struct plan_request request = { .settings = &set, .setting_count = 1 };
	struct buf to = BUF_INIT;
	(void)state;
	struct plan *plan = plan_of(plan_text, &request);
	struct plan_scope scope = { .plan = plan };
	plan_expand_raw(&scope, "{who}", &to);
	assert_string_equal(buf_str(&to), "{release}");
	buf_release(&to);
	plan_free(plan);
}

/* Asserts the words of a command, each in <>; or the error. */
static void
assert_words(const char *command, const char *expected)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	char **words = plan_split_words(command, &err);
	for (char **word = words; word && *word; word++) {
		buf_printf(&text, "<%s>", *word);
		free(*word);
	}
	free(words);
	assert_string_equal(words ? buf_str(&text) : err.text, expected);
	buf_release(&text);
}

static void
test_words_are_split_as_a_shell_does(void **state)
{
	(void)state;
	assert_words("a  b\tc\nd", "<a><b><c><d>");
	assert_words("'a b' \"c d\" e\\ f", "<a b><c d><e f>");
	assert_words("a'b'\"c\"d", "<abcd>");
	assert_words("'' \"\" x", "<><><x>");
	assert_words("'a\\b' \"a\\b\\\"\\$\\`\\\\\" a\\b", "<a\\b><a\\b\"$`\\><ab>");
	assert_words("a \\\n b\\\nc \"d\\\ne\"", "<a><bc><de>");
	assert_words("$HOME *.c ~ #x ; |", "<$HOME><*.c><~><#x><;><|>");
	assert_words("'a\nb'", "<a\nb>");
}

static void
test_words_that_cannot_be_split_are_errors(void **state)
{
	(void)state;
	assert_words("a 'b", "a quote (') that is not closed");
	assert_words("a \"b\\\"", "a quote (\") that is not closed");
	assert_words("a \\", "a backslash at the end, with nothing behind it");
	assert_words("", "no word in ''");
	assert_words(" \t\n", "no word in ' \t\n'");
}

/* What /bin/sh makes of a command's standard output; the caller releases. */
static struct buf
output_of_sh(const char *command)
{
	struct buf out = BUF_INIT;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	for (ssize_t n = 1; n > 0;) {
		n = read(fds[0], buf_reserve(&out, 65536), 65536);
		out.len += n > 0 ? (size_t)n : 0;
	}
	close(fds[0]);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return out;
}

static void
add_random_value(struct buf *to, uint64_t *seed)
{
	static const char *const bits[] = { "'", "\"", "\\", "$", "$(", "`", "!", " ", "\t",
		"\n", "*", "?", "[", "~", "#", ";", "&", "|", "<", ">", "(", ")", "{", "}",
		"{who}", "=", "%", "-", "a", "B", "9", "\xc3\xa4", "\xf0\x9f\x98\x80" };
	for (size_t n = scratch_pick(seed, 12); n > 0; n--)
		buf_add_str(to, bits[scratch_pick(seed, sizeof bits / sizeof *bits)]);
}

/* 2000 random values become the arguments of four commands, through real shells. */
static void
test_random_values_reach_a_command_through_sh_as_they_are(void **state)
{
	uint64_t seed = 11;
	(void)state;
	for (int round = 0; round < 4; round++) {
		struct buf command = BUF_INIT, expected = BUF_INIT;
		buf_add_str(&command, "printf '%s\\000'");
		for (int i = 0; i < 500; i++) {
			struct buf value = BUF_INIT;
			add_random_value(&value, &seed);
			struct plan_setting set = { "v", buf_str(&value) };
			struct plan_request request = { .settings = &set, .setting_count = 1 };
			struct plan *plan = plan_of("[sequence a]\n", &request);
			struct plan_scope scope = { .plan = plan };
			plan_expand_shell(&scope, " {v}", &command);
			buf_add(&expected, buf_str(&value), value.len + 1);
			plan_free(plan);
			buf_release(&value);
		}
		struct buf out = output_of_sh(buf_str(&command));
		assert_int_equal(out.len, expected.len);
		assert_memory_equal(out.data, expected.data, out.len);
		buf_release(&out);
		buf_release(&command);
		buf_release(&expected);
	}
}

static void
test_random_values_come_back_as_one_word_without_a_shell(void **state)
{
	uint64_t seed = 12;
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct buf value = BUF_INIT, command = BUF_INIT;
		struct err err = ERR_INIT;
		add_random_value(&value, &seed);
		struct plan_var var = { (char *)"v", (char *)buf_str(&value) };
		struct plan plan = { .vars = &var, .var_count = 1 };
		struct plan_scope scope = { .plan = &plan };
		plan_expand_shell(&scope, "a {v} b", &command);
		char **words = plan_split_words(buf_str(&command), &err);
		assert_non_null(words);
		assert_string_equal(words[1], buf_str(&value));
		assert_string_equal(words[2], "b");
		assert_null(words[3]);
		for (char **word = words; *word; word++)
			free(*word);
		free(words);
		buf_release(&command);
		buf_release(&value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_names_are_put_in_and_quoted_for_the_shell),
		cmocka_unit_test(test_raw_is_not_quoted),
		cmocka_unit_test(test_the_scope_is_put_in),
		cmocka_unit_test(test_what_the_scope_does_not_know_stays),
		cmocka_unit_test(test_other_braces_are_left_alone),
		cmocka_unit_test(test_names_inside_other_braces_are_found),
		cmocka_unit_test(test_what_is_put_in_is_not_looked_at_again),
		cmocka_unit_test(test_words_are_split_as_a_shell_does),
		cmocka_unit_test(test_words_that_cannot_be_split_are_errors),
		cmocka_unit_test(test_random_values_reach_a_command_through_sh_as_they_are),
		cmocka_unit_test(test_random_values_come_back_as_one_word_without_a_shell),
	};
	return cmocka_run_group_tests_name("plan_expand", tests, NULL, NULL);
}
