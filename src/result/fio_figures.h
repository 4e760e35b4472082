/* SPDX-License-Identifier: MIT */
/*
 * A result's figures by fio's definitions, from which its JSON, its text and its terse lines are
 * made. Source: fio stat.c (calc_lat, stat_calc_dist), its HOWTO ("Interpreting the output").
 */
#ifndef RESULT_FIO_FIGURES_H
#define RESULT_FIO_FIGURES_H

#include "result/result.h"

enum { FIO_LEVELS = 7, FIO_SHARES_NS = 10, FIO_SHARES_US = 10, FIO_SHARES_MS = 12 };

/* Of rates, sample by sample. */
struct fio_spread {
	uint64_t samples; /* 0: the rest is 0 */
	uint64_t least, greatest;
	double mean, deviation;
};

struct fio_rate {
	uint64_t bytes_per_second, runtime_ms;
	double iops;
	uint64_t whole_iops; /* the same, rounded down */
};

struct fio_cpu {
	uint64_t runtime_ms; /* of all clones together */
	bool is_known;       /* else the rest is 0 */
	double user_percent, system_percent;
	uint64_t switches;
};

/* I/Os of all data directions by latency, in percent: exclusive upper bounds of each unit, 2, 4,
 * 10, … 1000, and of ms 2000 and more. */
struct fio_shares {
	double ns[FIO_SHARES_NS], us[FIO_SHARES_US], ms[FIO_SHARES_MS];
};

enum fio_latency_kind { FIO_LATENCY_SLAT, FIO_LATENCY_CLAT, FIO_LATENCY_LAT };

/* Runs that fio would put into one status group. */
struct fio_group {
	uint64_t bytes, bytes_per_second;
	uint64_t least, greatest;              /* bytes/s of its entries */
	uint64_t least_run_ms, longest_run_ms; /* both 0: no entry did this */
};

/* Rounded, but never to nothing: readers divide by it. */
uint64_t fio_figures_ms(uint64_t time_ns);
struct fio_rate fio_figures_rate(const struct result_job *job, enum io_direction direction);

/* By the whole intervals of the job's series; of a job that has none, one: the window. */
struct fio_spread fio_figures_bandwidth(
	const struct result_job *job, enum io_direction direction); /* KiB/s */
struct fio_spread fio_figures_iops(const struct result_job *job, enum io_direction direction);

struct fio_group fio_figures_group(
	const struct result *result, unsigned group, enum io_direction direction);
/* The mean bandwidth's percentage of the group's, 100 at most. */
double fio_figures_of_group(const struct fio_spread *bandwidth, const struct fio_group *group);

struct fio_cpu fio_figures_cpu(const struct result_job *job);

/* In percent of I/Os, of submissions, of looks for completions. */
void fio_figures_depths(const struct result_job *job, double percent[static FIO_LEVELS]);
void fio_figures_submissions(const struct result_job *job, double percent[static FIO_LEVELS]);
void fio_figures_completions(const struct result_job *job, double percent[static FIO_LEVELS]);

struct fio_shares fio_figures_shares(const struct result_job *job);

/* fio does not count the syncs at the end of a job. `buckets` is room for the histogram. */
struct result_latency fio_figures_syncs(const struct result_job *job, struct histogram *buckets);

/* slat is nothing where clat is all of lat (fio_latency_of_completion). */
const struct result_latency *fio_figures_latency(
	const struct result_direction *direction, enum fio_latency_kind kind);
/* Whether the job's options ask for its percentiles; by default for those of clat. */
bool fio_figures_has_percentiles(const struct result_job *job, enum fio_latency_kind kind);
/* How many of its priorities have I/Os: fio tells them apart from two on. */
unsigned fio_figures_priorities(const struct result_direction *direction);
/* Whether it goes on after errors, or had some: then fio counts them. */
bool fio_figures_counts_errors(const struct result_job *job);

#endif
