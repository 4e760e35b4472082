/* SPDX-License-Identifier: MIT */
/* A page of text, to the letter, and how it is shown. */
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "result/result_fields.h"
#include "test.h"
#include "text/page.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static struct page_options options;

static int set_up(void **state)
{
	options = (struct page_options){.is_utf8 = true, .columns = 100};
	return open_sample(state);
}

static int write_with_options(const struct result *r, FILE *stream)
{
	return write_text_with(r, &options, stream);
}

static int write_summary_with_options(const struct result *r, FILE *stream)
{
	return write_summary_with(r, &options, stream);
}

TEST_FIXTURE(set_up, close_sample);

TEST(a_page_is_as_it_should_be)
{
	assert_golden("text.txt", written(&result, write_with_options));
	assert_golden("summary.txt", written(&result, write_summary_with_options));
}

TEST(ascii_says_the_same)
{
	options = (struct page_options){.columns = 100};
	assert_golden("text-ascii.txt", written(&result, write_with_options));
}

TEST(colour_says_the_same)
{
	options = (struct page_options){.is_utf8 = true, .is_coloured = true, .columns = 100};
	assert_golden("text-colour.txt", written(&result, write_with_options));
}

TEST(no_line_is_longer_than_asked)
{
	result.jobs[0].name =
		"a-job-whose-name-is-longer-than-a-line-of-any-terminal-that-was-ever-"
		"made-and-then-a-little-longer-still";
	result.jobs[0].description = result.jobs[0].name;
	result.jobs[0].targets[0].path =
		"/a/path/that/is/longer/than/a/line/could/ever/be/and/then/"
		"some/more/of/it/to/be/sure/that/it/does/not/fit/at/all";
	for (options.columns = 90; options.columns <= 100; options.columns++) {
		char *text = written(&result, write_with_options);
		char *rest = NULL;

		for (char *line = strtok_r(text, "\n", &rest); line;
			line = strtok_r(NULL, "\n", &rest))
			assert_true(page_width(line) <= options.columns);
		free(text);
	}
}

TEST(many_jobs_share_the_line_of_a_warning)
{
	char name[16], *text;

	result.warning_count = 0;
	for (int i = 0; i < 1000; i++) {
		result_warn(&result, "clone", "page-cache", "it is cached");
		snprintf(name, sizeof(name), "s%d", i);
		result_warn(&result, name, "short-window", "it was short");
	}
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		result_warn(&result, name, "holes", "it has holes");
	}
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "warning   clone: it is cached\n"));
	assert_non_null(
		strstr(text, "warning   s0, s1, s2, s3, s4, s5 and 994 more: it was short\n"));
	assert_non_null(strstr(text, "warning   s0, s1, s2, s3, s4, s5: it has holes\n"));
	free(text);
}

TEST(one_job_needs_no_summary)
{
	char *text;

	result.job_count = 1;
	text = written(&result, write_with_options);
	assert_null(strstr(text, "syscalls\n"));
	free(text);
	text = written(&result, write_summary_with_options);
	assert_non_null(strstr(text, "syscalls\n"));
	free(text);
}

TEST(a_run_without_jobs_is_a_page)
{
	struct result empty;

	result_init(&empty);
	free(written(&empty, write_with_options));
	free(written(&empty, write_summary_with_options));
	result_free(&empty);
}

TEST(slow_submission_is_worth_a_line)
{
	struct result_direction *read = &result.jobs[0].directions[DIRECTION_READ];
	char *text;

	result.job_count = 1;
	text = written(&result, write_with_options);
	assert_null(strstr(text, "submit  "));
	free(text);
	/* A sample is held against its own I/Os, and said to be one. */
	read->sample.slat.summary.sum_ns = 0.2 * read->sample.clat.summary.sum_ns;
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "submit    read slat 30.1 µs mean, 9.81 µs max (of a sample, "
				     "1.56k I/Os),\n"));
	free(text);
	read->sample = (struct result_sample){0};
	read->slat = sample_latency(&result, 100000, 20000, false);
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "submit    read slat 30.3 µs mean, 391 µs max, 7.00 % of the "
				     "time inside submit\n"));
	free(text);
}

TEST(many_targets_are_counted)
{
	struct result_target targets[6];
	char *text;

	for (int i = 0; i < 6; i++)
		targets[i] = result.jobs[0].targets[0];
	result.jobs[0].target_count = 6;
	result.jobs[0].targets = targets;
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "and 2 more"));
	free(text);
}

TEST(ranges_and_splits_are_named_before_bs)
{
	char *text;

	SAMPLE_SETTINGS(&result, &result.jobs[0].options, {.key = "bs", .value = "4k"},
		{.key = "bsrange", .value = "1k-8k"}, {.key = "rw", .value = "read"},
		{.key = "bssplit", .value = NULL});
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "  job       read 1k-8k, 500 ms"));
	free(text);
}

TEST(proof_is_what_was_not_told_already)
{
	char *text;

	SAMPLE_SETTINGS(&result, &result.jobs[0].engine_proof, {.key = "fixedbufs", .value = "1"},
		{.key = "features",
			.value = "SINGLE_MMAP|NODROP|SUBMIT_STABLE|RW_CUR_POS|CUR_PERSONALITY|FAST_"
				 "POLL"},
		{.key = "registerfiles", .value = "0"});
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "  proof     registerfiles=0\n"));
	free(text);
	result.jobs[0].engine_proof.count = 2;
	text = written(&result, write_with_options);
	assert_null(strstr(text, "proof"));
	free(text);
}

static void set_locale(const char *lc_all, const char *lc_ctype, const char *lang)
{
	setenv("LC_ALL", lc_all, 1);
	setenv("LC_CTYPE", lc_ctype, 1);
	setenv("LANG", lang, 1);
}

TEST(utf8_is_by_the_first_variable_set)
{
	set_locale("", "", "C.UTF-8");
	assert_true(page_options_of(stdout).is_utf8);
	set_locale("C", "", "C.UTF-8");
	assert_false(page_options_of(stdout).is_utf8);
	set_locale("", "de_DE.utf8", "C");
	assert_true(page_options_of(stdout).is_utf8);
	set_locale("", "", "");
	assert_false(page_options_of(stdout).is_utf8);
	assert_int_equal(page_options_of(stdout).columns, 100);
}

TEST(colour_is_for_terminals_only)
{
	int terminal, other_end;
	FILE *stream;
	FILE *file = tmpfile();

	unsetenv("NO_COLOR");
	assert_non_null(file);
	assert_false(page_options_of(file).is_coloured);
	fclose(file);
	if (openpty(&terminal, &other_end, NULL, NULL, NULL) != 0) {
		print_message("skipped: no pseudo-terminal\n");
		skip();
	}
	stream = fdopen(other_end, "w");
	assert_true(page_options_of(stream).is_coloured);
	setenv("NO_COLOR", "1", 1);
	assert_false(page_options_of(stream).is_coloured);
	setenv("NO_COLOR", "", 1);
	assert_true(page_options_of(stream).is_coloured);
	fclose(stream);
	close(terminal);
}

TEST(a_full_disk_is_an_error)
{
	for (const struct document_writer *w = result_formats.writers; w->name; w++) {
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		assert_int_equal(result_formats.write(w, &result, full), -ENOSPC);
		fclose(full);
	}
}

TEST_MAIN(NULL, NULL);
