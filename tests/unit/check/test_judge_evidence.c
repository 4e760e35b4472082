/* SPDX-License-Identifier: MIT */
/* Gates out of figures without noise: levels, changes, thresholds and reasons to the digit. */
#include "check/judge.h"
#include "test.h"

#include <math.h>
#include <string.h>

#include "judge_bench.h"
#include "near.h"

#define assert_is(actual, expected) assert_near(actual, expected, 1e-9 * fabs((double)(expected)))

static const struct rig_contender still[] = {{"a", 1000, 0}, {"b", 2000, 0}};

/* Sessions of 7 blocks without noise, at these rates of "a"; "b" does twice as much. */
static void store(struct bench *b, const double *rates, size_t count)
{
	start(b, still, 2, 0);
	for (size_t i = 0; i < count; i++) {
		const struct rig_contender contenders[] = {
			{"a", rates[i], 0}, {"b", 2 * rates[i], 0}};

		baseline_add(&b->baseline,
			rig_session(&b->baseline.arena, (unsigned)i, contenders, 2, 7, &b->random),
			false);
	}
}

static void judge(struct bench *b, bool is_stored, const struct check_session *today, size_t count)
{
	check_restart(&b->report);
	judge_begin(&b->judgement, &b->report, &b->settings, is_stored ? &b->baseline : NULL, today,
		count);
}

static const struct decide_case *find_case(const struct bench *b, const char *name)
{
	size_t gate = (size_t)(rig_gate(&b->report, name) - b->report.gates);

	for (size_t i = 0; i < b->judgement.case_count; i++) {
		if (b->judgement.cases[i].gate == gate)
			return &b->judgement.cases[i];
	}
	return NULL;
}

/* The command line's over the baseline's over the default; of several the last. */
TEST(the_last_threshold_that_names_the_gate_counts)
{
	const struct baseline_threshold asked[] = {
		{"read.iops", 0.2}, {"a.read.iops", 0.3}, {"b.read.iops", 0.4}};
	struct baseline_threshold kept[] = {{"read.iops", 0.6}, {"read.lat.p50", 0.7}};
	const double rates[] = {1000};
	struct bench b;
	const struct check_session *today;

	store(&b, rates, 1);
	today = rig_session(&b.report.arena, 9, still, 2, 7, &b.random);
	judge(&b, true, today, 1);
	assert_is(rig_gate(&b.report, "a.read.iops")->threshold, 0.05);
	assert_is(find_case(&b, "a.read.iops")->threshold, -log(0.95));
	assert_is(find_case(&b, "a.read.lat.p50")->threshold, log(1.05));
	assert_is(rig_gate(&b.report, "a.syscalls_per_io")->absolute, 0.02);
	b.baseline.thresholds = kept;
	b.baseline.threshold_count = 2;
	b.settings.thresholds = asked;
	b.settings.threshold_count = 3;
	judge(&b, true, today, 1);
	assert_is(rig_gate(&b.report, "a.read.iops")->threshold, 0.3);
	assert_is(rig_gate(&b.report, "b.read.iops")->threshold, 0.4);
	assert_is(rig_gate(&b.report, "a.read.lat.p50")->threshold, 0.7);
	b.settings.threshold_count = 0;
	judge(&b, true, today, 1);
	assert_is(rig_gate(&b.report, "a.read.iops")->threshold, 0.6);
	/* Without a baseline there is nobody to have kept it. */
	b.settings.threshold_count = 1;
	((struct check_session *)today)->reference = "a";
	judge(&b, false, today, 1);
	assert_is(rig_gate(&b.report, "b.read.iops")->threshold, 0.2);
	assert_is(rig_gate(&b.report, "b.read.lat.p50")->threshold, 0.05);
	end(&b);
}

