/* SPDX-License-Identifier: MIT */
/* A point with its verdicts, taken apart into tables and put side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "report_text.h"
#include "session/view.h"
#include "test.h"

static struct record_point *tables;

/* "fast" is held against "ref", whose second run is the control; "same" against nothing. */
static struct record_point *make_check(void)
{
	static struct setting options[] = {
		{.key = "rw", .value = "randwrite"}, {.key = "bs", .value = "8k"}};
	struct record_point *point = &record.points[0];

	point->has_own_references = true;
	point->contenders[SAMPLE_FAST].reference = "ref";
	point->contenders[SAMPLE_SAME].options = (struct settings){.count = 2, .items = options};
	point->contenders[SAMPLE_REFUSED].reference = "ref";
	return point;
}

TEST_FIXTURE(open_record, close_record);

TEST(a_comparison_is_one_table)
{
	assert_int_equal(view_split_point(&record.points[0], &record.arena, &tables), 1);
	assert_int_equal(tables[0].contender_count, SAMPLE_COUNT);
	assert_int_equal(tables[0].trial_count, record.points[0].trial_count);
	assert_string_equal(tables[0].summary, "randread 4k, direct, data");
}

TEST(each_job_of_a_check_is_one)
{
	const struct record_point *point = make_check();

	assert_int_equal(view_split_record(&record, &record.arena, &tables), 2);
	assert_string_equal(tables[0].name, "fast");
	assert_int_equal(tables[0].contender_count, 4);
	assert_int_equal(tables[0].reference, 0);
	assert_string_equal(tables[0].contenders[tables[0].control].name, "control ref'");
	assert_int_equal(tables[0].trial_count, 3 * point->block_count);
	assert_string_equal(tables[1].name, "same");
	assert_string_equal(tables[1].summary, "randwrite 8k, buffered");
	assert_int_equal(tables[1].contender_count, 1);
	assert_int_equal(tables[1].reference, 0);
	assert_int_equal(tables[1].control, SESSION_NONE);
	assert_int_equal(tables[1].trial_count, point->block_count);
	for (size_t i = 0; i < tables[1].trial_count; i++) {
		assert_int_equal(tables[1].trials[i].contender, 0);
		assert_int_equal(tables[1].trials[i].block, i);
	}
}

TEST(mixed_block_sizes_are_in_the_title)
{
	static struct setting options[] = {{.key = "rw", .value = "randread"},
		{.key = "bs", .value = "4k"}, {.key = "bsrange", .value = "1k-8k"},
		{.key = "bssplit", .value = "4k/60:64k/40"}};
	struct record_point *point = make_check();

	point->contenders[SAMPLE_SAME].options = (struct settings){.count = 4, .items = options};
	assert_int_equal(view_split_record(&record, &record.arena, &tables), 2);
	assert_string_equal(tables[1].summary, "randread 4k/60:64k/40, buffered");
	point->contenders[SAMPLE_SAME].options.count = 3;
	assert_int_equal(view_split_record(&record, &record.arena, &tables), 2);
	assert_string_equal(tables[1].summary, "randread 1k-8k, buffered");
}

TEST(one_job_and_its_reference_stay_as_they_are)
{
	struct record_point *point = make_check();

	point->contenders[SAMPLE_SAME].reference = "ref";
	assert_int_equal(view_split_point(point, &record.arena, &tables), 1);
	assert_int_equal(tables[0].contender_count, SAMPLE_COUNT);
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
	assert_int_equal(view_split_point(point, &record.arena, &tables), 3);
	assert_string_equal(tables[1].name, "fast");
	point->reference = SESSION_NONE;
	assert_int_equal(view_split_point(point, &record.arena, &tables), 1);
}

