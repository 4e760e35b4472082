/* SPDX-License-Identifier: MIT */
/* Work measured out by the CPU clock, so that a busy machine changes nothing. After cmocka.h. */
#ifndef TESTS_UNIT_HOST_CPU_WORK_H
#define TESTS_UNIT_HOST_CPU_WORK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "base/clock.h"
#include "host/cpu_account.h"
#include "test.h"

#define WORK_NS (60 * NS_PER_MS)
/* The process's clock knows of threads on other CPUs what their last tick, of up to 10 ms, said. */
#define HELPER_WORK_NS (200 * NS_PER_MS)

/* The steps of the workers of a test. */
static pthread_barrier_t together;

static inline uint64_t read_ns(clockid_t clock)
{
	struct timespec now;

	assert_int_equal(clock_gettime(clock, &now), 0);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/*
 * Until this thread has used so much CPU time. Returns how much it was: a virtual CPU that was not
 * run for a while charges the thread for the pause.
 */
static inline uint64_t burn(uint64_t cpu_ns)
{
	uint64_t start = read_ns(CLOCK_THREAD_CPUTIME_ID), used = 0;

	while (used < cpu_ns)
		used = read_ns(CLOCK_THREAD_CPUTIME_ID) - start;
	return used;
}

/* A worker that has no helpers and computes for half of WORK_NS; its usage goes to `result`. */
static inline void *compute(void *result)
{
	struct cpu_account *account = cpu_account_open();

	pthread_barrier_wait(&together); /* open */
	pthread_barrier_wait(&together); /* the other one has started */
	cpu_account_start(account);
	burn(WORK_NS / 2);
	cpu_account_stop(account, result);
	pthread_barrier_wait(&together); /* measured */
	pthread_barrier_wait(&together); /* so is the other one */
	cpu_account_close(account);
	return NULL;
}

/* CPU time of the process less that of this thread. */
static inline uint64_t others_ns(void)
{
	uint64_t own = read_ns(CLOCK_THREAD_CPUTIME_ID);

	return read_ns(CLOCK_PROCESS_CPUTIME_ID) - own;
}

/* Until the other threads of the process have used so much CPU time. */
static inline void let_others_burn(uint64_t cpu_ns)
{
	uint64_t end = others_ns() + cpu_ns;

	while (others_ns() < end)
		continue;
}

static inline void assert_near(uint64_t value, uint64_t expected, double share)
{
	double difference = (double)value - (double)expected;

	if (difference < 0)
		difference = -difference;
	if (difference > share * (double)expected)
		fail_msg("%llu is not within %.0f %% of %llu", (unsigned long long)value,
			share * 100, (unsigned long long)expected);
}

#endif
