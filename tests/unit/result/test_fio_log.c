/* SPDX-License-Identifier: MIT */
#include "result/fio_log.h"
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct fio_logs logs;
	char *messages;
	size_t bytes;
};

static int read_text(struct reading *reading, const char *path, const char *text)
{
	FILE *stream;
	struct diag diag;
	int error;

	free(reading->messages);
	stream = open_memstream(&reading->messages, &reading->bytes);
	diag_init(&diag, stream);
	error = fio_logs_add(&reading->logs, path, text, strlen(text), &diag);
	fclose(stream);
	assert_int_equal(error != 0, diag.error_count != 0);
	return error;
}

static void end(struct reading *reading)
{
	fio_logs_free(&reading->logs);
	free(reading->messages);
}

/* What is wrong with the text, all of it; freed by the next call. */
static void assert_refused(const char *path, const char *text, const char *told)
{
	struct reading r = {0};

	assert_int_equal(read_text(&r, path, text), -EINVAL);
	assert_string_equal(r.messages, told);
	end(&r);
}

TEST(the_name_says_what_is_in_a_log)
{
	assert_true(fio_log_has_name("x_bw.1.log"));
	assert_true(fio_log_has_name("folder.1/x_y_iops.log"));
	assert_true(fio_log_has_name("a_clat_hist.12.log"));
	assert_true(fio_log_has_name("a_lat.1.log.fz"));
	assert_false(fio_log_has_name("x_bw.1.json"));
	assert_false(fio_log_has_name("_bw.log"));
	assert_false(fio_log_has_name("xbw.1.log"));
	assert_false(fio_log_has_name(".log"));
	assert_false(fio_log_has_name("x_bw/y.log"));
	assert_false(fio_log_has_name("x_bw.4294967297.log")); /* of no job that fio numbers */
}

TEST(a_log_of_single_ios_is_read)
{
	struct reading r = {0};
	const struct fio_log *log;

	/* fio 3.33, log_avg_msec=0. */
	assert_int_equal(read_text(&r, "f/x_lat.2.log",
				 "0, 168534, 0, 4096, 0\n0, 31439, 1, 4096, 0\n"
				 "6, 121196, 0, 8192, 0\n"),
		0);
	log = r.logs.first;
	assert_int_equal(r.logs.count, 1);
	assert_string_equal(log->prefix, "f/x");
	assert_int_equal(log->number, 2);
	assert_int_equal(log->kind, FIO_LOG_LAT);
	assert_false(log->is_averaged);
	assert_int_equal(log->count, 3);
	assert_int_equal(log->lines[2].time_ms, 6);
	assert_int_equal(log->lines[2].start_ms, 6);
	assert_int_equal(log->lines[2].value, 121196);
	assert_int_equal(log->lines[2].bytes, 8192);
	assert_int_equal(log->lines[1].direction, 1);
	end(&r);
}

TEST(an_average_is_of_the_time_since_the_one_before_in_its_direction)
{
	struct reading r = {0};
	const struct fio_log_line *lines;

	assert_int_equal(read_text(&r, "x_bw.1.log",
				 "501, 534, 0, 0, 0\n501, 502, 1, 0, 0\n"
				 "1078, 103, 0, 0, 0\n1080, 76, 1, 0, 0\n"),
		0);
	lines = r.logs.first->lines;
	assert_true(r.logs.first->is_averaged);
	assert_int_equal(lines[0].start_ms, 0);
	assert_int_equal(lines[1].start_ms, 0);
	assert_int_equal(lines[2].start_ms, 501);
	assert_int_equal(lines[3].start_ms, 501);
	end(&r);
}

TEST(jobs_in_one_log_begin_anew)
{
	struct reading r = {0};

	assert_int_equal(read_text(&r, "x_iops.log",
				 "500, 1, 0, 0, 0\n1000, 2, 0, 0, 0\n"
				 "500, 3, 0, 0, 0\n500, 4, 0, 0, 0\n"),
		0);
	assert_int_equal(r.logs.first->lines[1].start_ms, 500);
	assert_int_equal(r.logs.first->lines[2].start_ms, 0);
	assert_int_equal(r.logs.first->lines[3].start_ms, 0);
	end(&r);
}

TEST(a_first_average_since_1970_lasts_as_long_as_the_next)
{
	struct reading r = {0};

	assert_int_equal(read_text(&r, "x_iops.1.log",
				 "1700000000500, 1, 0, 0, 0\n1700000001000, 2, 0, 0, 0\n"),
		0);
	assert_true(r.logs.first->lines[0].start_ms == UINT64_C(1700000000000));
	end(&r);
}

TEST(offsets_and_priorities_are_passed_over_and_old_logs_have_neither)
{
	struct reading r = {0};

	assert_int_equal(read_text(&r, "a_lat.1.log", "0, 164357, 0, 4096, 61440, 0x4001\n"), 0);
	assert_int_equal(read_text(&r, "b_lat.1.log", "0, 164357, 0, 4096\r\n"), 0);
	assert_int_equal(read_text(&r, "c_lat.1.log", "0, 164357, 0, 4096, 0x0000\n"), 0);
	assert_int_equal(r.logs.count, 3);
	assert_int_equal(r.logs.first->lines[0].bytes, 4096);
	end(&r);
}

/* `count` bins, all 0 but two. */
static char *histogram_line(size_t count, size_t one, size_t other)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	fprintf(stream, "500, 1, 4096");
	for (size_t i = 0; i < count; i++)
		fprintf(stream, ", %d", i == one || i == other ? 7 : 0);
	fprintf(stream, "\n");
	fclose(stream);
	return text;
}

