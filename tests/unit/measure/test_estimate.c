/* SPDX-License-Identifier: MIT */
/* Estimates: known figures, small n, agreement of interval and p-value, invariances. */
#include "measure/estimate.h"
#include "test.h"

#include <stdbool.h>

#include "base/random.h"
#include "measure/distribution.h"
#include "near.h"
#include "noise.h"

static bool excludes_zero(const struct estimate *e)
{
	return e->lo > 0 || e->hi < 0;
}

TEST(few_values_claim_nothing)
{
	static const double values[] = {3, 1};
	struct estimate none = estimate_paired(values, 0, 0.05, 1);
	struct estimate one = estimate_paired(values, 1, 0.05, 1);
	struct estimate two = estimate_paired(values, 2, 0.05, 1);

	assert_true(isnan(none.value) && none.method == ESTIMATE_NONE);
	assert_near(one.value, 3, 0);
	assert_true(isnan(one.lo) && isnan(one.p) && isnan(one.deviation));
	assert_true(isnan(estimate_half_width(&one)));
	assert_int_equal(two.method, ESTIMATE_RANGE);
	assert_near(two.value, 2, 0);
	assert_near(two.lo, 1, 0);
	assert_near(two.hi, 3, 0);
	assert_true(isnan(two.p));
	assert_true(isnan(estimate_half_width(&two)));
}

TEST(four_pairs_use_t)
{
	static const double d[] = {1, 2, 3, 4};
	struct estimate e = estimate_paired(d, 4, 0.05, 1);
	double error = sqrt(5.0 / 3) / 2;

	assert_int_equal(e.method, ESTIMATE_T);
	assert_near(e.value, 2.5, 0);
	assert_near(e.deviation, sqrt(5.0 / 3), 1e-15);
	assert_near(e.lo, 2.5 - 3.18244630528 * error, 1e-9);
	assert_near(e.hi, 2.5 + 3.18244630528 * error, 1e-9);
	assert_near(estimate_half_width(&e), 3.18244630528 * error, 1e-9);
	assert_near(e.p, 0.0304662, 1e-6);
}

