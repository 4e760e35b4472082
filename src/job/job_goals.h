/* SPDX-License-Identifier: MIT */
/* Values of the options that end a job, or set its depth, by what it measures. */
#ifndef JOB_JOB_GOALS_H
#define JOB_JOB_GOALS_H

#include "job/job.h"
#include "job/job_values.h"

/* struct steady_limit: "iops:5%", "bw_slope:1m", "lat:20us"; plain latencies are microseconds. */
job_parse job_steady_parse;
job_print_value job_steady_print;

job_parse job_latencies_parse; /* struct job_triple of ns: "10ms,20ms"; plain: microseconds */
job_print_value job_latencies_print;

job_parse job_share_parse; /* double, percent: above 0, 100 at most */
job_print_value job_share_print;

/* Jobs that are one entry of the result reach their steady state together: they must have the same
 * options of it. False: some have not, which is reported. Of jobs that are expanded. */
bool job_goals_agree(const struct job *jobs, size_t count, struct diag *diag);

#endif
