/* SPDX-License-Identifier: MIT */
/*
 * A result with something of everything, the same each time: what the writers are tested with.
 * Three jobs: reads only; reads, writes and syncs with faults and every latency; one that failed
 * before it did anything.
 */
#ifndef TESTS_UNIT_RESULT_SAMPLE_H
#define TESTS_UNIT_RESULT_SAMPLE_H

#include <string.h>

#include "base/clock.h"
#include "result/result.h"

/* `ios` latencies from `least_ns` up, one in a thousand ten times as long as the others. */
static inline struct histogram *sample_histogram(
	struct result *result, uint64_t ios, uint64_t least_ns)
{
	struct histogram *histogram = ARENA_NEW(&result->arena, struct histogram);

	for (uint64_t i = 0; i < ios; i++) {
		uint64_t latency = least_ns + i * 7919 % least_ns;

		histogram_record(histogram, i % 1000 == 999 ? 10 * latency : latency, 1);
	}
	return histogram;
}

static inline struct result_latency sample_latency(
	struct result *result, uint64_t ios, uint64_t least_ns, bool has_buckets)
{
	struct histogram *histogram = sample_histogram(result, ios, least_ns);

	return (struct result_latency){
		.summary = histogram->summary, .histogram = has_buckets ? histogram : NULL};
}

static inline void sample_settings(
	struct result *result, struct settings *settings, const struct setting *items, size_t count)
{
	settings->count = count;
	settings->items = arena_alloc_array(&result->arena, count, sizeof(*items));
	memcpy(settings->items, items, count * sizeof(*items));
}

#define sample_tally(result, ...)                                                                  \
	sample_tally_of(result, (const struct tally_item[]){__VA_ARGS__},                          \
		sizeof((const struct tally_item[]){__VA_ARGS__}) / sizeof(struct tally_item))

static inline struct tally sample_tally_of(
	struct result *result, const struct tally_item *items, size_t count)
{
	struct tally tally = {count, arena_alloc_array(&result->arena, count, sizeof(*items))};

	memcpy(tally.items, items, count * sizeof(*items));
	return tally;
}

#define SAMPLE_SETTINGS(result, settings, ...)                                                     \
	sample_settings(result, settings, (const struct setting[]){__VA_ARGS__},                   \
		sizeof((const struct setting[]){__VA_ARGS__}) / sizeof(struct setting))

static inline void sample_percentiles(struct result *result, struct result_job *job)
{
	static const double percents[] = {
		1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99};

	job->percentile_count = sizeof(percents) / sizeof(percents[0]);
	job->percentiles = arena_alloc(&result->arena, sizeof(percents));
	memcpy(job->percentiles, percents, sizeof(percents));
}

/*
 * Of sample_histogram(result, ios, least_ns): every fifth I/O in each of five intervals, but for
 * the fourth, which is empty: its I/Os are in the fifth.
 */
static inline void sample_series(
	struct result *result, struct result_job *job, uint64_t ios, uint64_t least_ns)
{
	struct histogram *parts = arena_alloc_array(&result->arena, 5, sizeof(*parts));

	for (uint64_t i = 0; i < ios; i++) {
		uint64_t latency = least_ns + i * 7919 % least_ns;

		histogram_record(&parts[i % 5 == 3 ? 4 : i % 5],
			i % 1000 == 999 ? 10 * latency : latency, 1);
	}
	job->series.interval_ns = 100 * NS_PER_MS;
	job->series.count = 5;
	job->series.intervals =
		arena_alloc_array(&result->arena, 5, sizeof(*job->series.intervals));
	job->series.longest_gap = (struct result_gap){295 * NS_PER_MS, 105 * NS_PER_MS};
	for (uint64_t i = 0; i < 5; i++) {
		struct result_interval *interval = &job->series.intervals[i];
		struct result_interval_direction *read = &interval->directions[DIRECTION_READ];
		struct sparse_histogram lat = {0};

		interval->start_ns = i * 100 * NS_PER_MS;
		interval->duration_ns = 100 * NS_PER_MS;
		interval->in_flight = i < 4 ? 32 : 0;
		sparse_histogram_record(&lat, &parts[i]);
		read->ios = lat.summary.count;
		read->bytes = 4096 * read->ios;
		read->lat = lat;
		read->lat.buckets =
			arena_alloc_array(&result->arena, lat.count, sizeof(*lat.buckets));
		if (lat.count > 0)
			memcpy(read->lat.buckets, lat.buckets, lat.count * sizeof(*lat.buckets));
		sparse_histogram_free(&lat);
	}
}

static inline struct result_steady *sample_steady(struct result *result)
{
	struct result_steady *steady = ARENA_NEW(&result->arena, struct result_steady);

	*steady = (struct result_steady){
		.asked = "lat_slope:2.5%",
		.limit = 2.5,
		.duration_ns = 2 * NS_PER_S,
		.ramp_time_ns = NS_PER_S,
		.check_interval_ns = NS_PER_S,
		.is_attained = true,
		.attained_ns = 3 * NS_PER_S + 7,
		.criterion = -1.25,
		.slope = -1900,
		.count = 2,
		.intervals = arena_alloc_array(&result->arena, 2, sizeof(*steady->intervals)),
	};
	steady->intervals[0] = (struct result_steady_interval){200000, 819200000, 153000};
	steady->intervals[1] = (struct result_steady_interval){200003, 819212288, 151100};
	return steady;
}

