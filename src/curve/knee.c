/* SPDX-License-Identifier: MIT */
#include "curve/knee.h"

#include <math.h>
#include <stdbool.h>

/* Which end of a load's interval is looked at. */
enum band { BAND_VALUE, BAND_LO, BAND_HI };

static double of_band(const struct knee_point *point, enum band band)
{
	double end = band == BAND_LO ? point->lo : band == BAND_HI ? point->hi : point->p99;

	return isnan(end) ? point->p99 : end;
}

static double between(double low_load, double low, double high_load, double high, double limit)
{
	double share = (log(limit) - log(low)) / (log(high) - log(low));

	return low_load + share * (high_load - low_load);
}

/* From where on the band stays above the limit; NAN: it ends below. */
static double crossing(const struct knee_point *points, size_t count, enum band band, double limit)
{
	double above = NAN, above_load = NAN; /* the lowest load of those that stay above */

	for (size_t i = count; i-- > 0;) {
		double p99 = of_band(&points[i], band);

		if (isnan(p99))
			continue;
		if (p99 <= limit)
			return isnan(above)
				       ? NAN
				       : between(points[i].load, p99, above_load, above, limit);
		above = p99;
		above_load = points[i].load;
	}
	return above_load;
}

struct knee knee_find(const struct knee_point *points, size_t count)
{
	struct knee knee = {.least = NAN};
	bool has_intervals = false;

	for (size_t i = 0; i < count; i++) {
		knee.least = fmin(knee.least, points[i].p99); /* fmin passes over NAN */
		has_intervals |= !isnan(points[i].lo);
	}
	knee.load = crossing(points, count, BAND_VALUE, KNEE_FACTOR * knee.least);
	knee.lo = knee.hi = NAN;
	if (!has_intervals)
		return knee;
	knee.lo = crossing(points, count, BAND_HI, KNEE_FACTOR * knee.least);
	knee.hi = crossing(points, count, BAND_LO, KNEE_FACTOR * knee.least);
	return knee;
}
