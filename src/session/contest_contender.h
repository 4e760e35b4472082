/* SPDX-License-Identifier: MIT */
/* A contender as it is run: where its I/O goes, what guards look at, what it leaves behind. */
#ifndef SESSION_CONTEST_CONTENDER_H
#define SESSION_CONTEST_CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "job/job.h"
#include "result/result.h"
#include "session/contender.h"
#include "session/guard.h"

struct contest_contender {
	const struct contender_setup *setup;
	const struct job *job; /* instead of the setup's, in trials of contest_trial; or NULL */
	struct guard_watch watch;
	bool writes;
	size_t flush_count; /* targets to fdatasync after a trial */
	const char **flush_paths;
	double iops;   /* when primed, */
	bool was_cold; /* and then part of its reads came from storage, through the cache */
};

/* Fills all but the last two, as its first result says. Texts are copied to the arena. */
void contest_contender_watch(struct contest_contender *contender, const struct result_job *result,
	const struct job_cpus *cpus, struct arena *arena);

/* Nothing of a writer is left for the next one to wait for; then a pause. */
void contest_contender_flush(const struct contest_contender *contender, uint64_t cooldown_ns);

#endif
