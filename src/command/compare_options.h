/* SPDX-License-Identifier: MIT */
/* Options that `compare` and `plan` share: what is compared, and how long. */
#ifndef COMMAND_COMPARE_OPTIONS_H
#define COMMAND_COMPARE_OPTIONS_H

#include "command/command.h"
#include "session/contest.h"

/* To list in a command's own table. */
#define COMPARE_OPTIONS                                                                            \
	{"engines", "LIST", "engines to compare on each job: a,b+option+option=value; or all"},    \
		{"contender", "JOBFILE",                                                           \
			"whose sections run together, as one contender; repeated"},                \
		{"ladder", NULL, "compare io_uring's modes, one thing more at each step"},         \
		{"vary", "KEY=V,V", "a sweep over these values; may be repeated"},                 \
		{"ref", "NAME", "contender that the others are compared to (default: the first)"}, \
		{"metric", "NAME",                                                                 \
			"what decides: iops (default; lat at a rate), p99, sync.lat, cpu, …"},     \
		{"section", "NAME", "only the sections of this name; may be repeated"},            \
		{"trial-time", "TIME", "how long each trial measures (default 2s)"},               \
		{"ramp-time", "TIME", "before that, thrown away (default: a quarter or more)"},    \
		{"blocks", "N", "so many blocks (default: until it is precise enough, 6 to 20)"},  \
		{"precision", "PERCENT", "half-width that is enough (default half of --margin)"},  \
		{"max-time", "TIME", "limit for a table, with all it needs (default 35s each)"},   \
		{"quick", NULL, "3 blocks of 1s: exploratory, no claims"},                         \
		{"no-control", NULL, "do not run the reference a second time"},                    \
		{"cooldown", "TIME", "pause after each trial (default 250ms after writers)"},      \
		{"cpus", "LIST", "CPUs that all threads of a contender share: 0,2-3"},             \
		{"min-effect", "PERCENT", "smaller differences are not claimed (default 1)"},      \
		{"margin", "PERCENT", "differences within are equal (default 2)"},                 \
		{"seed", "N", "of orders and offsets, to repeat a session"},                       \
		{"program", "FILE", "the ringside that runs the trials (default: this one)"},      \
	{                                                                                          \
		"destroy", "PATH", "allow writing to this device although it carries data"         \
	}

struct compare_request {
	struct contender_request contenders;
	struct contest_options contest;
	size_t block_look; /* where `contest.rule` points for a fixed number of blocks */
	double least_effect;
	double equivalence;
	bool is_exploratory;
	uint64_t seed;
	const char *cpus;
};

/*
 * Fills `request` from arguments that were read. 0, or -EINVAL with everything reported. Lives as
 * long as the arguments, and may not be moved.
 */
int compare_options_read(struct arguments *arguments, struct compare_request *request);

/* What follows from the contenders: in a sweep of a single one there is nothing to control. */
void compare_options_settle(struct compare_request *request, const struct contender_plan *plan);

#endif
