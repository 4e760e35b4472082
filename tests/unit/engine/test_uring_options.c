/* SPDX-License-Identifier: MIT */
#include "engine/uring.h"
#include "engine/uring_options.h"
#include "test.h"
#include "unit/engine/rig.h"

static struct uring_options options;
static struct option_problem problem;
static struct arena arena;

static int start(void **state)
{
	(void)state;
	memset(&options, 0x5a, sizeof(options));
	option_set_defaults(&uring_option_table, &options, &arena);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static int read_option(const char *name, const char *value)
{
	const struct option *option = option_find(&uring_option_table, name);

	assert_non_null(option);
	return option_read(option, value, &options, &arena, &problem);
}

static const char *print_option(const char *name)
{
	return option_text(option_find(&uring_option_table, name), &options, &arena);
}

TEST_FIXTURE(start, stop);

TEST(defaults_are_what_is_fastest_and_asked_of_nobody)
{
	assert_false(options.fixedbufs);
	assert_false(options.registerfiles);
	assert_true(options.nonvectored);
	assert_int_equal(options.registerring, URING_AUTO);
	assert_int_equal(options.single_issuer, URING_AUTO);
	assert_int_equal(options.defer_taskrun, URING_AUTO);
	assert_int_equal(options.coop_taskrun, URING_AUTO);
	assert_false(options.sqthread_poll);
	assert_false(options.sqthread_poll_cpu.is_set);
	assert_null(print_option("sqthread_poll_cpu"));
	assert_int_equal(options.sqthread_poll_idle_ns, 0);
	assert_string_equal(print_option("defer_taskrun"), "auto");
}

TEST(a_cpu_is_a_number)
{
	assert_int_equal(read_option("sqthread_poll_cpu", "0"), 0);
	assert_true(options.sqthread_poll_cpu.is_set);
	assert_int_equal(options.sqthread_poll_cpu.number, 0);
	assert_int_equal(read_option("sqthread_poll_cpu", "17"), 0);
	assert_string_equal(print_option("sqthread_poll_cpu"), "17");
	assert_true(read_option("sqthread_poll_cpu", "one") < 0);
	assert_non_null(problem.what);
	assert_true(read_option("sqthread_poll_cpu", "4294967296") < 0);
	assert_string_equal(problem.what, "no machine has so many CPUs");
	assert_int_equal(options.sqthread_poll_cpu.number, 17);
}

TEST(idle_time_is_in_milliseconds)
{
	assert_int_equal(read_option("sqthread_poll_idle", "50"), 0);
	assert_int_equal(options.sqthread_poll_idle_ns, 50000000);
	assert_int_equal(read_option("sqthread_poll_idle", "2s"), 0);
	assert_int_equal(options.sqthread_poll_idle_ns, 2000000000);
}

TEST(a_wish_is_yes_no_or_auto)
{
	assert_int_equal(read_option("coop_taskrun", "1"), 0);
	assert_int_equal(options.coop_taskrun, URING_YES);
	assert_int_equal(read_option("coop_taskrun", "0"), 0);
	assert_int_equal(options.coop_taskrun, URING_NO);
	assert_int_equal(read_option("coop_taskrun", "auto"), 0);
	assert_int_equal(options.coop_taskrun, URING_AUTO);
	assert_true(read_option("coop_taskrun", "2") < 0);
}

TEST(options_of_the_ring_are_io_urings)
{
	const struct option *option = option_find(&uring_nvme_option_table, "sqthread_poll");

	assert_non_null(option);
	assert_ptr_equal(option->help, option_find(&uring_option_table, "sqthread_poll")->help);
	assert_null(option_find(&uring_nvme_option_table, "nonvectored"));
}

TEST(each_is_there_once_and_binds_to_its_field)
{
	const struct uring_nvme_options *nvme = rig_options(&arena, engine_find("io_uring_cmd"),
		"fixedbufs=1 defer_taskrun=0 hipri=1 write_mode=zeroes writefua=1");

	assert_true(nvme->ring.fixedbufs);
	assert_false(nvme->ring.registerfiles);
	assert_int_equal(nvme->ring.defer_taskrun, URING_NO);
	assert_int_equal(nvme->ring.coop_taskrun, URING_AUTO);
	assert_true(nvme->ring.hipri);
	assert_false(nvme->hipri_insist);
	assert_int_equal(nvme->commands.write_mode, NVME_WRITE_ZEROES);
	assert_true(nvme->commands.writefua);
	for (const struct option *o = uring_nvme_option_table.options; o->name; o++)
		assert_ptr_equal(option_find(&uring_nvme_option_table, o->name), o);
}

TEST_MAIN(NULL, NULL);
