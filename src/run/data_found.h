/* SPDX-License-Identifier: MIT */
/* What was found out about the data that a job has read; plain data, zero: nothing was. */
#ifndef RUN_DATA_FOUND_H
#define RUN_DATA_FOUND_H

#include <stdbool.h>
#include <stdint.h>

struct data_found {
	/* What block devices were asked for while it ran, by its thread. */
	bool knows_device_reads;
	uint64_t device_read_bytes;
	/* Blocks that were read once more (data_sample.h), and those of one repeated value. */
	unsigned blocks, constant_blocks;
	/* A drive's blocks that hold data, by its own count. */
	bool knows_used;
	double used_share;
};

#endif