TEST(a_sweep_has_a_row_for_each_point_and_contender_with_figures)
{
	const struct record_point *points;
	struct arena arena = {0};
	struct view_sweep sweep;

	points = remake_sweep();
	view_sweep(&record, &arena, &sweep);
	assert_true(sweep.compares);
	assert_int_equal(sweep.row_count, 6); /* not the control, nor the one that was refused */
	for (size_t i = 0; i < 6; i++) {
		const struct view_sweep_row *row = &sweep.rows[i];
		double first = view_level(sweep.rows[i % 3].view, VALUE_IOPS, row->contender);

		assert_int_equal(row->contender, SAMPLE_REF + i % 3);
		assert_ptr_equal(row->view->point, &points[i / 3]);
		assert_true(view_level(row->view, VALUE_IOPS, row->contender) / first >
			    (i < 3 ? 0.99 : 7.99));
	}
	for (size_t i = 0; i < record.points[1].trial_count; i++)
		record.points[1].trials[i].counts &=
			record.points[1].trials[i].contender == SAMPLE_REF;
	view_sweep(&record, &arena, &sweep);
	assert_int_equal(sweep.row_count, 4);
	assert_true(sweep.compares); /* one of the points does */
	record.point_count = 1;
	view_sweep(&record, &arena, &sweep);
	assert_int_equal(sweep.row_count, 3);
	arena_free(&arena);
}

/* The record as it is now. */
static struct view see(void)
{
	struct view view;

	view_make(&view, &record, &record.points[0], &record.arena);
	return view;
}

/* In every trial of a contender, or in those of every second block. */
static void set(size_t contender, enum trial_value value, double to, bool each)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == contender &&
			(each || point->trials[i].block % 2 == 0))
			point->trials[i].values[value] = to;
	}
}

TEST(levels_are_means_in_the_metrics_unit)
{
	struct view view;

	set(SAMPLE_REF, VALUE_IOPS, 400000, false); /* in 5 of 9 blocks, else 100000 */
	set(SAMPLE_REF, VALUE_SWITCHES_PER_IO, 0.01, false);
	view = see();
	assert_near(view_level(&view, VALUE_IOPS, SAMPLE_REF), 100000 * pow(4, 5.0 / 9), 1);
	assert_near(view_level(&view, VALUE_SWITCHES_PER_IO, SAMPLE_REF), 0.054 / 9, 1e-9);
	assert_true(isnan(view_level(&view, VALUE_PUNTS_PER_IO, SAMPLE_REF)));
	assert_true(isnan(view_level(&view, VALUE_IOPS, SAMPLE_REFUSED)));
}

TEST(differences_are_told_by_what_is_known_of_them)
{
	struct view view = see();
	const char *text = view_difference(&view, VALUE_IOPS, SAMPLE_FAST);

	assert_string_equal(view_difference(&view, VALUE_IOPS, SAMPLE_REF), "ref");
	assert_string_equal(view_difference(&view, VALUE_IOPS, SAMPLE_REFUSED), "");
	assert_ptr_equal(strstr(text, PAGE_GREEN "▲" PAGE_PLAIN " +20.0% [19."), text);
	assert_true(text[strlen(text) - 1] == ']');
	assert_string_equal(
		view_difference(&view, VALUE_SYSCALLS_PER_IO, SAMPLE_FAST) + strlen(PAGE_GREEN),
		"▲" PAGE_PLAIN " -1 [-1, -1]");
	text = view_difference(&view, VALUE_CORES, SAMPLE_FAST);
	assert_ptr_equal(strstr(text, PAGE_RED "▼" PAGE_PLAIN " +100.0% ["), text);
	remake_record(1);
	view = see();
	assert_string_equal(view_difference(&view, VALUE_IOPS, SAMPLE_FAST), "+19.5%");
	remake_record(2);
	view = see();
	text = view_difference(&view, VALUE_IOPS, SAMPLE_FAST);
	assert_non_null(strstr(text, "%..+"));
	assert_string_equal(text + strlen(text) - 2, " ?");
}

TEST(an_interval_that_says_nothing_is_unknown)
{
	struct view view;

	set(SAMPLE_FAST, VALUE_IOPS, 1e7, false);
	view = see();
	assert_string_equal(view_difference(&view, VALUE_IOPS, SAMPLE_FAST),
		PAGE_GREEN "▲" PAGE_PLAIN " unknown (±>100%)");
	assert_string_equal(view_amount(&view, 1.5), "more than 100 %");
	assert_string_equal(view_amount(&view, 0.0123), "1.2 %");
	record.points[0].primary = VALUE_SYSCALLS_PER_IO;
	view = see();
	assert_string_equal(view_amount(&view, 0.0123), "0.0123");
	assert_string_equal(view_effect(&view, VALUE_SYSCALLS_PER_IO, -0.25), "-0.25");
	assert_string_equal(view_effect(&view, VALUE_IOPS, log(1.31)), "+31.0%");
}

