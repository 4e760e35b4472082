/* SPDX-License-Identifier: MIT */
/*
 * The series of a wave: one for each entry of the result, which may be of several workers
 * (group_reporting). The supervisor collects what workers hand over while they are at work.
 */
#ifndef RUN_WAVE_SERIES_H
#define RUN_WAVE_SERIES_H

#include "run/crew.h"
#include "run/job_recent.h"
#include "run/job_series.h"

/* More intervals than these are not kept of a whole wave, but 100 of each job. */
enum { WAVE_INTERVALS_LIMIT = 20000 };

struct wave_member {
	unsigned entry;  /* in `entries` */
	unsigned number; /* among the workers of the entry */
	bool has_ended;  /* and all that it left was collected */
};

/* Periods that are told as they are complete. */
struct wave_status {
	struct job_series series; /* of the same workers */
	size_t told_count;
};

typedef void wave_status_teller(void *context, const struct result_interval_line *line);

struct wave_series {
	unsigned member_count;
	struct wave_member *members;
	unsigned entry_count; /* 0: there are no series */
	struct job_series *entries;
	struct planned_job *const *jobs;
	struct wave_status *statuses; /* of the entries; NULL: nothing is told */
	struct job_recent *recents;   /* likewise; NULL: nobody looks */
};

/*
 * Before the crew is gathered: tells the planned jobs which intervals they have. `length_ns` of 0:
 * none, and then the others do nothing.
 */
void wave_series_plan(struct wave_series *series, struct planned_job *const *jobs, unsigned count,
	uint64_t length_ns, struct arena *arena);

/* After that: what is to be told by wave_series_tell, of so many intervals each. */
void wave_series_plan_status(struct wave_series *series, uint64_t period_ns, struct arena *arena);

/* Likewise: the last second of each entry is kept for those who look. */
void wave_series_plan_recent(struct wave_series *series, struct arena *arena);

/*
 * Tells what is complete by now, and was not told. The entries are numbers `first_entry` and so on
 * of the run's, which began at `origin_ns`.
 */
void wave_series_tell(struct wave_series *series, const struct crew *crew, size_t first_entry,
	uint64_t origin_ns, wave_status_teller *tell, void *context);

/* How often to collect, so that no worker has to wait with its intervals. */
uint64_t wave_series_period(const struct wave_series *series);

/* What was handed over until now. */
void wave_series_collect(struct wave_series *series, struct crew *crew);

/* All latencies of reads, writes and trims, in the intervals that are known, of the entry that
 * this member is of. */
struct wave_latency {
	uint64_t count;
	double sum_ns;
};
struct wave_latency wave_series_latency(const struct wave_series *series, unsigned member);

/* After crew_disband: the rest, of those who hang too. */
void wave_series_close(struct wave_series *series, struct crew *crew);

/* After that: the series of the entry that begins with this member; else none. */
struct result_series wave_series_of(
	struct wave_series *series, const struct crew *crew, unsigned member, struct arena *arena);

void wave_series_free(struct wave_series *series);

#endif
