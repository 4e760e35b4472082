/* SPDX-License-Identifier: MIT */
#include "curve/saturation.h"

#include <math.h>

#define SHORTFALL        0.02
#define DEVIATIONS       3
#define LATE_NS          50e3
#define LATE_SHARE       0.1
#define FULL_SHARE       0.5
#define TAKEN_SHARE      0.7
#define LATE_TAKEN_SHARE 0.5
#define STALL_SHARE      0.5 /* of the lag */
#define BUSY_SHARE       0.9

bool saturation_is(const struct saturation_view *view)
{
	double due = view->offered * view->window_s;
	double slack = SHORTFALL * due + 1;

	if (view->is_poisson)
		slack += DEVIATIONS * sqrt(due);
	return view->done < due - slack;
}

/* Whether I/Os waited for those before them. */
static bool was_full(const struct saturation_view *view, bool is_saturated)
{
	if (is_saturated)
		return view->taken >= TAKEN_SHARE;
	return view->full_share >= FULL_SHARE &&
	       (view->taken >= LATE_TAKEN_SHARE ||
		       view->service_max_ns >= STALL_SHARE * view->lag_p99_ns);
}

enum saturation_cause saturation_find(const struct saturation_view *view)
{
	bool is_late = view->lag_p99_ns > LATE_NS && view->lag_p99_ns > LATE_SHARE * view->p99_ns;
	bool is_saturated = saturation_is(view);

	if (!is_late && !is_saturated)
		return SATURATION_NONE;
	if (view->busy >= BUSY_SHARE)
		return SATURATION_CPU;
	return was_full(view, is_saturated) ? SATURATION_TARGET : SATURATION_GENERATOR;
}

const char *saturation_name(unsigned cause)
{
	static const char *const names[] = {
		[SATURATION_NONE] = "none",
		[SATURATION_TARGET] = "target",
		[SATURATION_CPU] = "cpu",
		[SATURATION_GENERATOR] = "generator",
	};

	return names[cause];
}
