/* SPDX-License-Identifier: MIT */
#ifndef JOB_JOB_LOGS_H
#define JOB_JOB_LOGS_H

#include <stdbool.h>
#include <stdint.h>

/* fio's logs: what their files' names begin with ("$jobname": with the job's); NULL: not written.
 */
struct job_logs {
	const char *bw, *iops, *lat, *hist;
	uint64_t avg_ns;  /* 0: every I/O is a line */
	uint64_t hist_ns; /* 0: one histogram, of the whole window */
	uint32_t hist_coarseness;
	bool max_value;
	bool offset, prio;
	bool unix_epoch;
	bool per_job;
};

#endif
