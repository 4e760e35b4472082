/* SPDX-License-Identifier: MIT */
/* Interrupts of the disks during a wave. */
#include "run/interrupt_watch.h"

#include <string.h>

#include "host/block_device.h"
#include "host/interrupts.h"

#define INTERRUPTED_SHARE 0.01 /* of the I/Os: what a neighbour on the disk may cause */

static unsigned find(const struct interrupt_watch *watch, const char *disk)
{
	unsigned i = 0;

	while (i < watch->count && strcmp(watch->disks[i], disk) != 0)
		i++;
	return i;
}

static void add_target(
	struct interrupt_watch *watch, const struct target *target, struct arena *arena)
{
	struct block_device device;

	if (target->device == 0 || target->kind == TARGET_CHARACTER ||
		watch->count == INTERRUPT_WATCH_LIMIT ||
		block_device_read(target->device, &device, arena) < 0 ||
		find(watch, device.disk) < watch->count)
		return;
	watch->disks[watch->count] = device.disk;
	watch->devices[watch->count] = device.disk_number;
	watch->interrupts[watch->count] = interrupts_of_device(device.disk_number, arena);
	watch->count++;
}

void interrupt_watch_start(struct interrupt_watch *watch, struct planned_job *const *jobs,
	unsigned count, struct arena *arena)
{
	*watch = (struct interrupt_watch){0};
	for (unsigned i = 0; i < count; i++) {
		for (unsigned k = 0; k < jobs[i]->target_count; k++) {
			if (!plan_repeats_device(jobs[i], k))
				add_target(watch, &jobs[i]->targets[k], arena);
		}
	}
}

void interrupt_watch_stop(struct interrupt_watch *watch, struct arena *arena)
{
	for (unsigned i = 0; i < watch->count; i++) {
		int64_t before = watch->interrupts[i];
		int64_t after = interrupts_of_device(watch->devices[i], arena);

		/* Of a drive that is gone, or was reset, nothing can be told. */
		watch->interrupts[i] = before == INTERRUPTS_UNKNOWN || after < before
					       ? INTERRUPTS_UNKNOWN
					       : after - before;
	}
}

/* Of all disks that the job stands on. */
static int64_t sum_of(const struct interrupt_watch *watch, const struct result_job *job)
{
	bool is_added[INTERRUPT_WATCH_LIMIT] = {false};
	int64_t sum = INTERRUPTS_UNKNOWN;

	for (size_t i = 0; i < job->target_count; i++) {
		const char *disk = job->targets[i].device;
		unsigned k = disk ? find(watch, disk) : watch->count;

		if (k == watch->count || is_added[k] || watch->interrupts[k] == INTERRUPTS_UNKNOWN)
			continue;
		is_added[k] = true;
		sum = (sum == INTERRUPTS_UNKNOWN ? 0 : sum) + watch->interrupts[k];
	}
	return sum;
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
		int64_t interrupts = sum_of(watch, job);

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
