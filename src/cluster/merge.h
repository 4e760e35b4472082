/* SPDX-License-Identifier: MIT */
/*
 * Results of ranks into one: what each rank adds of itself, and how two become one. Pure: the
 * messages are cluster.c's.
 */
#ifndef CLUSTER_MERGE_H
#define CLUSTER_MERGE_H

#include "cluster/clock_offset.h"
#include "result/result.h"

/* Who measured, and by which clock. */
struct merge_rank {
	unsigned rank;
	const char *host;
	double clock_lead_ns;
	uint64_t clock_error_ns;
	bool keeps_jobs;  /* as they are, besides */
	int64_t shift_ns; /* from this rank's start of the run to that of all */
};

/* The end of the first window of each job, by the times of all: UINT64_MAX where there is none. */
void merge_first_ends(const struct result *result, int64_t shift_ns, uint64_t *ends, size_t count);

/* Makes of a rank's own result a part of the whole; `ends` are those of all ranks. */
void merge_begin(struct result *result, const struct merge_rank *rank, const uint64_t *ends,
	size_t end_count);

/* Adds the ranks of another part, which must live as long as the whole: they are all above. */
void merge_add(struct result *into, struct result *from);

/* A rank of which there is no part, unless it came before the rank was lost. */
void merge_lost(struct result *result, unsigned rank, const char *host);

/* Once all are in. */
void merge_end(struct result *result);

#endif