static inline void sample_goals(struct result *result, struct result_job *job)
{
	job->goals.steady = sample_steady(result);
	job->goals.latency = ARENA_NEW(&result->arena, struct result_latency_goal);
	*job->goals.latency = (struct result_latency_goal){.target_ns = 250000,
		.window_ns = NS_PER_S,
		.percentile = 99.5,
		.depth = 31,
		.is_met = true};
	job->goals.state = ARENA_NEW(&result->arena, struct result_state);
	*job->goals.state = (struct result_state){
		.class = STEADY_BIMODAL,
		.has_worked = true,
		.measured_s = 0.5,
		.least_s = 60,
		.drift_per_minute = -0.125,
		.drift_error = 0.25,
		.low = 1000,
		.high = 400000,
		.low_share = 0.2,
		.snia_range_share = 2,
		.snia_slope_share = -0.5,
	};
}

static inline void sample_reader(struct result *result, struct result_job *job)
{
	struct result_direction *read = &job->directions[DIRECTION_READ];

	job->name = "rand-read";
	job->description = "4 KiB reads all over a file";
	job->numjobs = 1;
	job->engine = "io_uring";
	SAMPLE_SETTINGS(result, &job->options, {.key = "name", .value = "rand-read"},
		{.key = "rw", .value = "randread"}, {.key = "bs", .value = "4k"},
		{.key = "iodepth", .value = "32"}, {.key = "direct", .value = "1"},
		{.key = "numjobs", .value = "1"}, {.key = "filename", .value = "/tmp/file"},
		{.key = "runtime", .value = NULL});
	SAMPLE_SETTINGS(result, &job->engine_effective,
		{.key = "setup", .value = "SINGLE_ISSUER|DEFER_TASKRUN"},
		{.key = "fixedbufs", .value = "1"}, {.key = "registerfiles", .value = "1"});
	SAMPLE_SETTINGS(result, &job->engine_refused,
		{.key = "sqthread_poll",
			.value = "1",
			.reason = "EPERM: this kernel wants CAP_SYS_NICE for it"});
	SAMPLE_SETTINGS(result, &job->engine_proof, {.key = "enter_calls", .value = "6250"});
	job->target_count = 1;
	job->targets = ARENA_NEW(&result->arena, struct result_target);
	*job->targets = (struct result_target){"/tmp/file", "file", 268435456, "ext4", "nvme0n1"};
	job->started_ns = 2000000;
	job->elapsed_ns = 500 * NS_PER_MS;
	read->ios = 100000;
	read->bytes = 409600000;
	read->sample.slat.summary = sample_histogram(result, 1562, 900)->summary;
	read->sample.clat.summary = sample_histogram(result, 1562, 100000)->summary;
	read->lat = sample_latency(result, 100000, 101000, true);
	job->cpu = (struct result_cpu){31000001, 93000002, 376000003, 500000006, 0};
	job->counts[PERF_USER] = (struct result_counts){true, 25000000, 12500000, 1, NULL};
	job->counts[PERF_KERNEL] = (struct result_counts){true, 437500000, 500000000, 0.75, NULL};
	job->syscalls = 6250;
	job->voluntary_switches = 12;
	job->involuntary_switches = 3;
	job->depth_asked = 32;
	job->depth_mean = 31.25;
	job->depth_max = 32;
	job->batch_submit_mean = 15.9;
	job->batch_reap_mean = 16.1;
	job->batch_submit_asked = 16;
	job->batch_complete_min_asked = 16;
	job->depths = sample_tally(result, {8, 24}, {32, 99976});
	job->submit_sizes = sample_tally(result, {8, 3}, {16, 6287});
	job->reap_sizes = sample_tally(result, {0, 12}, {16, 6200}, {32, 25});
	job->submit_share = 0.07;
	job->knows_punts = true;
	job->punts = 125;
	job->first_fifth_share = 0.19;
	sample_series(result, job, 100000, 101000);
	sample_goals(result, job);
	sample_percentiles(result, job);
}

static inline void sample_mixer_faults(struct result_job *job)
{
	struct result_direction *read = &job->directions[DIRECTION_READ];
	struct result_direction *write = &job->directions[DIRECTION_WRITE];

	read->short_ios = 1;
	read->errors[read->error_count++] = (struct result_error_count){5, "EIO", 3};
	write->errors[write->error_count++] = (struct result_error_count){28, "ENOSPC", 7};
	write->errors[write->error_count++] =
		(struct result_error_count){0, "Write Fault (SC 280h)", 1};
	write->ignored_errors = 7;
	job->first_error = 28;
}

