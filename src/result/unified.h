/* SPDX-License-Identifier: MIT */
/* unified_rw_reporting: reads, writes and trims of a job as one. */
#ifndef RESULT_UNIFIED_H
#define RESULT_UNIFIED_H

#include "result/result.h"

enum unified_mode { UNIFIED_NONE, UNIFIED_MIXED, UNIFIED_BOTH };

/* What the job's options ask for. */
enum unified_mode unified_mode_of(const struct result_job *job);

/* The job with the sum of its data directions in the place of its reads, and no others. */
struct result_job unified_job(const struct result_job *job, struct arena *arena);

/* The result with such jobs in the place of those that ask for `mode`. Borrows from `result`. */
struct result unified_result(
	const struct result *result, enum unified_mode mode, struct arena *arena);

#endif
