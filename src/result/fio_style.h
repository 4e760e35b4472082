/* SPDX-License-Identifier: MIT */
/* The ways fio prints a result: its writers, and what they need beside it. */
#ifndef RESULT_FIO_STYLE_H
#define RESULT_FIO_STYLE_H

#include <stdio.h>

#include "result/result.h"

/*
 * What `fio --version` says here, and what stands in documents in its place: fio 3.33 is the
 * version whose command line and output ringside has.
 */
#define FIO_VERSION "fio-3.33"

enum { FIO_TERSE_OLDEST = 2, FIO_TERSE_DEFAULT = 3, FIO_TERSE_NEWEST = 5 };

/* --idle-prof: how long CPUs were idle, in percent of the run. */
struct fio_idle {
	double system_percent;
	size_t cpu_count; /* 0: no CPU is told by itself */
	const struct fio_idle_cpu {
		unsigned number;
		double percent;
	} * cpus;
};

struct fio_style {
	/* As fio itself has it: its version, percentiles only where they were asked for. Else the
	 * document says that it is ringside's, and has all of them. */
	bool is_fios_own;
	bool has_bins;               /* json+ */
	const struct fio_idle *idle; /* NULL: was not asked for */
};

/* Each returns 0, or -errno of the stream. */
int write_fio_json_as(const struct result *result, const struct fio_style *style, FILE *stream);

/* A line for each job, of this version's fields (fio's HOWTO, "Terse output"). */
int fio_terse_write(const struct result *result, unsigned version, FILE *stream);

/* Its text for people, without the lines that it prints before a run. */
int fio_normal_write(const struct result *result, const struct fio_style *style, FILE *stream);

/*
 * The bandwidth of all jobs together, a line for each period of the run: "time, KiB/s, direction,
 * 0, 0". By the series of the jobs.
 */
int fio_bandwidth_log_write(
	const struct result *result, uint64_t period_ns, enum io_direction direction, FILE *stream);

#endif
