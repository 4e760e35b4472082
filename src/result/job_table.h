/* SPDX-License-Identifier: MIT */
/* The figures of a job, and of a whole run side by side, as tables. */
#ifndef RESULT_JOB_TABLE_H
#define RESULT_JOB_TABLE_H

#include "result/result.h"
#include "text/grid.h"

/* A percentile with fewer samples above it is not known well enough to print. */
enum { PERCENTILE_SAMPLES_NEEDED = 10 };

/* A table without rows, its first columns IOPS, BW, mean and these percentiles. */
void job_table_begin(struct grid *grid, struct arena *arena, size_t row_limit,
	const double *percentiles, size_t count);

/*
 * A row for each direction the job did something in, and one each for slat and clat where their
 * percentiles were asked for. May have no rows.
 */
void job_table(struct grid *grid, struct arena *arena, const struct result_job *job);

/*
 * A row for each job, or one for each of its data directions ("mixed read", "mixed write"): reads
 * and writes have no common latency. The costs are the job's, and stand in its first row.
 */
void job_table_of_run(struct grid *grid, struct arena *arena, const struct result *result);

/* text_job.c: one job on a page of text. `arena` for what is only needed while writing. */
void text_job(const struct result_job *job, struct arena *arena, struct page *page);

/* text_verify.c: what came of its verification. */
void text_verify(const struct result_job *job, struct page *page);

#endif
