/* SPDX-License-Identifier: MIT */
/*
 * Which of several processes this one is: plain data. A run on MPI has a rank for each process,
 * from 0 on; the plain program is rank 0 of 1. It decides names ($rank, $ranks, $hostname), which
 * part of a shared target a job has (split, run/plan_split.h), whose part it reads (reorder), and
 * its random numbers. What follows from it: job_ranks.h.
 */
#ifndef JOB_JOB_PART_H
#define JOB_JOB_PART_H

#include <stdbool.h>
#include <stdint.h>

struct job_ranks {
	uint32_t rank, count;     /* count 0 and 1: this process is alone */
	const char *const *hosts; /* each rank's host by name; NULL: all of them are on this one */
	uint64_t seed; /* of randrepeat=0, drawn once for all of them; 0: drawn by each */
};

enum job_split { SPLIT_AUTO, SPLIT_SEGMENTS, SPLIT_INTERLEAVED, SPLIT_NONE };

/* A job's part in it. */
struct job_part {
	struct job_ranks ranks;
	uint32_t owner;        /* whose names and part of a target: its own rank, or by reorder */
	int split;             /* enum job_split */
	uint32_t reorder;      /* 0: jobs that only read read what their own rank wrote */
	const uint8_t *scopes; /* enum job_name_scope of each of filename; resolved */
};

#endif
