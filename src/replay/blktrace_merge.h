/* SPDX-License-Identifier: MIT */
/* Several files of blktrace as one: I/Os that were queued, in the order of their times. */
#ifndef REPLAY_BLKTRACE_MERGE_H
#define REPLAY_BLKTRACE_MERGE_H

#include <stdio.h>

#include "base/diag.h"

struct blktrace_source {
	const char *path;
	double time_percent; /* of its times: 50 is in half the time */
	unsigned passes;     /* it is read so often, one after the other */
};

/*
 * Writes the I/Os of all sources to `into`, as a file that blktrace_read reads. Of I/Os of the same
 * time those of the first source come first. 0 or -errno, reported.
 */
int blktrace_merge(
	const struct blktrace_source *sources, size_t count, FILE *into, struct diag *diag);

#endif
