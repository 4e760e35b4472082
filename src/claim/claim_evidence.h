/* SPDX-License-Identifier: MIT */
/*
 * A test as numbers: how far what was measured lies from each border of the claim, block by block,
 * on the scale of the analysis. Between claim_judge_measure() and claim_judge_all().
 */
#ifndef CLAIM_CLAIM_EVIDENCE_H
#define CLAIM_CLAIM_EVIDENCE_H

#include "claim/claim_outcome.h"
#include "measure/estimate.h"

/* Positive: above the border. */
struct claim_border {
	double at; /* as claim_test.border */
	double *distances,
		*others; /* others: of the right side at its own point, to be subtracted */
};

struct claim_evidence {
	bool is_judged; /* false: its verdict does not depend on the interval, which is shown */
	enum claim_relation relation;
	bool is_log;  /* distances are logarithms of ratios; else plain */
	double unit;  /* plain ones, divided by this, are in the unit of what is measured */
	size_t count; /* distances at each border; blocks, where they are differences in one */
	size_t other_count;  /* 0: differences in one block, or of a level */
	size_t border_count; /* 2: CLAIM_WITHIN, the lower one first */
	struct claim_border borders[2];
	/*
	 * How sessions differ, at least: a standard deviation; 0: as far as blocks of one show. And
	 * whether nothing beside it wanders as it does: a level, or a side of a point of its own.
	 */
	double spread;
	bool is_alone;
	double least;          /* nearer to the border nothing is claimed, */
	double floor;          /* and within a failed control's error; 0: it has not failed */
	double control_effect; /* what it found of a difference that is none */
	double drift; /* of levels in their session: how far it may have moved them; 0: none */
	const char *drift_text; /* that says so; NULL: none */
};

/*
 * The distance from border `index` with its interval of level 1 - alpha. Differences are judged by
 * t or by signed ranks: by ranks where that many blocks can reach `strictest` with them.
 */
struct estimate claim_evidence_estimate(
	const struct claim_evidence *evidence, size_t index, double alpha, double strictest);

/* A distance as a value of what is measured. */
double claim_evidence_measured(
	const struct claim_evidence *evidence, size_t index, double distance);

/* Whether nothing lies between what was measured and its only border: counts that are the same. */
bool claim_evidence_is_tie(const struct claim_evidence *evidence);

#endif
