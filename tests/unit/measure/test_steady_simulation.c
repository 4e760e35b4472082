/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Drives whose rate falls to a third after they were new: how often is a steady state declared
 * that is none (the rate of the window is wrong by more than 5 %), how often is one missed, and
 * how long does it take? Seconds of noise and of garbage collection on top.
 */
#include <string.h>

#include "measure/steady_search.h"
#include "noise.h"
#include "simulation.h"
#include "test.h"

enum { LIMIT_S = 90 * 60, FIO_WINDOW = 300 };

struct drive {
	const char *name;
	double decay_s;       /* time constant of the fall */
	double noise;         /* of a second */
	double cycle_s;       /* of garbage collection: a third of it at 70 % of the rate */
	double work_s;        /* until twice the active range is written */
	bool can_be_reached;  /* within 90 minutes */
	double reached_least; /* percent of the rounds */
	double mean_bias;     /* percent, at most; of those that are reached */
};

static const struct drive drives[] = {
	{"decays in 1 min", 60, 0.03, 0, 300, true, 100, 0.5},
	{"decays in 5 min", 300, 0.03, 0, 600, true, 100, 1.2},
	{"decays in 15 min", 900, 0.03, 0, 600, false, 0, 0},
	{"decays in 40 min", 2400, 0.03, 0, 600, false, 0, 0},
	{"noisy, with a cycle of 45 s, decays in 1 min", 60, 0.10, 45, 300, true, 99, 1.6},
	{"noisy, with a cycle of 45 s, decays in 5 min", 300, 0.10, 45, 600, true, 99, 1.6},
	{"falls at once, when all is written", 0, 0.03, 0, 3000, true, 99, 0.5},
};

/* The rate of one second, where 1 is the steady state's. */
static double rate_at(const struct drive *drive, struct random *random, unsigned second)
{
	double rate = 1;

	if (drive->decay_s > 0)
		rate += 2 * exp(-(second + 0.5) / drive->decay_s);
	else if (second < drive->work_s / 2)
		rate = 3; /* the blocks that were never written run out at once */
	if (drive->cycle_s > 0 && fmod(second, drive->cycle_s) < drive->cycle_s / 3)
		rate *= 0.7;
	return fmax(rate * (1 + drive->noise * noise_normal(random)), 0);
}

/* The level that the drive comes to. */
static double final_rate(const struct drive *drive)
{
	return drive->cycle_s > 0 ? (2 + 0.7) / 3 : 1;
}

/* Bias of the window that is reported; NAN: none was within the time. */
static double bias_by(const struct drive *drive, const struct steady_rule *rule, uint64_t seed)
{
	static struct steady_search search;
	struct random random;

	random_init(&random, seed);
	steady_search_open(&search, rule, 1, 1);
	for (unsigned second = 0; second < LIMIT_S; second++) {
		double rate = rate_at(drive, &random, second);
		double work = (second + 1) / drive->work_s;

		if (steady_search_add(&search, &rate, (uint64_t)(work * (2 << 20))) ==
			STEADY_CONFIRMED)
			return search.fresh[0] / (double)search.window / final_rate(drive) - 1;
	}
	return NAN;
}

static double search_bias(const struct drive *drive, uint64_t seed)
{
	struct steady_rule rule = steady_rule_of(true, 1 << 20);

	return bias_by(drive, &rule, seed);
}

static void simulate(const struct drive *drive, const struct simulation *plan)
{
	unsigned reached = 0, wrong = 0;
	double sum = 0, rounds = plan->rounds;

	for (unsigned i = 0; i < plan->rounds; i++) {
		double bias = search_bias(drive, i);

		if (isnan(bias))
			continue;
		reached++;
		wrong += fabs(bias) > 0.05;
		sum += bias;
	}
	printf("%-46s reached %5.1f %%, false %4.2f %%, bias %+.2f %%\n", drive->name,
		100 * reached / rounds, 100 * wrong / rounds, reached ? 100 * sum / reached : 0);
	assert_int_equal(wrong, 0);
	if (drive->can_be_reached)
		simulation_at_least(
			plan, drive->name, 100 * reached / rounds, drive->reached_least);
	else
		assert_int_equal(reached, 0);
	if (reached > 0)
		assert_true(fabs(sum / reached) * 100 <= drive->mean_bias);
}

