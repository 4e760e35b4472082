/* SPDX-License-Identifier: MIT */
/*
 * What a run does at the moment as OpenMetrics text (version 1.0.0).
 *
 * Latencies are classic buckets, cumulative, with le=: the text format has no others. Prometheus
 * takes native histograms by protobuf alone, and makes some of these by itself
 * (convert_classic_histograms_to_nhcb). Bounds are bounds of our own buckets, so each I/O is
 * counted where it belongs; there are two an octave.
 */
#ifndef RUN_METRICS_TEXT_H
#define RUN_METRICS_TEXT_H

#include <stdio.h>

#include "run/live_jobs.h"

enum {
	/* From 2^8 ns on, up to 2^34 ns (17 s). */
	METRICS_LEAST_OCTAVE = 8,
	METRICS_LAST_OCTAVE = 34,
	METRICS_BOUNDS = 2 * (METRICS_LAST_OCTAVE - METRICS_LEAST_OCTAVE) + 1,
};

/* The longest latency, in ns, that is counted in this bucket: 255, 383, 511, 767, … */
uint64_t metrics_text_bound(unsigned number);

/* All of it, to its "# EOF". `now` of NULL: nothing is known yet. */
void metrics_text_write(const struct live_jobs *now, FILE *stream);

/* The value of a label, in double quotes: \ " and newline are escaped, what is not UTF-8 becomes
 * U+FFFD. */
void metrics_text_label(const char *value, FILE *stream);

#endif
