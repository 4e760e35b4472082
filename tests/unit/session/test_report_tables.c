/* SPDX-License-Identifier: MIT */
/* Which columns the tables of a point have, and what stands in their cells. */
#include <math.h>
#include <string.h>

#include "report_text.h"
#include "test.h"

static struct view view;
static struct grid grid;

static void see(void)
{
	view_make(&view, &record, &record.points[0], &record.arena);
}

/* Titles with their units, "IOPS k|± |…". */
static const char *head(void)
{
	const char *text = "";

	grid_lay_out(&grid);
	for (size_t i = 0; i < grid.column_count; i++)
		text = arena_printf(&record.arena, "%s%s%s%s%s", text, i ? "|" : "",
			grid.columns[i].title, *grid.columns[i].unit_text ? " " : "",
			grid.columns[i].unit_text);
	return text;
}

static const char *cell(size_t row, const char *title)
{
	grid_lay_out(&grid);
	for (size_t i = 0; i < grid.column_count; i++) {
		if (strcmp(grid.columns[i].title, title) == 0)
			return grid.columns[i].cells[row].shown;
	}
	return "(no such column)";
}

/* In every trial of all contenders; NAN for none of them. */
static void give(enum trial_value value, double of_fast, double of_others)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].values[value] =
			point->trials[i].contender == SAMPLE_FAST ? of_fast : of_others;
}

TEST_FIXTURE(open_record, close_record);

TEST(the_narrow_table_has_what_decides)
{
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(head(), "IOPS k|±|vs ref|grp|p50 µs|p99 µs|p99.9 µs|cores");
	assert_int_equal(grid.row_count, 4);
	assert_string_equal(grid.labels[0], "fast");
	assert_string_equal(grid.labels[3], "control ref'");
	assert_string_equal(cell(0, "IOPS"), "120");
	assert_string_equal(cell(0, "grp"), "A");
	assert_string_equal(cell(3, "grp"), "");
	assert_string_equal(cell(0, "p50"), "267" PAGE_GREEN "▲" PAGE_PLAIN);
	assert_string_equal(cell(1, "p50"), "320 ");
	assert_string_equal(cell(0, "cores"), "2.00" PAGE_RED "▼" PAGE_PLAIN);
}

TEST(the_wide_table_has_bandwidth_and_directions)
{
	see();
	report_figures(&view, true, &grid);
	assert_string_equal(head(), "IOPS k|±|vs ref|grp|bandwidth MiB/s|p50 µs|p99 µs|p99.9 µs|"
				    "cores|read IOPS k");
	give(VALUE_WRITE_P99, 5000, 5000);
	see();
	report_figures(&view, true, &grid);
	assert_string_equal(cell(0, "write p99"), "5.00 ");
}

TEST(another_primary_metric_has_the_first_column)
{
	record.points[0].primary = VALUE_LAT_P99;
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(head(), "lat.p99 µs|±|vs ref|grp|IOPS k|p50 µs|p99 µs|p99.9 µs|cores");
	assert_string_equal(cell(0, "IOPS"), "120" PAGE_GREEN "▲" PAGE_PLAIN);
}

/* One of five in the narrow table. */
TEST(syncs_have_columns_where_there_are_any)
{
	give(VALUE_SYNC_P50, 300000, NAN);
	give(VALUE_SYNC_P99, 900000, NAN);
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(cell(0, "sync p50"), "300 ");
	assert_string_equal(cell(0, "sync p99"), "(no such column)");
	report_figures(&view, true, &grid);
	assert_string_equal(cell(0, "sync p99"), "900 ");
}

TEST(a_session_without_claims_has_no_letters)
{
	record.is_exploratory = true;
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(cell(0, "grp"), "(no such column)");
	assert_string_equal(cell(0, "p50"), "267 ");
}

/* A mark that the control has would be a claim about nothing. */
TEST(the_control_has_no_marks)
{
	for (size_t i = 0; i < record.points[0].trial_count; i++) {
		if (record.points[0].trials[i].contender == SAMPLE_CONTROL)
			record.points[0].trials[i].values[VALUE_LAT_P50] *= 2;
	}
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(cell(3, "p50"), "640 ");
}

