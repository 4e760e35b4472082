/* SPDX-License-Identifier: MIT */
/* Interrupts of the disks during a wave. */
#include "run/interrupt_watch.h"

#include <string.h>

#include "host/block_device.h"
#include "host/interrupts.h"

#define INTERRUPTED_SHARE 0.01 /* of the I/Os: what a neighbour on the disk may cause */

/* Whether there is room for it. */
static bool add_disk(struct disk_interrupts *counts, dev_t disk)
{
	for (unsigned i = 0; i < counts->disk_count; i++) {
		if (counts->disks[i] == disk)
			return true;
	}
	if (counts->disk_count == INTERRUPT_WATCH_LIMIT)
		return false;
	counts->disks[counts->disk_count++] = disk;
	return true;
}

/* Whether there are any, and all are listed: a part of them would be a wrong count. */
static bool list_disks(
	struct disk_interrupts *counts, const struct planned_job *job, struct arena *arena)
{
	struct block_device device;

	for (unsigned k = 0; k < job->target_count; k++) {
		const struct target *target = &job->targets[k];

		if (!plan_repeats_device(job, k) && target->device != 0 &&
			target->kind != TARGET_CHARACTER &&
			block_device_read(target->device, &device, arena) == 0 &&
			!add_disk(counts, device.disk_number))
			return false;
	}
	return counts->disk_count > 0;
}

static bool has_same_disks(const struct disk_interrupts *a, const struct disk_interrupts *b)
{
	return a->disk_count == b->disk_count &&
	       memcmp(a->disks, b->disks, a->disk_count * sizeof(a->disks[0])) == 0;
}

/* Where in the watch the disks of `job` stand; they are added. */
static unsigned watch_job(
	struct interrupt_watch *watch, const struct planned_job *job, struct arena *arena)
{
	struct disk_interrupts counts = {0};

	if (!list_disks(&counts, job, arena))
		return INTERRUPT_WATCH_LIMIT;
	for (unsigned i = 0; i < watch->count; i++) {
		if (has_same_disks(&watch->counts[i], &counts))
			return i;
	}
	if (watch->count == INTERRUPT_WATCH_LIMIT)
		return INTERRUPT_WATCH_LIMIT;
	counts.interrupts = interrupts_of_devices(counts.disks, counts.disk_count, arena);
	watch->counts[watch->count] = counts;
	return watch->count++;
}

/* Clones by the hundred: to ask for each what its device stands on takes seconds. */
static bool is_on_same_device(const struct planned_job *a, const struct planned_job *b)
{
	return a->target_count == 1 && b->target_count == 1 &&
	       a->targets[0].kind == b->targets[0].kind &&
	       a->targets[0].device == b->targets[0].device;
}

void interrupt_watch_start(struct interrupt_watch *watch, struct planned_job *const *jobs,
	unsigned count, struct arena *arena)
{
	*watch = (struct interrupt_watch){
		.of_job = arena_alloc_array(arena, count, sizeof(*watch->of_job))};
	for (unsigned i = 0; i < count; i++)
		watch->of_job[i] = i > 0 && is_on_same_device(jobs[i - 1], jobs[i])
					   ? watch->of_job[i - 1]
					   : watch_job(watch, jobs[i], arena);
}

void interrupt_watch_stop(struct interrupt_watch *watch, struct arena *arena)
{
	for (unsigned i = 0; i < watch->count; i++) {
		struct disk_interrupts *counts = &watch->counts[i];
		int64_t before = counts->interrupts;
		int64_t after = interrupts_of_devices(counts->disks, counts->disk_count, arena);

		/* Of a drive that is gone, or was reset, nothing can be told. */
		counts->interrupts = before == INTERRUPTS_UNKNOWN || after < before
					     ? INTERRUPTS_UNKNOWN
					     : after - before;
	}
}

static bool polls(const struct result_job *job)
{
	const char *flags = result_setting_value(&job->engine_effective, "setup_flags");

	return flags && strstr(flags, "IOPOLL");
}

static void add_proof(struct result *result, struct result_job *job, int64_t interrupts)
{
	struct result_settings *proof = &job->engine_proof;
	struct result_setting *items =
		arena_alloc_array(&result->arena, proof->count + 1, sizeof(*items));

	if (proof->count > 0)
		memcpy(items, proof->items, proof->count * sizeof(*items));
	items[proof->count++] = (struct result_setting){.key = "device_interrupts",
		.value = arena_printf(&result->arena, "%lld", (long long)interrupts)};
	proof->items = items;
}

void interrupt_watch_report(const struct interrupt_watch *watch, struct result_job *results,
	unsigned count, struct result *result)
{
	bool all_poll = true;

	for (unsigned i = 0; i < count; i++)
		all_poll = all_poll && polls(&results[i]);
	for (unsigned i = 0; i < count; i++) {
		struct result_job *job = &results[i];
		unsigned k = watch->of_job[i];
		int64_t interrupts =
			k < watch->count ? watch->counts[k].interrupts : INTERRUPTS_UNKNOWN;

		if (interrupts == INTERRUPTS_UNKNOWN || job->elapsed_ns == 0)
			continue;
		add_proof(result, job, interrupts);
		if (all_poll && result_per_io(job, (uint64_t)interrupts) > INTERRUPTED_SHARE)
			result_warn(result, job->name, "iopoll-interrupts",
				"polled I/O was asked for, but the device raised %lld interrupts: "
				"not all of it was polled",
				(long long)interrupts);
	}
}
