/* SPDX-License-Identifier: MIT */
#include "load/pacer.h"

static double ns_for_one(double per_second)
{
	return per_second > 0 ? 1e9 / per_second : 0;
}

void pacer_init(struct pacer *pacer, const struct pacer_spec *spec)
{
	*pacer = (struct pacer){
		.ns_per_io = ns_for_one(spec->ios_per_second),
		.ns_per_byte = ns_for_one(spec->bytes_per_second),
		.is_poisson = spec->is_poisson,
	};
	random_init(&pacer->random, spec->seed);
}

uint64_t pacer_count_until(const struct pacer *pacer, double end_ns, double mean_bytes)
{
	double gap_ns = pacer->ns_per_io + pacer->ns_per_byte * mean_bytes;

	if (pacer->due_ns >= end_ns || gap_ns <= 0)
		return 0;
	return (uint64_t)ceil((end_ns - pacer->due_ns) / gap_ns);
}
