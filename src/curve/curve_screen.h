/* SPDX-License-Identifier: MIT */
/* The rows of `curve --live`: each line, and below it its loads and what is known of them. */
#ifndef CURVE_CURVE_SCREEN_H
#define CURVE_CURVE_SCREEN_H

#include "curve/curve.h"
#include "text/page.h"

size_t curve_screen_count(const struct curve *curve);

/* `now`: the point that is measured; NULL: none of these. */
void curve_screen_put(const struct curve *curve, const struct curve_point *now, struct page *page,
	size_t first, size_t count);

#endif
