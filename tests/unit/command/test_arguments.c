/* SPDX-License-Identifier: MIT */
/* covers: src/command/fio_flags.c */
/* Command lines, sorted: what is a command's own, what is the job's, what is neither. */
#include <errno.h>

#include "test.h"
#include "unit/command/given.h"

static const struct command_option options[] = {
	{"output", "FILE", ""}, {"format", "NAME", ""}, {"quiet", NULL, ""}, {NULL, NULL, NULL}};

static const struct command runs_jobs = {
	.name = "run", .options = options, .takes_job_options = true};
static const struct command runs_none = {.name = "report", .options = options};

/* All that was sorted, as "own: … | job: … | rest: …". */
static const char *sorted(void)
{
	static char text[512];
	size_t length = 0;

#define ADD(...) length += (size_t)snprintf(text + length, sizeof(text) - length, __VA_ARGS__)
	ADD("own:");
	for (size_t i = 0; i < arguments.own_count; i++)
		ADD(" %s=%s", arguments.own[i].option->name, arguments.own[i].value);
	ADD(" | job:");
	for (size_t i = 0; i < arguments.job_option_count; i++)
		ADD(" %s", arguments.job_options[i]);
	ADD(" | rest:");
	for (size_t i = 0; i < arguments.operand_count; i++)
		ADD(" %s", arguments.operands[i]);
#undef ADD
	return text;
}

TEST_FIXTURE(NULL, forget);

TEST(each_word_goes_where_it_belongs)
{
	static const struct {
		const char *line;
		const char *sorted;
	} cases[] = {
		{"", "own: | job: | rest:"},
		{"a.job --output=x b.job", "own: output=x | job: | rest: a.job b.job"},
		/* One dash or two, "=" or the next word. */
		{"-output x --format json", "own: output=x format=json | job: | rest:"},
		{"--output=a=b", "own: output=a=b | job: | rest:"},
		{"--output --quiet", "own: output=--quiet | job: | rest:"},
		{"--quiet a.job", "own: quiet= | job: | rest: a.job"},
		{"--quiet --quiet", "own: quiet= quiet= | job: | rest:"},
		/* Options of jobs keep their order; a flag takes no file's name. */
		{"-rw=read --bs 4k a.job", "own: | job: --rw=read --bs=4k | rest: a.job"},
		{"--time_based --direct 1 --group_reporting a.job",
			"own: | job: --time_based --direct=1 --group_reporting | rest: a.job"},
		{"--bs --rw=read", "own: | job: --bs --rw=read | rest:"},
		{"--bs", "own: | job: --bs | rest:"},
		/* "-" is a file, "--" ends the options. */
		{"- --quiet", "own: quiet= | job: | rest: -"},
		{"--quiet -- --bs=4k -x", "own: quiet= | job: | rest: --bs=4k -x"},
		/* fio's that change nothing, with their values; half a name is another. */
		{"--sta=1", "own: | job: --sta=1 | rest:"},
		{"--eta=never --eta never a.job", "own: | job: | rest: a.job"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(given(&runs_jobs, cases[i].line), 0);
		if (strcmp(sorted(), cases[i].sorted) != 0)
			fail_msg("'%s': %s", cases[i].line, sorted());
	}
}

TEST(mistakes_are_said_with_their_cure)
{
	static const struct {
		const struct command *command;
		const char *line;
		const char *words;
	} cases[] = {
		{&runs_jobs, "--output", "--output needs a value: --output=FILE"},
		{&runs_jobs, "--output=", "--output needs a value"},
		{&runs_jobs, "--quiet=1", "--quiet takes no value"},
		{&runs_none, "--outptu=x", "ringside report has no option --outptu"},
		{&runs_none, "--outptu=x", "did you mean --output?"},
		{&runs_none, "--bs=4k", "ringside help report lists its options"},
		{&runs_jobs, "--output-format=json", "--format=json, or --format=fio-json"},
		{&runs_jobs, "--daemonize=pid", "fio's --daemonize is not supported"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(given(cases[i].command, cases[i].line), -EINVAL);
		assert_said(cases[i].words);
	}
	/* All of them at once, and what is right is read nevertheless. */
	assert_int_equal(given(&runs_none, "--one --quiet --two a"), -EINVAL);
	assert_int_equal(arguments.diag.error_count, 2);
	assert_string_equal(sorted(), "own: quiet= | job: | rest: a");
	assert_int_equal(given(&runs_jobs, "--status-interval 5"), 0);
	assert_said("fio's --status-interval changes nothing: progress is one line");
}

TEST(the_last_value_counts_or_all_of_them)
{
	const char **values;

	given(&runs_jobs, "--output=a --format=x --output=b --quiet");
	assert_string_equal(arguments_value(&arguments, "output"), "b");
	assert_string_equal(arguments_value(&arguments, "quiet"), "");
	assert_null(arguments_value(&arguments, "json"));
	assert_int_equal(arguments_values(&arguments, "output", &values), 2);
	assert_string_equal(values[0], "a");
	assert_string_equal(values[1], "b");
	assert_int_equal(arguments_values(&arguments, "json", &values), 0);
}

TEST_MAIN(NULL, NULL);
