/* SPDX-License-Identifier: MIT */
/* covers: src/session/report_csv.c */
/* Tables and words about a comparison whose answers are known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "report_text.h"
#include "session/report.h"
#include "test.h"

TEST_FIXTURE(open_record, close_record);

TEST(no_line_is_wider_than_asked)
{
	static const char *const long_name = "io_uring+fixedbufs+registerfiles+sqthread_poll";
	const char *text;

	record.points[0].contenders[SAMPLE_FAST].name = long_name;
	text = text_of(false, plain);
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		char copy[1024];

		snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\n"), line);
		assert_true(page_width(copy) <= 100);
	}
}

TEST(one_block_is_values_only)
{
	const char *text;

	remake_record(1);
	text = text_of(false, plain);
	assert_says(text, "1 block ×");
	assert_null(strstr(text, "["));
	remake_record(2);
	text = text_of(false, plain);
	assert_says(text, "?"); /* a range, no interval */
	assert_null(strstr(text, "["));
}

/* The file that a writer makes of the session. */
static const char *document_of(int (*write)(const struct record *record, FILE *stream))
{
	char *text;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(write(&record, stream), 0);
	return end_text(stream, &text);
}

TEST(quick_sessions_claim_nothing_in_files_either)
{
	const char *text;

	text = document_of(report_csv);
	assert_says(text, ",better\n");
	record.is_exploratory = true;
	text = document_of(report_csv);
	assert_null(strstr(text, ",better\n"));
	assert_says(text, ",exploratory\n");
	text = document_of(report_json);
	assert_null(strstr(text, "\"better\""));
	assert_null(strstr(text, "\"letters\": \"A\""));
}

TEST(long_names_are_cut_between_letters)
{
	const char *text;

	record.points[0].contenders[SAMPLE_REF].name = "aéééééééééééééééééé";
	text = document_of(report_markdown);
	assert_says(text, "vs aéééééééééééééé… |");
}

/* As if a guard had found these causes in a trial, and it had been run again. */
static void disturb(size_t index, unsigned causes)
{
	struct record_point *point = &record.points[0];
	struct trial *again = record_add_trial(&record, point);

	*again = point->trials[index];
	again->attempt = 2;
	point->trials[index].causes = causes;
	point->trials[index].counts = false;
	point->trials[index].problem = "time stolen";
}

TEST(disturbed_trials_are_counted_by_their_causes)
{
	const char *text;

	disturb(0, 1u << GUARD_STEAL);
	disturb(6, 1u << GUARD_STEAL | 1u << GUARD_SWAP);
	record.points[0].trials[9].causes = 1u << GUARD_HOT_DISK;
	record.points[0].trials[9].problem = "too hot";
	text = text_of(false, plain);
	assert_says(text, "2 of 36 trials were disturbed and run again: steal 2, swap 1");
	assert_says(text, "hot_disk 1");
	text = document_of(report_json);
	assert_says(text, "\"repeated_causes\": {");
	assert_says(text, "\"hot_disk\": 1");
}

/* Trials whose CPU time is far from each other's: its geometric mean is not the plain one. */
TEST(the_parts_of_the_cpu_time_add_up)
{
	struct record_point *point = &record.points[0];
	struct view view;
	double parts = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		double *values = point->trials[i].values;

		values[VALUE_CPU_PER_IO] = 1000 * (double)(1 + 3 * (point->trials[i].block % 3));
		values[VALUE_USER_PER_IO] = values[VALUE_CPU_PER_IO] * 0.25;
		values[VALUE_SYSTEM_PER_IO] = values[VALUE_CPU_PER_IO] * 0.625;
		values[VALUE_HELPER_PER_IO] = values[VALUE_CPU_PER_IO] * 0.125;
	}
	view_make(&view, &record, point, &record.arena);
	for (int v = VALUE_USER_PER_IO; v <= VALUE_HELPER_PER_IO; v++)
		parts += view_share(&view, (enum trial_value)v, VALUE_CPU_PER_IO, SAMPLE_FAST);
	assert_true(fabs(parts - 1) < 1e-9);
	/* The cube root of 1 * 4 * 7, and a quarter of it. */
	assert_says(text_of(false, plain), "3.04   759    1.90     380");
}

