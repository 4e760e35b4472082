/* SPDX-License-Identifier: MIT */
/*
 * What a session shows about its own conditions: drift, order of running, memory, discarded
 * trials, ramps too short. All of it is reported and nothing corrected: random blocks already
 * keep it out of the differences. Figures are of the primary metric, scaled.
 */
#ifndef VERDICT_HEALTH_H
#define VERDICT_HEALTH_H

#include <stddef.h>

#include "verdict/session.h"

/* More slots than this that are run again make a choice of what is measured. */
#define HEALTH_REPEATED_SHARE 0.20

/* What changes by more than this from its first block to its last drifts. */
#define HEALTH_DRIFT_LIMIT 0.15

enum health_flag {
	HEALTH_DRIFTS = 1,         /* more than HEALTH_DRIFT_LIMIT */
	HEALTH_ORDER_MATTERS = 2,  /* more than 2 % from first to last position, p < 0.01 */
	HEALTH_REMEMBERS = 4,      /* neighbouring blocks' differences are correlated */
	HEALTH_IS_DISTURBED = 8,   /* more slots than HEALTH_REPEATED_SHARE were run again */
	HEALTH_RAMP_IS_SHORT = 16, /* of some contender: its trials begin unlike they go on */
};

struct health {
	unsigned flags; /* enum health_flag bits */
	double drift;   /* from first to last block: median slope times blocks; NAN: unknown */
	double drift_p;
	double order_effect; /* from first to last position */
	double order_p;
	double memory; /* the largest lag-1 correlation of differences, by size; from 10 */
	size_t memory_contender;     /* whose; SESSION_NONE: fewer than 10 blocks */
	size_t slot_count;           /* run at least once */
	size_t repeated_count;       /* of them, run again */
	size_t short_ramp_contender; /* SESSION_NONE: none */
};

void health_judge(const struct session *session, struct health *health);

#endif
