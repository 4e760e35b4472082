/* SPDX-License-Identifier: MIT */
/*
 * fio's logs as text, by file: `time, value, direction, block size[, offset], priority`, and of
 * histograms `time, direction, block size, counts`. Source: fio's HOWTO, "Log File Formats".
 */
#ifndef RUN_LOG_FILES_H
#define RUN_LOG_FILES_H

#include "base/arena.h"
#include "job/job_set.h"
#include "run/log_records.h"
#include "run/recording.h"

struct log_file {
	const char *option; /* of which it is: "write_bw_log" */
	const char *path;
	char *text; /* malloc'd; NULL: nothing was logged */
	size_t bytes, room;
	bool is_full;                 /* there was no memory for more: its lines end there */
	struct recording_part *parts; /* of write_iolog: not a text yet */
	bool is_idle;                 /* of write_iolog: no job that records into it has started */
	const struct job_merged *merged; /* of merge_blktrace_file: the set's; NULL: another's */
};

/* Of all jobs of a set, in their order; each file once. */
struct log_files {
	struct arena arena;
	size_t count;
	struct log_file *items;
};

/* Which files there will be. */
void log_files_plan(struct log_files *files, const struct job_set *set);

/*
 * Adds what a worker has logged for job `number` of the set (from 0) to its files. `epoch_ms` is
 * when its window began, in ms since 1970. False: a file is full.
 */
bool log_files_add(struct log_files *files, const struct job *job, size_t number,
	const struct worker_log *log, uint64_t epoch_ms);

/*
 * Takes what a worker has recorded, with its memory, for the job's write_iolog. False: the
 * recording ended early for want of room.
 */
bool log_files_take(
	struct log_files *files, const struct job *job, struct worker_recording *recording);

/* Once all is there: makes texts of recordings. False: there was no memory for one. */
bool log_files_finish(struct log_files *files);

void log_files_free(struct log_files *files);

#endif
