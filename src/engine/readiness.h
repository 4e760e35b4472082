/* SPDX-License-Identifier: MIT */
/* What the engines epoll, poll and select are made of: a wait, and two backends that do the I/O. */
#ifndef ENGINE_READINESS_H
#define ENGINE_READINESS_H

#include <poll.h>

#include "engine/engine_kit.h"

/*
 * waiter.c: waiting for descriptors to become ready by epoll(7), poll(2) or select(2). Entries are
 * numbered from 0; each is a descriptor and what is waited for.
 */
struct epoll_event;

enum waiter_way { WAITER_EPOLL, WAITER_POLL, WAITER_SELECT };

struct waiter {
	enum waiter_way way;
	unsigned count;
	struct pollfd *entries; /* events: what is waited for; revents: what is ready */
	int epoll;              /* WAITER_EPOLL; else -1 */
	struct epoll_event *events;
	bool has_pwait2;
	uint64_t syscalls; /* all that it made */
	uint64_t waits;    /* of them: that wait */
};

/*
 * Makes one of `count` entries. 0 or -errno with report->problem. waiter_close also after a
 * failure; safe twice.
 */
int waiter_open(
	struct waiter *waiter, enum waiter_way way, unsigned count, struct engine_report *report);
void waiter_close(struct waiter *waiter);

/*
 * Entry `index` is `descriptor`, waiting for `events` (POLLIN, POLLOUT; 0: nothing, not even
 * errors). 0 or -errno: -EPERM from epoll for a file, -EBADF from select for a descriptor that is
 * beyond its set.
 */
int waiter_set(struct waiter *waiter, unsigned index, int descriptor, short events);

/*
 * Waits until one is ready or `timeout_ns` (-1: none) ran out; ready entries have revents set, the
 * others 0. Returns their number, 0: none in time or a signal came; or -errno.
 */
int waiter_wait(struct waiter *waiter, int64_t timeout_ns);

/* "epoll_wait", "poll", "select". */
const char *waiter_call_name(const struct waiter *waiter);

/*
 * thread_pool.c: threads that do blocking I/O for one worker. One queue to the pool, one list back;
 * both without locks. Idle threads sleep in futex(2). Completions are reported in one of two ways:
 * thread_pool_wait, or an eventfd that a readiness loop waits for.
 */
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

/*
 * libaio.c: as the class's open; each completion that reap has to fetch adds 1 to `eventfd`
 * (IOCB_FLAG_RESFD). setup->options is not looked at.
 */
int libaio_open_with_eventfd(const struct engine_setup *setup, int eventfd, struct engine **engine,
	struct engine_report *report);

/* How many wait for reap without an eventfd's notice: trims, and what io_submit refused. */
unsigned libaio_finished_count(const struct engine *engine);

#endif
