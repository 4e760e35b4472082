/* SPDX-License-Identifier: MIT */
/* Trend, line, memory and the effect of the position, against figures worked out by hand. */
#include "measure/series.h"
#include "test.h"

#include <stdlib.h>

#include "base/random.h"
#include "measure/distribution.h"
#include "near.h"
#include "noise.h"

TEST(median_slope_ignores_an_outlier)
{
	static const double y[] = {1, 3, 5, 100, 9, 11};

	assert_near(series_median_slope(y, 6), 2, 1e-15);
	assert_near(series_median_slope(y, 2), 2, 0);
	assert_near(series_median_slope(y, 4), (2 + 33) / 2.0, 1e-12);
	assert_true(isnan(series_median_slope(y, 1)));
}

TEST(trend_p_is_exact)
{
	static const double up[] = {1, 2, 3, 4, 5};
	static const double one_swap[] = {2, 1, 3, 4, 5};
	static const double mixed[] = {3, 1, 4, 2};

	assert_near(series_trend_p(up, 5), 2.0 / 120, 1e-14);
	assert_near(series_trend_p(one_swap, 5), 2 * 5.0 / 120, 1e-14);
	/* 3 of 6 pairs out of order: the middle. */
	assert_near(series_trend_p(mixed, 4), 1, 1e-14);
	assert_near(series_trend_p(up, 3), 2.0 / 6, 1e-14);
	assert_true(isnan(series_trend_p(up, 2)));
}

TEST(trend_p_agrees_with_counting_all_orders)
{
	double y[8];
	unsigned at_most = 0;
	unsigned total = 0;
	unsigned order[8] = {0, 1, 2, 3, 4, 5, 6, 7};

	/* All 40320 orders of 8, by Heap's algorithm: how many have at most 7 inversions. */
	for (unsigned c[8] = {0}, i = 0; i < 8;) {
		unsigned inversions = 0, swap, j;

		if (total == 0 || c[i] < i) {
			if (total > 0) {
				j = i % 2 ? c[i] : 0;
				swap = order[j];
				order[j] = order[i];
				order[i] = swap;
				c[i]++;
				i = 0;
			}
			for (unsigned a = 0; a < 8; a++) {
				for (unsigned b = a + 1; b < 8; b++)
					inversions += order[a] > order[b];
			}
			at_most += inversions <= 7;
			total++;
		} else {
			c[i++] = 0;
		}
	}
	assert_int_equal(total, 40320);
	/* 7 inversions: the last value goes to the front. */
	for (int i = 0; i < 8; i++)
		y[i] = i == 0 ? 8 : i;
	assert_near(series_trend_p(y, 8), 2.0 * at_most / total, 1e-13);
}

TEST(trend_p_with_ties_is_corrected)
{
	static const double constant[] = {4, 4, 4, 4, 4, 4};
	static const double tied[] = {1, 1, 2, 2, 3, 3, 4, 4};

	assert_near(series_trend_p(constant, 6), 1, 0);
	/* S = 24, variance (8 7 21 - 4 2 9) / 18 = 61.333: z = 23 / 7.832 */
	assert_near(series_trend_p(tied, 8), 0.0033153, 1e-6);
}

static double normal_trend_p(const double *y, int count)
{
	double n = count;
	int score = 0;

	for (int i = 0; i < count; i++) {
		for (int j = i + 1; j < count; j++)
			score += y[j] > y[i] ? 1 : -1;
	}
	return 2 *
	       distribution_normal_cdf(-(abs(score) - 1) / sqrt(n * (n - 1) * (2 * n + 5) / 18));
}

TEST(exact_and_approximate_trend_meet)
{
	double y[61];

	for (int i = 0; i < 61; i++)
		y[i] = i + 100 * sin(i * 2.4);
	assert_near(series_trend_p(y, 60), normal_trend_p(y, 60), 0.001);
	assert_near(series_trend_p(y, 61), normal_trend_p(y, 61), 1e-15);
	assert_in_range((int)(1000 * series_trend_p(y, 61)), 10, 300);
}

