/* SPDX-License-Identifier: MIT */
/* covers: src/run/worker_measurement.c */
/*
 * The worker's side of intervals: with a clock that is moved and an engine of known service time,
 * each interval's figures are exact, whoever comes for them, and when.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "fake_worker.h"
#include "run/worker_interval.h"
#include "test.h"

enum { INTERVALS_LIMIT = 64, LENGTH = 10000, START = 1000000 };

/* What the supervisor took, without the histograms. */
static struct taken {
	unsigned count;
	const struct worker_interval *buffers[INTERVALS_LIMIT]; /* where they were */
	struct worker_interval intervals[INTERVALS_LIMIT];
} taken;

static bool comes; /* the supervisor does, after each reap */

static void take(void *context, const struct worker_interval *interval)
{
	(void)context;
	assert_true(taken.count < INTERVALS_LIMIT);
	taken.buffers[taken.count] = interval;
	taken.intervals[taken.count++] = *interval;
}

static uint64_t cpu_time(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_THREAD, &usage), 0);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static bool is_busy; /* the next reap takes CPU time that getrusage(2) shows */

static void be_busy(void)
{
	uint64_t before = cpu_time();

	while (cpu_time() == before)
		continue;
	is_busy = false;
}

static int supervised_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	int found = fake_reap(engine, done, min, max, timeout_ns);

	if (is_busy)
		be_busy();
	if (comes)
		worker_interval_collect(&worker, false, take, NULL);
	return found;
}

static struct engine_class supervised;

/* Reads one after the other, each of 1000 ns, for `runtime_ns`. */
static void set_up_intervals(const struct engine_class *class, uint64_t runtime_ns)
{
	set_up(&supervised, UINT64_MAX);
	supervised = *class;
	supervised.reap = supervised_reap;
	memset(&taken, 0, sizeof(taken));
	comes = true;
	region.region_bytes = 1 << 20;
	worker.task.wraps = true;
	worker.task.intervals.length_ns = LENGTH;
	job.runtime_ns = runtime_ns;
	script.submit_ns = 1000;
}

static const struct worker_direction *run_all(void)
{
	const struct worker_direction *read = run(DIRECTION_READ);

	worker_interval_collect(&worker, true, take, NULL);
	return read;
}

static void assert_interval(unsigned index, uint64_t first, uint64_t last, uint64_t ios)
{
	const struct worker_interval *interval = &taken.intervals[index];

	assert_int_equal(interval->first, first);
	assert_int_equal(interval->last, last);
	assert_int_equal(interval->counts[DIRECTION_READ].ios, ios);
	assert_int_equal(interval->counts[DIRECTION_READ].bytes, ios * BLOCK);
	assert_int_equal(interval->lat[DIRECTION_READ].summary.count, ios);
}

/* All that was taken is all there is. */
static void assert_nothing_lost(const struct worker_direction *read)
{
	struct worker_counts sum = {0};
	static struct histogram lat;

	memset(&lat, 0, sizeof(lat));
	for (unsigned i = 0; i < taken.count; i++) {
		sum.ios += taken.intervals[i].counts[DIRECTION_READ].ios;
		sum.bytes += taken.intervals[i].counts[DIRECTION_READ].bytes;
		sum.errors += taken.intervals[i].counts[DIRECTION_READ].errors;
		histogram_merge(&lat, &taken.intervals[i].lat[DIRECTION_READ]);
	}
	assert_int_equal(sum.ios, read->ios);
	assert_int_equal(sum.bytes, read->bytes);
	assert_int_equal(read->lat->summary.count, read->ios);
	assert_memory_equal(lat.counts, read->lat->counts, sizeof(lat.counts));
	assert_int_equal(lat.summary.max_ns, read->lat->summary.max_ns);
	assert_int_equal(lat.summary.min_ns, read->lat->summary.min_ns);
}

