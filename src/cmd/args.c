#include "cmd/args.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"

const struct cmd_option args_help_option = {
	"help", 'h', NULL, false, "say what the command does and which options it has"
};

static const struct cmd_option args_no_options[] = { { 0 } };

static const struct cmd_option *
args_options(const struct cmd *cmd)
{
	return cmd->options != NULL ? cmd->options : args_no_options;
}

static const struct cmd_option *
args_find_name(const struct cmd *cmd, const char *name, size_t len)
{
	for (const struct cmd_option *o = args_options(cmd); o->name != NULL; o++)
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	if (len == 4 && memcmp(name, "help", 4) == 0)
		return &args_help_option;
	return NULL;
}

static const struct cmd_option *
args_find_letter(const struct cmd *cmd, char letter)
{
	for (const struct cmd_option *o = args_options(cmd); o->name != NULL; o++)
		if (o->letter == letter)
			return o;
	return letter == 'h' ? &args_help_option : NULL;
}

static int
args_unknown(const struct cmd *cmd, const char *name, size_t len, struct err *err)
{
	size_t count = 0;
	for (const struct cmd_option *o = args_options(cmd); o->name != NULL; o++)
		count++;
	const char **names = mem_array(count + 2, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = args_options(cmd)[i].name;
	names[count] = args_help_option.name;
	char *word = mem_strndup(name, len);
	const char *near = text_nearest(word, names);
	if (near != NULL)
		err_set(err, "'%s' has no option '--%s': do you mean '--%s'?", cmd->name, word,
		    near);
	else
		err_set(err, "'%s' has no option '--%s': see 'seqdeck %s --help'", cmd->name,
		    word, cmd->name);
	free(word);
	free(names);
	return -1;
}

static int
args_add(struct args *args, const struct cmd_option *option, const char *value,
    struct err *err)
{
	for (size_t i = 0; i < args->given_count; i++)
		if (args->given[i].option == option && value != NULL && !option->is_repeatable)
			return err_set(err, "'--%s' is given twice", option->name);
	args->given = mem_grow(args->given, args->given_count + 1, sizeof(*args->given));
	args->given[args->given_count++] = (struct args_given){ option, value };
	return 0;
}

/* Takes --name, --name=VALUE or --name VALUE. Returns how many of argv it took, -1 with err
 * set. */
static int
args_take_long(struct args *args, char **argv, struct err *err)
{
	const char *name = argv[0] + 2;
	size_t len = strcspn(name, "=");
	const struct cmd_option *option = args_find_name(args->cmd, name, len);
	if (option == NULL)
		return args_unknown(args->cmd, name, len, err);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	if (option->value == NULL && value != NULL)
		return err_set(err, "'--%s' takes no value", option->name);
	int taken = 1;
	if (option->value != NULL && value == NULL) {
		value = argv[1];
		taken = 2;
	}
	if (option->value != NULL && value == NULL)
		return err_set(err, "'--%s' needs a value: --%s %s", option->name,
		    option->name, option->value);
	return args_add(args, option, value, err) != 0 ? -1 : taken;
}

/* The same for -x, -xVALUE, -x VALUE and -xyz. */
static int
args_take_letters(struct args *args, char **argv, struct err *err)
{
	for (const char *p = argv[0] + 1; *p != '\0'; p++) {
		const struct cmd_option *option = args_find_letter(args->cmd, *p);
		if (option == NULL)
			return err_set(err, "'%s' has no option '-%c': see 'seqdeck %s --help'",
			    args->cmd->name, *p, args->cmd->name);
		if (option->value == NULL) {
			if (args_add(args, option, NULL, err) != 0)
				return -1;
			continue;
		}
		const char *value = p[1] != '\0' ? p + 1 : argv[1];
		if (value == NULL)
			return err_set(err, "'-%c' needs a value: -%c %s", *p, *p,
			    option->value);
		if (args_add(args, option, value, err) != 0)
			return -1;
		return p[1] != '\0' ? 1 : 2;
	}
	return 1;
}

static int
args_check_words(const struct args *args, struct err *err)
{
	const struct cmd *cmd = args->cmd;
	if (args_has(args, args_help_option.name))
		return 0;
	if (args->word_count > cmd->words_max)
		return err_set(err, "'%s' is one word too many: the use is 'seqdeck %s%s%s'",
		    args->words[cmd->words_max], cmd->name, *cmd->synopsis != '\0' ? " " : "",
		    cmd->synopsis);
	if (args->word_count < cmd->words_min)
		return err_set(err, "something is missing: the use is 'seqdeck %s %s'",
		    cmd->name, cmd->synopsis);
	return 0;
}

int
args_parse(struct args *args, const struct cmd *cmd, char **argv, struct err *err)
{
	size_t count = 0;
	while (argv[count] != NULL)
		count++;
	*args = (struct args){ .cmd = cmd };
	args->words = mem_array(count + 1, sizeof(*args->words));
	bool is_over = false;
	while (*argv != NULL) {
		int taken = 1;
		if (is_over || argv[0][0] != '-' || argv[0][1] == '\0')
			args->words[args->word_count++] = argv[0];
		else if (strcmp(argv[0], "--") == 0)
			is_over = true;
		else if (argv[0][1] == '-')
			taken = args_take_long(args, argv, err);
		else
			taken = args_take_letters(args, argv, err);
		if (taken < 0)
			return -1;
		argv += taken;
	}
	return args_check_words(args, err);
}

void
args_release(struct args *args)
{
	free(args->given);
	free(args->words);
	*args = (struct args){ 0 };
}

bool
args_has(const struct args *args, const char *option)
{
	for (size_t i = 0; i < args->given_count; i++)
		if (strcmp(args->given[i].option->name, option) == 0)
			return true;
	return false;
}

const char *
args_value(const struct args *args, const char *option)
{
	const char *value = NULL;
	for (size_t i = 0; i < args->given_count; i++)
		if (strcmp(args->given[i].option->name, option) == 0)
			value = args->given[i].value;
	return value;
}

const char **
args_values(const struct args *args, const char *option)
{
	const char **values = NULL;
	size_t count = 0;
	for (size_t i = 0; i < args->given_count; i++) {
		if (strcmp(args->given[i].option->name, option) != 0)
			continue;
		values = mem_grow(values, count + 2, sizeof(*values));
		values[count++] = args->given[i].value;
		values[count] = NULL;
	}
	return values;
}
