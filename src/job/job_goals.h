/* SPDX-License-Identifier: MIT */
/* Values of the options that end a job, or set its depth, by what it measures. */
#ifndef JOB_JOB_GOALS_H
#define JOB_JOB_GOALS_H

#include "job/job.h"
#include "job/job_values.h"

/* struct steady_limit: "iops:5%", "bw_slope:1m", "lat:20us"; plain latencies are microseconds. */
JOB_VALUE(steady);

JOB_VALUE(latencies); /* struct job_triple of ns: "10ms,20ms"; plain: microseconds */

JOB_VALUE(share); /* double, percent: above 0, 100 at most */

/* Jobs that are one entry of the result reach their steady state together: they must have the same
 * options of it. False: some have not, which is reported. Of jobs that are expanded. */
bool job_goals_agree(const struct job *jobs, size_t count, struct diag *diag);

#endif
