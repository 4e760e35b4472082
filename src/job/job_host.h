/* SPDX-License-Identifier: MIT */
/* Part of job.h, plain data: what a job sets of its thread, its memory and its devices. */
#ifndef JOB_JOB_HOST_H
#define JOB_JOB_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "host/buffer_area.h"
#include "job/job_types.h"
#include "load/priority_mix.h"

/* mem=mmap:FILE; a kind and, with mmap, the file it maps or NULL. */
struct job_memory {
	enum buffer_kind kind;
	const char *file;
};

/* I/Os with priorities of their own; shares with priority 0 have that of class and level. */
struct job_command_priority {
	struct job_triple percentage, class, level; /* class 0: real-time, as in fio */
	struct {
		const char *text; /* as written; NULL: there is none */
		struct priority_spec of[DATA_DIRECTION_COUNT];
	} bssplit;
};

struct job_host {
	int nice; /* added to the one that ringside has */
	uint32_t prio, prioclass;
	uint16_t io_priority; /* resolved: of ioprio_set(2); 0: as it is */
	struct job_command_priority cmdprio;
	int write_hint; /* RWH_WRITE_LIFE_…, fcntl(2); 0: none */
	struct job_memory memory;
	uint64_t hugepage_bytes;
	uint64_t iomem_align;
	uint64_t lockmem_bytes;
	const char *numa_cpu_nodes;  /* as host/numa.h reads it; or NULL */
	const char *numa_mem_policy; /* likewise */
	const char *ioscheduler;
};

#endif
