/* SPDX-License-Identifier: MIT */
/* The intervals as CSV: a row each, to the letter. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static const char head[] =
	"job,group,direction,start_ns,duration_ns,ios,bytes,errors,iops,bytes_per_second,"
	"job_in_flight,lat_min_ns,lat_mean_ns,lat_p50_ns,lat_p99_ns,lat_p99.9_ns,lat_max_ns\n";

TEST_FIXTURE(open_sample, close_sample);

TEST(each_interval_of_a_direction_is_a_row)
{
	char *text = written(&result, format_named("csv-series"));
	const char *rows =
		"\"rand-read\",0,read,0,100000000,20000,81920000,0,200000,819200000,32,101000,"
		"151496.45,151551,201727,201995,201995\n"
		"\"rand-read\",0,read,100000000,100000000,20000,81920000,0,200000,819200000,32,"
		"101004,151502.1,151551,201727,201999,201999\n";
	const char *stall =
		"\"rand-read\",0,read,300000000,100000000,0,0,0,0,0,32,,,,,,\n"
		"\"rand-read\",0,read,400000000,100000000,40000,163840000,0,400000,1638400000,0,";

	assert_int_equal(strncmp(text, head, strlen(head)), 0);
	assert_int_equal(strncmp(text + strlen(head), rows, strlen(rows)), 0);
	assert_non_null(strstr(text, stall));
	free(text);
}

TEST(a_name_is_quoted)
{
	char *text;

	result.jobs[0].name = "a \"b\", c";
	text = written(&result, write_csv_series);
	assert_non_null(strstr(text, "\n\"a \"\"b\"\", c\",0,read,0,"));
	free(text);
}

TEST(without_a_series_there_is_the_head)
{
	char *text;

	result.jobs[0].series = (struct result_series){0};
	text = written(&result, write_csv_series);
	assert_string_equal(text, head);
	free(text);
}

TEST(a_full_disk_is_told)
{
	FILE *full = fopen("/dev/full", "we");

	assert_non_null(full);
	assert_int_equal(write_csv_series(&result, full), -ENOSPC);
	fclose(full);
}

TEST_MAIN(NULL, NULL);
