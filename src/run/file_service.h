/* SPDX-License-Identifier: MIT */
/*
 * Which of a job's files the next I/O goes to (file_service_type), and which of them are open
 * (openfiles). Each file has its own pattern; a file whose pass is over is left, and, where only
 * some may be open at once, closed for another when its last I/O is back.
 */
#ifndef RUN_FILE_SERVICE_H
#define RUN_FILE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/random.h"
#include "engine/target.h"
#include "job/job.h"
#include "load/pattern.h"

struct served_file {
	struct target *target;
	struct target *destination; /* rw=copy: opened beside it, by open_flags; else NULL */
	struct pattern *pattern;
	unsigned hold_count; /* I/Os that need it open; kept only where openfiles limits */
	bool is_done;        /* its pass is over */
	bool is_open;        /* or, where an engine takes no target, as good as that */
	bool was_opened;     /* ever: end_fsync is for those */
};

/* An fsync(2) that closing a file, or the end of the job, asks for: it is the owner's to count. */
typedef void file_synced(void *owner, const struct target *target, uint64_t start_ns, int error);

/* A file was opened, or closed. */
typedef void file_changed(void *owner, unsigned index, bool is_open);

struct file_service {
	struct served_file *files;
	unsigned count;
	unsigned open_limit; /* at most so many open; count: all */
	unsigned open_flags; /* of target_open */
	bool syncs_on_close; /* each that is closed while the job runs, or by file_service_sync */
	file_synced *on_sync;
	file_changed *on_change; /* NULL: nobody is told */
	void *owner;
	bool drops_caches; /* invalidate: at each opening, */
	int advice;        /* for posix_fadvise(2); -1: none */
	unsigned *window;  /* the files that are served now */
	unsigned window_count;
	unsigned open_count;
	unsigned next_file; /* the first that was not served in this pass */
	unsigned position;  /* in the window */
	uint32_t ios_left;  /* at this file before the next is chosen */
	struct job_file_service_value type;
	struct random random;
	_Atomic(const struct target *) opening; /* now; others may look */
};

enum { FILE_SERVICE_NONE = UINT32_MAX };

/*
 * Opens what may be open. `files` has files, count, open_limit, open_flags, syncs_on_close,
 * drops_caches and type set. 0 or -errno; *failed is then the file's index.
 */
int file_service_open(
	struct file_service *files, struct arena *arena, uint64_t seed, unsigned *failed);

/*
 * The file of the next I/O, or FILE_SERVICE_NONE when none can be served now: every pass is over
 * (file_service_is_done), or files wait for I/Os before they make room for others.
 */
unsigned file_service_next(struct file_service *files);
bool file_service_is_done(const struct file_service *files);

/* Opens `index`, which the caller chooses by itself; one that is open stays so. 0 or -errno. */
int file_service_take(struct file_service *files, unsigned index);

/* The pass of `index` is over; another takes its place. 0 or -errno of opening. */
int file_service_finish(struct file_service *files, unsigned index);

/* Whether hold and release must be called. */
static inline bool file_service_counts(const struct file_service *files)
{
	return files->open_limit < files->count;
}

/* Each I/O holds its file open from the moment it is drawn until it is back. */
void file_service_hold(struct file_service *files, unsigned index);
/* 0 or -errno of opening the next file in its place. */
int file_service_release(struct file_service *files, unsigned index);

/* All files start another pass. No file is held. 0 or -errno of opening. */
int file_service_restart(struct file_service *files);

/* The same, with files that are removed and opened anew; open_flags create them. */
int file_service_recreate(struct file_service *files);

/*
 * The end of the job's work: fsync of every file that was opened, for end_fsync (`all`), or of
 * those that are open, for syncs_on_close; up to one that fails. Each is told to on_sync.
 */
void file_service_sync(struct file_service *files, bool all);

/* Only closes: what was to be synced has been. */
void file_service_close(struct file_service *files);

#endif
