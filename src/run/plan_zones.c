/* SPDX-License-Identifier: MIT */
/* Zones of targets: a zoned device's, or made of other targets. */
#include "run/plan_zones.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "host/block_device.h"
#include "host/zoned_device.h"
#include "job/job_zone_rules.h"
#include "run/plan.h"

enum { LEAST_ZONE_BYTES = 512 };

static enum zoned_model model_of(struct plan *plan, const struct target *target)
{
	return target->kind == TARGET_BLOCK ? zoned_device_model(target->device, &plan->arena)
					    : ZONED_NONE;
}

static bool is_same_target(const struct target *one, const struct target *other)
{
	if (one->kind != other->kind)
		return false;
	if (one->kind == TARGET_BLOCK)
		return one->device == other->device;
	return strcmp(one->path, other->path) == 0;
}

/* The table of a job before this one, or of another of its files; NULL: it is the first. */
static struct zone_table *shared_table(
	const struct plan *plan, const struct planned_job *planned, unsigned index)
{
	for (const struct planned_job *job = plan->jobs; job <= planned; job++) {
		for (unsigned i = 0; job->zones && i < job->target_count; i++) {
			if (job == planned && i == index)
				return NULL;
			if (job->zones[i] &&
				is_same_target(&job->targets[i], &planned->targets[index]))
				return job->zones[i];
		}
	}
	return NULL;
}

static struct zone zone_of(const struct zoned_device_zone *found)
{
	struct zone zone = {
		.start = found->start,
		.end = found->start + found->bytes,
		.capacity_end = found->start + found->capacity_bytes,
		.has_pointer = found->is_sequential,
		.is_offline = found->is_offline,
		.was_open = found->is_open,
	};

	zone.pointer = found->pointer;
	if (found->is_full || !found->is_sequential)
		zone.pointer = zone.capacity_end;
	if (found->is_offline)
		zone.pointer = zone.start;
	zone.written = zone.pointer;
	return zone;
}

/* False: zones are not of one size, which fio and the kernel ask for. */
static bool take_zones(
	struct zone_table *table, const struct zoned_device_zone *found, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (found[i].start != i * table->zone_bytes ||
			(i + 1 < count && found[i].bytes != table->zone_bytes))
			return false;
		table->zones[i] = zone_of(&found[i]);
	}
	return true;
}

static int report_failure(const struct planned_job *planned, const struct target *target, int error,
	struct diag *diag)
{
	return plan_refuse(planned, NULL,
		error == -EACCES || error == -EPERM ? "run as root, or as a user who may read it"
						    : NULL,
		diag, "cannot read the zones of %s: %s", target->path, strerror(-error));
}

static int read_zones(struct plan *plan, struct planned_job *planned, unsigned index,
	struct zone_table **table, struct diag *diag)
{
	const struct target *target = &planned->targets[index];
	int descriptor = block_device_open(target->path, target->device, 0), error = descriptor;
	struct zoned_device_zone *found;
	size_t count = 0;

	if (descriptor >= 0) {
		error = zoned_device_report(descriptor, &found, &count, &plan->arena);
		close(descriptor);
	}
	if (error < 0)
		return report_failure(planned, target, error, diag);
	*table = zone_table_new(&plan->arena, found[0].bytes, (uint32_t)count);
	(*table)->is_ordered = true;
	if (!take_zones(*table, found, (uint32_t)count))
		return plan_refuse(planned, NULL, NULL, diag,
			"the zones of %s are not all of one size", target->path);
	return 0;
}

/* max_open_zones, and what the device says. */
static int limit_open_zones(struct plan *plan, struct planned_job *planned, unsigned index,
	struct zone_table *table, struct diag *diag)
{
	const struct job_zones *zones = &planned->job->rare->zones;
	const struct target *target = &planned->targets[index];
	uint32_t limit = 0;

	if (table->is_ordered && !zones->ignore_limits)
		limit = zoned_device_open_limit(target->device, &plan->arena);
	if (limit != 0 && zones->max_open > limit)
		return plan_refuse(planned, "max_open_zones", "lower it, or ignore_zone_limits=1",
			diag, "max_open_zones is %u, and %s can have %u zones open",
			zones->max_open, target->path, limit);
	table->open_limit = zones->max_open != 0 ? zones->max_open : limit;
	if (table->open_limit > ZONE_OPEN_LIMIT)
		table->open_limit = ZONE_OPEN_LIMIT;
	return 0;
}

