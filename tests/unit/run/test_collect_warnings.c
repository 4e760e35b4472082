/* SPDX-License-Identifier: MIT */
/* Each warning on both sides of its threshold, and none about a run that did what was asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine_list.h"
#include "job/job_bind.h"
#include "run/collect.h"
#include "test.h"

static struct job asked;
static struct job_rare rare; /* its */
static const struct job_origin nothing_set;
static struct target target;
static struct planned_job planned;
static struct plan plan;
static struct result result;
static struct result_job *job;
static struct result_direction *reads;
static struct result_pace *kept; /* of the reads */
static struct histogram latencies;
static struct setting effective[2];
static double percentiles[] = {10, 50, 99};

/* 10 s of 32 direct reads in flight by io_uring: nothing to say about it. */
static void start(void)
{
	result_free(&result);
	rare = (struct job_rare){.zones.mode = ZONES_NONE};
	asked = (struct job){.name = "j",
		.rare = &rare,
		.origin = &nothing_set,
		.engine = engine_find("io_uring"),
		.iodepth = 32,
		.iodepth_batch_submit = 4,
		.iodepth_batch_complete_min = 2,
		.direct = true};
	target = (struct target){.kind = TARGET_FILE};
	planned = (struct planned_job){.job = &asked, .target_count = 1, .targets = &target};
	plan = (struct plan){.count = 1, .jobs = &planned};
	result_init(&result);
	result.clock = "tsc";
	result.job_count = 1;
	job = result.jobs = ARENA_NEW(&result.arena, struct result_job);
	latencies = (struct histogram){0};
	histogram_record(&latencies, 1000, 100000);
	memset(effective, 0, sizeof(effective));
	*job = (struct result_job){.name = "j",
		.numjobs = 1,
		.engine = "io_uring",
		.engine_effective = {1, effective},
		.elapsed_ns = 10 * NS_PER_S,
		.cpu.total_ns = 10 * NS_PER_S,
		.knows_punts = true,
		.depth_mean = 32,
		.percentile_count = 3,
		.percentiles = percentiles};
	effective[0] = (struct setting){.key = "setup_flags", .value = "none"};
	reads = &job->directions[DIRECTION_READ];
	kept = &reads->pace;
	reads->ios = 100000;
	reads->bytes = 100000 * 4096;
	reads->lat = (struct result_latency){latencies.summary, &latencies, NULL};
}

static const char *codes_of_warnings(void)
{
	static char codes[256];

	codes[0] = '\0';
	for (size_t i = 0; i < result.warning_count; i++)
		snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s", i ? " " : "",
			result.warnings[i].code);
	return codes;
}

/* The sample run with these changes gives these codes, in this order. */
#define EXPECT(codes, ...)                                                                         \
	do {                                                                                       \
		start();                                                                           \
		__VA_ARGS__;                                                                       \
		collect_warnings(&result, &plan);                                                  \
		assert_string_equal(codes_of_warnings(), codes);                                   \
	} while (0)

static void assert_said(const char *words)
{
	for (size_t i = 0; i < result.warning_count; i++) {
		if (strstr(result.warnings[i].message, words))
			return;
	}
	fail_msg("no warning says '%s' but '%s'", words,
		result.warning_count ? result.warnings[0].message : "nothing");
}

TEST(a_run_that_did_what_was_asked_has_none)
{
	EXPECT("", );
	/* One that failed before it began has nothing to be warned of; nor has a stranger. */
	EXPECT("", job->elapsed_ns = 0; job->depth_mean = 0; asked.direct = false);
	EXPECT("", job->name = "stranger"; job->depth_mean = 0);
	EXPECT("", job->group = 1; job->depth_mean = 0);
}

TEST(a_queue_that_was_not_filled)
{
	EXPECT("", job->depth_mean = 28.8);
	EXPECT("depth-not-reached", job->depth_mean = 28.79);
	assert_said("iodepth=32, but 28.8 in flight on average: the queue runs down");
	assert_said("(submit 4, complete at least 2)");
	EXPECT("depth-not-reached", job->depth_mean = 1; job->submit_share = 0.9);
	assert_said("the queue runs down");
	EXPECT("depth-not-reached", job->depth_mean = 1; job->submit_share = 0.91);
	assert_said("(91 % of the time is inside submit)");
	EXPECT("depth-not-reached", job->depth_mean = 1; job->has_zones = true);
	assert_said("I/Os wait for those before them in their zone");
	/* Where it is no wonder: pauses, rates, one at a time, several jobs as one. */
	EXPECT("", job->depth_mean = 1; rare.pace.think.time_ns = 1);
	EXPECT("", job->depth_mean = 1; asked.rate_iops.value[DIRECTION_READ] = 1);
	EXPECT("", job->depth_mean = 0.1; asked.iodepth = 1);
	EXPECT("", job->depth_mean = 1; job->numjobs = 2);
}

