/* SPDX-License-Identifier: MIT */
/*
 * State files of a run (verify_state_save, verify_state_load): JOB-verify.state in `folder`
 * (NULL: the current one), one for all clones of a job. What is saved is the workers' log itself,
 * mapped: it is true even where the process is killed.
 */
#ifndef RUN_VERIFY_STATES_H
#define RUN_VERIFY_STATES_H

#include "run/plan.h"

struct verify_states {
	size_t count;
	struct verify_state *states; /* those that are saved */
};

/* What jobs ask for, before anything is written. 0, or -errno, reported. */
int verify_states_load(struct plan *plan, const char *folder, struct diag *diag);

/*
 * Makes the files of the jobs that save, beside those of earlier runs: their targets are laid out.
 * 0, or -errno, reported, with plan->failed_job and plan->failure set.
 */
int verify_states_open(
	struct verify_states *states, struct plan *plan, const char *folder, struct diag *diag);

/*
 * This job is about to write: its file takes the place of the one that is there, which is right
 * until then. 0, or -errno, reported.
 */
int verify_states_start(
	struct verify_states *states, const struct planned_job *planned, struct diag *diag);

/* All workers are home: the files are sealed. Those of jobs that never started are removed. */
void verify_states_close(struct verify_states *states, struct diag *diag);

#endif
