/* SPDX-License-Identifier: MIT */
/*
 * Claims before anything runs: their files, their contenders, whether this machine has what they
 * need, and how long each takes.
 *
 * A claim has a limit of its own, by max-time of its file or by what its blocks take; with a limit
 * of all claims each gets its share. Points of a sweep share in the claim's. So that a verdict has
 * the blocks that it takes, trials are shorter where there is little time, but not shorter than
 * CLAIM_PLAN_LEAST_TRIAL_NS, and not where the file gives their length.
 */
#ifndef CLAIM_CLAIM_PLAN_H
#define CLAIM_CLAIM_PLAN_H

#include "base/clock.h"
#include "claim/claim.h"
#include "session/contender.h"
#include "session/contest_plan.h"

#define CLAIM_PLAN_LEAST_TRIAL_NS (100 * NS_PER_MS)

struct claim_plan_request {
	size_t file_count;
	const char *const *files;
	const char *program;  /* the ringside that runs the trials; NULL: this one */
	bool is_quick;        /* a short form, without verdicts */
	uint64_t limit_ns;    /* of all claims; CONTEST_AUTO: none */
	struct job_cpus cpus; /* of all trials; count 0: all */
	struct write_guard allowed;
	bool is_unguarded, is_quiet;
};

struct planned_claim {
	struct claim claim;
	struct contender_plan contenders;
	const char *obstacle;           /* why it is not testable here; NULL: it is */
	struct contest_options options; /* but for the limit, which is of each point */
	size_t block_look;              /* where options.rule may point */
	bool is_limited;                /* by its file, or by the limit of all; else by estimate */
	uint64_t limit_ns;              /* its share of the time; 0 with an obstacle */
	uint64_t least_ns;              /* priming, and one block of each point */
};

struct claim_plan {
	struct arena arena;
	size_t count;
	struct planned_claim *claims;
	uint64_t limit_ns; /* of all together */
};

/*
 * Reads all files and asks the write guard about what they would write. 0, or -EINVAL with every
 * problem reported. claim_plan_free in either case.
 */
int claim_plan_make(
	struct claim_plan *plan, const struct claim_plan_request *request, struct diag *diag);
void claim_plan_free(struct claim_plan *plan);

/* How long a trial may be so that priming and so many blocks of a point fit into `limit_ns`. */
uint64_t claim_plan_fit_trial_ns(const struct contest_options *options,
	const struct contender_point *point, size_t blocks, uint64_t limit_ns);

#endif
