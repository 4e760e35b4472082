/* SPDX-License-Identifier: MIT */
/*
 * Each contender against the reference on one metric: the paired difference, and one of four
 * verdicts. "Proven equal" and "not shown to differ" are kept apart.
 */
#ifndef VERDICT_CONTRAST_H
#define VERDICT_CONTRAST_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/estimate.h"
#include "verdict/session.h"

enum contrast_mark {
	MARK_NONE,        /* the reference itself, or too little data: values only */
	MARK_RANGE,       /* two blocks: the two differences, no interval */
	MARK_EXPLORATORY, /* three to five blocks: an interval, but no claim */
	MARK_BETTER,      /* shown to differ, by the least effect or more */
	MARK_WORSE,
	MARK_EQUIVALENT, /* the whole interval lies within the equivalence margin */
	MARK_UNRESOLVED, /* no difference shown, and none excluded */
};

enum { CONTRAST_COUNT_FOR_CLAIM = 6 }; /* blocks from which claims (and letters) are made */

struct contrast_rule {
	double alpha;        /* contrast_alpha() */
	double least_effect; /* smaller differences are never claimed: 0.01 is 1 % */
	double equivalence;  /* half-width of the margin: 0.02 */
	size_t block_limit;  /* cap of `blocks_needed` */
};

/* 5 %, 1 %, 2 %, 200 blocks. */
extern const struct contrast_rule contrast_rule_default;

/*
 * Level of tests and of intervals that are printed as 95 %. Looking several times costs about a
 * fifth of it, so 4 % where the number of blocks was chosen by looking at the data.
 */
double contrast_alpha(bool is_adaptive);

struct contrast {
	struct estimate difference; /* contender - reference, scaled */
	double p_adjusted;          /* among all contenders but the control (Holm); NAN: none */
	enum contrast_mark mark;
	bool is_demoted;      /* a claim that the control's own difference takes back */
	size_t blocks_needed; /* MARK_UNRESOLVED: blocks in all that may resolve it, about */
};

/* The verdict on one difference; `reference_level` is scaled. */
enum contrast_mark contrast_decide(const struct metric *metric, double reference_level,
	const struct estimate *difference, double p_adjusted, const struct contrast_rule *rule);

/* "better", "worse", "equivalent", "unresolved", "exploratory", "range", "none". */
const char *contrast_mark_name(enum contrast_mark mark);

/*
 * All contenders of a session on one metric, unadjusted by the control: contrasts[i] belongs to
 * contender i; the reference's own is MARK_NONE.
 */
void contrast_all(const struct session *session, size_t metric, const struct contrast_rule *rule,
	struct contrast *contrasts);

/*
 * How wide the intervals of the primary metric are, as fractions, for the stop rule: one a
 * contender but reference, control and failed ones; NAN where there is none yet. Returns their
 * number, at most contender_count.
 */
size_t contrast_half_widths(
	const struct session *session, const struct contrast_rule *rule, double *half_widths);

/*
 * About how many blocks in all it takes until every one of these half-widths is `half_width` (a
 * fraction, as the stop rule's) or less; the rule's block_limit where nothing is known yet.
 */
size_t contrast_blocks_for(
	const struct session *session, const struct contrast_rule *rule, double half_width);

/* Mean of the reference's values, scaled. */
double contrast_reference_level(const struct session *session, size_t metric);

/*
 * What the control says. It is the reference a second time, run like any contender, so that its
 * difference is known to be nothing: what is measured instead is the session's own error.
 */
struct control {
	bool is_judged;    /* there is a control and it has an interval */
	bool has_failed;   /* this session cannot support comparisons below `floor` */
	double half_width; /* of its interval, as an effect: the noise floor to print */
	double floor;      /* |difference| + half-width, as an effect */
};

/*
 * Failed: the interval lies wholly outside half the equivalence margin, or the difference
 * reaches the least effect with p < 0.01.
 */
struct control contrast_control(const struct metric *metric, double reference_level,
	const struct estimate *difference, const struct contrast_rule *rule);

/*
 * Takes back what a failed control does not let stand: every better, worse or equivalent below
 * its floor becomes unresolved.
 */
void contrast_demote(const struct control *control, const struct metric *metric,
	struct contrast *contrasts, size_t count);

#endif
