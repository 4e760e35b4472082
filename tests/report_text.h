/* SPDX-License-Identifier: MIT */
/* A comparison of sample_record.h for each test, and the text that it gives. */
#ifndef TESTS_REPORT_TEXT_H
#define TESTS_REPORT_TEXT_H

#include <stdlib.h>
#include <string.h>

#include "sample_record.h"
#include "session/report.h"
#include "test.h"

static struct record record;

static inline int close_record(void **state)
{
	(void)state;
	record_free(&record);
	return 0;
}

static inline void remake_record(size_t block_count)
{
	record_free(&record);
	sample_record(&record, block_count);
}

/* The record twice, as points of a sweep, under the names of two values; the second has eight times
 * the IOPS. */
static inline struct record_point *remake_sweep(void)
{
	static struct record_point points[2];

	remake_record(6);
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
	return points;
}

/* Of nine blocks. */
static inline int open_record(void **state)
{
	(void)state;
	remake_record(9);
	return 0;
}

/* What was printed to the stream of `text`, as the record's. */
static inline const char *end_text(FILE *stream, char **text)
{
	const char *copy;

	fclose(stream);
	copy = arena_strdup(&record.arena, *text);
	free(*text);
	return copy;
}

static inline const char *text_of(bool is_wide, struct page_options options)
{
	char *text;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(report_text_with(&record, is_wide, &options, stream), 0);
	return end_text(stream, &text);
}

static const struct page_options plain = {.is_utf8 = true, .columns = 100};

static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("missing: %s\n%s", part, text);
	assert_non_null(strstr(text, part));
}

#endif
