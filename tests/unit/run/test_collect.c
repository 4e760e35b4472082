/* SPDX-License-Identifier: MIT */
/* What workers measured becomes figures, and what they did not, none. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "job/job_set.h"
#include "result/result_figures.h"
#include "run/collect.h"
#include "test.h"

enum { ORIGIN_NS = 1000, START_NS = 5000, TALLY_LIMIT = 10 };

static struct result result;
static struct result_job results[3];
static const char job_text[] = "[test]\nioengine=null\nrw=read\nsize=1m\niodepth=8\n";
static struct job_set set;
static struct job job;
static struct target target;
static struct planned_job planned;
static struct worker_outcome outcome;
static struct worker_measurement *measurement;

static int set_up(void **state)
{
	const struct job_request request = {0};
	struct diag diag;

	(void)state;
	diag_init(&diag, stderr);
	if (job_set_read_text(
		    &set, "test.job", job_text, strlen(job_text), NULL, &request, &diag) != 0)
		return -1;
	result_init(&result);
	memset(results, 0, sizeof(results));
	result.jobs = results;
	job = set.jobs[0];
	target = (struct target){.path = "none", .kind = TARGET_NONE, .bytes = UINT64_MAX};
	planned = (struct planned_job){.job = &job, .targets = &target, .target_count = 1};
	memset(&outcome, 0, sizeof(outcome));
	measurement = calloc(1, worker_measurement_bytes(TALLY_LIMIT));
	if (!measurement)
		return -1;
	measurement->tally_limit = TALLY_LIMIT;
	worker_measurement_bind(measurement);
	outcome.measurement = measurement;
	measurement->started_ns = START_NS;
	measurement->ended_ns = START_NS + 100000;
	measurement->punts = -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(measurement);
	result_free(&result);
	job_set_free(&set);
	return 0;
}

TEST_FIXTURE(set_up, tear_down);

static const struct result_job *collected(void)
{
	results[0] = (struct result_job){0};
	collect_job(&result, &results[0], &planned, &outcome, ORIGIN_NS);
	result.job_count = 1;
	return &results[0];
}

TEST(the_window_is_from_the_runs_start_on)
{
	const struct result_job *into;

	measurement->directions[DIRECTION_READ].ios = 7;
	measurement->depth_integral = 400000;
	for (int i = 0; i < 4; i++)
		worker_note_sent(measurement, 3, 3);
	into = collected();
	assert_int_equal(into->started_ns, START_NS - ORIGIN_NS);
	assert_int_equal(into->elapsed_ns, 100000);
	assert_int_equal(into->directions[DIRECTION_READ].ios, 7);
	assert_float_equal(into->depth_mean, 4, 1e-9);
	assert_float_equal(into->batch_submit_mean, 3, 1e-9);
	assert_false(into->lacks_costs);
	assert_int_equal(into->unreturned_ios, 0);
}

/* The time awake until an I/O is due goes off the user time, what is left of it off the other. */
TEST(pacing_time_is_taken_off_once)
{
	static const struct {
		uint64_t user, system, pacing, user_left, system_left, told;
	} cases[] = {
		{100, 60, 0, 100, 60, 0},
		{100, 60, 30, 70, 60, 30},
		{100, 60, 100, 0, 60, 100},
		{100, 60, 130, 0, 30, 130},
		{100, 60, 500, 0, 0, 160},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct result_job *into;

		measurement->cpu = (struct cpu_usage){
			.user_ns = cases[i].user, .system_ns = cases[i].system, .helper_ns = 5};
		measurement->pacing_ns = cases[i].pacing;
		into = collected();
		assert_int_equal(into->cpu.user_ns, cases[i].user_left);
		assert_int_equal(into->cpu.system_ns, cases[i].system_left);
		assert_int_equal(into->cpu.pacing_ns, cases[i].told);
		assert_int_equal(into->cpu.total_ns, cases[i].user_left + cases[i].system_left + 5);
	}
}

