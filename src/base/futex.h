/* SPDX-License-Identifier: MIT */
/* futex(2): words that threads, or processes that share a mapping, wait at. */
#ifndef BASE_FUTEX_H
#define BASE_FUTEX_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * Waits while `word` is `value`, until a wake-up, a signal or CLOCK_MONOTONIC's `until` (NULL: no
 * limit). However it ends, the caller looks at the word again.
 */
static inline void futex_wait(_Atomic uint32_t *word, uint32_t value, const struct timespec *until)
{
	(void)syscall(
		SYS_futex, word, FUTEX_WAIT_BITSET, value, until, NULL, FUTEX_BITSET_MATCH_ANY);
}

/* It can fail for a bad address only. */
static inline void futex_wake(_Atomic uint32_t *word, int count)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

/* CLOCK_MONOTONIC in so many ns. */
static inline struct timespec futex_time_after(uint64_t wait_ns)
{
	struct timespec at;
	uint64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &at);
	ns = (uint64_t)at.tv_nsec + wait_ns;
	at.tv_sec += (time_t)(ns / 1000000000);
	at.tv_nsec = (long)(ns % 1000000000);
	return at;
}

#endif