TEST(an_engine_that_is_something_else_is_marked)
{
	const char *text;

	for (size_t i = 0; i < record.points[0].trial_count; i++) {
		struct trial *trial = &record.points[0].trials[i];

		if (trial->contender == SAMPLE_FAST && trial->block % 2 == 0)
			trial->mismatch = "it was a thread pool";
	}
	text = text_of(false, plain);
	assert_says(text, "! fast ");
	assert_says(text, "! fast is not what its name says, in 5 trials: it was a thread pool");
	assert_says(text, "but it is not what its name says");
	assert_null(strstr(text, "! same"));
}

TEST(tails_of_few_ios_get_no_verdict)
{
	const char *text;

	text = text_of(false, plain);
	assert_null(strstr(text, "? p99.9"));
	for (size_t block = 0; block < 3; block++) { /* 12 of 12000 I/Os */
		if (block == 2) {
			text = text_of(false, plain);
			assert_null(strstr(text, "? p99.9")); /* two stalled, of nine */
		}
		for (size_t i = 0; i < record.points[0].trial_count; i++) {
			struct trial *trial = &record.points[0].trials[i];

			if (trial->contender == SAMPLE_FAST && trial->block == block)
				trial->window_s = 0.1;
		}
	}
	text = text_of(false, plain);
	assert_says(text, "? p99.9 of fast: too few I/Os of a trial lie beyond it (30 are needed)");
	assert_null(strstr(text, "? p99 of"));
	assert_says(text, "fast wins");
	record.points[0].primary = VALUE_LAT_P999;
	text = text_of(false, plain);
	assert_says(text, "no claim: too few I/Os of a trial lie beyond lat.p99.9");
	assert_null(strstr(text, "wins"));
}

TEST(warnings_stand_out)
{
	const struct page_options coloured = {.is_utf8 = true, .is_coloured = true, .columns = 400};
	const char *text, *line;

	for (size_t i = 0; i < 8; i++)
		record.points[0].trials[i].attempt = 2;
	text = text_of(false, coloured);
	line = strstr(text, "warning: noisy machine");
	assert_non_null(line);
	while (line > text && line[-1] != '\n')
		line--;
	assert_says(line, "\033[33m");
	assert_true(strstr(line, "\033[33m") < strstr(line, "warning: noisy machine"));
}

TEST(wide_tables_have_more_than_100_columns)
{
	static const char *const row =
		"\n  a_contender_of_a_very_long_name_that_has_to_be_cut_in_a_table_of_100_columns ";

	record.points[0].contenders[SAMPLE_FAST].name =
		arena_strndup(&record.arena, row + 3, strlen(row) - 4);
	assert_says(document_of(report_wide), row);
	assert_null(strstr(text_of(false, plain), row));
}

/* As in a document that another program wrote. */
TEST(a_record_without_arguments_has_no_line_to_run_it_again)
{
	assert_says(text_of(false, plain), "again ");
	assert_says(document_of(report_markdown), "\nAgain: `ringside compare");
	record.argument_count = 0;
	assert_null(strstr(text_of(false, plain), "again "));
	assert_null(strstr(document_of(report_markdown), "Again"));
}

TEST(nothing_but_reasons_where_nobody_ran)
{
	const char *text;

	remake_record(0);
	record.points[0].reference = SESSION_NONE;
	text = text_of(false, plain);
	assert_says(text, "refused does not run");
	assert_null(strstr(text, "IOPS"));
}

TEST(ascii_has_signs_for_all_marks)
{
	const char *text;

	text = text_of(true, (struct page_options){.columns = 250});
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80 && *c != '?');
	assert_says(text, "+ +20.0%");
}

