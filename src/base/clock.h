/* SPDX-License-Identifier: MIT */
/*
 * Time in ns for measuring. The TSC where it is invariant (10 ns a read against 24 for
 * clock_gettime), calibrated against CLOCK_MONOTONIC and checked against it after the run; else
 * clock_gettime. Results say which (clock_source()). The epoch is CLOCK_MONOTONIC's.
 *
 * Unit tests of the hot loop put another clock in its place (tests/fake_clock.h).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

struct clock_scale {
	uint64_t base_ticks;
	uint64_t base_ns;
	uint64_t multiplier; /* ns = (ticks * multiplier) >> 32 */
	bool uses_tsc;
};
extern struct clock_scale clock_scale;

/* One of the kernel's clocks that each thread and process has. */
static inline uint64_t clock_read(clockid_t clock)
{
	struct timespec now;

	/* It cannot fail: the clock exists and the pointer is ours. */
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static inline struct timespec clock_timespec(uint64_t ns)
{
	return (struct timespec){(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
}

static inline uint64_t clock_monotonic(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* By a copy of the scale, for a loop that has one beside its own data. */
static inline uint64_t clock_now_by(const struct clock_scale *scale)
{
#if defined(__x86_64__)
	if (__builtin_expect(scale->uses_tsc, 1)) {
		uint64_t ticks = __builtin_ia32_rdtsc() - scale->base_ticks;

		return scale->base_ns +
		       (uint64_t)(((unsigned __int128)ticks * scale->multiplier) >> 32);
	}
#endif
	(void)scale;
	return clock_monotonic();
}

static inline uint64_t clock_now(void)
{
	return clock_now_by(&clock_scale);
}

/* The rest of `timeout_ns` until its deadline; 0 and below (no end) stay as they are. */
static inline int64_t clock_left(int64_t timeout_ns, uint64_t deadline_ns)
{
	uint64_t now_ns;

	if (timeout_ns <= 0)
		return timeout_ns;
	now_ns = clock_now();
	return now_ns < deadline_ns ? (int64_t)(deadline_ns - now_ns) : 0;
}

/* clock_wait_until sleeps no longer than to so long before its end, and looks at the clock then:
 * what wakes a thread is later than that at times. */
#define CLOCK_SPIN_NS 50000ull

/* Until clock_now() is `end_ns` or more; a signal ends it before. Returns how long it looked. */
uint64_t clock_wait_until(uint64_t end_ns);

/*
 * clock_init: once, as the first thing in main(): reads CPUID and takes the first pair of stamps.
 * clock_calibrate: before workers start; waits until 2 ms have gone since clock_init, if they
 * have not. Without these calls clock_now() is clock_gettime.
 */
void clock_init(void);
void clock_calibrate(void);

/* How far clock_now() is from CLOCK_MONOTONIC since the calibration, in parts per million. */
double clock_drift_ppm(void);

/* "tsc" or "clock_gettime". */
const char *clock_source(void);

#endif
