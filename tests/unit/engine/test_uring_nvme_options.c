/* SPDX-License-Identifier: MIT */
#include "engine/uring_nvme.h"
#include "test.h"

#include "unit/engine/rig.h"

TEST(options_of_the_ring_are_io_urings)
{
	const struct option *option = option_find(&uring_nvme_option_table, "sqthread_poll");

	assert_non_null(option);
	assert_ptr_equal(option->help, option_find(&uring_option_table, "sqthread_poll")->help);
	assert_null(option_find(&uring_nvme_option_table, "nonvectored"));
}

TEST(each_is_there_once_and_binds_to_its_field)
{
	struct arena arena = {0};
	const struct uring_nvme_options *options = rig_options(&arena, engine_find("io_uring_cmd"),
		"fixedbufs=1 defer_taskrun=0 hipri=1 write_mode=zeroes writefua=1");

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

TEST_MAIN(NULL, NULL);
