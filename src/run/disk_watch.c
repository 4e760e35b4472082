/* SPDX-License-Identifier: MIT */
/* Disk utilisation over a run. */
#include "run/disk_watch.h"

#include <string.h>

#include "base/clock.h"
#include "host/block_queue.h"

static bool is_listed(const struct disk_watch *watch, const char *name)
{
	for (unsigned i = 0; i < watch->count; i++) {
		if (strcmp(watch->names[i], name) == 0)
			return true;
	}
	return false;
}

/* Without, as of the one device for several paths to an NVMe drive, its counters stand still. */
static bool counts(const char *disk, struct arena *arena)
{
	struct block_queue queue;

	block_queue_read(disk, &queue, arena);
	return queue.io_statistics != 0;
}

static void add_disk(struct disk_watch *watch, struct plan *plan, dev_t number)
{
	struct block_device device;

	if (number == 0 || watch->count == DISK_WATCH_LIMIT)
		return;
	if (block_device_read(number, &device, &plan->arena) != 0 || !device.disk)
		return;
	if (is_listed(watch, device.disk) || !counts(device.disk, &plan->arena))
		return;
	if (disk_counters_read(device.disk, &watch->before[watch->count]) == 0)
		watch->names[watch->count++] = device.disk;
}

void disk_watch_start(struct disk_watch *watch, struct plan *plan)
{
	dev_t last = 0; /* Clones are on one device, which need not be looked at for each. */

	*watch = (struct disk_watch){0};
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *planned = &plan->jobs[i];

		for (unsigned k = 0; planned->job->disk_util && k < planned->target_count; k++) {
			const struct target *target = &planned->targets[k];

			if ((target->kind != TARGET_BLOCK && target->kind != TARGET_FILE) ||
				target->device == last)
				continue;
			add_disk(watch, plan, target->device);
			last = target->device;
		}
	}
	watch->started_ns = clock_now();
}

static double percent_busy(uint64_t io_ticks_ms, uint64_t elapsed_ns)
{
	double percent = elapsed_ns > 0 ? (double)io_ticks_ms * 1e8 / (double)elapsed_ns : 0;

	return percent > 100 ? 100 : percent; /* ticks are rounded up to jiffies */
}

void disk_watch_stop(const struct disk_watch *watch, struct result *result)
{
	uint64_t elapsed_ns = clock_now() - watch->started_ns;

	result->disks = arena_alloc_array(&result->arena, watch->count, sizeof(*result->disks));
	for (unsigned i = 0; i < watch->count; i++) {
		const struct disk_counters *before = &watch->before[i];
		struct disk_counters after;

		if (disk_counters_read(watch->names[i], &after) != 0)
			continue; /* the disk is gone */
		result->disks[result->disk_count++] = (struct result_disk){
			.name = arena_strdup(&result->arena, watch->names[i]),
			.read_ios = after.read_ios - before->read_ios,
			.write_ios = after.write_ios - before->write_ios,
			.read_sectors = after.read_sectors - before->read_sectors,
			.write_sectors = after.write_sectors - before->write_sectors,
			.read_merges = after.read_merges - before->read_merges,
			.write_merges = after.write_merges - before->write_merges,
			.read_ticks_ms = after.read_ticks_ms - before->read_ticks_ms,
			.write_ticks_ms = after.write_ticks_ms - before->write_ticks_ms,
			.in_queue_ms = after.in_queue_ms - before->in_queue_ms,
			.utilisation_percent =
				percent_busy(after.io_ticks_ms - before->io_ticks_ms, elapsed_ns),
		};
	}
}
