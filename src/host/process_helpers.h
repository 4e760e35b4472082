/* SPDX-License-Identifier: MIT */
/* io_uring's kernel threads in another process: see host/cpu_account.h for those of this one. */
#ifndef HOST_PROCESS_HELPERS_H
#define HOST_PROCESS_HELPERS_H

#include <stdint.h>
#include <sys/types.h>

struct process_helpers {
	uint64_t cpu_ns;    /* of all of them that are there */
	uint64_t sqpoll_ns; /* of cpu_ns: the SQPOLL threads' */
	unsigned io_worker_count;
	int sqpoll_tid, sqpoll_cpu; /* of one; 0 and -1: there is none */
};

/* By /proc/PID/task; zeros where there is no such process. */
void process_helpers_read(pid_t pid, struct process_helpers *helpers);

#endif
