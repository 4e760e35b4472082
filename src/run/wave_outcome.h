/* SPDX-License-Identifier: MIT */
/* What went wrong in a wave: reported, and as an exit code. */
#ifndef RUN_WAVE_OUTCOME_H
#define RUN_WAVE_OUTCOME_H

#include "base/diag.h"
#include "run/crew.h"

/* A crew that could not be gathered: which limits there are. */
void wave_outcome_report_threads(const struct crew *crew, int error, struct diag *diag);

/* The errors of all workers, alike ones of a job as one. */
void wave_outcome_report(const struct crew *crew, struct diag *diag);

/* The exit code of what became of one; and the worse of two. */
int wave_outcome_code(const struct crew_member *member);
int wave_outcome_worse(int a, int b);

#endif
