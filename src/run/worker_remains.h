/* SPDX-License-Identifier: MIT */
/* What is known of a worker that does not come home: it hangs in the kernel, or so do its I/Os. */
#ifndef RUN_WORKER_REMAINS_H
#define RUN_WORKER_REMAINS_H

#include "run/worker.h"

/*
 * I/Os that the engine was given and that are not back at `now_ns`. By the worker, or by the
 * supervisor while it hangs; of a call that never returned, all that was handed over by it.
 */
struct worker_unreturned worker_unreturned(const struct worker *worker, uint64_t now_ns);

struct worker_remains {
	struct worker worker; /* to be collected in place of the one that hangs, with a measurement
				 of its own */
};

/*
 * A copy of all that the worker has measured, its window cut off at `now_ns`: the worker is not
 * touched, it may wake up at any time. worker_remains_free when it has been collected.
 */
struct worker_remains *worker_remains_new(const struct worker *worker, uint64_t now_ns);
void worker_remains_free(struct worker_remains *remains);

#endif
