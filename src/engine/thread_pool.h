/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads that do blocking I/O for one worker, as a program does without asynchronous
 * I/O. One queue to the pool, one list back; both without locks. Idle threads sleep in
 * futex(2). Completions are reported in one of two ways: thread_pool_wait, or an eventfd that a
 * readiness loop waits for.
 */
#ifndef ENGINE_THREAD_POOL_H
#define ENGINE_THREAD_POOL_H

#include <stdint.h>

#include "engine/engine.h"

enum { THREAD_POOL_LIMIT = 1024 };

struct thread_pool;

/*
 * Starts `thread_count` threads over setup's slots and targets. `eventfd`: written to when
 * completions are there and the last ones have been collected; -1: none. 0 or -errno with
 * report->problem.
 */
int thread_pool_start(struct thread_pool **pool, const struct engine_setup *setup,
	unsigned thread_count, int eventfd, struct engine_report *report);

/* How many were taken: all but in the rare case that the queue's end is still being read. */
unsigned thread_pool_submit(struct thread_pool *pool, struct slot **slots, unsigned count);

/* Up to `max` of those that are done, without waiting. */
unsigned thread_pool_collect(struct thread_pool *pool, struct slot **done, unsigned max);

/* How many the last collection left, for which no eventfd is written to again. */
unsigned thread_pool_left(const struct thread_pool *pool);

/*
 * Sleeps until `count` more are done than were collected. False when a signal came or the time
 * (-1: none) ran out.
 */
bool thread_pool_wait(struct thread_pool *pool, unsigned count, int64_t timeout_ns);

/* System calls of the pool's threads and of the functions above, those of I/Os collected. */
uint64_t thread_pool_syscalls(const struct thread_pool *pool);

/* Adds what was done: calls by name, and the number of threads. */
void thread_pool_prove(const struct thread_pool *pool, struct engine_report *report);

/* Waits for what the threads have begun; what they have not is dropped. Safe on NULL. */
void thread_pool_stop(struct thread_pool *pool);

#endif
