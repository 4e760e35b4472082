/* SPDX-License-Identifier: MIT */
/* Names of operations, and the heading each is counted under. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/io_op.h"

static void operations_have_names(void **state)
{
	(void)state;
	assert_string_equal(io_op_name(IO_READ), "read");
	assert_string_equal(io_op_name(IO_WRITE), "write");
	assert_string_equal(io_op_name(IO_TRIM), "trim");
	assert_string_equal(io_op_name(IO_SYNC), "sync");
	assert_string_equal(io_op_name(IO_DATASYNC), "datasync");
	assert_string_equal(io_op_name(IO_OPEN_READ), "openread");
	assert_string_equal(io_op_name(IO_COPY), "copy");
	assert_string_equal(io_op_name(IO_STAT), "stat");
}

static void directions_have_names(void **state)
{
	(void)state;
	assert_string_equal(io_direction_name(DIRECTION_READ), "read");
	assert_string_equal(io_direction_name(DIRECTION_WRITE), "write");
	assert_string_equal(io_direction_name(DIRECTION_TRIM), "trim");
	assert_string_equal(io_direction_name(DIRECTION_SYNC), "sync");
}

static void both_syncs_count_as_sync(void **state)
{
	(void)state;
	assert_int_equal(io_op_direction(IO_READ), DIRECTION_READ);
	assert_int_equal(io_op_direction(IO_WRITE), DIRECTION_WRITE);
	assert_int_equal(io_op_direction(IO_TRIM), DIRECTION_TRIM);
	assert_int_equal(io_op_direction(IO_SYNC), DIRECTION_SYNC);
	assert_int_equal(io_op_direction(IO_DATASYNC), DIRECTION_SYNC);
}

static void composite_operations_count_by_what_they_move(void **state)
{
	(void)state;
	assert_int_equal(io_op_direction(IO_OPEN_READ), DIRECTION_READ);
	assert_int_equal(io_op_direction(IO_STAT), DIRECTION_READ);
	assert_int_equal(io_op_direction(IO_COPY), DIRECTION_WRITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_have_names),
		cmocka_unit_test(directions_have_names),
		cmocka_unit_test(both_syncs_count_as_sync),
		cmocka_unit_test(composite_operations_count_by_what_they_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
