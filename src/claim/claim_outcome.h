/* SPDX-License-Identifier: MIT */
/*
 * What came of a claim: the verdict of each line, at each point, with the numbers that decided.
 * Plain data that claim_judge.h makes out of records; texts belong to the arena it was given.
 */
#ifndef CLAIM_CLAIM_OUTCOME_H
#define CLAIM_CLAIM_OUTCOME_H

#include "claim/claim.h"

/*
 * A line at one point. What is measured is a ratio left / right (is_ratio), else, of a metric that
 * can be 0, the difference left - factor * right; of a level the level, in its unit.
 */
struct claim_test {
	const char *point;       /* of left: "bs=64k"; "" where there is one only */
	const char *right_point; /* of right, where it is another one; else NULL */
	enum claim_verdict verdict;
	const char *reason;  /* NULL: the interval says it all */
	const char *caution; /* what its session shows of itself, for a reader; NULL: nothing */
	bool is_ratio;
	double left, right; /* levels in the metric's unit; NAN: not known, or there is none */
	double measured;    /* NAN: nothing was measured */
	double lo, hi;      /* the interval that decided, of level 1 - alpha; NAN: none */
	double alpha;       /* after the family's correction */
	double border;      /* what `measured` is held against: factor, level, or 0 */
	double border_lo;   /* CLAIM_WITHIN: its two borders; else both are `border` */
	double border_hi;
	double p;             /* of "the truth lies on the border"; NAN: not tested */
	double p_adjusted;    /* among all tests of the run (Holm) */
	size_t block_count;   /* in which both sides were measured */
	size_t blocks_needed; /* not resolved: in all, about, to resolve it; 0: not known */
	struct claim_evidence *evidence; /* claim_judge.c's own; NULL once it is no longer needed */
};

struct claim_line_outcome {
	const struct claim_line *line;
	/* Confirmed: at each point; refuted: at one or more. */
	enum claim_verdict verdict;
	size_t test_count; /* one a point, in the order of the points */
	struct claim_test *tests;
};

struct claim_outcome {
	const struct claim *claim;
	const char *obstacle; /* why nothing could be tested here; NULL: it was */
	double elapsed_s;     /* what it cost to find out */
	bool is_adaptive;     /* the number of its blocks depended on the data */
	size_t line_count;
	struct claim_line_outcome *lines;
};

#endif
