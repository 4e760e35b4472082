/* SPDX-License-Identifier: MIT */
/* Figures that every reader of a result derives in the same way. */
#ifndef RESULT_RESULT_FIGURES_H
#define RESULT_RESULT_FIGURES_H

#include "result/result.h"

/* From the start of the run to the end of its last job. */
uint64_t result_run_ns(const struct result *result);

/* The data directions (read, write, trim) of a job together: what "per I/O" divides by. */
uint64_t result_job_ios(const struct result_job *job);
/* I/Os that failed: of one direction; of all of a job's. */
uint64_t result_direction_errors(const struct result_direction *direction);
uint64_t result_job_errors(const struct result_job *job);
/* Of them, those that ignore_error does not name. */
uint64_t result_job_failures(const struct result_job *job);
/* I/Os of its data directions that moved fewer bytes than asked. */
uint64_t result_job_short_ios(const struct result_job *job);
/* Why its figures are none to judge by (it ended in error, I/Os failed or were short), or NULL. */
const char *result_job_fault(const struct result_job *job, struct arena *arena);
/* Whether the job did, or tried to do, anything in this direction. */
bool result_has_direction(const struct result_job *job, enum io_direction direction);

/* Blocks that were written and not judged, for whatever reason. */
uint64_t result_verify_unjudged(const struct result_verify *verify);

bool result_is_paced(const struct result_direction *direction);

/* The part of the window in which a direction was at work: of a job that verifies its writes are
 * not read back meanwhile. */
uint64_t result_runtime_ns(const struct result_job *job, enum io_direction direction);

/* The runtime_ns of two as one: the longer of those that have I/Os; 0: each had all its window. */
uint64_t result_longer_runtime_ns(const struct result_job *one, enum io_direction direction,
	const struct result_job *other, enum io_direction of_other);
/* Per second of it; NaN ("not known") when the window is empty. */
double result_iops(const struct result_job *job, enum io_direction direction);
double result_bytes_per_second(const struct result_job *job, enum io_direction direction);
/* The costs are NaN, too, where they are not known. CPU seconds in a second of the window. */
double result_cores(const struct result_job *job);
/* I/Os (data) per CPU second; NaN when no CPU time was counted. */
double result_iops_per_core(const struct result_job *job);
/* A counter of the whole job by its data I/Os; NaN when there were none. */
double result_per_io(const struct result_job *job, uint64_t counter);
/* By the CPU's counters; PERF_SCOPE_COUNT: in user mode and the kernel together. NaN: unknown. */
double result_instructions_per_io(const struct result_job *job, enum perf_scope scope);
double result_cycles_per_io(const struct result_job *job, enum perf_scope scope);

/* The block sizes that a job's options ask for: bssplit before bsrange before bs; NULL: not told.
 */
const char *result_block_sizes(const struct settings *options);

#define RESULT_PERCENTILE_BYTES 32
/* The shortest text of a percentile: "50", "99.9". Returns text. */
char *result_percentile_key(char text[RESULT_PERCENTILE_BYTES], double percent);

/* Warns of percentiles that rest on next to nothing: "few-samples". */
void result_warn_few_samples(struct result *result, const struct result_job *job);

/*
 * Merges the jobs of a group into one entry (group_reporting): counters and histograms add, the
 * window is from the first start to the last end, the name is the first job's, options that
 * differ are listed as "8k,16k". Depths add too, being those of the whole group (depth_max is
 * then an upper bound). A series is kept if only `into` has one, which is that of the whole group
 * then. Allocates from result->arena; `from` and its histograms stay as they were.
 */
void result_merge_job(
	struct result *result, struct result_job *into, const struct result_job *from);

/* Adds one direction's figures to another's, likewise. */
void result_merge_direction(
	struct arena *arena, struct result_direction *into, const struct result_direction *from);

#endif
