/* SPDX-License-Identifier: MIT */
/* Threads that judge: a queue to them, and one back. */
#include "run/verify_pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"

/* Slots in order; never more of them than there are. */
struct queue {
	unsigned *slots;
	unsigned first, count;
};

struct member {
	struct verify_pool *pool;
	struct verify_judge judge;
	uint64_t cpu_ns;
	pthread_t thread;
};

struct verify_pool {
	pthread_mutex_t lock;
	pthread_cond_t is_given, is_judged;
	struct queue given, judged;
	unsigned slot_count, out; /* given and not taken back */
	bool is_over, has_wrong;
	struct verify_read *reads;
	const struct job_cpus *cpus;
	unsigned member_count;
	struct member *members;
};

static void push(struct verify_pool *pool, struct queue *queue, unsigned slot)
{
	queue->slots[(queue->first + queue->count++) % pool->slot_count] = slot;
}

static unsigned pop(struct verify_pool *pool, struct queue *queue)
{
	unsigned slot = queue->slots[queue->first];

	queue->first = (queue->first + 1) % pool->slot_count;
	queue->count--;
	return slot;
}

/* 0 or an errno. */
static int bind(pthread_t thread, const struct job_cpus *cpus)
{
	cpu_set_t set;

	if (cpus->count == 0)
		return 0;
	CPU_ZERO(&set);
	for (size_t i = 0; i < cpus->count; i++)
		CPU_SET(cpus->cpus[i], &set);
	return pthread_setaffinity_np(thread, sizeof(set), &set);
}

static void *serve(void *argument)
{
	struct member *member = argument;
	struct verify_pool *pool = member->pool;
	struct timespec cpu;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		unsigned slot;
		bool is_right;

		while (pool->given.count == 0 && !pool->is_over)
			pthread_cond_wait(&pool->is_given, &pool->lock);
		if (pool->given.count == 0)
			break;
		slot = pop(pool, &pool->given);
		pthread_mutex_unlock(&pool->lock);
		is_right = verify_judge_read(&member->judge, &pool->reads[slot]);
		pthread_mutex_lock(&pool->lock);
		pool->has_wrong = pool->has_wrong || !is_right;
		push(pool, &pool->judged, slot);
		pthread_cond_signal(&pool->is_judged);
	}
	pthread_mutex_unlock(&pool->lock);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	member->cpu_ns = (uint64_t)cpu.tv_sec * NS_PER_S + (uint64_t)cpu.tv_nsec;
	return NULL;
}

/* Signals are the worker's. `member_count` is of those that run. */
static int start(struct verify_pool *pool, unsigned count)
{
	sigset_t all, before;
	int error = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (pool->member_count < count && error == 0) {
		struct member *member = &pool->members[pool->member_count];

		error = pthread_create(&member->thread, NULL, serve, member);
		if (error != 0)
			break;
		pool->member_count++;
		error = bind(member->thread, pool->cpus);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

int verify_pool_open(
	struct verify_pool **opened, struct arena *arena, const struct verify_pool_spec *spec)
{
	struct verify_pool *pool = *opened = ARENA_NEW(arena, struct verify_pool);

	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->is_given, NULL);
	pthread_cond_init(&pool->is_judged, NULL);
	pool->slot_count = spec->slot_count;
	pool->given.slots = arena_alloc_array(arena, spec->slot_count, sizeof(unsigned));
	pool->judged.slots = arena_alloc_array(arena, spec->slot_count, sizeof(unsigned));
	pool->reads = spec->reads;
	pool->cpus = spec->cpus;
	pool->members = arena_alloc_array(arena, spec->thread_count, sizeof(*pool->members));
	for (unsigned i = 0; i < spec->thread_count; i++) {
		struct member *member = &pool->members[i];

		member->pool = pool;
		member->judge = *spec->model;
		member->judge.scratch = arena_alloc(arena, spec->model->format->interval_bytes);
		member->judge.findings = arena_alloc_array(
			arena, VERIFY_FINDING_LIMIT + 1, sizeof(struct verify_finding));
		/* The log is the worker's. */
		member->judge.looks_up = false;
	}
	return start(pool, spec->thread_count);
}

void verify_pool_give(struct verify_pool *pool, unsigned slot)
{
	pthread_mutex_lock(&pool->lock);
	push(pool, &pool->given, slot);
	pool->out++;
	pthread_cond_signal(&pool->is_given);
	pthread_mutex_unlock(&pool->lock);
}

int verify_pool_take(struct verify_pool *pool, bool waits)
{
	int slot = -1;

	if (pool->out == 0) /* This thread's to count. */
		return -1;
	pthread_mutex_lock(&pool->lock);
	while (waits && pool->judged.count == 0)
		pthread_cond_wait(&pool->is_judged, &pool->lock);
	if (pool->judged.count > 0) {
		slot = (int)pop(pool, &pool->judged);
		pool->out--;
	}
	pthread_mutex_unlock(&pool->lock);
	return slot;
}

bool verify_pool_has_wrong(struct verify_pool *pool)
{
	bool has_wrong;

	pthread_mutex_lock(&pool->lock);
	has_wrong = pool->has_wrong;
	pthread_mutex_unlock(&pool->lock);
	return has_wrong;
}

uint64_t verify_pool_close(struct verify_pool *pool, struct verify_judge *into)
{
	uint64_t cpu_ns = 0;

	pthread_mutex_lock(&pool->lock);
	pool->is_over = true;
	pthread_cond_broadcast(&pool->is_given);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->member_count; i++) {
		pthread_join(pool->members[i].thread, NULL);
		verify_judge_merge(into, &pool->members[i].judge);
		cpu_ns += pool->members[i].cpu_ns;
	}
	pool->member_count = 0;
	return cpu_ns;
}
