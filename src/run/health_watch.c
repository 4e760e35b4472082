/* SPDX-License-Identifier: MIT */
/* NVMe health logs around a run. */
#include "run/health_watch.h"

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/block_stack.h"

static int read_health(const char *disk, struct nvme_health *health, struct arena *arena)
{
	AUTO_CLOSE int descriptor =
		open(arena_printf(arena, "/dev/%s", disk), O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return descriptor < 0 ? -1 : nvme_device_health(descriptor, health);
}

static void add_disk(struct health_watch *watch, const char *disk, struct arena *arena)
{
	if (watch->count == HEALTH_WATCH_LIMIT || !text_starts_with(disk, "nvme"))
		return;
	for (unsigned i = 0; i < watch->count; i++) {
		if (strcmp(watch->disks[i], disk) == 0)
			return;
	}
	if (read_health(disk, &watch->before[watch->count], arena) == 0)
		watch->disks[watch->count++] = disk;
}

static void add_target(struct health_watch *watch, const struct target *target, struct arena *arena)
{
	struct block_device disks[BLOCK_STACK_WIDTH_LIMIT];
	size_t count = 0;

	if (target->device != 0 && target->kind != TARGET_CHARACTER)
		count = block_stack_disks(target->device, disks, BLOCK_STACK_WIDTH_LIMIT, arena);
	for (size_t i = 0; i < count; i++)
		add_disk(watch, disks[i].name, arena);
}

void health_watch_start(struct health_watch *watch, struct plan *plan)
{
	*watch = (struct health_watch){0};
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *planned = &plan->jobs[i];

		for (unsigned k = 0; k < planned->target_count; k++) {
			if (!plan_repeats_device(planned, k))
				add_target(watch, &planned->targets[k], &plan->arena);
		}
	}
}

static const char *join(struct arena *arena, const char *list, const char *text)
{
	return list ? arena_printf(arena, "%s; %s", list, text) : text;
}

const char *health_change(
	const struct nvme_health *before, const struct nvme_health *after, struct arena *arena)
{
	const struct {
		uint64_t before, after;
		const char *what;
	} counters[] = {
		{before->media_errors, after->media_errors, "media errors"},
		{before->error_log_entries, after->error_log_entries, "entries in its error log"},
		{before->warning_temperature_minutes, after->warning_temperature_minutes,
			"minutes above its warning temperature"},
		{before->critical_temperature_minutes, after->critical_temperature_minutes,
			"minutes above its critical temperature"},
		{before->throttle_count, after->throttle_count, "times slowed down for heat"},
	};
	unsigned raised = after->critical_warnings & ~before->critical_warnings;
	const char *list = NULL;

	for (unsigned bit = 0; bit < NVME_WARNING_COUNT; bit++) {
		if (raised & 1u << bit)
			list = join(arena, list, nvme_warning_words(bit));
	}
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (counters[i].after > counters[i].before)
			list = join(arena, list,
				arena_printf(arena, "%llu %s",
					(unsigned long long)(counters[i].after -
							     counters[i].before),
					counters[i].what));
	}
	return list;
}

static void add_readings(struct result *result, const char *disk, const struct nvme_health *health)
{
	struct result_settings *soft = &result->environment.soft;
	struct arena *arena = &result->arena;
	struct result_setting *items =
		arena_alloc_array(arena, soft->count + NVME_READING_COUNT, sizeof(*items));

	if (soft->count > 0)
		memcpy(items, soft->items, soft->count * sizeof(*items));
	for (unsigned i = 0; i < NVME_READING_COUNT; i++)
		items[soft->count++] = (struct result_setting){
			.key = arena_printf(
				arena, "now.device.%s.%s_after", disk, nvme_reading_name(i)),
			.value = arena_printf(
				arena, "%lld", (long long)nvme_health_reading(health, i)),
		};
	soft->items = items;
}

void health_watch_stop(const struct health_watch *watch, struct result *result)
{
	for (unsigned i = 0; i < watch->count; i++) {
		struct nvme_health after;
		const char *change;

		if (read_health(watch->disks[i], &after, &result->arena) != 0)
			continue; /* The drive is gone. */
		add_readings(result, watch->disks[i], &after);
		change = health_change(&watch->before[i], &after, &result->arena);
		if (change)
			result_warn(result, NULL, "device-health", "during the run %s reported: %s",
				watch->disks[i], change);
	}
}
