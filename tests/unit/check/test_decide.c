/* SPDX-License-Identifier: MIT */
/* Arms of one session against each other: screened, and confirmed by fresh trials. */
#include "check/decide.h"
#include "test.h"

#include <string.h>

#include "judge_bench.h"
#include "sample_record.h"

static size_t count_candidates(const struct judgement *judgement)
{
	size_t count = 0;

	for (size_t i = 0; i < judgement->case_count; i++)
		count += judgement->cases[i].screen == SCREEN_CANDIDATE;
	return count;
}

static struct check_control fresh_control; /* of the fresh trials of screen_and_confirm */

/* The pairs of today, and of fresh trials. */
static int screen_and_confirm(
	struct bench *b, const struct rig_contender *first, const struct rig_contender *second)
{
	const struct outcome_policy policy = {0};
	struct check fresh_report;
	struct judgement fresh;
	struct check_session *today = measure(b, first, 2), *again;

	today->reference = "libaio";
	today->contenders[1].mismatch = "it polls";
	check_restart(&b->report);
	judge_begin(&b->judgement, &b->report, &b->settings, NULL, today, 1);
	(void)decide_screen(&b->judgement);
	assert_true(count_candidates(&b->judgement) > 0);
	check_init(&fresh_report);
	again = rig_session(&fresh_report.arena, 101, second, 2, 12, &b->random);
	again->reference = "libaio";
	again->contenders[1].mismatch = "it polls";
	again->control = fresh_control;
	judge_begin(&fresh, &fresh_report, &b->settings, NULL, again, 1);
	decide_confirm(&b->judgement, &fresh);
	check_conclude(&b->report, &policy);
	check_free(&fresh_report);
	return b->report.exit_code;
}

TEST(pairs_are_confirmed_by_fresh_blocks_alone)
{
	const struct rig_contender worse[] = {{"libaio", 100000, 0.005}, {"uring", 88000, 0.005}};
	const struct rig_contender equal[] = {{"libaio", 100000, 0.005}, {"uring", 100000, 0.005}};
	struct bench b;

	start(&b, duel, 2, 1);
	/* What looked like a loss was not there the second time. */
	assert_int_equal(screen_and_confirm(&b, worse, equal), EXIT_DONE);
	assert_int_equal(rig_gate(&b.report, "uring.read.iops")->kind, GATE_PAIRED);
	assert_int_equal(rig_gate(&b.report, "uring.read.iops")->now_count, 12);
	assert_int_equal(screen_and_confirm(&b, worse, worse), EXIT_REGRESSION);
	end(&b);
}

static bool has_note(const struct check *report, const char *part)
{
	for (size_t i = 0; i < report->note_count; i++) {
		if (strstr(report->notes[i], part))
			return true;
	}
	return false;
}

TEST(why_fresh_trials_cannot_tell_is_said)
{
	const struct rig_contender worse[] = {{"libaio", 100000, 0.005}, {"uring", 88000, 0.005}};
	struct bench b;

	start(&b, duel, 2, 1);
	fresh_control = (struct check_control){.is_known = true, 1.3, 1.2, 1.4};
	assert_int_equal(screen_and_confirm(&b, worse, worse), EXIT_INCONCLUSIVE);
	assert_string_equal(
		rig_gate(&b.report, "uring.read.iops")->reason, "the session was disturbed");
	assert_true(has_note(
		&b.report, "fresh trials: the control, which is the reference measured again"));
	/* What was noted of the first ones already is not said again. */
	assert_true(has_note(&b.report, "uring is not what its name says"));
	assert_false(has_note(&b.report, "fresh trials: uring"));
	fresh_control = (struct check_control){0};
	end(&b);
}

TEST(one_block_is_no_interval)
{
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 1);
	today = rig_session(&b.report.arena, 100, duel, 2, 1, &b.random);
	today->reference = "libaio";
	judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
	decide_all(&b.judgement);
	assert_int_equal(rig_gate(&b.report, "uring.read.iops")->outcome, OUTCOME_INCONCLUSIVE);
	assert_string_equal(
		rig_gate(&b.report, "uring.read.iops")->reason, "too few blocks for an interval");
	end(&b);
}

/* Fresh trials could not accuse it either: more of the first ones may calm the session. */
TEST(a_disturbed_session_has_no_candidates)
{
	const struct rig_contender worse[] = {{"libaio", 100000, 0.005}, {"uring", 88000, 0.005}};
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 1);
	today = measure(&b, worse, 2);
	today->reference = "libaio";
	judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
	assert_int_equal(decide_screen(&b.judgement), 0);
	assert_true(count_candidates(&b.judgement) > 0);
	today->control = (struct check_control){true, 1.3, 1.2, 1.4};
	check_restart(&b.report);
	judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
	assert_true(decide_screen(&b.judgement) > 0);
	assert_int_equal(count_candidates(&b.judgement), 0);
	decide_confirm(&b.judgement, NULL);
	assert_string_equal(
		rig_gate(&b.report, "uring.read.iops")->reason, "the session was disturbed");
	assert_false(rig_gate(&b.report, "uring.read.iops")->is_small_loss);
	end(&b);
}

