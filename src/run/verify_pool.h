/* SPDX-License-Identifier: MIT */
/*
 * verify_async: threads that judge what a worker has read, while it goes on. It gives them its
 * slots and takes them back; each has a judge of its own.
 */
#ifndef RUN_VERIFY_POOL_H
#define RUN_VERIFY_POOL_H

#include "job/job_types.h"
#include "run/verify_judge.h"

struct verify_pool;

struct verify_pool_spec {
	unsigned thread_count;
	const struct job_cpus *cpus; /* count 0: where the worker may run */
	unsigned slot_count;
	struct verify_read *reads;        /* of the slots; one that is given is the pool's */
	const struct verify_judge *model; /* each judge is like it, and counts for itself */
};

/* 0 or -errno. Memory of `arena`. */
int verify_pool_open(
	struct verify_pool **pool, struct arena *arena, const struct verify_pool_spec *spec);

void verify_pool_give(struct verify_pool *pool, unsigned slot);

/* A slot that is judged, or -1. `waits`: until there is one, where any is out. */
int verify_pool_take(struct verify_pool *pool, bool waits);

/* Whether any block was found wrong so far. */
bool verify_pool_has_wrong(struct verify_pool *pool);

/* Ends the threads; what they found is added to `into`. Their CPU time, ns. */
uint64_t verify_pool_close(struct verify_pool *pool, struct verify_judge *into);

#endif
