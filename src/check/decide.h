/* SPDX-License-Identifier: MIT */
/*
 * How a gate ends, and why: every outcome and reason of a gate is set here. A gate with evidence
 * (a case) is decided by the rules of verdict/regress.h, at once (decide_all) or, where fresh
 * trials can be made, in two stages (decide_screen, decide_confirm). A gate without evidence has an
 * obstacle, an exact figure or a limit.
 */
#ifndef CHECK_DECIDE_H
#define CHECK_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/baseline.h"
#include "check/check.h"
#include "verdict/regress.h"

struct decide_case { /* a gate that has evidence */
	size_t gate; /* index into the report's gates */
	struct regress_evidence evidence;
	double threshold; /* on the scale of the analysis */
	enum regress_screen screen;
};

/* The gates of one report, decided as one family. */
struct judgement {
	struct check *report;
	size_t case_count;
	struct decide_case *cases;
	bool is_disturbed; /* by decide_disturbance: no gate can pass or fail */
};

/* The obstacles that keep a gate from being judged. */
enum decide_obstacle {
	OBSTACLE_MISSING,        /* a figure that one side did not measure */
	OBSTACLE_THIN_TAIL,      /* a percentile of too few I/Os */
	OBSTACLE_LEVEL,          /* of another machine, and there are ratios that are judged */
	OBSTACLE_OTHER_MACHINE,  /* and there are none */
	OBSTACLE_OTHER_JOB,      /* reason: in which option */
	OBSTACLE_ABSENT,         /* today's result does not have the job */
	OBSTACLE_CANNOT_RUN,     /* here; reason: why */
	OBSTACLE_FAULT,          /* reason: which */
	OBSTACLE_BASELINE_FAULT, /* reason: which */
};

/* `reason` (NULL: the obstacle's own) lives as long as the report. */
void decide_obstacle(struct check_gate *gate, enum decide_obstacle obstacle, const char *reason);

/* By the figures `before` and `now` themselves; a missing one is NAN. */
void decide_exact(struct check_gate *gate, double before, double now);

/* By today's scaled values, against relation and limit of the gate. */
void decide_asserted(
	struct check_gate *gate, const double *values, size_t count, struct arena *arena);

/*
 * Looks for what makes sessions of today unfit to judge by: a control that failed, trials that were
 * disturbed, in their share or, unless `allows_disturbed`, unlike the baseline's; with
 * `compares_length` trials of another length. Each is noted.
 */
void decide_disturbance(struct judgement *judgement, const struct baseline *baseline,
	const struct check_session *today, size_t today_count, bool allows_disturbed,
	bool compares_length);

/* All cases as one family, by their evidence. */
void decide_all(struct judgement *judgement);

/* Screens by the evidence: returns how many are unsettled; candidates need fresh trials. */
size_t decide_screen(struct judgement *judgement);

/*
 * Ends a screened judgement: candidates by `fresh` alone (the same gates, made of fresh trials;
 * NULL where there is no candidate), settled ones as they are, unsettled ones inconclusive. Nothing
 * of `fresh` is kept: its report may be freed.
 */
void decide_confirm(struct judgement *judgement, const struct judgement *fresh);

#endif
