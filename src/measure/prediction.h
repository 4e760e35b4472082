/* SPDX-License-Identifier: MIT */
/*
 * Is today's session what the stored sessions led to expect? The sample is the session, not the
 * trial: a machine moves between sessions by more than its trials within one show.
 *
 * The spread between few sessions is hardly known, so it is mixed with a guess, as if `freedom`
 * more had been seen with that deviation; from `session_limit` sessions on the data stand alone.
 * Source: prediction interval of a normal sample; scaled inverse chi-squared prior of a variance
 * (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6).
 */
#ifndef MEASURE_PREDICTION_H
#define MEASURE_PREDICTION_H

#include <stddef.h>

struct prediction_prior {
	double freedom;
	double deviation;
	size_t session_limit;
};

/* 4 degrees of freedom at 2 %, until 10 sessions are there; values are logarithms. */
extern const struct prediction_prior prediction_default_prior;

struct prediction {
	double expected;       /* mean of the stored sessions */
	double difference;     /* mean of today's sessions - expected */
	double deviation;      /* of one session */
	double standard_error; /* of the difference, were nothing changed */
	double freedom;
};

/*
 * `stored_count` >= 1, `today_count` >= 1. `prior` NULL: none, and then all but `expected` and
 * `difference` are NAN for one stored session.
 */
struct prediction prediction_make(const double *stored, size_t stored_count, const double *today,
	size_t today_count, const struct prediction_prior *prior);

/* Half-width of the interval of level 1 - alpha (two-sided) around `expected`. */
double prediction_half_width(const struct prediction *prediction, double alpha);

#endif
