/* SPDX-License-Identifier: MIT */
/* The names of operations and directions, as they stand in results. */
#include "base/io_op.h"

static const char *const op_names[IO_OP_COUNT] = {
	[IO_READ] = "read",
	[IO_WRITE] = "write",
	[IO_TRIM] = "trim",
	[IO_SYNC] = "sync",
	[IO_DATASYNC] = "datasync",
	[IO_OPEN_READ] = "openread",
	[IO_COPY] = "copy",
	[IO_STAT] = "stat",
};

static const char *const direction_names[DIRECTION_COUNT] = {
	[DIRECTION_READ] = "read",
	[DIRECTION_WRITE] = "write",
	[DIRECTION_TRIM] = "trim",
	[DIRECTION_SYNC] = "sync",
};

const char *io_op_name(enum io_op op)
{
	return op_names[op];
}

const char *io_direction_name(enum io_direction direction)
{
	return direction_names[direction];
}
