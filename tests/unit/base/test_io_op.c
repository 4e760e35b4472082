/* SPDX-License-Identifier: MIT */
/* Names of operations, and the heading each is counted under. */
#include "base/io_op.h"
#include "test.h"

TEST(operations_have_names)
{
	assert_string_equal(io_op_name(IO_READ), "read");
	assert_string_equal(io_op_name(IO_WRITE), "write");
	assert_string_equal(io_op_name(IO_TRIM), "trim");
	assert_string_equal(io_op_name(IO_SYNC), "sync");
	assert_string_equal(io_op_name(IO_DATASYNC), "datasync");
	assert_string_equal(io_op_name(IO_OPEN_READ), "openread");
	assert_string_equal(io_op_name(IO_COPY), "copy");
	assert_string_equal(io_op_name(IO_STAT), "stat");
	assert_string_equal(io_op_name(IO_CREATE), "create");
	assert_string_equal(io_op_name(IO_UNLINK), "unlink");
}

TEST(directions_have_names)
{
	assert_string_equal(io_direction_name(DIRECTION_READ), "read");
	assert_string_equal(io_direction_name(DIRECTION_WRITE), "write");
	assert_string_equal(io_direction_name(DIRECTION_TRIM), "trim");
	assert_string_equal(io_direction_name(DIRECTION_SYNC), "sync");
}

TEST(both_syncs_count_as_sync)
{
	assert_int_equal(io_op_direction(IO_READ), DIRECTION_READ);
	assert_int_equal(io_op_direction(IO_WRITE), DIRECTION_WRITE);
	assert_int_equal(io_op_direction(IO_TRIM), DIRECTION_TRIM);
	assert_int_equal(io_op_direction(IO_SYNC), DIRECTION_SYNC);
	assert_int_equal(io_op_direction(IO_DATASYNC), DIRECTION_SYNC);
}

TEST(composite_operations_count_by_what_they_move)
{
	assert_int_equal(io_op_direction(IO_OPEN_READ), DIRECTION_READ);
	assert_int_equal(io_op_direction(IO_STAT), DIRECTION_READ);
	assert_int_equal(io_op_direction(IO_COPY), DIRECTION_WRITE);
	assert_int_equal(io_op_direction(IO_CREATE), DIRECTION_WRITE);
	assert_int_equal(io_op_direction(IO_UNLINK), DIRECTION_WRITE);
}

TEST_MAIN(NULL, NULL);
