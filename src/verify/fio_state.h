/* SPDX-License-Identifier: MIT */
/*
 * fio's state files (its verify_state_save): "local-JOB-NUMBER-verify.state". They tell how many
 * writes a job had issued, and, up to fio 3.40, which offsets were completed last. Which blocks
 * those writes were only fio's own generators know; so ringside reads them to say what they are.
 */
#ifndef VERIFY_FIO_STATE_H
#define VERIFY_FIO_STATE_H

#include <stddef.h>
#include <stdint.h>

enum {
	FIO_STATE_VERSION_OLD = 3, /* to fio 3.40 */
	FIO_STATE_VERSION_NEW =
		7, /* of the newest fio; between them are others without a release */
	FIO_STATE_NAME_BYTES = 64,
};

struct fio_state {
	uint64_t version;
	char name[FIO_STATE_NAME_BYTES]; /* of the job */
	uint64_t index;                  /* of the job, from 0 on */
	uint64_t issued;                 /* writes */
	uint32_t depth;
	uint32_t file_count;         /* old */
	uint64_t completion_count;   /* old: of the last writes that were completed, */
	const uint64_t *completions; /* file number and offset each; into `data` */
	const uint64_t *in_flight;   /* new: `depth` numbers of writes, UINT64_MAX: none */
};

/* Reads one in memory that is aligned to 8. 0, or -EINVAL: it is none, or damaged. */
int fio_state_parse(const void *data, size_t bytes, struct fio_state *state);

/* Of a file: all but the arrays, which are NULL. 0 or -errno. */
int fio_state_read(const char *path, struct fio_state *state);

#endif
