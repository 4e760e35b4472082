/* SPDX-License-Identifier: MIT */
/* Drift, order, memory, repeated slots and ramps: each seen when it is there, and only then. */
#include "test.h"
#include "verdict/health.h"

#include "near.h"
#include "noise.h"
#include "sample_session.h"

enum { CONTENDERS = 3, BLOCKS = 12 };

static struct sample_session sample;

struct trouble {
	double drift_per_block;
	double loss_per_position;
	double memory;
};

/* Random orders, 0.5 % of noise, and the trouble asked for. */
static void fill(const struct trouble *trouble, uint64_t seed)
{
	struct random random;
	double wandering = 0;

	random_init(&random, seed);
	sample_start(&sample, CONTENDERS);
	for (size_t b = 0; b < BLOCKS; b++) {
		unsigned turn = (unsigned)random_below(&random, 6);

		sample_add_block(&sample);
		wandering = trouble->memory * wandering + 0.02 * noise_normal(&random);
		for (unsigned c = 0; c < CONTENDERS; c++) {
			unsigned position = (turn % 2 ? c + turn / 2 : 5 - c - turn / 2) % 3;
			double log_iops = trouble->drift_per_block * (double)b -
					  trouble->loss_per_position * position +
					  0.005 * noise_normal(&random);

			if (c == 1 && trouble->memory > 0)
				log_iops += wandering;
			sample_set(&sample, c, 1e5 * exp(log_iops), 0);
			sample_trial(&sample, b, c)->position = position;
		}
	}
}

TEST(quiet_session_is_healthy)
{
	static const struct trouble none = {0};
	struct health health;

	fill(&none, 1);
	health_judge(&sample.session, &health);
	assert_int_equal(health.flags, 0);
	assert_near(health.drift, 0, 0.01);
	assert_near(health.order_effect, 0, 0.01);
	assert_int_equal(health.slot_count, CONTENDERS * BLOCKS);
	assert_int_equal(health.repeated_count, 0);
	assert_true(health.short_ramp_contender == SESSION_NONE);
	assert_true(health.memory_contender != SESSION_NONE);
}

TEST(drift_is_measured_over_the_session)
{
	static const struct trouble fades = {.drift_per_block = -0.02};
	static const struct trouble fades_little = {.drift_per_block = -0.005};
	struct health health;

	fill(&fades, 2);
	health_judge(&sample.session, &health);
	assert_near(health.drift, -0.22, 0.01);
	assert_true(health.drift_p < 1e-6);
	assert_int_equal(health.flags, HEALTH_DRIFTS);
	fill(&fades_little, 2);
	health_judge(&sample.session, &health);
	assert_near(health.drift, -0.055, 0.01);
	assert_int_equal(health.flags & HEALTH_DRIFTS, 0);
}

TEST(order_effect_is_from_first_to_last)
{
	static const struct trouble tires = {.loss_per_position = 0.03};
	static const struct trouble tires_little = {.loss_per_position = 0.009};
	struct health health;

	fill(&tires, 3);
	health_judge(&sample.session, &health);
	assert_near(health.order_effect, -0.06, 0.01);
	assert_true(health.order_p < 1e-6);
	assert_int_equal(health.flags & HEALTH_ORDER_MATTERS, HEALTH_ORDER_MATTERS);
	fill(&tires_little, 3);
	health_judge(&sample.session, &health);
	assert_true(health.order_p < 0.01);
	assert_int_equal(health.flags & HEALTH_ORDER_MATTERS, 0);
}

TEST(memory_names_the_contender)
{
	static const struct trouble remembers = {.memory = 0.95};
	struct health health;

	fill(&remembers, 8);
	health_judge(&sample.session, &health);
	assert_true(health.memory > 0.6);
	assert_int_equal(health.memory_contender, 1);
	assert_int_equal(health.flags & HEALTH_REMEMBERS, HEALTH_REMEMBERS);
	/* Too few blocks to tell. */
	sample.session.block_count = 9;
	health_judge(&sample.session, &health);
	assert_true(health.memory_contender == SESSION_NONE && isnan(health.memory));
}

TEST(repeated_slots_are_counted)
{
	static const struct trouble none = {0};
	struct health health;

	fill(&none, 1);
	for (size_t b = 0; b < 7; b++)
		sample_trial(&sample, b, b % 3)->attempt = 2;
	sample.table[BLOCKS * 3 - 1] = NULL; /* never run */
	health_judge(&sample.session, &health);
	assert_int_equal(health.slot_count, 35);
	assert_int_equal(health.repeated_count, 7);
	assert_int_equal(health.flags, 0);
	sample_trial(&sample, 8, 0)->attempt = 2;
	health_judge(&sample.session, &health);
	assert_int_equal(health.flags, HEALTH_IS_DISTURBED);
}

TEST(short_ramps_are_a_majority_of_trials)
{
	static const struct trouble none = {0};
	struct health health;

	fill(&none, 1);
	for (size_t b = 0; b < BLOCKS; b++)
		sample_trial(&sample, b, 2)->early_excess = b < 6 ? -0.06 : 0.01;
	/* What a discarded trial did is nobody's. */
	sample_trial(&sample, 11, 2)->early_excess = 0.5;
	sample_trial(&sample, 11, 2)->counts = false;
	sample_trial(&sample, 0, 2)->early_excess = 0;
	health_judge(&sample.session, &health);
	assert_int_equal(health.flags, 0);
	sample_trial(&sample, 6, 2)->early_excess = 0.06;
	health_judge(&sample.session, &health);
	assert_int_equal(health.flags, HEALTH_RAMP_IS_SHORT);
	assert_int_equal(health.short_ramp_contender, 2);
}

TEST(too_little_is_not_known)
{
	static const struct trouble none = {0};
	struct health health;

	fill(&none, 1);
	sample.session.block_count = 1;
	health_judge(&sample.session, &health);
	assert_true(isnan(health.drift) && isnan(health.drift_p) && isnan(health.order_p));
	assert_int_equal(health.flags, 0);
	sample.session.block_count = 0;
	health_judge(&sample.session, &health);
	assert_int_equal(health.flags, 0);
	assert_int_equal(health.slot_count, 0);
}

TEST(failed_contenders_do_not_hide_the_drift)
{
	static const struct trouble fades = {.drift_per_block = -0.02};
	struct health health;

	fill(&fades, 5);
	for (size_t b = 1; b < BLOCKS; b++)
		sample_trial(&sample, b, 2)->counts = false;
	health_judge(&sample.session, &health);
	assert_true(isnan(health.drift));
	sample.contenders[2].problem = "it failed";
	health_judge(&sample.session, &health);
	assert_near(health.drift, -0.22, 0.01);
}

TEST_MAIN(NULL, NULL);