TEST(a_replay_that_is_late_for_want_of_depth)
{
	static struct histogram late;
	static struct result_replay replay;

	late = (struct histogram){0};
	histogram_record(&late, 150000, 60);
	histogram_record(&late, 10, 40);
	replay = (struct result_replay){.has_times = true, .lateness = {late.summary, &late}};
	EXPECT("replay-late", job->goals.replay = &replay; job->depth_max = 32);
	assert_said("half of the I/Os were sent 150us or more after their recorded time, with 32");
	EXPECT("", job->goals.replay = &replay; job->depth_max = 31);
	EXPECT("replay-late", job->goals.replay = &replay; job->depth_max = job->depth_asked = 1;
		asked.iodepth = 1; asked.engine = engine_find("psync"));
	histogram_record(&late, 10, 30);
	EXPECT("", job->goals.replay = &replay; job->depth_max = 32);
}

TEST(depths_that_an_engine_does_not_have)
{
	struct engine_class limited;

	EXPECT("depth-ignored", asked.engine = engine_find("psync"); job->depth_mean = 1);
	EXPECT("", asked.engine = engine_find("psync"); asked.iodepth = 1; job->depth_mean = 1);
	limited = *engine_find("io_uring");
	limited.depth_limit = 32;
	EXPECT("", asked.engine = &limited);
	EXPECT("depth-limited", asked.engine = &limited; asked.iodepth = 33);
	assert_said("iodepth=33, but io_uring has at most 32 I/Os in flight");
}

/* 10000 reads a second were asked for, and done. */
static void pace(struct result_direction *direction)
{
	static struct histogram lag;

	lag = (struct histogram){0};
	direction->pace.iops_asked = 10000;
	direction->pace.lag = (struct result_latency){lag.summary, &lag, NULL};
}

TEST(a_rate_that_was_not_kept)
{
	EXPECT("", pace(reads));
	/* Fewer were done because the last took long, or failed: nobody had to queue. */
	EXPECT("", pace(reads); reads->ios = 90000);
	EXPECT("", pace(reads); reads->ios = 98000; kept->lag.summary.max_ns = 99999999);
	EXPECT("rate-not-reached", pace(reads); reads->ios = 98000;
		kept->lag.summary.max_ns = 100000001);
	assert_said("read: 98 % of the rate was done, 0 were due and never sent");
	/* However long the run, a second late is late. */
	EXPECT("rate-not-reached", pace(reads); job->elapsed_ns = 1000 * NS_PER_S;
		reads->ios = 9000000; kept->lag.summary.max_ns = NS_PER_S);
	/* It queued for a while, and caught up. */
	EXPECT("", pace(reads); reads->ios = 99000; kept->lag.summary.max_ns = NS_PER_S);
	/* A share of the rate is not sent: 1 % is within. */
	EXPECT("", pace(reads); reads->ios = 99000; kept->unsent = 1000);
	EXPECT("rate-not-reached", pace(reads); reads->ios = 98999; kept->unsent = 1001);
	assert_said("99 % of the rate was done, 1001 were due and never sent");
	/* It queued, and was not through when the end came. */
	EXPECT("rate-not-reached", pace(reads); reads->ios = 99999; kept->unsent = 1;
		kept->lag.summary.max_ns = NS_PER_S);
	/* In bytes: 4096 x 10000 a second. */
	EXPECT("rate-not-reached", pace(reads); kept->iops_asked = 0;
		kept->bytes_per_second_asked = 81920000; kept->lag.summary.max_ns = NS_PER_S);
	assert_said("50 % of the rate");
	/* A Poisson process of 100 has 100 +- 30. */
	EXPECT("", pace(reads); asked.rate_process = RATE_POISSON; kept->iops_asked = 14;
		reads->ios = 99; kept->lag.summary.max_ns = NS_PER_S);
	EXPECT("rate-not-reached", pace(reads); asked.rate_process = RATE_POISSON;
		kept->iops_asked = 15; reads->ios = 99; kept->lag.summary.max_ns = NS_PER_S);
	/* Each direction has its own. */
	EXPECT("rate-not-reached", struct result_direction *writes = reads + 1; pace(writes);
		writes->pace.unsent = 1);
	assert_said("write: 0 % of the rate");
}

