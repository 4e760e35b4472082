/* SPDX-License-Identifier: MIT */
/* Where p99 stays above twice its least. */
#include <math.h>

#include "curve/knee.h"
#include "near.h"
#include "test.h"

#define COUNT(points) (sizeof(points) / sizeof((points)[0]))

TEST(the_knee_lies_between_two_loads)
{
	const struct knee_point points[] = {
		{1000, 100, NAN, NAN}, {2000, 150, NAN, NAN}, {3000, 300, NAN, NAN}};
	struct knee knee = knee_find(points, COUNT(points));

	assert_near(knee.least, 100, 0);
	/* log p99 is straight between the two. */
	assert_near(knee.load, 2000 + 1000 * log(200.0 / 150) / log(2), 1e-6);
	assert_true(isnan(knee.lo) && isnan(knee.hi)); /* no interval of p99, none of the knee */
}

TEST(an_idle_machine_is_no_yardstick)
{
	const struct knee_point points[] = {
		{1000, 500, NAN, NAN}, {2000, 100, NAN, NAN}, {3000, 150, NAN, NAN}};

	assert_true(isnan(knee_find(points, COUNT(points)).load));
	assert_near(knee_find(points, COUNT(points)).least, 100, 0);
}

/* One load that something disturbed does not make a knee: p99 has to stay above. */
TEST(a_lone_peak_is_no_knee)
{
	const struct knee_point points[] = {{1000, 100, NAN, NAN}, {2000, 900, NAN, NAN},
		{3000, 120, NAN, NAN}, {4000, 200, NAN, NAN}, {5000, 400, NAN, NAN}};

	assert_near(knee_find(points, COUNT(points)).load, 4000, 1e-9);
}

TEST(the_interval_is_of_the_ends_of_p99)
{
	const struct knee_point points[] = {
		{1000, 100, 90, 110}, {2000, 150, 120, 200}, {3000, 300, 180, 500}};
	struct knee knee = knee_find(points, COUNT(points));

	assert_near(knee.lo, 2000, 1e-9);
	assert_true(knee.load > knee.lo);
	assert_true(isnan(knee.hi)); /* the lower ends stay below 200 */
}

TEST(loads_without_p99_are_passed_over)
{
	const struct knee_point points[] = {{1000, NAN, NAN, NAN}, {2000, 100, NAN, NAN},
		{3000, NAN, NAN, NAN}, {4000, 400, NAN, NAN}};

	assert_near(knee_find(points, COUNT(points)).load, 3000, 1e-9);
	assert_true(isnan(knee_find(points, 1).least));
	assert_true(isnan(knee_find(points, 1).load));
	assert_true(isnan(knee_find(points, 0).load));
}

TEST_MAIN(NULL, NULL);