/* User mode, then the kernel; counted for 3/4 of the time, and forbidden. */
TEST(counts_are_scaled_and_what_is_missing_has_its_reason)
{
	const struct result_job *into;

	measurement->directions[DIRECTION_READ].ios = 10;
	measurement->cpu.counts = (struct perf_counts){{
		{.instructions = 900, .cycles = 1500, .enabled_ns = 1000, .running_ns = 750},
		{.error = -ENOSYS},
	}};
	into = collected();
	assert_true(into->counts[PERF_USER].is_known);
	assert_int_equal(into->counts[PERF_USER].instructions, 1200);
	assert_int_equal(into->counts[PERF_USER].cycles, 2000);
	assert_float_equal(into->counts[PERF_USER].counted_share, 0.75, 1e-9);
	assert_float_equal(result_instructions_per_io(into, PERF_USER), 120, 1e-9);
	assert_float_equal(result_cycles_per_io(into, PERF_USER), 200, 1e-9);
	assert_false(into->counts[PERF_KERNEL].is_known);
	assert_string_equal(into->counts[PERF_KERNEL].missing, "the kernel has no perf_event_open");
	assert_true(isnan(result_instructions_per_io(into, PERF_SCOPE_COUNT)));
	assert_true(isnan(result_cycles_per_io(into, PERF_KERNEL)));
	measurement->cpu.counts.scopes[PERF_KERNEL] = (struct perf_count){
		.instructions = 3000, .cycles = 50, .enabled_ns = 1000, .running_ns = 1000};
	assert_float_equal(result_instructions_per_io(collected(), PERF_SCOPE_COUNT), 420, 1e-9);
	measurement->cpu.counts.scopes[PERF_USER].running_ns = 400;
	into = collected();
	assert_false(into->counts[PERF_USER].is_known);
	assert_non_null(strstr(into->counts[PERF_USER].missing, "watchdog"));
}

TEST(waiting_for_due_times_is_no_figure_of_user_mode)
{
	const struct result_job *into;

	measurement->cpu.counts = (struct perf_counts){{
		{.instructions = 900, .enabled_ns = 1000, .running_ns = 1000},
		{.instructions = 800, .enabled_ns = 1000, .running_ns = 1000},
	}};
	measurement->pacing_ns = 1;
	into = collected();
	assert_false(into->counts[PERF_USER].is_known);
	assert_true(into->counts[PERF_KERNEL].is_known);
	outcome.lacks_costs = true; /* a worker hangs: neither is known, and its error says why */
	into = collected();
	assert_false(into->counts[PERF_KERNEL].is_known);
	assert_null(into->counts[PERF_KERNEL].missing);
}

TEST(one_that_never_started_has_no_figures)
{
	const struct result_job *into;

	measurement->started_ns = 0;
	measurement->depth_integral = 5;
	outcome.error = ENOENT;
	outcome.error_message = "cannot open";
	into = collected();
	assert_int_equal(into->started_ns, 0);
	assert_int_equal(into->elapsed_ns, 0);
	assert_float_equal(into->depth_mean, 0, 0);
	assert_int_equal(into->error, ENOENT);
	assert_string_equal(into->error_message, "cannot open");
}

TEST(what_a_hang_leaves_unknown_is_not_made_up)
{
	const struct result_job *into;

	measurement->directions[DIRECTION_WRITE].ios = 45700;
	measurement->depth_integral = 400000;
	outcome.lacks_costs = true;
	outcome.unreturned = (struct worker_unreturned){.ios = 3, .oldest_ns = 900};
	into = collected();
	assert_int_equal(into->elapsed_ns, 100000);
	assert_true(into->lacks_costs);
	assert_float_equal(into->depth_mean, 0, 0); /* not known */
	assert_true(into->submit_share < 0);
	assert_int_equal(into->unreturned_ios, 3);
	assert_int_equal(into->oldest_unreturned_ns, 900);
	assert_null(settings_value(&into->engine_proof, "punts"));
	assert_true(result_per_io(into, into->syscalls) != result_per_io(into, into->syscalls));
	assert_true(result_cores(into) != result_cores(into));
}

/* Of the runtime, where it was over: a window that was cut short has another first fifth. */
TEST(the_first_fifth_is_the_runtimes)
{
	job.runtime_ns = 100000;
	measurement->early_reaped = 30;
	measurement->reaped = 100;
	assert_float_equal(collected()->first_fifth_share, 0.3, 1e-9);
	measurement->ended_ns = START_NS + 99999;
	assert_float_equal(collected()->first_fifth_share, 0, 0);
}

