/* SPDX-License-Identifier: MIT */
#include "result/fio_log_series.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct fio_logs logs;
	struct arena arena;
	struct fio_log_job job;
};

static void add(struct fixture *fixture, const char *path, const char *text)
{
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(fio_logs_add(&fixture->logs, path, text, strlen(text), &diag), 0);
}

static const struct fio_log_direction *make(struct fixture *fixture, size_t number)
{
	assert_true(fio_log_job_make(&fixture->logs, number, &fixture->job, &fixture->arena));
	return &fixture->job.directions[0];
}

static void end(struct fixture *fixture)
{
	fio_logs_free(&fixture->logs);
	arena_free(&fixture->arena);
}

static void assert_near(double value, double expected)
{
	if (fabs(value - expected) > 1e-9 * fabs(expected))
		fail_msg("%.17g in place of %.17g", value, expected);
}

TEST(files_of_one_name_are_one_job)
{
	struct fixture f = {0};

	add(&f, "a/x_bw.1.log", "500, 4, 0, 0, 0\n");
	add(&f, "a/x_bw.2.log", "500, 4, 0, 0, 0\n");
	add(&f, "a/x_iops.1.log", "500, 1, 0, 0, 0\n");
	add(&f, "b/x_iops.log", "500, 1, 0, 0, 0\n");
	make(&f, 0);
	assert_string_equal(f.job.name, "x, job 1");
	assert_non_null(f.job.of[FIO_LOG_BW]);
	assert_non_null(f.job.of[FIO_LOG_IOPS]);
	make(&f, 1);
	assert_string_equal(f.job.name, "x, job 2");
	assert_null(f.job.of[FIO_LOG_IOPS]);
	make(&f, 2);
	assert_string_equal(f.job.name, "x, all jobs");
	assert_false(fio_log_job_make(&f.logs, 3, &f.job, &f.arena));
	end(&f);
}

TEST(averages_are_shared_out_by_time)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	/* 100 a second until 0.5 s, 200 until 1 s, 400 until 2 s: an interval of its own each, and
	 * two for the last. */
	add(&f, "x_iops.1.log", "500, 100, 0, 0, 0\n1000, 200, 0, 0, 0\n2000, 400, 0, 0, 0\n");
	read = make(&f, 0);
	assert_int_equal(f.job.interval_ms, 500);
	assert_int_equal(f.job.count, 4);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][0], 50);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][1], 100);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][2], 200);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][3], 200);
	assert_near(read->ios, 550);
	assert_true(isnan(read->bytes));
	assert_int_equal(read->source, FIO_LOG_KIND_COUNT);
	end(&f);
}

TEST(an_average_over_the_edge_of_an_interval_keeps_its_sum)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	add(&f, "x_bw.1.log", "400, 10, 0, 0, 0\n1000, 20, 0, 0, 0\n1500, 40, 0, 0, 0\n");
	read = make(&f, 0);
	assert_int_equal(f.job.interval_ms, 500);
	assert_near(read->columns[FIO_LOG_COLUMN_BYTES][0], 1024 * (10 * 0.4 + 20 * 0.1));
	assert_near(read->columns[FIO_LOG_COLUMN_BYTES][1], 1024 * 20 * 0.5);
	assert_near(read->bytes, 1024 * (10 * 0.4 + 20 * 0.6 + 40 * 0.5));
	assert_true(isnan(read->ios));
	end(&f);
}

TEST(one_long_average_does_not_make_all_intervals_long)
{
	struct fixture f = {0};

	/* fio 3.33, while the machine stood still. */
	add(&f, "x_lat.1.log",
		"511, 2119755, 0, 0, 0\n526, 2505280, 1, 0, 0\n7408, 570461396, 1, 0, 0\n"
		"7408, 5118031, 0, 0, 0\n");
	make(&f, 0);
	assert_int_equal(f.job.interval_ms, 526);
	end(&f);
}

