/* SPDX-License-Identifier: MIT */
/* Options that `check` and `baseline` share: which jobs are run, how, and how they are judged. */
#ifndef COMMAND_CHECK_OPTIONS_H
#define COMMAND_CHECK_OPTIONS_H

#include "check/trials.h"
#include "command/command.h"

/* To list in a command's own table. */
#define TRIALS_OPTIONS                                                                             \
	{"section", "NAME", "only the sections of this name; may be repeated"},                    \
		{"trial-time", "TIME", "how long each trial measures (default 2s)"},               \
		{"ramp-time", "TIME", "before that, thrown away (default: a quarter or more)"},    \
		{"blocks", "N", "so many blocks (default 7, and more where that settles it)"},     \
		{"idle", "TIME", "pause between sessions (default 60s)"},                          \
		{"no-guards", NULL,                                                                \
			"trials that others disturb count, as on machines never quiet"},           \
		{"cpus", "LIST", "CPUs that all threads of a trial share: 0,2-3"},                 \
		{"seed", "N", "of orders and offsets, to repeat a session"},                       \
		{"program", "FILE", "the ringside that runs the trials (default: this one)"},      \
		{"destroy", "PATH", "allow writing to this device although it carries data"},      \
		{"commit", "HASH", "what is measured (default: CI's variable, or git's HEAD)"},    \
	{                                                                                          \
		"quiet", NULL, "no progress line"                                                  \
	}

/*
 * Fills `trials` and `blocks` (0: not given). 0 or -EINVAL, reported. What is filled in lives as
 * long as the arguments.
 */
int check_options_trials(
	struct arguments *arguments, struct trials_request *trials, size_t *blocks);

/* Own options that mean nothing here: 0 or -EINVAL, reported with `why`. `names` ends with NULL. */
int check_options_refuse(struct arguments *arguments, const char *const *names, const char *why);

/* Where nothing is run, options of trials are a mistake: 0 or -EINVAL, reported with `why`. */
int check_options_refuse_trials(struct arguments *arguments, const char *why);

/* --threshold, all of them; 0 or -EINVAL, reported. */
int check_options_thresholds(
	struct arguments *arguments, size_t *count, const struct baseline_threshold **thresholds);

/* --threshold, --allow-env, --allow-job into settings; --inconclusive, --improved into policy. */
int check_options_judge(struct arguments *arguments, struct judge_settings *settings,
	struct outcome_policy *policy);

/* Whether nothing is written over what the trials read and write. 0 or -EINVAL, reported. */
int check_options_spare_targets(struct arguments *arguments, const struct trials_plan *plan);

const char *check_options_commit(struct arguments *arguments);

#endif