/* Each obstacle has one outcome; nothing but a fault is an error, and none is a pass. */
TEST(obstacles_keep_gates_from_passing)
{
	static const struct {
		enum decide_obstacle obstacle;
		enum outcome outcome;
		const char *reason;
	} cases[] = {
		{OBSTACLE_MISSING, OUTCOME_INCONCLUSIVE, "one side did not measure it"},
		{OBSTACLE_THIN_TAIL, OUTCOME_INCONCLUSIVE,
			"too few I/Os beyond the percentile in a trial"},
		{OBSTACLE_LEVEL, OUTCOME_SKIPPED, "the baseline is of another machine"},
		{OBSTACLE_OTHER_MACHINE, OUTCOME_INCOMPARABLE,
			"the baseline is of another machine"},
		{OBSTACLE_OTHER_JOB, OUTCOME_INCOMPARABLE, NULL},
		{OBSTACLE_ABSENT, OUTCOME_INCOMPARABLE, "today's result does not have this job"},
		{OBSTACLE_CANNOT_RUN, OUTCOME_INCOMPARABLE, NULL},
		{OBSTACLE_FAULT, OUTCOME_ERROR, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_gate gate = {0};

		decide_obstacle(&gate, cases[i].obstacle, cases[i].reason ? NULL : "why");
		assert_int_equal(gate.outcome, cases[i].outcome);
		assert_string_equal(gate.reason, cases[i].reason ? cases[i].reason : "why");
	}
}

/* As against a baseline: who asks for a percentile is told that it cannot be had. */
TEST(a_thin_tail_makes_no_verdict_of_pairs_either)
{
	const struct rig_contender worse[] = {{"libaio", 100000, 0.005}, {"uring", 88000, 0.005}};
	const struct baseline_threshold asked = {"read.lat.p99", 0.05};
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 1);
	b.settings.thresholds = &asked;
	b.settings.threshold_count = 1;
	for (size_t thin = 0; thin < 2; thin++) {
		today = measure(&b, worse, 2);
		today->reference = "libaio";
		for (size_t i = 0; i < today->block_count; i++)
			today->contenders[thin].trials[i].window_s = 0.01; /* 10 I/Os beyond p99 */
		check_restart(&b.report);
		judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
		decide_all(&b.judgement);
		assert_int_equal(
			rig_gate(&b.report, "uring.read.lat.p99")->outcome, OUTCOME_INCONCLUSIVE);
		assert_string_equal(rig_gate(&b.report, "uring.read.lat.p99")->reason,
			"too few I/Os beyond the percentile in a trial");
		assert_int_equal(rig_gate(&b.report, "uring.read.iops")->outcome, OUTCOME_FAIL);
	}
	/* Unasked it is no gate. */
	b.settings.threshold_count = 0;
	for (size_t i = 0; i < today->block_count; i++) {
		today->contenders[0].trials[i].window_s = 0.01;
		today->contenders[1].trials[i].window_s = 10;
	}
	check_restart(&b.report);
	judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
	assert_true(has_note(&b.report,
		"uring.read.lat.p99 is not judged: fewer than 30 I/Os of a trial of libaio lie"));
	end(&b);
}

/* Of a preset nobody misses who does not run, but for the one that all others are held against. */
TEST(a_reference_that_failed_half_way_is_an_error)
{
	const struct judge_settings settings = {.compares_jobs = true};
	struct record record;
	struct check_session session;
	struct check report;
	struct judgement judgement;

	sample_record(&record, 9);
	record.points[0].contenders[SAMPLE_REFUSED].is_optional = true;
	record.points[0].contenders[SAMPLE_REF].is_optional = true;
	record.points[0].contenders[SAMPLE_REF].problem = "the disk is full";
	check_init(&report);
	check_session_of_comparison(&session, &record, 0, 0, &report.arena);
	assert_null(check_session_find(&session, "refused"));
	judge_begin(&judgement, &report, &settings, NULL, &session, 1);
	decide_all(&judgement);
	assert_string_equal(report.gates[0].name, "ref");
	assert_int_equal(report.gates[0].outcome, OUTCOME_ERROR);
	assert_string_equal(report.gates[0].reason, "the disk is full");
	assert_string_equal(report.gates[1].name, "fast.read.iops");
	check_free(&report);
	record_free(&record);
}

TEST(an_engine_that_is_something_else_is_told)
{
	struct record record;
	struct check_session session;
	struct check report;
	struct judgement judgement;

	sample_record(&record, 9);
	record.points[0].trials[1].mismatch = "it was a thread pool";
	check_init(&report);
	check_session_of_comparison(&session, &record, 0, 0, &report.arena);
	judge_begin(&judgement, &report, &(struct judge_settings){0}, NULL, &session, 1);
	assert_true(has_note(&report, "fast is not what its name says: it was a thread pool"));
	assert_false(has_note(&report, "same is not"));
	check_free(&report);
	record_free(&record);
}

TEST_MAIN(NULL, NULL);