TEST(io_that_the_page_cache_took)
{
	EXPECT("page-cache", asked.direct = false);
	assert_said("direct=0: reads may come from the page cache, not the device");
	EXPECT("page-cache", asked.direct = false; asked.rw.mode = RW_RANDWRITE);
	assert_said("writes end in the page cache and reads may come from it");
	EXPECT("page-cache", asked.direct = false; target.kind = TARGET_BLOCK);
	EXPECT("", asked.direct = false; target.kind = TARGET_CHARACTER);
	EXPECT("", asked.direct = false; target.kind = TARGET_PIPE);
	EXPECT("", asked.direct = false; asked.rw.mode = RW_STAT);
	EXPECT("libaio-buffered page-cache", asked.direct = false; job->engine = "libaio");
	assert_said("inside io_submit, one I/O after the other whatever iodepth says");
	EXPECT("", job->engine = "libaio");
	EXPECT("libaio-buffered page-cache", asked.direct = false; effective[0].value = "libaio";
		effective[0].key = "readiness_backend");
	EXPECT("page-cache", asked.direct = false; effective[0].value = "io_uring";
		effective[0].key = "readiness_backend");
}

TEST(io_that_worker_threads_did)
{
	uint64_t second = NS_PER_S;

	EXPECT("", job->punts = 4999);
	EXPECT("io-wq", job->punts = 5000);
	assert_said("could not issue 5 % of the I/Os");
	EXPECT("io-wq", job->punts = 300000);
	assert_said("could not issue 100 % of the I/Os");
	/* Syncs go there always. */
	EXPECT("", job->punts = 14999; job->directions[DIRECTION_SYNC].ios = 10000);
	EXPECT("io-wq", job->punts = 15000; job->directions[DIRECTION_SYNC].ios = 10000);
	EXPECT("", job->punts = 9999; job->directions[DIRECTION_SYNC].ios = 10000);
	EXPECT("", job->punts = 5000; effective[0].key = "force_async"; effective[0].value = "1");
	/* Where they are not counted, the CPU time shows them. */
	EXPECT("", job->cpu.helper_ns = 5 * second);
	EXPECT("", job->knows_punts = false; job->cpu.helper_ns = second - 1);
	EXPECT("io-wq", job->knows_punts = false; job->cpu.helper_ns = second);
	assert_said("10 % of the CPU time went to io-wq worker threads");
	EXPECT("", job->knows_punts = false; job->cpu.helper_ns = second;
		job->directions[DIRECTION_SYNC].ios = 1);
	EXPECT("", job->knows_punts = false; job->cpu.helper_ns = second; job->engine = "posixaio");
	EXPECT("", job->knows_punts = false; job->cpu.helper_ns = second;
		effective[0].key = "sqthread_poll"; effective[0].value = "1");
	EXPECT("io-wq", job->knows_punts = false; job->cpu.helper_ns = second;
		effective[0].key = "sqthread_poll"; effective[0].value = "0");
}

TEST(threads_that_are_not_its_own)
{
	struct setting proof = {.key = "io_workers", .value = "3"};

	EXPECT("sqthread-shared", effective[0].key = "attach_wq"; effective[0].value = "1");
	EXPECT("", effective[0].key = "attach_wq"; effective[0].value = "first: others attach");
	EXPECT("", effective[0].key = "attach_wq"; effective[0].value = "1,first: others attach");
	EXPECT("iowq-limit-exceeded", effective[0].key = "iowq_max_workers";
		effective[0].value = "2";
		job->engine_proof = (struct settings){.count = 1, .items = &proof});
	assert_said("iowq_max_workers=2, which the kernel confirms, but 3 workers did I/O");
	EXPECT("", effective[0].key = "iowq_max_workers"; effective[0].value = "3";
		job->engine_proof = (struct settings){.count = 1, .items = &proof});
	/* 10 is more than 3, though not as text. */
	EXPECT("", effective[0].key = "iowq_max_workers"; effective[0].value = "10";
		job->engine_proof = (struct settings){.count = 1, .items = &proof});
	EXPECT("", job->numjobs = 2; effective[0].key = "iowq_max_workers";
		effective[0].value = "2";
		job->engine_proof = (struct settings){.count = 1, .items = &proof});
}

static void set_samples(uint64_t count)
{
	latencies = (struct histogram){0};
	histogram_record(&latencies, 1000, count);
	reads->lat.summary = latencies.summary;
}

TEST(counters_that_others_had_for_a_while)
{
	const struct result_counts whole = {true, 100, 100, 1, NULL};
	const struct result_counts shared = {true, 100, 100, 0.75, NULL};

	EXPECT("", job->counts[PERF_USER] = whole, job->counts[PERF_KERNEL] = whole);
	EXPECT("", job->counts[PERF_USER] = whole); /* the kernel's are not known */
	EXPECT("counters-shared", job->counts[PERF_USER] = whole,
		job->counts[PERF_KERNEL] = shared);
	assert_said("counted for 75 % of the time");
}

