/* SPDX-License-Identifier: MIT */
/*
 * Tails of the normal distribution, tails and quantiles of Student's t, to about 1e-13.
 * Source: NIST Digital Library of Mathematical Functions 8.17 (incomplete beta function).
 */
#ifndef MEASURE_DISTRIBUTION_H
#define MEASURE_DISTRIBUTION_H

/* I_x(a, b), the regularised incomplete beta function; 0 <= x <= 1, a and b positive. */
double distribution_beta(double x, double a, double b);

double distribution_normal_cdf(double z);

/* Degrees of freedom are positive and need not be whole. */
double distribution_t_cdf(double t, double freedom);
double distribution_t_quantile(double probability, double freedom);

/* P(|T| >= |t|): the two-sided p-value, exact far out in the tail too. */
double distribution_t_two_sided(double t, double freedom);

#endif
