/* SPDX-License-Identifier: MIT */
/* Latencies as fio's JSON has them (fio stat.c: add_ddir_lat_json, show_latency). */
#ifndef RESULT_FIO_LATENCY_H
#define RESULT_FIO_LATENCY_H

#include "base/json.h"
#include "result/result.h"

/* A number as fio prints doubles: six decimals, always; what is not known is 0.000000. */
void fio_latency_add_double(cJSON *object, const char *key, double value);

/* min, max, mean, stddev, N, and of a histogram percentile and bins (json+). */
void fio_latency_add(cJSON *object, const char *key, const struct result_job *job,
	const struct result_latency *latency);

/*
 * What goes for clat and slat: theirs where clat has percentiles, which fio's readers look for in
 * clat_ns, and the two add up to lat; else lat and nothing, which do.
 */
const struct result_latency *fio_latency_of_completion(const struct result_direction *direction);
const struct result_latency *fio_latency_of_submission(const struct result_direction *direction);

/*
 * *rest is what of `all` is not `part`, which is in it; `buckets` is room for its histogram. Least
 * and greatest are those of all, or edges of buckets.
 */
void fio_latency_subtract(struct result_latency *rest, struct histogram *buckets,
	const struct result_latency *all, const struct result_latency *part);

/* latency_ns, latency_us, latency_ms: shares in percent of reads, writes and trims together. */
void fio_latency_add_shares(cJSON *object, const struct result_job *job);

#endif
