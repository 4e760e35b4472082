/* SPDX-License-Identifier: MIT */
/* Idle time out of /proc/stat. */
#include "host/cpu_idle.h"
#include "test.h"

static const char before_text[] = "cpu  1 1 1 1 1 1 1 1 0 0\n"
				  "cpu0 100 0 50 800 50 0 0 0 0 0\n"
				  "cpu1 10 0 0 90 0 0 0 0 0 0\n"
				  "cpu3 0 0 0 10 0 0 0 0 0 0\n"
				  "intr 5\n";
static const char after_text[] = "cpu  2 2 2 2 2 2 2 2 0 0\n"
				 "cpu0 120 5 60 840 65 4 3 3 99 99\n"
				 "cpu1 10 0 0 190 0 0 0 0 0 0\n"
				 "cpu2 10 0 0 90 0 0 0 0 0 0";

TEST(idle_time_is_that_between_two_readings)
{
	struct arena arena = {0};
	struct cpu_idle before = cpu_idle_parse(before_text, &arena);
	struct cpu_idle after = cpu_idle_parse(after_text, &arena);
	struct cpu_idle idle = cpu_idle_between(&before, &after, &arena);

	assert_int_equal(before.count, 3);
	assert_int_equal(after.count, 3);
	/* CPU 2 came, CPU 3 went. */
	assert_int_equal(idle.count, 2);
	assert_int_equal(idle.cpus[0].number, 0);
	assert_int_equal(idle.cpus[0].idle, 55);
	assert_int_equal(idle.cpus[0].all, 100);
	assert_true(cpu_idle_percent(&idle.cpus[0]) == 55);
	assert_true(cpu_idle_percent(&idle.cpus[1]) == 100);
	assert_true(cpu_idle_percent_of_all(&idle) == 77.5);
	arena_free(&arena);
}

TEST(without_time_nothing_is_idle)
{
	struct arena arena = {0};
	struct cpu_idle once = cpu_idle_parse(before_text, &arena);
	struct cpu_idle none = cpu_idle_between(&once, &once, &arena);

	assert_int_equal(none.count, 3);
	assert_true(cpu_idle_percent_of_all(&none) == 0);
	none = cpu_idle_parse("nothing of the kind", &arena);
	assert_int_equal(none.count, 0);
	assert_true(cpu_idle_percent_of_all(&none) == 0);
	arena_free(&arena);
}

TEST(this_machine_has_cpus)
{
	struct arena arena = {0};

	assert_true(cpu_idle_read(&arena).count > 0);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
