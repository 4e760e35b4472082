/* SPDX-License-Identifier: MIT */
/* Disturbances told by their causes. */
#include <math.h>
#include <stdlib.h>

#include "session/guard.h"
#include "test.h"

/* Two quiet seconds in which the trial used a CPU and moved 100 MB. */
static const struct guard_counters before = {.when_s = 10, .boot_s = 10};
static const struct guard_counters quiet = {.when_s = 12,
	.boot_s = 12,
	.task_s = 2,
	.disk_read_bytes = 60e6,
	.disk_written_bytes = 40e6};
static const struct guard_own own = {.cpu_s = 2, .read_bytes = 60e6, .written_bytes = 40e6};
static unsigned two_cpus[] = {0, 1};
static const struct guard_watch watch = {
	.disk_count = 1, .is_direct = true, .threads = 2, .pinned = {2, two_cpus}};

static unsigned causes(const struct guard_counters *after)
{
	double deltas[GUARD_CAUSE_COUNT];

	guard_compare(&watch, &before, after, &own, deltas);
	return guard_judge(deltas);
}

TEST(a_quiet_trial_counts)
{
	assert_int_equal(causes(&quiet), 0);
}

/* The same of a trial that did this itself. */
static unsigned causes_with(const struct guard_counters *after, const struct guard_own *did)
{
	double deltas[GUARD_CAUSE_COUNT];

	guard_compare(&watch, &before, after, did, deltas);
	return guard_judge(deltas);
}

TEST(each_cause_is_told_from_the_others)
{
	struct guard_counters after = quiet;
	struct guard_own did = own;

	after.steal_s = 0.05;
	assert_int_equal(causes(&after), 1u << GUARD_STEAL);
	after = quiet;
	after.throttled_count = 1;
	assert_int_equal(causes(&after), 1u << GUARD_THROTTLED);
	after = quiet;
	after.disk_read_bytes += 4e6;
	assert_int_equal(causes(&after), 1u << GUARD_FOREIGN_IO);
	after = quiet;
	after.disk_written_bytes += 4e6;
	assert_int_equal(causes(&after), 1u << GUARD_FOREIGN_IO);
	after = quiet;
	after.task_s += 0.3;
	did.waited_s = 0.3;
	assert_int_equal(causes_with(&after, &did), 1u << GUARD_WAITED);
	after = quiet;
	after.task_s += 0.5;
	assert_int_equal(causes(&after), 1u << GUARD_FOREIGN_CPU);
	did = own;
	did.preempted_count = 500;
	assert_int_equal(causes_with(&quiet, &did), 0); /* by the kernel's threads */
	after = quiet;
	after.task_s += 0.05;
	did.waited_s = 0.05;
	assert_int_equal(causes_with(&after, &did), 1u << GUARD_PREEMPTED);
	after = quiet;
	after.swapped_pages = 1;
	assert_int_equal(causes(&after), 1u << GUARD_SWAP);
	after = quiet;
	after.hot_cpu_count = 1;
	assert_int_equal(causes(&after), 1u << GUARD_HOT_CPU);
	after = quiet;
	after.hot_disk_degrees = 1;
	assert_int_equal(causes(&after), 1u << GUARD_HOT_DISK);
	after = quiet;
	after.boot_s += 5;
	assert_int_equal(causes(&after), 1u << GUARD_SUSPENDED);
}

TEST(a_trial_that_waits_for_itself_is_not_disturbed)
{
	struct guard_own did = own;

	did.waited_s = 2; /* a thread all the time; nobody else ran */
	assert_int_equal(causes_with(&quiet, &did), 0);
}

TEST(what_the_kernels_threads_do_is_no_foreign_work)
{
	struct guard_counters after = quiet;
	struct guard_own did = own;

	did.waited_s = 1;
	after.task_s += 1;
	after.kernel_s = 1; /* writeback, block queues */
	assert_int_equal(causes_with(&after, &did), 0);
	after.kernel_s = -1; /* threads ended, and their time is gone */
	assert_int_equal(causes_with(&after, &did), 1u << GUARD_WAITED | 1u << GUARD_FOREIGN_CPU);
}

