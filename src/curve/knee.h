/* SPDX-License-Identifier: MIT */
/*
 * Where latency takes off: the load from which on p99 stays above twice the least p99 of the curve.
 * The least one, not that of the lowest load: an idle machine sleeps, and its I/O is slow. Twice,
 * because a server is then as much queue as service; of a queue with random arrivals and a constant
 * service time that is at a load of about a half (Kleinrock, Queueing Systems II, 1976, 5.1, has
 * the same point as the maximum of load / latency). Between two loads the crossing is found on a
 * straight line of load and log p99.
 */
#ifndef CURVE_KNEE_H
#define CURVE_KNEE_H

#include <stddef.h>

#define KNEE_FACTOR 2.0

/* p99 of a load, with its interval; NAN: not known. */
struct knee_point {
	double load;
	double p99, lo, hi;
};

struct knee {
	double least;        /* p99; NAN: no load has one */
	double load, lo, hi; /* NAN: p99 stays below up to the highest load */
};

/*
 * By load, ascending; those without a p99 are passed over. lo and hi are the crossings of the upper
 * and of the lower ends of the intervals; NAN where no load has one.
 */
struct knee knee_find(const struct knee_point *points, size_t count);

#endif
