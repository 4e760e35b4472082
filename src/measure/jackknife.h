/* SPDX-License-Identifier: MIT */
/*
 * A latency of several trials together, and how well it is known: it is worked out again with each
 * trial left out, so that what varies is the trial and not the single I/O, and trials too short for
 * a percentile of their own count as well. On logarithms; n trials have n - 1 degrees of freedom.
 * Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 11.
 */
#ifndef MEASURE_JACKKNIFE_H
#define MEASURE_JACKKNIFE_H

#include <stddef.h>

#include "measure/histogram.h"

struct jackknife {
	double value; /* ns, of all of them together; NAN: they are empty */
	double lo;    /* interval of level 1 - alpha; NAN: fewer than 3 that are not empty */
	double hi;
};

/* `percent` NAN: the mean. */
struct jackknife jackknife_latency(
	const struct histogram *const *trials, size_t count, double percent, double alpha);

#endif
