/* SPDX-License-Identifier: MIT */
/* From what workers measured to a result: jobs, environment, disks, warnings. */
#ifndef RUN_COLLECT_H
#define RUN_COLLECT_H

#include "result/result.h"
#include "run/plan.h"
#include "run/worker.h"

/*
 * Fills `job` from what a worker left. Histograms are copied into the result's arena;
 * `origin_ns` is the run's start by clock_now().
 */
void collect_job(struct result *result, struct result_job *job, const struct planned_job *planned,
	const struct worker_outcome *outcome, uint64_t origin_ns);

/* The state class of each entry that has a series; before groups are merged. `planned`: the wave's,
 * in the order of its results. */
void collect_states(struct result *result, struct result_job *jobs,
	struct planned_job *const *planned, unsigned count);

/* Entries of one group are merged where group_reporting asks for it. */
void collect_groups(struct result *result, const struct plan *plan);

/* The facts about this machine and about what the plan's targets stand on. */
void collect_environment(struct result *result, const struct plan *plan);

/*
 * The jobs of a wave together, before its groups are merged: `jobs` are `count` of the
 * result's. Warns where their windows are apart, so that their rates are not of one time.
 */
void collect_wave_warnings(struct result *result, const struct result_job *jobs, unsigned count);

/* Warnings for the reader of the numbers: see each code in collect_warnings.c. */
void collect_warnings(struct result *result, const struct plan *plan);

/* The part of them that is about the data (collect_data.c). `planned`: the first of its clones. */
void collect_data_warnings(struct result *result, const struct plan *plan,
	const struct result_job *job, const struct planned_job *planned);

/* Whether the warning says that the engine did not do what its name or options promise. */
bool collect_is_mismatch(const struct result_warning *warning);

/*
 * strict_engine=1: a warning that the engine did not do what was asked fails its job (EPROTO) and
 * is reported. Returns whether there was one.
 */
bool collect_strictness(struct result *result, const struct plan *plan, struct diag *diag);

#endif
