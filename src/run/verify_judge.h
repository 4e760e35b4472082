/* SPDX-License-Identifier: MIT */
/*
 * Judges what was read: whether a buffer has the blocks that must be there, and what is wrong with
 * those that have not. One for each thread that verifies.
 */
#ifndef RUN_VERIFY_JUDGE_H
#define RUN_VERIFY_JUDGE_H

#include "engine/target.h"
#include "run/verify_log.h"
#include "verify/diagnosis.h"

enum { VERIFY_FINDING_LIMIT = 100 }; /* wrong blocks that are kept in words, of a worker */

struct verify_finding {
	unsigned target;
	bool is_missing; /* the target ends before: the diagnosis says where it should be */
	struct diagnosis diagnosis;
};

struct verify_counts {
	uint64_t blocks, bytes;               /* judged, right or wrong */
	uint64_t wrong;                       /* of the judged blocks, */
	uint64_t kinds[DIAGNOSIS_KIND_COUNT]; /* by what they are instead; */
	uint64_t missing;                     /* and those behind the target's end */
	uint64_t unplaced;   /* not judged: where their write began is not known any more */
	uint64_t superseded; /* not judged: written anew while they were read */
	uint64_t unread;     /* not judged: their read failed */
	uint64_t undumped;   /* files of verify_dump that could not be written, */
	int dump_error;      /* and why, of the first */
};

struct verify_judge {
	const struct verify_format *format;
	const struct verify_log *log; /* NULL: whatever is read has to be right by itself */
	const struct target *targets;
	bool checks_number; /* blocks are of the write that the log knows */
	bool looks_up;      /* the log may be asked about other blocks: it is this thread's */
	bool dumps;
	void *scratch; /* of a block */
	struct verify_counts counts;
	unsigned finding_count;
	struct verify_finding *findings; /* VERIFY_FINDING_LIMIT, and one that is not kept */
};

/* A read that is to be judged. */
struct verify_read {
	struct verify_run run; /* length 0: it is not */
	uint64_t number;       /* of the write, STAMP_ANY or STAMP_ZEROS */
	uint64_t newest;       /* number of the last write that began */
	void *buffer;
	uint32_t done_bytes; /* of it, that the target gave */
};

/* What `read` is to have by the log, before it is judged: on the thread that the log is of. */
void verify_judge_expect(const struct verify_judge *judge, struct verify_read *read);

/* Counts, and keeps what is wrong. The buffer is as it was afterwards. False: something is. */
bool verify_judge_read(struct verify_judge *judge, const struct verify_read *read);

/* What the block is instead, in words and as a document names it. */
const char *verify_judge_text(const struct verify_finding *finding, struct arena *arena);
const char *verify_judge_kind(const struct verify_finding *finding);

/* Adds what `from` has found. */
void verify_judge_merge(struct verify_judge *judge, const struct verify_judge *from);

#endif
