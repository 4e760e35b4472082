/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * The regression gate simulated whole: a suite of 24 gates of 5 %, screened at 7, 9, 13 and 20
 * blocks, candidates confirmed by 12 fresh ones. How often does an unchanged suite alarm, and
 * how often is a loss found? And the gate against stored sessions.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "noise.h"
#include "simulation.h"
#include "test.h"
#include "verdict/regress.h"

enum { GATE_COUNT = 24, BLOCK_LIMIT = 20 };

static const struct metric iops = {
	.name = "iops",
	.unit = "/s",
	.class = METRIC_RATE,
	.sense = METRIC_HIGHER_IS_BETTER,
	.scale = METRIC_RATIO,
};

struct trial_noise {
	const char *name;
	double deviation;
	double spike_share; /* of trials, that lose 10 to 40 % */
};

/* A suite under simulation: only gate 0 has lost something. */
struct suite {
	struct random random;
	const struct trial_noise *noise;
	double loss; /* as a worsening */
	double differences[GATE_COUNT][BLOCK_LIMIT];
	enum regress_screen screens[GATE_COUNT];
	enum outcome outcomes[GATE_COUNT];
	size_t block_count;
};

static double draw_trial(struct suite *suite)
{
	double value = suite->noise->deviation * noise_normal(&suite->random);

	if (random_unit(&suite->random) < suite->noise->spike_share)
		value += log1p(-0.1 - 0.3 * random_unit(&suite->random));
	return value;
}

static double draw_difference(struct suite *suite, double loss)
{
	double reference = draw_trial(suite);

	return draw_trial(suite) - reference - loss;
}

/* Returns how many gates are still unsettled after this look. */
static unsigned look(struct suite *suite, double threshold, const struct regress_rule *rule)
{
	unsigned unsettled = 0;

	for (size_t g = 0; g < GATE_COUNT; g++) {
		struct regress_evidence evidence;

		if (suite->screens[g] != SCREEN_UNSETTLED)
			continue;
		evidence = regress_from_pairs(
			&iops, suite->differences[g], suite->block_count, GATE_COUNT, rule);
		suite->screens[g] = regress_screen(&evidence, threshold, rule);
		suite->outcomes[g] = regress_decide(&evidence, threshold);
		unsettled += suite->screens[g] == SCREEN_UNSETTLED;
	}
	return unsettled;
}

static void screen(struct suite *suite, double threshold, const struct regress_rule *rule)
{
	size_t next;

	suite->block_count = 0;
	for (size_t g = 0; g < GATE_COUNT; g++)
		suite->screens[g] = SCREEN_UNSETTLED;
	while ((next = regress_next_look(rule, suite->block_count)) > 0) {
		for (; suite->block_count < next; suite->block_count++) {
			for (size_t g = 0; g < GATE_COUNT; g++)
				suite->differences[g][suite->block_count] =
					draw_difference(suite, g == 0 ? suite->loss : 0);
		}
		if (look(suite, threshold, rule) == 0)
			return;
	}
}

static struct regress_evidence draw_fresh(
	struct suite *suite, double loss, size_t gate_count, const struct regress_rule *rule)
{
	double differences[BLOCK_LIMIT];

	for (size_t b = 0; b < rule->confirm_blocks; b++)
		differences[b] = draw_difference(suite, loss);
	return regress_from_pairs(&iops, differences, rule->confirm_blocks, gate_count, rule);
}

/* `has_control`: a fresh control may veto, as it does in a real session. */
static void confirm(
	struct suite *suite, double threshold, const struct regress_rule *rule, bool has_control)
{
	size_t candidates[GATE_COUNT];
	struct regress_evidence evidence[GATE_COUNT] = {0};
	double thresholds[GATE_COUNT] = {0};
	enum outcome outcomes[GATE_COUNT];
	size_t count = 0;

	for (size_t g = 0; g < GATE_COUNT; g++) {
		if (suite->screens[g] == SCREEN_CANDIDATE)
			candidates[count++] = g;
	}
	for (size_t i = 0; i < count; i++) {
		evidence[i] = draw_fresh(suite, candidates[i] == 0 ? suite->loss : 0, count, rule);
		thresholds[i] = threshold;
	}
	regress_confirm(evidence, thresholds, count, rule, outcomes);
	for (size_t i = 0; i < count; i++) {
		suite->outcomes[candidates[i]] = outcomes[i];
		if (has_control) {
			struct regress_evidence control = draw_fresh(suite, 0, count, rule);

			if (regress_control_failed(&control, threshold))
				suite->outcomes[candidates[i]] = OUTCOME_INCONCLUSIVE;
		}
	}
	suite->block_count += count > 0 ? rule->confirm_blocks : 0;
}

static void run_suite(struct suite *suite, double loss_fraction, bool has_control)
{
	double threshold = regress_threshold(&iops, 0.05, 0, 0);

	suite->loss = -log1p(-loss_fraction);
	screen(suite, threshold, &regress_rule_default);
	confirm(suite, threshold, &regress_rule_default, has_control);
}

static bool has_outcome(const struct suite *suite, enum outcome outcome)
{
	for (size_t g = 0; g < GATE_COUNT; g++) {
		if (suite->outcomes[g] == outcome)
			return true;
	}
	return false;
}

/* Limits in percent: runs of an unchanged suite that alarm; losses of 5 % found, and passed. */
static const struct {
	struct trial_noise noise;
	double alarms, found, passed;
} table[] = {
	{{"1 %", 0.01, 0}, 1.5, 99, 1},
	{{"2 %", 0.02, 0}, 1.5, 93, 1},
	{{"3 %", 0.03, 0}, 1.5, 64, 2.5},
	{{"5 %", 0.05, 0}, 1.5, 14, 4},
	{{"2 %, 5 % spikes", 0.02, 0.05}, 1.5, 42, 2},
};