/* Darwin's maize, eighths of an inch: T- is 24, P(T <= 24) = 0.0206. */
TEST(darwins_maize_has_the_published_ranks)
{
	static const double maize[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
	struct estimate e = estimate_paired(maize, 15, 0.05, 1);

	assert_int_equal(e.method, ESTIMATE_WILCOXON);
	assert_near(e.p, 0.0412598, 1e-6);
	assert_near(e.value, 25, 0);
	/* The 26th Walsh average from below and above. */
	assert_near(e.lo, 4, 0);
	assert_near(e.hi, 41.5, 0);
}

TEST(method_follows_the_number_of_pairs_only)
{
	static const double tied[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};

	assert_int_equal(estimate_paired(tied, 7, 0.04, 1).method, ESTIMATE_T);
	assert_int_equal(estimate_paired(tied, 8, 0.04, 1).method, ESTIMATE_WILCOXON);
	/* 2^-7 = 0.0078: five comparisons at 0.04 can be reached, six cannot. */
	assert_int_equal(estimate_paired(tied, 8, 0.04, 5).method, ESTIMATE_WILCOXON);
	assert_int_equal(estimate_paired(tied, 8, 0.04, 6).method, ESTIMATE_T);
	assert_int_equal(estimate_paired(tied, 9, 0.04, 6).method, ESTIMATE_WILCOXON);
}

TEST(equal_differences_are_certain)
{
	static const double same[] = {0.25, 0.25, 0.25, 0.25};
	static const double zero[] = {0, 0, 0, 0, 0, 0, 0, 0, 0};
	struct estimate t = estimate_paired(same, 4, 0.05, 1);
	struct estimate t_zero = estimate_paired(zero, 4, 0.05, 1);
	struct estimate ranks_zero = estimate_paired(zero, 9, 0.05, 1);

	assert_near(t.lo, 0.25, 0);
	assert_near(t.hi, 0.25, 0);
	assert_near(t.p, 0, 0);
	assert_near(t_zero.p, 1, 0);
	assert_near(ranks_zero.p, 1, 0);
	assert_near(ranks_zero.lo, 0, 0);
}

/* p <= alpha exactly when the interval excludes 0, ties and zeros included. */
TEST(interval_is_the_inverted_test)
{
	struct random random;
	unsigned excluded = 0;

	random_init(&random, 5);
	for (int turn = 0; turn < 10000; turn++) {
		double d[70];
		size_t count = 3 + random_below(&random, turn % 10 == 0 ? 68 : 20);
		double shift = 2 * noise_normal(&random) / sqrt((double)count);
		double alpha = 0.001 + 0.2 * random_unit(&random);
		bool is_tied = turn % 3 == 0;
		struct estimate e;

		for (size_t i = 0; i < count; i++) {
			d[i] = shift + noise_normal(&random);
			if (is_tied)
				d[i] = round(d[i] * 2) / 2;
		}
		e = estimate_paired(d, count, alpha, 1);
		assert_int_equal(e.p <= alpha, excludes_zero(&e));
		assert_true(e.lo <= e.value && e.value <= e.hi);
		excluded += excludes_zero(&e);
	}
	assert_in_range(excluded, 2000, 8000);
}

TEST(scale_sign_and_order_do_not_matter)
{
	struct random random;

	random_init(&random, 7);
	for (int turn = 0; turn < 500; turn++) {
		double d[20], scaled[20], mirrored[20];
		size_t count = 3 + random_below(&random, 18);
		struct estimate e, s, m;

		for (size_t i = 0; i < count; i++) {
			d[i] = 0.5 + noise_normal(&random);
			scaled[i] = 8 * d[i]; /* A power of two is exact. */
			mirrored[count - 1 - i] = -d[i];
		}
		e = estimate_paired(d, count, 0.05, 1);
		s = estimate_paired(scaled, count, 0.05, 1);
		m = estimate_paired(mirrored, count, 0.05, 1);
		assert_near(s.value, 8 * e.value, 1e-12);
		assert_near(s.lo, 8 * e.lo, 1e-12);
		assert_near(s.p, e.p, 1e-12);
		assert_near(m.value, -e.value, 1e-12);
		assert_near(m.lo, -e.hi, 1e-12);
		assert_near(m.hi, -e.lo, 1e-12);
		assert_near(m.p, e.p, 1e-12);
	}
}

/* How often the interval misses the truth: the level for t, at most the level for ranks. */
TEST(intervals_cover_what_they_promise)
{
	static const size_t counts[] = {3, 6, 9, 20};
	struct random random;

	random_init(&random, 8);
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
		unsigned missed = 0;

		for (int turn = 0; turn < 10000; turn++) {
			double d[20];
			struct estimate e;

			for (size_t i = 0; i < counts[c]; i++)
				d[i] = noise_normal(&random);
			e = estimate_paired(d, counts[c], 0.05, 1);
			missed += excludes_zero(&e);
		}
		/* 5 %, four standard errors of 0.22 % to both sides; n = 9 by ranks has 3.9 %. */
		assert_in_range(missed, 310, 590);
	}
}

TEST(outliers_do_not_carry_the_ranks_away)
{
	static const double d[] = {.01, .012, .009, .011, .010, .008, .013, .0105, -.4, .0095};
	struct estimate e = estimate_paired(d, 10, 0.05, 1);

	assert_near(e.value, 0.0102, 0.0005);
}

TEST(planner_reaches_the_width_it_was_asked_for)
{
	size_t needed = estimate_count_needed(0.03, 0.025, 0.05, 6, 60);
	double t = distribution_t_quantile(0.975, (double)needed - 1);

	assert_in_range(needed, 8, 9);
	assert_true(t * 0.03 / sqrt((double)needed) <= 0.026);
	assert_int_equal(estimate_count_needed(0.03, 0.001, 0.05, 6, 60), 60);
	assert_int_equal(estimate_count_needed(0.0001, 0.025, 0.05, 6, 60), 3);
	assert_int_equal(estimate_count_needed(NAN, 0.025, 0.05, 6, 60), 60);
	assert_int_equal(estimate_count_needed(0.03, 0, 0.05, 6, 60), 60);
}

TEST(smallest_effect_is_two_quantiles_wide)
{
	/* t(.99, 6) = 3.142668, t(.95, 6) = 1.943180 */
	assert_near(estimate_smallest_effect(0.01, 6, 0.01), 0.05085849, 1e-7);
}

TEST(every_method_has_a_name)
{
	assert_string_equal(estimate_method_name(ESTIMATE_NONE), "none");
	assert_string_equal(estimate_method_name(ESTIMATE_RANGE), "range");
	assert_string_equal(estimate_method_name(ESTIMATE_T), "t");
	assert_string_equal(estimate_method_name(ESTIMATE_WILCOXON), "wilcoxon");
}

TEST_MAIN(NULL, NULL);
