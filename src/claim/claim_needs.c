/* SPDX-License-Identifier: MIT */
#include "claim/claim_needs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/units.h"
#include "engine/target.h"
#include "host/block_device.h"
#include "host/host_limits.h"
#include "host/perf_counter.h"

void claim_machine_read(struct claim_machine *machine)
{
	AUTO_ARENA struct arena arena = {0};
	int errors[PERF_SCOPE_COUNT];
	struct host_limits limits;

	host_limits_read(&limits, &arena);
	perf_counter_try(errors);
	*machine = (struct claim_machine){
		.cpus = limits.cpu_count,
		.memory_bytes = host_limits_memory(),
		.is_root = limits.user_id == 0,
		.counter_error = errors[PERF_USER],
		.perf_event_paranoid = limits.perf_event_paranoid,
	};
}

static const char *memory_obstacle(
	const struct claim_need *need, const struct claim_machine *machine, struct arena *arena)
{
	char wanted[UNITS_TEXT_BYTES], free_text[UNITS_TEXT_BYTES];

	if (machine->memory_bytes >= need->count)
		return NULL;
	units_format_bytes(wanted, (double)need->count);
	units_format_bytes(free_text, (double)machine->memory_bytes);
	return arena_printf(
		arena, "it needs %s of memory, and %s are available", wanted, free_text);
}

static const char *counter_obstacle(const struct claim_machine *machine, struct arena *arena)
{
	const char *cure;

	if (machine->counter_error == 0)
		return NULL;
	return arena_printf(arena, "it needs the CPU's counters: %s",
		perf_counter_explain(machine->counter_error, PERF_USER,
			machine->perf_event_paranoid, arena, &cure));
}

/* One whose file is not there yet is asked by a nameless one in its folder. 0 or -errno. */
static int try_direct(const struct target *target, struct arena *arena)
{
	AUTO_CLOSE int descriptor =
		target->exists ? open(target->path, O_RDONLY | O_DIRECT | O_NONBLOCK | O_CLOEXEC)
			       : open(text_folder_of(target->path, arena),
					 O_TMPFILE | O_RDWR | O_DIRECT | O_CLOEXEC, 0600);

	return descriptor < 0 ? -errno : 0;
}

static const char *direct_obstacle(const struct target *target, struct arena *arena)
{
	bool is_file = target->kind == TARGET_FILE;
	int error = is_file ? try_direct(target, arena) : 0;

	/* EINVAL is O_DIRECT refused; other errors are for the trials to report. */
	if (!target->refuses_direct && error != -EINVAL && target->kind != TARGET_CHARACTER)
		return NULL;
	return arena_printf(arena, "it needs O_DIRECT, which %s%s%s does not have", target->path,
		target->file_system ? " on " : "", target->file_system ? target->file_system : "");
}

static const char *nvme_obstacle(const struct target *target, struct arena *arena)
{
	struct block_device disks[BLOCK_DEVICE_WIDTH_LIMIT];
	size_t count = target->device ? block_device_disks(target->device, disks,
						BLOCK_DEVICE_WIDTH_LIMIT, arena)
				      : 0;

	for (size_t i = 0; i < count; i++) {
		if (!text_starts_with(disks[i].name, "nvme"))
			return arena_printf(arena, "it needs an NVMe drive: %s is on %s",
				target->path, disks[i].name);
	}
	if (count > 0 || target->kind == TARGET_NVME_CHARACTER)
		return NULL;
	return arena_printf(arena, "it needs an NVMe drive: %s is on no disk", target->path);
}

static const char *polling_obstacle(const struct target *target, struct arena *arena)
{
	struct block_device device;
	struct block_queue queue;
	const char *cure;

	if (!target->device || block_device_find(target->device, &device, arena) != 0)
		return arena_printf(
			arena, "it needs a drive with poll queues: %s is on no disk", target->path);
	block_queue_read(device.disk, &queue, arena);
	if (queue.io_poll == 1)
		return NULL;
	cure = block_queue_polling_cure(&queue, arena);
	return arena_printf(arena, "it needs poll queues, which %s does not have%s%s", device.disk,
		cure ? ": " : "", cure ? cure : "");
}

static const char *target_obstacle(
	enum claim_need_kind kind, const struct target *target, struct arena *arena)
{
	switch (kind) {
	case NEED_DIRECT:
		return direct_obstacle(target, arena);
	case NEED_NVME:
		return nvme_obstacle(target, arena);
	case NEED_POLL_QUEUES:
		return polling_obstacle(target, arena);
	default:
		return NULL;
	}
}

/* What is wrong with a target is the trials' to report, as for any job. */
static int look_at(const char *path, struct target *target, struct arena *arena)
{
	AUTO_FREE char *said = NULL;
	size_t said_bytes;
	struct diag diag;
	int error;

	diag_init(&diag, open_memstream(&said, &said_bytes));
	if (!diag.stream)
		arena_exhausted();
	error = target_inspect(path, target, arena, &diag, NULL);
	fclose(diag.stream);
	return error;
}

static const char *job_obstacle(
	enum claim_need_kind kind, const struct job *job, struct arena *arena)
{
	const char *obstacle = NULL;
	struct target target;

	for (size_t i = 0; i < job->filename.count && !obstacle; i++) {
		const char *path = job->filename.texts[i];

		if (look_at(path, &target, arena) == 0)
			obstacle = target_obstacle(kind, &target, arena);
		else if (kind != NEED_DIRECT)
			obstacle = arena_printf(arena, "it needs a drive: there is no %s", path);
	}
	return obstacle;
}

static const char *plan_obstacle(
	enum claim_need_kind kind, const struct contender_plan *plan, struct arena *arena)
{
	const char *obstacle = NULL;

	for (size_t s = 0; s < plan->set_count && !obstacle; s++) {
		for (size_t j = 0; j < plan->sets[s].count && !obstacle; j++)
			obstacle = job_obstacle(kind, &plan->sets[s].jobs[j], arena);
	}
	return obstacle;
}

static const char *obstacle_of(const struct claim_need *need, const struct contender_plan *plan,
	const struct claim_machine *machine, struct arena *arena)
{
	switch (need->kind) {
	case NEED_CPUS:
		if (machine->cpus >= need->count)
			return NULL;
		return arena_printf(arena, "it needs %llu CPUs, and this process may run on %u",
			(unsigned long long)need->count, machine->cpus);
	case NEED_MEMORY:
		return memory_obstacle(need, machine, arena);
	case NEED_ROOT:
		return machine->is_root ? NULL : "it needs root";
	case NEED_COUNTERS:
		return counter_obstacle(machine, arena);
	default:
		return plan_obstacle(need->kind, plan, arena);
	}
}

const char *claim_needs_obstacle(const struct claim *claim, const struct contender_plan *plan,
	const struct claim_machine *machine, struct arena *arena)
{
	const char *obstacle = NULL;

	for (size_t i = 0; i < claim->need_count && !obstacle; i++)
		obstacle = obstacle_of(&claim->needs[i], plan, machine, arena);
	return obstacle;
}
