/* SPDX-License-Identifier: MIT */
/* What people read of a gate: the unit, the sign, and a dash for what is not known. */
#include "check/check_text.h"
#include "test.h"

#include <math.h>
#include <string.h>

static struct arena arena;

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Of this metric; what a gate is without figures. */
static struct check_gate gate_of(enum trial_value value, enum gate_kind kind)
{
	return (struct check_gate){.name = "j.metric",
		.metric = &trial_value_metrics[value],
		.kind = kind,
		.threshold = NAN,
		.before = NAN,
		.now = NAN,
		.change = NAN,
		.change_lo = NAN,
		.change_hi = NAN,
		.smallest_loss = NAN};
}

TEST_FIXTURE(NULL, forget);

TEST(levels_have_the_unit_of_their_metric)
{
	static const struct {
		enum trial_value value;
		enum gate_kind kind;
		double level;
		const char *words;
	} cases[] = {
		{VALUE_READ_IOPS, GATE_ABSOLUTE, 804000, "804k/s"},
		{VALUE_READ_P99, GATE_ABSOLUTE, 38200, "38.2 µs"},
		{VALUE_READ_BANDWIDTH, GATE_ABSOLUTE, 1 << 20, "1.00 MiB/s"},
		{VALUE_SYSCALLS_PER_IO, GATE_EXACT, 0.5, "0.500"},
		{VALUE_ERRORS, GATE_EXACT, 0, "0"},
		{VALUE_READ_IOPS, GATE_RELATIVE, 1.15, "1.15×"},
		{VALUE_READ_P99, GATE_RELATIVE, 0.5, "0.500×"},
		{VALUE_STALLS, GATE_RELATIVE, -0.0222, "-0.0222"},
		{VALUE_READ_IOPS, GATE_ABSOLUTE, NAN, "–"},
		{VALUE_READ_IOPS, GATE_RELATIVE, INFINITY, "–"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_gate gate = gate_of(cases[i].value, cases[i].kind);

		assert_string_equal(
			check_text_level(&gate, cases[i].level, &arena), cases[i].words);
	}
}

TEST(changes_are_percentages_where_a_metric_is_never_nothing)
{
	struct check_gate gate = gate_of(VALUE_READ_IOPS, GATE_ABSOLUTE);

	assert_string_equal(check_text_change(&gate, -0.078, &arena), "-7.8 %");
	assert_string_equal(check_text_change(&gate, 0.5, &arena), "+50.0 %");
	assert_string_equal(check_text_change(&gate, NAN, &arena), "–");
	/* Of one that may be nothing, the plain difference. */
	gate = gate_of(VALUE_SWITCHES_PER_IO, GATE_ABSOLUTE);
	assert_string_equal(check_text_change(&gate, 0.02, &arena), "+0.02");
	/* An exact one is held against what it was, if that is something. */
	gate = gate_of(VALUE_SYSCALLS_PER_IO, GATE_EXACT);
	gate.before = 0.5;
	assert_string_equal(check_text_change(&gate, 0.25, &arena), "+50.0 %");
	gate.before = 0;
	assert_string_equal(check_text_change(&gate, 0.25, &arena), "+0.25");
}

TEST(bounds_are_both_or_none)
{
	struct check_gate gate = gate_of(VALUE_READ_IOPS, GATE_ABSOLUTE);

	gate.change_lo = -0.091;
	assert_string_equal(check_text_bounds(&gate, &arena), "");
	gate.change_hi = -0.064;
	assert_string_equal(check_text_bounds(&gate, &arena), "[-9.1, -6.4]");
	gate.change_lo = -INFINITY;
	assert_string_equal(check_text_bounds(&gate, &arena), "");
	gate = gate_of(VALUE_SWITCHES_PER_IO, GATE_ABSOLUTE);
	gate.change_lo = -0.001;
	gate.change_hi = 0.0125;
	assert_string_equal(check_text_bounds(&gate, &arena), "[-0.001, 0.0125]");
}

TEST(limits_have_the_sign_of_a_loss)
{
	struct check_gate gate = gate_of(VALUE_READ_IOPS, GATE_ABSOLUTE);

	gate.threshold = 0.05;
	assert_string_equal(check_text_limit(&gate, &arena), "-5 %");
	gate.metric = &trial_value_metrics[VALUE_READ_P99];
	assert_string_equal(check_text_limit(&gate, &arena), "+5 %");
	gate.absolute = 0.02;
	assert_string_equal(check_text_limit(&gate, &arena), "+5 % or 0.02");
	gate.metric = &trial_value_metrics[VALUE_ERRORS]; /* none is tolerated */
	assert_string_equal(check_text_limit(&gate, &arena), "");
	gate = gate_of(VALUE_READ_P99, GATE_ASSERTED);
	gate.relation = GATE_AT_MOST;
	gate.limit = 200000;
	assert_string_equal(check_text_limit(&gate, &arena), "<= 200 µs");
	gate.metric = &trial_value_metrics[VALUE_READ_IOPS];
	gate.relation = GATE_AT_LEAST;
	assert_string_equal(check_text_limit(&gate, &arena), ">= 200k/s");
}

TEST(sentences_have_what_is_known)
{
	struct check_gate gate = gate_of(VALUE_READ_IOPS, GATE_ABSOLUTE);

	assert_string_equal(check_text_sentence(&gate, &arena), "j.metric");
	gate.reason = "another machine";
	assert_string_equal(check_text_sentence(&gate, &arena), "j.metric: another machine");
	gate.threshold = 0.05;
	gate.change = -0.078;
	gate.reason = NULL;
	assert_string_equal(
		check_text_sentence(&gate, &arena), "j.metric -7.8 %, limit -5 %, sees –");
	gate.change_lo = -0.091;
	gate.change_hi = -0.064;
	gate.smallest_loss = 0.031;
	gate.reason = "few trials";
	assert_string_equal(check_text_sentence(&gate, &arena),
		"j.metric -7.8 % [-9.1, -6.4], limit -5 %, sees 3.1 %: few trials");
	gate = gate_of(VALUE_SYSCALLS_PER_IO, GATE_EXACT);
	gate.before = 1;
	gate.change = 0.5;
	gate.threshold = 0.01;
	assert_string_equal(check_text_sentence(&gate, &arena), "j.metric +50.0 %, limit +1 %");
	gate = gate_of(VALUE_READ_P99, GATE_ASSERTED);
	gate.now = 250000;
	gate.relation = GATE_AT_MOST;
	gate.limit = 200000;
	assert_string_equal(
		check_text_sentence(&gate, &arena), "j.metric is 250 µs, limit <= 200 µs");
}

TEST(changes_of_a_machine_are_listed)
{
	struct check_change items[] = {{"kernel", "6.6", "6.8", false}, {"smt", NULL, "on", true}};
	const struct check_changes none = {0}, both = {2, items};

	assert_null(check_text_changes("changed", &none, &arena));
	assert_string_equal(check_text_changes("changed", &both, &arena),
		"changed: kernel 6.6 -> 6.8, smt (unknown) -> on (allowed)");
}

/* The counts of gates with these outcomes, judged by this policy. */
static const char *counts(
	const enum outcome *outcomes, size_t count, const struct outcome_policy *policy)
{
	struct check report;
	const char *text;

	check_init(&report);
	for (size_t i = 0; i < count; i++)
		check_add_gate(&report)->outcome = outcomes[i];
	check_conclude(&report, policy);
	text = check_text_counts(&report, &arena);
	check_free(&report);
	return text;
}

TEST(counts_say_which_option_made_another_exit_code)
{
	static const enum outcome open[] = {OUTCOME_PASS, OUTCOME_INCONCLUSIVE, OUTCOME_PASS};
	static const enum outcome better[] = {OUTCOME_IMPROVED};
	const struct outcome_policy none = {0};
	const struct outcome_policy passes = {.inconclusive = INCONCLUSIVE_PASSES};
	const struct outcome_policy fails = {.inconclusive = INCONCLUSIVE_FAILS};
	const struct outcome_policy both = {
		.inconclusive = INCONCLUSIVE_FAILS, .improved = IMPROVED_FAILS};

	assert_string_equal(counts(NULL, 0, &none), "no gate");
	assert_string_equal(counts(open, 3, &none), "1 inconclusive, 2 pass");
	assert_string_equal(counts(open, 3, &passes),
		"1 inconclusive, 2 pass; exit code 0 by --inconclusive=pass");
	assert_string_equal(counts(open, 3, &fails),
		"1 inconclusive, 2 pass; exit code 1 by --inconclusive=fail");
	assert_string_equal(counts(better, 1, &both), "1 improved; exit code 1 by --improved=fail");
}

TEST_MAIN(NULL, NULL);
