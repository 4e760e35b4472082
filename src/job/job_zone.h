/* SPDX-License-Identifier: MIT */
/* zonemode and what belongs to it. */
#ifndef JOB_JOB_ZONE_H
#define JOB_JOB_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

enum job_zone_mode { ZONES_NONE, ZONES_STRIDED, ZONES_ZBD };

struct job_zones {
	int mode; /* enum job_zone_mode */
	uint64_t size_bytes;
	uint64_t range_bytes; /* strided: resolved, where it is not given, to the size */
	struct extent skip;
	/* zbd: */
	uint64_t capacity_bytes; /* 0: the size */
	bool read_beyond_pointer, write_remainder, recover_error;
	uint32_t max_open, job_max_open; /* 0: no limit of the job file's */
	bool ignore_limits;
	double reset_threshold, reset_frequency;
};

#endif
