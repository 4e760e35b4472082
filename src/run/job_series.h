/* SPDX-License-Identifier: MIT */
/*
 * The series of one entry of the result: what its workers hand over, added up by intervals. When
 * there are more than `limit` intervals each two neighbours become one. By the supervisor.
 */
#ifndef RUN_JOB_SERIES_H
#define RUN_JOB_SERIES_H

#include "result/result_series.h"
#include "run/interval.h"

/* Gaps of a worker that are kept: the longest. */
enum { JOB_SERIES_GAPS = 64 };

struct series_figures {
	struct worker_counts counts;
	struct sparse_histogram lat;
};

struct series_interval {
	struct series_figures directions[DIRECTION_COUNT];
	uint64_t in_flight; /* at its end */
	bool joins_next; /* some worker could not tell it from the next one: in the end they are one
			  */
};

struct series_worker {
	uint64_t next; /* all intervals before this one are known; UINT64_MAX: it has ended */
	uint64_t started_ns;
	uint64_t ended_ns; /* 0: it has not */
	size_t gap_count, gap_room;
	struct worker_gap *gaps; /* with room as it is needed: most workers have one or two */
};

struct job_series {
	uint64_t length_ns; /* of the workers' intervals */
	uint64_t stride;    /* so many of them are one here */
	size_t limit;
	size_t count;
	size_t room;
	struct series_interval *intervals;
	unsigned worker_count;
	struct series_worker *workers;
};

/* For intervals of `length_ns` by the workers, of which `stride` are one here. */
void job_series_init(struct job_series *series, unsigned worker_count, uint64_t length_ns,
	uint64_t stride, size_t limit);
void job_series_free(struct job_series *series);

/* Adds what the worker of this number (from 0) handed over. */
void job_series_add(
	struct job_series *series, unsigned worker, const struct worker_interval *interval);

/* A worker that is over: its window. started_ns of 0: it had none. */
void job_series_end_worker(
	struct job_series *series, unsigned worker, uint64_t started_ns, uint64_t ended_ns);

/* So many intervals are complete: all workers that are still at work have passed them. */
size_t job_series_known(const struct job_series *series);

/* How many there are from `first` on that could not be told apart: 1 or more. */
size_t job_series_joined(const struct job_series *series, size_t first);

/* Takes so many intervals, from `first` on, out of the series, as one: its times are not set. */
void job_series_take(struct job_series *series, size_t first, size_t count,
	struct result_interval *into, struct arena *arena);

/*
 * What is kept of it, once all workers have ended: nothing is to be added after that. `origin_ns`
 * is where its intervals begin. No series (interval_ns is 0) where no worker had a window.
 */
struct result_series job_series_finish(
	struct job_series *series, uint64_t origin_ns, struct arena *arena);

#endif
