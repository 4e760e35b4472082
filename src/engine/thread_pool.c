/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads that do blocking I/O, and the engine `threads` that is nothing else: what a
 * program does that wants several I/Os under way and has no asynchronous ones.
 *
 * The queue to the threads is D. Vyukov's bounded one (1024cores.net, "Bounded MPMC queue") with
 * one producer; a semaphore in a futex beside it counts the I/Os that are available. The way back
 * is a stack that the worker takes whole.
 */
#include "engine/readiness.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/blocking.h"

enum { STACK_BYTES = 256 * 1024, THREAD_NAME_BYTES = 16 };

struct cell {
	_Atomic uint32_t turn; /* the queue position that this cell is free for, +1: is full of */
	struct slot *slot;
};

struct thread_pool {
	struct cell *cells;
	uint32_t mask;
	uint32_t tail; /* the worker's */
	int eventfd;
	unsigned thread_count;
	pthread_t *threads;
	struct blocking blocking;
	char thread_name[THREAD_NAME_BYTES]; /* by which CPU accounts find a worker's helpers */
	atomic_bool is_stopping;

	/* To the threads. */
	_Atomic uint32_t available __attribute__((aligned(CACHE_LINE_BYTES))); /* a futex */
	_Atomic uint32_t sleepers;
	_Atomic uint32_t head __attribute__((aligned(CACHE_LINE_BYTES)));

	/* From the threads. */
	_Atomic(struct slot *) done __attribute__((aligned(CACHE_LINE_BYTES)));
	_Atomic uint32_t finished_total;
	_Atomic uint32_t wanted_total; /* valid while is_waited_for */
	atomic_bool is_waited_for;
	atomic_bool is_signalled; /* the eventfd has been written to and not been answered */
	_Atomic uint32_t wakeup;  /* a futex: the worker sleeps on it */
	_Atomic uint64_t thread_syscalls;

	/* The worker's. */
	struct engine_finished collected __attribute__((aligned(CACHE_LINE_BYTES)));
	uint32_t collected_total;
	uint64_t worker_syscalls;
	struct blocking_counts counts;
};

