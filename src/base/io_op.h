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
	/* Composite operations: several calls, or one linked submission. engine/blocking.h */
	IO_OPEN_READ, /* open, read whole, close */
	IO_COPY,      /* read here, write there */
	IO_STAT,
	IO_CREATE, /* open with O_CREAT, close */
	IO_UNLINK,
	IO_ECHO, /* of connections: send, and receive as much. engine/echo.h */
	IO_OP_COUNT,
};

#define IO_BIT(op)        (1u << (op))
#define IO_NAME_BITS      (IO_BIT(IO_CREATE) | IO_BIT(IO_UNLINK)) /* what changes a folder */
#define IO_COMPOSITE_BITS (IO_BIT(IO_OPEN_READ) | IO_BIT(IO_COPY) | IO_BIT(IO_STAT) | IO_NAME_BITS)

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
	static const uint8_t directions[IO_OP_COUNT] = {
		[IO_SYNC] = DIRECTION_SYNC,
		[IO_DATASYNC] = DIRECTION_SYNC,
		[IO_OPEN_READ] = DIRECTION_READ,
		[IO_COPY] = DIRECTION_WRITE, /* its bytes are those that were copied */
		[IO_STAT] = DIRECTION_READ,
		[IO_CREATE] = DIRECTION_WRITE,
		[IO_UNLINK] = DIRECTION_WRITE,
		[IO_ECHO] = DIRECTION_READ,
	};

	/* The hot loop's, by a comparison: what is looked up there costs more. */
	return op <= IO_TRIM ? (enum io_direction)op : (enum io_direction)directions[op];
}

/* "read", "write", "trim", "sync", "datasync", "openread", "copy", "stat", "create",
 * "unlink", "echo". */
static inline const char *io_op_name(enum io_op op)
{
	static const char *const names[IO_OP_COUNT] = {
		[IO_READ] = "read",
		[IO_WRITE] = "write",
		[IO_TRIM] = "trim",
		[IO_SYNC] = "sync",
		[IO_DATASYNC] = "datasync",
		[IO_OPEN_READ] = "openread",
		[IO_COPY] = "copy",
		[IO_STAT] = "stat",
		[IO_CREATE] = "create",
		[IO_UNLINK] = "unlink",
		[IO_ECHO] = "echo",
	};

	return names[op];
}

/* "read", "write", "trim", "sync": the keys of the JSON result. */
static inline const char *io_direction_name(enum io_direction direction)
{
	static const char *const names[DIRECTION_COUNT] = {"read", "write", "trim", "sync"};

	return names[direction];
}

#endif
