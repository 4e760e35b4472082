/* SPDX-License-Identifier: MIT */
/* A worker's measurements. Written by its thread only, read once that has ended. */
#ifndef RUN_WORKER_MEASUREMENT_H
#define RUN_WORKER_MEASUREMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/io_op.h"
#include "host/cpu_account.h"
#include "measure/histogram.h"

enum { WORKER_ERRNO_LIMIT = 16 };

struct worker_error_count {
	int error; /* errno; 0: unused */
	uint64_t count;
};

/* The measurements of one direction in the window. Written by the worker only. */
struct worker_direction {
	uint64_t ios;
	uint64_t bytes;
	struct histogram *lat;
	struct histogram *clat;
	struct histogram *slat;
	/* For a job with a rate, whose lat starts when an I/O was due: */
	struct histogram *lag;     /* due to sent */
	struct histogram *service; /* sent to done: lat without the lag */
	uint64_t unsent;           /* due in the window, and never sent, or broken off */
	uint64_t short_ios;
	uint64_t ignored; /* of the errors, those that ignore_error names */
	struct worker_error_count errors[WORKER_ERRNO_LIMIT];
};

enum { WORKER_HISTOGRAMS = 5 * DIRECTION_COUNT + 1 };

/* Sent, and not back when the worker was given up. */
struct worker_unreturned {
	uint64_t ios;
	uint64_t oldest_ns; /* since when the oldest of them is out */
};

/* Counters come first, and histograms behind all: one page has what each turn counts. */
struct worker_measurement {
	/* The window, by clock_now(): from the wave's start and the ramp on, to when the last that
	 * it asks for is done. */
	uint64_t started_ns;
	uint64_t ended_ns;
	uint64_t submitted;
	uint64_t reaped;
	uint64_t stamped_turn_ns;   /* turns whose submission was timed, */
	uint64_t stamped_submit_ns; /* and of them, inside submit */
	uint64_t verify_ns;         /* of the window, reading back what was written */
	uint64_t pacing_ns;         /* looking at the clock until an I/O was due, awake */
	double depth_integral;      /* I/Os in flight times ns */
	uint64_t syscalls_before;   /* engine->syscalls when the window opened */
	uint64_t syscalls;
	uint64_t zone_resets;  /* of zones that had data, by trims too */
	int first_error;       /* of the first I/O that failed */
	int64_t punts;         /* -1: not known */
	uint64_t early_reaped; /* in the first fifth of the runtime */
	struct cpu_usage
		cpu; /* rw=echo: the server's, as syscalls; the next two are the client's */
	struct cpu_usage client_cpu;
	uint64_t client_syscalls;
	bool has_server;
	int cpu_number; /* the CPU it ran on at the end */

	/* How often each number up to tally_limit came up: worker_note_sent, worker_note_reaped. */
	unsigned tally_limit;
	uint64_t *depths;       /* I/Os sent, by how many were in flight then, they among them */
	uint64_t *submit_sizes; /* submissions, by how many the engine took */
	uint64_t *reap_sizes;   /* looks for completions, by how many they found */

	struct worker_direction directions[DIRECTION_COUNT];
	struct histogram *closing_syncs; /* of the syncs, those of end_fsync and fsync_on_close */
	uint64_t tallies[];              /* what those three point to; then all histograms */
};

static inline size_t worker_tally_bytes(unsigned tally_limit)
{
	return 3 * (size_t)tally_limit * sizeof(uint64_t);
}

static inline size_t worker_measurement_bytes(unsigned tally_limit)
{
	return sizeof(struct worker_measurement) + worker_tally_bytes(tally_limit) +
	       WORKER_HISTOGRAMS * sizeof(struct histogram);
}

/* Makes the pointers of a measurement with tally_limit set, of so many bytes. */
void worker_measurement_bind(struct worker_measurement *measurement);

/* A submission, with which so many are in flight; and a look for completions. */
static inline void worker_note_sent(
	struct worker_measurement *measurement, unsigned count, unsigned in_flight)
{
	measurement->submitted += count;
	measurement->depths[in_flight] += count;
	measurement->submit_sizes[count]++;
}

static inline void worker_note_reaped(struct worker_measurement *measurement, unsigned count)
{
	measurement->reaped += count;
	measurement->reap_sizes[count]++;
}

#endif
