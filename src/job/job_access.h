/* SPDX-License-Identifier: MIT */
/*
 * Options of how a job goes over its files, and of what its buffers repeat: plain data. Fields bear
 * fio's option names. What follows from them: job_use.h.
 */
#ifndef JOB_JOB_ACCESS_H
#define JOB_JOB_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job_types.h"

enum job_sequencer { SEQUENCER_SEQUENTIAL, SEQUENCER_IDENTICAL };
enum job_advice { ADVICE_NONE, ADVICE_PATTERN, ADVICE_RANDOM, ADVICE_SEQUENTIAL };

/* Which earlier content a duplicate repeats: the last, or one of a set that is drawn from. */
enum job_dedupe { DEDUPE_REPEAT, DEDUPE_WORKING_SET };

struct job_access {
	uint64_t offset_align;      /* of an offset in percent; 0: the smallest block */
	int rw_sequencer;           /* enum job_sequencer: I/Os between two draws of randread:8 */
	bool allrandrepeat;         /* randrepeat */
	bool bs_is_seq_rand;        /* bs=S,R: of sequential and random I/Os */
	uint64_t random_unit_bytes; /* with it: of random offsets; else 0; resolved */
	uint64_t
		sequential_bytes; /* with it, where a random job has both kinds; else 0; resolved */
	bool serialize_overlap;   /* an I/O waits for those in flight that touch its bytes */
	bool file_append;         /* offset is the end of the file */
	bool pre_read;            /* into the page cache before the start; then invalidate is 0 */
	bool fill_device;         /* no space left is the end, and no error */
	bool unlink_each_loop;    /* between two loops */
	int fadvise_hint;         /* enum job_advice */
	const char *opendir;      /* its files are the job's, too */
};

struct job_content {
	uint64_t compress_chunk; /* buffer_compress_chunk; 0: the smallest write */
	int dedupe_mode;         /* enum job_dedupe */
	uint32_t dedupe_working_set_percentage;
	bool dedupe_global;              /* jobs draw from one working set; resolved: */
	uint64_t seed, place, job_count; /* of all jobs; this one of them, and how many */
};

#endif
