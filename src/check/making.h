/* SPDX-License-Identifier: MIT */
/* How judge.c makes gates, one at a time. */
#ifndef CHECK_MAKING_H
#define CHECK_MAKING_H

#include "check/judge.h"

/* What the making of gates works on. */
struct making {
	struct judge *judge;
	const struct baseline *baseline; /* NULL: against the reference arm */
	const struct sample *today;
	size_t today_count;
	bool is_other_machine; /* a hard fact differs */
	bool has_relative;
};

/* Whether a threshold's name is the gate's, with or without the arm. */
bool making_names_gate(const char *threshold, const char *arm, const char *metric);

/* What was asked for, on the command line or in the baseline; NULL: nothing. */
const struct baseline_threshold *making_threshold(
	const struct making *making, const char *arm, const char *metric);

/*
 * Of the arm and the reference (NULL: none) the one of which a trial of today has too few I/Os
 * beyond the percentile; NULL: neither.
 */
const char *making_thin_arm(const struct making *making, const char *arm, const char *reference,
	enum trial_value metric);

/* Means of today's sessions; returns their number, and the number of trials in *trials. */
size_t making_means_today(const struct making *making, const char *arm, const char *reference,
	enum trial_value metric, double *means, size_t *trials);

/* A gate with its threshold, by default or as asked for; not judged. */
struct check_gate *making_add_gate(
	struct making *making, const char *arm, enum trial_value metric, bool is_anchor);

/* Without a baseline: the arm against the reference, block by block. */
void making_add_paired(struct making *making, const struct sample_arm *arm,
	const struct sample_arm *reference, enum trial_value metric);

/* Against the window of the baseline, or its anchor; relative to `reference` where not NULL. */
void making_add_stored(struct making *making, const char *arm, const char *reference,
	enum trial_value metric, bool is_anchor);

void making_add_assertion(struct making *making, const struct assertion *assertion);

#endif
