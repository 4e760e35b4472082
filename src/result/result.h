/* SPDX-License-Identifier: MIT */
/*
 * What a run measured: plain data. Made by run/, or read from a file by result_read; writers and
 * verdicts see no difference between the two. Texts belong to result.arena.
 */
#ifndef RESULT_RESULT_H
#define RESULT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/io_op.h"
#include "base/settings.h"
#include "document/formats.h"
#include "result/result_direction.h"
#include "result/tally.h"
#include "text/page_options.h"

#define RESULT_SCHEMA "ringside-result/1"

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

struct result_disk { /* delta of /proc/diskstats over the window */
	const char *name;
	uint64_t read_ios, write_ios, read_sectors, write_sectors;
	uint64_t read_merges, write_merges, read_ticks_ms, write_ticks_ms, in_queue_ms;
	double utilisation_percent;
};

struct result_job {
	const char *name;
	const char *description; /* or NULL */
	unsigned group;
	unsigned numjobs; /* clones merged into this entry (group_reporting), else 1 */
	struct settings options;
	const char *engine;
	struct settings engine_effective;
	struct settings engine_refused;
	struct settings engine_proof;
	size_t target_count;
	struct result_target *targets;
	uint64_t started_ns; /* window start, since the run's start */
	uint64_t elapsed_ns; /* the measured window: ramp, layout and teardown are outside */
	int error; /* 0, or the errno that ended the job, or that continue_on_error passed over */
	const char *error_message;
	int first_error;         /* of the first I/O that failed, ignored or not; 0: none did */
	uint64_t unreturned_ios; /* sent, and not back when the job was given up */
	uint64_t oldest_unreturned_ns; /* since when the oldest of them is out */
	/* A worker hangs in the kernel: what it would have counted at its end is not known, which
	 * is cpu, syscalls, punts, switches, mean depth (0) and submit_share. */
	bool lacks_costs;
	struct result_direction directions[DIRECTION_COUNT];
	struct result_latency
		closing_syncs; /* of the syncs, those of end_fsync and fsync_on_close */
	struct result_cpu cpu;
	uint64_t syscalls;
	bool knows_punts; /* false: no tracepoint to count them by */
	uint64_t punts;   /* I/Os that the kernel handed to io-wq threads */
	uint64_t voluntary_switches;
	uint64_t involuntary_switches;
	/* Means over turns of the hot loop. */
	unsigned depth_asked;
	double depth_mean; /* in flight, averaged over time; 0: not known */
	unsigned depth_max;
	double batch_submit_mean;
	double batch_reap_mean;
	struct tally depths;       /* in flight once an I/O was sent, it among them: of all I/Os */
	struct tally submit_sizes; /* I/Os that a submission took */
	struct tally reap_sizes;   /* completions that a look found, 0 too */
	unsigned batch_submit_asked;
	unsigned batch_complete_min_asked;
	double first_fifth_share; /* of its I/Os, in the window's first fifth; 0: unknown */
	double submit_share;      /* of the time, spent inside submit; negative: not measured */
	size_t percentile_count;
	double *percentiles; /* ascending: what to print and write */
};

struct result_warning {
	const char *code;    /* "depth-ignored": stable, for programs */
	const char *message; /* a sentence for people */
	const char *job;     /* or NULL: of the run */
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
	int signal; /* 0, or the signal that ended the run early */
	struct result_environment environment;
	size_t warning_count;
	struct result_warning *warnings;
	size_t job_count;
	struct result_job *jobs;
	size_t disk_count;
	struct result_disk *disks;
};

/* An empty result of this ringside: version, git and compiler are filled in. */
void result_init(struct result *result);
void result_free(struct result *result);

/* Copies the texts; `job` may be NULL. */
void result_warn(struct result *result, const char *job, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

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

bool result_is_paced(const struct result_direction *direction);

/* Per second of the window; NaN ("not known") when the window is empty. */
double result_iops(const struct result_job *job, enum io_direction direction);
double result_bytes_per_second(const struct result_job *job, enum io_direction direction);
/* The costs are NaN, too, where they are not known. CPU seconds in a second of the window. */
double result_cores(const struct result_job *job);
/* I/Os (data) per CPU second; NaN when no CPU time was counted. */
double result_iops_per_core(const struct result_job *job);
/* A counter of the whole job by its data I/Os; NaN when there were none. */
double result_per_io(const struct result_job *job, uint64_t counter);

/* The block sizes that a job's options ask for: bssplit before bsrange before bs; NULL: not told.
 */
const char *result_block_sizes(const struct settings *options);

#define RESULT_PERCENTILE_BYTES 32
/* The shortest text of a percentile: "50", "99.9". Returns text. */
char *result_percentile_key(char text[RESULT_PERCENTILE_BYTES], double percent);

/*
 * Merges the jobs of a group into one entry (group_reporting): counters and histograms add, the
 * window is from the first start to the last end, the name is the first job's, options that
 * differ are listed as "8k,16k". Depths add too, being those of the whole group (depth_max is
 * then an upper bound). Allocates from result->arena; `from` and its histograms stay as they were.
 */
void result_merge_job(
	struct result *result, struct result_job *into, const struct result_job *from);

/*
 * Writers: each writes a whole document. They return 0 or -errno of the stream. No figure that is
 * not known is printed: it is null in JSON, empty in CSV, a dash in text.
 */
#define RESULT_WRITER_LIST(WRITER)                                                                 \
	WRITER("text", NULL, write_text) /* a screen a job, a summary */                           \
	WRITER("summary", NULL, write_summary)                                                     \
	WRITER("json", "JSON", result_write_json)                                                  \
	WRITER("csv", "CSV", write_csv) /* a row a job and direction */                            \
	WRITER("markdown", "Markdown", write_markdown)                                             \
	WRITER("fio-json", "JSON in fio's layout", write_fio_json)                                 \
	WRITER("hdr-log", "a histogram log (HdrHistogram)", write_hdr_log)

#define RESULT_WRITER_DECLARE(name, as, function)                                                  \
	int function(const struct result *result, FILE *stream);
RESULT_WRITER_LIST(RESULT_WRITER_DECLARE)

/* The same with other options than page_options_of(stream). */
int write_text_with(const struct result *result, const struct page_options *options, FILE *stream);
int write_summary_with(
	const struct result *result, const struct page_options *options, FILE *stream);

extern const struct document_formats result_formats;

/*
 * Reads a document that result_write_json wrote: writing it again gives the same text. `result` is
 * made here (no result_init before) and freed by result_free, also after a failure. Problems go to
 * diag with `path`; returns 0, or -EINVAL (not ours, truncated, damaged, of a newer schema) or
 * -errno of reading. Keys that are not known are skipped.
 */
int result_read(const char *path, struct result *result, struct diag *diag);

/* The same from memory; `path` is for the messages only. `text` needs no NUL at its end. */
int result_read_memory(const char *path, const char *text, size_t length, struct result *result,
	struct diag *diag);

#endif
