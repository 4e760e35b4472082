/* SPDX-License-Identifier: MIT */
/* Rules of the order of jobs, and values of its options. */
#ifndef JOB_JOB_ORDER_CHECK_H
#define JOB_JOB_ORDER_CHECK_H

#include <stddef.h>

#include "job/job.h"
#include "job/job_values.h"

JOB_VALUE(startdelay); /* struct job_range of ns: "2", "1-3" */

/* Reports what jobs wait for in vain; `jobs` are the sections, in their order. */
void job_order_check(const struct job *jobs, size_t count, struct diag *diag);

/* Whether the section after `before` is part of the same contender. */
bool job_order_continues(const struct job *job, const struct job *before);
/* Notes where contenders that a comparison runs one after the other run at once. */
void job_order_note_contenders(const struct job *jobs, size_t count, struct diag *diag);

/* Draws the clone's delay. */
void job_order_draw_delay(struct job *clone);

#endif