/* One page has what each turn counts, another the summary of latencies; others have them. */
TEST(counters_of_a_turn_are_on_one_page)
{
	enum { PAGE_BYTES = 4096, DEPTH = 32 };

	assert_true(sizeof(struct worker_measurement) + worker_tally_bytes(DEPTH) < PAGE_BYTES);
	assert_true(offsetof(struct worker, loop.mix.sizes) < PAGE_BYTES / 2);
}

/* The whole of a window of one interval is that interval: no page of it is there twice. */
TEST(one_interval_is_the_whole)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_sync_class, LENGTH / 2);
	read = run_all();
	assert_int_equal(taken.count, 1);
	assert_nothing_lost(read);
	assert_ptr_equal(read->lat, &taken.buffers[0]->lat[DIRECTION_READ]);
	tear_down();
}

TEST(two_buffers_do_when_the_supervisor_keeps_up)
{
	set_up_intervals(&fake_sync_class, 10 * LENGTH);
	run_all();
	assert_true(taken.count >= 9);
	for (unsigned i = 2; i < taken.count; i++)
		assert_ptr_equal(taken.buffers[i], taken.buffers[i - 2]);
	tear_down();
}

TEST(each_interval_has_what_was_completed_in_it)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_sync_class, 3 * LENGTH);
	script.submit_ns = 999;
	read = run_all();
	assert_int_equal(taken.count, 4);
	/* 999, 1998, ... 9990; the next is done at 10989. */
	assert_interval(0, 0, 0, 10);
	assert_interval(1, 1, 1, 10);
	assert_interval(2, 2, 2, 10);
	assert_interval(3, 3, 3, 1); /* done after the deadline, sent before it */
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(taken.intervals[i].next, i + 1);
		assert_false(taken.intervals[i].is_final);
		assert_int_equal(taken.intervals[i].in_flight, 1);
		assert_int_equal(taken.intervals[i].lat[DIRECTION_READ].summary.min_ns, 999);
		assert_int_equal(taken.intervals[i].lat[DIRECTION_READ].summary.max_ns, 999);
	}
	assert_true(taken.intervals[3].is_final);
	assert_int_equal(taken.intervals[3].in_flight, 0);
	assert_nothing_lost(read);
	tear_down();
}

/* What was measured until the last boundary, and nothing of what came after it. */
TEST(a_snapshot_is_of_the_intervals_that_were_collected)
{
	const struct worker_measurement *latest;
	uint64_t depths = 0;

	set_up_intervals(&fake_sync_class, 3 * LENGTH);
	worker.task.intervals.has_snapshots = true;
	script.submit_ns = 999;
	assert_nothing_lost(run_all());
	latest = worker_interval_latest(&worker);
	assert_non_null(latest);
	assert_int_equal(latest->directions[DIRECTION_READ].ios, 30);
	assert_int_equal(latest->directions[DIRECTION_READ].bytes, 30 * BLOCK);
	assert_int_equal(latest->directions[DIRECTION_READ].lat->summary.count, 30);
	assert_int_equal(latest->directions[DIRECTION_WRITE].ios, 0);
	assert_int_equal(latest->ended_ns - latest->started_ns, 31 * 999);
	for (unsigned i = 0; i < latest->tally_limit; i++)
		depths += latest->depths[i];
	assert_in_range(depths, 30, 31);
	assert_ptr_not_equal(latest->depths, worker.outcome.measurement->depths);
	tear_down();
}

TEST(a_snapshot_has_the_errors_and_the_cpu_time_until_then)
{
	const struct worker_measurement *latest;

	set_up_intervals(&fake_sync_class, 3 * LENGTH);
	worker.task.intervals.has_snapshots = true;
	script.submit_ns = 999;
	script.error_at = 5;
	script.error = EIO;
	job.continue_on_error = ERRORS_READ;
	is_busy = true;
	run_all();
	latest = worker_interval_latest(&worker);
	assert_non_null(latest);
	assert_int_equal(latest->directions[DIRECTION_READ].ios, 29);
	assert_int_equal(latest->directions[DIRECTION_READ].errors[0].error, EIO);
	assert_int_equal(latest->directions[DIRECTION_READ].errors[0].count, 1);
	assert_true(latest->cpu.user_ns + latest->cpu.system_ns > 0);
	tear_down();
}

