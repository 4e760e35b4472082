/* SPDX-License-Identifier: MIT */
/* Resource limits of this process. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "host/perf_counter.h"
#include "test.h"
#include "unit/host/fact_check.h"

static struct arena arena;
static struct fact_list list;

static int set_up(void **state)
{
	(void)state;
	list = (struct fact_list){.arena = &arena};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(set_up, tear_down);

TEST(resource_limits_are_those_of_the_process)
{
	struct rlimit limit = {.rlim_cur = 100, .rlim_max = 0}, before;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	fact_read_limits(&list);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_fact(&list, FACT_SOFT, "limit.nofile", "100");
	assert_non_null(find_fact(&list, FACT_SOFT, "limit.memlock")->value);
}

TEST(kernel_switches_are_read_as_they_stand)
{
	FILE *stream = fopen("/proc/sys/fs/aio-max-nr", "re");
	char text[32];

	if (!stream || !fgets(text, sizeof(text), stream)) {
		print_message("skipped: a kernel without asynchronous I/O\n");
		skip();
	}
	fclose(stream);
	text[strcspn(text, "\n")] = '\0';
	fact_read_limits(&list);
	assert_fact(&list, FACT_SOFT, "fs.aio-max-nr", text);
	assert_non_null(find_fact(&list, FACT_SOFT, "kernel.io_uring_disabled"));
	assert_non_null(find_fact(&list, FACT_SOFT, "seccomp"));
	assert_non_null(find_fact(&list, FACT_SOFT, "cgroup.memory_max"));
}

/* "user and kernel", or what is missing and why. */
TEST(what_can_be_counted_is_a_fact)
{
	int errors[PERF_SCOPE_COUNT];
	const char *value;

	perf_counter_try(errors);
	fact_read_limits(&list);
	value = find_fact(&list, FACT_SOFT, "cpu_counters")->value;
	if (errors[PERF_USER])
		assert_int_equal(strncmp(value, "none (", strlen("none (")), 0);
	else if (errors[PERF_KERNEL])
		assert_int_equal(strncmp(value, "user (kernel: ", strlen("user (kernel: ")), 0);
	else
		assert_string_equal(value, "user and kernel");
}

TEST_MAIN(NULL, NULL);
