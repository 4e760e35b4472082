/* SPDX-License-Identifier: MIT */
/* Command lines, sorted: what is a command's own, what is the job's, what is neither. */
#include <errno.h>

#include "base/clock.h"
#include "test.h"
#include "unit/command/given.h"

struct request {
	const char *output, *format;
	bool is_quiet;
	uint64_t count;
	const char *const *names;
	size_t name_count;
	struct {
		uint64_t time_ns;
	} part;
};

static const struct option options[] = {
	{OPTION_BIND_TEXT(struct request, output), .name = "output", .syntax = "FILE"},
	{OPTION_BIND_TEXT(struct request, format), .name = "format", .syntax = "NAME"},
	{OPTION_BIND_FLAG(struct request, is_quiet), .name = "quiet"},
	{OPTION_BIND_COUNT(struct request, count), .name = "count", .syntax = "N", .min = 2,
		.max = 10, .value_default = "5"},
	{OPTION_BIND_TEXTS(struct request, names, name_count), .name = "name", .syntax = "NAME"},
	{.name = NULL},
};

static const struct option part_options[] = {
	{.type = OPTION_TIME,
		.unit_ns = NS_PER_S,
		.name = "time",
		.syntax = "TIME",
		.value_default = "3s"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	{.options = options},
	{.options = part_options, .offset = offsetof(struct request, part)},
	{.options = NULL},
};

static const struct command runs_jobs = {.name = "run",
	.parts = parts,
	.request_bytes = sizeof(struct request),
	.takes_job_options = true};
static const struct command takes_prefixes = {.name = "fio",
	.parts = parts,
	.request_bytes = sizeof(struct request),
	.takes_job_options = true,
	.takes_prefixes = true};
static const struct command runs_none = {
	.name = "report", .parts = parts, .request_bytes = sizeof(struct request)};

static struct request request;

/* All that was sorted, as "own: … | job: … | rest: …". */
static const char *sorted(void)
{
	static char text[512];
	size_t length = 0;

#define ADD(...) length += (size_t)snprintf(text + length, sizeof(text) - length, __VA_ARGS__)
	ADD("own:");
	if (request.output)
		ADD(" output=%s", request.output);
	if (request.format)
		ADD(" format=%s", request.format);
	for (size_t i = 0; i < request.name_count; i++)
		ADD(" name=%s", request.names[i]);
	if (request.is_quiet)
		ADD(" quiet");
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
		{"--quiet a.job", "own: quiet | job: | rest: a.job"},
		{"--quiet --quiet", "own: quiet | job: | rest:"},
		/* Options of jobs keep their order; a flag takes no file's name. */
		{"-rw=read --bs 4k a.job", "own: | job: --rw=read --bs=4k | rest: a.job"},
		{"--time_based --direct 1 --group_reporting a.job",
			"own: | job: --time_based --direct=1 --group_reporting | rest: a.job"},
		{"--bs --rw=read", "own: | job: --bs --rw=read | rest:"},
		{"--bs", "own: | job: --bs | rest:"},
		/* "-" is a file, "--" ends the options. */
		{"- --quiet", "own: quiet | job: | rest: -"},
		{"--quiet -- --bs=4k -x", "own: quiet | job: | rest: --bs=4k -x"},
		/* fio's that change nothing, with their values; half a name is another. */
		{"--sta=1", "own: | job: --sta=1 | rest:"},
		{"--eta=never --eta never a.job", "own: | job: | rest: a.job"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(given(&runs_jobs, &request, cases[i].line), 0);
		if (strcmp(sorted(), cases[i].sorted) != 0)
			fail_msg("'%s': %s", cases[i].line, sorted());
	}
}

/* As getopt_long(3) reads it for fio: the beginning of one name, exact ones first. */
TEST(names_may_be_shortened_where_fios_may)
{
	static const struct {
		const char *line;
		const char *sorted;
	} cases[] = {
		{"--form=x", "own: format=x | job: | rest:"},
		{"-qui a.job", "own: quiet | job: | rest: a.job"},
		{"--numj=4 --group_rep", "own: | job: --numjobs=4 --group_reporting | rest:"},
		{"--numj 4 a.job", "own: | job: --numjobs=4 | rest: a.job"},
		{"--rw=read", "own: | job: --rw=read | rest:"}, /* and of rwmixread */
		{"--nosuch=1", "own: | job: --nosuch=1 | rest:"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(given(&takes_prefixes, &request, cases[i].line), 0);
		assert_string_equal(sorted(), cases[i].sorted);
	}
	assert_int_equal(given(&takes_prefixes, &request, "--rwm=50"), -EINVAL); /* of two */
	assert_int_equal(given(&runs_jobs, &request, "--numj=4"), 0);
	assert_string_equal(sorted(), "own: | job: --numj=4 | rest:");
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
		{&runs_none, "--tiem=1s", "did you mean --time?"}, /* of each part */
		{&runs_none, "--count=1", "--count=1: less than 2"},
		{&runs_none, "--count 11", "--count=11: more than 10"},
		{&runs_none, "--count=x", "hint: counts are written 32, 4k"},
		{&runs_none, "--time=5q", "--time=5q: "},
		{&runs_jobs, "--output-format=json", "`ringside run` prints in fio's formats"},
		{&runs_jobs, "--daemonize=pid", "fio's --daemonize is not supported"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(given(cases[i].command, &request, cases[i].line), -EINVAL);
		assert_said(cases[i].words);
	}
	/* All of them at once, and what is right is read nevertheless. */
	assert_int_equal(given(&runs_none, &request, "--one --quiet --two a"), -EINVAL);
	assert_int_equal(arguments.diag.error_count, 2);
	assert_string_equal(sorted(), "own: quiet | job: | rest: a");
	assert_int_equal(given(&runs_jobs, &request, "--eta-newline 5"), 0);
	assert_said("fio's --eta-newline changes nothing: progress is one line");
}

TEST(the_last_value_counts_or_all_of_them)
{
	given(&runs_jobs, &request, "--output=a --name=x --output=b --name y --name=x");
	assert_string_equal(sorted(), "own: output=b name=x name=y name=x | job: | rest:");
}

TEST(each_part_of_the_request_has_its_defaults)
{
	assert_int_equal(given(&runs_jobs, &request, ""), 0);
	assert_int_equal(request.count, 5);
	assert_true(request.part.time_ns == 3 * NS_PER_S);
	assert_int_equal(given(&runs_jobs, &request, "--time=250ms --count=10"), 0);
	assert_int_equal(request.count, 10);
	assert_true(request.part.time_ns == 250 * NS_PER_MS);
}

TEST(what_means_nothing_here_is_refused_when_it_is_given)
{
	given(&runs_none, &request, "--quiet --count=5");
	assert_int_equal(arguments_refuse(&arguments, part_options, "no time"), 0);
	assert_string_equal(messages, "");
	assert_int_equal(arguments_refuse(&arguments, options, "not here"), -EINVAL);
	assert_said("error: --quiet: not here");
	given(&runs_none, &request, "--quiet --time=2s");
	assert_int_equal(arguments_refuse(&arguments, part_options, "no time"), -EINVAL);
	/* Though it is the default. */
	given(&runs_none, &request, "--time=3s");
	assert_int_equal(arguments_refuse(&arguments, part_options, "no time"), -EINVAL);
	assert_said("error: --time: no time");
}

TEST_MAIN(NULL, NULL);
