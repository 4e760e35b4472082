/* SPDX-License-Identifier: MIT */
/* Devices around a run and during a wave. */
#include "run/watch.h"

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "host/block_device.h"
#include "host/kernel_counter.h"
#include "host/sysfs.h"
#include "result/result_figures.h"

#define INTERRUPTED_SHARE 0.01 /* of the I/Os: what a neighbour on the disk may cause */

/* Whether there is room for another name, which is not listed yet. */
static bool is_new(const char *const *names, unsigned count, const char *name)
{
	return !text_is_listed(name, names, count) && count < WATCH_LIMIT;
}

/* Without, as of the one device for several paths to an NVMe drive, its counters stand still. */
static bool keeps_counters(const char *disk, struct arena *arena)
{
	return sysfs_number(arena, 1, "/sys/block/%s/queue/iostats", disk) != 0;
}

static void add_disk(struct watch *watch, struct plan *plan, dev_t number)
{
	struct block_device device;

	if (number == 0 || block_device_find(number, &device, &plan->arena) != 0 || !device.disk ||
		!is_new(watch->disks, watch->disk_count, device.disk) ||
		!keeps_counters(device.disk, &plan->arena))
		return;
	if (kernel_counter_disk(device.disk, &watch->counters[watch->disk_count]) == 0)
		watch->disks[watch->disk_count++] = device.disk;
}

static int read_health(const char *drive, struct nvme_health *health, struct arena *arena)
{
	AUTO_CLOSE int descriptor =
		open(arena_printf(arena, "/dev/%s", drive), O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return descriptor < 0 ? -1 : nvme_device_health(descriptor, health);
}

/* The NVMe drives that a target stands on. */
static void add_drives(struct watch *watch, struct plan *plan, dev_t number)
{
	struct block_device disks[BLOCK_DEVICE_WIDTH_LIMIT];
	size_t count = block_device_disks(number, disks, BLOCK_DEVICE_WIDTH_LIMIT, &plan->arena);

	for (size_t i = 0; i < count; i++) {
		const char *name = disks[i].name;

		if (text_starts_with(name, "nvme") &&
			is_new(watch->drives, watch->drive_count, name) &&
			read_health(name, &watch->health[watch->drive_count], &plan->arena) == 0)
			watch->drives[watch->drive_count++] = name;
	}
}

void watch_start(struct watch *watch, struct plan *plan)
{
	dev_t last_disk = 0; /* Clones are on one device, which need not be looked at for each. */

	*watch = (struct watch){0};
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *planned = &plan->jobs[i];

		for (unsigned k = 0; k < planned->target_count; k++) {
			const struct target *target = &planned->targets[k];

			if (!plan_repeats_device(planned, k) && target->device != 0 &&
				target->kind != TARGET_CHARACTER)
				add_drives(watch, plan, target->device);
			if (!planned->job->shown.disk_util || target->device == last_disk ||
				(target->kind != TARGET_BLOCK && target->kind != TARGET_FILE))
				continue;
			add_disk(watch, plan, target->device);
			last_disk = target->device;
		}
	}
	watch->started_ns = clock_now();
}

static double percent_busy(uint64_t io_ticks_ms, uint64_t elapsed_ns)
{
	double percent = elapsed_ns > 0 ? (double)io_ticks_ms * 1e8 / (double)elapsed_ns : 0;

	return percent > 100 ? 100 : percent; /* ticks are rounded up to jiffies */
}

