/* SPDX-License-Identifier: MIT */
/* A page of text, to the letter, and how it is shown. */
/* covers: src/result/text_job.c */
#include <errno.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "result/page.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static struct write_text_options options;

static int set_up(void **state)
{
	options = (struct write_text_options){true, false, 100};
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

static void a_page_is_as_it_should_be(void **state)
{
	(void)state;
	assert_golden("text.txt", written(&result, write_with_options));
	assert_golden("summary.txt", written(&result, write_summary_with_options));
}

static void ascii_says_the_same(void **state)
{
	(void)state;
	options = (struct write_text_options){false, false, 100};
	assert_golden("text-ascii.txt", written(&result, write_with_options));
}

static void colour_says_the_same(void **state)
{
	(void)state;
	options = (struct write_text_options){true, true, 100};
	assert_golden("text-colour.txt", written(&result, write_with_options));
}

static void no_line_is_longer_than_asked(void **state)
{
	(void)state;
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

static void many_jobs_share_the_line_of_a_warning(void **state)
{
	char name[8], *text;

	(void)state;
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

static void one_job_needs_no_summary(void **state)
{
	char *text;

	(void)state;
	result.job_count = 1;
	text = written(&result, write_with_options);
	assert_null(strstr(text, "syscalls\n"));
	free(text);
	text = written(&result, write_summary_with_options);
	assert_non_null(strstr(text, "syscalls\n"));
	free(text);
}

static void a_run_without_jobs_is_a_page(void **state)
{
	struct result empty;

	(void)state;
	result_init(&empty);
	free(written(&empty, write_with_options));
	free(written(&empty, write_summary_with_options));
	result_free(&empty);
}

static void slow_submission_is_worth_a_line(void **state)
{
	struct result_direction *read = &result.jobs[0].directions[DIRECTION_READ];
	char *text;

	(void)state;
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

static void many_targets_are_counted(void **state)
{
	struct result_target targets[6];
	char *text;

	(void)state;
	for (int i = 0; i < 6; i++)
		targets[i] = result.jobs[0].targets[0];
	result.jobs[0].target_count = 6;
	result.jobs[0].targets = targets;
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "and 2 more"));
	free(text);
}

static void ranges_and_splits_are_named_before_bs(void **state)
{
	char *text;

	(void)state;
	SAMPLE_SETTINGS(&result, &result.jobs[0].options, {"bs", "4k", NULL},
		{"bsrange", "1k-8k", NULL}, {"rw", "read", NULL}, {"bssplit", NULL, NULL});
	text = written(&result, write_with_options);
	assert_non_null(strstr(text, "  job       read 1k-8k, 500 ms"));
	free(text);
}

static void proof_is_what_was_not_told_already(void **state)
{
	char *text;

	(void)state;
	SAMPLE_SETTINGS(&result, &result.jobs[0].engine_proof, {"fixedbufs", "1", NULL},
		{"features",
			"SINGLE_MMAP|NODROP|SUBMIT_STABLE|RW_CUR_POS|CUR_PERSONALITY|FAST_POLL",
			NULL},
		{"registerfiles", "0", NULL});
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

static void utf8_is_by_the_first_variable_set(void **state)
{
	(void)state;
	set_locale("", "", "C.UTF-8");
	assert_true(write_text_options_of(stdout).is_utf8);
	set_locale("C", "", "C.UTF-8");
	assert_false(write_text_options_of(stdout).is_utf8);
	set_locale("", "de_DE.utf8", "C");
	assert_true(write_text_options_of(stdout).is_utf8);
	set_locale("", "", "");
	assert_false(write_text_options_of(stdout).is_utf8);
	assert_int_equal(write_text_options_of(stdout).columns, 100);
}

static void colour_is_for_terminals_only(void **state)
{
	int terminal, other_end;
	FILE *stream;
	FILE *file = tmpfile();

	(void)state;
	unsetenv("NO_COLOR");
	assert_non_null(file);
	assert_false(write_text_options_of(file).is_coloured);
	fclose(file);
	if (openpty(&terminal, &other_end, NULL, NULL, NULL) != 0) {
		print_message("skipped: no pseudo-terminal\n");
		skip();
	}
	stream = fdopen(other_end, "w");
	assert_true(write_text_options_of(stream).is_coloured);
	setenv("NO_COLOR", "1", 1);
	assert_false(write_text_options_of(stream).is_coloured);
	setenv("NO_COLOR", "", 1);
	assert_true(write_text_options_of(stream).is_coloured);
	fclose(stream);
	close(terminal);
}

static void a_full_disk_is_an_error(void **state)
{
	(void)state;
	for (const struct result_writer *writer = result_writers; writer->name; writer++) {
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		assert_int_equal(writer->write(&result, full), -ENOSPC);
		fclose(full);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_page_is_as_it_should_be, set_up, close_sample),
		cmocka_unit_test_setup_teardown(ascii_says_the_same, set_up, close_sample),
		cmocka_unit_test_setup_teardown(colour_says_the_same, set_up, close_sample),
		cmocka_unit_test_setup_teardown(no_line_is_longer_than_asked, set_up, close_sample),
		cmocka_unit_test_setup_teardown(
			many_jobs_share_the_line_of_a_warning, set_up, close_sample),
		cmocka_unit_test_setup_teardown(one_job_needs_no_summary, set_up, close_sample),
		cmocka_unit_test_setup_teardown(a_run_without_jobs_is_a_page, set_up, close_sample),
		cmocka_unit_test_setup_teardown(
			slow_submission_is_worth_a_line, set_up, close_sample),
		cmocka_unit_test_setup_teardown(many_targets_are_counted, set_up, close_sample),
		cmocka_unit_test_setup_teardown(
			ranges_and_splits_are_named_before_bs, set_up, close_sample),
		cmocka_unit_test_setup_teardown(
			proof_is_what_was_not_told_already, set_up, close_sample),
		cmocka_unit_test_setup_teardown(
			utf8_is_by_the_first_variable_set, set_up, close_sample),
		cmocka_unit_test_setup_teardown(colour_is_for_terminals_only, set_up, close_sample),
		cmocka_unit_test_setup_teardown(a_full_disk_is_an_error, set_up, close_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