static inline void sample_mixer(struct result *result, struct result_job *job)
{
	struct result_direction *read = &job->directions[DIRECTION_READ];
	struct result_direction *write = &job->directions[DIRECTION_WRITE];
	struct result_direction *sync = &job->directions[DIRECTION_SYNC];

	job->name = "mixed, \"70|30\" µ";
	job->group = 1;
	job->numjobs = 4;
	job->engine = "libaio";
	SAMPLE_SETTINGS(result, &job->options, {.key = "name", .value = "mixed, \"70|30\" µ"},
		{.key = "rw", .value = "randrw"}, {.key = "bs", .value = "8k,16k"},
		{.key = "iodepth", .value = "8"}, {.key = "direct", .value = "0"},
		{.key = "numjobs", .value = "4"});
	job->target_count = 2;
	job->targets = arena_alloc_array(&result->arena, 2, sizeof(*job->targets));
	job->targets[0] = (struct result_target){"/dev/zero", "character", UINT64_MAX, NULL, NULL};
	job->targets[1] =
		(struct result_target){"/dev/nvme1n1", "block", 1920383410176, NULL, "nvme1n1"};
	job->started_ns = 600 * NS_PER_MS;
	job->elapsed_ns = NS_PER_S + 1;
	read->ios = 7000;
	read->bytes = 57344000;
	read->slat = sample_latency(result, 7000, 12000, true);
	read->clat = sample_latency(result, 7000, 80000, true);
	read->lat = sample_latency(result, 7000, 92000, true);
	write->ios = 3000;
	write->bytes = 49152000;
	write->slat = sample_latency(result, 3000, 15000, false);
	write->clat = sample_latency(result, 3000, 20000, false);
	write->lat = sample_latency(result, 3000, 35000, true);
	write->pace = (struct result_pace){
		.iops_asked = 1500,
		.unsent = 12,
		.lag = sample_latency(result, 3000, 700, true),
		.service = sample_latency(result, 3000, 34300, true),
	};
	sync->ios = 30;
	sync->lat = sample_latency(result, 30, 4100000, true);
	job->closing_syncs = sample_latency(result, 2, 4100000, true); /* the first two of them */
	sample_mixer_faults(job);
	job->cpu = (struct result_cpu){400400, 10600600, 0, 11001000, 60000000};
	job->counts[PERF_USER] = (struct result_counts){true, 10240000, 9000000, 1, NULL};
	job->counts[PERF_KERNEL].missing = "kernel.perf_event_paranoid is 2 (sysctl)";
	job->syscalls = 20000;
	job->voluntary_switches = 9000;
	job->depth_asked = 32;
	job->depth_mean = 12.5;
	job->depth_max = 32;
	job->batch_submit_mean = 1;
	job->batch_reap_mean = 1.25;
	job->batch_submit_asked = 8;
	job->batch_complete_min_asked = 1;
	job->submit_share = -1;
	sample_percentiles(result, job);
}

static inline void sample_failure(struct result *result, struct result_job *job)
{
	job->name = "no-such-device";
	job->group = 2;
	job->numjobs = 1;
	job->engine = "psync";
	SAMPLE_SETTINGS(result, &job->options, {.key = "rw", .value = "read"},
		{.key = "bs", .value = "128k"});
	job->error = 19;
	job->error_message = "/dev/nvme9n9 went away while it was read";
	job->depth_asked = 1;
	job->batch_submit_asked = 1;
	job->batch_complete_min_asked = 1;
	job->submit_share = -1;
	sample_percentiles(result, job);
}

static inline void sample_run(struct result *result)
{
	static const char *arguments[] = {"ringside", "run", "jobs/a job.job", "--bs=4k"};

	result->version = "0.1.0";
	result->git = "abc1234";
	result->compiler = "gcc 12.2.0 -O2";
	result->clock = "tsc";
	result->clock_drift_ppm = -0.125;
	result->argument_count = 4;
	result->arguments = arguments;
	result->started = (struct timespec){1763763540, 120000009};
	result->seed = UINT64_MAX;
	result->signal = 2;
	SAMPLE_SETTINGS(result, &result->environment.hard,
		{.key = "cpu_model", .value = "A CPU @ 3 GHz"},
		{.key = "device.nvme0n1.model", .value = NULL});
	SAMPLE_SETTINGS(result, &result->environment.soft, {.key = "kernel", .value = "6.18.1"});
	result->disk_count = 1;
	result->disks = ARENA_NEW(&result->arena, struct result_disk);
	*result->disks = (struct result_disk){"nvme0n1", 100123, 9,
		UINT64_C(9007199254740993), /* 2^53 + 1: no double */
		72, 1, 2, 9800, 11, 9811, 99.4};
}

/* Freed by result_free. */
static inline void sample_result(struct result *result)
{
	result_init(result);
	sample_run(result);
	result->job_count = 3;
	result->jobs = arena_alloc_array(&result->arena, 3, sizeof(*result->jobs));
	sample_reader(result, &result->jobs[0]);
	sample_mixer(result, &result->jobs[1]);
	sample_failure(result, &result->jobs[2]);
	result_warn(result, "mixed, \"70|30\" µ", "buffered-libaio",
		"libaio reads through the page cache are done inside io_submit, so that the depth "
		"asked for is not reached: %s",
		"add direct=1");
	result_warn(result, NULL, "clock", "the clock drifted by %g ppm", -0.125);
}

#endif
