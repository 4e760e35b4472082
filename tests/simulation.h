/* SPDX-License-Identifier: MIT */
/*
 * Rates measured by simulation, held against limits. A test names the rounds that its limits are
 * meant for. It makes a tenth of them, a short form, and under sanitizers a hundredth;
 * RINGSIDE_SIMULATIONS=20000 asks for as many (make simulate). Limits hold as they stand from the
 * test's own number on; with fewer, three standard errors of chance are added.
 */
#ifndef TESTS_SIMULATION_H
#define TESTS_SIMULATION_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "near.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SIMULATION_SHARE = 100 };
#else
enum { SIMULATION_SHARE = 10 };
#endif

struct simulation {
	unsigned rounds;
	bool is_whole; /* as many rounds as the limits are meant for, or more */
};

static inline struct simulation simulation_plan(unsigned rounds)
{
	const char *asked = getenv("RINGSIDE_SIMULATIONS");
	struct simulation plan = {.rounds = rounds / SIMULATION_SHARE};

	if (asked)
		plan.rounds = (unsigned)strtoul(asked, NULL, 10);
	if (plan.rounds == 0)
		plan.rounds = 1;
	plan.is_whole = plan.rounds >= rounds;
	return plan;
}

static inline double simulation_chance(const struct simulation *plan, double percent)
{
	double rate = percent / 100;

	return plan->is_whole ? 0 : 300 * sqrt(rate * (1 - rate) / plan->rounds);
}

/* `percent` of the plan's rounds (or of several a round). */
static inline void simulation_at_most(
	const struct simulation *plan, const char *what, double percent, double limit)
{
	if (percent > limit + simulation_chance(plan, limit))
		fail_msg("%s: %.2f %%, at most %.2f %% were allowed", what, percent, limit);
}

static inline void simulation_at_least(
	const struct simulation *plan, const char *what, double percent, double limit)
{
	if (percent < limit - simulation_chance(plan, limit))
		fail_msg("%s: %.2f %%, at least %.2f %% were wanted", what, percent, limit);
}

#endif