/* Who asks for a threshold of a count means that one, and no amount besides. */
TEST(an_asked_threshold_has_no_amount_beside_it)
{
	const struct baseline_threshold asked = {"syscalls_per_io", 0.001};
	const double rates[] = {1000};
	struct bench b;
	struct check_session *today;

	store(&b, rates, 1);
	today = rig_session(&b.report.arena, 9, still, 2, 7, &b.random);
	for (size_t i = 0; i < 7; i++)
		today->contenders[0].trials[i].values[VALUE_SYSCALLS_PER_IO] = 1.01;
	judge(&b, true, today, 1);
	assert_int_equal(rig_gate(&b.report, "a.syscalls_per_io")->outcome, OUTCOME_PASS);
	assert_is(rig_gate(&b.report, "a.syscalls_per_io")->change, 1.01 - 1);
	b.settings.thresholds = &asked;
	b.settings.threshold_count = 1;
	judge(&b, true, today, 1);
	assert_int_equal(rig_gate(&b.report, "a.syscalls_per_io")->outcome, OUTCOME_FAIL);
	assert_true(rig_gate(&b.report, "a.syscalls_per_io")->absolute == 0);
	end(&b);
}

TEST(levels_are_means_of_sessions_on_the_scale_of_the_analysis)
{
	const double rates[] = {1000, 4000};
	const struct check_gate *gate;
	struct check_session today[2];
	struct bench b;

	store(&b, rates, 2);
	today[0] = *rig_session(&b.report.arena, 9, still, 2, 7, &b.random);
	today[1] = *rig_session(&b.report.arena, 10, still, 1, 3, &b.random);
	for (size_t i = 0; i < 3; i++)
		rig_fill(&today[1].contenders[0].trials[i], 3000 * pow(3, (double)i));
	judge(&b, true, today, 2);
	gate = rig_gate(&b.report, "a.read.iops");
	assert_int_equal(gate->kind, GATE_ABSOLUTE);
	assert_is(gate->before, 2000); /* not 2500 */
	assert_is(gate->now, 3000);    /* each session once, however many blocks it has */
	assert_is(gate->change, 0.5);
	assert_true(gate->change_lo < gate->change && gate->change < gate->change_hi);
	assert_int_equal(gate->before_count, 2);
	assert_int_equal(gate->now_count, 10);
	/* Less latency: a change below 0, which is no loss. */
	gate = rig_gate(&b.report, "a.read.lat.p50");
	assert_is(gate->change, 2.0 / 3 - 1);
	assert_true(gate->change_lo < gate->change && gate->change < gate->change_hi);
	assert_true(find_case(&b, "a.read.lat.p50")->evidence.worsening < 0);
	/* One of today's sessions does not have "b". */
	assert_int_equal(rig_gate(&b.report, "b.read.iops")->now_count, 7);
	end(&b);
}

TEST(ratios_are_held_to_ratios)
{
	const double rates[] = {1000, 4000};
	const struct rig_contender slower[] = {{"a", 500, 0}, {"b", 750, 0}};
	const struct check_gate *gate;
	struct check_session today[2];
	struct bench b;

	store(&b, rates, 2);
	for (size_t i = 0; i < 2; i++)
		b.baseline.sessions[i].session.reference = "a";
	today[0] = *rig_session(&b.report.arena, 9, slower, 2, 7, &b.random);
	today[0].environment.hard.items[0].value = "6502"; /* levels would be left out */
	today[1] = *rig_session(&b.report.arena, 9, &slower[1], 1, 7, &b.random);
	judge(&b, true, today, 2); /* the second has nothing that "b" could be held against */
	gate = rig_gate(&b.report, "b.read.iops");
	assert_int_equal(gate->kind, GATE_RELATIVE);
	assert_is(gate->before, 2);
	assert_is(gate->now, 1.5);
	assert_is(gate->change, -0.25);
	assert_int_equal(gate->now_count, 7);
	/* Counts are no ratios: they are held to each other. */
	assert_int_equal(rig_gate(&b.report, "b.syscalls_per_io")->kind, GATE_EXACT);
	assert_is(rig_gate(&b.report, "b.syscalls_per_io")->before, 1);
	end(&b);
}

