/* SPDX-License-Identifier: MIT */
/*
 * Is today worse than before? Evidence is a worsening on the scale of the analysis (positive:
 * worse, whatever the metric's sense) with one-sided bounds; the threshold is a worsening too.
 *
 * The cut between fail and pass is at half the threshold, and both need evidence: a loss for
 * fail, the exclusion of a loss as large as the threshold for pass. What shows neither is
 * inconclusive. A suite of gates is screened first; what looks bad is then judged by fresh
 * trials alone, as one family.
 */
#ifndef VERDICT_REGRESS_H
#define VERDICT_REGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/estimate.h"
#include "verdict/metric.h"
#include "verdict/outcome.h"

struct regress_rule {
	double alpha;        /* one-sided, of bounds and of confirmation: 0.01 */
	double screen_alpha; /* one-sided, of becoming a candidate: 0.05 */
	size_t look_count;   /* blocks after which screening looks; the last look ends it */
	const size_t *looks;
	size_t confirm_blocks; /* fresh ones */
};

/* 1 %, 5 %, looks at 7, 9, 13 and 20 blocks, 12 blocks to confirm. */
extern const struct regress_rule regress_rule_default;

/*
 * How sessions of a class of metrics differ by guess, until enough are stored: estimate's default,
 * and of instructions per I/O a tenth of it, 0.2 %. They follow neither the clock rate nor the
 * neighbours; what moves them is how often interrupts and switches fall into the window.
 */
const struct prediction_prior *regress_prior_of(enum metric_class class);

struct regress_evidence {
	double worsening;            /* NAN: no data */
	double lo, hi;               /* one-sided bounds at `alpha`, each; NAN: none */
	double p_worse;              /* one-sided, of "it is no worse" */
	double smallest_effect;      /* the worsening that this much data finds in 95 % of cases */
	size_t count;                /* blocks, or stored sessions */
	enum estimate_method method; /* ESTIMATE_T for sessions */
	bool may_fail;               /* false: too little is known to claim a loss, or a gain */
};

/*
 * A contender against its reference, block by block in the same session (contender - reference,
 * scaled). `gate_count`: how many gates are judged together (at least 1), for the choice between
 * t and ranks only.
 */
struct regress_evidence regress_from_pairs(const struct metric *metric, const double *differences,
	size_t count, size_t gate_count, const struct regress_rule *rule);

/*
 * Today's sessions (normally one) against stored ones, as scaled means of sessions; of a
 * relative gate: differences to the reference of the same session. With one stored session it
 * may fail only where the threshold is four times the prior's deviation or more. `extra_variance`:
 * of the mean of today's, beyond what stored sessions show, where those of today are shorter.
 */
struct regress_evidence regress_from_sessions(const struct metric *metric, const double *stored,
	size_t stored_count, const double *today, size_t today_count,
	const struct prediction_prior *prior, double threshold, double extra_variance,
	const struct regress_rule *rule);

/*
 * A gate's tolerated loss on the scale of the analysis: `fraction` of the reference (0.05: 5 % less
 * where more is better, else 5 % more), and at least `absolute` in the metric's unit where its
 * scale is plain. Infinite where all may be lost.
 */
double regress_threshold(
	const struct metric *metric, double fraction, double absolute, double reference_level);

/* And back: a worsening as the fraction that is lost or added; of a plain scale as it is. */
double regress_loss(const struct metric *metric, double worsening);

/* PASS, IMPROVED, FAIL or INCONCLUSIVE, by this evidence alone. */
enum outcome regress_decide(const struct regress_evidence *evidence, double threshold);

/* True of a pass that nevertheless is a loss: "small but real". */
bool regress_is_small_loss(const struct regress_evidence *evidence);

enum regress_screen {
	SCREEN_SETTLED,   /* regress_decide says PASS or IMPROVED */
	SCREEN_CANDIDATE, /* looks like a loss that fresh trials could show */
	SCREEN_UNSETTLED, /* more blocks, or else INCONCLUSIVE */
};

/* At a look; candidates and settled gates stay so, unsettled ones look again. */
enum regress_screen regress_screen(
	const struct regress_evidence *evidence, double threshold, const struct regress_rule *rule);

/* The look after so many blocks; 0: there is none. */
size_t regress_next_look(const struct regress_rule *rule, size_t block_count);

/*
 * Judges gates together, by evidence from fresh trials (the candidates), or, where no trial can
 * be made (stored results), all of them by what there is: FAIL needs Holm's p <= alpha besides.
 */
void regress_confirm(const struct regress_evidence *evidence, const double *thresholds,
	size_t count, const struct regress_rule *rule, enum outcome *outcomes);

/*
 * The session's control, judged by the rule that it guards: true when, had it been a contender,
 * it would have been called a loss or an improvement. Then the gate is INCONCLUSIVE.
 */
bool regress_control_failed(const struct regress_evidence *control, double threshold);

#endif
