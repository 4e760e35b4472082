/* SPDX-License-Identifier: MIT */
/*
 * When the TSC may be trusted, and how long one of its ticks is.
 *
 * Trusted: CPUID says "invariant TSC" (leaf 80000007h, EDX bit 8: Intel SDM vol. 3, 18.17.1) and
 * the kernel reads time from it too. The kernel's watchdog (kernel/time/clocksource.c) moves away
 * from a TSC that runs differently on different CPUs, so its choice says more than CPUID can.
 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/cleanup.h"

#define CALIBRATION_NS     (2 * NS_PER_MS)
#define STAMP_TRIES        16
#define CPUID_POWER_LEAF   0x80000007u
#define CPUID_TSC_CONSTANT (1u << 8)

struct clock_scale clock_scale;

/* The TSC and CLOCK_MONOTONIC at one moment, as near as can be had. */
struct stamp {
	uint64_t ticks;
	uint64_t ns;
};

static struct stamp first_stamp;
static bool may_use_tsc;

#if defined(__x86_64__)

static uint64_t read_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

static bool is_tsc_invariant(void)
{
	unsigned eax, ebx, ecx, edx;

	if (!__get_cpuid(CPUID_POWER_LEAF, &eax, &ebx, &ecx, &edx))
		return false;
	return edx & CPUID_TSC_CONSTANT;
}

#else

static uint64_t read_ticks(void)
{
	return 0;
}

static bool is_tsc_invariant(void)
{
	return false;
}

#endif

/* Clock sources that are the TSC, plain or scaled by a hypervisor. */
static bool does_kernel_trust_tsc(void)
{
	static const char *const trusted[] = {"tsc", "kvm-clock", "hyperv_clocksource_tsc_page"};
	AUTO_FCLOSE FILE *stream =
		fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
	char name[64];

	if (!stream || !fgets(name, sizeof(name), stream))
		return false;
	name[strcspn(name, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++) {
		if (strcmp(name, trusted[i]) == 0)
			return true;
	}
	return false;
}

/* The try with the least time between its two reads of the TSC: the others were interrupted. */
static struct stamp take_stamp(void)
{
	uint64_t narrowest = UINT64_MAX;
	struct stamp best = {0};

	for (int i = 0; i < STAMP_TRIES; i++) {
		uint64_t before = read_ticks();
		uint64_t ns = clock_monotonic();
		uint64_t width = read_ticks() - before;

		if (width < narrowest) {
			narrowest = width;
			best = (struct stamp){.ticks = before + width / 2, .ns = ns};
		}
	}
	return best;
}

void clock_init(void)
{
	clock_scale.uses_tsc = false;
	may_use_tsc = is_tsc_invariant() && does_kernel_trust_tsc();
	first_stamp = take_stamp();
}

void clock_calibrate(void)
{
	struct stamp last;

	if (!may_use_tsc || clock_scale.uses_tsc)
		return;
	do {
		last = take_stamp();
	} while (last.ns - first_stamp.ns < CALIBRATION_NS);
	if (last.ticks <= first_stamp.ticks)
		return; /* It stands still or ran back: whatever CPUID says, this is no clock. */
	clock_scale = (struct clock_scale){
		.base_ticks = last.ticks,
		.base_ns = last.ns,
		.multiplier = (uint64_t)(((unsigned __int128)(last.ns - first_stamp.ns) << 32) /
					 (last.ticks - first_stamp.ticks)),
		.uses_tsc = true,
	};
}

double clock_drift_ppm(void)
{
	struct stamp stamp;
	uint64_t by_tsc, by_kernel;

	if (!clock_scale.uses_tsc)
		return 0;
	stamp = take_stamp();
	by_kernel = stamp.ns - clock_scale.base_ns;
	by_tsc = (uint64_t)(((unsigned __int128)(stamp.ticks - clock_scale.base_ticks) *
				    clock_scale.multiplier) >>
			    32);
	return by_kernel ? ((double)by_tsc - (double)by_kernel) * 1e6 / (double)by_kernel : 0;
}

const char *clock_source(void)
{
	return clock_scale.uses_tsc ? "tsc" : "clock_gettime";
}

uint64_t clock_wait_until(uint64_t end_ns)
{
	uint64_t now = clock_now();

	if (now + CLOCK_SPIN_NS < end_ns) {
		const struct timespec sleep = clock_timespec(end_ns - CLOCK_SPIN_NS - now);

		if (clock_nanosleep(CLOCK_MONOTONIC, 0, &sleep, NULL) != 0)
			return 0;
		now = clock_now();
	}
	while (clock_now() < end_ns) {
#if defined(__x86_64__)
		__builtin_ia32_pause();
#endif
	}
	return now < end_ns ? end_ns - now : 0;
}
