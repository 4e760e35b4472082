/* SPDX-License-Identifier: MIT */
/* covers: src/run/collect_state.c */
/* The state class of a result: by its series, the work that was done, and what its job is. */
#include "run/collect.h"
#include "test.h"

#include <string.h>

#include "base/clock.h"
#include "measure/steady.h"
#include "near.h"
#include "unit/job/job_rig.h"

enum { MEMBER_LIMIT = 4, SECONDS = 700, MIB = 1 << 20 };

static struct job_rig rig;
static struct result result;
static struct planned_job planned[MEMBER_LIMIT], *wave[MEMBER_LIMIT];
static struct target targets[MEMBER_LIMIT];
static struct pattern_spec regions[MEMBER_LIMIT];
static struct result_job jobs[MEMBER_LIMIT];
static struct result_interval intervals[SECONDS];

/* Jobs with a region of 1 MiB in a file each, or in the same; the first has a series of this
 * length, of 100 reads or writes a second. */
static void open_wave(const char *text, enum io_direction direction, size_t seconds)
{
	memset(jobs, 0, sizeof(jobs));
	memset(intervals, 0, sizeof(intervals));
	rig_job(&rig, text);
	result_init(&result);
	for (unsigned i = 0; i < rig.set.count; i++) {
		regions[i].region_bytes = MIB;
		targets[i].path = rig.set.jobs[i].filename.texts[0];
		planned[i] = (struct planned_job){.job = &rig.set.jobs[i],
			.target_count = 1,
			.targets = &targets[i],
			.regions = &regions[i]};
		wave[i] = &planned[i];
	}
	for (size_t i = 0; i < seconds; i++) {
		struct result_interval_direction *d = &intervals[i].directions[direction];

		intervals[i].duration_ns = NS_PER_S;
		d->ios = i % 2 ? 101 : 99;
		d->lat.summary = (struct latency_summary){.count = d->ios, .sum_ns = 1000.0 * 100};
	}
	jobs[0].series = (struct result_series){
		.interval_ns = NS_PER_S, .count = seconds, .intervals = intervals};
}

static const struct result_state *state_of_wave(void)
{
	collect_states(&result, jobs, wave, (unsigned)rig.set.count);
	return jobs[0].goals.state;
}

static void close_wave(void)
{
	result_free(&result);
	rig_free(&rig);
}

#define READER "ioengine=null\nsize=1m\nrw=randread\n"
#define WRITER "ioengine=null\nsize=1m\nrw=randwrite\n"

TEST(reads_are_steady_after_a_minute)
{
	open_wave("[a]\n" READER, DIRECTION_READ, 61);
	assert_int_equal(state_of_wave()->class, STEADY_STEADY);
	assert_near(jobs[0].goals.state->measured_s, 61, 0);
	assert_true(jobs[0].goals.state->is_snia_steady);
	intervals[60].duration_ns = 500 * NS_PER_MS; /* no whole interval */
	intervals[59].duration_ns = 2 * NS_PER_S;
	assert_int_equal(state_of_wave()->class, STEADY_UNTOLD);
	assert_near(jobs[0].goals.state->measured_s, 59, 0);
	close_wave();
}

TEST(writes_are_steady_once_all_is_written_twice)
{
	open_wave("[a]\n" WRITER "numjobs=2\ngroup_reporting\n", DIRECTION_WRITE, 650);
	jobs[0].directions[DIRECTION_WRITE].bytes = 3 * MIB;
	jobs[1].directions[DIRECTION_WRITE].bytes = MIB - 1;
	assert_int_equal(state_of_wave()->class, STEADY_UNTOLD);
	assert_false(jobs[0].goals.state->has_worked);
	jobs[1].directions[DIRECTION_WRITE].bytes = MIB; /* two files, 4 MiB */
	assert_int_equal(state_of_wave()->class, STEADY_STEADY);
	assert_null(jobs[1].goals.state);
	close_wave();
	open_wave("[a]\n" WRITER "numjobs=2\ngroup_reporting\nfilename=f\n", DIRECTION_WRITE, 650);
	jobs[0].directions[DIRECTION_WRITE].bytes = 2 * MIB; /* one file */
	assert_int_equal(state_of_wave()->class, STEADY_STEADY);
	close_wave();
	open_wave("[a]\n" WRITER, DIRECTION_WRITE, 400);
	jobs[0].directions[DIRECTION_WRITE].bytes = 2 * MIB;
	assert_int_equal(state_of_wave()->class, STEADY_UNTOLD); /* below 10 minutes */
	assert_near(jobs[0].goals.state->least_s, 600, 0);
	close_wave();
}

TEST(a_drift_and_two_levels_are_told_at_once)
{
	open_wave("[a]\n" READER, DIRECTION_READ, 30);
	for (uint64_t i = 0; i < 30; i++)
		intervals[i].directions[DIRECTION_READ].ios = 1000 - 10 * i + i % 2;
	assert_int_equal(state_of_wave()->class, STEADY_DRIFTING);
	assert_near(jobs[0].goals.state->drift_per_minute, -0.66, 0.06);
	for (uint64_t i = 0; i < 30; i++)
		intervals[i].directions[DIRECTION_READ].ios = i < 10 ? 100 + i % 2 : 900 + i % 2;
	assert_int_equal(state_of_wave()->class, STEADY_BIMODAL);
	assert_near(jobs[0].goals.state->high, 900.5, 1e-9);
	assert_near(jobs[0].goals.state->low_share, 1 / 3.0, 1e-9);
	close_wave();
}

/* The rate was given, and says nothing of the drive. */
TEST(a_job_with_a_rate_is_judged_by_its_latency)
{
	open_wave("[a]\n" READER "rate_iops=100\n", DIRECTION_READ, 61);
	for (int i = 0; i < 61; i++)
		intervals[i].directions[DIRECTION_READ].lat.summary.sum_ns *= 1 + 0.02 * i;
	assert_int_equal(state_of_wave()->class, STEADY_DRIFTING);
	assert_true(jobs[0].goals.state->is_of_latency);
	assert_true(jobs[0].goals.state->drift_per_minute > 0.5);
	close_wave();
}

TEST(without_a_series_there_is_no_state)
{
	open_wave("[a]\n" READER, DIRECTION_READ, 61);
	jobs[0].series = (struct result_series){0};
	assert_null(state_of_wave());
	close_wave();
}

TEST_MAIN(NULL, NULL);
