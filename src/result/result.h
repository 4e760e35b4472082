/* SPDX-License-Identifier: MIT */
/* What a run measured: plain data. Made by run/, or read from a file by result_read; writers and
 * verdicts see no difference between the two. Texts belong to result.arena. */
#ifndef RESULT_RESULT_H
#define RESULT_RESULT_H

#include <stdbool.h>
#include <time.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/io_op.h"
#include "base/settings.h"
#include "result/result_direction.h"
#include "result/result_goals.h"
#include "result/result_ranks.h"
#include "result/result_series.h"
#include "result/result_verify.h"

#define RESULT_SCHEMA "ringside-result/1"

struct result_job {
	const char *name;
	const char *description; /* or NULL */
	unsigned group;
	unsigned numjobs; /* clones merged into this entry (group_reporting), else 1 */
	struct settings options, written; /* effective; as written in its section, not stored */
	const char *engine;
	struct settings engine_effective, engine_refused, engine_proof;
	size_t target_count, target_room; /* room: result_merge_job's */
	struct result_target *targets;
	uint64_t started_ns; /* window start, since the run's start */
	uint64_t elapsed_ns; /* the measured window: ramp, layout and teardown are outside */
	int error; /* 0, or the errno that ended the job, or that continue_on_error passed over */
	const char *error_message;
	int first_error;         /* of the first I/O that failed, ignored or not; 0: none did */
	uint64_t unreturned_ios; /* sent, and not back when the job was given up */
	uint64_t oldest_unreturned_ns; /* since when the oldest of them is out */
	/* A worker hangs in the kernel: its cpu, syscalls, punts, switches, mean depth (0) and
	 * submit_share are not known. */
	bool lacks_costs;
	struct result_direction directions[DIRECTION_COUNT];
	struct result_latency closing_syncs; /* of end_fsync and fsync_on_close */
	struct result_cpu cpu;
	struct result_counts counts[PERF_SCOPE_COUNT];
	uint64_t syscalls, client_syscalls, client_ns; /* client: of rw=echo, in no other cost */
	bool has_zones, knows_punts; /* zonemode=zbd; there is a tracepoint to count punts by */
	uint64_t zone_resets, punts; /* punts: I/Os that the kernel handed to io-wq threads */
	uint64_t voluntary_switches, involuntary_switches;
	unsigned depth_asked;
	double depth_mean; /* in flight, averaged over time; 0: not known */
	unsigned depth_max;
	double batch_submit_mean, batch_reap_mean;
	struct tally depths;       /* in flight once an I/O was sent, it among them: of all I/Os */
	struct tally submit_sizes; /* I/Os that a submission took */
	struct tally reap_sizes;   /* completions that a look found, 0 too */
	unsigned batch_submit_asked;
	unsigned batch_complete_min_asked;
	double first_fifth_share; /* of its I/Os, in the window's first fifth; 0: unknown */
	double submit_share;      /* of the time, spent inside submit; negative: not measured */
	struct result_series series;
	struct result_goals goals;
	struct result_verify *verify;   /* NULL: nothing was to be verified */
	struct result_job_ranks *ranks; /* NULL: of one process */
	size_t percentile_count;
	double *percentiles; /* ascending: what to print and write */
};

struct result_warning {
	const char *code;    /* "depth-ignored": stable, for programs */
	const char *message; /* a sentence for people */
	const char *job;     /* or NULL: of the run */
	const char *ranks;   /* or NULL: of one process */
};

struct result_environment {
	struct settings hard; /* another value: another machine */
	struct settings soft;
};

struct result {
	struct arena arena;
	const char *version, *git, *compiler; /* of the ringside that measured */
	const char *clock;
	double clock_drift_ppm;
	size_t argument_count;
	const char **arguments;
	struct timespec started; /* CLOCK_REALTIME */
	uint64_t seed;
	struct settings global_written; /* as `written` of jobs, in [global] */
	int signal;                     /* 0, or the signal that ended the run early */
	struct result_environment environment;
	size_t warning_count, warning_room; /* room: of those that result_warn has added */
	struct result_warning *warnings;
	size_t job_count;
	struct result_job *jobs;
	size_t disk_count;
	struct result_disk *disks;
	struct result_cluster *cluster; /* NULL: of one process */
};

/* An empty result of this ringside: version, git and compiler are filled in. */
void result_init(struct result *result);
void result_free(struct result *result);

/* Copies the texts; `job` may be NULL. */
void result_warn(struct result *result, const char *job, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Reads a document that result_write_json wrote: writing it again gives the same text. `result` is
 * made here (no result_init before) and freed by result_free, also after a failure. Problems go to
 * diag with `path`; returns 0, or -EINVAL (not ours, truncated, damaged, of a newer schema) or
 * -errno of reading. Keys that are not known are skipped. */
int result_read(const char *path, struct result *result, struct diag *diag);

/* The same from memory; `path` is for the messages only. `text` needs no NUL at its end. */
int result_read_memory(const char *path, const char *text, size_t length, struct result *result,
	struct diag *diag);

#endif
