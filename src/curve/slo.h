/* SPDX-License-Identifier: MIT */
/*
 * A limit of latency, and the search for the largest load within it.
 *
 * What a load came to is an excess: the logarithm of its latency by the limit. Its trials decide it
 * together: after 2 that are both beyond the limit, or both within it, by a factor of 1.5; or after
 * 3, 5 or 8 of which the interval excludes the limit (of all I/Os together, by leaving one trial
 * out, 3 % at each look). One that 8 trials do not decide is as good as the limit itself. A load
 * that is not done is beyond every limit.
 *
 * The search halves the gap between the largest load that was shown to be within the limit and the
 * smallest that was shown to be beyond it; where a load in between was not decided, the gaps on
 * both of its sides. The answer is where a straight line through the excess of all loads around it
 * (8 %, decided or not) crosses 0. Its interval is that of the line, from 4 loads on, and never
 * wider than from the one load to the other. The line's is one of 99 % by its t, because loads are
 * chosen by what was seen and the search ends when it is narrow: of simulated queues it covers the
 * truth in 92 to 95 %. The search ends when the interval is within the resolution.
 */
#ifndef CURVE_SLO_H
#define CURVE_SLO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "curve/curve_values.h"
#include "option/option.h"

struct slo {
	enum curve_value metric;
	double limit_ns;
};

/* "p99=500us", also mean, p50, p99.9, max, read.p99, write.p99. For an option of `struct slo`. */
int slo_parse(const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *slo_name(const struct slo *slo); /* "p99" */

enum slo_answer {
	SLO_UNKNOWN, /* nothing was decided: no time, or no figures */
	SLO_NONE,    /* every load was beyond it */
	SLO_ALL,     /* the highest load was within it */
	SLO_FOUND,
	SLO_ANSWER_COUNT,
};
const char *slo_answer_name(unsigned answer); /* "unknown", "none", … for documents */

enum slo_verdict { SLO_OPEN, SLO_WITHIN, SLO_BEYOND, SLO_NEITHER };

enum { SLO_TRIALS_LIMIT = 8, SLO_SEEN_LIMIT = 128 };

#define SLO_LOOK_ALPHA 0.03

/* The trials of a load. */
struct slo_evidence {
	size_t count;
	bool is_undone;        /* less was done than offered */
	double least, most;    /* excess of single trials */
	double excess, lo, hi; /* of all together, interval of level 1 - SLO_LOOK_ALPHA */
};

/* SLO_OPEN: more trials are needed. */
enum slo_verdict slo_decide(const struct slo_evidence *evidence);

#define SLO_RESOLUTION 0.02 /* of the load */

/* What the trials of a load came to. */
struct slo_seen {
	double load, excess;
	size_t count; /* of trials */
};

struct slo_search {
	double within;           /* the largest load that was; 0: none yet */
	double beyond;           /* the smallest load that was; INFINITY: none yet */
	double grey_lo, grey_hi; /* loads that were not decided; 0: none */
	double most;             /* the highest load that may be tried */
	double load;             /* that is tried now; 0: the search is over */
	size_t seen_count;
	struct slo_seen seen[SLO_SEEN_LIMIT];
};

/* Between what is known of loads up to `most`: `within` and `beyond` as of the struct. */
void slo_search_begin(struct slo_search *search, double within, double beyond, double most);

/* A load that was seen before; those that are tried by the search are added by it. */
void slo_search_see(struct slo_search *search, const struct slo_seen *seen);

/* What the trials at search->load came to by now. If they decide it, that is another load, or 0. */
void slo_search_tell(struct slo_search *search, const struct slo_evidence *evidence);

/* What is known by now. */
enum slo_answer slo_search_answer(const struct slo_search *search);

/* The load, as far as it is known; hi NAN: none was beyond the limit. */
struct curve_level slo_search_load(const struct slo_search *search);

#endif