TEST(line_has_the_textbook_error)
{
	static const double x[] = {1, 2, 3, 4, 5};
	static const double y[] = {2, 4, 5, 4, 5};
	struct series_line line = series_fit_line(x, y, 5, 0);
	struct series_line by_index = series_fit_line(NULL, y, 5, 0);

	assert_near(line.slope, 0.6, 1e-14);
	assert_near(line.slope_error, sqrt(2.4 / 3 / 10), 1e-14);
	assert_near(line.freedom, 3, 0);
	assert_near(line.p, 0.124027, 1e-6);
	assert_near(by_index.slope, line.slope, 1e-14);
	assert_near(by_index.p, line.p, 1e-14);
}

TEST(line_through_too_little_is_not_known)
{
	static const double same[] = {3, 3, 3};
	static const double y[] = {1, 2, 3};
	struct series_line exact = series_fit_line(NULL, y, 3, 0);

	assert_true(isnan(series_fit_line(same, y, 3, 0).slope));
	assert_near(series_fit_line(NULL, y, 2, 0).slope, 1, 0);
	assert_true(isnan(series_fit_line(NULL, y, 2, 0).p));
	assert_true(isnan(series_fit_line(NULL, y, 3, 1).p));
	assert_near(exact.p, 0, 0);
	assert_near(series_fit_line(NULL, same, 3, 0).p, 1, 0);
}

TEST(autocorrelation_tells_memory)
{
	static const double alternating[] = {1, -1, 1, -1, 1, -1};
	static const double uneven[] = {1, 2, 4};
	static const double constant[] = {2, 2, 2};
	double slow[100];

	for (int i = 0; i < 100; i++)
		slow[i] = sin(i * 0.1);
	assert_near(series_autocorrelation(alternating, 6), -5.0 / 6, 1e-15);
	assert_near(series_autocorrelation(uneven, 3), -1.0 / 42, 1e-15);
	assert_near(series_autocorrelation(constant, 3), 0, 0);
	assert_near(series_autocorrelation(constant, 0), 0, 0);
	assert_true(series_autocorrelation(slow, 100) > 0.95);
}

/* An effect of 3 % a position is found through drift and differences between contenders. */
TEST(position_effect_is_separated)
{
	double values[8 * 3];
	unsigned positions[8 * 3];
	struct random random;
	struct series_line line;

	random_init(&random, 2);
	for (unsigned b = 0; b < 8; b++) {
		unsigned turn = (unsigned)random_below(&random, 3);

		for (unsigned i = 0; i < 3; i++) {
			positions[b * 3 + i] = b % 2 ? (i + turn) % 3 : (5 - i - turn) % 3;
			values[b * 3 + i] = 10 + i * 0.5 - b * 0.2 - 0.03 * positions[b * 3 + i] +
					    0.001 * noise_normal(&random);
		}
	}
	line = series_position_effect(values, positions, 8, 3);
	assert_near(line.slope, -0.03, 0.001);
	assert_near(line.freedom, 7 * 2 - 1, 0);
	assert_true(line.p < 1e-8);
}

TEST(position_effect_is_not_invented)
{
	struct random random;
	unsigned found = 0;

	random_init(&random, 4);
	for (int round = 0; round < 4000; round++) {
		double values[6 * 3];
		unsigned positions[6 * 3];

		for (unsigned b = 0; b < 6; b++) {
			unsigned turn = (unsigned)random_below(&random, 6);

			for (unsigned i = 0; i < 3; i++) {
				positions[b * 3 + i] =
					(turn % 2 ? i + turn / 2 : 5 - i - turn / 2) % 3;
				values[b * 3 + i] = noise_normal(&random);
			}
		}
		found += series_position_effect(values, positions, 6, 3).p < 0.05;
	}
	assert_in_range(found, 145, 255); /* 5 %, four standard errors. */
}

TEST_MAIN(NULL, NULL);
