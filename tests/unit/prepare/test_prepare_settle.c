/* SPDX-License-Identifier: MIT */
/* Counters of a run that is looked at 20 times a second, against the rule for a steady state. */

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "prepare/prepare_settle.h"
#include "test.h"

enum { BLOCK = 4096 };

/* Seconds until it is over, or `limit_s`; the rate decays from 3 to 1 times `iops` with `tau_s`. */
static unsigned run(struct prepare_settle *settle, double iops, double tau_s, unsigned limit_s)
{
	uint64_t now_ns = 1000 * NS_PER_S, begun_ns = now_ns;
	struct random random;
	double ios = 0;

	random_init(&random, 7);
	prepare_settle_open(settle, (uint64_t)1 << 30, (uint64_t)2 << 30, now_ns);
	while (now_ns - begun_ns < limit_s * NS_PER_S) {
		uint64_t step_ns = 50 * NS_PER_MS + random_below(&random, 3 * NS_PER_MS);
		double at_s = (double)(now_ns - begun_ns) / 1e9;
		double noise = 0.98 + 0.04 * (double)random_below(&random, 1000) / 1000;

		now_ns += step_ns;
		ios += iops * (1 + 2 * exp(-at_s / tau_s)) * noise * (double)step_ns / 1e9;
		if (!prepare_settle_look(settle, now_ns, (uint64_t)ios, (uint64_t)ios * BLOCK))
			break;
	}
	return (unsigned)((now_ns - begun_ns) / NS_PER_S);
}

TEST(a_drive_that_settles_is_found_steady_at_its_level)
{
	struct prepare_settle *settle = malloc(sizeof(*settle));
	struct prepare_settling settling = {0};
	unsigned seconds = run(settle, 10000, 60, 3 * 3600);

	assert_true(seconds > 600 && seconds < 3600);
	prepare_settle_close(settle, &settling);
	assert_true(settling.is_reached);
	assert_true(fabs(settling.iops / 10000 - 1) < 0.02);
	assert_true(fabs(settling.drift) < 0.05);
	assert_true(settling.window_s > 100);
	assert_string_equal(prepare_settle_words(settle), "steady");
	free(settle);
}

TEST(a_drive_that_decays_slower_than_the_time_allows_is_not)
{
	struct prepare_settle *settle = malloc(sizeof(*settle));
	struct prepare_settling settling = {0};

	assert_int_equal(run(settle, 10000, 2400, 1800), 1800);
	prepare_settle_close(settle, &settling);
	assert_false(settling.is_reached);
	assert_true(settling.drift < -0.05);
	assert_string_equal(prepare_settle_words(settle), "not steady yet");
	free(settle);
}

TEST(before_the_first_look_nothing_is_claimed)
{
	struct prepare_settle *settle = malloc(sizeof(*settle));
	struct prepare_settling settling = {.iops = 1};

	run(settle, 10000, 60, 20);
	prepare_settle_close(settle, &settling);
	assert_false(settling.is_reached);
	assert_true(isnan(settling.iops) && isnan(settling.drift));
	assert_true(settling.window_s == 0);
	assert_string_equal(prepare_settle_words(settle), "too early to tell");
	free(settle);
}

/* A machine that slept does not make a second of what were many. */
TEST(late_looks_stand_for_the_seconds_that_went_by)
{
	struct prepare_settle *settle = malloc(sizeof(*settle));

	prepare_settle_open(settle, 1 << 20, 2 << 20, 0);
	assert_true(prepare_settle_look(settle, 500 * NS_PER_MS, 50, 0));
	assert_int_equal(settle->search.added, 0);
	assert_true(prepare_settle_look(settle, 5 * NS_PER_S + 1, 500, 0));
	assert_int_equal(settle->search.added, 5);
	assert_true(fabs(settle->last_iops - 100) < 0.1);
	free(settle);
}

TEST_MAIN(NULL, NULL);
