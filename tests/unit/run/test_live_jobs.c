/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* What is told of jobs while they run, against what their result says in the end. */
#include <string.h>

#include "run/live_jobs.h"
#include "test.h"
#include "unit/run/run_rig.h"

#include "base/clock.h"

static struct live_view {
	unsigned looks, measuring_looks;
	size_t count;
	enum live_phase first_of[8], last_of[8];
	unsigned besides_first[8]; /* bits of phases, while the first job is measured */
	unsigned workers_of[8];
	uint64_t depth_of[8], ios_of[8], latencies_of[8], cpu_of[8];
	unsigned phases_of[8]; /* a bit each */
	uint64_t most_recent_ns, most_in_flight;
	bool falls, has_left, verifying_has_left;
} seen;

static void look_at(size_t i, const struct live_job *job)
{
	uint64_t cpu_ns = job->worker_cpu_ns + job->helper_cpu_ns;
	uint64_t ios = job->all[DIRECTION_READ].counts.ios;

	if (seen.looks == 0)
		seen.first_of[i] = job->phase;
	seen.falls |= ios < seen.ios_of[i] || cpu_ns < seen.cpu_of[i];
	seen.last_of[i] = job->phase;
	seen.phases_of[i] |= 1U << job->phase;
	seen.verifying_has_left |= job->phase == LIVE_VERIFYING && job->left_ns != UINT64_MAX;
	seen.workers_of[i] = job->worker_count;
	seen.depth_of[i] = job->depth;
	seen.ios_of[i] = ios;
	seen.cpu_of[i] = cpu_ns;
	seen.latencies_of[i] = job->all[DIRECTION_READ].lat.summary.count;
	if (job->recent_ns > seen.most_recent_ns)
		seen.most_recent_ns = job->recent_ns;
	if (job->in_flight > seen.most_in_flight)
		seen.most_in_flight = job->in_flight;
	if (job->phase != LIVE_MEASURING)
		return;
	seen.measuring_looks++;
	seen.has_left |= job->left_ns > 0 && job->left_ns <= NS_PER_S;
}

static void look(void *context, const struct live_jobs *now)
{
	assert_ptr_equal(context, &seen);
	assert_true(now->count <= 8);
	seen.count = now->count;
	for (size_t i = 0; i < now->count; i++) {
		look_at(i, &now->jobs[i]);
		if (now->jobs[0].phase == LIVE_MEASURING)
			seen.besides_first[i] |= 1u << now->jobs[i].phase;
	}
	seen.looks++;
}

static int run_watched(struct plan_rig *rig, const char *text, uint64_t interval_ns)
{
	struct live_viewer other = {.period_ns = NS_PER_S, .look = look, .context = &seen};
	struct live_viewer viewer = {
		.period_ns = 20 * NS_PER_MS, .look = look, .context = &seen, .next = &other};
	const struct run_options options = {
		.is_quiet = true, .interval_ns = interval_ns, .viewers = &viewer};
	int code;

	memset(&seen, 0, sizeof(seen));
	plan_rig_forget(rig);
	result_free(&result);
	rig_job(&rig->jobs, text);
	assert_non_null(rig->diag.stream = open_memstream(&rig->messages, &rig->room));
	diag_init(&rig->diag, rig->diag.stream);
	code = run_job_set(&rig->jobs.set, &options, &result, &rig->diag);
	fflush(rig->diag.stream);
	stop_signal_release();
	return code;
}

TEST_FIXTURE(plan_rig_open, end);

#define NULL_JOB "ioengine=null\nsize=1g\nrw=randread\niodepth=4\nnorandommap\ntime_based\n"

