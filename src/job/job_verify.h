/* SPDX-License-Identifier: MIT */
/* fio's verify family, and the trims of blocks that are verified. */
#ifndef JOB_JOB_VERIFY_H
#define JOB_JOB_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/byte_pattern.h"
#include "job/job_types.h"

struct job_verify {
	int kind;                /* enum checksum_kind; CHECKSUM_NONE: nothing is verified */
	bool phase;              /* do_verify */
	bool only;               /* verify_only: the writes are imagined */
	uint64_t interval_bytes; /* 0: by the block sizes */
	uint64_t offset_bytes;   /* of the header in its block */
	const struct byte_pattern *pattern; /* NULL: none */
	uint64_t pattern_interval_bytes;    /* 0: the pattern runs through a write */
	bool fatal;
	bool dump;
	uint64_t backlog;       /* writes until they are verified; 0: all of a pass */
	uint64_t backlog_batch; /* 0: as many as backlog */
	uint32_t async;         /* threads that verify; 0: the worker does */
	struct job_cpus async_cpus;
	bool write_sequence, header_seed;
	bool state_save, state_load;
	struct {
		uint32_t percentage; /* of the blocks that were written */
		bool zero;           /* trimmed blocks must be zeros */
		uint64_t backlog;    /* writes until some of them are trimmed; 0: none are */
		uint64_t batch;      /* 0: as many as backlog */
	} trim;
};

#endif
