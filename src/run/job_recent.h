/* SPDX-License-Identifier: MIT */
/*
 * What the workers of one entry of the result have handed over, for those who look while they are
 * at work: all of it, and the intervals of the last second apart. By the supervisor.
 */
#ifndef RUN_JOB_RECENT_H
#define RUN_JOB_RECENT_H

#include "run/job_series.h"

enum {
	JOB_RECENT_SLOTS = 32, /* intervals that are kept: 10 make a second at the most */
	JOB_RECENT_LATE = 8,   /* a worker that is so many behind the others is not waited for */
};

struct recent_worker {
	uint64_t
		next; /* all intervals before this one were handed over; UINT64_MAX: it has ended */
	uint64_t in_flight; /* at the end of the last */
};

struct recent_slot {
	uint64_t index; /* the interval that it is of */
	struct series_figures directions[DIRECTION_COUNT];
};

struct job_recent {
	uint64_t length_ns; /* of an interval */
	uint64_t next;      /* of all workers, the furthest */
	unsigned worker_count;
	struct recent_worker *workers;
	struct series_figures all[DIRECTION_COUNT];
	struct recent_slot slots[JOB_RECENT_SLOTS];
};

void job_recent_init(struct job_recent *recent, unsigned worker_count, uint64_t length_ns);
void job_recent_free(struct job_recent *recent);

/* Figures of all directions: freed, and zeroed. */
void job_recent_clear(struct series_figures figures[DIRECTION_COUNT]);

/* Adds what the worker of this number (from 0) handed over. */
void job_recent_add(
	struct job_recent *recent, unsigned worker, const struct worker_interval *interval);
void job_recent_end_worker(struct job_recent *recent, unsigned worker);

/* So many intervals are complete, as far as workers are waited for. */
uint64_t job_recent_known(const struct job_recent *recent);

/* Of the workers that have not ended. */
uint64_t job_recent_in_flight(const struct job_recent *recent);

/*
 * Sums up the complete intervals of the last second, one at least where there is one, into what is
 * empty (by DIRECTION_COUNT); its histograms are to be freed. Returns how long they are in ns.
 */
uint64_t job_recent_second(const struct job_recent *recent, struct series_figures *into);

#endif
