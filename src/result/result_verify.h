/* SPDX-License-Identifier: MIT */
/* Part of result.h, plain data: what came of a job's verification. */
#ifndef RESULT_RESULT_VERIFY_H
#define RESULT_RESULT_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "verify/diagnosis.h"

/* A block that is wrong. */
struct result_wrong_block {
	const char *path;
	uint64_t offset, bytes;
	const char *kind; /* diagnosis_kind_name(), or "missing" */
	const char *text; /* what it is instead */
};

struct result_verify {
	uint64_t blocks, bytes; /* that were judged */
	uint64_t wrong;         /* of the blocks; and by what they are instead: */
	uint64_t kinds[DIAGNOSIS_KIND_COUNT];
	uint64_t missing; /* their target ends before */
	/* Written, and not judged: */
	uint64_t unordered;  /* writes in flight overlapped there, or one failed */
	uint64_t superseded; /* written anew while they were read */
	uint64_t unread;     /* their read failed */
	uint64_t unplaced;   /* a pattern whose beginning was written over */
	uint64_t left;       /* the job ended before */
	uint64_t elapsed_ns; /* of the window, in which was only read and verified */
	size_t wrong_block_count;
	struct result_wrong_block *wrong_blocks; /* the first of them */
};

#endif
