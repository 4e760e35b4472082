/* SPDX-License-Identifier: MIT */
/*
 * A difference or a level from n trials: estimate, interval, p-value. Values are on the scale of
 * the analysis: logarithms for what is compared as a ratio. Nothing is dropped by value.
 *
 * Below 8 pairs, whatever the data: mean and Student's t. From 8: the Hodges–Lehmann estimate with
 * the exact Wilcoxon signed-rank test, which a few wild trials cannot carry away.
 * Source: Hodges, Lehmann, Ann. Math. Stat. 34 (1963) 598; Hollander et al. (distribution.h).
 */
#ifndef MEASURE_ESTIMATE_H
#define MEASURE_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum estimate_method {
	ESTIMATE_NONE,  /* fewer than 2 values */
	ESTIMATE_RANGE, /* 2 values: lo and hi are the smaller and the larger, not an interval */
	ESTIMATE_T,
	ESTIMATE_WILCOXON,
};

enum {
	ESTIMATE_COUNT_FOR_INTERVAL = 3,
	ESTIMATE_COUNT_FOR_RANKS = 8,
};

struct estimate {
	double value; /* NAN without data */
	double lo;    /* interval of level 1 - alpha; NAN where there is none */
	double hi;
	double p;         /* two-sided, of "the true value is 0"; NAN where there is none */
	double deviation; /* sample standard deviation; NAN below 2 values */
	size_t count;
	enum estimate_method method;
};

/*
 * Paired differences. `comparisons`: how many are judged together (at least 1); where n pairs
 * cannot reach alpha / comparisons by ranks, t is used. The interval itself has level 1 - alpha
 * and excludes 0 exactly when p <= alpha.
 */
struct estimate estimate_paired(
	const double *differences, size_t count, double alpha, size_t comparisons);

struct estimate estimate_mean(const double *values, size_t count, double alpha); /* by t */

/* (hi - lo) / 2; NAN where there is no interval (ESTIMATE_RANGE has none). */
double estimate_half_width(const struct estimate *estimate);
const char *estimate_method_name(enum estimate_method method); /* "none", "range", "t", … */

/* Pairs that a t interval this wide takes, at most `limit`, which is also the answer without a
 * known deviation: n = (t s / w)^2 by iteration. */
size_t estimate_count_needed(
	double deviation, double half_width, double alpha, size_t count, size_t limit);

/*
 * The smallest true effect that a one-sided test at `alpha` finds in 95 % of cases:
 * (t_{1 - alpha} + t_{0.95}) standard errors.
 */
double estimate_smallest_effect(double standard_error, double freedom, double alpha);

/*
 * Many comparisons at once: p-values by which a false claim in the whole family is as rare as
 * alpha, and letter groups for "who differs from whom". Sources: Holm, Scand. J. Statist. 6 (1979)
 * 65; Piepho, J. Comp. Graph. Stat. 13 (2004) 456.
 */
enum {
	ESTIMATE_LETTERS_MEMBER_LIMIT = 64,
	ESTIMATE_LETTERS_LIMIT = 52, /* A … Z, a … z */
};

/* adjusted[i] <= alpha: claim i. NAN stands for a test that was not made and is not counted. */
void estimate_holm(const double *p, size_t count, double *adjusted);

/*
 * Letters for `count` members, listed best first: two members share one exactly when they were
 * not shown to differ. differs[i * count + j] is symmetric. letters[i]: bit 0 is A, …; A holds
 * the first member. Returns the number of letters, 0 where they do not suffice.
 */
size_t estimate_letters(const bool *differs, size_t count, uint64_t *letters);

/* "A", "BC", … for a set of letters; returns text. */
char *estimate_letters_text(uint64_t letters, char text[ESTIMATE_LETTERS_LIMIT + 1]);

/*
 * Is today's session what the stored sessions led to expect? The sample is the session, not the
 * trial: a machine moves between sessions by more than its trials within one show.
 *
 * The spread between few sessions is hardly known, so it is mixed with a guess, as if `freedom`
 * more had been seen with that deviation; from `session_limit` sessions on the data stand alone.
 * Source: prediction interval of a normal sample; scaled inverse chi-squared prior of a variance
 * (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6).
 */
struct prediction_prior {
	double freedom;
	double deviation;
	size_t session_limit;
};
/* 4 degrees of freedom at 2 %, until 10 sessions are there; values are logarithms. */
extern const struct prediction_prior estimate_default_prior;

struct prediction {
	double expected;       /* mean of the stored sessions */
	double difference;     /* mean of today's sessions - expected */
	double deviation;      /* of one session */
	double standard_error; /* of the difference, were nothing changed */
	double freedom;
};

/* Both counts >= 1. `prior` NULL: none; of one stored session all but `expected` and `difference`
 * are NAN then. */
struct prediction estimate_prediction(const double *stored, size_t stored_count,
	const double *today, size_t today_count, const struct prediction_prior *prior);

/* Half-width of the interval of level 1 - alpha (two-sided) around `expected`. */
double estimate_prediction_half_width(const struct prediction *prediction, double alpha);

#endif