TEST(a_steady_state_that_is_declared_is_one)
{
	struct simulation plan = simulation_plan(1000);

	/* Each round is 90 minutes of seconds. */
	for (size_t i = 0; i < sizeof(drives) / sizeof(drives[0]); i++)
		simulate(&drives[i], &plan);
}

/* The gate of work: before a drive has been written once it may look as steady as after it. */
TEST(without_its_work_a_new_drive_is_called_steady)
{
	const struct drive *drive = &drives[6];
	struct steady_rule rule = steady_rule_of(true, 1 << 20);

	assert_near(search_bias(drive, 1), 0, 0.01);
	rule.work_bytes = 0;
	assert_near(bias_by(drive, &rule, 1), 2, 0.05);
}

/* What the rule is for: by fio's, the same drives are steady far too soon. */
TEST(a_slope_a_second_is_small_long_before_the_drive_is_steady)
{
	struct steady_limit limit = {.is_slope = true, .is_percent = true, .limit = 0.1};
	const struct drive *drive = &drives[1];
	uint64_t series[LIMIT_S];
	struct random random;
	unsigned second = 0;
	double mean = 0;

	random_init(&random, 1);
	for (; second < LIMIT_S; second++) {
		series[second] = (uint64_t)(10000 * rate_at(drive, &random, second));
		if (second + 1 >= FIO_WINDOW &&
			steady_judge(&limit, &series[second + 1 - FIO_WINDOW], FIO_WINDOW)
				.is_attained)
			break;
	}
	for (unsigned i = 0; i < FIO_WINDOW; i++)
		mean += (double)series[second - i] / FIO_WINDOW;
	printf("fio's iops_slope:0.1%%, 300 s: attained after %u s, bias %+.0f %%\n", second + 1,
		mean / 100 - 100);
	assert_true(second < 1200);
	assert_true(mean > 12000);
}

/* Series of a steady drive are not called anything else, nor others steady. */
TEST(classes_of_series_are_rarely_wrong)
{
	static const struct {
		const char *name;
		double drift, noise;
		enum steady_class class;
		double least; /* percent of the rounds */
	} cases[] = {
		{"level", 0, 0.03, STEADY_STEADY, 98},
		{"level, 10 % noise", 0, 0.10, STEADY_STEADY, 60},
		{"falls by 20 % in 10 minutes", -0.20, 0.03, STEADY_DRIFTING, 99.5},
		{"rises by 10 % in 10 minutes", 0.10, 0.03, STEADY_DRIFTING, 98},
	};
	struct simulation plan = simulation_plan(10000);
	struct steady_rule rule = steady_rule_of(false, 0);

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		unsigned right = 0, false_steady = 0, false_drift = 0;

		for (unsigned i = 0; i < plan.rounds; i++) {
			double values[600];
			struct random random;
			enum steady_class class;

			random_init(&random, i);
			for (int k = 0; k < 600; k++)
				values[k] = (1 + cases[c].drift * (k / 599.0 - 0.5)) *
					    (1 + cases[c].noise * noise_normal(&random));
			class = steady_classify(values, 600, 1, &rule, true).class;
			right += class == cases[c].class;
			false_steady += class == STEADY_STEADY && fabs(cases[c].drift) > 0.06;
			false_drift += class == STEADY_DRIFTING && cases[c].drift == 0;
			assert_int_not_equal(class, STEADY_BIMODAL);
		}
		printf("%-30s right %.1f %%, false steady %.2f %%, false drift %.2f %%\n",
			cases[c].name, 100.0 * right / plan.rounds,
			100.0 * false_steady / plan.rounds, 100.0 * false_drift / plan.rounds);
		simulation_at_least(
			&plan, cases[c].name, 100.0 * right / plan.rounds, cases[c].least);
		simulation_at_most(&plan, "false steady", 100.0 * false_steady / plan.rounds, 0.5);
		simulation_at_most(&plan, "false drift", 100.0 * false_drift / plan.rounds, 0.5);
	}
}

TEST_MAIN(NULL, NULL);