TEST(spreads_are_shares_of_the_level)
{
	struct view view;

	set(SAMPLE_REF, VALUE_SYSCALLS_PER_IO, 3, false);
	view = see();
	assert_true(isnan(view_spread(&view, VALUE_IOPS, SAMPLE_REFUSED)));
	assert_near(view_spread(&view, VALUE_IOPS, SAMPLE_REF), 0.002, 0.002);
	assert_true(view_spread(&view, VALUE_SYSCALLS_PER_IO, SAMPLE_REF) > 0.2);
	assert_true(view_spread(&view, VALUE_SYSCALLS_PER_IO, SAMPLE_REF) < 1);
	assert_true(isnan(view_spread(&view, VALUE_SYSCALLS_PER_IO, SAMPLE_FAST))); /* of 0 */
}

TEST(rows_are_ranked_and_the_control_is_the_last)
{
	struct view view = see();
	size_t *rows;

	assert_int_equal(view_rows(&view, &rows), 4);
	assert_int_equal(rows[0], SAMPLE_FAST);
	assert_int_equal(rows[3], SAMPLE_CONTROL);
	record.points[0].control = SESSION_NONE; /* then it is a contender as others are */
	view = see();
	assert_int_equal(view_rows(&view, &rows), 4);
	assert_int_equal(rows[3], SAMPLE_CONTROL); /* the slowest */
	set(SAMPLE_CONTROL, VALUE_IOPS, 2e6, true);
	view = see();
	assert_int_equal(view_rows(&view, &rows), 4);
	assert_int_equal(rows[0], SAMPLE_CONTROL);
	record.points[0].control = SAMPLE_CONTROL;
	view = see();
	assert_int_equal(view_rows(&view, &rows), 4);
	assert_int_equal(rows[0], SAMPLE_FAST);
	set(SAMPLE_CONTROL, VALUE_IOPS, NAN, true);
	view = see();
	assert_int_equal(view_rows(&view, &rows), 3);
}

TEST(names_carry_their_marks)
{
	struct view view;

	record.points[0].trials[1].mismatch = "it punted"; /* of "fast" */
	view = see();
	assert_string_equal(view_label(&view, SAMPLE_REF), "ref (ref)");
	assert_string_equal(view_label(&view, SAMPLE_FAST), "! fast");
	assert_string_equal(view_name(&view, SAMPLE_SAME), "same");
	record.points[0].trials[1].counts = false;
	assert_string_equal(view_label(&view, SAMPLE_FAST), "fast");
}

/* "fast" writes and syncs; "same" writes; the reference reads. */
TEST(a_syncer_is_found_among_writers)
{
	struct view view;

	set(SAMPLE_FAST, VALUE_SYNC_P50, 1000, true);
	set(SAMPLE_FAST, VALUE_READ_IOPS, NAN, true);
	set(SAMPLE_FAST, VALUE_WRITE_IOPS, 500, true);
	view = see();
	assert_int_equal(view_find_syncer(&view), SESSION_NONE); /* nobody else writes */
	set(SAMPLE_SAME, VALUE_WRITE_IOPS, 500, true);
	view = see();
	assert_int_equal(view_find_syncer(&view), SAMPLE_FAST);
	assert_true(view_lacks_syncs(&view, VALUE_WRITE_P99));
	assert_true(view_lacks_syncs(&view, VALUE_LAT_P50));
	assert_false(view_lacks_syncs(&view, VALUE_READ_P50));
	assert_false(view_lacks_syncs(&view, VALUE_IOPS));
	set(SAMPLE_FAST, VALUE_READ_IOPS, 600, true); /* its latencies are those of reads */
	view = see();
	assert_false(view_lacks_syncs(&view, VALUE_LAT_P50));
	assert_true(view_lacks_syncs(&view, VALUE_WRITE_P50));
}