TEST(jobs_of_one_log_add_up)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	add(&f, "x_iops.log",
		"500, 100, 0, 0, 0\n1000, 100, 0, 0, 0\n"
		"500, 10, 0, 0, 0\n1000, 30, 0, 0, 0\n");
	read = make(&f, 0);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][0], 55);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][1], 65);
	end(&f);
}

TEST(single_ios_have_percentiles)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	add(&f, "x_lat.1.log",
		"0, 1000, 0, 4096, 0\n50, 2000, 0, 4096, 0\n60, 9000, 1, 512, 0\n"
		"250, 3000, 0, 8192, 0\n");
	read = make(&f, 0);
	assert_int_equal(f.job.interval_ms, 100);
	assert_int_equal(f.job.count, 3);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][0], 2);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][1], 0);
	assert_near(read->columns[FIO_LOG_COLUMN_BYTES][2], 8192);
	assert_near(read->ios, 3);
	assert_near(read->bytes, 16384);
	assert_true(read->has_percentiles);
	assert_near(read->columns[FIO_LOG_COLUMN_MEAN][0], 1500);
	assert_near(read->columns[FIO_LOG_COLUMN_MAX][0], 2000);
	assert_near(read->columns[FIO_LOG_COLUMN_MIN][0], 1000);
	assert_near(read->columns[FIO_LOG_COLUMN_P50][0],
		(double)histogram_highest(histogram_index(1000)));
	assert_true(isnan(read->columns[FIO_LOG_COLUMN_P99][1]));
	assert_near(read->latencies[FIO_LOG_LAT].mean_ns, 2000);
	assert_int_equal(read->latencies[FIO_LOG_LAT].all.summary.count, 3);
	assert_true(f.job.directions[1].is_there);
	assert_near(f.job.directions[1].ios, 1);
	assert_false(f.job.directions[2].is_there);
	end(&f);
}

TEST(intervals_of_single_ios_are_round_and_the_last_is_as_long_as_what_is_left)
{
	struct fixture f = {0};

	add(&f, "x_lat.1.log", "250, 1000, 0, 4096, 0\n");
	make(&f, 0);
	assert_int_equal(f.job.start_ms, 0);
	assert_int_equal(f.job.count, 3);
	assert_int_equal(fio_log_interval_ms(&f.job, 1), 100);
	assert_int_equal(fio_log_interval_ms(&f.job, 2), 50);
	add(&f, "x_lat.2.log", "0, 1000, 0, 4096, 0\n150000, 1000, 0, 4096, 0\n");
	make(&f, 1);
	assert_int_equal(f.job.interval_ms, 500);
	add(&f, "x_lat.3.log", "0, 1000, 0, 4096, 0\n");
	assert_near(make(&f, 2)->ios, 1);
	assert_int_equal(f.job.count, 1);
	end(&f);
}

TEST(percentiles_are_of_their_share_of_the_ios)
{
	struct fixture f = {0};
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);
	const struct fio_log_direction *read;

	for (int i = 1; i <= 200; i++)
		fprintf(stream, "0, %d, 0, 4096, 0\n", i);
	fclose(stream);
	add(&f, "x_lat.1.log", text);
	read = make(&f, 0);
	assert_near(read->columns[FIO_LOG_COLUMN_P50][0], 100);
	assert_near(read->columns[FIO_LOG_COLUMN_P99][0], 198);
	assert_near(read->columns[FIO_LOG_COLUMN_P99_9][0], 200);
	free(text);
	end(&f);
}

TEST(the_best_that_logs_have_of_a_latency_counts)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	/* Single submissions do not make up for averages of the whole; nor does an empty log. */
	add(&f, "x_slat.1.log", "5, 10, 0, 4096, 0\n");
	add(&f, "x_lat.1.log", "500, 1000, 0, 0, 0\n");
	read = make(&f, 0);
	assert_int_equal(read->source, FIO_LOG_LAT);
	assert_false(read->has_percentiles);
	add(&f, "y_iops.1.log", "");
	add(&f, "y_clat.1.log", "5, 10, 0, 4096, 0\n");
	read = make(&f, 1);
	assert_int_equal(read->source, FIO_LOG_CLAT);
	assert_true(read->has_percentiles);
	assert_near(read->ios, 1);
	end(&f);
}

