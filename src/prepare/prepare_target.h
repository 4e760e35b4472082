/* SPDX-License-Identifier: MIT */
/* What is asked for, and its target: looked at, asked about, locked. */
#ifndef PREPARE_PREPARE_TARGET_H
#define PREPARE_PREPARE_TARGET_H

#include "engine/target.h"
#include "host/block_device.h"
#include "prepare/prepare_record.h"

struct prepare_request {
	const char *path;
	const char *const *destroy; /* values of --destroy */
	size_t destroy_count;
	struct prepare_plan plan; /* bytes 0: all of it; block_bytes 0: by the order */
	int purge_method;         /* enum purge_method */
	uint64_t limit_ns;        /* of the search for a steady state */
	uint64_t save_ns;         /* how often progress is saved */
	const char *state_path;   /* NULL: in the user's folder for state */
	bool restarts;            /* what was broken off is not continued */
	bool is_quiet;
};

struct prepare_target {
	struct target target;
	struct write_guard allowed;
	struct block_device device; /* of a block device */
	int lock;                   /* -1: not open */
	bool is_created;            /* a file that was not there */
};

/*
 * Looks at the target, asks the write guard, makes a file that is missing, and takes the lock
 * (flock(2), which udev keeps to, too) that keeps a second preparation away. Fills what `record`
 * says of the target, and bytes and block size of its plan. Returns an exit code; EXIT_DONE is
 * success, else it is reported.
 */
int prepare_target_open(struct prepare_target *target, const struct prepare_request *request,
	struct prepare_record *record, struct diag *diag);

/* A file that was made, and that nothing was written to, goes away again. Safe twice. */
void prepare_target_close(struct prepare_target *target);

#endif
