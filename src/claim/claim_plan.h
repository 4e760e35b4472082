/* SPDX-License-Identifier: MIT */
/*
 * Claims before anything runs: their files, their contenders, whether this machine has what they
 * need, and how long each takes.
 *
 * A claim has a limit of its own, by max-time of its file or by what its blocks take. With a limit
 * of all claims, each gets its share of the time that is left when it begins, and each point of its
 * sweep its share of that, so that time which one does not use is the next one's. So that a verdict
 * has the blocks that it needs, trials are shorter where there is little time, but not shorter than
 * CLAIM_PLAN_LEAST_TRIAL_NS, and not where the file gives their length. Where even that is not
 * enough for all, the first ones have what they need, and no point is begun that cannot have it.
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
	struct contest_options options; /* but for the limit: claim_plan_fit, claim_plan_point_ns */
	size_t block_look;              /* where options.rule may point */
	bool is_limited;                /* by its file, or by the limit of all; else by estimate */
	uint64_t point_limit_ns;        /* its file's; 0: none */
	/* Of all points; 0 with an obstacle: what they take at most, and what verdicts need. */
	uint64_t limit_ns, need_ns;
	uint64_t least_ns; /* what a verdict of its shortest point needs */
};

struct claim_plan {
	struct arena arena;
	size_t count;
	struct planned_claim *claims;
	uint64_t limit_ns; /* of all together; CONTEST_AUTO: none */
};

/*
 * Reads all files and asks the write guard about what they would write. 0, or -EINVAL with every
 * problem reported. claim_plan_free in either case.
 */
int claim_plan_make(
	struct claim_plan *plan, const struct claim_plan_request *request, struct diag *diag);
void claim_plan_free(struct claim_plan *plan);

/*
 * The share of a claim in the time that is left for it and those after it: first what it needs, and
 * of what all of them leave over as much as it could take of it.
 */
uint64_t claim_plan_share_ns(const struct claim_plan *plan, size_t index, uint64_t left_ns);

/* The options of its session in this share. */
void claim_plan_fit(
	const struct planned_claim *planned, uint64_t share_ns, struct contest_options *options);

/*
 * The share of a point in what is left of its claim's, with the options of claim_plan_fit: room for
 * what a verdict needs on a busy machine, as a point with its blocks ends by itself. 0: a verdict
 * needs more than what is left.
 */
uint64_t claim_plan_point_ns(const struct planned_claim *planned,
	const struct contest_options *options, size_t index, uint64_t left_ns);

/* How long a trial may be so that priming and so many blocks of a point fit into `limit_ns`. */
uint64_t claim_plan_fit_trial_ns(const struct contest_options *options,
	const struct contender_point *point, size_t blocks, uint64_t limit_ns);

#endif
