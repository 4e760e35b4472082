/* SPDX-License-Identifier: MIT */
/*
 * Options of sessions: what compare, plan, curve, check and baseline run, how long, and how it is
 * judged.
 */
#ifndef COMMAND_SESSION_OPTIONS_H
#define COMMAND_SESSION_OPTIONS_H

#include "check/trials.h"
#include "claim/claim_plan.h"
#include "command/command.h"
#include "curve/curve_plan.h"

enum { SESSION_OPTIONS_BLOCKS_LEAST = 3, SESSION_OPTIONS_BLOCKS_MOST = 1000 };

/* Options of any session's trials; part of a request: struct contest_options. */
extern const struct option session_options_contest[];
#define SESSION_OPTIONS_CONTEST(request, member)                                                   \
	COMMAND_PART(request, member, struct contest_options, session_options_contest)

/* Options of sessions of check and baseline; part of a request: struct trials_request. */
extern const struct option session_options_trials[];
#define SESSION_OPTIONS_TRIALS(request, member)                                                    \
	COMMAND_PART(request, member, struct trials_request, session_options_trials)

/* The request of `compare`, and of `plan`, which does not run it. */
struct comparison_request {
	struct contender_request contenders;
	struct contest_options contest;
	uint64_t blocks;   /* 0: until it is precise enough */
	size_t block_look; /* where `contest.rule` points for a fixed number of blocks */
	double least_effect;
	double equivalence;
	double precision; /* 0: half of `equivalence` */
	bool is_quick;
	bool is_uncontrolled;
	bool has_limit; /* --max-time */
	uint64_t seed;
};
extern const struct option session_options_comparison[];
#define SESSION_OPTIONS_COMPARISON(request, member)                                                \
	COMMAND_PART(request, member, struct comparison_request, session_options_comparison),      \
		SESSION_OPTIONS_CONTEST(request, member.contest)

/* The request of `curve`. */
struct curve_request {
	struct contender_request contenders;
	struct curve_options options;
	uint64_t seed;
};
extern const struct option session_options_curve[];
#define SESSION_OPTIONS_CURVE(request, member)                                                     \
	COMMAND_PART(request, member, struct curve_request, session_options_curve)

/* The request of `claims`. */
struct claims_request {
	struct claim_plan_request plan;
	uint64_t seed;
};
extern const struct option session_options_claims[];
#define SESSION_OPTIONS_CLAIMS(request, member)                                                    \
	COMMAND_PART(request, member, struct claims_request, session_options_claims)

/*
 * Completes what was read (operands, defaults that depend on each other) and makes the plan of it,
 * every job read and the write guard asked. 0, or -EINVAL with everything reported. Lives as long
 * as the arguments, and may not be moved. contender_plan_free in either case.
 */
int session_options_plan(struct arguments *arguments, struct comparison_request *comparison,
	struct contender_plan *plan);

/* The same for curve. curve_plan_free in either case. */
int session_options_plan_curve(
	struct arguments *arguments, struct curve_request *request, struct curve_plan *plan);

/*
 * The same for check and baseline; what is filled in lives as long as the arguments. With
 * references, contenders take turns unless it is not wanted or the options speak of trials.
 */
void session_options_complete_trials(
	struct arguments *arguments, struct trials_request *trials, bool wants_turns);

/* --live of a command: 0, or -EINVAL, reported, beside --quiet. */
int session_options_live(struct arguments *arguments, struct contest_options *contest, bool is_live,
	const char *command);

/* Where nothing is run, options of trials are a mistake: 0 or -EINVAL, reported with `why`. */
int session_options_refuse(struct arguments *arguments, const char *why);

/* --threshold, all of them; 0 or -EINVAL, reported. */
int session_options_thresholds(struct arguments *arguments, const char *const *texts, size_t count,
	const struct baseline_threshold **thresholds);

/* Whether nothing is written over what the trials read and write. 0 or -EINVAL, reported. */
int session_options_spare(struct arguments *arguments, const struct trials_plan *plan);

#endif
