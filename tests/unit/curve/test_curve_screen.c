/* SPDX-License-Identifier: MIT */
/* flavours: address plain */
/* The rows of curve's live screen, of a curve whose figures are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curve/curve_screen.h"
#include "test.h"

enum { LINES = 2, POINTS = 3 };

static struct curve_point points[LINES][POINTS];
static struct curve_line lines[LINES];
static struct curve curve;
static char *text;

static void begin(void)
{
	for (size_t l = 0; l < LINES; l++) {
		for (size_t i = 0; i < POINTS; i++) {
			struct curve_point *point = &points[l][i];

			*point = (struct curve_point){
				.offered = 1000.0 * (double)(i + 1), .trial_count = i};
			for (int v = 0; v < CURVE_VALUE_COUNT; v++)
				point->levels[v].value = i == 0 ? NAN : 1234;
		}
		lines[l] = (struct curve_line){
			.name = l == 0 ? "psync" : "io_uring",
			.point_count = POINTS,
			.points = points[l],
		};
		lines[l].most.value = 9876;
		lines[l].most_p99.value = 5e3;
	}
	points[1][2].is_saturated = true;
	curve = (struct curve){.lines = lines, .line_count = LINES};
}

static void show(const struct curve_point *now, size_t first, size_t count)
{
	const struct page_options options = {.is_utf8 = true, .columns = 80};
	size_t bytes;
	FILE *stream;
	struct page page;

	free(text);
	assert_non_null(stream = open_memstream(&text, &bytes));
	page_open(&page, &options, stream);
	curve_screen_put(&curve, now, &page, first, count);
	assert_int_equal(page_close(&page), 0);
	assert_int_equal(fclose(stream), 0);
}

static unsigned count_of(const char *part)
{
	unsigned count = 0;

	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

static int end(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

TEST_FIXTURE(NULL, end);

TEST(each_line_has_its_loads_below_it)
{
	begin();
	assert_int_equal(curve_screen_count(&curve), 8);
	show(&points[1][1], 0, 8);
	assert_int_equal(count_of("without a rate"), 2);
	assert_int_equal(count_of("> "), 1);
	assert_int_equal(count_of("   > 2.00k/s"), 1);
	assert_int_equal(count_of("saturated"), 1);
	assert_int_equal(count_of("nan"), 0);
	assert_true(strstr(text, "psync") < strstr(text, "io_uring"));
}

TEST(what_scrolls_is_cut_at_both_ends)
{
	begin();
	show(NULL, 3, 3);
	assert_int_equal(count_of("psync"), 0);
	assert_int_equal(count_of("3.00k/s"), 1);
	assert_int_equal(count_of("io_uring"), 1);
	assert_int_equal(count_of("1.00k/s"), 1);
	assert_int_equal(count_of("2.00k/s"), 0);
}

TEST(a_line_that_failed_is_told)
{
	begin();
	lines[0].problem = "no such engine";
	lines[0].point_count = 0;
	show(NULL, 0, 5);
	assert_int_equal(count_of("failed"), 1);
	assert_int_equal(count_of("without a rate"), 1);
}

TEST_MAIN(NULL, NULL);
