/* SPDX-License-Identifier: MIT */
/*
 * Waiting in a test for what others do: never without a bound, for a test that fails may have left
 * behind what makes it wait for ever, and its message would be lost with it.
 */
#ifndef TESTS_UNIT_WAIT_UNTIL_H
#define TESTS_UNIT_WAIT_UNTIL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"

/* Long beside what a busy machine takes for any of it; a test of the bound has a shorter one. */
static uint64_t wait_limit_ns = 10 * NS_PER_S;

static inline uint64_t wait_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists */
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* A pause; false, having said what was waited for in vain, when the time is over. */
static inline bool wait_goes_on(uint64_t began_ns, const char *what)
{
	const struct timespec pause = {.tv_nsec = (long)NS_PER_MS};

	if (wait_clock() - began_ns <= wait_limit_ns) {
		nanosleep(&pause, NULL);
		return true;
	}
	fprintf(stderr, "waited %g s in vain until %s\n", (double)wait_limit_ns / 1e9, what);
	return false;
}

/* Whether `condition` came true. */
#define WAIT_UNTIL(condition, what)                                                                \
	({                                                                                         \
		uint64_t wait_began_ns = wait_clock();                                             \
		bool wait_is_over;                                                                 \
                                                                                                   \
		while (!(wait_is_over = (condition)) && wait_goes_on(wait_began_ns, what))         \
			;                                                                          \
		wait_is_over;                                                                      \
	})

#endif
