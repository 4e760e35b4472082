/* SPDX-License-Identifier: MIT */
/* Golden values of the t and normal distribution, and that quantile and tail are inverses. */
#include "measure/distribution.h"
#include "test.h"

#include "near.h"

TEST(t_quantiles_are_the_printed_tables)
{
	static const struct {
		double freedom, probability, t;
	} table[] = {
		{1, 0.975, 12.7062},
		{2, 0.975, 4.3027},
		{3, 0.975, 3.1824},
		{4, 0.975, 2.7764},
		{5, 0.975, 2.5706},
		{7, 0.975, 2.3646},
		{9, 0.975, 2.2622},
		{14, 0.975, 2.1448},
		{19, 0.975, 2.0930},
		{2, 0.995, 9.9248},
		{4, 0.995, 4.6041},
		{9, 0.995, 3.2498},
		{19, 0.995, 2.8609},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		double t = distribution_t_quantile(table[i].probability, table[i].freedom);

		assert_near(t, table[i].t, 5e-5);
		assert_near(distribution_t_quantile(1 - table[i].probability, table[i].freedom), -t,
			1e-10);
	}
}

TEST(t_with_one_and_two_degrees_has_a_closed_form)
{
	for (double t = -50; t <= 50; t += 0.37) {
		assert_near(distribution_t_cdf(t, 1), 0.5 + atan(t) / M_PI, 1e-13);
		assert_near(distribution_t_cdf(t, 2), 0.5 + t / (2 * sqrt(2 + t * t)), 1e-13);
	}
}

TEST(t_quantile_inverts_its_tail)
{
	static const double freedoms[] = {1, 1.5, 2, 3, 6, 12, 40, 1000};
	static const double tails[] = {0.49, 0.3, 0.05, 0.02, 0.005, 1e-4, 1e-9};

	for (size_t i = 0; i < sizeof(freedoms) / sizeof(*freedoms); i++) {
		for (size_t j = 0; j < sizeof(tails) / sizeof(*tails); j++) {
			double t = distribution_t_quantile(tails[j], freedoms[i]);

			assert_true(t < 0);
			assert_near(distribution_t_two_sided(t, freedoms[i]) / (2 * tails[j]), 1,
				1e-11);
		}
	}
}

TEST(t_far_out_keeps_its_digits)
{
	/* df 2: P(|T| > t) = 1 - t / sqrt(2 + t^2), about 1 / t^2. */
	assert_near(distribution_t_two_sided(1e6, 2) * 1e12, 1, 1e-9);
	assert_near(distribution_t_two_sided(0, 7), 1, 0);
	assert_near(distribution_t_two_sided(INFINITY, 7), 0, 0);
	assert_true(isnan(distribution_t_two_sided(NAN, 7)));
}

TEST(normal_is_the_limit_of_t)
{
	assert_near(distribution_normal_cdf(1), 0.841344746068543, 1e-14);
	assert_near(distribution_t_quantile(0.975, 1e7), 1.959964, 1e-6);
}

TEST(impossible_probabilities_have_no_finite_quantile)
{
	assert_true(distribution_t_quantile(0, 5) == -INFINITY);
	assert_true(distribution_t_quantile(1, 5) == INFINITY);
	assert_true(isnan(distribution_t_quantile(1.1, 5)));
	assert_true(isnan(distribution_t_quantile(-0.1, 5)));
}

TEST(beta_is_a_binomial_tail)
{
	/* I_p(k, n - k + 1) = P(Binomial(n, p) >= k): 10 coins, at least 8 heads: 56 / 1024. */
	assert_near(distribution_beta(0.5, 8, 3), 56.0 / 1024, 1e-15);
	assert_near(distribution_beta(0, 2, 3), 0, 0);
	assert_near(distribution_beta(1, 2, 3), 1, 0);
	assert_near(distribution_beta(0.3, 2, 5) + distribution_beta(0.7, 5, 2), 1, 1e-14);
}

TEST_MAIN(NULL, NULL);
