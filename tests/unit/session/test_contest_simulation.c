/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Comparisons as contest.c runs them, with trials that are drawn and not run: blocks, looks, guards
 * and verdicts, thousands of times. How often are equal contenders told apart, and how often is
 * +5 % found? test_contest.c has the same with processes, fewer times.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "no_trial_processes.h"
#include "noise.h"
#include "session/contest.h"
#include "session/trial.h"
#include "session/view.h"
#include "simulation.h"
#include "test.h"

/*
 * What stands in for trial.c and guard_counters.c: the linker takes these instead, since it has
 * them before it looks into the library.
 */
static struct {
	struct random random;
	const struct job *better; /* by `effect`, on the scale of logarithms */
	double effect;
	double noise;
	unsigned trial_count;
	unsigned disturbed_each; /* every so many trials others use a CPU; 0: never */
	double others_s;         /* what they have used so far */
	double now_s;
} world;

void trial_run(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome)
{
	static struct result_job nothing;
	bool is_disturbed;

	(void)arena; /* the real one keeps its texts there */
	world.trial_count++;
	is_disturbed = world.disturbed_each > 0 && world.trial_count % world.disturbed_each == 0;
	world.now_s += 2;
	world.others_s += is_disturbed ? 1 : 0;
	*outcome = (struct trial_outcome){.early_excess = NAN, .result.jobs = &nothing};
	for (int i = 0; i < VALUE_COUNT; i++)
		outcome->values[i] = NAN;
	outcome->own.waited_s = is_disturbed ? 1 : 0;
	outcome->values[VALUE_IOPS] =
		100000 * exp((request->job == world.better ? world.effect : 0) +
				 world.noise * noise_normal(&world.random));
	/* What others take away shows, too. */
	if (is_disturbed)
		outcome->values[VALUE_IOPS] /= 2;
}

void guard_read(const struct guard_watch *watch, struct guard_counters *counters)
{
	(void)watch;
	*counters = (struct guard_counters){
		.when_s = world.now_s, .boot_s = world.now_s, .task_s = world.others_s};
}

void guard_measure_idle(
	struct guard_watch *watch, const struct guard_watch *known, uint64_t wait_ns)
{
	(void)known, (void)wait_ns;
	watch->idle_cores = 0; /* of this world's time none goes by while nothing runs */
}

/* A session over `world`, and what came of it. */
struct bout {
	struct contest_options options;
	struct record record;
	struct arena arena;
	struct view view;
};

static struct contender_plan plan_of_two(void)
{
	static const char *const options[] = {"--filename=/dev/zero", "--size=1m", "--rw=randread"};
	const struct contender_request request = {
		.job = {.options = options, .option_count = 3}, .engines = "psync,sync"};
	struct contender_plan plan;
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	return plan;
}

static void fight(struct bout *bout, const struct contender_plan *plan, uint64_t seed)
{
	struct contest contest;
	struct diag diag;

	memset(bout, 0, sizeof(*bout));
	world.now_s = world.others_s = 0;
	world.trial_count = 0;
	world.better = plan->points[0].contenders[1].job;
	random_init(&world.random, seed);
	bout->options = (struct contest_options){
		.trial_ns = 1,
		.limit_ns = 3600 * NS_PER_S,
		.rule = compare_stop_rule_default,
		.primary = VALUE_IOPS,
		.is_quiet = true,
	};
	record_init(&bout->record);
	bout->record.seed = seed;
	bout->record.is_adaptive = true;
	bout->record.points = ARENA_NEW(&bout->record.arena, struct record_point);
	diag_init(&diag, stderr);
	assert_int_equal(contest_open(&contest, &bout->record, &bout->options, &diag), 0);
	contest_run(&contest, &plan->points[0]);
	contest_close(&contest);
	view_make(&bout->view, &bout->record, &bout->record.points[0], &bout->arena);
}

static void finish(struct bout *bout)
{
	record_free(&bout->record);
	arena_free(&bout->arena);
}

struct outcome_counts {
	unsigned better, worse, equal;
	size_t redone;
	size_t blocks;
};

static struct outcome_counts fight_often(unsigned rounds)
{
	struct contender_plan plan = plan_of_two();
	struct outcome_counts counts = {0};

	for (unsigned seed = 1; seed <= rounds; seed++) {
		struct bout bout;
		enum contrast_mark mark;

		fight(&bout, &plan, seed);
		mark = view_contrast(&bout.view, VALUE_IOPS, 1)->mark;
		counts.better += mark == MARK_BETTER;
		counts.worse += mark == MARK_WORSE;
		counts.equal += mark == MARK_EQUIVALENT;
		counts.redone += bout.view.comparison.health.repeated_count;
		counts.blocks += bout.record.points[0].block_count;
		finish(&bout);
	}
	contender_plan_free(&plan);
	return counts;
}

TEST(equals_are_seldom_told_apart)
{
	struct simulation plan = simulation_plan(1000);
	struct outcome_counts counts;

	world.noise = 0.02;
	world.effect = 0;
	world.disturbed_each = 0;
	counts = fight_often(plan.rounds);
	printf("# equal contenders: %u of %u called better, %u worse, %u equal\n", counts.better,
		plan.rounds, counts.worse, counts.equal);
	simulation_at_most(
		&plan, "false marks", 100.0 * (counts.better + counts.worse) / plan.rounds, 7);
	assert_int_equal(counts.redone, 0);
}

TEST(five_percent_is_found)
{
	struct simulation plan = simulation_plan(500);
	struct outcome_counts counts;

	world.noise = 0.02;
	world.effect = log(1.05);
	world.disturbed_each = 0;
	counts = fight_often(plan.rounds);
	printf("# 5 %% better: found in %u of %u\n", counts.better, plan.rounds);
	simulation_at_least(&plan, "found", 100.0 * counts.better / plan.rounds, 95);
}

/* Every tenth trial is halved by others: run again, it leaves no trace. */
TEST(disturbed_trials_do_not_spoil_the_rest)
{
	struct simulation plan = simulation_plan(200);
	struct outcome_counts counts;

	world.noise = 0.005;
	world.effect = 0;
	world.disturbed_each = 10;
	counts = fight_often(plan.rounds);
	printf("# disturbed: %u of %u called equal, %zu trials run again in %zu blocks\n",
		counts.equal, plan.rounds, counts.redone, counts.blocks);
	simulation_at_least(&plan, "called equal", 100.0 * counts.equal / plan.rounds, 95);
	assert_true(counts.redone > plan.rounds / 2);
}

TEST_MAIN(NULL, NULL);
