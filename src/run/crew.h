/* SPDX-License-Identifier: MIT */
/*
 * The threads of one wave: made, started together, watched, stopped, and joined.
 *
 * The start is a point in time, chosen when all are prepared. Each member waits for it by itself:
 * a lock handed on from one to the next would let hundreds of them start seconds apart. Their
 * windows begin at that time, whenever a CPU is free for them; what they wait for it is part of
 * what they measure. A member that is alone starts when it wakes up.
 */
#ifndef RUN_CREW_H
#define RUN_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "run/plan.h"
#include "run/turns.h"
#include "run/worker.h"

/* The clones of a job, where they start later than the others. */
struct crew_cohort {
	unsigned count;
	_Atomic uint32_t arrived_count; /* prepared, well or not */
	_Atomic uint32_t is_released;
	uint64_t start_ns; /* written before that */
};

/* Of two pages: the first is what each turn of the loop needs of the worker, in the second is room
 * for the first memory of its arena: its slots, its engine. */
enum { CREW_PAGE_BYTES = 4096, CREW_MEMBER_BYTES = 2 * CREW_PAGE_BYTES, CREW_OWN_BYTES = 64 };

struct crew_member {
	struct worker worker;
	struct crew *crew;
	struct crew_cohort *cohort;
	pthread_t thread;
	bool has_thread;
	struct worker_outcome *remains; /* of one that was left behind, else NULL */
	bool was_refused;    /* prepare failed: the engine or its targets were not to be had */
	atomic_bool is_done; /* what it wrote is to be read by others */
	bool is_seen;        /* the supervisor's: it knows that */
	atomic_bool is_past; /* and has ended those that end with it: others need not wait for it */
	_Alignas(max_align_t) char room[CREW_MEMBER_BYTES - sizeof(struct worker) - CREW_OWN_BYTES];
} __attribute__((aligned(CREW_PAGE_BYTES)));
_Static_assert(sizeof(struct crew_member) == CREW_MEMBER_BYTES, "it is as large as it says");

struct crew {
	struct crew_member *members;
	unsigned count;
	unsigned thread_count;
	/* Futexes: members tell the supervisor, */
	_Atomic uint32_t prepared_count; /* well or not */
	_Atomic uint32_t done_count;
	_Atomic uint32_t past_count;
	uint32_t waited_count;        /* crew_wait's: how many were done when it returned */
	_Atomic uint32_t is_released; /* and the supervisor them. */
	uint64_t start_ns;            /* written before the release */
	bool has_common_start;        /* all begin then, and one that is alone too */
	struct turns *turns;          /* NULL: each runs for itself */
	struct crew_cohort *cohorts;  /* as many as members: those of first clones are used */
	struct flow *flows;           /* that members are in */
};

/*
 * Makes a thread for each planned job; they prepare. Members, and the crew itself, stay where they
 * are until crew_free. With `turns` (NULL: none) they take turns. 0 or -errno when threads cannot
 * be made.
 */
int crew_gather(
	struct crew *crew, struct planned_job *const *jobs, unsigned count, struct turns *turns);

/* Waits until all are prepared or `wait_ns` went by. Returns how many are still at it. */
unsigned crew_prepare(struct crew *crew, uint64_t wait_ns);

/* Chooses the start and lets them go; or at a start that others have chosen. */
void crew_release(struct crew *crew);
void crew_release_at(struct crew *crew, uint64_t start_ns);

/* Waits until one more is done or `wait_ns` went by. Returns how many are still at work. */
unsigned crew_wait(struct crew *crew, uint64_t wait_ns);

/* Marks those that are done by now (is_seen); then lets go on who waits for them (wait_for). */
void crew_see_done(struct crew *crew);
void crew_pass_done(struct crew *crew);

/* All are to send nothing new and come home. */
void crew_stop(struct crew *crew);

/* One of them, likewise. */
void crew_stop_member(struct crew_member *member);

/* Those who are still at work for a job of this group, likewise. */
void crew_stop_group(struct crew *crew, unsigned group);

/* Breaks off the system calls of those whose deadline is over, or of all after crew_stop. */
void crew_nudge(struct crew *crew, bool everyone);

/* All give up on what is in flight. */
void crew_abandon(struct crew *crew);

/*
 * Joins the threads that are done. One that hangs in the kernel is left behind, its memory too:
 * there are remains of it, with the error ETIMEDOUT.
 */
void crew_disband(struct crew *crew);

/* After crew_disband: what there is to be collected. */
const struct worker_outcome *crew_outcome(const struct crew_member *member);

/*
 * Frees what crew_disband did not leave behind. False when something was: then what the crew works
 * with, `crew` among it, must stay where it is.
 */
bool crew_free(struct crew *crew);

#endif
