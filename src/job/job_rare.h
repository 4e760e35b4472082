/* SPDX-License-Identifier: MIT */
/*
 * Part of job.h, plain data: what few jobs set. All that set none of it, beyond what their
 * [global]s say, point to one: a run of many jobs needs half the memory.
 */
#ifndef JOB_JOB_RARE_H
#define JOB_JOB_RARE_H

#include "job/job_access.h"
#include "job/job_echo.h"
#include "job/job_goal_types.h"
#include "job/job_host.h"
#include "job/job_logs.h"
#include "job/job_pace.h"
#include "job/job_replay.h"
#include "job/job_types.h"
#include "job/job_verify.h"
#include "job/job_zone.h"
#include "load/distribution.h"

struct job_rare {
	struct job_ranges bsrange; /* as written: bssplit goes before bsrange, */
	struct job_splits bssplit; /* bsrange before bs, as in fio */
	struct job_zones zones;
	struct distribution random_distribution;
	struct job_access access;
	struct job_echo echo;
	struct job_pace pace; /* pauses, floors, flows */
	struct job_steady steadystate;
	struct job_latency latency;
	struct job_host host; /* what it sets of the machine */
	struct job_verify verify;
	struct job_logs logs;
	struct job_replay replay;
	struct job_error_lists ignore_error;
};

#endif
