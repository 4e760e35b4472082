/* SPDX-License-Identifier: MIT */
/*
 * The threads of one wave: made, released at once, watched, stopped, and joined. The one lock
 * here is taken before the start and after the end, never while a worker measures.
 */
#ifndef RUN_CREW_H
#define RUN_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "run/plan.h"
#include "run/worker.h"

struct crew_member {
	struct worker worker;
	struct crew *crew;
	pthread_t thread;
	bool has_thread;
	bool is_ready;       /* prepared, well or not */
	atomic_bool is_done; /* set under the lock, read without it, too */
	bool was_refused;    /* prepare failed: the engine or its targets were not to be had */
} __attribute__((aligned(64)));

struct crew {
	struct crew_member *members;
	unsigned count;
	pthread_mutex_t lock;
	pthread_cond_t reports; /* members to the supervisor: prepared, done */
	pthread_cond_t orders;  /* to all members: released, stopped */
	bool is_released;
};

/*
 * Makes a thread for each planned job; they prepare. Members, and the crew itself, stay where they
 * are until crew_free. 0 or -errno when threads cannot be made.
 */
int crew_gather(struct crew *crew, struct planned_job *const *jobs, unsigned count);

/* Waits until one more is prepared or `wait_ns` went by. Returns how many are still at it. */
unsigned crew_prepare(struct crew *crew, uint64_t wait_ns);

void crew_release(struct crew *crew);

/* Waits until something changed or `wait_ns` went by. Returns how many are still at work. */
unsigned crew_wait(struct crew *crew, uint64_t wait_ns);

/* All are to send nothing new and come home. */
void crew_stop(struct crew *crew);

/* Breaks off the system calls of those whose deadline is over, or of all after crew_stop. */
void crew_nudge(struct crew *crew, bool everyone);

/* All give up on what is in flight. */
void crew_abandon(struct crew *crew);

/*
 * Joins the threads that are done. One that hangs in the kernel is left behind, its memory too;
 * its job gets the error ETIMEDOUT.
 */
void crew_disband(struct crew *crew);

/*
 * Frees what crew_disband did not leave behind. False when something was: then what the crew works
 * with, `crew` among it, must stay where it is.
 */
bool crew_free(struct crew *crew);

#endif
