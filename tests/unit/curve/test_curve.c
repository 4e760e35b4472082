/* SPDX-License-Identifier: MIT */
/* covers: src/curve/curve_fields.c */
/* What follows from trials, and the document: read back, and what is refused. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "sample_curve.h"
#include "schema_text.h"

static struct curve curve;

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
	return 0;
}

TEST_FIXTURE(start, end);

TEST(levels_are_of_all_trials_that_count)
{
	struct curve_point *point = &curve.lines[0].points[0];

	assert_near(point->window_s, 3, 0);
	assert_near(point->ios, 3000, 0);
	assert_near(point->levels[CURVE_ACHIEVED].value, 1000, 0);
	assert_near(point->levels[CURVE_P50].value, 101e3, 1e3);
	assert_near(point->levels[CURVE_P99].value, 1.01e6, 1e4);
	assert_true(point->levels[CURVE_P99].lo < point->levels[CURVE_P99].value);
	assert_near(point->levels[CURVE_CORES].value, 0.27, 1e-9);
	assert_true(isnan(point->levels[CURVE_WRITE_P99].value));
	point->trials[2].counts = false;
	curve_judge_point(point, true);
	assert_near(point->window_s, 2, 0);
	assert_true(isnan(point->levels[CURVE_P99].lo)); /* two have no interval */
	assert_near(point->levels[CURVE_CORES].value, 0.265, 1e-9);
}

TEST(an_interval_of_what_cannot_be_negative_is_not)
{
	struct curve_point *point = &curve.lines[0].points[0];

	for (int t = 0; t < SAMPLE_TRIALS; t++)
		point->trials[t].values[CURVE_CORES] = t == 0 ? 1 : 0;
	curve_judge_point(point, true);
	assert_near(point->levels[CURVE_CORES].lo, 0, 0);
}

TEST(lines_have_a_knee_and_are_saturated_from_a_load_on)
{
	assert_near(curve.lines[0].knee.least_ns, 1.01e6, 1e4);
	assert_near(curve.lines[0].knee.load.value, 1500, 5); /* a half of a factor of 4 */
	assert_null(curve_saturated_from(&curve.lines[0]));
	assert_ptr_equal(curve_saturated_from(&curve.lines[1]), &curve.lines[1].points[2]);
	assert_int_equal(curve.lines[1].points[2].cause, SATURATION_TARGET);
}

TEST(a_percentile_of_few_ios_is_thin)
{
	struct curve_point point = {.ios = 999};

	assert_true(curve_is_thin(&point, CURVE_P99));
	point.ios = 1001;
	assert_false(curve_is_thin(&point, CURVE_P99));
	assert_true(curve_is_thin(&point, CURVE_P999));
	assert_false(curve_is_thin(&point, CURVE_MAX));
	assert_false(curve_is_thin(&point, CURVE_CORES));
}

static int read_text(const char *text, struct curve *again, char **said)
{
	size_t bytes;
	FILE *stream = open_memstream(said, &bytes);
	struct diag diag;
	int error;

	diag_init(&diag, stream);
	*again = (struct curve){0};
	error = document_read(
		&curve_document, "curve.json", text, strlen(text), &again->arena, again, &diag);
	assert_int_equal(fclose(stream), 0);
	return error;
}

TEST(the_document_reads_back_the_same)
{
	char *text = curve_print(&curve), *other, *said;
	struct curve again;

	assert_int_equal(read_text(text, &again, &said), 0);
	again.has_slo = true; /* as curve_read() does */
	other = curve_print(&again);
	assert_string_equal(text, other);
	assert_null(again.lines[0].points[0].trials[0].samples);
	assert_true(isnan(again.lines[0].read_percent));
	free(said);
	free(text);
	free(other);
	curve_free(&again);
}

static void expect_refusal(const char *from, const char *to, const char *message)
{
	char *text = curve_print(&curve), *at = strstr(text, from), *said;
	struct curve again;

	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	assert_int_not_equal(read_text(text, &again, &said), 0);
	if (!strstr(said, message))
		fail_msg("%s", said);
	free(said);
	free(text);
	curve_free(&again);
}

TEST(what_cannot_be_is_refused_with_its_place)
{
	expect_refusal("\"offered_iops\": 1000", "\"offered_iops\": -100",
		"lines[0].points[0]: 'offered_iops' is below 0");
	expect_refusal("\"figure\": \"p99_ns\"", "\"figure\": \"p98_ns\"", "'figure'");
	expect_refusal("\"ringside-curve/1\"", "\"ringside-curve/2\"", "of another version");
	expect_refusal("\"limit\": \"target\"", "\"limit\": \"turtle\"", "'limit'");
}

TEST(the_schema_names_all_figures_and_what_they_are)
{
	char *schema = schema_text(&curve_document);

	assert_non_null(strstr(schema, "ringside-curve/1"));
	assert_non_null(strstr(schema, "\"offered_iops\""));
	assert_non_null(strstr(schema, "twice the least p99"));
	free(schema);
}

TEST_MAIN(NULL, NULL);