TEST(syncs_of_files_are_among_the_calls)
{
	struct setting calls = {.key = "calls", .value = "pwrite 5, fsync 1"};
	const struct settings *proof;

	outcome.file_syncs = 2;
	proof = &collected()->engine_proof;
	assert_string_equal(settings_value(proof, "calls"), "fsync 2");
	outcome.report.proof = (struct settings){.count = 1, .items = &calls};
	proof = &collected()->engine_proof;
	assert_string_equal(settings_value(proof, "calls"), "pwrite 5, fsync 3");
	assert_int_equal(proof->count, 1);
}

TEST(clones_of_a_group_become_one_entry)
{
	struct job jobs[3] = {job, job, job};
	struct planned_job all[3];
	struct plan plan = {.count = 3, .jobs = all};

	jobs[1].group_reporting = true;
	jobs[2].group = 1;
	jobs[2].group_reporting = true;
	for (int i = 0; i < 3; i++) {
		all[i] = planned;
		all[i].job = &jobs[i];
		measurement->directions[DIRECTION_READ].ios = 10;
		collect_job(&result, &results[i], &all[i], &outcome, ORIGIN_NS);
	}
	result.job_count = 3;
	collect_groups(&result, &plan);
	assert_int_equal(result.job_count, 2);
	assert_int_equal(results[0].numjobs, 2);
	assert_int_equal(results[0].directions[DIRECTION_READ].ios, 20);
	assert_int_equal(results[1].numjobs, 1);
}

/* Of each option a text, and of each latency 35 KiB: thousands of jobs have them once. */
TEST(what_is_the_same_is_there_once)
{
	struct job jobs[3] = {job, job, job};
	const struct result_direction *read = &results[0].directions[DIRECTION_READ];
	struct planned_job all[3];

	measurement->directions[DIRECTION_READ].ios = 1;
	histogram_record(measurement->directions[DIRECTION_READ].lat, 1000, 1);
	histogram_record(measurement->directions[DIRECTION_READ].service, 900, 1);
	for (int i = 0; i < 3; i++) {
		jobs[i].rate_iops.value[DIRECTION_READ] = 100;
		jobs[i].clat_percentiles = true;
		all[i] = planned;
		all[i].job = &jobs[i];
	}
	jobs[2].iodepth = 7;
	for (int i = 0; i < 3; i++)
		collect_job(&result, &results[i], &all[i], &outcome, ORIGIN_NS);
	assert_int_equal(read->clat.summary.max_ns, 900);
	assert_ptr_equal(read->clat.histogram, read->pace.service.histogram);
	assert_ptr_equal(results[0].options.items, results[1].options.items);
	assert_string_equal(settings_value(&results[1].options, "iodepth"), "8");
	assert_string_equal(settings_value(&results[2].options, "iodepth"), "7");
}

static void make_wave(uint64_t second_start_ns, uint64_t second_ns)
{
	memset(results, 0, sizeof(results));
	result.warning_count = 0;
	for (int i = 0; i < 2; i++) {
		results[i].name = "wave";
		results[i].directions[DIRECTION_READ].ios = 1000;
		results[i].started_ns = i ? second_start_ns : 0;
		results[i].elapsed_ns = i ? second_ns : NS_PER_S;
	}
	collect_wave_warnings(&result, results, 2);
}

TEST(windows_that_lie_apart_are_warned_of)
{
	make_wave(0, NS_PER_S);
	assert_int_equal(result.warning_count, 0);
	make_wave(50 * NS_PER_MS, NS_PER_S);
	assert_int_equal(result.warning_count, 0);
	make_wave(200 * NS_PER_MS, NS_PER_S);
	assert_int_equal(result.warning_count, 1);
	assert_string_equal(result.warnings[0].code, "windows-apart");
	assert_non_null(strstr(result.warnings[0].message, "add up to 120 %"));
	make_wave(0, NS_PER_S / 4); /* It ended long before the other. */
	assert_int_equal(result.warning_count, 1);
	make_wave(NS_PER_S, 0); /* One that did nothing is no part of it. */
	assert_int_equal(result.warning_count, 0);
}

TEST_MAIN(NULL, NULL);