TEST(without_snapshots_there_is_none)
{
	set_up_intervals(&fake_sync_class, 3 * LENGTH);
	assert_nothing_lost(run_all());
	assert_null(worker_interval_latest(&worker));
	tear_down();
}

/* One at the very end of an interval is of the next. */
TEST(an_interval_ends_before_its_boundary)
{
	set_up_intervals(&fake_sync_class, 2 * LENGTH);
	assert_nothing_lost(run_all());
	assert_interval(0, 0, 0, 9);
	assert_interval(1, 1, 1, 10);
	assert_interval(2, 2, 2, 1);
	tear_down();
}

TEST(all_in_flight_at_a_boundary_are_counted)
{
	set_up_intervals(&fake_class, 2 * LENGTH);
	job.iodepth = 8;
	job.iodepth_batch_submit = 8;
	job.iodepth_batch_complete_min = 1;
	script.submit_ns = 0;
	script.service_ns = 3000;
	assert_nothing_lost(run_all());
	/* 8 at 3000, 6000, 9000; those of 12000 were in flight. */
	assert_interval(0, 0, 0, 24);
	assert_int_equal(taken.intervals[0].in_flight, 8);
	tear_down();
}

/* From 5500 to 40500: what is in flight then is of the fifth interval, three are empty. */
TEST(a_stall_leaves_intervals_empty)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_class, 6 * LENGTH);
	script.submit_ns = 0;
	script.service_ns = 1000;
	script.stall_at_ns = START + 5000;
	script.stall_end_ns = START + 5000 + 35500;
	read = run_all();
	assert_interval(0, 0, 0, 5);
	assert_int_equal(taken.intervals[0].next, 4);
	assert_int_equal(taken.intervals[0].in_flight, 1);
	assert_int_equal(taken.intervals[0].gap.length_ns, 1000);
	assert_interval(1, 4, 4, 10); /* at 40500, 41500, ... 49500 */
	assert_int_equal(taken.intervals[1].gap.began_ns, START + 5000);
	assert_int_equal(taken.intervals[1].gap.length_ns, 35500);
	assert_int_equal(taken.intervals[1].lat[DIRECTION_READ].summary.max_ns, 35500);
	assert_nothing_lost(read);
	tear_down();
}

/* Nobody comes: three are handed over, and all that follow are one. */
TEST(without_a_supervisor_neighbours_become_one)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_sync_class, 6 * LENGTH);
	comes = false;
	script.submit_ns = 999;
	read = run_all();
	assert_int_equal(taken.count, 4);
	for (unsigned i = 0; i < 3; i++)
		assert_interval(i, i, i, 10);
	assert_interval(3, 3, 6, read->ios - 30);
	assert_nothing_lost(read);
	tear_down();
}

TEST(a_supervisor_that_was_late_is_late_once)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_sync_class, 5 * LENGTH);
	comes = false;
	script.submit_ns = 999;
	(void)run(DIRECTION_READ); /* ends in interval 5 */
	worker_interval_collect(&worker, false, take, NULL);
	worker_interval_collect(&worker, false, take, NULL);
	assert_int_equal(taken.count, 3);
	worker_interval_collect(&worker, true, take, NULL);
	worker_interval_collect(&worker, true, take, NULL);
	assert_int_equal(taken.count, 4);
	read = &worker.outcome.measurement->directions[DIRECTION_READ];
	assert_interval(3, 3, 5, read->ios - 30);
	assert_nothing_lost(read);
	tear_down();
}

/* The second is due at 15000 and sent then: at 10000 nothing was in flight. */
TEST(what_is_sent_after_a_boundary_was_not_in_flight_there)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_class, 2 * LENGTH);
	job.rate_iops.value[DIRECTION_READ] = 66667;
	script.submit_ns = 0;
	script.service_ns = 1000;
	read = run_all();
	assert_interval(0, 0, 0, 1);
	assert_int_equal(taken.intervals[0].in_flight, 0);
	assert_interval(1, 1, 1, 1);
	assert_int_equal(read->lat->summary.max_ns, 1000);
	assert_nothing_lost(read);
	tear_down();
}

