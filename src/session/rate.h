/* SPDX-License-Identifier: MIT */
/*
 * The rates that contenders are asked for. rate and rate_iops are of each clone and direction;
 * contenders are compared by their sums, which is what reaches the target.
 */
#ifndef SESSION_RATE_H
#define SESSION_RATE_H

#include "session/contender.h"
#include "session/record.h"

/*
 * The sum of all clones and directions of all its jobs. Where all blocks have one size, each
 * follows from the other; else the one that was not given is 0. Both 0: it has no rate, or not in
 * all its jobs.
 */
struct rate rate_of_setup(const struct contender_setup *setup);

/* Whether two are asked for as much. */
bool rate_is_same(const struct rate *one, const struct rate *other);

/* Whether all that run are asked for as much: for *rate, which may be none. */
bool rate_is_shared(const struct contender_point *point, struct rate *rate);

/* The metric that decides by default: IOPS; the median latency where all points have a rate. */
enum trial_value rate_default_metric(const struct contender_plan *plan);

enum rate_state {
	RATE_NONE,    /* no contender has one */
	RATE_EQUAL,   /* all are asked for as much: one that keeps it is as fast as another */
	RATE_UNEQUAL, /* unlike loads: neither rates nor latencies compare the contenders */
};

/* Among those that take part. */
enum rate_state rate_state_of(const struct record_point *point);

/* Whether it did less than it was asked for in the trials that count, by 2 % and an I/O each. */
bool rate_is_missed(const struct record_point *point, size_t contender);

/* "8.00k/s", "8.00 MiB/s", "none". */
const char *rate_text(const struct rate *rate, struct arena *arena);

/* Copies of a job: as fast as it goes; at this load of all its clones and directions together. */
struct job rate_job_without(const struct job *job);
struct job rate_job_at(const struct job *job, double iops, bool is_poisson);

/* The least load that each clone and direction has a part of. */
double rate_job_least(const struct job *job);

#endif
