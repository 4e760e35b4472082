/* SPDX-License-Identifier: MIT */
/*
 * A clock that stands until it is moved, for a program of one file (*_fakeclock.c): what
 * base/clock.c exports is defined here, so that the linker takes nothing from there, and
 * clock_now(), which reads CLOCK_MONOTONIC without the TSC, finds clock_fake_ns.
 */
#ifndef TESTS_FAKE_CLOCK_H
#define TESTS_FAKE_CLOCK_H

#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"

static uint64_t clock_fake_ns;

struct clock_scale clock_scale;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, now);
	now->tv_sec = (time_t)(clock_fake_ns / NS_PER_S);
	now->tv_nsec = (long)(clock_fake_ns % NS_PER_S);
	return 0;
}

void clock_init(void)
{
}

void clock_calibrate(void)
{
}

double clock_drift_ppm(void)
{
	return 0;
}

uint64_t clock_wait_until(uint64_t end_ns)
{
	uint64_t wait_ns = clock_fake_ns < end_ns ? end_ns - clock_fake_ns : 0;

	clock_fake_ns += wait_ns;
	return wait_ns < CLOCK_SPIN_NS ? wait_ns : CLOCK_SPIN_NS;
}

const char *clock_source(void)
{
	return "fake";
}

#endif
