/* SPDX-License-Identifier: MIT */
#include "result/fio_log.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static void add(struct fio_logs *logs, const char *path, const char *text)
{
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(fio_logs_add(logs, path, text, strlen(text), &diag), 0);
}

/* In one of the formats; the caller frees. */
static char *print(const struct fio_logs *logs, const char *format)
{
	const struct document_writer *writer = fio_log_formats.writers;
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	while (strcmp(writer->name, format) != 0)
		writer++;
	assert_int_equal(fio_log_formats.write(writer, (void *)logs, stream), 0);
	fclose(stream);
	return text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

TEST(text_has_a_row_a_direction_and_says_what_is_unknown)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_lat.1.log", "500, 1000, 0, 0, 0\n500, 9000, 1, 0, 0\n");
	text = print(&logs, "text");
	assert_has(text, "x, job 1: 500 ms of averages; from x_lat.1.log");
	assert_has(text, "IOPS are unknown: no log has them (write_iops_log).");
	assert_has(text, "Bandwidth is unknown");
	assert_has(text, "Percentiles are unknown");
	assert_has(text, "x, job 1 read");
	assert_has(text, "x, job 1 write");
	free(text);
	fio_logs_free(&logs);
}

TEST(the_document_has_null_for_what_is_unknown)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_lat.1.log", "500, 1000, 0, 0, 0\n1000, 4000, 0, 0, 0\n");
	text = print(&logs, "json");
	assert_has(text, "\"schema\": \"ringside-fio-logs/1\"");
	assert_has(text, "\"iops\": null");
	assert_has(text, "\"bytes\": null");
	assert_has(text, "\"mean\": 2500");
	assert_has(text, "\"mean\": [1000,4000]");
	assert_has(text, "\"p99\": [null,null]");
	assert_has(text, "\"duration_ns\": [500000000,500000000]");
	assert_null(strstr(text, "\"map\""));
	free(text);
	fio_logs_free(&logs);
}

TEST(single_ios_have_histograms_in_the_document)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_lat.1.log", "0, 1000, 0, 4096, 0\n150, 200, 0, 4096, 0\n");
	text = print(&logs, "json");
	assert_has(text, "\"ios\": 2");
	assert_has(text, "\"percentiles\"");
	assert_has(text, "\"counts\": [[200, 1], ");
	/* 1000 and 200 ns, in rows of 32 buckets. */
	assert_has(text, "\"map\": [[15,1],[6,1]]");
	free(text);
	fio_logs_free(&logs);
}

TEST(the_longest_time_fits_the_document)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_lat.1.log", "1, 1000, 0, 4096, 0\n17592186044415, 200, 0, 4096, 0\n");
	text = print(&logs, "json");
	assert_has(text, "\"elapsed_ns\": 17592186044415000000");
	free(text);
	fio_logs_free(&logs);
}

TEST(rates_are_of_the_time_and_extremes_in_their_columns)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_lat.1.log", "0, 1000, 0, 4096, 0\n60, 3000, 0, 4096, 0\n");
	text = print(&logs, "json");
	assert_has(text, "\"iops\": 33.333333");
	assert_has(text, "\"bytes_per_second\": 136533.33");
	assert_has(text, "\"mean\": [2000]");
	assert_has(text, "\"min\": [1000]");
	assert_has(text, "\"max\": [3000]");
	free(text);
	text = print(&logs, "text");
	assert_has(text, "60.0 ms of single I/Os");
	assert_null(strstr(text, "Counts are averages"));
	free(text);
	text = print(&logs, "markdown");
	assert_has(text, "| x, job 1 read | 33.3 | 133 | 2.00 | ");
	assert_has(text, "| 3.00 | lat |");
	free(text);
	fio_logs_free(&logs);
}

TEST(notes_say_where_counts_and_percentiles_come_from)
{
	struct fio_logs logs = {0};
	char line[2 * 1856 + 32];
	size_t length = (size_t)snprintf(line, sizeof(line), "500, 0, 4096");
	char *text;

	for (int i = 0; i < 1856; i++)
		length += (size_t)snprintf(
			line + length, sizeof(line) - length, i == 50 ? ",9" : ",0");
	add(&logs, "x_lat.1.log", "500, 1000, 0, 0, 0\n");
	add(&logs, "x_clat_hist.1.log", line);
	text = print(&logs, "json");
	assert_has(text, "Counts are averages times their duration");
	assert_has(text, "Percentiles are from the histogram log");
	free(text);
	fio_logs_free(&logs);
}

TEST(markdown_is_the_table)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_bw.log", "500, 1000, 2, 0, 0\n");
	text = print(&logs, "markdown");
	assert_has(text, "| x, all jobs trim |");
	free(text);
	fio_logs_free(&logs);
}

TEST(logs_without_lines_say_so)
{
	struct fio_logs logs = {0};
	char *text;

	add(&logs, "x_slat.1.log", "");
	text = print(&logs, "text");
	assert_has(text, "The logs have no lines.");
	free(text);
	text = print(&logs, "json");
	assert_null(strstr(text, "series_columns"));
	free(text);
	fio_logs_free(&logs);
}

TEST_MAIN(NULL, NULL);
