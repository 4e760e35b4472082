/* SPDX-License-Identifier: MIT */
/*
 * Whether the buffers and maps of all jobs that run at once fit into memory: they are filled before
 * the start, and the kernel would not refuse them but kill some program to make room.
 */
#include <errno.h>

#include "base/units.h"
#include "host/host_limits.h"
#include "run/plan.h"

static uint64_t buffers_bytes(const struct planned_job *planned)
{
	const struct engine_class *engine = planned->job->engine;
	uint64_t depth = planned->job->iodepth, largest = 0;

	if (engine->traits & ENGINE_IS_SYNCHRONOUS)
		depth = 1;
	else if (engine->depth_limit != 0 && depth > engine->depth_limit)
		depth = engine->depth_limit;
	for (unsigned i = 0; i < planned->target_count; i++) {
		if (planned->regions[i].largest_io_bytes > largest)
			largest = planned->regions[i].largest_io_bytes;
	}
	return depth * largest;
}

static uint64_t maps_bytes(const struct planned_job *planned)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct pattern_spec *region = &planned->regions[i];

		if (region->each_block_once && region->has_several_sizes)
			bytes += block_map_bytes(region->region_bytes / region->block_bytes);
	}
	return bytes;
}

int plan_check_memory(const struct plan *plan, uint64_t available_bytes, struct diag *diag)
{
	char text[UNITS_TEXT_BYTES];
	uint64_t needed = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct job *job = plan->jobs[i].job;
		uint64_t maps = maps_bytes(&plan->jobs[i]);

		if (i > 0 && job->wave != plan->jobs[i - 1].job->wave)
			needed = 0;
		needed += buffers_bytes(&plan->jobs[i]) + maps;
		if (needed <= available_bytes)
			continue;
		units_format_bytes(text, (double)available_bytes);
		diag_error(diag, &job->place,
			"the I/O buffers%s of the jobs that run at once need more than the %s of "
			"memory that are available",
			maps > 0 ? ", and the maps of blocks of several sizes," : "", text);
		diag_hint(diag,
			"lower numjobs, iodepth or bs%s; or raise the limit of the control "
			"group (memory.max), if that is what binds",
			maps > 0 ? "; or norandommap=1" : "");
		return -EINVAL;
	}
	return 0;
}
