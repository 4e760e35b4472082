/* SPDX-License-Identifier: MIT */
/* A worker's part of zones that all workers of a target share. */
#include "run/worker_zone.h"

#include <string.h>

#include "base/clock.h"
#include "host/zoned_device.h"
#include "load/zone_pattern.h"

#define REST_LIMIT_NS (10 * NS_PER_MS) /* then the worker looks whether it has to end */

struct zoned_file {
	struct zone_use use;
	struct worker *worker;
	struct target *target;
	bool is_attached;
};

struct worker_zones {
	struct zoned_file *files; /* as the worker's targets */
	unsigned count;
	unsigned waits_at; /* the file whose zones an I/O waits for */
	bool has_mix;      /* of reads and writes */
};

static int reset_zone(void *context, const struct zone *zone)
{
	struct zoned_file *file = context;
	int error = 0;

	if (file->use.table->is_ordered) {
		error = zoned_device_reset(
			file->target->descriptor, zone->start, zone->end - zone->start);
		file->worker->loop.engine->syscalls++;
	}
	file->worker->loop.measurement->zone_resets += error == 0;
	return error;
}

static int finish_zone(void *context, const struct zone *zone)
{
	struct zoned_file *file = context;

	return zoned_device_finish(file->target->descriptor, zone->start, zone->end - zone->start);
}

static int recover_zone(void *context, const struct zone *zone, uint64_t *pointer)
{
	struct zoned_file *file = context;

	file->worker->loop.engine->syscalls++;
	return zoned_device_pointer(file->target->descriptor, zone->start, pointer);
}

static struct worker_zones *make_zones(struct worker *worker)
{
	struct worker_zones *zones = ARENA_NEW(&worker->outcome.arena, struct worker_zones);
	const struct job *job = worker->task.job;

	zones->count = worker->task.target_count;
	zones->files =
		arena_alloc_array(&worker->outcome.arena, zones->count, sizeof(*zones->files));
	zones->has_mix = job_does(job, DIRECTION_READ) && job_writes(job);
	return zones;
}

static uint32_t reset_interval(const struct job *job)
{
	double interval =
		job->rare->zones.reset_frequency > 0 ? 1 / job->rare->zones.reset_frequency : 0;

	return interval < UINT32_MAX ? (uint32_t)interval : UINT32_MAX;
}

static void describe_use(struct worker *worker, const struct pattern_spec *spec, unsigned index)
{
	const struct job *job = worker->task.job;
	struct zoned_file *file = &worker->loop.zones->files[index];
	struct zone_table *table = worker->task.zones[index];
	uint64_t end = spec->region_offset + spec->region_bytes;

	file->worker = worker;
	file->target = &worker->task.targets[index];
	file->use = (struct zone_use){
		.table = table,
		.region_offset = spec->region_offset,
		.region_bytes = spec->region_bytes,
		.first_zone = zone_table_index(table, spec->region_offset),
		.end_zone = zone_table_index(table, end - 1) + 1,
		.is_random = job_is_random(job),
		.writes = job_writes(job),
		.reads_beyond = job->rare->zones.read_beyond_pointer,
		.writes_rests = job->rare->zones.write_remainder,
		.open_limit = job->rare->zones.job_max_open,
		.reset_threshold = job->rare->zones.reset_threshold,
		.reset_interval = reset_interval(job),
		.reset = reset_zone,
		.finish = finish_zone,
		.recover = job->rare->zones.recover_error ? recover_zone : NULL,
		.context = file,
	};
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		file->use.least_bytes[i] = job->block_sizes.of[i].min_bytes;
}

struct pattern *worker_zone_pattern(
	struct worker *worker, const struct pattern_spec *spec, unsigned index)
{
	const struct target *target = &worker->task.targets[index];
	uint64_t end = spec->region_offset + spec->region_bytes;
	struct zone_pattern_spec zones = {
		.skip_bytes = worker->task.job->rare->zones.skip.bytes,
		.target_offset = target->bytes > end ? target->bytes : end,
	};

	if (!worker->loop.zones)
		worker->loop.zones = make_zones(worker);
	describe_use(worker, spec, index);
	return zone_pattern_new(
		&worker->outcome.arena, spec, &zones, &worker->loop.zones->files[index].use);
}

int worker_zone_open(struct worker *worker)
{
	struct worker_zones *zones = worker->loop.zones;

	for (unsigned i = 0; zones && i < zones->count; i++) {
		struct zoned_file *file = &zones->files[i];
		int error = zone_use_attach(&file->use);

		file->is_attached = true;
		if (error == 0)
			continue;
		worker_fail(worker, -error, NULL, "cannot finish the open zones of %s: %s",
			file->target->path, strerror(-error));
		return error;
	}
	return 0;
}

void worker_zone_close(struct worker *worker)
{
	struct worker_zones *zones = worker->loop.zones;

	for (unsigned i = 0; zones && i < zones->count; i++) {
		if (zones->files[i].is_attached)
			zone_use_detach(&zones->files[i].use);
		zones->files[i].is_attached = false;
	}
}

enum io_op worker_zone_choose(struct worker *worker, enum io_op op)
{
	const struct worker_zones *zones = worker->loop.zones;

	if (op != IO_READ || !zones->has_mix)
		return op;
	for (unsigned i = 0; i < zones->count; i++) {
		const struct zone_use *use = &zones->files[i].use;

		if (use->reads_beyond || zone_use_has_data(use))
			return op;
	}
	return IO_WRITE;
}

void worker_zone_held_up(struct worker *worker, unsigned index)
{
	struct zoned_file *file = &worker->loop.zones->files[index];

	worker->loop.zones->waits_at = index;
	if (file->use.error == 0)
		return;
	worker_fail(worker, file->use.error, NULL, "%s: %s: %s", file->target->path,
		file->use.problem, strerror(file->use.error));
	worker->loop.is_exhausted = true;
}

void worker_zone_release(struct worker *worker, const struct slot *slot, bool was_sent)
{
	struct zone_use *use = &worker->loop.zones->files[slot->target].use;

	if (slot->op > IO_TRIM)
		return;
	worker->loop.measurement->zone_resets += zone_use_release(use, (enum io_direction)slot->op,
		slot->offset, slot->length, was_sent, slot->result == (int32_t)slot->length);
}

bool worker_zone_rest(struct worker *worker)
{
	struct worker_zones *zones = worker->loop.zones;

	if (!zones || !worker->loop.waiting.is_set || worker->outcome.error != 0)
		return false;
	zone_use_wait(&zones->files[zones->waits_at].use, REST_LIMIT_NS);
	return true;
}