void watch_report_disks(const struct watch *watch, struct result *result)
{
	uint64_t elapsed_ns = clock_now() - watch->started_ns;

	result->disks =
		arena_alloc_array(&result->arena, watch->disk_count, sizeof(*result->disks));
	for (unsigned i = 0; i < watch->disk_count; i++) {
		const struct disk_counters *before = &watch->counters[i];
		struct disk_counters after;

		if (kernel_counter_disk(watch->disks[i], &after) != 0)
			continue; /* the disk is gone */
		result->disks[result->disk_count++] = (struct result_disk){
			.name = arena_strdup(&result->arena, watch->disks[i]),
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

static const char *join(struct arena *arena, const char *list, const char *text)
{
	return list ? arena_printf(arena, "%s; %s", list, text) : text;
}

const char *watch_health_change(
	const struct nvme_health *before, const struct nvme_health *after, struct arena *arena)
{
	const struct {
		int64_t before, after;
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
	int64_t raised = after->critical_warnings & ~before->critical_warnings;
	const char *list = NULL;

	for (unsigned bit = 0; bit < NVME_WARNING_COUNT; bit++) {
		if (raised >> bit & 1)
			list = join(arena, list, nvme_warning_words(bit));
	}
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (counters[i].after > counters[i].before)
			list = join(arena, list,
				arena_printf(arena, "%lld %s",
					(long long)(counters[i].after - counters[i].before),
					counters[i].what));
	}
	return list;
}

static void report_health(const struct watch *watch, struct result *result)
{
	struct arena *arena = &result->arena;

	for (unsigned i = 0; i < watch->drive_count; i++) {
		const char *drive = watch->drives[i], *change;
		struct nvme_health after;

		if (read_health(drive, &after, arena) != 0)
			continue; /* The drive is gone. */
		for (unsigned k = 0; k < NVME_READING_COUNT; k++)
			settings_printf(&result->environment.soft, arena,
				arena_printf(arena, "now.device.%s.%s_after", drive,
					nvme_reading_name(k)),
				"%lld", (long long)nvme_health_reading(&after, k));
		change = watch_health_change(&watch->health[i], &after, arena);
		if (change)
			result_warn(result, NULL, "device-health", "during the run %s reported: %s",
				drive, change);
	}
}

void watch_stop(const struct watch *watch, struct result *result)
{
	watch_report_disks(watch, result);
	report_health(watch, result);
}

/* Whether there is room for it. */
static bool add_number(struct watch_disks *counts, dev_t disk)
{
	for (unsigned i = 0; i < counts->disk_count; i++) {
		if (counts->disks[i] == disk)
			return true;
	}
	if (counts->disk_count == WATCH_LIMIT)
		return false;
	counts->disks[counts->disk_count++] = disk;
	return true;
}

/* Whether there are any, and all are listed: a part of them would be a wrong count. */
static bool list_disks(
	struct watch_disks *counts, const struct planned_job *job, struct arena *arena)
{
	struct block_device device;

	for (unsigned k = 0; k < job->target_count; k++) {
		const struct target *target = &job->targets[k];

		if (!plan_repeats_device(job, k) && target->device != 0 &&
			target->kind != TARGET_CHARACTER &&
			block_device_find(target->device, &device, arena) == 0 &&
			!add_number(counts, device.disk_number))
			return false;
	}
	return counts->disk_count > 0;
}

static bool has_same_disks(const struct watch_disks *a, const struct watch_disks *b)
{
	return a->disk_count == b->disk_count &&
	       memcmp(a->disks, b->disks, a->disk_count * sizeof(a->disks[0])) == 0;
}

/* Where in the watch the disks of `job` stand; they are added. */
static unsigned watch_job(
	struct watch_interrupts *watch, const struct planned_job *job, struct arena *arena)
{
	struct watch_disks counts = {0};

	if (!list_disks(&counts, job, arena))
		return WATCH_LIMIT;
	for (unsigned i = 0; i < watch->count; i++) {
		if (has_same_disks(&watch->counts[i], &counts))
			return i;
	}
	if (watch->count == WATCH_LIMIT)
		return WATCH_LIMIT;
	counts.interrupts = kernel_counter_interrupts(counts.disks, counts.disk_count, arena);
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

void watch_interrupts_start(struct watch_interrupts *watch, struct planned_job *const *jobs,
	unsigned count, struct arena *arena)
{
	*watch = (struct watch_interrupts){
		.of_job = arena_alloc_array(arena, count, sizeof(*watch->of_job))};
	for (unsigned i = 0; i < count; i++)
		watch->of_job[i] = i > 0 && is_on_same_device(jobs[i - 1], jobs[i])
					   ? watch->of_job[i - 1]
					   : watch_job(watch, jobs[i], arena);
}

void watch_interrupts_stop(struct watch_interrupts *watch, struct arena *arena)
{
	for (unsigned i = 0; i < watch->count; i++) {
		struct watch_disks *counts = &watch->counts[i];
		int64_t before = counts->interrupts;
		int64_t after = kernel_counter_interrupts(counts->disks, counts->disk_count, arena);

		/* The counters of a drive that is gone, or was reset, say nothing. */
		counts->interrupts = before == INTERRUPTS_UNKNOWN || after < before
					     ? INTERRUPTS_UNKNOWN
					     : after - before;
	}
}

static bool polls(const struct result_job *job)
{
	const char *flags = settings_value(&job->engine_effective, "setup_flags");

	return flags && strstr(flags, "IOPOLL");
}

void watch_interrupts_report(const struct watch_interrupts *watch, struct result_job *results,
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
		settings_printf(&job->engine_proof, &result->arena, "device_interrupts", "%lld",
			(long long)interrupts);
		if (all_poll && result_per_io(job, (uint64_t)interrupts) > INTERRUPTED_SHARE)
			result_warn(result, job->name, "iopoll-interrupts",
				"polled I/O was asked for, but the device raised %lld interrupts: "
				"not all of it was polled",
				(long long)interrupts);
	}
}