static void assert_reason(
	const struct bench *b, const char *name, enum outcome outcome, const char *reason)
{
	const struct check_gate *gate = rig_gate(&b->report, name);

	if (gate->outcome != outcome || !gate->reason || strcmp(gate->reason, reason) != 0)
		fail_msg("%s: outcome %d: %s", name, gate->outcome, gate->reason);
	assert_null(find_case(b, name));
}

TEST(what_cannot_be_held_to_anything_says_why)
{
	const struct baseline_threshold asked[] = {{"read.iops", 0.3}, {"read.lat.p99", 0.3}};
	const double rates[] = {1000, 1000};
	struct bench b;
	struct check_session *today;

	store(&b, rates, 2);
	b.settings.thresholds = asked;
	b.settings.threshold_count = 2;
	today = rig_session(&b.report.arena, 9, still, 2, 7, &b.random);
	for (size_t i = 0; i < 7; i++) {
		today->contenders[0].trials[i].values[VALUE_READ_IOPS] = NAN;
		today->contenders[0].trials[i].values[VALUE_SYSCALLS_PER_IO] = NAN;
	}
	today->contenders[1].trials[6].window_s = 1; /* 20 beyond p99 of one trial alone */
	judge(&b, true, today, 1);
	assert_reason(&b, "a.read.iops", OUTCOME_INCONCLUSIVE, "one side did not measure it");
	assert_reason(&b, "a.syscalls_per_io", OUTCOME_INCONCLUSIVE, "one side did not measure it");
	assert_reason(&b, "b.read.lat.p99", OUTCOME_INCONCLUSIVE,
		"too few I/Os beyond the percentile in a trial");
	assert_non_null(find_case(&b, "b.read.iops"));
	/* Levels of another machine are nothing to be held to; ratios are, and then they suffice.
	 */
	today->environment.hard.items[0].value = "6502";
	judge(&b, true, today, 1);
	assert_reason(
		&b, "b.read.iops", OUTCOME_INCOMPARABLE, "the baseline is of another machine");
	for (size_t i = 0; i < 2; i++) {
		b.baseline.sessions[i].session.contenders[0].reference = "b";
		b.baseline.sessions[i].session.contenders[1].reference = NULL;
	}
	b.settings.thresholds = &(struct baseline_threshold){"b.read.iops", 0.3};
	b.settings.threshold_count = 1;
	judge(&b, true, today, 1);
	assert_reason(&b, "b.read.iops", OUTCOME_SKIPPED, "the baseline is of another machine");
	end(&b);
}

TEST(pairs_are_what_is_shown)
{
	const struct check_gate *gate;
	struct bench b;
	struct check_session *today;

	start(&b, still, 2, 0);
	today = rig_session(&b.report.arena, 9, still, 2, 7, &b.random);
	today->reference = "a";
	for (size_t i = 0; i < 7; i++)
		today->contenders[1].trials[i].values[VALUE_SYSCALLS_PER_IO] = 1.5;
	judge(&b, false, today, 1);
	gate = rig_gate(&b.report, "b.read.iops");
	assert_int_equal(gate->kind, GATE_PAIRED);
	assert_is(gate->before, 1000);
	assert_is(gate->now, 2000);
	assert_is(gate->change, 1);
	assert_int_equal(gate->before_count, 7);
	assert_is(rig_gate(&b.report, "b.read.lat.p50")->change, -0.5);
	assert_true(find_case(&b, "b.read.iops")->evidence.worsening < 0);
	gate = rig_gate(&b.report, "b.syscalls_per_io");
	assert_int_equal(gate->kind, GATE_EXACT);
	assert_int_equal(gate->outcome, OUTCOME_FAIL);
	assert_is(gate->before, 1);
	assert_is(gate->now, 1.5);
	assert_is(gate->change, 0.5);
	assert_int_equal(gate->now_count, 7);
	end(&b);
}

