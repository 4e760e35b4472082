/* SPDX-License-Identifier: MIT */
/* zonemode and what belongs to it. */
#ifndef JOB_JOB_ZONE_H
#define JOB_JOB_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

enum job_zone_mode { ZONES_NONE, ZONES_STRIDED };

struct job_zones {
	int mode; /* enum job_zone_mode */
	uint64_t size_bytes;
	uint64_t range_bytes; /* strided: resolved, where it is not given, to the size */
	struct extent skip;
};

#endif
