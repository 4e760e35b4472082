/* SPDX-License-Identifier: MIT */
/* rate, rate_iops, rate_process: jobs whose I/Os have their times; thinktime: those that pause. */
#ifndef JOB_JOB_PACE_H
#define JOB_JOB_PACE_H

#include "job/job.h"
#include "job/job_values.h"
#include "load/pacer.h"

job_parse job_rate_parse; /* struct job_triple of bytes a second: "1m", "500k,1m" */
job_print_value job_rate_print;

job_parse job_rate_iops_parse; /* struct job_triple of I/Os a second */

/* The rate of one direction; both of its rates 0: it has none. Without a seed. */
struct pacer_spec job_pace_of(const struct job *job, enum io_direction direction);

/* Whether all of the job's directions have a rate: job_pace_check allows all or none. */
bool job_is_paced(const struct job *job);

/* Errors go to diag. */
void job_pace_check(const struct job *job, struct diag *diag);

#endif
