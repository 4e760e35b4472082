/* SPDX-License-Identifier: MIT */
/*
 * How far the clocks of ranks are apart. A rank asks its parent in the tree for the time, some
 * times over: where the answer was made half way between question and answer, the difference is
 * that of the clocks, and it is wrong by half of the time in between at most. The median of these
 * differences is taken, within the bounds that all of them together leave. Along the tree
 * differences and errors add up.
 */
#ifndef CLUSTER_CLOCK_OFFSET_H
#define CLUSTER_CLOCK_OFFSET_H

#include <stddef.h>
#include <stdint.h>

enum { CLOCK_OFFSET_SAMPLES = 16 };

struct clock_sample {
	uint64_t asked_ns, answered_ns; /* by the clock of who asks */
	uint64_t other_ns;              /* the answer, by the other's */
};

struct clock_offset {
	int64_t offset_ns; /* the other clock's lead */
	uint64_t error_ns; /* it is no further from that */
};

struct clock_offset clock_offset_estimate(const struct clock_sample *samples, size_t count);

#endif