/* Half of the trials of stored sessions: the mean of today moves by more. */
TEST(short_sessions_of_today_widen_the_bounds)
{
	const double rates[] = {1000, 1000, 1000};
	struct bench b;
	struct check_session *today;
	double whole, half, twice_as_long;

	store(&b, rates, 3);
	for (size_t s = 0; s < 3; s++) {
		for (size_t i = 0; i < 7; i++)
			rig_fill(&b.baseline.sessions[s].session.contenders[0].trials[i],
				1000 + 10 * (double)i);
	}
	today = rig_session(&b.report.arena, 9, still, 2, 14, &b.random);
	judge(&b, true, today, 1);
	twice_as_long = find_case(&b, "a.read.iops")->evidence.smallest_effect;
	today->block_count = 7;
	judge(&b, true, today, 1);
	whole = find_case(&b, "a.read.iops")->evidence.smallest_effect;
	today->block_count = 3;
	judge(&b, true, today, 1);
	half = find_case(&b, "a.read.iops")->evidence.smallest_effect;
	assert_is(whole, twice_as_long);
	assert_true(half > 1.02 * whole);
	end(&b);
}

TEST(limits_are_held_to_all_of_todays_trials)
{
	static const struct assertion limits[] = {{"a", VALUE_READ_IOPS, GATE_AT_LEAST, 1000},
		{"b", VALUE_READ_P99, GATE_AT_MOST, 1e7}, {"c", VALUE_READ_IOPS, GATE_AT_LEAST, 1}};
	const struct check_gate *gate;
	struct check_session today[2];
	struct bench b;

	start(&b, still, 2, 0);
	b.settings.assertions = limits;
	b.settings.assertion_count = 3;
	today[0] = *rig_session(&b.report.arena, 9, still, 1, 2, &b.random);
	today[1] = *rig_session(&b.report.arena, 10, still, 2, 2, &b.random);
	judge(&b, false, today, 1);
	gate = rig_gate(&b.report, "a.read.iops");
	assert_int_equal(gate->now_count, 2);
	assert_int_equal(gate->outcome, OUTCOME_INCONCLUSIVE);
	assert_string_equal(gate->reason, "one or two trials give no interval");
	assert_string_equal(rig_gate(&b.report, "c.read.iops")->reason, "it was not measured");
	rig_fill(&today[0].contenders[0].trials[0], 900);
	rig_fill(&today[1].contenders[0].trials[0], 1100);
	judge(&b, false, today, 2);
	gate = rig_gate(&b.report, "a.read.iops");
	assert_int_equal(gate->kind, GATE_ASSERTED);
	assert_int_equal(gate->now_count, 4);
	assert_near(gate->now, 1000, 5);
	assert_true(gate->limit == 1000);
	assert_int_equal(gate->outcome, OUTCOME_INCONCLUSIVE);
	assert_non_null(strstr(gate->reason, "contains the limit"));
	assert_int_equal(rig_gate(&b.report, "b.read.lat.p99")->relation, GATE_AT_MOST);
	end(&b);
}

/* Twice what is tolerated, of what the first loss has left: 1 - 0.93 * 0.93. */
TEST(the_anchor_has_the_threshold_twice_over)
{
	const struct baseline_threshold asked = {"a.read.iops", 0.07};
	const double rates[] = {1000, 1000};
	struct bench b;

	store(&b, rates, 2);
	b.baseline.sessions[0].is_anchor = true;
	b.settings.thresholds = &asked;
	b.settings.threshold_count = 1;
	judge(&b, true, rig_session(&b.report.arena, 9, still, 2, 7, &b.random), 1);
	assert_is(rig_gate(&b.report, "a.read.iops (anchor)")->threshold, 1 - 0.93 * 0.93);
	assert_is(rig_gate(&b.report, "b.read.iops (anchor)")->threshold, 0.1);
	assert_is(rig_gate(&b.report, "a.read.lat.p99 (anchor)")->threshold, 1.1 * 1.1 - 1);
	assert_true(rig_gate(&b.report, "a.read.iops (anchor)")->is_anchor);
	assert_int_equal(rig_gate(&b.report, "a.read.iops (anchor)")->before_count, 1);
	assert_int_equal(rig_gate(&b.report, "a.read.iops")->before_count, 2);
	end(&b);
}

TEST_MAIN(NULL, NULL);
