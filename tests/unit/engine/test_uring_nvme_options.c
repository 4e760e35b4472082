/* SPDX-License-Identifier: MIT */
#include "engine/uring_nvme.h"

#include "unit/engine/rig.h"

static void options_of_the_ring_are_io_urings(void **state)
{
	const struct option *option = option_find(&uring_nvme_option_table, "sqthread_poll");

	(void)state;
	assert_non_null(option);
	assert_ptr_equal(option->help, option_find(&uring_option_table, "sqthread_poll")->help);
	assert_null(option_find(&uring_nvme_option_table, "nonvectored"));
}

static void each_is_there_once_and_binds_to_its_field(void **state)
{
	struct arena arena = {0};
	const struct uring_nvme_options *options = rig_options(&arena, engine_find("io_uring_cmd"),
		"fixedbufs=1 defer_taskrun=0 hipri=1 write_mode=zeroes writefua=1");

	(void)state;
	assert_true(options->ring.fixedbufs);
	assert_false(options->ring.registerfiles);
	assert_int_equal(options->ring.defer_taskrun, URING_NO);
	assert_int_equal(options->ring.coop_taskrun, URING_AUTO);
	assert_true(options->ring.hipri);
	assert_false(options->hipri_insist);
	assert_int_equal(options->commands.write_mode, NVME_WRITE_ZEROES);
	assert_true(options->commands.writefua);
	for (const struct option *o = uring_nvme_option_table.options; o->name; o++)
		assert_ptr_equal(option_find(&uring_nvme_option_table, o->name), o);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_the_ring_are_io_urings),
		cmocka_unit_test(each_is_there_once_and_binds_to_its_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
