/* SPDX-License-Identifier: MIT */
/*
 * Binary files of blktrace, as `blkparse -d FILE` makes them out of its parts: I/Os as they were
 * queued, with times in ns. Format: linux/blktrace_api.h.
 */
#ifndef REPLAY_BLKTRACE_H
#define REPLAY_BLKTRACE_H

#include <linux/blktrace_api.h>
#include <stdio.h>

#include "replay/io_log_fill.h"

/* Whether a file that begins with this byte is one, in either order of bytes: no text does. */
bool blktrace_begins_with(int byte);

/*
 * Reads all of it into `log`, which is open and has a path for messages. A device is known by the
 * node of its number here, but for redirect. 0, -EINVAL when it is no such file or has no I/O, or
 * -errno; all reported.
 */
int blktrace_read(
	FILE *stream, struct io_log *log, const struct io_log_changes *changes, struct diag *diag);

/* One event after the other, for blktrace_merge.c too. All zero but these three is its start. */
struct blktrace_reader {
	FILE *stream;
	const char *path; /* for messages */
	struct diag *diag;
	uint64_t event; /* its number, from 1 */
	bool is_swapped;
};

/* 1: there is one, in this machine's order of bytes; 0: that was all; or -EINVAL, reported. */
int blktrace_next(struct blktrace_reader *reader, struct blk_io_trace *event);

/* Whether an I/O was queued by it. */
bool blktrace_is_queued(const struct blk_io_trace *event);

#endif
