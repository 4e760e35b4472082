/* SPDX-License-Identifier: MIT */
/* What is said about a comparison before it runs: its time, its ramp, its contenders. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "session/contest_plan.h"
#include "test.h"

enum { SLOW, QUICK, CONTENDERS };

static struct job jobs[CONTENDERS];
static const struct job_rare rare; /* theirs */
static struct contender_setup setups[CONTENDERS];
static struct contender_point point;
static struct contest_options options;
static double slowest_iops;
static uint64_t asked_ns;

static int set_up(void **state)
{
	(void)state;
	for (int i = 0; i < CONTENDERS; i++) {
		jobs[i] = (struct job){.rare = &rare};
		setups[i] = (struct contender_setup){.name = "job", .job = &jobs[i]};
	}
	point = (struct contender_point){
		.name = "", .count = CONTENDERS, .contenders = setups, .reference = SIZE_MAX};
	options = (struct contest_options){
		.trial_ns = 2 * NS_PER_S,
		.ramp_ns = CONTEST_AUTO,
		.limit_ns = CONTEST_AUTO,
		.cooldown_ns = CONTEST_AUTO,
		.rule = compare_stop_rule_default,
	};
	slowest_iops = 100000;
	asked_ns = 0;
	return 0;
}

/* Where so much time is left. */
static uint64_t ramp(uint64_t left_ns)
{
	uint64_t wanted_ns;
	uint64_t ramp_ns = contest_plan_ramp_ns(
		&options, CONTENDERS, slowest_iops, asked_ns, left_ns, &wanted_ns);

	assert_true(wanted_ns >= ramp_ns);
	return ramp_ns;
}

TEST_FIXTURE(set_up, NULL);

TEST(the_ramp_is_for_a_thousand_ios_between_a_quarter_and_all_of_the_trial)
{
	static const struct {
		double iops;
		uint64_t ramp_ms;
	} cases[] = {{1e6, 500}, {2000, 500}, {1000, 1000}, {500, 2000}, {100, 2000}, {0.1, 2000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		slowest_iops = cases[i].iops;
		assert_int_equal(ramp(3600 * NS_PER_S), cases[i].ramp_ms * NS_PER_MS);
	}
}

TEST(a_ramp_that_somebody_asked_for_is_kept)
{
	slowest_iops = 1;
	jobs[QUICK].ramp_time_ns = 7 * NS_PER_S;
	asked_ns = contest_plan_job_ramp_ns(&setups[QUICK]);
	assert_int_equal(ramp(3600 * NS_PER_S), 7 * NS_PER_S);
	options.ramp_ns = 0;
	assert_int_equal(ramp(3600 * NS_PER_S), 0);
	options.ramp_ns = 30 * NS_PER_S;
	assert_int_equal(ramp(NS_PER_S), 30 * NS_PER_S);
}

/* The first look is after 6 blocks: 12 trials, and 4 to 5 that may be run again. */
TEST(a_short_time_keeps_the_ramp_short)
{
	slowest_iops = 1;
	assert_in_range(ramp(17 * (3000 + 60) * NS_PER_MS), 501 * NS_PER_MS, 1200 * NS_PER_MS);
	assert_int_equal(ramp(12 * (3000 + 60) * NS_PER_MS), 500 * NS_PER_MS);
	assert_int_equal(ramp(NS_PER_S), 500 * NS_PER_MS);
}

/* Each part of what a session does is in what is said about it, whatever the I/O's speed. */
TEST(what_is_planned_holds_what_is_run)
{
	static const double speeds[] = {0.1, 100, 700, 1e6};

	jobs[SLOW].startdelay_ns = NS_PER_S;
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		for (int has_control = 0; has_control < 2; has_control++) {
			struct contest_time time;
			uint64_t trial_ns, block_ns;

			options.has_control = has_control;
			contest_plan_time(&options, &point, &time);
			slowest_iops = speeds[i];
			trial_ns = options.trial_ns + ramp(3600 * NS_PER_S);
			block_ns = (CONTENDERS + (unsigned)has_control) * trial_ns +
				   (1 + (unsigned)has_control) * NS_PER_S;
			assert_int_equal(time.contender_count, CONTENDERS + has_control);
			assert_in_range(
				block_ns, time.block_ns - 200 * NS_PER_MS, time.block_most_ns);
			/* A fifth of the trials may be run again. */
			assert_true(
				contest_plan_most_ns(&time, 20) > time.prime_ns + 24 * block_ns);
			assert_true(contest_plan_least_ns(&time, 20) >=
				    time.prime_ns + 20 * time.block_ns);
		}
	}
}

