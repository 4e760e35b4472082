/* SPDX-License-Identifier: MIT */
/* Options of rw=echo, plain data; their rules. The server is the ioengine: engine/echo.h. */
#ifndef JOB_JOB_ECHO_H
#define JOB_JOB_ECHO_H

#include <stdint.h>

#include "job/job_types.h"

struct job_echo {
	struct job_cpus server_cpus; /* count 0: those that the client leaves */
	uint64_t timeout_ns;         /* of an exchange */
	int check;                   /* enum engine_echo_check: what is compared of each exchange */
};

#endif
