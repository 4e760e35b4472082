/* SPDX-License-Identifier: MIT */
/* The live line of a wave: what it does, how fast, how long yet. By the supervisor. */
#ifndef RUN_WAVE_LINE_H
#define RUN_WAVE_LINE_H

#include "run/crew.h"
#include "run/progress.h"

struct wave_totals {
	uint64_t ios, bytes;
	uint64_t latest_deadline_ns;
	bool is_measuring;
};

/* Sums over its workers. */
struct wave_totals wave_line_totals(const struct crew *crew);

/* When a line is due. Of several ranks: their sum, and the slowest of them. */
void wave_line_show(struct progress *progress, const struct crew *crew);

#endif
