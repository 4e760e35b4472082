/* SPDX-License-Identifier: MIT */
/* The median of what questions and answers show, within their bounds. */
#include "cluster/clock_offset.h"

#include <stdlib.h>

static int compare_offsets(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

struct clock_offset clock_offset_estimate(const struct clock_sample *samples, size_t count)
{
	int64_t offsets[CLOCK_OFFSET_SAMPLES], least = INT64_MIN, most = INT64_MAX, median;

	count = count < CLOCK_OFFSET_SAMPLES ? count : CLOCK_OFFSET_SAMPLES;
	if (count == 0)
		return (struct clock_offset){0, UINT64_MAX};
	for (size_t i = 0; i < count; i++) {
		const struct clock_sample *sample = &samples[i];
		/* The answer was made after the question, and before it was here. */
		int64_t high = (int64_t)(sample->other_ns - sample->asked_ns);
		int64_t low = (int64_t)(sample->other_ns - sample->answered_ns);

		offsets[i] = low + (high - low) / 2;
		least = low > least ? low : least;
		most = high < most ? high : most;
	}
	qsort(offsets, count, sizeof(offsets[0]), compare_offsets);
	median = offsets[count / 2];
	/* A clock that was set meanwhile contradicts itself: then nothing bounds the median. */
	if (least > most)
		return (struct clock_offset){median, (uint64_t)(least - most)};
	median = median < least ? least : median > most ? most : median;
	return (struct clock_offset){median,
		(uint64_t)(most - median > median - least ? most - median : median - least)};
}
