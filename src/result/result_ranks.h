/* SPDX-License-Identifier: MIT */
/*
 * Part of result.h, plain data: of a run of many processes (ringside-mpi), what each rank was and
 * did. Figures of a job are of all ranks together; here they are by rank. Sets of ranks are texts:
 * "0-3,7".
 */
#ifndef RESULT_RESULT_RANKS_H
#define RESULT_RESULT_RANKS_H

#include <stddef.h>
#include <stdint.h>

struct result_job;

/* A rank's part of a job: reads, writes and trims together. */
struct result_rank {
	unsigned rank;
	const char *host;
	uint64_t started_ns; /* as the job's, by the clock of rank 0 */
	uint64_t elapsed_ns;
	uint64_t ios, bytes, errors;
	uint64_t p50_ns, p99_ns; /* 0: it has no I/Os */
	double cores;            /* NAN: unknown */
};

/* A job by ranks. The ends of their windows, as IOR's stonewall has them, follow from the rows. */
struct result_job_ranks {
	size_t count;
	struct result_rank *rows; /* by rank, ascending */
	/* What all had done when the first of them was at its end. */
	uint64_t first_end_ns; /* since the run's start */
	uint64_t ios_by_then, bytes_by_then;
};

struct result_member {
	unsigned rank;
	const char *host;
	double clock_lead_ns; /* of the host's time of day, before that of rank 0 */
	uint64_t clock_error_ns;
	size_t job_count;        /* 0: they are not kept (--per-rank) */
	struct result_job *jobs; /* its own */
};

/* What a host's environment has that rank 0's has otherwise. */
struct result_difference {
	const char *key;
	const char *value; /* NULL: nothing */
	const char *ranks;
};

/* It died, or nothing was heard of it any more, and the run was ended. */
struct result_lost {
	unsigned rank;
	const char *host;
};

/* All processes of the run. */
struct result_cluster {
	unsigned rank_count, host_count;
	size_t member_count;
	struct result_member *members; /* by rank, ascending */
	size_t difference_count;
	struct result_difference *differences;
	size_t lost_count;
	struct result_lost *lost;
};

#endif
