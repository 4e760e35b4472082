/* SPDX-License-Identifier: MIT */
/*
 * From recorded I/O to the entries of a log: what the options of fio's replay make of times and
 * offsets. For the readers of files.
 */
#ifndef REPLAY_IO_LOG_FILL_H
#define REPLAY_IO_LOG_FILL_H

#include "base/diag.h"
#include "replay/io_log.h"

struct io_log_changes {
	bool drops_times;            /* replay_no_stall */
	uint64_t time_scale_percent; /* replay_time_scale: 200 is twice as fast; 0: 100 */
	uint64_t scale;              /* replay_scale: divides offsets; 0 or 1: not */
	uint64_t align;              /* replay_align, a power of 2: rounds offsets down; 0: not */
	unsigned skips;              /* replay_skip: IO_BITs of directions */
	const char *redirect;        /* replay_redirect: the one file of all I/O; NULL: none */
};

struct io_log_fill {
	struct io_log *log;
	const struct io_log_changes *changes;
	struct diag *diag;
	uint64_t recorded_ns, last_ns; /* since the first; the last as it was recorded */
	uint64_t at_ns;                /* of the entries that are added now */
	bool has_time;
};

enum { IO_LOG_ERROR_LIMIT = 10 }; /* lines that are reported; further ones are only counted */

/*
 * What comes next was recorded at this time. The first makes the beginning; a time that goes back
 * (a second recording in the file) is as late as the one before it, as in fio.
 */
void io_log_fill_time(struct io_log_fill *fill, uint64_t recorded_ns);

/* Adds the I/O, unless it is skipped. 0, or -errno, reported. */
int io_log_fill_add(struct io_log_fill *fill, const struct io_log_entry *io, unsigned line);

/* The file that a name stands for, added where it is new. -errno, reported: there are too many. */
int io_log_fill_file(struct io_log_fill *fill, const char *name);

#endif
