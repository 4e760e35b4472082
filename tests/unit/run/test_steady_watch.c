/* SPDX-License-Identifier: MIT */
/* steadystate of running jobs: what is sampled when, who is judged with whom, and who ends. */
#include "run/steady_watch.h"
#include "test.h"

#include <string.h>

#include "base/clock.h"
#include "near.h"
#include "unit/job/job_rig.h"

enum { MEMBER_LIMIT = 8 };

static struct job_rig rig;
static struct crew crew;
static struct crew_member members[MEMBER_LIMIT];
static struct steady_watch watch;
static struct wave_series series;
static struct result result;
static struct result_job jobs[MEMBER_LIMIT];

/* Workers without threads, for the jobs of a text; they measure since 10 s by the clock. */
static void open_watch(const char *text)
{
	memset(members, 0, sizeof(members));
	memset(jobs, 0, sizeof(jobs));
	rig_job(&rig, text);
	result_init(&result);
	crew = (struct crew){.members = members, .count = (unsigned)rig.set.count};
	assert_true(crew.count <= MEMBER_LIMIT);
	for (unsigned i = 0; i < crew.count; i++) {
		members[i].worker.task.job = &rig.set.jobs[i];
		members[i].worker.progress.phase = WORKER_MEASURING;
		members[i].worker.progress.measuring_since_ns = 10 * NS_PER_S;
	}
	steady_watch_open(&watch, &crew, &series, &rig.arena, &result.arena);
}

static void close_watch(void)
{
	result_free(&result);
	rig_free(&rig);
}

/* So many I/Os of 4 KiB more by this member; then a look at this time. */
static void pass(unsigned member, uint64_t ios, double second)
{
	members[member].worker.progress.ios += ios;
	members[member].worker.progress.bytes += 4096 * ios;
	steady_watch_look(&watch, (uint64_t)(second * 1e9));
}

#define NULL_JOB "ioengine=null\nsize=1m\nrw=randread\ntime_based\nruntime=1h\n"

/* The series that fio 3.33 called steady: the verdict comes with its last value. */
TEST(a_job_ends_with_the_interval_that_makes_it_steady)
{
	const uint64_t rates[] = {500, 713, 748, 768, 811, 780};
	const struct result_steady *steady;

	open_watch("[a]\n" NULL_JOB "ss=iops:8%\nss_dur=5\nss_ramp=2\n");
	assert_int_equal(watch.count, 1);
	pass(0, 100000, 11.9); /* before ss_ramp is over nothing counts */
	pass(0, 7, 12);
	for (int i = 0; i < 6; i++) {
		assert_false(members[0].worker.must_stop);
		pass(0, rates[i], 13 + i);
	}
	assert_true(members[0].worker.must_stop);
	steady_watch_report(&watch, &result, jobs);
	steady = jobs[0].goals.steady;
	assert_string_equal(steady->asked, "iops:8%");
	assert_true(steady->is_attained);
	assert_int_equal(steady->attained_ns, 8 * NS_PER_S);
	assert_near(steady->deviation, 51, 1e-9);
	assert_near(steady->criterion, 6.675393, 1e-6);
	assert_int_equal(steady->count, 5);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(steady->intervals[i].ios_per_second, rates[i + 1]);
		assert_int_equal(steady->intervals[i].bytes_per_second, 4096 * rates[i + 1]);
	}
	assert_int_equal(result.warning_count, 0);
	close_watch();
}

/* fio 3.42 multiplies by how late it was. */
TEST(a_late_sample_is_of_a_longer_interval)
{
	open_watch("[a]\n" NULL_JOB "ss=bw:1%\nss_dur=3\n");
	pass(0, 0, 10);
	pass(0, 1000, 11);
	pass(0, 1500, 12.5);
	assert_int_equal(steady_watch_wait(&watch, 12 * NS_PER_S + 600 * NS_PER_MS, NS_PER_S),
		400 * NS_PER_MS);
	assert_int_equal(steady_watch_wait(&watch, 12 * NS_PER_S, 50 * NS_PER_MS), 50 * NS_PER_MS);
	pass(0, 0, 12.9); /* not due */
	pass(0, 500, 13);
	assert_true(members[0].worker.must_stop);
	assert_int_equal(watch.teams[0].record->intervals[1].ios_per_second, 1000);
	assert_int_equal(watch.teams[0].record->intervals[2].bytes_per_second, 4096000);
	close_watch();
}

TEST(clones_of_one_entry_are_judged_by_their_sum)
{
	open_watch("[a]\n" NULL_JOB "numjobs=2\ngroup_reporting\nss=iops:1%\nss_dur=2\n"
		   "[b]\nnew_group\n" NULL_JOB);
	assert_int_equal(watch.count, 1);
	pass(0, 0, 10);
	members[1].worker.progress.ios += 900;
	pass(0, 100, 11);
	members[1].worker.progress.ios += 100;
	pass(0, 900, 12);
	assert_true(members[0].worker.must_stop);
	assert_true(members[1].worker.must_stop);
	assert_false(members[2].worker.must_stop);
	steady_watch_report(&watch, &result, jobs);
	assert_ptr_equal(jobs[0].goals.steady, jobs[1].goals.steady);
	assert_null(jobs[2].goals.steady);
	close_watch();
}

