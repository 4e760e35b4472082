/* SPDX-License-Identifier: MIT */
/* Targets to flush, disks to watch. */
#include "session/contest_contender.h"

#include <fcntl.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "run/stop_signal.h"

#define LOOK_NS (500 * NS_PER_MS)

void contest_contender_flush(const struct contest_contender *contender, uint64_t cooldown_ns)
{
	for (size_t i = 0; contender->writes && i < contender->flush_count; i++) {
		AUTO_CLOSE int descriptor = open(contender->flush_paths[i], O_RDONLY | O_CLOEXEC);

		/* A pipe, or a file that is gone, cannot be flushed and holds nothing back. */
		if (descriptor >= 0)
			(void)fdatasync(descriptor);
	}
	/* A signal that ends it early is seen by the next trial. */
	for (uint64_t end_ns = clock_now() + cooldown_ns, now_ns = clock_now();
		now_ns < end_ns && stop_signal_number() == 0; now_ns = clock_now())
		(void)clock_wait_until(MIN(end_ns, now_ns + LOOK_NS));
}

void contest_contender_watch(struct contest_contender *contender, const struct result_job *result,
	const struct job_cpus *cpus, struct arena *arena)
{
	const struct contender_setup *setup = contender->setup;
	const char *polls = settings_value(&result->engine_effective, "sqthread_poll");

	contender->writes = contender_writes(setup);
	contender->watch.is_direct = true;
	contender->watch.threads = 0;
	for (size_t i = 0; i < contender_job_count(setup); i++) {
		contender->watch.is_direct &= contender_job(setup, i)->direct;
		contender->watch.threads += contender_job(setup, i)->numjobs;
	}
	contender->watch.threads *= polls && strcmp(polls, "1") == 0 ? 2 : 1;
	/* Jobs together may have CPUs of their own each. */
	contender->watch.pinned = setup->together_count == 0 && setup->job->cpus_allowed.count > 0
					  ? setup->job->cpus_allowed
					  : *cpus;
	contender->flush_paths =
		arena_alloc_array(arena, result->target_count, sizeof(*contender->flush_paths));
	for (size_t i = 0; i < result->target_count; i++) {
		const struct result_target *target = &result->targets[i];

		if (strcmp(target->kind, "character") != 0)
			contender->flush_paths[contender->flush_count++] =
				arena_strdup(arena, target->path);
		contender->watch.writes_files |=
			contender->writes && strcmp(target->kind, "file") == 0;
		if (target->device)
			guard_watch_disk(&contender->watch, target->device, arena);
	}
}
