/* SPDX-License-Identifier: MIT */
/* Several points as one table, and as CSV. */
#include <stdlib.h>
#include <string.h>

#include "sample_record.h"
#include "session/report.h"
#include "session/sweep.h"
#include "test.h"

static struct record record;
static struct record_point points[2];
static char *written;

/* The sample twice, under the names of two values; the second one has figures of its own. */
static int set_up(void **state)
{
	(void)state;
	sample_record(&record, 6);
	points[0] = points[1] = record.points[0];
	points[0].name = "randread bs=4k iodepth=1";
	points[1].name = "randread bs=4k iodepth=8";
	points[1].trials =
		arena_alloc_array(&record.arena, points[1].trial_count, sizeof(*points[1].trials));
	memcpy(points[1].trials, points[0].trials,
		points[1].trial_count * sizeof(*points[1].trials));
	for (size_t i = 0; i < points[1].trial_count; i++)
		points[1].trials[i].values[VALUE_IOPS] *= 8;
	record.points = points;
	record.point_count = 2;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(written);
	written = NULL;
	record_free(&record);
	return 0;
}

static void write_as(int (*write)(const struct record *, FILE *))
{
	size_t bytes;
	FILE *stream = open_memstream(&written, &bytes);

	assert_non_null(stream);
	assert_int_equal(write(&record, stream), 0);
	fclose(stream);
}

static size_t count_lines(void)
{
	size_t count = 0;

	for (const char *at = written; *at; at++)
		count += *at == '\n';
	return count;
}

TEST_FIXTURE(set_up, tear_down);

TEST(a_sweep_has_a_row_for_each_point_and_contender_with_figures)
{
	struct arena arena = {0};
	struct sweep sweep;

	sweep_make(&record, &arena, &sweep);
	assert_true(sweep.compares);
	assert_int_equal(sweep.row_count, 6); /* not the control, nor the one that was refused */
	for (size_t i = 0; i < 6; i++) {
		const struct sweep_row *row = &sweep.rows[i];
		double first = view_level(sweep.rows[i % 3].view, VALUE_IOPS, row->contender);

		assert_int_equal(row->contender, SAMPLE_REF + i % 3);
		assert_ptr_equal(row->view->point, &points[i / 3]);
		assert_true(view_level(row->view, VALUE_IOPS, row->contender) / first >
			    (i < 3 ? 0.99 : 7.99));
	}
	record.point_count = 1;
	sweep_make(&record, &arena, &sweep);
	assert_int_equal(sweep.row_count, 3);
	arena_free(&arena);
}

TEST(its_csv_has_the_values_in_columns)
{
	write_as(report_sweep_csv);
	assert_ptr_equal(
		strstr(written, "job,\"bs\",\"iodepth\",contender,blocks,iops.lo,"), written);
	assert_int_equal(count_lines(), 7);
	assert_non_null(strstr(written, "\n\"randread\",\"4k\",\"1\",\"ref\",6,"));
	assert_non_null(strstr(written, "\n\"randread\",\"4k\",\"8\",\"fast\",6,"));
	assert_null(strstr(written, "control"));
}

TEST(the_table_comes_first_and_the_points_after_it)
{
	const char *table, *point;

	write_as(report_markdown);
	table = strstr(written, "2 points");
	point = strstr(written, "### randread bs=4k iodepth=1");
	assert_true(table && point && table < point);
	assert_non_null(strstr(written, "| randread bs=4k iodepth=8 | ref (ref) |"));
}

/* One contender, no control: its figures stand in the one table and nowhere else. */
TEST(a_job_alone_is_swept_in_one_table)
{
	size_t kept = 0;

	for (size_t i = 0; i < points[0].trial_count; i++) {
		if (points[0].trials[i].contender != SAMPLE_REF)
			continue;
		points[0].trials[kept] = points[0].trials[i];
		points[1].trials[kept++] = points[1].trials[i];
	}
	for (int p = 0; p < 2; p++) {
		points[p].trial_count = kept;
		points[p].contender_count = 1;
		points[p].control = SESSION_NONE;
	}
	write_as(report_markdown);
	assert_non_null(strstr(written, "\n| randread bs=4k iodepth=8 | "));
	assert_null(strstr(written, "contender |"));
	assert_null(strstr(written, "IOPS/core"));
	assert_null(strstr(written, "nothing to compare it with"));
}

TEST_MAIN(NULL, NULL);
