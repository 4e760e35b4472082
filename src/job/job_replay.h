/* SPDX-License-Identifier: MIT */
/* Options of recording and replay: write_iolog, read_iolog and its family. */
#ifndef JOB_JOB_REPLAY_H
#define JOB_JOB_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job_types.h"
#include "replay/io_log.h"

struct job;

/* A number for each file of read_iolog; count 0: not given. */
struct job_numbers {
	size_t count;
	double *items;
};

/* Of merge_blktrace_file: what is to be in it. */
struct job_merged {
	char *bytes;
	size_t length;
};

struct job_replay {
	const char *write_iolog;     /* NULL: not recorded */
	struct job_texts read_iolog; /* count 0: no replay; clones take them in turn */
	bool is_chunked;
	bool no_stall;
	const char *redirect;
	uint32_t scale;
	uint32_t time_scale; /* percent */
	uint64_t align;      /* 0: not */
	uint32_t skips;      /* IO_BITs of directions */
	struct {
		const char *path; /* NULL: nothing is merged */
		struct job_numbers scalars, passes;
	} merge;

	/* By job_replay_load: */
	const struct io_log *const *logs; /* of read_iolog; NULL: not read */
	const struct io_log *log;         /* this clone's */
	unsigned ops;                     /* IO_BITs of enum io_op in it; of a section in any */
	uint32_t buffer_bytes;            /* the largest read or write */
	const struct job_merged *merged;  /* NULL: nothing is */
};

/* Whether the job replays a log. */
bool job_replays(const struct job *job);

#endif