TEST(a_percentile_of_few_ios_has_a_question_mark)
{
	for (size_t i = 0; i < record.points[0].trial_count; i++)
		record.points[0].trials[i].window_s = 0.1;
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(cell(0, "p99.9"), "750?");
}

TEST(spreads_that_say_nothing_are_no_figures)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_SAME)
			point->trials[i].values[VALUE_IOPS] *= i % 8 < 4 ? 100 : 0.01;
	}
	see();
	report_figures(&view, false, &grid);
	for (size_t i = 0; i < grid.row_count; i++) {
		if (strcmp(grid.labels[i], "same") == 0)
			assert_string_equal(cell(i, "±"), ">100%");
	}
	remake_record(1);
	see();
	report_figures(&view, false, &grid);
	assert_string_equal(cell(0, "±"), "–");
}

/* What an I/O costs: parts of the CPU time, calls by the I/O, switches by the thousand. */
TEST(costs_are_in_units_of_their_own)
{
	give(VALUE_USER_PER_IO, 2500, 2500);
	give(VALUE_SUBMIT_SHARE, 0.25, 0.5);
	give(VALUE_BATCH_SUBMIT, 4, 1);
	give(VALUE_DEPTH, 31.5, 31.5);
	give(VALUE_PUNTS_PER_IO, 0, 0);
	see();
	report_costs(&view, &grid);
	assert_string_equal(head(), "IOPS/core k|CPU/IO µs|user µs|system|helper|calls /IO|"
				    "csw /1000|submit %|batch|depth");
	assert_string_equal(cell(0, "calls"), "0");
	assert_string_equal(cell(1, "calls"), "1.00");
	assert_string_equal(cell(0, "csw"), "1.00");
	assert_string_equal(cell(0, "submit"), "25.0");
	assert_string_equal(cell(0, "user"), "2.50");
	give(VALUE_PUNTS_PER_IO, 0.5, 0);
	see();
	report_costs(&view, &grid);
	assert_string_equal(cell(0, "punts"), "0.500");
}

/* Of user mode where nothing more is known; columns that say nothing are not there. */
TEST(instructions_are_costs_where_they_are_counted)
{
	give(VALUE_USER_INSTRUCTIONS_PER_IO, 812, 300);
	see();
	report_costs(&view, &grid);
	assert_string_equal(cell(0, "user instr"), "812");
	assert_string_equal(cell(1, "user instr"), "300");
	assert_string_equal(cell(0, "instr"), "(no such column)");
	assert_string_equal(cell(0, "cycles"), "(no such column)");
	give(VALUE_INSTRUCTIONS_PER_IO, 5210, NAN);
	give(VALUE_CYCLES_PER_IO, 6000, 7000);
	see();
	report_costs(&view, &grid);
	assert_string_equal(cell(0, "instr"), "5210");
	assert_string_equal(cell(1, "instr"), "–");
	assert_string_equal(cell(0, "cycles"), "6000");
	assert_string_equal(cell(0, "user instr"), "(no such column)");
}

/* One row for each point and contender, named where there are several. */
TEST(a_sweep_is_one_table)
{
	struct view_sweep sweep;

	remake_sweep();
	view_sweep(&record, &record.arena, &sweep);
	report_sweep(&sweep, &record.arena, &grid);
	assert_string_equal(head(), "contender|IOPS k|±|vs ref|BW MiB/s|p50 µs|p99 µs|CPU/IO µs");
	assert_int_equal(grid.row_count, 6);
	assert_string_equal(grid.labels[3], "randread bs=4k iodepth=8");
	assert_string_equal(cell(3, "contender"), "ref (ref)");
	assert_string_equal(cell(3, "IOPS"), "800 ");
	assert_string_equal(cell(4, "contender"), "fast");
	record.points[0].primary = record.points[1].primary = VALUE_LAT_P50;
	view_sweep(&record, &record.arena, &sweep);
	report_sweep(&sweep, &record.arena, &grid);
	assert_says(head(), "contender|lat.p50 µs|±|vs ref|IOPS k|");
}

TEST_MAIN(NULL, NULL);
