/* SPDX-License-Identifier: MIT */
/*
 * How well a percentile of the latency is known when single trials have too few I/Os in its tail:
 * the percentile of all trials together, with the delete-one-trial jackknife for its error. The
 * trial is the sample: the order-statistic interval of the merged I/Os takes them for
 * independent and is far too narrow.
 * Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 11.
 */
#ifndef MEASURE_QUANTILE_INTERVAL_H
#define MEASURE_QUANTILE_INTERVAL_H

#include <stddef.h>

#include "measure/estimate.h"
#include "measure/histogram.h"

/*
 * The estimate is of the logarithm (ns) of the percentile as histogram_percentile gives it; no p.
 * The interval is never narrower than the bucket step to both sides. Fewer than 3 trials, or a
 * trial without which nothing is left: no interval.
 */
struct estimate quantile_interval(
	const struct histogram *const *trials, size_t count, double percent, double alpha);

#endif
