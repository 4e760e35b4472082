/* SPDX-License-Identifier: MIT */
/*
 * When an I/O is due: rate, rate_iops, rate_process. The schedule knows nothing of completions: an
 * I/O that a slow one held up is sent late, and none is left out, so that a stall shows in all
 * those that it delayed.
 */
#ifndef LOAD_PACER_H
#define LOAD_PACER_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

struct pacer_spec { /* one of the two rates; both 0: everything is due at once */
	double ios_per_second;
	double bytes_per_second;
	bool is_poisson; /* arrivals of many that do not know of each other; else at even distances
			  */
	uint64_t seed;
};

struct pacer {
	double due_ns; /* of the next I/O, from the start of the schedule: the first is due at 0 */
	double ns_per_io;
	double ns_per_byte;
	bool is_poisson;
	struct random random;
};

static inline void pacer_init(struct pacer *pacer, const struct pacer_spec *spec)
{
	*pacer = (struct pacer){.is_poisson = spec->is_poisson};
	if (spec->ios_per_second > 0)
		pacer->ns_per_io = 1e9 / spec->ios_per_second;
	if (spec->bytes_per_second > 0)
		pacer->ns_per_byte = 1e9 / spec->bytes_per_second;
	random_init(&pacer->random, spec->seed);
}

/* The I/O that was due, of so many bytes, is sent: on to the next. */
static inline void pacer_advance(struct pacer *pacer, uint32_t bytes)
{
	double gap_ns = pacer->ns_per_io + pacer->ns_per_byte * bytes;

	if (pacer->is_poisson)
		gap_ns *= -log(1 - random_unit(&pacer->random));
	pacer->due_ns += gap_ns;
}

/* How many are due from the next one until `end_ns`, being of so many bytes; of a Poisson process
 * how many are to be expected. */
static inline uint64_t pacer_count_until(
	const struct pacer *pacer, double end_ns, double mean_bytes)
{
	double gap_ns = pacer->ns_per_io + pacer->ns_per_byte * mean_bytes;

	if (pacer->due_ns >= end_ns || gap_ns <= 0)
		return 0;
	return (uint64_t)ceil((end_ns - pacer->due_ns) / gap_ns);
}

#endif
