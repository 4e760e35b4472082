/* SPDX-License-Identifier: MIT */
/* The decision rule as a table of cases, evidence of both kinds, screening, confirming. */
#include "test.h"
#include "verdict/regress.h"

#include "measure/distribution.h"
#include "near.h"
#include "noise.h"

static const struct metric iops = {
	"iops", "/s", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO};
static const struct metric latency = {
	"lat.p50", "ns", METRIC_TYPICAL, METRIC_LOWER_IS_BETTER, METRIC_RATIO};
static const struct metric switches = {
	"switches_per_io", "", METRIC_SWITCHES, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE};
static const struct regress_rule *const rule = &regress_rule_default;

/* The threshold is 0.05. */
TEST(decisions_by_a_table)
{
	static const struct {
		double worsening, lo, hi;
		enum outcome expected;
		bool is_small_loss;
	} table[] = {
		{0.08, 0.06, 0.10, OUTCOME_FAIL, true},
		{0.04, 0.02, 0.06, OUTCOME_FAIL, true},
		/* Beyond half the threshold and surely a loss, though less than the threshold. */
		{0.03, 0.02, 0.04, OUTCOME_FAIL, true},
		{0.02, 0.01, 0.03, OUTCOME_PASS, true},
		{0.00, -0.01, 0.01, OUTCOME_PASS, false},
		{0.02, -0.005, 0.045, OUTCOME_PASS, false},
		{0.02, -0.03, 0.07, OUTCOME_INCONCLUSIVE, false},
		{0.04, -0.01, 0.09, OUTCOME_INCONCLUSIVE, false},
		{0.00, -0.05, 0.05, OUTCOME_INCONCLUSIVE, false}, /* = is not excluded */
		{-0.04, -0.06, -0.02, OUTCOME_IMPROVED, false},
		{-0.02, -0.03, -0.01, OUTCOME_PASS, false},
		/* On the lines: half the threshold is none too much, 0 is not excluded. */
		{0.025, 0.01, 0.04, OUTCOME_PASS, true},
		{-0.025, -0.04, -0.01, OUTCOME_PASS, false},
		{0.04, 0.0, 0.08, OUTCOME_INCONCLUSIVE, false},
		{-0.04, -0.08, 0.0, OUTCOME_PASS, false},
		{-0.04, -0.09, 0.01, OUTCOME_PASS, false},
		{-0.3, -0.8, 0.2, OUTCOME_INCONCLUSIVE, false},
		{0.3, NAN, NAN, OUTCOME_INCONCLUSIVE, false},
		{NAN, NAN, NAN, OUTCOME_INCONCLUSIVE, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct regress_evidence evidence = {
			.worsening = table[i].worsening,
			.lo = table[i].lo,
			.hi = table[i].hi,
			.may_fail = true,
		};
		enum outcome outcome = regress_decide(&evidence, 0.05);

		if (outcome != table[i].expected)
			fail_msg("case %zu is %s, not %s", i, outcome_name(outcome),
				outcome_name(table[i].expected));
		assert_int_equal(regress_is_small_loss(&evidence), table[i].is_small_loss);
		assert_int_equal(regress_control_failed(&evidence, 0.05),
			outcome == OUTCOME_FAIL || outcome == OUTCOME_IMPROVED);
		evidence.may_fail = false;
		assert_int_equal(regress_decide(&evidence, 0.05),
			outcome == OUTCOME_FAIL       ? OUTCOME_INCONCLUSIVE
			: outcome == OUTCOME_IMPROVED ? OUTCOME_PASS
						      : outcome);
	}
}

/* Once the half-width is below half the threshold there is always a verdict. */
TEST(precise_evidence_is_never_inconclusive)
{
	for (double half = 0.001; half < 0.025; half += 0.004) {
		for (double worsening = -0.2; worsening < 0.2; worsening += 0.0037) {
			struct regress_evidence evidence = {
				.worsening = worsening,
				.lo = worsening - half,
				.hi = worsening + half,
				.may_fail = true,
			};
			enum outcome outcome = regress_decide(&evidence, 0.05);

			assert_int_not_equal(outcome, OUTCOME_INCONCLUSIVE);
			assert_int_equal(outcome == OUTCOME_FAIL, worsening > 0.025);
		}
	}
}

TEST(pairs_worsen_by_the_metrics_sense)
{
	static const double d[] = {-0.06, -0.05, -0.07, -0.06, -0.05, -0.06, -0.07};
	struct regress_evidence loss = regress_from_pairs(&iops, d, 7, 1, rule);
	struct regress_evidence gain = regress_from_pairs(&latency, d, 7, 1, rule);
	struct estimate e = estimate_paired(d, 7, 0.02, 1);

	assert_near(loss.worsening, 0.06, 1e-15);
	assert_near(loss.lo, -e.hi, 1e-15);
	assert_near(loss.hi, -e.lo, 1e-15);
	assert_near(loss.p_worse, e.p / 2, 1e-15);
	assert_near(gain.worsening, -0.06, 1e-15);
	assert_near(gain.lo, e.lo, 1e-15);
	assert_near(gain.p_worse, 1 - e.p / 2, 1e-15);
	/* (t_.99 + t_.95) s / sqrt(n) */
	assert_near(loss.smallest_effect, (3.142668 + 1.943180) * e.deviation / sqrt(7), 1e-7);
	assert_int_equal(regress_decide(&loss, log(1.05)), OUTCOME_FAIL);
	assert_int_equal(regress_decide(&gain, log(1.05)), OUTCOME_IMPROVED);
}

TEST(two_pairs_are_no_evidence)
{
	static const double d[] = {-0.5, -0.5, -0.5};
	struct regress_evidence evidence = regress_from_pairs(&iops, d, 2, 1, rule);

	assert_near(evidence.worsening, 0.5, 0);
	assert_true(
		isnan(evidence.lo) && isnan(evidence.p_worse) && isnan(evidence.smallest_effect));
	assert_int_equal(regress_decide(&evidence, 0.05), OUTCOME_INCONCLUSIVE);
	assert_int_equal(regress_screen(&evidence, 0.05, rule), SCREEN_UNSETTLED);
	evidence = regress_from_pairs(&iops, d, 0, 1, rule);
	assert_int_equal(regress_decide(&evidence, 0.05), OUTCOME_INCONCLUSIVE);
	evidence = regress_from_pairs(&iops, d, 3, 1, rule);
	assert_int_equal(regress_decide(&evidence, 0.05), OUTCOME_FAIL);
}

/* Bounds and p-value say the same: worse at 1 % exactly where the lower bound is above 0. */
TEST(bounds_and_p_agree)
{
	struct random random;
	unsigned worse = 0;

	random_init(&random, 3);
	for (int turn = 0; turn < 2000; turn++) {
		double d[20];
		size_t count = 3 + random_below(&random, 18);
		double shift = -2.5 * random_unit(&random) / sqrt((double)count);
		struct regress_evidence evidence;

		for (size_t i = 0; i < count; i++)
			d[i] = shift + noise_normal(&random);
		evidence = regress_from_pairs(&iops, d, count, 1, rule);
		assert_int_equal(evidence.lo > 0, evidence.p_worse <= rule->alpha);
		evidence = regress_from_sessions(
			&iops, d, count, &shift, 1, &estimate_default_prior, 0.05, 0, rule);
		assert_int_equal(evidence.lo > 0, evidence.p_worse <= rule->alpha);
		evidence = regress_from_pairs(&iops, d, count, 1, rule);
		worse += evidence.lo > 0;
	}
	assert_in_range(worse, 100, 1500);
}

TEST(sessions_are_judged_by_their_prediction)
{
	static const double stored[] = {10, 10.02, 9.98, 10.01, 9.99};
	double today = 9.8;
	struct regress_evidence e = regress_from_sessions(
		&iops, stored, 5, &today, 1, &estimate_default_prior, 0.05, 0, rule);
	double deviation = sqrt((0.001 + 4 * 0.0004) / 8);
	double error = deviation * sqrt(1.2);
	double t = distribution_t_quantile(0.99, 8);

	assert_near(e.worsening, 0.2, 1e-12);
	assert_near(e.lo, 0.2 - t * error, 1e-9);
	assert_near(e.hi, 0.2 + t * error, 1e-9);
	assert_near(e.smallest_effect, error * (t + distribution_t_quantile(0.95, 8)), 1e-9);
	assert_near(e.p_worse, distribution_t_cdf(-0.2 / error, 8), 1e-12);
	assert_true(e.may_fail);
	assert_int_equal(regress_decide(&e, log(1.05)), OUTCOME_FAIL);
}

/* A session of two trials is not held to the spread of sessions of twenty. */
TEST(a_shorter_session_has_a_wider_interval)
{
	static const double stored[] = {10, 10.02, 9.98, 10.01, 9.99};
	double today = 9.8;
	struct regress_evidence e = regress_from_sessions(
		&iops, stored, 5, &today, 1, &estimate_default_prior, 0.05, 0.01, rule);
	double error = sqrt((0.001 + 4 * 0.0004) / 8 * 1.2 + 0.01);

	assert_near(e.worsening, 0.2, 1e-12);
	assert_near(e.hi, 0.2 + distribution_t_quantile(0.99, 8) * error, 1e-9);
	assert_int_equal(regress_decide(&e, log(1.05)), OUTCOME_INCONCLUSIVE);
}

TEST(one_stored_session_accuses_of_large_losses_only)
{
	double stored = 10;
	double today = 9;
	struct regress_evidence e = regress_from_sessions(
		&iops, &stored, 1, &today, 1, &estimate_default_prior, log(1.05), 0, rule);

	assert_false(e.may_fail);
	assert_int_equal(regress_decide(&e, log(1.05)), OUTCOME_INCONCLUSIVE);
	e = regress_from_sessions(
		&iops, &stored, 1, &today, 1, &estimate_default_prior, 0.08, 0, rule);
	assert_true(e.may_fail);
	assert_int_equal(regress_decide(&e, 0.08), OUTCOME_FAIL);
	e = regress_from_sessions(&iops, &stored, 1, &today, 1, NULL, 0.5, 0, rule);
	assert_false(e.may_fail);
	assert_int_equal(regress_decide(&e, 0.5), OUTCOME_INCONCLUSIVE);
}

/* Sessions of instructions hardly differ: one stored one accuses of a loss of the default. */
TEST(one_stored_session_accuses_of_more_instructions)
{
	const struct metric instructions = {"instructions_per_io", "", METRIC_INSTRUCTIONS,
		METRIC_LOWER_IS_BETTER, METRIC_RATIO};
	const double threshold = log1p(metric_gate_of(METRIC_INSTRUCTIONS)->threshold);
	const double stored = log(5000), more = log(5000 * 1.03);
	const struct prediction_prior *prior = regress_prior_of(METRIC_INSTRUCTIONS);
	struct regress_evidence e;

	e = regress_from_sessions(
		&instructions, &stored, 1, &more, 1, prior, threshold, 0, &regress_rule_default);
	assert_int_equal(regress_decide(&e, threshold), OUTCOME_FAIL);
	e = regress_from_sessions(
		&instructions, &stored, 1, &stored, 1, prior, threshold, 0, &regress_rule_default);
	assert_int_equal(regress_decide(&e, threshold), OUTCOME_PASS);
	assert_true(e.smallest_effect < threshold);
	assert_ptr_equal(regress_prior_of(METRIC_CPU), &estimate_default_prior);
}

TEST(thresholds_live_on_the_scale)
{
	assert_near(regress_threshold(&iops, 0.05, 0, 12), -log(0.95), 1e-15);
	assert_near(regress_loss(&iops, -log(0.95)), 0.05, 1e-15);
	assert_true(isinf(regress_threshold(&iops, 1, 0, 12)));
	assert_near(regress_threshold(&latency, 0.05, 0, 12), log(1.05), 1e-15);
	assert_near(regress_loss(&latency, log(3)), 2, 1e-15);
	assert_near(regress_loss(&switches, 0.2), 0.2, 1e-15);
	assert_near(regress_threshold(&switches, 0.1, 0.05, 2), 0.2, 1e-15);
	assert_near(regress_threshold(&switches, 0.1, 0.05, 0.1), 0.05, 1e-15);
}

TEST(screening_sorts_gates)
{
	static const struct {
		double worsening, lo, hi, p;
		enum regress_screen expected;
	} table[] = {
		{0.04, -0.01, 0.09, 0.04, SCREEN_CANDIDATE},
		{0.04, 0.01, 0.07, 0.001, SCREEN_CANDIDATE},
		{0.04, -0.02, 0.10, 0.06, SCREEN_UNSETTLED},
		{0.02, 0.01, 0.03, 0.001, SCREEN_SETTLED}, /* a loss too small to mind */
		{0.0, -0.01, 0.01, 0.5, SCREEN_SETTLED},
		{0.0, -0.06, 0.06, 0.5, SCREEN_UNSETTLED},
		{-0.08, -0.1, -0.06, 0.999, SCREEN_SETTLED},
		{0.3, NAN, NAN, NAN, SCREEN_UNSETTLED},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct regress_evidence evidence = {
			.worsening = table[i].worsening,
			.lo = table[i].lo,
			.hi = table[i].hi,
			.p_worse = table[i].p,
			.may_fail = true,
		};

		if (regress_screen(&evidence, 0.05, rule) != table[i].expected)
			fail_msg("case %zu", i);
	}
	assert_int_equal(regress_next_look(rule, 0), 7);
	assert_int_equal(regress_next_look(rule, 7), 9);
	assert_int_equal(regress_next_look(rule, 13), 20);
	assert_int_equal(regress_next_look(rule, 20), 0);
	assert_int_equal(rule->confirm_blocks, 12);
}

TEST(confirming_judges_candidates_as_one_family)
{
	struct regress_evidence evidence[] = {
		{.worsening = 0.06, .lo = 0.02, .hi = 0.1, .p_worse = 0.002, .may_fail = true},
		{.worsening = 0.06, .lo = 0.01, .hi = 0.1, .p_worse = 0.006, .may_fail = true},
		{.worsening = 0.00, .lo = -0.02, .hi = 0.02, .p_worse = 0.5, .may_fail = true},
		{.worsening = NAN, .lo = NAN, .hi = NAN, .p_worse = NAN, .may_fail = true},
	};
	static const double thresholds[] = {0.05, 0.05, 0.05, 0.05};
	enum outcome outcomes[4];

	regress_confirm(evidence, thresholds, 4, rule, outcomes);
	/* Three were tested: 3 x 0.002 is enough, 2 x 0.006 is not. */
	assert_int_equal(outcomes[0], OUTCOME_FAIL);
	assert_int_equal(outcomes[1], OUTCOME_INCONCLUSIVE);
	assert_int_equal(outcomes[2], OUTCOME_PASS);
	assert_int_equal(outcomes[3], OUTCOME_INCONCLUSIVE);
	regress_confirm(evidence + 1, thresholds, 1, rule, outcomes);
	assert_int_equal(outcomes[0], OUTCOME_FAIL);
	regress_confirm(evidence, thresholds, 0, rule, outcomes);
}

TEST_MAIN(NULL, NULL);
