/* SPDX-License-Identifier: MIT */
/* What a worker keeps for fio's logs, with a clock that is moved: times and values are exact. */
#include <stdlib.h>

#include "fake_worker.h"
#include "result/fio.h"
#include "run/log_files.h"
#include "test.h"

enum { MEBIBYTE = 1 << 20 };

static struct log_files files;
static struct job_set set;

/* One read after the other, each of 4 ms, for `ios` of them. */
static void set_up_log(unsigned ios)
{
	set_up(&fake_sync_class, UINT64_MAX);
	region.region_bytes = MEBIBYTE;
	worker.task.pass_bytes = (uint64_t)ios * BLOCK;
	worker.task.wraps = true;
	worker.task.log_bytes = 3 * MEBIBYTE;
	script.submit_ns = 4000000;
	rare.logs = (struct job_logs){.per_job = true};
	set = (struct job_set){.jobs = &job, .count = 1};
}

static void run_and_list(void)
{
	run(DIRECTION_READ);
	log_files_plan(&files, &set);
	log_files_add(&files, &job, 0, &worker.log, 1000);
}

static void tear_down_log(void)
{
	log_files_free(&files);
	tear_down();
}

static const char *text_of(const char *path)
{
	for (size_t i = 0; i < files.count; i++) {
		if (strcmp(files.items[i].path, path) == 0)
			return files.items[i].text
				       ? strndup(files.items[i].text, files.items[i].bytes)
				       : strdup("");
	}
	return NULL;
}

