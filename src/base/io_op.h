/* SPDX-License-Identifier: MIT */
/* What an I/O does (enum io_op) and under which heading it is counted (enum io_direction). */
#ifndef BASE_IO_OP_H
#define BASE_IO_OP_H

#include <stdbool.h>
#include <stdint.h>

/* The values are stable: they index arrays and bit masks (IO_BIT). */
enum io_op {
	IO_READ,
	IO_WRITE,
	IO_TRIM,
	IO_SYNC,     /* fsync */
	IO_DATASYNC, /* fdatasync */
	IO_OP_COUNT,
};

#define IO_BIT(op) (1u << (op))

/* fio's data directions; sync operations have their own latency, as in fio's "sync" object. */
enum io_direction {
	DIRECTION_READ,
	DIRECTION_WRITE,
	DIRECTION_TRIM,
	DIRECTION_SYNC,
	DIRECTION_COUNT,
};

/* The directions that job options come in lists of ("bs=8k,32k,4k"): read, write, trim. */
#define DATA_DIRECTION_COUNT 3

static inline enum io_direction io_op_direction(enum io_op op)
{
	return op <= IO_TRIM ? (enum io_direction)op : DIRECTION_SYNC;
}

/* "read", "write", "trim", "sync", "datasync". */
const char *io_op_name(enum io_op op);

/* "read", "write", "trim", "sync": the keys of the JSON result. */
const char *io_direction_name(enum io_direction direction);

#endif