TEST(every_writer_writes)
{
	for (const struct document_writer *w = report_formats.writers; w->name; w++) {
		assert_non_null(
			strstr(document_of(DOCUMENT_FUNCTION(const struct record, w)), "fast"));
	}
}

/* Full precision: what the view has, in the metric's unit and as a fraction. */
TEST(a_row_of_csv_has_the_figures_of_a_contender_and_metric)
{
	const char *text = document_of(report_csv);
	const char *row = strstr(text, "\n\"\",\"fast\",iops,/s,9,");
	double level, lo, hi, effect, effect_lo, effect_hi, p, p_adjusted;
	const struct contrast *contrast;
	struct view view;
	size_t rows = 0, measured = 0;

	assert_non_null(row);
	assert_int_equal(
		sscanf(strstr(row, ",9,") + 3, "%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,better\n", &level,
			&lo, &hi, &effect, &effect_lo, &effect_hi, &p, &p_adjusted),
		8);
	view_make(&view, &record, &record.points[0], &record.arena);
	contrast = view_contrast(&view, VALUE_IOPS, SAMPLE_FAST);
	assert_near(level, view_level(&view, VALUE_IOPS, SAMPLE_FAST), 1e-4);
	assert_true(lo < level && level < hi);
	assert_near(effect, expm1(contrast->difference.value), 1e-9);
	assert_near(effect_lo, expm1(contrast->difference.lo), 1e-9);
	assert_near(effect_hi, expm1(contrast->difference.hi), 1e-9);
	assert_near(p, contrast->difference.p, 1e-9);
	assert_near(p_adjusted, contrast->p_adjusted, 1e-9);
	assert_true(p < p_adjusted);
	for (const char *at = text; *at; at++)
		rows += *at == '\n';
	for (int v = 0; v < VALUE_COUNT; v++) {
		for (size_t c = 0; c < SAMPLE_COUNT; c++)
			measured += !isnan(view_level(&view, (enum trial_value)v, c));
	}
	assert_int_equal(rows, 1 + measured);
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (const char *at = text; *at; at++)
		count += *at == '\n';
	return count;
}

TEST(its_csv_has_the_values_in_columns)
{
	const char *written;

	remake_sweep();
	written = document_of(report_sweep_csv);
	assert_ptr_equal(
		strstr(written, "job,\"bs\",\"iodepth\",contender,blocks,iops.lo,"), written);
	assert_int_equal(count_lines(written), 7);
	assert_says(written, ",iops,bandwidth,lat.p50,lat.p99,lat.p99.9,read.iops,cores,");
	assert_null(strstr(written, "trim")); /* nobody measured it */
	assert_non_null(strstr(written, "\n\"randread\",\"4k\",\"1\",\"ref\",6,"));
	assert_non_null(strstr(written, "\n\"randread\",\"4k\",\"8\",\"fast\",6,"));
	assert_null(strstr(written, "control"));
}

TEST(the_table_comes_first_and_the_points_after_it)
{
	const char *written, *table, *point;

	remake_sweep();
	written = document_of(report_markdown);
	table = strstr(written, "2 points");
	point = strstr(written, "### randread bs=4k iodepth=1");
	assert_true(table && point && table < point);
	assert_non_null(strstr(written, "| randread bs=4k iodepth=8 | ref (ref) |"));
}

/* One contender, no control: its figures stand in the one table and nowhere else. */
TEST(a_job_alone_is_swept_in_one_table)
{
	struct record_point *points = remake_sweep();
	const char *written;
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
	written = document_of(report_markdown);
	assert_non_null(strstr(written, "\n| randread bs=4k iodepth=8 | "));
	assert_null(strstr(written, "contender |"));
	assert_null(strstr(written, "IOPS/core"));
	assert_null(strstr(written, "nothing to compare it with"));
}

TEST_MAIN(NULL, NULL);
