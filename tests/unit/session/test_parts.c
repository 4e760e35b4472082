/* SPDX-License-Identifier: MIT */
/* Jobs of a check are tables of their own; contenders of a comparison are one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_text.h"
#include "session/parts.h"
#include "test.h"

static struct record_point *parts;

/* "fast" is held against "ref", whose second run is the control; "same" against nothing. */
static struct record_point *make_check(void)
{
	static struct result_setting options[] = {{"rw", "randwrite", NULL}, {"bs", "8k", NULL}};
	struct record_point *point = &record.points[0];

	point->has_own_references = true;
	point->contenders[SAMPLE_FAST].reference = "ref";
	point->contenders[SAMPLE_SAME].options = (struct result_settings){2, options};
	point->contenders[SAMPLE_REFUSED].reference = "ref";
	return point;
}

TEST_FIXTURE(open_record, close_record);

TEST(a_comparison_is_one_table)
{
	assert_int_equal(parts_of_point(&record.points[0], &record.arena, &parts), 1);
	assert_int_equal(parts[0].contender_count, SAMPLE_COUNT);
	assert_int_equal(parts[0].trial_count, record.points[0].trial_count);
	assert_string_equal(parts[0].summary, "randread 4k, direct, data");
}

TEST(each_job_of_a_check_is_one)
{
	const struct record_point *point = make_check();

	assert_int_equal(parts_of_record(&record, &record.arena, &parts), 2);
	assert_string_equal(parts[0].name, "fast");
	assert_int_equal(parts[0].contender_count, 4);
	assert_int_equal(parts[0].reference, 0);
	assert_string_equal(parts[0].contenders[parts[0].control].name, "control ref'");
	assert_int_equal(parts[0].trial_count, 3 * point->block_count);
	assert_string_equal(parts[1].name, "same");
	assert_string_equal(parts[1].summary, "randwrite 8k, buffered");
	assert_int_equal(parts[1].contender_count, 1);
	assert_int_equal(parts[1].reference, 0);
	assert_int_equal(parts[1].control, SESSION_NONE);
	assert_int_equal(parts[1].trial_count, point->block_count);
	for (size_t i = 0; i < parts[1].trial_count; i++) {
		assert_int_equal(parts[1].trials[i].contender, 0);
		assert_int_equal(parts[1].trials[i].block, i);
	}
}

TEST(mixed_block_sizes_are_in_the_title)
{
	static struct result_setting options[] = {{"rw", "randread", NULL}, {"bs", "4k", NULL},
		{"bsrange", "1k-8k", NULL}, {"bssplit", "4k/60:64k/40", NULL}};
	struct record_point *point = make_check();

	point->contenders[SAMPLE_SAME].options = (struct result_settings){4, options};
	assert_int_equal(parts_of_record(&record, &record.arena, &parts), 2);
	assert_string_equal(parts[1].summary, "randread 4k/60:64k/40, buffered");
	point->contenders[SAMPLE_SAME].options.count = 3;
	assert_int_equal(parts_of_record(&record, &record.arena, &parts), 2);
	assert_string_equal(parts[1].summary, "randread 1k-8k, buffered");
}

TEST(one_job_and_its_reference_stay_as_they_are)
{
	struct record_point *point = make_check();

	point->contenders[SAMPLE_SAME].reference = "ref";
	assert_int_equal(parts_of_point(point, &record.arena, &parts), 1);
	assert_int_equal(parts[0].contender_count, SAMPLE_COUNT);
}

TEST(jobs_are_not_ranked_among_each_other)
{
	const char *text;

	make_check();
	text = text_of(false, plain);
	assert_says(text, "fast wins, +20");
	assert_says(text, "\nsame: randwrite 8k, buffered — 9 blocks");
	assert_says(text, "only same runs");
	assert_null(strstr(text, "tied"));
	assert_null(strstr(text, "control same"));
}

TEST(a_document_ranks_them_neither)
{
	char *text = record_print(&record);

	assert_says(text, "\"ranking\"");
	free(text);
	make_check();
	text = record_print(&record);
	assert_says(text, "\"verdicts\": null");
	free(text);
}

TEST(a_reference_that_nobody_is_leaves_no_table_out)
{
	struct record_point *point = make_check();

	point->contenders[SAMPLE_FAST].reference = "nobody";
	assert_int_equal(parts_of_point(point, &record.arena, &parts), 3);
	assert_string_equal(parts[1].name, "fast");
	point->reference = SESSION_NONE;
	assert_int_equal(parts_of_point(point, &record.arena, &parts), 1);
}

TEST_MAIN(NULL, NULL);