TEST(more_threads_than_cpus_drive_each_other_away)
{
	static const struct guard_watch crowds[] = {
		{.threads = 3, .pinned = {2, two_cpus}}, /* too many */
		{.threads = 1},                          /* bound to no CPUs */
	};
	struct guard_counters after = quiet;
	struct guard_own did = own;
	double deltas[GUARD_CAUSE_COUNT];

	did.preempted_count = 5000;
	did.waited_s = 0.05;
	after.task_s += 0.05;
	for (size_t i = 0; i < 2; i++) {
		guard_compare(&crowds[i], &before, &after, &did, deltas);
		assert_int_equal(guard_judge(deltas), 0);
	}
}

TEST(what_the_page_cache_kept_tells_nothing_of_others)
{
	const struct guard_watch buffered = {.disk_count = 1};
	struct guard_counters after = quiet;
	double deltas[GUARD_CAUSE_COUNT];

	after.disk_read_bytes = 500e6;
	guard_compare(&buffered, &before, &after, &own, deltas);
	assert_int_equal(guard_judge(deltas), 0);
}

TEST(a_journal_is_no_foreign_io_but_reads_are)
{
	const struct guard_watch files = {
		.disk_count = 1, .is_direct = true, .writes_files = true, .threads = 1};
	struct guard_counters after = quiet;
	double deltas[GUARD_CAUSE_COUNT];

	after.disk_written_bytes += 80e6;
	guard_compare(&files, &before, &after, &own, deltas);
	assert_int_equal(guard_judge(deltas), 0);
	after.disk_read_bytes += 4e6;
	guard_compare(&files, &before, &after, &own, deltas);
	assert_int_equal(guard_judge(deltas), 1u << GUARD_FOREIGN_IO);
}

TEST(bookkeeping_of_the_file_system_is_no_foreign_io)
{
	struct guard_counters after = quiet;

	after.disk_written_bytes += 1.9e6;
	assert_int_equal(causes(&after), 0);
}

TEST(what_is_not_known_disturbs_nothing)
{
	struct guard_counters after = quiet;

	after.task_s = after.kernel_s = after.steal_s = after.throttled_count = NAN;
	after.swapped_pages = after.disk_read_bytes = after.disk_written_bytes = NAN;
	after.hot_cpu_count = after.hot_disk_degrees = NAN;
	assert_int_equal(causes(&after), 0);
}

TEST(shares_of_a_few_ticks_are_not_judged)
{
	struct guard_counters after = {
		.when_s = 10.05, .boot_s = 10.05, .task_s = 3, .steal_s = 0.02};
	const struct guard_own did = {.cpu_s = 2, .waited_s = 1, .preempted_count = 50};

	assert_int_equal(causes_with(&after, &did), 0);
}

TEST(what_others_used_before_is_the_baseline)
{
	const struct guard_watch busy = {.idle_cores = 0.5, .threads = 1};
	struct guard_counters after = quiet;
	double deltas[GUARD_CAUSE_COUNT];

	after.task_s += 1;
	guard_compare(&busy, &before, &after, &own, deltas);
	assert_int_equal(guard_judge(deltas), 0);
}

TEST(the_first_cause_is_said)
{
	struct arena arena = {0};
	double deltas[GUARD_CAUSE_COUNT] = {[GUARD_STEAL] = 0.04};

	assert_string_equal(guard_sentence(1u << GUARD_STEAL, deltas, &arena),
		"time stolen by the hypervisor: 4 % of a CPU");
	assert_null(guard_sentence(0, deltas, &arena));
	arena_free(&arena);
}

TEST(the_machine_has_counters)
{
	const struct guard_watch nothing = {0};
	struct guard_counters counters;

	guard_read(&nothing, &counters);
	assert_true(counters.when_s > 0);
	assert_true(counters.task_s > 0);
	assert_true(counters.swapped_pages >= 0);
	assert_true(isnan(counters.disk_read_bytes));
	assert_true(isnan(counters.disk_written_bytes));
	assert_true(counters.kernel_s >= 0 && counters.kernel_s < counters.task_s);
}

TEST(some_cpus_have_some_of_the_time)
{
	static unsigned first[] = {0};
	const struct guard_watch all = {0}, one = {.pinned = {1, first}};
	struct guard_counters of_all, of_one;

	if (guard_cpu_count(&all) < 2) {
		print_message("skipped: one CPU only\n");
		skip();
	}
	assert_int_equal(guard_cpu_count(&one), 1);
	guard_read(&one, &of_one);
	guard_read(&all, &of_all);
	assert_true(of_one.task_s > 0);
	assert_true(of_one.task_s < of_all.task_s);
}

TEST_MAIN(NULL, NULL);
