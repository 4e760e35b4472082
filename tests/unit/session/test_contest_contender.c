/* SPDX-License-Identifier: MIT */
/* What is watched and flushed of a contender, by its first result. */
#include <string.h>

#include "session/contest_contender.h"
#include "test.h"

static struct contender_plan plan;
static struct arena arena;

static struct contest_contender contender_of(const char *rw, const char *more)
{
	const char *options[] = {"--filename=/dev/zero", "--size=1m", "--ioengine=psync", rw, more};
	const struct contender_request request = {.job = {.options = options, .option_count = 5}};
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	return (struct contest_contender){.setup = &plan.points[0].contenders[0]};
}

static int end(void **state)
{
	(void)state;
	contender_plan_free(&plan);
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, end);

TEST(disks_are_watched_once_and_files_flushed)
{
	struct result_target targets[] = {
		{.path = "a", .kind = "file", .device = "vda"},
		{.path = "b", .kind = "file", .device = "vda"},
		{.path = "/dev/zero", .kind = "character"},
	};
	struct result_job result = {.target_count = 3, .targets = targets};
	struct job_cpus cpus = {0};
	struct contest_contender contender = contender_of("--rw=write", "--numjobs=3");

	contest_contender_watch(&contender, &result, &cpus, &arena);
	assert_true(contender.writes);
	assert_true(contender.watch.writes_files);
	assert_false(contender.watch.is_direct);
	assert_int_equal(contender.watch.threads, 3);
	assert_int_equal(contender.watch.disk_count, 1);
	assert_int_equal(contender.flush_count, 2);
	assert_string_equal(contender.flush_paths[1], "b");
	contest_contender_flush(&contender, 0); /* files that are not there hold nothing back */
}

TEST(a_poll_thread_is_one_of_its_threads)
{
	struct setting polls = {.key = "sqthread_poll", .value = "1"};
	struct result_job result = {.engine_effective = {.count = 1, .items = &polls}};
	struct job_cpus cpus = {0};
	struct contest_contender contender = contender_of("--rw=read", "--numjobs=2");

	contest_contender_watch(&contender, &result, &cpus, &arena);
	assert_int_equal(contender.watch.threads, 4);
	assert_false(contender.writes);
}

TEST_MAIN(NULL, NULL);