TEST(bins_are_latencies)
{
	struct reading r = {0};
	char *text = histogram_line(1856, 100, 700);
	char *coarse = histogram_line(1856 >> 3, 100 >> 3, 700 >> 3);
	const struct fio_log_line *line;

	assert_int_equal(read_text(&r, "x_clat_hist.1.log", text), 0);
	line = r.logs.first->lines;
	assert_int_equal(line->bin_count, 2);
	assert_int_equal(line->direction, 1);
	assert_int_equal(line->bins[0].ns, 100);
	assert_int_equal(line->bins[0].count, 7);
	/* fio names this bin by 63744 (plat_idx_to_val), its middle: [63488, 64000). */
	assert_int_equal(line->bins[1].ns, 63744);
	assert_int_equal(read_text(&r, "y_clat_hist.1.log", coarse), 0);
	line = r.logs.first->next->lines;
	assert_int_equal(line->bin_count, 2);
	assert_int_equal(line->bins[0].ns, (96 + 104) / 2);
	free(coarse);
	free(text);
	end(&r);
}

TEST(an_empty_log_is_one)
{
	struct reading r = {0};

	assert_int_equal(read_text(&r, "x_slat.1.log", ""), 0);
	assert_int_equal(r.logs.first->count, 0);
	end(&r);
}

#define HINT                                                                                       \
	"hint: a line of this log is: time in ms, value, direction, block size, and then offset "  \
	"and priority\n"

TEST(a_damaged_line_is_told_with_its_place)
{
	assert_refused("x_bw.1.log", "0, 1, 0, 4096, 0\n6, x, 0, 4096, 0\n",
		"x_bw.1.log:2:4: error: a number is missing here\n"
		"    2 | 6, x, 0, 4096, 0\n"
		"      |    ^\n" HINT);
	assert_refused("x_bw.1.log", "0, 1, 5, 4096, 0\n",
		"x_bw.1.log:1: error: direction 5: 0 is read, 1 write and 2 trim\n"
		"    1 | 0, 1, 5, 4096, 0\n" HINT);
	assert_refused("x_bw.1.log", "0, 1, 0, 4096, 0\n0, 1, 0, 0, 0\n",
		"x_bw.1.log:2: error: an average in a log of single I/Os: the block size tells "
		"them apart\n"
		"    2 | 0, 1, 0, 0, 0\n" HINT);
}

TEST(a_line_that_is_cut_off_is_told_so)
{
	assert_refused("x_bw.1.log", "0, 1, 0, 4096, 0\n6, 1, 0",
		"x_bw.1.log:2:8: error: 3 numbers in place of 4 or more\n"
		"    2 | 6, 1, 0\n"
		"      |        ^\n"
		"hint: the last line is cut off: fio was ended while it wrote; delete the line\n");
	assert_refused("x_bw.1.log", "0, 1, 0, 4096, 0\n6, 1, 0, 40",
		"x_bw.1.log:2: error: 4 numbers, and 5 in the lines before\n"
		"    2 | 6, 1, 0, 40\n"
		"hint: the last line is cut off: fio was ended while it wrote; delete the line\n");
}

TEST(of_many_damaged_lines_the_first_are_told)
{
	struct reading r = {0};

	read_text(&r, "x_bw.1.log", "a\na\na\na\na\na\na\n");
	assert_non_null(strstr(r.messages, "x_bw.1.log:5:1: error"));
	assert_null(strstr(r.messages, "x_bw.1.log:6:1: error"));
	assert_non_null(
		strstr(r.messages, "x_bw.1.log: error: 2 more lines are no lines of such a log\n"));
	end(&r);
}

TEST(what_cannot_be_counted_is_refused)
{
	struct reading r = {0};
	char *text = histogram_line(1000, 1, 2);

	assert_int_equal(
		read_text(&r, "x_bw.1.log", "0, 18446744073709551616, 0, 0, 0\n"), -EINVAL);
	assert_non_null(strstr(r.messages, "a number above 2^64 - 1"));
	assert_int_equal(read_text(&r, "y_bw.1.log", "17592186044416, 1, 0, 0, 0\n"), -EINVAL);
	assert_non_null(strstr(r.messages, "a time of 2^44 ms (557 years) or more"));
	assert_int_equal(read_text(&r, "y_clat_hist.1.log", text), -EINVAL);
	assert_non_null(strstr(r.messages, "1000 bins"));
	free(text);
	end(&r);
}

TEST(names_that_say_nothing_are_refused_with_a_cure)
{
	assert_refused("x.log", "0, 1, 0, 4096, 0\n",
		"x.log: error: a log of fio's whose name does not say what is in it\n"
		"hint: its name ends, as fio names it, in _bw.log, _iops.log, _lat.log, "
		"_clat.log, _slat.log or _clat_hist.log, or in _bw.1.log and so on\n");
	assert_refused("x_bw.1.log.fz", "",
		"x_bw.1.log.fz: error: a compressed log (log_store_compressed)\n"
		"hint: `fio --inflate-log=x_bw.1.log.fz` prints it: name that file …_bw.1.log, "
		"…_lat.1.log and so on\n");
}

TEST(a_log_counts_once)
{
	struct reading r = {0};

	assert_int_equal(read_text(&r, "x_bw.1.log", ""), 0);
	assert_int_equal(read_text(&r, "x_bw.1.log", ""), -EINVAL);
	assert_string_equal(r.messages, "x_bw.1.log: error: this log is named twice\n"
					"hint: name each log once\n");
	end(&r);
}

TEST_MAIN(NULL, NULL);
