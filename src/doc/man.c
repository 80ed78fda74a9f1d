#include "doc/man.h"

#include <string.h>

#include "cmd/args.h"
#include "cmd/cmd.h"
#include "doc/roff.h"
#include "plan/plan.h"
#include "plan/plan_kind.h"
#include "plan/plan_option.h"
#include "ui/action.h"

/* A paragraph with a hanging tag: bold name, italic value. */
static void
man_tag(struct buf *to, const char *name, const char *joint, const char *value)
{
	buf_add_str(to, ".TP\n");
	roff_bold(to, name);
	if (value != NULL && *value != '\0') {
		roff_text(to, joint);
		roff_italic(to, value);
	}
	buf_add_char(to, '\n');
}

static void
man_option(struct buf *to, const struct cmd_option *option)
{
	char letter[] = { '-', option->letter, '\0' };
	buf_add_str(to, ".TP\n");
	if (option->letter != 0) {
		roff_bold(to, letter);
		buf_add_str(to, ", ");
	}
	buf_add_str(to, "\\fB");
	roff_text(to, "--");
	roff_text(to, option->name);
	buf_add_str(to, "\\fR");
	if (option->value != NULL) {
		buf_add_char(to, ' ');
		roff_italic(to, option->value);
	}
	buf_add_char(to, '\n');
	roff_text(to, option->help);
	buf_add_str(to, option->is_repeatable ? "; may be given several times.\n" : ".\n");
}

static void
man_command(struct buf *to, const struct cmd *cmd)
{
	buf_add_str(to, ".SS \"seqdeck ");
	roff_text(to, cmd->name);
	if (*cmd->synopsis != '\0') {
		buf_add_str(to, " \\fI");
		roff_text(to, cmd->synopsis);
		buf_add_str(to, "\\fP");
	}
	buf_add_str(to, "\"\n");
	roff_text(to, cmd->summary);
	buf_add_str(to, ".\n");
	if (cmd->help != NULL) {
		buf_add_str(to, ".PP\n");
		roff_paragraphs(to, cmd->help, ".PP");
	}
	for (const struct cmd_option *o = cmd->options; o != NULL && o->name != NULL; o++)
		man_option(to, o);
}

static void
man_commands(struct buf *to)
{
	for (size_t i = 0; cmds[i] != NULL; i++)
		man_command(to, cmds[i]);
	buf_add_str(to, ".SS \"all commands\"\n");
	man_option(to, &args_help_option);
}

static void
man_keys(struct buf *to)
{
	for (const struct action *a = actions; a->name != NULL; a++) {
		man_tag(to, a->keys, "", NULL);
		roff_text(to, a->help);
		if (a->views == ACTION_IN_GRID)
			buf_add_str(to, " (among all sequences)");
		else if (a->views == ACTION_IN_ZOOM)
			buf_add_str(to, " (in one sequence)");
		buf_add_str(to, ".\n");
	}
}

static void
man_exit(struct buf *to)
{
	for (const struct cmd_status_text *s = cmd_status_texts; s->text != NULL; s++) {
		buf_printf(to, ".TP\n\\fB%d\\fR\n", s->status);
		roff_text(to, s->text);
		buf_add_str(to, ".\n");
	}
}

static void
man_sections(struct buf *to)
{
	for (const struct plan_section *s = plan_sections; s->name != NULL; s++) {
		buf_add_str(to, ".TP\n\\fB[");
		roff_text(to, s->name);
		if (s->argument != NULL) {
			buf_add_str(to, " \\fI");
			roff_text(to, s->argument);
			buf_add_str(to, "\\fB");
		}
		buf_add_str(to, "]\\fR\n");
		roff_paragraphs(to, s->help, ".IP");
	}
}

/* The help of a key or option, and what it is when nobody sets it. */
static void
man_value_help(struct buf *to, const char *help, const char *default_text)
{
	roff_text(to, help);
	if (*default_text != '\0') {
		buf_add_str(to, " Default: ");
		roff_bold(to, default_text);
		buf_add_char(to, '.');
	}
	buf_add_char(to, '\n');
}

static void
man_plan_keys(struct buf *to, const struct plan_key *keys)
{
	for (; keys->name != NULL; keys++) {
		man_tag(to, keys->name, " = ", keys->value_name);
		man_value_help(to, keys->help, keys->default_text);
	}
}

static void
man_kinds(struct buf *to)
{
	for (const struct plan_kind *k = plan_kinds; k->name != NULL; k++) {
		buf_add_str(to, ".TP\n");
		roff_bold(to, k->name);
		buf_add_str(to, " \\fINAME\\fR = ");
		roff_italic(to, k->value_name);
		buf_add_char(to, '\n');
		roff_paragraphs(to, k->help, ".IP");
	}
}

static void
man_step_options(struct buf *to)
{
	for (const struct plan_option *o = plan_option_table; o->name != NULL; o++) {
		buf_add_str(to, ".TP\n");
		roff_bold(to, o->name);
		if (o->is_family)
			roff_italic(to, "NAME");
		buf_add_str(to, " = ");
		roff_italic(to, o->value_name);
		buf_add_char(to, '\n');
		man_value_help(to, o->help, o->default_text);
	}
}

static void
man_limits(struct buf *to)
{
	static const struct { size_t limit; const char *text; } limits[] = {
		{ PLAN_SIZE_MAX >> 20, "MiB of one plan" },
		{ PLAN_VALUE_MAX >> 20, "MiB of one value, further lines included" },
		{ PLAN_NAME_MAX, "bytes of the name of a sequence, step or variable" },
		{ PLAN_SEQUENCES_MAX, "sequences" },
		{ PLAN_STEPS_MAX, "steps of a sequence" },
		{ PLAN_ERRORS_MAX, "errors shown of one plan" },
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		buf_printf(to, "%s%zu %s%s\n", i > 0 ? ".br\n" : "", limits[i].limit,
		    limits[i].text, i + 1 < sizeof limits / sizeof *limits ? "," : ".");
}

static void
man_keys_of_plan(struct buf *to)
{
	man_plan_keys(to, plan_plan_keys);
}

static void
man_keys_of_sequence(struct buf *to)
{
	man_plan_keys(to, plan_sequence_keys);
}

int
man_section(struct buf *to, const char *name, size_t len)
{
	static const struct { const char *name; void (*add)(struct buf *to); } parts[] = {
		{ "COMMANDS", man_commands }, { "KEYS", man_keys }, { "EXIT", man_exit },
		{ "SECTIONS", man_sections }, { "PLAN_KEYS", man_keys_of_plan },
		{ "SEQUENCE_KEYS", man_keys_of_sequence }, { "KINDS", man_kinds },
		{ "STEP_OPTIONS", man_step_options }, { "LIMITS", man_limits },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (strlen(parts[i].name) == len && memcmp(parts[i].name, name, len) == 0) {
			parts[i].add(to);
			return 0;
		}
	}
	return -1;
}
