/* SPDX-License-Identifier: MIT */
/* Random values for tests and simulations of the statistics: seeded, so the same in every run. */
#ifndef TESTS_NOISE_H
#define TESTS_NOISE_H

#include <math.h>

#include "base/random.h"

/* Standard normal, by Box and Muller. */
static inline double noise_normal(struct random *random)
{
	double radius = sqrt(-2 * log(1 - random_unit(random)));

	return radius * cos(2 * M_PI * random_unit(random));
}

#endif
