/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/* Limits as they are written, loads decided by their trials, and the search. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curve/slo.h"
#include "measure/estimate.h"
#include "near.h"
#include "noise.h"
#include "simulation.h"
#include "test.h"

static struct option_problem problem;

static int parse(const char *text, struct slo *slo)
{
	struct arena arena = {0};
	int error;

	problem = (struct option_problem){0};
	error = slo_parse(text, slo, &arena, &problem);
	arena_free(&arena);
	return error;
}

TEST(limits_are_read)
{
	struct slo slo;

	assert_int_equal(parse("p99=500us", &slo), 0);
	assert_int_equal(slo.metric, CURVE_P99);
	assert_near(slo.limit_ns, 500e3, 0);
	assert_string_equal(slo_name(&slo), "p99");
	assert_int_equal(parse("read.p99=2ms", &slo), 0);
	assert_int_equal(slo.metric, CURVE_READ_P99);
	assert_int_equal(parse("mean=80", &slo), 0); /* microseconds, as of fio's latencies */
	assert_near(slo.limit_ns, 80e3, 0);
}

TEST(what_is_no_limit_is_refused_with_its_place)
{
	struct slo slo;

	assert_int_not_equal(parse("p98=1ms", &slo), 0);
	assert_int_equal(problem.length, 3);
	assert_int_not_equal(parse("p99", &slo), 0);
	assert_int_not_equal(parse("p99=", &slo), 0);
	assert_int_not_equal(parse("p99=fast", &slo), 0);
	assert_int_equal(problem.at, 4);
	assert_int_not_equal(parse("p99=0", &slo), 0);
	assert_int_not_equal(parse("=1ms", &slo), 0);
}

/* As if each trial had told the logarithm, and all together their mean. */
static struct slo_evidence evidence_of(const double *excess, size_t count)
{
	struct estimate estimate = estimate_mean(excess, count, SLO_LOOK_ALPHA);
	struct slo_evidence evidence = {
		.count = count,
		.least = INFINITY,
		.most = -INFINITY,
		.excess = estimate.value,
		.lo = estimate.lo,
		.hi = estimate.hi,
	};

	for (size_t i = 0; i < count; i++) {
		evidence.least = fmin(evidence.least, excess[i]);
		evidence.most = fmax(evidence.most, excess[i]);
	}
	return evidence;
}