TEST(suites_rarely_alarm_and_find_losses)
{
	struct simulation plan = simulation_plan(2000);

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct suite suite = {.noise = &table[i].noise};
		double alarms = 0, undecided = 0, found = 0, passed = 0, blocks = 0;

		random_init(&suite.random, i + 1);
		for (unsigned k = 0; k < plan.rounds; k++) {
			run_suite(&suite, 0, false);
			alarms += 100.0 * has_outcome(&suite, OUTCOME_FAIL) / plan.rounds;
			undecided +=
				100.0 * has_outcome(&suite, OUTCOME_INCONCLUSIVE) / plan.rounds;
			run_suite(&suite, 0.05, true);
			found += 100.0 * (suite.outcomes[0] == OUTCOME_FAIL) / plan.rounds;
			passed += 100.0 * (suite.outcomes[0] == OUTCOME_PASS) / plan.rounds;
			blocks += (double)suite.block_count / plan.rounds;
		}
		printf("# trials vary by %-15s unchanged: alarm %4.2f %%, inconclusive %5.1f %%; "
		       "-5 %%: found %5.1f %%, passed %4.2f %%, %4.1f blocks\n",
			table[i].noise.name, alarms, undecided, found, passed, blocks);
		simulation_at_most(&plan, "alarms", alarms, table[i].alarms);
		simulation_at_least(&plan, "-5 % found", found, table[i].found);
		simulation_at_most(&plan, "-5 % passed", passed, table[i].passed);
	}
}

TEST(losses_of_a_tenth_are_found)
{
	struct simulation plan = simulation_plan(500);
	static const struct trial_noise noises[] = {{"3 %", 0.03, 0}, {"5 %", 0.05, 0}};
	static const double limits[] = {98, 80};

	for (size_t i = 0; i < 2; i++) {
		struct suite suite = {.noise = &noises[i]};
		double found = 0;

		random_init(&suite.random, 100 + i);
		for (unsigned k = 0; k < plan.rounds; k++) {
			run_suite(&suite, 0.1, true);
			found += 100.0 * (suite.outcomes[0] == OUTCOME_FAIL) / plan.rounds;
		}
		printf("# trials vary by %s: -10 %% found %.1f %%\n", noises[i].name, found);
		simulation_at_least(&plan, "-10 % found", found, limits[i]);
	}
}

/* One gate over whole sessions: their means, the session's own deviation and the trials'. */
static double session_mean(struct random *random, double session_deviation)
{
	return session_deviation * noise_normal(random) + 0.02 / sqrt(6) * noise_normal(random);
}

static double sessions_fail_percent(const struct simulation *plan, size_t stored_count,
	double session_deviation, double loss_fraction, bool is_confirmed)
{
	double threshold = regress_threshold(&iops, 0.05, 0, 0);
	struct random random;
	unsigned failed = 0;

	random_init(&random, 7 + stored_count);
	for (unsigned k = 0; k < plan->rounds; k++) {
		double stored[10];
		bool is_failed = true;

		for (size_t i = 0; i < stored_count; i++)
			stored[i] = session_mean(&random, session_deviation);
		for (int stage = 0; stage < 1 + is_confirmed; stage++) {
			double today =
				session_mean(&random, session_deviation) + log1p(-loss_fraction);
			struct regress_evidence evidence = regress_from_sessions(&iops, stored,
				stored_count, &today, 1, &estimate_default_prior, threshold, 0,
				&regress_rule_default);

			is_failed &= regress_decide(&evidence, threshold) == OUTCOME_FAIL;
		}
		failed += is_failed;
	}
	return 100.0 * failed / plan->rounds;
}

/* Ten stored sessions speak for themselves; fewer lean on the prior of 2 %. */
TEST(stored_sessions_rarely_alarm)
{
	struct simulation plan = simulation_plan(20000);
	static const struct {
		size_t stored;
		double deviation;
		bool is_confirmed;
		double limit;
	} cases[] = {
		{10, 0, false, 1.5},
		{10, 0.02, false, 1.5},
		{10, 0.05, false, 1.5},
		{5, 0, false, 1.5},
		{5, 0.02, false, 1.5},
		{3, 0.02, false, 1.5},
		{5, 0.05, false, 6},
		{5, 0.05, true, 2.5},
		{3, 0.05, true, 2.5},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		double alarms = sessions_fail_percent(
			&plan, cases[i].stored, cases[i].deviation, 0, cases[i].is_confirmed);

		printf("# %2zu stored sessions, %.0f %% apart%s: alarm %.2f %%\n", cases[i].stored,
			100 * cases[i].deviation, cases[i].is_confirmed ? ", confirmed" : "",
			alarms);
		simulation_at_most(&plan, "alarms", alarms, cases[i].limit);
	}
}

TEST(stored_sessions_find_what_they_promise)
{
	struct simulation plan = simulation_plan(4000);
	double quiet = sessions_fail_percent(&plan, 10, 0, 0.05, false);
	double moving = sessions_fail_percent(&plan, 10, 0.02, 0.1, false);

	printf("# 10 stored sessions: -5 %% found %.1f %% at 0 %%, -10 %% %.1f %% at 2 %%\n", quiet,
		moving);
	simulation_at_least(&plan, "-5 % found", quiet, 97);
	simulation_at_least(&plan, "-10 % found", moving, 88);
}

TEST_MAIN(NULL, NULL);
