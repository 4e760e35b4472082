/* SPDX-License-Identifier: MIT */
/* A few blocks, read again. */
#include "run/data_sample.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/target_open.h"
#include "host/block_device.h"
#include "host/nvme.h"

enum {
	BLOCKS_READ = 64, /* of all targets of a job */
	BLOCK_BYTES = 4096,
};

#define LONGEST_NS (100 * NS_PER_MS)

/* One value of 8 bytes, repeated. */
static bool is_constant(const uint8_t *block, size_t bytes)
{
	return bytes > sizeof(uint64_t) &&
	       memcmp(block, block + sizeof(uint64_t), bytes - sizeof(uint64_t)) == 0;
}

static bool is_sampled(const struct planned_job *planned)
{
	const struct job *job = planned->job;

	return job->clone == 0 && job_reads(job) && !job_writes(job) &&
	       !job_is_of_whole_files(job) && planned->pair_count == 0;
}

/* Blocks of one target, while there is time. */
static void sample_target(struct planned_job *planned, unsigned index, unsigned count,
	struct random *random, uint64_t deadline_ns)
{
	const struct pattern_spec *region = &planned->regions[index];
	struct target target = planned->targets[index];
	AUTO_FREE uint8_t *block = aligned_alloc(BLOCK_BYTES, BLOCK_BYTES);
	uint64_t blocks = region->region_bytes / BLOCK_BYTES;

	target.guard = NULL;
	target.descriptor = -1;
	if (!block || blocks == 0 ||
		target_open(&target, TARGET_READS | (planned->job->direct ? TARGET_DIRECT : 0)) !=
			0)
		return;
	for (unsigned i = 0; i < count && clock_now() < deadline_ns; i++) {
		uint64_t at = random_below(random, blocks) * BLOCK_BYTES;

		if (pread(target.descriptor, block, BLOCK_BYTES,
			    (off_t)(region->region_offset + at)) != BLOCK_BYTES)
			continue; /* An odd offset, or a medium error: no figure is of this. */
		planned->found.blocks++;
		planned->found.constant_blocks += is_constant(block, BLOCK_BYTES);
	}
	target_close(&target);
}

/* A drive's own count of the blocks that it keeps data of; of whole namespaces only. */
static void ask_drive(struct planned_job *planned, struct arena *arena)
{
	const struct target *target = &planned->targets[0];
	struct block_device device;
	uint64_t blocks, used;
	int descriptor;

	if (target->kind != TARGET_BLOCK || planned->target_count != 1 ||
		block_device_find(target->device, &device, arena) != 0 || device.is_partition ||
		strncmp(device.name, "nvme", strlen("nvme")) != 0)
		return;
	descriptor = block_device_open(target->path, target->device, 0);
	if (descriptor < 0)
		return;
	if (nvme_device_usage(descriptor, &blocks, &used) == 0 && blocks > 0) {
		planned->found.knows_used = true;
		planned->found.used_share = (double)used / (double)blocks;
	}
	close(descriptor);
}

static bool is_stored(const struct target *target)
{
	return (target->kind == TARGET_FILE || target->kind == TARGET_BLOCK) && target->path &&
	       target->device != 0 && !target->is_kernel_interface;
}

void data_sample_take(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct planned_job *planned = &plan->jobs[i];
		unsigned each = BLOCKS_READ / planned->target_count;
		uint64_t deadline_ns = clock_now() + LONGEST_NS;
		struct random random;

		if (!is_sampled(planned))
			continue;
		random_init(&random, random_mix_seed(planned->job->randseed, i));
		for (unsigned k = 0; k < planned->target_count && k < BLOCKS_READ; k++) {
			if (is_stored(&planned->targets[k]))
				sample_target(
					planned, k, each > 0 ? each : 1, &random, deadline_ns);
		}
		ask_drive(planned, &plan->arena);
	}
}