TEST(averages_have_a_mean_and_no_percentiles)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	add(&f, "x_lat.1.log", "500, 1000, 0, 0, 0\n1000, 4000, 0, 0, 0\n");
	add(&f, "x_iops.1.log", "500, 300, 0, 0, 0\n1000, 100, 0, 0, 0\n");
	read = make(&f, 0);
	assert_false(read->has_percentiles);
	assert_int_equal(read->source, FIO_LOG_LAT);
	assert_near(read->columns[FIO_LOG_COLUMN_MEAN][1], 4000);
	assert_true(isnan(read->columns[FIO_LOG_COLUMN_P50][1]));
	assert_true(isnan(read->columns[FIO_LOG_COLUMN_MAX][1]));
	/* Each I/O counts the same, not each interval. */
	assert_near(read->latencies[FIO_LOG_LAT].mean_ns, (3 * 1000 + 4000) / 4.0);
	assert_null(read->latencies[FIO_LOG_LAT].all.histogram);
	end(&f);
}

static void add_histogram(struct fixture *fixture, const char *path)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	for (int line = 1; line <= 2; line++) {
		fprintf(stream, "%d, 0, 4096", line * 500);
		for (int i = 0; i < 1856; i++)
			fprintf(stream, ", %d", i == 50 + line ? 10 * line : 0);
		fputc('\n', stream);
	}
	fclose(stream);
	add(fixture, path, text);
	free(text);
}

TEST(a_histogram_log_has_the_percentiles_that_averages_lack)
{
	struct fixture f = {0};
	const struct fio_log_direction *read;

	add(&f, "x_lat.1.log", "500, 1000, 0, 0, 0\n1000, 4000, 0, 0, 0\n");
	add_histogram(&f, "x_clat_hist.1.log");
	read = make(&f, 0);
	assert_true(read->has_percentiles);
	assert_int_equal(read->source, FIO_LOG_CLAT);
	assert_near(read->columns[FIO_LOG_COLUMN_P99][0], 51);
	assert_near(read->columns[FIO_LOG_COLUMN_P99][1], 52);
	assert_near(read->columns[FIO_LOG_COLUMN_IOS][1], 20);
	assert_near(read->ios, 30);
	assert_int_equal(read->latencies[FIO_LOG_CLAT].all.summary.count, 30);
	end(&f);
}

TEST(a_long_log_has_no_more_intervals_than_a_series)
{
	struct fixture f = {0};
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);
	const struct fio_log_direction *read;

	for (int i = 1; i <= 5000; i++)
		fprintf(stream, "%d, 10, 0, 0, 0\n", i * 100);
	fclose(stream);
	add(&f, "x_iops.1.log", text);
	read = make(&f, 0);
	assert_true(f.job.count <= 2000);
	assert_int_equal(f.job.interval_ms, 400);
	assert_near(read->ios, 5000);
	free(text);
	end(&f);
}

TEST(times_since_1970_begin_where_the_log_does)
{
	struct fixture f = {0};

	add(&f, "x_iops.1.log", "1700000000500, 100, 0, 0, 0\n1700000001000, 200, 0, 0, 0\n");
	make(&f, 0);
	assert_true(f.job.start_ms == UINT64_C(1700000000000));
	assert_int_equal(f.job.count, 2);
	assert_near(f.job.directions[0].ios, 150);
	end(&f);
}

TEST(empty_logs_are_a_job_without_figures)
{
	struct fixture f = {0};

	add(&f, "x_slat.1.log", "");
	make(&f, 0);
	assert_int_equal(f.job.count, 0);
	assert_false(f.job.directions[0].is_there);
	end(&f);
}

TEST_MAIN(NULL, NULL);