#define DECIDE(...)                                                                                \
	decide((double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static enum slo_verdict decide(const double *excess, size_t count)
{
	struct slo_evidence evidence = evidence_of(excess, count);

	return slo_decide(&evidence);
}

TEST(trials_that_are_far_from_the_limit_decide_at_once)
{
	struct slo_evidence undone = {.count = 2, .is_undone = true, .least = -1, .most = -1};

	assert_int_equal(DECIDE(2), SLO_OPEN);
	assert_int_equal(DECIDE(2, 0.5), SLO_BEYOND);
	assert_int_equal(DECIDE(-2, -0.5), SLO_WITHIN);
	assert_int_equal(DECIDE(2, 0.3), SLO_OPEN);
	assert_int_equal(slo_decide(&undone), SLO_BEYOND);
}

TEST(near_ones_take_an_interval)
{
	assert_int_equal(DECIDE(0.1, 0.11, 0.1), SLO_BEYOND);
	assert_int_equal(DECIDE(-0.1, -0.11, -0.1), SLO_WITHIN);
	assert_int_equal(DECIDE(-0.1, 0.11, -0.1), SLO_OPEN);
	assert_int_equal(DECIDE(0.1, 0.11, 0.1, 0.1), SLO_OPEN);
	assert_int_equal(DECIDE(-0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1), SLO_NEITHER);
}

/* Trials at the load of a search. */
static struct trials {
	double load;
	double excess[SLO_TRIALS_LIMIT];
	size_t count;
} trials;

static void tell(struct slo_search *search, double excess)
{
	struct slo_evidence evidence;

	if (trials.load != search->load)
		trials = (struct trials){.load = search->load};
	trials.excess[trials.count++] = excess;
	evidence = evidence_of(trials.excess, trials.count);
	slo_search_tell(search, &evidence);
}

/* Runs to the end with a latency of exp(8 (load - at) / at) times the limit. */
static struct slo_search search_for(double at, double noise, struct random *random, unsigned *count)
{
	struct slo_search search;

	slo_search_begin(&search, 0.6 * at, 1.3 * at, 2 * at);
	for (*count = 0; search.load > 0 && *count < 1000; ++*count)
		tell(&search, 8 * (search.load - at) / at + noise * noise_normal(random));
	return search;
}

TEST(without_noise_the_gap_is_halved)
{
	struct slo_search search;
	struct curve_level load;
	struct random random;
	unsigned count;

	random_init(&random, 1);
	search = search_for(1000, 0, &random, &count);
	load = slo_search_load(&search);
	assert_int_equal(slo_search_answer(&search), SLO_FOUND);
	assert_true(load.lo <= 1000 && load.hi >= 1000);
	assert_true(load.hi - load.lo <= SLO_RESOLUTION * load.hi);
	assert_near(load.value, 1000, 2);
	assert_true(count < 30);
}

TEST(with_noise_the_answer_is_near_and_the_interval_covers_it)
{
	struct simulation plan = simulation_plan(2000);
	unsigned missed = 0, far = 0, sum = 0, count;
	struct random random;

	random_init(&random, 3);
	for (unsigned i = 0; i < plan.rounds; i++) {
		struct slo_search search = search_for(1000, 0.1, &random, &count);
		struct curve_level load = slo_search_load(&search);

		missed += load.lo > 1000 || load.hi < 1000;
		far += fabs(load.value - 1000) > 20;
		sum += count;
	}
	printf("# missed %.1f %%, farther than 2 %%: %.1f %%, %.1f trials\n",
		100.0 * missed / plan.rounds, 100.0 * far / plan.rounds, (double)sum / plan.rounds);
	simulation_at_most(&plan, "missed", 100.0 * missed / plan.rounds, 5);
	simulation_at_most(&plan, "farther than 2 %", 100.0 * far / plan.rounds, 2);
	assert_true(sum < 60 * plan.rounds);
}

/* Loads that were seen before the search: 20 % away on both sides. */
TEST(far_loads_tell_where_but_not_how_well)
{
	struct slo_search search;
	struct curve_level load;

	slo_search_begin(&search, 800, 1200, 2000);
	slo_search_see(&search, &(struct slo_seen){800, -0.1, 3});
	slo_search_see(&search, &(struct slo_seen){1200, 0.3, 3});
	load = slo_search_load(&search);
	assert_near(load.value, 900, 1e-6);
	assert_near(load.lo, 800, 0);
	assert_near(load.hi, 1200, 0);
}

TEST(near_loads_on_a_line_tell_both)
{
	static const double loads[] = {960, 980, 1000, 1020, 1040};
	struct slo_search search;
	struct curve_level load;

	slo_search_begin(&search, 900, 1100, 2000);
	for (int i = 0; i < 5; i++)
		slo_search_see(
			&search, &(struct slo_seen){loads[i],
					 (loads[i] - 1005) / 200 + (i % 2 ? 0.01 : -0.01), 4});
	load = slo_search_load(&search);
	assert_near(load.value, 1005, 3);
	assert_true(load.lo > 950 && load.lo < 1005);
	assert_true(load.hi < 1060 && load.hi > 1005);
	/* One that falls is no answer: the middle of what was shown stands. */
	slo_search_begin(&search, 900, 1100, 2000);
	slo_search_see(&search, &(struct slo_seen){950, 0.1, 3});
	slo_search_see(&search, &(struct slo_seen){1050, -0.1, 3});
	assert_near(slo_search_load(&search).value, 1000, 0);
}

TEST(the_ends_of_what_may_be_tried)
{
	struct slo_search search;

	/* Nothing is known: the highest load comes first. */
	slo_search_begin(&search, 0, INFINITY, 800);
	assert_int_equal(slo_search_answer(&search), SLO_UNKNOWN);
	assert_near(search.load, 800, 0);
	tell(&search, -1);
	tell(&search, -1);
	assert_near(search.load, 0, 0);
	assert_int_equal(slo_search_answer(&search), SLO_ALL);
	assert_true(isnan(slo_search_load(&search).hi));
	/* All loads are beyond it: lower ones follow, as long as the caller wants. */
	slo_search_begin(&search, 0, 100, 800);
	assert_near(search.load, 50, 0);
	tell(&search, 1);
	slo_search_tell(&search, &(struct slo_evidence){.count = 2, .is_undone = true});
	assert_near(search.load, 25, 0);
	assert_int_equal(slo_search_answer(&search), SLO_NONE);
	assert_near(slo_search_load(&search).hi, 50, 0);
}

TEST(around_a_load_that_was_not_decided_both_gaps_close)
{
	struct slo_search search;

	slo_search_begin(&search, 100, 200, 400);
	for (int i = 0; i < 8; i++)
		tell(&search, i % 2 ? 0.1 : -0.1);
	assert_near(search.grey_lo, 150, 0);
	assert_near(search.load, 125, 0); /* the lower gap, */
	tell(&search, -1);
	tell(&search, -1);
	assert_near(search.within, 125, 0);
	assert_near(search.load, 175, 0); /* and the upper one */
	tell(&search, 1);
	tell(&search, 1);
	assert_near(search.beyond, 175, 0);
	assert_near(slo_search_load(&search).value, 150, 0);
	/* One below it that is beyond the limit puts it beyond as well. */
	tell(&search, 1);
	tell(&search, 1);
	assert_near(search.beyond, 137.5, 0);
	assert_near(search.grey_lo, 0, 0);
}

TEST_MAIN(NULL, NULL);