static long futex(
	_Atomic uint32_t *word, int operation, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

static void count_thread_call(struct thread_pool *pool)
{
	atomic_fetch_add_explicit(&pool->thread_syscalls, 1, memory_order_relaxed);
}

/* Claims an I/O that no other thread has; false when the pool is to stop. */
static bool claim(struct thread_pool *pool)
{
	while (!atomic_load(&pool->is_stopping)) {
		uint32_t available = atomic_load_explicit(&pool->available, memory_order_relaxed);

		if (available > 0) {
			if (atomic_compare_exchange_weak(
				    &pool->available, &available, available - 1))
				/* It may be the one that stop adds, which is none. */
				return !atomic_load(&pool->is_stopping);
			continue;
		}
		/* Either the producer sees the sleeper, or the kernel sees that there is work. */
		atomic_fetch_add(&pool->sleepers, 1);
		count_thread_call(pool);
		futex(&pool->available, FUTEX_WAIT, 0, NULL);
		atomic_fetch_sub(&pool->sleepers, 1);
	}
	return false;
}

/* A thread that claimed an I/O finds one at the head: no more are claimed than published. */
static struct slot *take(struct thread_pool *pool)
{
	uint32_t position = atomic_fetch_add(&pool->head, 1);
	struct cell *cell = &pool->cells[position & pool->mask];
	struct slot *slot = cell->slot;

	atomic_store_explicit(&cell->turn, position + pool->mask + 1, memory_order_release);
	return slot;
}

static void wake_worker(struct thread_pool *pool, uint32_t finished_total)
{
	if (pool->eventfd >= 0) {
		uint64_t one = 1;

		if (atomic_exchange(&pool->is_signalled, true))
			return;
		count_thread_call(pool);
		/* The counter cannot overflow: it is at most 1. */
		if (write(pool->eventfd, &one, sizeof(one)) < 0)
			atomic_store(&pool->is_signalled, false);
		return;
	}
	if (!atomic_load(&pool->is_waited_for) ||
		(int32_t)(finished_total - atomic_load(&pool->wanted_total)) < 0)
		return;
	if (!atomic_exchange(&pool->is_waited_for, false))
		return;
	atomic_fetch_add(&pool->wakeup, 1);
	count_thread_call(pool);
	futex(&pool->wakeup, FUTEX_WAKE, 1, NULL);
}

static void hand_back(struct thread_pool *pool, struct slot *slot)
{
	struct slot *top = atomic_load_explicit(&pool->done, memory_order_relaxed);

	do {
		slot->engine_word = (uintptr_t)top;
	} while (!atomic_compare_exchange_weak(&pool->done, &top, slot));
	wake_worker(pool, atomic_fetch_add(&pool->finished_total, 1) + 1);
}

static void *run(void *context)
{
	struct thread_pool *pool = context;

	/* Its own length is below the kernel's limit: it cannot fail. */
	(void)pthread_setname_np(pthread_self(), pool->thread_name);
	while (claim(pool)) {
		struct slot *slot = take(pool);
		uint64_t calls = 0;

		slot->result = blocking_run(&pool->blocking, slot, &calls);
		atomic_fetch_add_explicit(&pool->thread_syscalls, calls, memory_order_relaxed);
		hand_back(pool, slot);
	}
	return NULL;
}

unsigned thread_pool_submit(struct thread_pool *pool, struct slot **slots, unsigned count)
{
	uint32_t sleepers;
	unsigned taken = 0;

	while (taken < count) {
		struct cell *cell = &pool->cells[pool->tail & pool->mask];

		if (atomic_load_explicit(&cell->turn, memory_order_acquire) != pool->tail)
			break; /* A thread is about to read what stands there. */
		cell->slot = slots[taken++];
		pool->tail++;
	}
	if (taken == 0)
		return 0;
	atomic_fetch_add(&pool->available, taken);
	sleepers = atomic_load(&pool->sleepers);
	if (sleepers > 0) {
		pool->worker_syscalls++;
		futex(&pool->available, FUTEX_WAKE, taken < sleepers ? taken : sleepers, NULL);
	}
	return taken;
}

/* The stack's top is what was done last: turned over, so that the first one comes first. */
static void take_over(struct thread_pool *pool)
{
	struct slot *slot = atomic_exchange(&pool->done, NULL);
	struct slot *first = NULL;

	while (slot) {
		struct slot *next = (struct slot *)(uintptr_t)slot->engine_word;

		slot->engine_word = (uintptr_t)first;
		first = slot;
		slot = next;
	}
	while (first) {
		struct slot *next = (struct slot *)(uintptr_t)first->engine_word;

		engine_finished_add(&pool->collected, first, first->result);
		first = next;
	}
}

unsigned thread_pool_collect(struct thread_pool *pool, struct slot **done, unsigned max)
{
	unsigned count;

	/* Before looking: what comes later is signalled anew. */
	if (pool->eventfd >= 0)
		atomic_store(&pool->is_signalled, false);
	if (atomic_load_explicit(&pool->done, memory_order_relaxed))
		take_over(pool);
	count = engine_finished_take(&pool->collected, done, max);
	pool->collected_total += count;
	for (unsigned i = 0; i < count; i++)
		blocking_count(&pool->counts, done[i]);
	return count;
}

unsigned thread_pool_left(const struct thread_pool *pool)
{
	return pool->collected.count;
}

static bool are_finished(struct thread_pool *pool, uint32_t wanted_total)
{
	return (int32_t)(atomic_load(&pool->finished_total) - wanted_total) >= 0;
}

bool thread_pool_wait(struct thread_pool *pool, unsigned count, int64_t timeout_ns)
{
	uint32_t wanted_total = pool->collected_total + count;
	const struct timespec timeout = clock_timespec((uint64_t)timeout_ns);
	bool is_there;

	atomic_store(&pool->wanted_total, wanted_total);
	for (;;) {
		uint32_t wakeup = atomic_load(&pool->wakeup);

		atomic_store(&pool->is_waited_for, true);
		is_there = are_finished(pool, wanted_total);
		if (is_there)
			break;
		pool->worker_syscalls++;
		if (futex(&pool->wakeup, FUTEX_WAIT, wakeup, timeout_ns < 0 ? NULL : &timeout) <
				0 &&
			errno != EAGAIN) {
			is_there = are_finished(pool, wanted_total);
			break;
		}
	}
	atomic_store(&pool->is_waited_for, false);
	return is_there;
}

uint64_t thread_pool_syscalls(const struct thread_pool *pool)
{
	return pool->worker_syscalls +
	       atomic_load_explicit(&pool->thread_syscalls, memory_order_relaxed);
}

/* Calls of the I/Os themselves. */
static uint64_t io_calls(const struct blocking_counts *counts)
{
	uint64_t calls = 0;

	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		calls += blocking_is_composite(op) ? 0 : counts->ops[op];
	for (unsigned part = 0; part < BLOCKING_PART_COUNT; part++)
		calls += counts->parts[part];
	return calls;
}

void thread_pool_prove(const struct thread_pool *pool, struct engine_report *report)
{
	uint64_t all = thread_pool_syscalls(pool), ios = io_calls(&pool->counts);
	const struct blocking_names names = {
		.proof = "pool_calls",
		.read = "pread",
		.write = "pwrite",
		.last = {pool->eventfd >= 0 ? "futex and write to the eventfd" : "futex",
			all > ios ? all - ios : 0},
	};

	blocking_prove(&pool->blocking, &pool->counts, &names, report);
	engine_report_proof(report, "pool_threads", "%u", pool->thread_count);
}

void thread_pool_stop(struct thread_pool *pool)
{
	if (!pool)
		return;
	atomic_store(&pool->is_stopping, true);
	/* Not 0 any more: who is about to sleep does not. */
	atomic_fetch_add(&pool->available, 1);
	futex(&pool->available, FUTEX_WAKE, INT_MAX, NULL);
	for (unsigned i = 0; i < pool->thread_count; i++)
		pthread_join(pool->threads[i], NULL); /* Ours, and joined once: it cannot fail. */
	pool->thread_count = 0;
}

/* Signals are for the worker: a thread that took one would keep the worker waiting. */
static int start_threads(struct thread_pool *pool, unsigned thread_count)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int error = pthread_attr_init(&attributes);

	if (error)
		return -error;
	sigfillset(&all);
	error = pthread_attr_setstacksize(&attributes, STACK_BYTES);
	if (!error)
		error = pthread_sigmask(SIG_SETMASK, &all, &before);
	while (!error && pool->thread_count < thread_count) {
		error = pthread_create(&pool->threads[pool->thread_count], &attributes, run, pool);
		pool->thread_count += error == 0;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* As it was: it cannot fail. */
	pthread_attr_destroy(&attributes);
	return -error;
}

static uint32_t cell_count(unsigned slot_count)
{
	uint32_t count = 4;

	/* Twice as many as can be under way: a slow reader of a cell is seldom in the way. */
	while (count < 2 * slot_count)
		count *= 2;
	return count;
}

int thread_pool_start(struct thread_pool **pool, const struct engine_setup *setup,
	unsigned thread_count, int eventfd, struct engine_report *report)
{
	struct thread_pool *made = engine_aligned_array(setup->arena, 1, sizeof(*made));
	uint32_t cells = cell_count(setup->slot_count);
	unsigned started;
	int result;

	made->cells = engine_aligned_array(setup->arena, cells, sizeof(*made->cells));
	for (uint32_t i = 0; i < cells; i++)
		atomic_init(&made->cells[i].turn, i);
	made->mask = cells - 1;
	made->eventfd = eventfd;
	blocking_init(&made->blocking, setup, NULL, NULL);
	made->threads = arena_alloc_array(setup->arena, thread_count, sizeof(*made->threads));
	engine_finished_init(&made->collected, setup);
	snprintf(made->thread_name, THREAD_NAME_BYTES, "rs-io-%d", (int)gettid());
	result = start_threads(made, thread_count);
	if (result == 0) {
		*pool = made;
		return 0;
	}
	started = made->thread_count;
	thread_pool_stop(made);
	return engine_refuse(report, result,
		"ask for fewer threads, or raise the limit of processes (ulimit -u, or "
		"the control group's pids.max)",
		"only %u of %u threads could be started: %s", started, thread_count,
		strerror(-result));
}

struct threads_options {
	uint32_t pool_threads; /* 0: one for each slot */
};

struct threads_engine {
	struct engine engine;
	struct thread_pool *pool;
	unsigned in_flight;
};

static const struct option options_of_threads[] = {
	ENGINE_OPTION(COUNT, struct threads_options, pool_threads, "0", .max = THREAD_POOL_LIMIT,
		.help = "threads that do this job's I/O; 0: as many as iodepth"),
	{.name = NULL},
};

static const struct option_table option_table = {
	.options = options_of_threads, .struct_bytes = sizeof(struct threads_options)};

static int threads_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct threads_engine *threads = ARENA_NEW(setup->arena, struct threads_engine);
	struct threads_options options;
	unsigned count;
	int result;

	engine_take_options(setup, &option_table, &options);
	count = options.pool_threads;
	if (count == 0)
		count = setup->slot_count < THREAD_POOL_LIMIT ? setup->slot_count
							      : THREAD_POOL_LIMIT;
	threads->engine.class = &engine_threads;
	result = thread_pool_start(&threads->pool, setup, count, -1, report);
	if (result < 0)
		return result;
	engine_report_effective(report, "pool_threads", "%u", count);
	*engine = &threads->engine;
	return 0;
}