TEST(a_job_that_cannot_run_takes_no_time)
{
	struct contest_time both, one;

	contest_plan_time(&options, &point, &both);
	setups[QUICK].job = NULL;
	contest_plan_time(&options, &point, &one);
	assert_int_equal(one.contender_count, 1);
	assert_int_equal(both.block_ns, 2 * one.block_ns);
}

TEST(the_limit_leaves_room_for_the_first_look)
{
	assert_int_equal(contest_plan_limit_ns(&options, 3), 105 * NS_PER_S);
	options.trial_ns = 60 * NS_PER_S;
	assert_int_equal(contest_plan_limit_ns(&options, 3), (uint64_t)3 * 6 * 120 * NS_PER_S);
	options.limit_ns = 5 * NS_PER_S;
	assert_int_equal(contest_plan_limit_ns(&options, 3), 5 * NS_PER_S);
}

TEST(a_time_without_a_single_block_is_refused)
{
	struct contender_plan plan = {.point_count = 1, .points = &point};
	size_t bytes;
	char *said;
	FILE *stream = open_memstream(&said, &bytes);
	struct contest_time time;
	struct diag diag;

	assert_non_null(stream);
	diag_init(&diag, stream);
	assert_int_equal(contest_plan_check(&options, &plan, &diag), 0);
	contest_plan_time(&options, &point, &time);
	options.limit_ns = contest_plan_least_ns(&time, 1);
	assert_int_equal(contest_plan_check(&options, &plan, &diag), 0);
	options.limit_ns--;
	assert_int_not_equal(contest_plan_check(&options, &plan, &diag), 0);
	fclose(stream);
	assert_non_null(strstr(said, "before the first block"));
	free(said);
}

/* The rest is about what contenders are said to be: of these options, by engine or by section. */
static struct contender_plan plan;
static struct record record;
static struct record_point described;

static int forget(void **state)
{
	(void)state; /* cmocka's signature */
	contender_plan_free(&plan);
	record_free(&record);
	return 0;
}

static void describe(const char *const *lines, size_t count, const char *variants, bool has_control)
{
	const struct contender_request request = {
		.job = {.options = lines, .option_count = count}, .engines = variants};
	struct diag diag;

	forget(NULL);
	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	record_init(&record);
	described = (struct record_point){0};
	contest_plan_describe(&record, &described, &plan.points[0], has_control);
}

/* The summary of a job with these options more. */
static const char *summary_of(const char *one, const char *two, const char *variants)
{
	const char *const lines[] = {"--size=1m", "--rw=randread", "--bs=4k", one, two};

	describe(lines, 5, variants, false);
	return described.summary;
}

TEST_FIXTURE(NULL, forget);

TEST(a_point_is_told_in_a_line)
{
	assert_string_equal(summary_of("--filename=data.bin", "--direct=1", "psync"),
		"randread 4k, direct, data.bin");
	assert_string_equal(summary_of("--filename=a:b", "--iodepth=8", "io_uring"),
		"randread 4k, buffered, iodepth 8, a, …");
	assert_string_equal(
		summary_of("--filename=a", "--iodepth=8", "io_uring,io_uring+iodepth=4"),
		"randread 4k, buffered, a");
	assert_string_equal(summary_of("--filename=a", "--bssplit=4k/50:8k/50", "psync"),
		"randread 4k/50:8k/50, buffered, a");
}

/* Only a rate that is the same for all is the point's. */
TEST(a_rate_that_all_have_is_part_of_the_line)
{
	assert_string_equal(summary_of("--filename=a", "--rate_iops=500", "psync,sync"),
		"randread 4k, buffered, rate 500/s, a");
	assert_string_equal(summary_of("--filename=a", "--rate_iops=500", "psync,psync+numjobs=2"),
		"randread 4k, buffered, a");
}