/* Verdicts on figures of unlike loads are taken back; on the cost of an I/O they stand. */
TEST(unlike_rates_have_no_verdict)
{
	struct view view = see();

	assert_int_equal(view_contrast(&view, VALUE_IOPS, SAMPLE_FAST)->mark, MARK_BETTER);
	assert_int_equal(view_contrast(&view, VALUE_LAT_P50, SAMPLE_FAST)->mark, MARK_BETTER);
	assert_true(view.comparison.letter_count > 0);
	record.points[0].contenders[SAMPLE_REF].asked.iops = 1000;
	record.points[0].contenders[SAMPLE_FAST].asked.iops = 2000;
	view = see();
	assert_int_equal(view.rates, RATE_UNEQUAL);
	assert_int_equal(view_contrast(&view, VALUE_IOPS, SAMPLE_FAST)->mark, MARK_NONE);
	assert_int_equal(view_contrast(&view, VALUE_LAT_P50, SAMPLE_FAST)->mark, MARK_NONE);
	assert_int_equal(view_contrast(&view, VALUE_CORES, SAMPLE_FAST)->mark, MARK_NONE);
	assert_int_equal(
		view_contrast(&view, VALUE_SYSCALLS_PER_IO, SAMPLE_FAST)->mark, MARK_BETTER);
	assert_int_equal(view.comparison.letter_count, 0);
}

/* The first blocks of a contender are a tenth of a second long. */
static void shorten(size_t contender, size_t block_count)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == contender && point->trials[i].block < block_count)
			point->trials[i].window_s = 0.1;
	}
}

/* 120000 I/Os a second: p99.9 of a tenth of a second has 12 beyond it; a quarter may be so. */
TEST(a_thin_percentile_has_no_verdict_for_any_contender_beside_it)
{
	struct view view;

	shorten(SAMPLE_REF, 2);
	view = see();
	assert_false(view_is_thin(&view, VALUE_LAT_P999, SAMPLE_REF)); /* two stalled, of nine */
	shorten(SAMPLE_REF, 3);
	view = see();
	assert_true(view_is_thin(&view, VALUE_LAT_P999, SAMPLE_REF));
	assert_false(view_is_thin(&view, VALUE_LAT_P999, SAMPLE_FAST));
	assert_false(view_is_thin(&view, VALUE_LAT_P99, SAMPLE_REF));
	assert_int_equal(view_contrast(&view, VALUE_LAT_P999, SAMPLE_FAST)->mark, MARK_NONE);
	assert_int_equal(view_contrast(&view, VALUE_LAT_P99, SAMPLE_FAST)->mark, MARK_BETTER);
	assert_false(view.has_thin_primary);
}

/* However many blocks a quick session was given. */
TEST(a_quick_session_claims_nothing)
{
	struct view view;

	record.is_exploratory = true;
	view = see();
	assert_int_equal(view_contrast(&view, VALUE_IOPS, SAMPLE_FAST)->mark, MARK_EXPLORATORY);
	assert_int_equal(view.comparison.letter_count, 0);
}

/* A geometric mean has no parts: they are shares of the plain means. */
TEST(a_part_is_a_share_of_the_whole)
{
	struct view view;

	set(SAMPLE_FAST, VALUE_CPU_PER_IO, 4000, true);
	set(SAMPLE_FAST, VALUE_CPU_PER_IO, 1000, false);
	set(SAMPLE_FAST, VALUE_USER_PER_IO, 2000, true);
	set(SAMPLE_FAST, VALUE_USER_PER_IO, 500, false);
	view = see();
	assert_near(view_share(&view, VALUE_USER_PER_IO, VALUE_CPU_PER_IO, SAMPLE_FAST), 0.5, 1e-9);
	assert_true(isnan(view_share(&view, VALUE_USER_PER_IO, VALUE_CPU_PER_IO, SAMPLE_REFUSED)));
}

TEST(the_smallest_effect_is_that_of_the_noisiest_contender)
{
	struct view view = see();
	double quiet = view_smallest_effect(&view);

	assert_true(quiet > 0.001 && quiet < 0.02);
	set(SAMPLE_CONTROL, VALUE_IOPS, 1e6, false); /* it is no contender */
	view = see();
	assert_near(view_smallest_effect(&view), quiet, 1e-9);
	set(SAMPLE_SAME, VALUE_IOPS, 120000, false);
	view = see();
	assert_true(view_smallest_effect(&view) > 10 * quiet);
	remake_record(2);
	view = see();
	assert_true(isnan(view_smallest_effect(&view)));
}

TEST_MAIN(NULL, NULL);
