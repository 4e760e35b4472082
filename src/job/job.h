/* SPDX-License-Identifier: MIT */
/*
 * A job as it will run: typed, resolved, checked; plain data. Made by job_set_read (job_set.h);
 * fields bear fio's option names where they mean the same.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/io_op.h"
#include "base/settings.h"
#include "engine/engine.h"
#include "job/job_entries.h"
#include "job/job_order.h"
#include "job/job_part.h"
#include "job/job_rare.h"
#include "job/job_types.h"
#include "load/pacer.h"
#include "load/pattern.h"
#include "load/payload.h"

/* Values as they were written; resolving makes others of them. */
struct job_given {
	struct job_triple bs;      /* with bsrange and bssplit of job_rare: block_sizes */
	struct job_texts filename; /* count 0: names are made up by filename_format */
	uint64_t randseed;
	int random_generator; /* enum job_generator: read for fio's sake, see its help */
};

/* Entries that hold for a job: of each option that is set the last one, in the table's order. */
struct job_entries {
	size_t count;
	struct job_entry **items;
};

struct job_origin {
	const struct job_section *section;
	struct job_entries own;    /* by job_option_table */
	struct job_entries engine; /* by the table of the job's engine */
};

struct job {
	/* who */
	const char *name; /* the section */
	const char *description;
	struct place place;   /* of the section's head, or the command line */
	unsigned clone;       /* $jobnum: 0..numjobs-1 */
	unsigned group;       /* reporting group; stonewall and new_group begin another */
	unsigned wave;        /* stonewall: waves run one after the other */
	struct job_part part; /* among the ranks of a run on many hosts */
	struct job_given given;
	const struct job_origin *origin;
	const struct job_rare *rare; /* what few set: jobs have it in common, or one of their own */
	bool owns_rare;              /* job_own_rare has made it one of its own */

	/* workload */
	struct job_rw_value rw;
	uint32_t rwmixread;                 /* rwmixwrite is resolved into it */
	struct job_block_sizes block_sizes; /* bs, bsrange, bssplit resolved */
	bool bs_unaligned;
	struct job_triple blockalign; /* 0: the smallest block size */
	struct extent size, io_size;
	struct extent offset, offset_increment;
	uint64_t number_ios; /* 0: no limit */
	uint32_t loops;
	bool norandommap;
	bool randrepeat;
	uint64_t randseed;       /* effective seed of this clone */
	uint64_t visited_blocks; /* pattern_spec's; no option: of jobs that ringside makes itself */
	struct job_triple percentage_random;
	uint32_t fsync, fdatasync;
	bool end_fsync;
	bool fsync_on_close;
	int sync; /* enum job_sync_mode */

	/* targets */
	struct job_texts filename; /* resolved: what this clone opens, in order */
	struct job_texts directory;
	const char *filename_format;
	uint32_t nrfiles;
	struct job_range filesize; /* 0: size / nrfiles */
	uint32_t openfiles;        /* 0: all */
	struct job_file_service_value file_service_type;
	bool direct, invalidate;
	int fallocate; /* target_layout.fallocate_mode */
	bool create_on_open;
	bool allow_file_create;
	bool unlink;
	bool overwrite;

	/* engine */
	const char *ioengine;
	const struct engine_class *engine;
	void *engine_options; /* the engine's own struct; NULL when it has none */
	uint32_t iodepth;
	uint32_t iodepth_batch_submit;
	uint32_t iodepth_batch_complete_min;
	uint32_t iodepth_batch_complete_max;
	uint32_t iodepth_low;

	/* jobs and time */
	uint32_t numjobs;
	bool thread;
	bool group_reporting;
	bool new_group;
	bool stonewall;
	struct job_order order; /* what it waits for, and ends */
	uint64_t startdelay_ns; /* of this clone */
	uint64_t runtime_ns;    /* 0: no limit */
	uint64_t ramp_time_ns;
	bool time_based;
	struct job_triple rate;            /* bytes a second; 0: as fast as it goes */
	struct job_triple rate_iops;       /* I/Os a second; likewise */
	struct job_triple rate_total;      /* the same of all clones together */
	struct job_triple rate_iops_total; /* likewise */
	int rate_process;                  /* enum job_rate_process */
	struct job_cpus cpus_allowed;
	int cpus_allowed_policy; /* enum job_cpus_policy */

	/* data */
	bool refill_buffers, zero_buffers, scramble_buffers;
	const struct byte_pattern *buffer_pattern; /* NULL: none */
	uint32_t buffer_compress_percentage, dedupe_percentage;
	struct job_content content;

	/* measurement */
	struct job_percentiles percentile_list;
	bool clat_percentiles, lat_percentiles, slat_percentiles;
	bool gtod_reduce;
	struct job_shown shown;
	struct job_assertions assertions; /* of `ringside check` */

	/* safety */
	bool readonly;
	bool strict_engine;    /* an engine that is not what was asked is an error */
	int continue_on_error; /* enum job_error_set bits */
};

/* For it to be changed: the job's own from now on, not that of others. */
struct job_rare *job_own_rare(struct job *job, struct arena *arena);

/*
 * Where the option of this name (of the job's or the engine's table) was set, for a message about
 * it; the section's head when nobody set it. Never NULL.
 */
const struct place *job_place(const struct job *job, const char *option);

/* The entry that set the option of this name, or NULL. */
struct job_entry *job_entry_of(const struct job *job, const char *name);

/* Whether a file or the command line set it; else it has its default. */
bool job_sets(const struct job *job, const char *option);

/* Effective options of one job (job and engine tables), for the result and for --dry-run. */
struct settings job_settings(const struct job *job, struct arena *arena);

/* The job's operations, derived from rw. */
bool job_reads(const struct job *job);
bool job_writes(const struct job *job); /* writes or trims: what the write guard cares about */
bool job_does(const struct job *job, enum io_direction direction);
bool job_trims_and_writes(const struct job *job); /* trimwrite: each block, by two I/Os */
bool job_is_random(const struct job *job);
/* Whether it is in the entry of the result that the job before it is in. */
bool job_continues_entry(const struct job *job, const struct job *before);
bool job_runs_by_time(const struct job *job); /* time_based, and there is a runtime */

/* The least and the largest block of all that the job does. */
struct job_range job_block_range(const struct job *job);

/* The rate of one direction, without a seed; both of its rates 0: it has none. */
struct pacer_spec job_pace_of(const struct job *job, enum io_direction direction);
bool job_has_rate(const struct job *job, enum io_direction direction);

/* Whether each I/O has a time at which it is due: all directions have a rate, and nothing else
 * holds it back. Otherwise a rate is a limit, and I/Os have no times. */
bool job_is_paced(const struct job *job);
bool job_is_limited(const struct job *job);
bool job_is_held(const struct job *job);              /* by a rate, pauses, or a flow */
const char *job_pacing_option(const struct job *job); /* that gives it those; NULL: none does */

/* The one operation of rw=openread, copy, stat, create and unlink; IO_OP_COUNT for all others. */
enum io_op job_composite_op(const struct job *job);
bool job_is_of_whole_files(const struct job *job); /* all but copy: block sizes do not matter */
bool job_moves_no_bytes(const struct job *job);    /* stat, create, unlink */

/* The effective job as a section of a job file that reads back as the same job, for --dry-run.
 * Clones after the first are part of the first one's section and print nothing. */
void job_print(const struct job *job, FILE *stream);

#endif
