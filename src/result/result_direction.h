/* SPDX-License-Identifier: MIT */
/* Parts of result.h, plain data: what was measured of a job, and of each of its directions. */
#ifndef RESULT_RESULT_DIRECTION_H
#define RESULT_RESULT_DIRECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "host/perf_counter.h"
#include "measure/histogram.h"

enum { RESULT_ERROR_NAMES_LIMIT = 16 };

/* A latency of one direction: summary always; buckets only where asked for (else NULL). */
struct result_latency {
	struct latency_summary summary;
	const struct histogram *histogram;
	const struct result_latency *summed_for; /* merging: whose own sum that is */
};

struct result_error_count {
	int error;        /* errno, or an NVMe status (nvme_status.h) */
	const char *name; /* "EIO"; of a passthrough command: the NVMe status in words */
	uint64_t count;
};

/* Of a direction with a rate, whose lat is from when an I/O was due. */
struct result_pace {
	double iops_asked; /* one of the two; both 0: it has none */
	double bytes_per_second_asked;
	uint64_t unsent;               /* due in the window, and never sent, or broken off */
	struct result_latency lag;     /* from due to sent; with buckets */
	struct result_latency service; /* from sent to done: lat without the lag; with buckets */
};

/* I/Os whose submission was timed, where it was not timed for all: the same ones in both, whose
 * slat and clat add up to their lat. Of io_uring, which submits and waits in one call, one turn
 * in 64, past 65,536 turns one in 512. */
struct result_sample {
	struct result_latency slat;
	struct result_latency clat;
};

/* I/Os of one priority, of those that a job sends with several. */
struct result_priority {
	unsigned class, level; /* of ioprio_set(2); both 0: the thread's, which has none */
	struct result_latency lat;
};

struct result_direction {
	uint64_t ios;
	uint64_t bytes;
	uint64_t short_ios;
	uint64_t runtime_ns; /* its part of the window; 0: all of it */
	/* Without a rate slat and clat add up to lat; each is of as many I/Os, or of none. */
	struct result_latency slat; /* submission; none: it is the I/O, or was not timed for all */
	struct result_latency clat; /* submission to completion; with buckets where slat is known */
	struct result_latency lat;  /* from before the submission; always with buckets */
	struct result_sample sample;
	struct result_pace pace;
	size_t priority_count; /* 0: all have one */
	struct result_priority *priorities;
	size_t error_count;
	struct result_error_count errors[RESULT_ERROR_NAMES_LIMIT];
	uint64_t ignored_errors; /* of them, that ignore_error names: no failures */
};

struct result_target {
	const char *path;
	const char *kind;        /* target_kind_name */
	uint64_t bytes;          /* capacity or file size; UINT64_MAX: no end (null in JSON) */
	const char *file_system; /* or NULL */
	const char *device;      /* "nvme0n1": the whole disk behind it; or NULL */
};

struct result_cpu {
	uint64_t user_ns; /* of the worker: share of own_ns as the kernel splits it */
	uint64_t system_ns;
	uint64_t helper_ns; /* kernel threads that worked for it: iou-sqp, iou-wrk */
	uint64_t total_ns;  /* user + system + helper; exact */
	uint64_t pacing_ns; /* not in them: of a job with a rate, awake until an I/O was due */
};

/* By the CPU's counters, in user mode or in the kernel: of the worker and of its helpers. */
struct result_counts {
	bool is_known;         /* false: the rest is 0 but for `missing` */
	uint64_t instructions; /* where others had the counters for a while: scaled up */
	uint64_t cycles;
	double counted_share; /* of the time; 1: not scaled */
	const char *missing;  /* why it is not known, and what would help; NULL: not told */
};

struct result_disk { /* delta of /proc/diskstats over the window */
	const char *name;
	uint64_t read_ios, write_ios, read_sectors, write_sectors;
	uint64_t read_merges, write_merges, read_ticks_ms, write_ticks_ms, in_queue_ms;
	double utilisation_percent;
};

/* How often each number came up: depths, sizes of batches. What did not is left out. */
struct tally_item {
	uint64_t value;
	uint64_t count; /* not 0 */
};

struct tally {
	size_t count;             /* 0: not known, or there was nothing */
	struct tally_item *items; /* by value, ascending */
};

/* counts[n] is how often n came up, for n below `limit`. */
struct tally tally_make(const uint64_t *counts, size_t limit, struct arena *arena);

/* The two together; they stay as they were. */
struct tally tally_merge(const struct tally *a, const struct tally *b, struct arena *arena);

#endif