static int threads_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct threads_engine *threads = (struct threads_engine *)engine;
	unsigned taken = thread_pool_submit(threads->pool, slots, count);

	threads->in_flight += taken;
	return (int)taken;
}

static int threads_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct threads_engine *threads = (struct threads_engine *)engine;
	unsigned count = thread_pool_collect(threads->pool, done, max);

	threads->in_flight -= count;
	if (min > count + threads->in_flight)
		min = count + threads->in_flight;
	if (count < min) {
		unsigned more;

		/* Completions before a signal or the end of the time are handed out all the same.
		 */
		(void)thread_pool_wait(threads->pool, min - count, timeout_ns);
		more = thread_pool_collect(threads->pool, &done[count], max - count);
		threads->in_flight -= more;
		count += more;
	}
	engine->syscalls = thread_pool_syscalls(threads->pool);
	return (int)count;
}

static void threads_prove(struct engine *engine, struct engine_report *report)
{
	thread_pool_prove(((struct threads_engine *)engine)->pool, report);
}

static void threads_close(struct engine *engine)
{
	if (engine)
		thread_pool_stop(((struct threads_engine *)engine)->pool);
}

const struct engine_class engine_threads = {
	.name = "threads",
	.summary = "a pool of threads that do blocking I/O (pread(2), pwrite(2))",
	.op_mask = ENGINE_PLAIN_OPS | IO_COMPOSITE_BITS,
	.options = &option_table,
	.open = threads_open,
	.submit = threads_submit,
	.reap = threads_reap,
	.prove = threads_prove,
	.close = threads_close,
};