TEST(at_the_end_the_whole_is_what_the_result_says)
{
	assert_int_equal(run_watched(*state,
				 "[a]\n" NULL_JOB "runtime=700ms\nnumjobs=2\ngroup_reporting\n"
				 "[b]\n" NULL_JOB "runtime=300ms\nstonewall\n",
				 100 * NS_PER_MS),
		EXIT_DONE);
	assert_int_equal(seen.count, 2);
	assert_int_equal(result.job_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(seen.last_of[i], LIVE_ENDED);
		assert_int_equal(seen.ios_of[i], result.jobs[i].directions[DIRECTION_READ].ios);
		assert_int_equal(seen.latencies_of[i], seen.ios_of[i]);
		assert_true(seen.cpu_of[i] > 0);
	}
	assert_int_equal(seen.first_of[1], LIVE_TO_COME);
	assert_int_equal(seen.workers_of[0], 2);
	assert_int_equal(seen.depth_of[0], 8);
	assert_int_equal(seen.depth_of[1], 4);
	assert_false(seen.falls);
}

TEST(while_it_runs_the_last_second_and_the_time_left_are_known)
{
	assert_int_equal(
		run_watched(*state, "[a]\n" NULL_JOB "runtime=1s\n", 100 * NS_PER_MS), EXIT_DONE);
	assert_true(seen.measuring_looks > 0);
	assert_true(seen.has_left);
	assert_in_range(seen.most_recent_ns, 100 * NS_PER_MS, NS_PER_S);
	assert_in_range(seen.most_in_flight, 0, 4);
}

TEST(without_intervals_phases_are_told)
{
	assert_int_equal(run_watched(*state, "[a]\n" NULL_JOB "runtime=200ms\n", 0), EXIT_DONE);
	assert_true(seen.looks > 1);
	assert_int_equal(seen.last_of[0], LIVE_ENDED);
	assert_int_equal(seen.ios_of[0], 0);
	assert_int_equal(seen.most_recent_ns, 0);
}

TEST(startdelay_is_not_a_ramp)
{
	assert_int_equal(run_watched(*state,
				 "[a]\n" NULL_JOB "runtime=100ms\n"
				 "[b]\nstartdelay=300ms\n" NULL_JOB "runtime=100ms\n",
				 100 * NS_PER_MS),
		EXIT_DONE);
	assert_true(seen.phases_of[1] & 1U << LIVE_WAITING);
	assert_int_equal(seen.last_of[1], LIVE_ENDED);
}

/* 128 MiB of SHA-512 are a while everywhere. */
TEST(reading_back_is_a_phase_and_how_long_it_takes_is_not_known)
{
	assert_int_equal(run_watched(*state,
				 "[a]\nioengine=psync\nfilename=verified\nrw=write\nbs=64k\n"
				 "size=128m\nverify=sha512\nunlink=1\n",
				 100 * NS_PER_MS),
		EXIT_DONE);
	assert_true(seen.phases_of[0] & 1U << LIVE_VERIFYING);
	assert_false(seen.verifying_has_left);
	assert_int_equal(seen.last_of[0], LIVE_ENDED);
}

TEST(a_job_that_fails_is_told_as_failed)
{
	assert_int_equal(run_watched(*state,
				 "[a]\nioengine=psync\nfilename=/dev/full\nrw=write\nbs=4k\n"
				 "size=64k\n[b]\n" NULL_JOB "runtime=100ms\n",
				 100 * NS_PER_MS) == EXIT_DONE,
		false);
	assert_int_equal(seen.last_of[0], LIVE_FAILED);
	assert_int_equal(seen.last_of[1], LIVE_ENDED);
}

TEST(a_job_that_waits_for_another_is_to_come)
{
	assert_int_equal(run_watched(*state,
				 "[a]\nioengine=null\nrw=read\nbs=4k\nsize=1m\ntime_based\n"
				 "runtime=300ms\n"
				 "[b]\nwait_for=a\nioengine=null\nrw=read\nbs=4k\nsize=1m\n",
				 100 * NS_PER_MS),
		EXIT_DONE);
	assert_int_equal(seen.besides_first[1], 1u << LIVE_TO_COME);
	assert_int_equal(seen.last_of[1], LIVE_ENDED);
}

TEST_MAIN(NULL, NULL);
