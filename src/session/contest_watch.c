/* SPDX-License-Identifier: MIT */
/* Disks, CPUs and threads of contenders, and the machine without them. */
#include "session/contest_watch.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>
#include <time.h>

#include "base/clock.h"

#define BASELINE_LIMIT_NS (1 * NS_PER_S)

static void watch_disk(struct guard_watch *watch, const char *disk, struct arena *arena)
{
	for (size_t i = 0; i < watch->disk_count; i++) {
		if (strcmp(watch->disks[i], disk) == 0)
			return;
	}
	if (watch->disk_count < GUARD_DISKS_LIMIT)
		watch->disks[watch->disk_count++] = arena_strdup(arena, disk);
}

void contest_watch(
	struct contest *contest, struct contest_slot *slot, const struct result_job *result)
{
	const struct contender_setup *setup = slot->setup;
	struct arena *arena = &contest->record->arena;
	const char *polls = result_setting_value(&result->engine_effective, "sqthread_poll");

	slot->writes = contender_writes(setup);
	slot->watch.is_direct = true;
	slot->watch.threads = 0;
	for (size_t i = 0; i < contender_job_count(setup); i++) {
		slot->watch.is_direct &= contender_job(setup, i)->direct;
		slot->watch.threads += contender_job(setup, i)->numjobs;
	}
	slot->watch.threads *= polls && strcmp(polls, "1") == 0 ? 2 : 1;
	/* Jobs together may have CPUs of their own each. */
	slot->watch.pinned = setup->together_count == 0 && setup->job->cpus_allowed.count > 0
				     ? setup->job->cpus_allowed
				     : contest->options->cpus;
	slot->flush_paths =
		arena_alloc_array(arena, result->target_count, sizeof(*slot->flush_paths));
	for (size_t i = 0; i < result->target_count; i++) {
		const struct result_target *target = &result->targets[i];

		if (strcmp(target->kind, "character") != 0)
			slot->flush_paths[slot->flush_count++] = arena_strdup(arena, target->path);
		slot->watch.writes_files |= slot->writes && strcmp(target->kind, "file") == 0;
		if (target->device)
			watch_disk(&slot->watch, target->device, arena);
	}
}

static bool have_same_cpus(const struct guard_watch *a, const struct guard_watch *b)
{
	return a->pinned.count == b->pinned.count &&
	       (a->pinned.count == 0 || memcmp(a->pinned.cpus, b->pinned.cpus,
						a->pinned.count * sizeof(*a->pinned.cpus)) == 0);
}

uint64_t contest_idle_ns(const struct contest_options *options)
{
	return MIN(options->trial_ns, BASELINE_LIMIT_NS);
}

void contest_measure_idle(struct contest *contest)
{
	uint64_t wait_ns = contest_idle_ns(contest->options);
	const struct timespec pause = {
		.tv_sec = (time_t)(wait_ns / NS_PER_S), .tv_nsec = (long)(wait_ns % NS_PER_S)};
	const struct guard_own none = {0};
	struct guard_counters before, after;

	for (size_t c = 0; c < contest->point->contender_count; c++) {
		struct guard_watch *watch = &contest->slots[c].watch;
		double others_cores;

		if (c > 0 && have_same_cpus(watch, &contest->slots[c - 1].watch)) {
			watch->idle_cores = contest->slots[c - 1].watch.idle_cores;
			continue;
		}
		guard_read(watch, &before);
		(void)nanosleep(&pause, NULL); /* a signal is seen by the next trial */
		guard_read(watch, &after);
		others_cores = guard_others_cores(&before, &after, &none);
		watch->idle_cores = isnan(others_cores) ? 0 : others_cores;
	}
}
