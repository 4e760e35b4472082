/* SPDX-License-Identifier: MIT */
/* What a job's verification needs to know before it runs. */
#ifndef RUN_VERIFY_PLAN_H
#define RUN_VERIFY_PLAN_H

#include <stdbool.h>

#include "verify/stamp.h"

struct state_section;

struct verify_plan {
	struct stamp_source source;    /* the run, and the job's number in it */
	uint32_t unit_bytes;           /* of the log: all writes begin and end at multiples of it */
	struct state_section *section; /* of the state file; NULL: it is not saved */
	const struct state_section *loaded; /* what an earlier run has left; or NULL */
	bool is_narrow;                     /* the log has a byte for each unit: else 4 */
};

#endif
