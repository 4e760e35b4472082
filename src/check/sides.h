/* SPDX-License-Identifier: MIT */
/* The two sides that judge.c holds against each other, and the figures that each has. */
#ifndef CHECK_SIDES_H
#define CHECK_SIDES_H

#include <stdbool.h>
#include <stddef.h>

#include "check/decide.h"

struct judge_settings;

struct sides {
	struct judgement *judgement;
	const struct judge_settings *settings;
	const struct baseline *baseline; /* NULL: against the reference contender */
	const struct check_session *today;
	size_t today_count;
	bool is_other_machine; /* a hard fact differs */
	bool has_relative;     /* the baseline has ratios */
	bool has_told_of_counters;
};

/* In the first session of today that has it; NULL: none has. */
const struct contender *sides_first(const struct sides *sides, const char *contender);

/*
 * Means of today's sessions, of the differences to `reference` where it is not NULL; returns their
 * number, and the number of trials in *trials.
 */
size_t sides_means_today(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric, double *means, size_t *trials);

/* Whether one of today's trials, of the baseline's window, of its anchor, measured it at all. */
bool sides_measured(const struct sides *sides, const char *contender, enum trial_value metric);
bool sides_stored(const struct sides *sides, const char *contender, enum trial_value metric);
bool sides_in_anchor(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric);

/*
 * Of the contender and the reference (NULL: none) the one of which a trial of today has too few
 * I/Os beyond the percentile; NULL: neither.
 */
const char *sides_find_thin(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric);

/*
 * Whether a metric of instructions per I/O is none to judge unasked. Those of user mode and the
 * kernel together are judged where both sides counted them, those of user mode in their place where
 * both sides have only these. What is not judged is no reason for another outcome, but a note says
 * so, and why.
 */
bool sides_lack_instructions(
	struct sides *sides, const char *contender, const char *reference, enum trial_value metric);

#endif
