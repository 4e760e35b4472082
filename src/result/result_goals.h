/* SPDX-License-Identifier: MIT */
/* Part of result.h, plain data: whether a job was steady, and what came of its
 * steadystate, latency_target and read_iolog. */
#ifndef RESULT_RESULT_GOALS_H
#define RESULT_RESULT_GOALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/steady.h"
#include "result/result_direction.h"

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

/* What a job's series shows of its drive (measure/steady.h). */
struct result_state {
	unsigned class;     /* enum steady_class */
	bool is_of_latency; /* the intervals' mean latency, as the rate was given; else their IOPS
			     */
	bool has_worked;    /* what a job must write before it can be steady, it wrote */
	double measured_s;  /* whole intervals */
	double least_s;     /* before that it cannot be called steady */
	double drift_per_minute; /* share of the mean; NAN: unknown */
	double drift_error;      /* half-width of its 90 % interval */
	double low, high;        /* of one that is bimodal: its two levels */
	double low_share;        /* of the intervals; 0: it is not */
	double snia_range_share; /* five rounds; NAN: unknown */
	double snia_slope_share;
	bool is_snia_steady;
};

/* latency_target. */
struct result_latency_goal {
	uint64_t target_ns;
	uint64_t window_ns;
	double percentile;
	uint64_t depth; /* in the end; of merged clones the sum */
	bool is_met;    /* so many of the last window's I/Os were within the target */
};

/* read_iolog: the log, and how true to its times it was replayed. */
struct result_replay {
	const char *log;                /* "a.log"; of merged clones that of the first */
	uint64_t ios;                   /* in it, syncs too; of merged clones the sum */
	uint64_t recorded_ns;           /* its length, replay_time_scale counted in */
	bool has_times;                 /* its I/Os have times, and they were kept to */
	uint64_t unsent;                /* due, and not sent because the run was over */
	struct result_latency lateness; /* from the recorded time to when it was sent */
};

struct result_goals {
	struct result_latency_goal *latency; /* NULL: the job has none, or did not come to it */
	struct result_state *state;          /* NULL: the job has no series */
	struct result_steady *steady;        /* NULL: the job has no steadystate */
	struct result_replay *replay;        /* NULL: it replays no log */
};

#endif
