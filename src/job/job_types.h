/* SPDX-License-Identifier: MIT */
/* Values of job options that are more than a number or a text: what fields of struct job hold. */
#ifndef JOB_JOB_TYPES_H
#define JOB_JOB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io_op.h"
#include "base/units.h"
#include "load/mix.h"
#include "option/option.h"

enum job_rw {
	RW_READ,
	RW_WRITE,
	RW_TRIM,
	RW_RANDREAD,
	RW_RANDWRITE,
	RW_RANDTRIM,
	RW_READWRITE,
	RW_RANDRW,
	RW_TRIMWRITE,
	RW_RANDTRIMWRITE,
	RW_OPENREAD, /* composite, as the next two: one kind of I/O, of several calls */
	RW_COPY,
	RW_STAT, /* and two more of file names */
	RW_CREATE,
	RW_UNLINK,
	RW_ECHO, /* exchanges with a server: job_echo.h */
};

/* rw=randread:8, rw=read:4k */
struct job_rw_value {
	enum job_rw mode;
	int64_t modifier; /* random: I/Os at consecutive offsets; sequential: bytes to skip */
};

struct job_triple {
	uint64_t value[DATA_DIRECTION_COUNT];
};

struct job_range {
	uint64_t min;
	uint64_t max;
};

struct job_block_sizes {
	struct block_size_spec of[DATA_DIRECTION_COUNT];
};

/* A list of texts, as filename=a:b and directory=a:b are; count 0: not given. */
struct job_texts {
	size_t count;
	const char **texts;
};

/* A range for each direction, as bsrange has; min 0: not given. */
struct job_ranges {
	struct job_range of[DATA_DIRECTION_COUNT];
};

/* bssplit for each direction; NULL: not given. */
struct job_splits {
	const struct block_size_spec *of[DATA_DIRECTION_COUNT];
};

struct job_percentiles {
	size_t count;     /* 0: fio's default list */
	double *percents; /* ascending */
};

struct job_errors {
	size_t count;
	int *errors; /* errno values, or NVMe statuses (nvme_status.h) */
};

/* ignore_error: a list for each kind of I/O. */
struct job_error_lists {
	struct job_errors read, write, verify;
};

struct job_cpus {
	size_t count; /* 0: not given */
	unsigned *cpus;
};

enum job_file_service { FILE_SERVICE_ROUNDROBIN, FILE_SERVICE_RANDOM, FILE_SERVICE_SEQUENTIAL };
struct job_file_service_value {
	enum job_file_service kind;
	uint32_t ios_per_file; /* roundrobin:8 */
};
/* What of the job is in the result, and how. */
struct job_shown {
	bool disk_util;
	bool stats;  /* 0: its entry is left out */
	int kb_base; /* that its values were read by */
	int unified; /* enum job_unified: unified_rw_reporting */
};

enum job_unified { JOB_UNIFIED_NONE, JOB_UNIFIED_MIXED, JOB_UNIFIED_BOTH };
enum job_generator { GENERATOR_TAUSWORTHE, GENERATOR_TAUSWORTHE64, GENERATOR_LFSR };
enum job_cpus_policy { CPUS_SHARED, CPUS_SPLIT };
enum job_rate_process { RATE_LINEAR, RATE_POISSON };
enum job_exit { EXIT_ENDS_GROUP, EXIT_ENDS_WAVE, EXIT_ENDS_ALL };
enum job_sync_mode { SYNC_NONE, SYNC_SYNC, SYNC_DSYNC };
enum job_error_set { ERRORS_NONE = 0, ERRORS_READ = 1, ERRORS_WRITE = 2, ERRORS_VERIFY = 4 };

/* Variables taken out of the environment, as a shell sets them: "TARGET=/mnt/x"; each once. */
struct job_variables {
	size_t count;
	const char **settings;
};

extern const struct option_table job_option_table; /* of all job options: what `help` prints */

#endif