/* Causes before what follows from them: reads of a cold cache, and of many threads, are slow. */
TEST(turns_have_obstacles)
{
	static const struct {
		struct contest_primed primed;
		const char *why;
	} cases[] = {
		{{.iops = 20000, .threads = 2, .cpus = 1}, NULL},
		{{.iops = 19000, .threads = 1, .cpus = 1}, "fewer than 100"},
		{{.iops = 20000, .threads = 3, .cpus = 1}, "threads"},
		{{.iops = 20000, .threads = 1, .cpus = 1, .writes = true}, "it writes"},
		{{.iops = 100, .threads = 1, .cpus = 1, .is_cold = true}, "not all cached"},
		{{.iops = 100, .threads = 99, .cpus = 2}, "threads"},
	};

	(void)summary_of("--filename=a", "--direct=0", "psync"); /* made for its plan */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = contest_plan_turns_obstacle(
			plan.points[0].contenders, &cases[i].primed, 5 * NS_PER_MS);

		assert_true(cases[i].why ? why && strstr(why, cases[i].why) : !why);
	}
}

TEST(contenders_are_told_by_what_they_ask_for)
{
	static const char *const lines[] = {"--filename=a", "--size=1m", "--rw=randread",
		"--direct=1", "--iodepth=16", "--iodepth_batch_submit=4"};
	const struct contender *c;

	describe(lines, 6, "io_uring+numjobs=3,psync", false);
	assert_int_equal(described.contender_count, 2);
	assert_true(described.reference == SESSION_NONE && described.control == SESSION_NONE);
	c = &described.contenders[0];
	assert_string_equal(c->name, "io_uring+numjobs=3");
	assert_string_equal(c->engine, "io_uring");
	assert_true(c->is_direct && c->queues && !c->is_control && !c->problem);
	assert_int_equal(c->depth, 16);
	assert_int_equal(c->batch, 4);
	assert_int_equal(c->numjobs, 3);
	assert_true(c->asked.iops == 0 && c->asked.bandwidth == 0);
	assert_string_equal(settings_value(&c->options, "iodepth"), "16");
	assert_null(settings_value(&c->options, "loops")); /* its default */
	assert_false(described.contenders[1].queues);
}

TEST(a_contender_that_is_refused_says_why)
{
	static const char *const lines[] = {"--filename=/dev/zero", "--size=1m", "--rw=read"};
	const struct contender *refused = NULL;

	describe(lines, 3, "all", true);
	for (size_t c = 0; c < described.contender_count; c++) {
		if (strcmp(described.contenders[c].name, "null") == 0)
			refused = &described.contenders[c];
	}
	assert_non_null(refused);
	assert_non_null(strstr(refused->problem, "moves no data"));
	assert_int_equal(refused->exit_code, EXIT_INCOMPARABLE);
	assert_true(refused->is_optional);
	assert_null(refused->engine);
	assert_int_equal(described.control, described.contender_count - 1);
	assert_true(described.contenders[described.control].is_control);
}

/* Their sums, and each option under its job's name. */
TEST(jobs_that_run_together_are_told_together)
{
	static const char *const lines[] = {"--filename=a", "--size=1m", "--name=reads",
		"--rw=randread", "--direct=1", "--iodepth=8", "--ioengine=io_uring", "--name=log",
		"--rw=write", "--bs=16k", "--numjobs=2", "--ioengine=psync", "--name=more",
		"--rw=read", "--direct=1"};
	const struct job *rest[2];
	const struct contender *c;

	describe(lines, 15, NULL, false); /* three contenders: made one below */
	rest[0] = plan.points[0].contenders[1].job;
	rest[1] = plan.points[0].contenders[2].job;
	plan.points[0].contenders[0].together = rest;
	plan.points[0].contenders[0].together_count = 2;
	plan.points[0].contenders[0].name = "mixed";
	plan.points[0].contenders[0].reference = "other";
	plan.points[0].count = 1;
	contest_plan_describe(&record, &described, &plan.points[0], false);
	assert_string_equal(
		described.summary, "mixed: reads randread 4k + log write 16k + more read 4k");
	c = &described.contenders[0];
	assert_string_equal(c->engine, "io_uring, psync");
	assert_string_equal(c->reference, "other");
	assert_false(c->is_direct); /* one of them is not */
	assert_true(c->queues);     /* one of them does */
	assert_int_equal(c->depth, 8);
	assert_int_equal(c->numjobs, 4);
	assert_string_equal(settings_value(&c->options, "reads.iodepth"), "8");
	assert_string_equal(settings_value(&c->options, "log.bs"), "16k");
	assert_null(settings_value(&c->options, "bs"));
}

TEST_MAIN(NULL, NULL);
