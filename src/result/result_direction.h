/* SPDX-License-Identifier: MIT */
/* What was measured of one direction of a job: plain data, part of result.h. */
#ifndef RESULT_RESULT_DIRECTION_H
#define RESULT_RESULT_DIRECTION_H

#include <stddef.h>
#include <stdint.h>

#include "measure/histogram.h"

enum { RESULT_ERROR_NAMES_LIMIT = 16 };

/* A latency of one direction: summary always; buckets only where asked for (else NULL). */
struct result_latency {
	struct latency_summary summary;
	const struct histogram *histogram;
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

/*
 * I/Os whose submission was timed, where it was not timed for all: the same ones in both, whose
 * slat and clat add up to their lat. Of io_uring, which submits and waits in one call, one turn
 * in 64.
 */
struct result_sample {
	struct result_latency slat;
	struct result_latency clat;
};

struct result_direction {
	uint64_t ios;
	uint64_t bytes;
	uint64_t short_ios;
	/* Without a rate slat and clat add up to lat; each is of as many I/Os as lat, or of none.
	 */
	struct result_latency slat; /* submission; none: it is the I/O, or was not timed for all */
	struct result_latency clat; /* submission to completion; with buckets where slat is known */
	struct result_latency lat;  /* from before the submission; always with buckets */
	struct result_sample sample;
	struct result_pace pace;
	size_t error_count;
	struct result_error_count errors[RESULT_ERROR_NAMES_LIMIT];
	uint64_t ignored_errors; /* of them, that ignore_error names: no failures */
};

#endif