TEST(percentiles_of_few_samples)
{
	EXPECT("", set_samples(1000));
	EXPECT("few-samples", set_samples(999));
	assert_said("read: p99 and above rest on fewer than 10 of 999 samples");
	/* One sentence, about the lowest; tails below the median are no news. */
	EXPECT("few-samples", set_samples(19));
	assert_said("read: p50 and above");
	EXPECT("", set_samples(1); job->percentile_count = 1);
	EXPECT("few-samples", reads[2].lat = reads->lat; set_samples(1000);
		reads[2].lat.histogram = &(struct histogram){.summary.count = 5});
	assert_said("trim: p50 and above rest on fewer than 10 of 100000 samples");
}

TEST(io_that_failed_or_came_short)
{
	EXPECT("short-ios", reads->short_ios = 1);
	assert_said("1 of 100000 reads moved fewer bytes than asked");
	EXPECT("", job->elapsed_ns = 100 * NS_PER_MS);
	EXPECT("short-window", job->elapsed_ns = 100 * NS_PER_MS - 1);
	EXPECT("", job->elapsed_ns = 1; job->error = EIO);
	/* An error that ended the job is told by itself. */
	EXPECT("", reads->errors[0].count = reads->error_count = 1; job->error = EIO);
}

TEST(a_clock_that_drifts)
{
	EXPECT("", result.clock_drift_ppm = 500);
	EXPECT("clock-drift", result.clock_drift_ppm = 501);
	assert_said("the clock (tsc) drifted by 501 ppm");
	EXPECT("clock-drift", result.clock_drift_ppm = -501);
	assert_null(result.warnings[0].job);
}

static char *messages;

/* Whether strict_engine failed, after this warning about this job. */
static bool fails_strictly(const char *code, const char *name)
{
	size_t bytes;
	struct diag diag;
	bool has_failed;
	FILE *stream = open_memstream(&messages, &bytes);

	diag_init(&diag, stream);
	result_warn(&result, name, "page-cache", "harmless");
	result_warn(&result, name, code, "the reason");
	has_failed = collect_strictness(&result, &plan, &diag);
	assert_int_equal(diag.error_count, has_failed);
	fclose(stream);
	return has_failed;
}

TEST(strict_jobs_fail_when_the_engine_is_something_else)
{
	static const char *const mismatches[] = {
		"libaio-buffered", "io-wq", "sqpoll-shares-cpu", "iopoll-interrupts"};

	for (size_t i = 0; i < sizeof(mismatches) / sizeof(mismatches[0]); i++) {
		start();
		asked.strict_engine = true;
		assert_true(fails_strictly(mismatches[i], "j"));
		assert_int_equal(job->error, EPROTO);
		assert_string_equal(job->error_message, "strict_engine: the reason");
		assert_non_null(strstr(messages, mismatches[i]));
		free(messages);
		start();
		assert_false(fails_strictly(mismatches[i], "j"));
		assert_int_equal(job->error, 0);
		free(messages);
	}
	start();
	asked.strict_engine = true;
	assert_false(fails_strictly("depth-not-reached", "j"));
	free(messages);
	assert_false(fails_strictly("io-wq", "another"));
	free(messages);
	assert_false(fails_strictly("io-wq", NULL));
	free(messages);
	/* It had failed already: that is the error that counts. */
	job->error = EIO;
	assert_false(fails_strictly("io-wq", "j"));
	assert_int_equal(job->error, EIO);
	free(messages);
}

static int end(void **state)
{
	(void)state;
	result_free(&result);
	return 0;
}

TEST(holes_in_what_is_read)
{
	struct pattern_spec regions[2] = {{.region_bytes = 1000}, {.region_bytes = 1000}};
	struct target pair[2] = {target, target};

	start();
	planned.regions = regions;
	planned.hole_bytes = 9;
	collect_warnings(&result, &plan);
	assert_string_equal(codes_of_warnings(), "");
	start();
	planned.regions = regions;
	planned.hole_bytes = 10;
	collect_warnings(&result, &plan);
	assert_string_equal(codes_of_warnings(), "holes");
	/* A copy reads its sources only. */
	start();
	planned.targets = pair;
	planned.regions = regions;
	planned.target_count = 2;
	planned.pair_count = 1;
	planned.hole_bytes = 500;
	collect_warnings(&result, &plan);
	assert_non_null(strstr(result.warnings[0].message, "50 % of what is read"));
}

TEST_MAIN(NULL, end);
