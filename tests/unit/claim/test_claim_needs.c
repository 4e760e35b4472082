/* SPDX-License-Identifier: MIT */
/* What a claim needs, held against machines that have it and that do not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim/claim_needs.h"
#include "test.h"

static struct arena arena;
static struct contender_plan plan;

static const struct claim_machine small = {
	.cpus = 2,
	.memory_bytes = 1 << 30,
	.is_root = false,
	.counter_error = -ENOENT,
	.perf_event_paranoid = 2,
};
static const struct claim_machine large = {
	.cpus = 64,
	.memory_bytes = (uint64_t)64 << 30,
	.is_root = true,
};

/* The contenders of a job on this file. */
static void plan_for(const char *path)
{
	const char *const options[] = {
		arena_printf(&arena, "--filename=%s", path), "--size=1m", "--rw=randread"};
	const struct contender_request request = {.job = {.options = options, .option_count = 3}};
	struct diag diag;

	diag_init(&diag, stderr);
	contender_plan_free(&plan);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
}

static int set_up(void **state)
{
	(void)state;
	plan_for("/dev/zero");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	contender_plan_free(&plan);
	arena_free(&arena);
	return 0;
}

static const char *obstacle(
	enum claim_need_kind kind, uint64_t count, const struct claim_machine *machine)
{
	struct claim_need need = {.kind = kind, .count = count, .text = "need"};
	const struct claim claim = {.need_count = 1, .needs = &need};

	return claim_needs_obstacle(&claim, &plan, machine, &arena);
}

static void expect(const char *text, const char *part)
{
	assert_non_null(text);
	if (!strstr(text, part))
		fail_msg("this is not in it: %s\n%s", part, text);
}

TEST(a_claim_without_needs_has_no_obstacle)
{
	assert_null(claim_needs_obstacle(&(struct claim){0}, &plan, &small, &arena));
}

TEST(what_the_machine_lacks_is_told_with_what_it_has)
{
	expect(obstacle(NEED_CPUS, 4, &small), "it needs 4 CPUs, and this process may run on 2");
	expect(obstacle(NEED_MEMORY, (uint64_t)4 << 30, &small), "4.00GiB of memory, and 1.00GiB");
	expect(obstacle(NEED_ROOT, 0, &small), "it needs root");
	expect(obstacle(NEED_COUNTERS, 0, &small), "it needs the CPU's counters: ");
}

TEST(what_the_machine_has_is_no_obstacle)
{
	assert_null(obstacle(NEED_CPUS, 4, &large));
	assert_null(obstacle(NEED_CPUS, 2, &small));
	assert_null(obstacle(NEED_MEMORY, (uint64_t)4 << 30, &large));
	assert_null(obstacle(NEED_ROOT, 0, &large));
	assert_null(obstacle(NEED_COUNTERS, 0, &large));
}

TEST(the_first_of_several_that_is_missing_is_told)
{
	struct claim_need needs[] = {{.kind = NEED_CPUS, .count = 2}, {.kind = NEED_ROOT}};
	const struct claim claim = {.need_count = 2, .needs = needs};

	expect(claim_needs_obstacle(&claim, &plan, &small, &arena), "it needs root");
	assert_null(claim_needs_obstacle(&claim, &plan, &large, &arena));
}

TEST(memory_is_no_drive_and_has_no_o_direct)
{
	expect(obstacle(NEED_NVME, 0, &large), "it needs an NVMe drive: /dev/zero is on no disk");
	expect(obstacle(NEED_POLL_QUEUES, 0, &large),
		"it needs a drive with poll queues: /dev/zero is on no disk");
	expect(obstacle(NEED_DIRECT, 0, &large), "it needs O_DIRECT, which /dev/zero");
}

TEST(a_drive_that_is_not_there_is_an_obstacle)
{
	plan_for("/dev/no-such-drive");
	expect(obstacle(NEED_NVME, 0, &large), "it needs a drive: there is no /dev/no-such-drive");
}

/* The file system of the test may lack it: then both say so, the file and its place. */
TEST(a_file_that_is_not_there_yet_is_as_one_that_is)
{
	char path[] = "needs.XXXXXX";
	int descriptor = mkstemp(path);
	const char *there, *missing;

	assert_true(descriptor >= 0);
	close(descriptor);
	plan_for(path);
	there = obstacle(NEED_DIRECT, 0, &large);
	unlink(path);
	missing = obstacle(NEED_DIRECT, 0, &large);
	assert_int_equal(there != NULL, missing != NULL);
}

TEST(this_machine_has_a_cpu_and_memory)
{
	struct claim_machine machine;

	claim_machine_read(&machine);
	assert_true(machine.cpus >= 1);
	assert_true(machine.memory_bytes > 0);
	assert_int_equal(machine.is_root, geteuid() == 0);
}

TEST_MAIN(set_up, tear_down);
