#!/bin/sh
# What is told outside of the program tells all that the program has: the manual pages as
# they are rendered, and the completion.
. "${abs_top_srcdir:?run by make check}/tests/lib.sh"
man_dir=$abs_top_builddir/src/man
completion=$abs_top_builddir/src/completions/seqdeck

# render PAGE: as text, in the file page; what the formatter complains of is a failure.
render()
{
	need groff
	groff -man -Tutf8 -ww -K utf8 -P-cbou "$man_dir/$1" >page 2>complaints
	[ ! -s complaints ] || { show complaints; fail "groff complains of $1"; }
}

# commands: the names of all commands, as help tells them.
commands()
{
	seqdeck help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\).*/\1/p'
}

# options COMMAND: as its --help tells them.
options()
{
	seqdeck "$1" --help | sed -n 's/^  \(-., \)\{0,1\}--\([a-z-]*\).*/--\2/p'
}

test_help_tells_every_command_there_is_a_file_for()
{
	commands | sort >told
	sed -n 's/^const struct cmd cmd_\([a-z]*\) = {$/\1/p' "$abs_top_srcdir"/src/cmd/*.c |
		sort >written
	[ -s written ] || fail "no commands in the source"
	diff -u written told >&2
}

test_every_command_has_a_help_that_names_it()
{
	for command in $(commands); do
		expect 0 seqdeck "$command" --help
		out_has "seqdeck $command" --help
		expect 0 seqdeck help "$command"
		out_has "seqdeck $command"
	done
}

test_the_manual_tells_every_command_and_option()
{
	render seqdeck.1
	for command in $(commands); do
		file_has page "   seqdeck $command"
		for option in $(options "$command"); do
			sed -n "/^   seqdeck $command/,/^   [^ ]/p" page >part
			[ "$option" = --help ] || file_has part " $option"
		done
	done
	file_has page --help
}

test_the_manual_tells_every_key()
{
	render seqdeck.1
	sed -n '/^KEYS/,/^EXIT/p' page | tr -s ' \n' '  ' >keys
	sed -n 's/^	{ ACTION_[A-Z_]*, "[a-z-]*", "\([^"]*\)".*/\1/p' \
		"$abs_top_srcdir/src/ui/action.c" >written
	[ "$(wc -l <written)" -gt 20 ] || fail "no keys in the source"
	while read -r key; do
		file_has keys " $key "
	done <written
}

test_the_manual_tells_every_section_kind_and_option_of_a_plan()
{
	render seqdeck-plan.5
	sed -n 's/^	{ .name = "\([a-z.-]*\)", .value_name.*/\1/p' \
		"$abs_top_srcdir/src/plan/plan_option.c" >written
	sed -n 's/^	{ PLAN_KIND_[A-Z]*, "\([a-z]*\)".*/\1/p' \
		"$abs_top_srcdir/src/plan/plan_kind.c" >>written
	[ "$(wc -l <written)" -gt 10 ] || fail "no options in the source"
	while read -r name; do
		grep -qE "^ +$name" page || fail "'$name' is not in the page"
	done <written
	file_has page '[plan]' '[vars]' '[defaults]' '[sequence NAME]' needs after parallel title
}

test_the_example_of_the_manual_is_a_plan()
{
	render seqdeck-plan.5
	sed -n '/^ *\[plan\]$/,/^ *run start /s/^              //p' page | sed 's/‐/-/g' >page.ini
	[ "$(wc -l <page.ini)" -gt 15 ] || fail "no example"
	expect 0 seqdeck check page.ini
	out_has 'sequence web; needs network' './configure'
}

test_the_map_of_the_tree_names_every_file()
{
	src=$abs_top_srcdir/src
	sed '/^ \*\/$/q' "$src/main.c" | tr -s ' ,\t' '\n\n\n' >names
	for file in "$src"/*/*.c; do
		name=$(basename "$file" .c)
		case $name in
		cmd_*) name=cmd_NAME ;;
		esac
		case $file in
		*/doc/*) name=mkdoc ;;
		esac
		grep -qx -e "$name" -e "$name[;:]" names || fail "src/main.c does not name $file"
	done
}

test_the_completion_knows_every_command_and_option()
{
	need bash
	bash -n "$completion" || fail "bash does not read it"
	cat >complete.sh <<-'END'
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_seqdeck
		printf '%s\n' "${COMPREPLY[@]}"
	END
	PATH=$(dirname "$SEQDECK"):$PATH
	bash complete.sh "$completion" seqdeck '' >words
	for command in $(commands); do
		grep -qx -e "$command" words || fail "'$command' is not offered"
		bash complete.sh "$completion" seqdeck "$command" -- >given
		for option in $(options "$command"); do
			grep -qx -e "$option" given || fail "'$command $option' is not offered"
		done
	done
}

test_the_completion_knows_plans_runs_and_sequences()
{
	need bash
	plan good.ini <<-END
		[sequence one]
		run x = true
		[sequence two]
		run x = true
	END
	expect 0 seqdeck run --plain good.ini
	cat >complete.sh <<-'END'
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_seqdeck
		printf '%s\n' "${COMPREPLY[@]}"
	END
	PATH=$(dirname "$SEQDECK"):$PATH
	[ "$(bash complete.sh "$completion" seqdeck check g)" = good.ini ] || fail "no plan"
	[ "$(bash complete.sh "$completion" seqdeck g)" = good.ini ] || fail "no bare plan"
	[ "$(bash complete.sh "$completion" seqdeck retry t)" = two ] || fail "no sequence"
	[ "$(bash complete.sh "$completion" seqdeck retry @f)" = @failed ] || fail "no @failed"
	id=$(seqdeck list --ids)
	[ "$(bash complete.sh "$completion" seqdeck attach 2)" = "$id" ] || fail "no run"
	[ "$(bash complete.sh "$completion" seqdeck log --run '')" = "$id" ] || fail "no --run"
	[ "$(bash complete.sh "$completion" seqdeck run --theme mo)" = mono ] || fail "no theme"
	[ -z "$(bash complete.sh "$completion" seqdeck run --set '')" ] || fail "words for --set"
}

run_tests