TEST(other_clones_end_each_by_itself)
{
	open_watch("[a]\n" NULL_JOB "numjobs=2\nss=iops:1%\nss_dur=2\n");
	assert_int_equal(watch.count, 2);
	pass(0, 0, 10);
	for (int second = 11; second < 14; second++) {
		members[1].worker.progress.ios += 100 * (uint64_t)second;
		pass(0, 1000, second);
	}
	assert_true(members[0].worker.must_stop);
	assert_false(members[1].worker.must_stop);
	steady_watch_report(&watch, &result, jobs);
	assert_true(jobs[0].goals.steady->is_attained);
	assert_false(jobs[1].goals.steady->is_attained);
	assert_int_equal(result.warning_count, 1);
	assert_string_equal(result.warnings[0].code, "steady-state-not-reached");
	close_watch();
}

/* ramp_time is before the window, and part of the time that ss_ramp counts. */
TEST(samples_begin_with_the_last_worker_s_window)
{
	open_watch("[a]\n" NULL_JOB "ramp_time=3\nnumjobs=2\ngroup_reporting\nss=iops:1%\n"
		   "ss_dur=4\nss_ramp=4\n");
	members[1].worker.progress.measuring_since_ns = 0;
	pass(0, 1000, 11);
	assert_int_equal(watch.teams[0].next_ns, 0);
	assert_int_equal(steady_watch_wait(&watch, 11 * NS_PER_S, NS_PER_S), NS_PER_S);
	members[1].worker.progress.measuring_since_ns = 12 * NS_PER_S;
	pass(0, 1000, 12);
	assert_int_equal(watch.teams[0].next_ns, 13 * NS_PER_S);
	close_watch();
}

TEST(what_ends_before_a_window_is_full_is_not_judged)
{
	open_watch("[a]\n" NULL_JOB "ss=iops:1%\nss_dur=4\n");
	for (int second = 10; second < 14; second++)
		pass(0, 1000, second);
	members[0].worker.progress.phase = WORKER_DONE;
	pass(0, 0, 14);
	assert_int_equal(watch.teams[0].record->count, 3);
	steady_watch_report(&watch, &result, jobs);
	assert_true(isnan(jobs[0].goals.steady->criterion));
	assert_string_equal(result.warnings[0].code, "steady-state-not-judged");
	close_watch();
}

/* One more interval of the only worker: so many I/Os of this latency. */
static void pass_interval(uint64_t number, uint64_t ios, uint64_t latency_ns)
{
	static struct worker_interval interval;

	interval = (struct worker_interval){.first = number, .last = number, .next = number + 1};
	interval.counts[DIRECTION_READ].ios = ios;
	histogram_record(&interval.lat[DIRECTION_READ], latency_ns, ios);
	job_series_add(series.entries, 0, &interval);
}

/* Sampled half an interval late, when workers have handed over what they measured. */
TEST(latencies_are_means_of_the_intervals_between_samples)
{
	static struct job_series entry;
	static struct wave_member member;
	const struct result_steady_interval *seen;

	job_series_init(&entry, 1, NS_PER_S, 1, 100);
	series = (struct wave_series){
		.member_count = 1, .members = &member, .entry_count = 1, .entries = &entry};
	open_watch("[a]\n" NULL_JOB "ss=lat:30%\nss_dur=2\n");
	pass(0, 0, 10);
	assert_int_equal(watch.teams[0].last.ns, 0); /* not yet */
	pass(0, 0, 10.5);
	pass_interval(0, 30, 1000);
	pass(0, 30, 11.5);
	pass_interval(1, 10, 3000);
	pass(0, 10, 12.5);
	assert_false(members[0].worker.must_stop);
	pass_interval(2, 10, 2000);
	pass(0, 10, 13.5);
	assert_true(members[0].worker.must_stop);
	seen = watch.teams[0].record->intervals;
	assert_int_equal(seen[0].lat_ns, 3000);
	assert_int_equal(seen[1].lat_ns, 2000);
	assert_near(watch.teams[0].record->criterion, 20, 1e-9);
	job_series_free(&entry);
	series = (struct wave_series){0};
	close_watch();
}

TEST(latencies_are_judged_by_intervals_as_short_as_the_check_s)
{
	struct planned_job planned = {0};
	struct planned_job *const all[] = {&planned};

	open_watch("[a]\n" NULL_JOB "ss=lat:30%\nss_dur=2\nss_interval=500ms\n");
	planned.job = &rig.set.jobs[0];
	assert_int_equal(steady_watch_interval(all, 1, 0), 500 * NS_PER_MS);
	assert_int_equal(steady_watch_interval(all, 1, NS_PER_S), 500 * NS_PER_MS);
	assert_int_equal(steady_watch_interval(all, 1, 100 * NS_PER_MS), 100 * NS_PER_MS);
	close_watch();
	open_watch("[a]\n" NULL_JOB "ss=bw:30%\nss_dur=2\nss_interval=500ms\n");
	planned.job = &rig.set.jobs[0];
	assert_int_equal(steady_watch_interval(all, 1, 0), 0);
	close_watch();
}

TEST_MAIN(NULL, NULL);
