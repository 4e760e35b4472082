/* SPDX-License-Identifier: MIT */
/* Where the tallies and histograms of a measurement are. */
#include "run/worker_measurement.h"

void worker_measurement_bind(struct worker_measurement *measurement)
{
	struct histogram *next;

	measurement->depths = measurement->tallies;
	measurement->submit_sizes = measurement->depths + measurement->tally_limit;
	measurement->reap_sizes = measurement->submit_sizes + measurement->tally_limit;
	next = (struct histogram *)(measurement->reap_sizes + measurement->tally_limit);
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		struct worker_direction *direction = &measurement->directions[d];

		direction->lat = next++;
		direction->clat = next++;
		direction->slat = next++;
		direction->lag = next++;
		direction->service = next++;
	}
	measurement->closing_syncs = next;
}
