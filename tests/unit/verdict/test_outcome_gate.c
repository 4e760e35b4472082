/* SPDX-License-Identifier: MIT */
/* Exact gates, assertions of a job file. */
#include "test.h"
#include "verdict/outcome.h"

#include "near.h"

static const struct metric iops = {
	"iops", "/s", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO};
static const struct metric calls = {
	"syscalls_per_io", "", METRIC_COUNTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE};
static const struct metric batch = {
	"batch", "", METRIC_COUNTS, METRIC_HIGHER_IS_BETTER, METRIC_DIFFERENCE};

TEST(exact_gates_by_a_table)
{
	static const struct {
		const struct metric *metric;
		double stored, today;
		enum outcome expected;
	} table[] = {
		{&calls, 1, 1, OUTCOME_PASS},
		{&calls, 1, 1.0199, OUTCOME_PASS},
		{&calls, 1, 1.021, OUTCOME_FAIL},
		{&calls, 1, 0.979, OUTCOME_IMPROVED},
		/* 2 % of little is nothing: 0.02 counts. */
		{&calls, 0.03, 0.049, OUTCOME_PASS},
		{&calls, 0.03, 0.051, OUTCOME_FAIL},
		{&calls, 0, 0.01, OUTCOME_PASS},
		{&calls, 10, 10.19, OUTCOME_PASS},
		{&calls, 10, 10.21, OUTCOME_FAIL},
		{&batch, 32, 31.5, OUTCOME_PASS},
		{&batch, 32, 16, OUTCOME_FAIL},
		{&batch, 16, 32, OUTCOME_IMPROVED},
		{&calls, NAN, 1, OUTCOME_INCONCLUSIVE},
		{&calls, 1, NAN, OUTCOME_INCONCLUSIVE},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		enum outcome outcome = outcome_gate_exact(
			table[i].metric, table[i].stored, table[i].today, 0.02, 0.02);

		if (outcome != table[i].expected)
			fail_msg("case %zu is %s", i, outcome_name(outcome));
	}
}

static struct estimate level_of(double value, double lo, double hi)
{
	return (struct estimate){
		.value = log(value),
		.lo = log(lo),
		.hi = log(hi),
		.count = 5,
		.method = ESTIMATE_T,
	};
}

TEST(assertions_need_the_whole_interval)
{
	struct estimate level = level_of(500e3, 490e3, 510e3);

	assert_int_equal(
		outcome_gate_asserted(&iops, &level, GATE_AT_LEAST, log(480e3)), OUTCOME_PASS);
	assert_int_equal(
		outcome_gate_asserted(&iops, &level, GATE_AT_LEAST, log(490e3)), OUTCOME_PASS);
	assert_int_equal(outcome_gate_asserted(&iops, &level, GATE_AT_LEAST, log(500e3)),
		OUTCOME_INCONCLUSIVE);
	assert_int_equal(
		outcome_gate_asserted(&iops, &level, GATE_AT_LEAST, log(520e3)), OUTCOME_FAIL);
	assert_int_equal(
		outcome_gate_asserted(&iops, &level, GATE_AT_MOST, log(520e3)), OUTCOME_PASS);
	assert_int_equal(outcome_gate_asserted(&iops, &level, GATE_AT_MOST, log(500e3)),
		OUTCOME_INCONCLUSIVE);
	assert_int_equal(
		outcome_gate_asserted(&iops, &level, GATE_AT_MOST, log(480e3)), OUTCOME_FAIL);
}

TEST(one_trial_is_enough_for_counters_only)
{
	struct estimate noisy = {.value = log(500e3), .lo = NAN, .hi = NAN, .count = 1};
	struct estimate exact = {.value = 0.05, .lo = NAN, .hi = NAN, .count = 1};
	struct estimate missing = {.value = NAN, .lo = NAN, .hi = NAN};

	assert_int_equal(
		outcome_gate_asserted(&iops, &noisy, GATE_AT_LEAST, log(1)), OUTCOME_INCONCLUSIVE);
	assert_int_equal(outcome_gate_asserted(&calls, &exact, GATE_AT_MOST, 0.1), OUTCOME_PASS);
	assert_int_equal(outcome_gate_asserted(&calls, &exact, GATE_AT_MOST, 0.05), OUTCOME_PASS);
	assert_int_equal(outcome_gate_asserted(&calls, &exact, GATE_AT_MOST, 0.04), OUTCOME_FAIL);
	assert_int_equal(
		outcome_gate_asserted(&calls, &missing, GATE_AT_MOST, 0.04), OUTCOME_INCONCLUSIVE);
}

TEST(kinds_have_names)
{
	assert_string_equal(outcome_gate_kind_name(GATE_EXACT), "exact");
	assert_string_equal(outcome_gate_kind_name(GATE_PAIRED), "paired");
	assert_string_equal(outcome_gate_kind_name(GATE_RELATIVE), "relative");
	assert_string_equal(outcome_gate_kind_name(GATE_ABSOLUTE), "absolute");
	assert_string_equal(outcome_gate_kind_name(GATE_ASSERTED), "asserted");
}

TEST_MAIN(NULL, NULL);
