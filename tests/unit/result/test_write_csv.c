/* SPDX-License-Identifier: MIT */
/* CSV, to the letter, and its quoting. */
#include <stdlib.h>
#include <string.h>

#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

TEST_FIXTURE(open_sample, close_sample);

TEST(rows_are_as_they_should_be)
{
	assert_golden("result.csv", written(&result, format_named("csv")));
}

/* The number of fields of a line that quotes nothing. */
static int fields(const char *line)
{
	int count = 1;

	for (; *line && *line != '\n'; line++)
		count += *line == ',';
	return count;
}

TEST(every_row_has_the_columns_of_the_head)
{
	double percents[] = {12.5, 99.999};
	const char *row;
	char *text;

	result.jobs[1].name = "mixed";
	result.jobs[1].options.items[2].value = "8k";
	result.jobs[1].percentile_count = 2; /* others than the first job's */
	result.jobs[1].percentiles = percents;
	text = written(&result, write_csv);
	assert_non_null(strstr(text, "lat_p10_ns,lat_p12.5_ns,lat_p20_ns"));
	assert_non_null(strstr(text, "lat_p99.99_ns,lat_p99.999_ns,lat_max_ns"));
	for (row = text; *row; row = strchr(row, '\n') + 1)
		assert_int_equal(fields(row), fields(text));
	free(text);
}

TEST_FIXTURE(NULL, NULL);

TEST(what_is_not_known_is_empty)
{
	struct result_job job = {.name = "j", .engine = "null", .numjobs = 1};
	struct result bare;
	char *text;

	result_init(&bare);
	bare.job_count = 1;
	bare.jobs = &job;
	job.directions[DIRECTION_READ].error_count = 1;
	job.directions[DIRECTION_READ].errors[0] = (struct result_error_count){5, "EIO", 9};
	text = written(&bare, write_csv);
	assert_string_equal(strchr(text, '\n') + 1,
		"j,0,1,null,,,,read,0,0,0,,,0,9,,,,,,,,,,,,0,,,,,,,,,,,,,,,\n");
	free(text);
	result_free(&bare);
}

TEST_MAIN(NULL, NULL);
