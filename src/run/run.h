/* SPDX-License-Identifier: MIT */
/* Runs a job set from plan to result. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "host/cpu_idle.h"
#include "job/job_set.h"
#include "result/result.h"
#include "run/live_jobs.h"
#include "run/log_files.h"

/* For whom a run is a part of something larger: called about 20 times a second in each wave. */
struct run_follower {
	/* By clock_now(), and the sums over all workers; returns false to end the run. */
	bool (*look)(void *context, uint64_t now_ns, uint64_t ios, uint64_t bytes);
	void *context;
};

/* For whom intervals are told while the run goes on. */
struct run_status {
	uint64_t period_ns; /* a whole number of intervals; 0: nobody */
	/* Each period of each job, once all of its workers are past it. Texts are the run's. */
	void (*tell)(void *context, const struct result_interval_line *line);
	void *context;
};

/* For whom the run so far is a result, too: while there are intervals (interval_ns). */
struct run_snapshots {
	uint64_t period_ns; /* since the run's start; 0: nobody */
	/* All of its jobs: those that are over, those that run as they were at the end of their
	 * last interval, those to come without figures. It lasts for the call. */
	void (*tell)(void *context, const struct result *result);
	void *context;
};

/* How long CPUs were idle while jobs ran: two readings. */
struct run_idle {
	struct arena arena; /* the caller's to free */
	struct cpu_idle before, after;
};

struct run_options {
	const char *const *destroy; /* values of --destroy */
	size_t destroy_count;
	size_t argument_count; /* of the command line, for the result */
	const char *const *arguments;
	bool is_quiet;            /* no progress line */
	bool keeps_ranks;         /* of several processes: each one's own jobs in the result */
	bool is_live;             /* a screen (live_screen.h) in its place */
	uint64_t interval_ns;     /* of the series of each job; 0: none */
	uint32_t turns;           /* descriptor of the board of a comparison (turns.h); 0: none */
	const char *state_folder; /* of verify_state_save; NULL: the current one */
	struct run_status status;
	struct run_snapshots snapshots;
	struct live_listener live;
	struct live_viewer *viewers;         /* while there are intervals; NULL: none */
	const struct run_follower *follower; /* NULL: none */
	struct run_idle *idle;               /* filled in; NULL: is not asked for */
	struct log_files *logs; /* planned of the set; filled in. NULL: none are written */
};

/*
 * Plans, lays out, runs wave after wave, and fills `result` (initialised here; the caller frees
 * it). Returns an exit code: EXIT_BAD_REQUEST when the plan was refused (nothing was written, the
 * result has no jobs), EXIT_INCOMPARABLE when the kernel refused an engine, EXIT_RUN_FAILED on an
 * I/O error, 128 + n when a signal ended it. In the last three the result is complete and valid.
 * But for EXIT_BAD_REQUEST the signals that end a run are still caught: a Ctrl-C that comes when it
 * is over shall not cost the result. stop_signal_release() is the caller's, once it is written.
 */
int run_job_set(const struct job_set *set, const struct run_options *options, struct result *result,
	struct diag *diag);

/* Whether run_job_set would refuse its plan, reported: EXIT_BAD_REQUEST or EXIT_DONE. */
int run_refuse(const struct job_set *set, const struct run_options *options, struct diag *diag);

#endif
