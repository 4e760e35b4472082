/* SPDX-License-Identifier: MIT */
/* covers: src/curve/curve_words.c */
/* Text, Markdown and CSV of a curve. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curve/curve_report.h"
#include "curve/curve_words.h"
#include "sample_curve.h"

static struct curve curve;
static char *text;

static int start(void **state)
{
	(void)state;
	sample_curve(&curve);
	return 0;
}

static int end(void **state)
{
	(void)state;
	curve_free(&curve);
	free(text);
	text = NULL;
	return 0;
}

static void print(bool is_wide, bool is_utf8)
{
	const struct page_options options = {.is_utf8 = is_utf8, .columns = is_wide ? 250 : 100};
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(curve_write_text_with(&curve, is_wide, &options, stream), 0);
	assert_int_equal(fclose(stream), 0);
}

static void write_with(int (*write)(const struct curve *curve, FILE *stream))
{
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(write(&curve, stream), 0);
	assert_int_equal(fclose(stream), 0);
}

static void expect(const char *part)
{
	if (!strstr(text, part))
		fail_msg("this is not in it: %s\n%s", part, text);
}

static void expect_no(const char *part)
{
	if (strstr(text, part))
		fail_msg("this is in it: %s\n%s", part, text);
}

static size_t count_lines(void)
{
	size_t count = 0;

	for (const char *c = text; *c; c++)
		count += *c == '\n';
	return count;
}

TEST_FIXTURE(start, end);

TEST(several_lines_stand_side_by_side_on_one_screen)
{
	print(false, true);
	expect("randread 4k, direct, data.bin — 3 loads, 3 blocks of 1 s, random arrivals, seed "
	       "42");
	expect("p99 at   A fast  B slow");
	expect("3.00k/s    16.2   32.4*");
	expect("p99 <= 2.00 ms");
	expect("target  none");
	expect("again     ringside curve my.job --slo=p99=2ms --seed=42");
	assert_true(count_lines() < 45);
}

TEST(the_answers_are_said)
{
	print(false, true);
	expect("A fast: the largest load with p99 within 2.00 ms is 1.50k/s [1.45k, 1.55k], 47 %");
	expect("B slow: no load that was tried has p99 within 2.00 ms: 1.00k/s, the lowest, is "
	       "beyond");
	expect("A fast: from its knee at 1.50k/s on p99 is more than twice its least, 1.01 ms");
	curve.lines[0].slo.answer = SLO_ALL;
	curve.lines[0].slo.load = (struct curve_level){3000, 3000, NAN};
	curve.lines[1].slo.answer = SLO_UNKNOWN;
	free(text);
	print(false, true);
	expect("A fast: all loads have p99 within 2.00 ms, up to the highest that was tried, "
	       "3.00k/s");
	expect("B slow: whether a load has p99 within 2.00 ms was not decided");
}

TEST(what_disturbed_the_trials_is_told)
{
	curve.lines[1].points[0].trials[1].problem = "steal: 40 %";
	curve.lines[1].points[2].trials[0].problem = "another";
	print(false, true);
	expect("2 of 18 trials were disturbed or failed, the first by this: steal: 40 %");
	expect_no("another");
}

/* Too few I/Os for a p99. */
static void empty_point(struct curve_point *point)
{
	for (size_t t = 0; t < point->trial_count; t++)
		point->trials[t].values[CURVE_ACHIEVED] = 5;
}

/* What is not known of some loads is not said of all. */
TEST(no_knee_is_claimed_where_p99_is_not_known)
{
	struct curve_line *line = &curve.lines[0];

	curve.line_count = 1;
	empty_point(&line->points[2]);
	empty_point(&line->points[1]);
	curve_judge(&curve);
	print(false, true);
	expect("fast: whether it has a knee cannot be told: p99 of one load is known, of 3");
	expect_no("no knee");
	empty_point(&line->points[0]);
	curve_judge(&curve);
	free(text);
	print(false, true);
	expect_no("by load\n");
	expect_no("knee is");
}

TEST(one_line_has_all_of_its_figures)
{
	curve.line_count = 1;
	print(false, true);
	expect("±  p99.9  svc50  svc99    CPU  cores  depth");
	expect("●");
	expect_no("A fast");
	expect("fast: the largest load");
}

TEST(the_limits_are_named)
{
	curve.line_count = 1;
	curve.lines[0].points[1].cause = SATURATION_CPU;
	curve.lines[0].points[1].levels[CURVE_BUSY].value = 0.97;
	print(false, true);
	expect("  CPU\n");
	expect("from 2.00k/s on its threads are busy for 97 % of the time: the CPU is the limit");
	free(text);
	curve.lines[0].points[0].cause = SATURATION_GENERATOR;
	print(false, true);
	expect("from 1.00k/s on the load generator is the limit");
}

TEST(ascii_terminals_have_their_own_signs)
{
	print(false, false);
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80);
	expect_no("?");
}

TEST(wide_tables_have_every_line)
{
	print(true, true);
	expect("lag99");
	expect("svc99.9");
	expect("B slow\n");
}

TEST(few_ios_and_loads_that_did_not_run_are_dashes)
{
	curve.line_count = 1;
	curve.lines[0].points[0].ios = 500;
	curve.lines[0].points[2].window_s = 0;
	curve.is_out_of_time = true;
	print(false, true);
	expect("fewer than 10 I/Os beyond a percentile");
	expect("not run");
	expect("time was over before all loads had 3 trials");
	free(text);
	curve.signal = 2;
	print(false, true);
	expect("signal 2 ended it early");
	expect_no("time was over");
}

TEST(nothing_measured_is_no_table)
{
	curve.lines[0].point_count = curve.lines[1].point_count = 0;
	curve.lines[0].problem = "the drive is gone";
	print(false, true);
	expect("A fast: the drive is gone");
	expect_no("maximum");
}

TEST(a_matrix_has_shares_of_the_maximum)
{
	curve.is_mixed = true;
	curve.lines[0].name = "0 % reads";
	print(false, true);
	expect("p99 at       maximum  33 %  67 %  100 %");
	expect("A 0 % reads");
}

TEST(markdown_has_all_lines)
{
	write_with(curve_write_markdown);
	expect("### randread 4k, direct, data.bin — 3 loads");
	expect("#### B slow");
	expect("| 3.00k/s |");
	expect("Again: `ringside curve");
}

TEST(csv_has_a_row_for_each_line_and_load)
{
	write_with(curve_write_csv);
	expect("line,offered_iops,window_s,ios,is_saturated,limit,achieved_iops,achieved_iops_lo");
	expect("\n\"slow\",3000,3,7500,1,target,2500,2500,2500,");
	assert_int_equal(count_lines(), 7);
}

TEST_MAIN(NULL, NULL);