/* What is asked of a table that other jobs made, or that is a device's own. */
static int check_table(const struct planned_job *planned, unsigned index,
	const struct zone_table *table, struct diag *diag)
{
	const struct job_zones *zones = &planned->job->rare->zones;
	const char *path = planned->targets[index].path;

	if (zones->size_bytes != 0 && zones->size_bytes != table->zone_bytes)
		return plan_refuse(planned, "zonesize",
			table->is_ordered ? "leave it out" : "use the same in all jobs of a target",
			diag, "zonesize is %" PRIu64 ", and the zones of %s have %" PRIu64 " bytes",
			zones->size_bytes, path, table->zone_bytes);
	if (zones->max_open != 0 && zones->max_open != table->open_limit)
		return plan_refuse(planned, "max_open_zones", NULL, diag,
			"max_open_zones of %s is %u in another job", path, table->open_limit);
	if (zones->job_max_open != 0 && table->open_limit == 0)
		return plan_refuse(planned, "job_max_open_zones", "set max_open_zones too", diag,
			"job_max_open_zones needs a limit for all jobs, and %s has none", path);
	if (zones->skip.bytes % table->zone_bytes != 0)
		return plan_refuse(planned, "zoneskip", NULL, diag,
			"zoneskip is no multiple of the zones' %" PRIu64 " bytes",
			table->zone_bytes);
	return 0;
}

static int check_blocks(
	const struct planned_job *planned, const struct zone_table *table, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct block_size_spec *sizes = job->block_sizes.of;

	if (job_does(job, DIRECTION_TRIM) && sizes[DIRECTION_TRIM].min_bytes != table->zone_bytes)
		return plan_refuse(planned, "bs", NULL, diag,
			"trims are of whole zones: bs has to be %" PRIu64, table->zone_bytes);
	if (job_does(job, DIRECTION_WRITE) && sizes[DIRECTION_WRITE].max_bytes > table->zone_bytes)
		return plan_refuse(planned, "bs", NULL, diag,
			"a block is larger than a zone of %" PRIu64 " bytes", table->zone_bytes);
	return 0;
}

/* A copy of the job in which sizes that count zones are bytes. */
static void count_zones(struct plan *plan, struct planned_job *planned, uint64_t zone_bytes)
{
	struct job *job = ARENA_NEW(&plan->arena, struct job);

	*job = *planned->job;
	job->owns_rare = false;
	/* At most 2^32 zones: no product of a device's is too large. */
	job_zone_rules_count(job, zone_bytes, &plan->arena);
	planned->job = job;
}

static int check_kind(const struct planned_job *planned, const struct target *target,
	enum zoned_model model, struct diag *diag)
{
	const struct job *job = planned->job;

	if (target->kind == TARGET_CHARACTER || target->kind == TARGET_PIPE ||
		target->kind == TARGET_NVME_CHARACTER)
		return plan_refuse(planned, "zonemode",
			target->claim_path ? "name the block device of the namespace" : NULL, diag,
			"zonemode=zbd takes block devices and files, and %s is of kind %s",
			target->path, target_kind_name(target->kind));
	if (model == ZONED_NONE && job->rare->zones.size_bytes < LEAST_ZONE_BYTES)
		return plan_refuse(planned, "zonemode", "zonesize=256m", diag,
			"%s is no zoned device: zonemode=zbd needs a zonesize of at least 512 "
			"bytes",
			target->path);
	if (model == ZONED_HOST_MANAGED && job_writes(job) && !job->direct)
		return plan_refuse(planned, NULL, "direct=1", diag,
			"%s is a zoned device: the page cache would write it out of order",
			target->path);
	return 0;
}

int plan_zones_look(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	struct target *target = &planned->targets[index];
	enum zoned_model model = model_of(plan, target);
	struct zone_table *table = shared_table(plan, planned, index);
	int error = check_kind(planned, target, model, diag);

	if (error != 0 || model == ZONED_NONE)
		return error;
	if (!table) {
		error = read_zones(plan, planned, index, &table, diag);
		if (error == 0)
			error = limit_open_zones(plan, planned, index, table, diag);
	}
	if (error != 0)
		return error;
	planned->zones[index] = table;
	count_zones(plan, planned, table->zone_bytes);
	return 0;
}

