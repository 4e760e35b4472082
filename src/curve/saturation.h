/* SPDX-License-Identifier: MIT */
/*
 * Whether a load is more than can be done, and what then is the limit. A load is saturated when its
 * trials together did less of it than 98 %, and less than chance explains: a random process has a
 * random number of I/Os in a window, so that three of its standard deviations count as nothing.
 */
#ifndef CURVE_SATURATION_H
#define CURVE_SATURATION_H

#include <stdbool.h>

enum saturation_cause {
	SATURATION_NONE,      /* the load was done, and I/Os were sent when they were due */
	SATURATION_TARGET,    /* I/Os waited for those before them: all of iodepth was in flight */
	SATURATION_CPU,       /* the threads that send were busy all the time */
	SATURATION_GENERATOR, /* I/Os were sent late although there was room for them */
	SATURATION_CAUSE_COUNT,
};

/* What is seen of a load; NAN: not known. */
struct saturation_view {
	double offered;  /* I/Os a second, */
	double window_s; /* for so long, of all trials, */
	double done;     /* of which so many I/Os were done */
	bool is_poisson;
	double p99_ns; /* response time */
	double lag_p99_ns;
	double service_max_ns;
	double full_share; /* of the I/Os, that took the last place of iodepth */
	double taken;      /* places of iodepth that were taken, mean over time */
	double busy;       /* CPU time of the threads that send, of their time */
};

bool saturation_is(const struct saturation_view *view);

/*
 * Lateness counts from 50 us on that are a tenth of the response time. Where I/Os were late or the
 * load was not done:
 *   CPU        the threads that send were busy for 90 % of the time;
 *   target     else, of a load that was not done: 70 % of the places of iodepth were taken. Of late
 *              I/Os: half of all took the last place, and half of the places were taken, or an I/O
 *              took half as long as the others were late, so that they waited for it;
 *   generator  else: something kept I/Os from being sent, other work on the CPUs for example.
 */
enum saturation_cause saturation_find(const struct saturation_view *view);

/* "target", … for documents. */
const char *saturation_name(unsigned cause);

#endif