TEST(the_ramp_is_in_no_interval)
{
	const struct worker_direction *read;

	set_up_intervals(&fake_sync_class, 2 * LENGTH);
	job.ramp_time_ns = 5 * LENGTH;
	script.submit_ns = 999;
	read = run_all();
	assert_interval(0, 0, 0, 10);
	assert_interval(1, 1, 1, 10);
	assert_int_equal(worker.intervals.origin_ns, worker.outcome.measurement->started_ns);
	assert_nothing_lost(read);
	tear_down();
}

TEST(a_window_that_opens_late_begins_within_the_grid)
{
	set_up_intervals(&fake_sync_class, 2 * LENGTH);
	worker.task.intervals.behind_ns = 2 * LENGTH + 4000;
	assert_nothing_lost(run_all());
	assert_interval(0, 2, 2, 5); /* up to 6000 after its start */
	assert_interval(1, 3, 3, 10);
	tear_down();
}

TEST(errors_are_counted_where_they_happened)
{
	set_up_intervals(&fake_sync_class, 3 * LENGTH);
	job.continue_on_error = ERRORS_READ;
	script.error_at = 15;
	script.error = EIO;
	script.submit_ns = 999;
	assert_nothing_lost(run_all());
	assert_int_equal(taken.intervals[0].counts[DIRECTION_READ].errors, 0);
	assert_int_equal(taken.intervals[1].counts[DIRECTION_READ].errors, 1);
	assert_interval(1, 1, 1, 9);
	assert_int_equal(taken.intervals[2].counts[DIRECTION_READ].errors, 0);
	tear_down();
}

TEST(what_never_came_back_is_a_gap_up_to_the_end)
{
	set_up_intervals(&fake_class, LENGTH);
	script.service_ns = 1000;
	script.never_completes = true;
	script.stopped_worker = &worker;
	(void)run_all();
	assert_int_equal(taken.intervals[taken.count - 1].in_flight, 1);
	assert_int_equal(taken.intervals[taken.count - 1].gap.began_ns, START);
	assert_int_equal(taken.intervals[taken.count - 1].gap.length_ns,
		worker.outcome.measurement->ended_ns - START);
	tear_down();
}

/* Of one that hangs a copy is made: the whole is all that it has done, and nothing of it changes.
 */
TEST(a_hung_worker_is_read_and_left_alone)
{
	struct worker_measurement *whole;
	const struct worker_measurement *measured;
	size_t bytes;
	struct worker_interval *current;

	set_up_intervals(&fake_sync_class, 5 * LENGTH);
	comes = false;
	(void)run(DIRECTION_READ);
	measured = worker.outcome.measurement;
	bytes = worker_measurement_bytes(measured->tally_limit);
	whole = malloc(bytes);
	assert_non_null(whole);
	memcpy(whole, measured, bytes);
	worker_measurement_bind(whole);
	current = worker.intervals.current;
	worker_interval_collect_hung(&worker, START + 9 * LENGTH, whole, take, NULL);
	assert_int_equal(taken.count, 4);
	assert_nothing_lost(&whole->directions[DIRECTION_READ]);
	free(whole);
	assert_int_equal(measured->directions[DIRECTION_READ].lat->summary.count, 0);
	assert_ptr_equal(worker.intervals.current, current);
	assert_int_equal(worker.intervals.returned_count, 0);
	tear_down();
}

TEST(one_that_is_stopped_in_its_ramp_leaves_none)
{
	set_up_intervals(&fake_sync_class, LENGTH);
	job.ramp_time_ns = LENGTH;
	worker.must_stop = true;
	(void)run(DIRECTION_READ);
	worker_interval_collect(&worker, true, take, NULL);
	assert_int_equal(taken.count, 0);
	tear_down();
}

TEST_MAIN(NULL, NULL);