static void assert_file(const char *path, const char *expected)
{
	char *text = (char *)text_of(path);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

TEST(without_an_average_each_io_is_a_line)
{
	set_up_log(3);
	rare.logs.bw = rare.logs.lat = "x";
	rare.logs.iops = "$jobname";
	run_and_list();
	assert_int_equal(files.count, 5);
	/* 4 KiB in 4 ms */
	assert_file(
		"x_bw.1.log", "4, 1000, 0, 4096, 0\n8, 1000, 0, 4096, 0\n12, 1000, 0, 4096, 0\n");
	assert_file("test_iops.1.log", "4, 1, 0, 4096, 0\n8, 1, 0, 4096, 0\n12, 1, 0, 4096, 0\n");
	assert_file("x_lat.1.log",
		"4, 4000000, 0, 4096, 0\n8, 4000000, 0, 4096, 0\n12, 4000000, 0, 4096, 0\n");
	assert_file("x_slat.1.log", "");
	assert_null(text_of("x_clat_hist.1.log"));
	tear_down_log();
}

TEST(submission_and_completion_have_their_times_where_they_are_taken)
{
	set_up_log(2);
	job.engine = &fake_class;
	rare.logs.lat = "x";
	script.submit_ns = 1000000;
	script.service_ns = 2000000;
	run_and_list();
	assert_file("x_lat.1.log", "3, 3000000, 0, 4096, 0\n6, 3000000, 0, 4096, 0\n");
	assert_file("x_slat.1.log", "3, 1000000, 0, 4096, 0\n6, 1000000, 0, 4096, 0\n");
	assert_file("x_clat.1.log", "3, 2000000, 0, 4096, 0\n6, 2000000, 0, 4096, 0\n");
	tear_down_log();
}

TEST(averages_are_of_windows_and_a_pause_is_seen)
{
	set_up_log(6);
	rare.logs.bw = rare.logs.iops = rare.logs.lat = "x";
	rare.logs.avg_ns = 10000000;
	job.engine = &fake_class;
	script.submit_ns = 0;
	script.service_ns = 4000000;
	script.stall_at_ns = clock_fake_ns + 8000000; /* the third: done at 35 ms */
	script.stall_end_ns = clock_fake_ns + 35000000;
	run_and_list();
	/* Done at 4, 8, 35, 39, 43 and 47 ms. */
	assert_file("x_iops.1.log", "10, 200, 0, 0, 0\n20, 0, 0, 0, 0\n30, 0, 0, 0, 0\n"
				    "40, 200, 0, 0, 0\n47, 286, 0, 0, 0\n");
	assert_file("x_bw.1.log", "10, 800, 0, 0, 0\n20, 0, 0, 0, 0\n30, 0, 0, 0, 0\n"
				  "40, 800, 0, 0, 0\n47, 1142, 0, 0, 0\n");
	assert_file("x_lat.1.log",
		"10, 4000000, 0, 0, 0\n40, 15500000, 0, 0, 0\n47, 4000000, 0, 0, 0\n");
	tear_down_log();
}

TEST(a_rest_of_less_than_half_a_window_belongs_to_the_one_before)
{
	for (unsigned ios = 5; ios <= 6; ios++) {
		set_up_log(ios);
		rare.logs.bw = rare.logs.iops = rare.logs.lat = "x";
		rare.logs.avg_ns = 8500000;
		run_and_list();
		/* Two in each window; the fifth is done at 20 ms, the sixth at 24. */
		assert_file("x_iops.1.log", ios == 5 ? "8, 235, 0, 0, 0\n20, 261, 0, 0, 0\n"
						     : "8, 235, 0, 0, 0\n17, 235, 0, 0, 0\n"
						       "24, 286, 0, 0, 0\n");
		assert_file("x_lat.1.log", ios == 5 ? "8, 4000000, 0, 0, 0\n20, 4000000, 0, 0, 0\n"
						    : "8, 4000000, 0, 0, 0\n17, 4000000, 0, 0, "
						      "0\n24, 4000000, 0, 0, 0\n");
		tear_down_log();
	}
}

TEST(a_job_shorter_than_a_window_has_a_line)
{
	set_up_log(2);
	rare.logs.iops = "x";
	rare.logs.avg_ns = 100000000;
	run_and_list();
	assert_file("x_iops.1.log", "8, 250, 0, 0, 0\n");
	tear_down_log();
}

TEST(the_greatest_stands_in_place_of_the_mean_and_times_are_of_the_epoch)
{
	set_up_log(4);
	rare.logs.lat = "x";
	rare.logs.avg_ns = 100000000;
	rare.logs.max_value = rare.logs.offset = rare.logs.unix_epoch = true;
	job.engine = &fake_class;
	script.submit_ns = 0;
	script.service_ns = 4000000;
	script.stall_at_ns = clock_fake_ns + 8000000;
	script.stall_end_ns = clock_fake_ns + 35000000;
	run_and_list();
	assert_file("x_lat.1.log", "1039, 27000000, 0, 0, 0, 0\n");
	tear_down_log();
}

TEST(offsets_are_those_that_were_read)
{
	set_up_log(2);
	rare.logs.lat = "x";
	rare.logs.offset = true;
	run_and_list();
	assert_file("x_lat.1.log", "4, 4000000, 0, 4096, 0, 0\n8, 4000000, 0, 4096, 4096, 0\n");
	tear_down_log();
}

/* The number in the column of the bin that holds `value_ns`. */
static uint64_t count_in(const char *line, uint64_t value_ns, unsigned coarseness)
{
	const char *at = line;

	for (unsigned i = 0; i < 3 + (fio_latency_bin(value_ns) >> coarseness); i++)
		at = strchr(at, ',') + 1;
	return strtoull(at, NULL, 10);
}

TEST(histograms_have_fios_bins)
{
	for (unsigned coarseness = 0; coarseness <= 6; coarseness += 3) {
		char *text, *second;
		unsigned columns = 1;

		set_up_log(5);
		rare.logs.hist = "x";
		rare.logs.hist_ns = 12000000;
		rare.logs.hist_coarseness = coarseness;
		run_and_list();
		text = (char *)text_of("x_clat_hist.1.log");
		second = strchr(text, '\n') + 1;
		for (const char *c = text; *c != '\n'; c++)
			columns += *c == ',';
		assert_int_equal(columns, 3 + (FIO_BINS >> coarseness));
		assert_memory_equal(text, "12, 0, 4096, ", 13);
		assert_memory_equal(second, "20, 0, 4096, ", 13);
		assert_int_equal(count_in(text, 4000000, coarseness), 2);
		assert_int_equal(count_in(second, 4000000, coarseness), 3);
		free(text);
		tear_down_log();
	}
}

TEST(what_fails_is_not_in_the_log)
{
	set_up_log(3);
	rare.logs.iops = "x";
	job.continue_on_error = ERRORS_READ;
	script.error_at = 2;
	script.error = EIO;
	run_and_list();
	assert_file("x_iops.1.log", "4, 1, 0, 4096, 0\n12, 1, 0, 4096, 0\n");
	tear_down_log();
}

TEST(a_log_that_is_full_ends_and_says_so)
{
	set_up_log(10);
	rare.logs.iops = "x";
	worker.task.log_bytes = 3 * 4 * sizeof(struct worker_log_io);
	run_and_list();
	assert_true(worker.log.ios.is_full);
	assert_file("x_iops.1.log", "4, 1, 0, 4096, 0\n8, 1, 0, 4096, 0\n12, 1, 0, 4096, 0\n"
				    "16, 1, 0, 4096, 0\n");
	tear_down_log();
}

TEST(jobs_of_one_prefix_share_a_file_where_they_are_asked_to)
{
	set_up_log(1);
	rare.logs.iops = "x";
	rare.logs.per_job = false;
	run_and_list();
	log_files_add(&files, &job, 1, &worker.log, 1000);
	assert_int_equal(files.count, 1);
	assert_file("x_iops.log", "4, 1, 0, 4096, 0\n4, 1, 0, 4096, 0\n");
	tear_down_log();
}

TEST(a_job_without_logs_keeps_nothing)
{
	set_up_log(2);
	run_and_list();
	assert_int_equal(files.count, 0);
	assert_null(worker.log.state);
	tear_down_log();
}

TEST_MAIN(NULL, NULL);
