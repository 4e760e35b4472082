/* SPDX-License-Identifier: MIT */
/* Part of result.h, plain data: what came of a job's steadystate. */
#ifndef RESULT_RESULT_GOALS_H
#define RESULT_RESULT_GOALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct result_steady_interval {
	uint64_t ios_per_second; /* whole numbers, as fio judges them */
	uint64_t bytes_per_second;
	uint64_t lat_ns; /* mean; 0: latency is not what is judged */
};

/* fio's steadystate: the window that it was last judged over. */
struct result_steady {
	const char *asked;    /* "iops_slope:0.1%" */
	double limit;         /* 0.1 */
	uint64_t duration_ns; /* of a full window */
	uint64_t ramp_time_ns;
	uint64_t check_interval_ns;
	bool is_attained;
	uint64_t attained_ns; /* since the window's start; 0: it is not attained */
	/* NAN: no window was full. */
	double criterion; /* in the limit's unit */
	double deviation; /* from the mean, the largest; 0: the criterion is a slope */
	double slope;     /* per interval; 0: the criterion is a deviation */
	size_t count;     /* of the intervals of the window, the oldest first */
	struct result_steady_interval *intervals;
};

struct result_goals {
	struct result_steady *steady; /* NULL: the job has no steadystate */
};

#endif
