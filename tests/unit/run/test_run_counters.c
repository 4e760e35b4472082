/* SPDX-License-Identifier: MIT */
/* flavours: plain address thread */
/*
 * From the system call to a result: runs that count software events in the place of instructions
 * and cycles, which no PMU is needed for. CPU time in nanoseconds takes the place of instructions.
 */
#include <linux/perf_event.h>
#include <math.h>

#include "result/result_figures.h"
#include "test.h"
#include "unit/run/run_rig.h"

static uint32_t event_type = PERF_TYPE_SOFTWARE;

/* In the place of the library's. */
size_t perf_source_list(struct perf_source sources[PERF_SOURCE_LIMIT])
{
	sources[0] = (struct perf_source){
		.type = event_type,
		.instructions = PERF_COUNT_SW_TASK_CLOCK,
		.cycles = PERF_COUNT_SW_TASK_CLOCK,
	};
	return 1;
}

/* Skips where even these events are refused. */
static const struct result_job *counted_job(struct plan_rig *rig, const char *text)
{
	assert_int_equal(run(rig, text), EXIT_DONE);
	if (!result.jobs[0].counts[PERF_USER].is_known && !strstr(text, "rate_iops")) {
		print_message("skipped: %s\n", result.jobs[0].counts[PERF_USER].missing);
		skip();
	}
	return &result.jobs[0];
}

#define READS "[a]\nfilename=/dev/zero\nsize=1m\nbs=4k\nrw=randread\ntime_based\nruntime=200ms\n"

/* All CPU time, the helpers' too, to a tenth; a thread that waits for a CPU uses none. */
static void check_is_cpu_time(const struct result_job *job)
{
	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		const struct result_counts *counts = &job->counts[s];

		if (!counts->is_known) {
			assert_int_equal(s, PERF_KERNEL); /* this user may not look into it */
			assert_non_null(counts->missing);
			continue;
		}
		assert_null(counts->missing);
		assert_true((double)counts->instructions > 0.9 * (double)job->cpu.total_ns);
		assert_true((double)counts->instructions < 1.5 * (double)job->cpu.total_ns);
		assert_true((double)counts->cycles > 0.9 * (double)counts->instructions);
		assert_true(counts->counted_share == 1);
	}
	assert_true(result_instructions_per_io(job, PERF_USER) >
		    0.9 * result_per_io(job, job->cpu.total_ns));
}

TEST_FIXTURE(plan_rig_open, end);

TEST(a_run_counts_its_window)
{
	check_is_cpu_time(counted_job(*state, READS "ioengine=psync\nramp_time=100ms\n"));
}

TEST(helpers_are_counted_with_the_job)
{
	const struct result_job *job =
		counted_job(*state, READS "bs=1m\nioengine=io_uring\niodepth=4\nforce_async=1\n");

	assert_true(job->cpu.helper_ns > job->cpu.total_ns / 4);
	check_is_cpu_time(job);
}

TEST(clones_of_a_group_add_up)
{
	check_is_cpu_time(counted_job(
		*state, READS "ioengine=psync\nnumjobs=2\ngroup_reporting\nruntime=100ms\n"));
}

/* The time awake until an I/O is due is user mode's. */
TEST(a_job_with_a_rate_counts_in_the_kernel_only)
{
	const struct result_job *job = counted_job(*state, READS "ioengine=psync\nrate_iops=2k\n");

	assert_false(job->counts[PERF_USER].is_known);
	assert_non_null(strstr(job->counts[PERF_USER].missing, "rate"));
	assert_true(isnan(result_instructions_per_io(job, PERF_SCOPE_COUNT)));
}

TEST_MAIN(NULL, NULL);