/* Zones of what is none: of a file as it will be, of all of a device. */
static int make_zones(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job_zones *zones = &planned->job->rare->zones;
	const struct target *target = &planned->targets[index];
	uint64_t bytes = plan_region_end(planned, index);
	uint64_t capacity = zones->capacity_bytes != 0 ? zones->capacity_bytes : zones->size_bytes;
	struct zone_table *table = shared_table(plan, planned, index), *larger;

	if (target->exists && target->bytes != UINT64_MAX && target->bytes > bytes)
		bytes = target->bytes;
	if (bytes < zones->size_bytes || bytes / zones->size_bytes >= UINT32_MAX)
		return plan_refuse(planned, "zonesize", NULL, diag,
			"%s, of %" PRIu64 " bytes, cannot be zones of %" PRIu64, target->path,
			bytes, zones->size_bytes);
	if (table && table->zone_count * table->zone_bytes >= bytes) {
		planned->zones[index] = table;
		return 0;
	}
	larger = zone_table_emulate(&plan->arena, bytes, zones->size_bytes, capacity);
	if (table && table->zone_bytes == zones->size_bytes) {
		table->zones = larger->zones;
		table->zone_count = larger->zone_count;
	} else {
		table = larger;
	}
	planned->zones[index] = table;
	return table == larger ? limit_open_zones(plan, planned, index, table, diag) : 0;
}

/* Writes, and trims, are of zones that belong to the job as a whole; as fio. */
static int cut_region(struct planned_job *planned, unsigned index, const struct zone_table *table,
	struct diag *diag)
{
	struct pattern_spec *region = &planned->regions[index];
	uint64_t zone_bytes = table->zone_bytes, start = region->region_offset;
	uint64_t end = plan_region_end(planned, index), first, last;

	if (!job_writes(planned->job) ||
		!zone_table_has_pointers(table, start, region->region_bytes))
		return 0;
	first = (start + zone_bytes - 1) / zone_bytes * zone_bytes;
	last = end / zone_bytes * zone_bytes;
	if (first >= last)
		return plan_refuse(planned, "size", NULL, diag,
			"there is no whole zone of %" PRIu64 " bytes from offset %" PRIu64
			" to %" PRIu64,
			zone_bytes, start, end);
	if (first != start || last != end)
		diag_note(diag, &planned->job->place,
			"job '%s': offset %" PRIu64 " and size %" PRIu64
			" are cut to whole zones: %" PRIu64 " and %" PRIu64,
			planned->job->name, start, end - start, first, last - first);
	region->region_offset = first;
	region->region_bytes = last - first;
	return 0;
}

static bool has_data(const struct planned_job *planned, unsigned index)
{
	const struct zone_table *table = planned->zones[index];
	uint32_t end = zone_table_index(table, plan_region_end(planned, index) - 1);
	bool has_it = false;

	for (uint32_t i = zone_table_index(table, planned->regions[index].region_offset); i <= end;
		i++)
		has_it = has_it || table->zones[i].written > table->zones[i].start;
	return has_it;
}

/* Another job of the plan may bring data. */
static void warn_of_empty_zones(const struct plan *plan, const struct planned_job *planned,
	unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;

	if (job_writes(job) || job->rare->zones.read_beyond_pointer || job->clone > 0 ||
		has_data(planned, index))
		return;
	for (size_t i = 0; i < plan->count; i++) {
		if (job_writes(plan->jobs[i].job))
			return;
	}
	diag_warning(diag, &job->place,
		"job '%s': no zone of %s has data, and nothing will be read", job->name,
		planned->targets[index].path);
	diag_hint(diag, "read_beyond_wp=1 reads what was not written, too");
}

int plan_zones_bind(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	int error = planned->zones[index] ? 0 : make_zones(plan, planned, index, diag);
	struct zone_table *table = planned->zones[index];

	if (error == 0)
		error = check_table(planned, index, table, diag);
	if (error == 0)
		error = check_blocks(planned, table, diag);
	if (error == 0)
		error = cut_region(planned, index, table, diag);
	if (error != 0)
		return error;
	planned->targets[index].zones = table;
	warn_of_empty_zones(plan, planned, index, diag);
	return 0;
}
