/* SPDX-License-Identifier: MIT */
#include "check/judge.h"
#include "test.h"

#include <math.h>
#include <string.h>

#include "judge_bench.h"

static bool has_gate(const struct check *report, const char *name)
{
	for (size_t i = 0; i < report->gate_count; i++) {
		if (strcmp(report->gates[i].name, name) == 0)
			return true;
	}
	return false;
}

TEST(the_same_again_is_no_regression)
{
	struct bench b;
	const struct check_gate *gate;

	start(&b, quiet, 1, 10);
	assert_int_equal(judge_stored(&b, measure(&b, quiet, 1)), EXIT_DONE);
	gate = rig_gate(&b.report, "rr.read.iops");
	assert_int_equal(gate->kind, GATE_ABSOLUTE);
	assert_int_equal(gate->outcome, OUTCOME_PASS);
	assert_true(gate->smallest_loss > 0 && gate->smallest_loss < 0.08);
	assert_int_equal(rig_gate(&b.report, "rr.syscalls_per_io")->kind, GATE_EXACT);
	/* Far tails are judged only where somebody asks. */
	for (size_t i = 0; i < b.report.gate_count; i++)
		assert_null(strstr(b.report.gates[i].name, "p99.9"));
	end(&b);
}

TEST(a_loss_of_a_tenth_is_a_regression_with_its_size)
{
	const struct rig_contender slow[] = {{"rr", 90000, 0.005}};
	struct bench b;
	const struct check_gate *gate;

	start(&b, quiet, 1, 10);
	assert_int_equal(judge_stored(&b, measure(&b, slow, 1)), EXIT_REGRESSION);
	gate = rig_gate(&b.report, "rr.read.iops");
	assert_int_equal(gate->outcome, OUTCOME_FAIL);
	assert_true(gate->change < -0.07 && gate->change > -0.13);
	assert_true(gate->change_lo < gate->change && gate->change < gate->change_hi);
	assert_true(gate->change_hi < 0);
	gate = rig_gate(&b.report, "rr.read.lat.p50");
	assert_int_equal(gate->outcome, OUTCOME_FAIL);
	assert_true(gate->change > 0.07);
	end(&b);
}

TEST(one_stored_session_accuses_nobody)
{
	const struct rig_contender slow[] = {{"rr", 80000, 0.005}};
	struct bench b;

	start(&b, quiet, 1, 1);
	(void)judge_stored(&b, measure(&b, slow, 1)); /* wide gates may fail: p99's is 10 % */
	assert_int_equal(rig_gate(&b.report, "rr.read.iops")->outcome, OUTCOME_INCONCLUSIVE);
	assert_non_null(strstr(rig_gate(&b.report, "rr.read.iops")->reason, "one stored session"));
	end(&b);
}

TEST(one_stored_session_praises_nobody)
{
	const struct rig_contender fast[] = {{"rr", 130000, 0.005}};
	struct bench b;

	start(&b, quiet, 1, 1);
	(void)judge_stored(&b, measure(&b, fast, 1));
	assert_int_equal(rig_gate(&b.report, "rr.read.iops")->outcome, OUTCOME_PASS);
	end(&b);
}

TEST(what_cannot_be_seen_is_inconclusive_and_never_a_pass)
{
	const struct rig_contender noisy[] = {{"rr", 100000, 0.3}};
	struct bench b;

	start(&b, noisy, 1, 5);
	assert_int_equal(judge_stored(&b, measure(&b, noisy, 1)), EXIT_INCONCLUSIVE);
	assert_non_null(
		strstr(rig_gate(&b.report, "rr.read.iops")->reason, "too noisy to see a loss"));
	end(&b);
}

TEST(a_regression_outweighs_what_is_inconclusive)
{
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, quiet, 1);
	for (size_t i = 0; i < today->block_count; i++) {
		today->contenders[0].trials[i].values[VALUE_SYSCALLS_PER_IO] = 1.5;
		today->contenders[0].trials[i].values[VALUE_READ_P99] = NAN;
	}
	assert_int_equal(judge_stored(&b, today), EXIT_REGRESSION);
	assert_int_equal(rig_gate(&b.report, "rr.syscalls_per_io")->outcome, OUTCOME_FAIL);
	assert_int_equal(rig_gate(&b.report, "rr.read.lat.p99")->outcome, OUTCOME_INCONCLUSIVE);
	end(&b);
}

TEST(another_machine_is_incomparable_unless_allowed)
{
	static const char *const allowed[] = {"cpu_model"};
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, quiet, 1);
	today->environment.hard.items[0].value = "6502";
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	assert_int_equal(rig_gate(&b.report, "rr.read.iops")->outcome, OUTCOME_INCOMPARABLE);
	assert_int_equal(rig_gate(&b.report, "rr.syscalls_per_io")->outcome, OUTCOME_PASS);
	assert_string_equal(b.report.hard.items[0].key, "cpu_model");
	b.settings.allowed = allowed;
	b.settings.allowed_count = 1;
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_true(b.report.hard.items[0].is_allowed);
	end(&b);
}

TEST(ratios_are_judged_on_another_machine)
{
	const struct rig_contender faster[] = {{"libaio", 300000, 0.005}, {"uring", 360000, 0.005}};
	const struct rig_contender worse[] = {{"libaio", 300000, 0.005}, {"uring", 315000, 0.005}};
	const struct baseline_threshold levels[] = {
		{"read.iops", 0.05}, {"libaio.read.iops", 0.05}};
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 10);
	for (size_t i = 0; i < b.baseline.session_count; i++)
		b.baseline.sessions[i].session.reference = "libaio";
	today = measure(&b, faster, 2);
	today->environment.hard.items[0].value = "6502";
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_int_equal(rig_gate(&b.report, "libaio.syscalls_per_io")->outcome, OUTCOME_PASS);
	/* The reference's own levels only where a threshold names them. */
	b.settings.thresholds = levels;
	b.settings.threshold_count = 1;
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_false(has_gate(&b.report, "libaio.read.iops"));
	b.settings.threshold_count = 2;
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_int_equal(rig_gate(&b.report, "libaio.read.iops")->outcome, OUTCOME_SKIPPED);
	b.settings.threshold_count = 0;
	assert_int_equal(rig_gate(&b.report, "uring.read.iops")->kind, GATE_RELATIVE);
	assert_true(fabs(rig_gate(&b.report, "uring.read.iops")->now - 1.2) < 0.05);
	assert_int_equal(judge_stored(&b, measure(&b, worse, 2)), EXIT_REGRESSION);
	end(&b);
}

static void set_baseline_bs(struct bench *b, const char *value)
{
	for (size_t i = 0; i < b->baseline.session_count; i++)
		b->baseline.sessions[i].session.contenders[0].options.items[0].value = value;
}

/* How many contenders are left to judge before a trial is made; the report has the others. */
static size_t foresee(struct bench *b, const struct check_session *today)
{
	size_t left;

	check_restart(&b->report);
	left = judge_foresee(&b->report, &b->settings, &b->baseline, today);
	check_conclude(&b->report, &(struct outcome_policy){0});
	return left;
}

/* Jobs and a machine are known before any trial: that of `bench` is taken out of the way. */
static struct check_session *plan_of(
	struct bench *b, const struct rig_contender *contenders, size_t count)
{
	struct check_session *today = measure(b, contenders, count);

	today->block_count = 0;
	return today;
}

TEST(what_cannot_be_compared_is_known_before_a_trial)
{
	static const char *const allowed[] = {"cpu_model"};
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 5);
	today = plan_of(&b, duel, 2);
	assert_int_equal(foresee(&b, today), 2);
	assert_int_equal(b.report.gate_count, 0);
	today->contenders[0].options.items[0].value = "8k";
	assert_int_equal(foresee(&b, today), 1);
	assert_string_equal(rig_gate(&b.report, today->contenders[0].name)->reason,
		"another job: bs was 4k, is 8k (--allow-job judges it)");
	today->contenders[1].name = "new";
	assert_int_equal(foresee(&b, today), 0);
	assert_int_equal(b.report.exit_code, EXIT_INCOMPARABLE);
	assert_int_equal(b.report.session_count, 5);

	today = plan_of(&b, duel, 2);
	today->environment.hard.items[0].value = "6502";
	assert_int_equal(foresee(&b, today), 0);
	assert_int_equal(b.report.exit_code, EXIT_INCOMPARABLE);
	assert_string_equal(b.report.hard.items[0].key, "cpu_model");
	/* What only a trial would tell is left to it. */
	today->environment.hard.items[0].value = NULL;
	assert_int_equal(foresee(&b, today), 2);
	today->environment.hard.items[0].value = "6502";
	b.settings.allowed = allowed;
	b.settings.allowed_count = 1;
	assert_int_equal(foresee(&b, today), 2);
	b.settings.allowed_count = 0;
	/* Ratios are judged on any machine, and counts with them. */
	for (size_t i = 0; i < b.baseline.session_count; i++)
		b.baseline.sessions[i].session.reference = "libaio";
	assert_int_equal(foresee(&b, today), 2);
	end(&b);
}

TEST(another_job_is_incomparable_and_the_option_is_named)
{
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 5);
	today = measure(&b, quiet, 1);
	today->contenders[0].options.items[0].value = "8k";
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	assert_string_equal(rig_gate(&b.report, "rr")->reason,
		"another job: bs was 4k, is 8k (--allow-job judges it)");
	today->contenders[0].options.items[0].key = "iodepth";
	set_baseline_bs(&b, "16k");
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	assert_non_null(strstr(rig_gate(&b.report, "rr")->reason,
		"bs was 16k, is not set, iodepth was not set, is 8k"));
	set_baseline_bs(&b, "4k");
	today->contenders[0].options.items[0].key = "bs";
	today->contenders[0].options.items[0].value = "4096";
	assert_int_not_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	today->contenders[0].name = "other";
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	end(&b);
}

/* Older results have overwrite=1 for all that read: files are whole for them either way. */
TEST(overwrite_is_of_jobs_that_only_write)
{
	static const struct {
		const char *rw;
		bool is_another;
	} cases[] = {{"randread", false}, {"rw", false}, {"openread", false}, {"randwrite", true},
		{"trimwrite", true}, {"copy", true}};
	struct bench b;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct setting old[] = {
			{.key = "rw", .value = cases[i].rw}, {.key = "overwrite", .value = "1"}};
		struct setting new[] = {{.key = "rw", .value = cases[i].rw}};
		struct check_session *today;

		start(&b, quiet, 1, 5);
		for (size_t k = 0; k < b.baseline.session_count; k++)
			b.baseline.sessions[k].session.contenders[0].options =
				(struct settings){.count = 2, .items = old};
		today = measure(&b, quiet, 1);
		today->contenders[0].options = (struct settings){.count = 1, .items = new};
		assert_int_equal(judge_stored(&b, today) == EXIT_INCOMPARABLE, cases[i].is_another);
		end(&b);
	}
}

/* Results of a ringside that had fewer options do not tell them: nobody had set them. */
TEST(an_option_that_is_new_makes_no_other_job_by_its_default)
{
	static struct setting options[] = {{.key = "ioengine", .value = "io_uring"},
		{.key = "bs", .value = "4k"}, {.key = "thinktime", .value = "0s"},
		{.key = "fixedbufs", .value = "0"}};
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 5);
	for (size_t i = 0; i < b.baseline.session_count; i++)
		b.baseline.sessions[i].session.contenders[0].options =
			(struct settings){.count = 2, .items = options};
	today = measure(&b, quiet, 1);
	today->contenders[0].options = (struct settings){.count = 4, .items = options};
	assert_int_not_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	options[3].value = "1";
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	assert_non_null(strstr(rig_gate(&b.report, "rr")->reason, "fixedbufs was not set, is 1"));
	end(&b);
}

/* A row for each clone of a run is not what a comparison, or group_reporting, has one row for. */
TEST(one_clone_is_another_job_than_all_of_them)
{
	const struct rig_contender both[] = {{"rr", 100000, 0.01}, {"rr (2)", 100000, 0.01}};
	static struct setting options[] = {{.key = "bs", .value = "4k"},
		{.key = "numjobs", .value = "2"}, {.key = "group_reporting", .value = "0"}};
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 5);
	for (size_t i = 0; i < b.baseline.session_count; i++) {
		b.baseline.sessions[i].session.is_partial = true;
		b.baseline.sessions[i].session.contenders[0].options =
			(struct settings){.count = 2, .items = options};
	}
	today = measure(&b, quiet, 1);
	today->contenders[0].options = (struct settings){.count = 3, .items = options};
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	assert_non_null(strstr(rig_gate(&b.report, "rr")->reason, "reports its clones together"));
	options[2].value = "1";
	assert_int_not_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	options[1].value = "1";
	options[2].value = "0";
	assert_int_not_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	options[1].value = "2";
	today = measure(&b, both, 2);
	today->is_foreign = true;
	today->contenders[0].options = (struct settings){.count = 2, .items = options};
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	today->contender_count = 1;
	assert_int_not_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	end(&b);
}

TEST(soft_changes_are_listed)
{
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, quiet, 1);
	today->environment.soft.items[0].value = "6.8.0";
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_int_equal(b.report.soft.count, 1);
	assert_string_equal(b.report.soft.items[0].before, "6.6.10");
	assert_string_equal(b.report.soft.items[0].now, "6.8.0");
	end(&b);
}

/* Four clones at a rate do four times as much: that is no improvement. */
TEST(unlike_rates_are_incomparable)
{
	const struct outcome_policy policy = {0};
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 1);
	today = measure(&b, duel, 2);
	today->reference = "libaio";
	for (int round = 0; round < 3; round++) {
		today->contenders[0].asked.iops = 2000;
		today->contenders[1].asked.iops = round == 1 ? 2000 : 8000;
		b.settings.compares_jobs = round < 2;
		check_restart(&b.report);
		judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
		decide_all(&b.judgement);
		check_conclude(&b.report, &policy);
		assert_int_equal(b.report.exit_code, round == 0 ? EXIT_INCOMPARABLE : EXIT_DONE);
		if (round == 0)
			assert_non_null(strstr(rig_gate(&b.report, "uring")->reason,
				"its rate is 8.00k/s, and that of libaio is 2.00k/s"));
	}
	end(&b);
}

/* A baseline from before there were such figures is none to fail by. */
TEST(syncs_that_the_baseline_does_not_have_are_no_gates)
{
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, quiet, 1);
	for (size_t i = 0; i < today->block_count; i++) {
		today->contenders[0].trials[i].values[VALUE_SYNC_P50] = 1e6;
		today->contenders[0].trials[i].values[VALUE_SYNC_IOPS] = 1e6;
	}
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_non_null(strstr(b.report.notes[0], "rr.sync.lat.p50 is not judged"));
	for (size_t s = 0; s < b.baseline.session_count; s++) {
		struct check_session *stored = &b.baseline.sessions[s].session;

		for (size_t i = 0; i < stored->block_count; i++)
			stored->contenders[0].trials[i].values[VALUE_SYNC_P50] = 5e5;
	}
	assert_int_equal(judge_stored(&b, today), EXIT_REGRESSION);
	assert_int_equal(rig_gate(&b.report, "rr.sync.lat.p50")->outcome, OUTCOME_FAIL);
	end(&b);
}

TEST(trials_of_another_length_are_not_held_to_each_other)
{
	const struct rig_contender slow[] = {{"rr", 80000, 0.005}};
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, slow, 1);
	for (size_t i = 0; i < today->block_count; i++)
		today->contenders[0].trials[i].window_s = 1; /* 10 in the baseline */
	assert_int_equal(judge_stored(&b, today), EXIT_INCONCLUSIVE);
	assert_non_null(strstr(b.report.notes[0], "trials of 1 s are compared with trials of 10"));
	for (size_t i = 0; i < today->block_count; i++)
		today->contenders[0].trials[i].window_s = 51; /* nor longer ones */
	assert_int_equal(judge_stored(&b, today), EXIT_INCONCLUSIVE);
	b.settings.compares_jobs = false;
	assert_int_equal(judge_stored(&b, today), EXIT_REGRESSION);
	end(&b);
}

/* Trials 20 % apart: three of them prove no loss that sessions of seven hardly ever have. */
TEST(fewer_blocks_than_the_baseline_has_accuse_less)
{
	const struct rig_contender noisy[] = {{"rr", 100000, 0.2}};
	struct bench b;
	struct check_session *today;
	double wide, narrow;

	start(&b, noisy, 1, 10);
	today = measure(&b, noisy, 1);
	(void)judge_stored(&b, today);
	narrow = rig_gate(&b.report, "rr.read.iops")->smallest_loss;
	today->block_count = 2;
	(void)judge_stored(&b, today);
	wide = rig_gate(&b.report, "rr.read.iops")->smallest_loss;
	assert_true(wide > 1.2 * narrow);
	end(&b);
}

/* The ranks' estimate is no mean of differences: what is shown has to be moved to it. */
TEST(the_change_follows_from_what_is_shown)
{
	const struct outcome_policy policy = {0};
	const struct check_gate *gate;
	struct bench b;
	struct check_session *today;

	start(&b, duel, 2, 1);
	today = rig_session(&b.report.arena, 100, duel, 2, 9, &b.random);
	today->reference = "libaio";
	for (size_t i = 0; i < 9; i++) {
		struct trial *own = &today->contenders[1].trials[i];

		*own = today->contenders[0].trials[i];
		rig_fill(own, own->values[VALUE_IOPS] * (i == 4 ? 0.3 : 1.015));
	}
	today->contenders[0].trials[2].counts = false; /* a pair less */
	judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
	decide_all(&b.judgement);
	check_conclude(&b.report, &policy);
	gate = rig_gate(&b.report, "uring.read.iops");
	assert_true(fabs(gate->change - 0.015) < 0.002);
	assert_true(fabs(gate->now / gate->before - 1 - gate->change) < 1e-9);
	assert_int_equal(gate->before_count, 8);
	assert_int_equal(gate->now_count, 8);
	end(&b);
}

TEST(errors_and_disturbances_stop_the_verdict)
{
	const struct rig_contender slow[] = {{"rr", 80000, 0.005}};
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, slow, 1);
	today->repeated_count = 3; /* of 7 */
	today->disturbance = "others' I/O";
	assert_int_equal(judge_stored(&b, today), EXIT_INCONCLUSIVE);
	assert_non_null(strstr(b.report.notes[0], "others' I/O"));
	/* With --no-guards they count, but not against a baseline that had none. */
	today->repeated_count = 0;
	today->disturbed_count = 3;
	assert_int_equal(judge_stored(&b, today), EXIT_INCONCLUSIVE);
	assert_non_null(strstr(b.report.notes[0], "3 of 7 trials"));
	b.settings.allows_disturbed = true;
	assert_int_equal(judge_stored(&b, today), EXIT_REGRESSION);
	assert_non_null(strstr(b.report.notes[0], "3 of 7 trials"));
	b.settings.allows_disturbed = false;
	b.baseline.sessions[9].session.disturbed_count = 5; /* recorded like that */
	assert_int_equal(judge_stored(&b, today), EXIT_REGRESSION);
	b.baseline.sessions[9].session.disturbed_count = 0;
	today->disturbed_count = 0;
	today->control = (struct check_control){true, 0.9, 0.88, 0.92};
	assert_int_equal(judge_stored(&b, today), EXIT_INCONCLUSIVE);
	today->control.is_known = false;
	today->contenders[0].problem = "EIO";
	today->contenders[0].exit_code = EXIT_RUN_FAILED;
	assert_int_equal(judge_stored(&b, today), EXIT_RUN_FAILED);
	today->contenders[0].exit_code = EXIT_INCOMPARABLE;
	assert_int_equal(judge_stored(&b, today), EXIT_INCOMPARABLE);
	end(&b);
}

TEST(figures_of_a_run_that_went_wrong_are_no_measure)
{
	struct bench b;
	struct contender *before;
	const struct check_gate *gate;

	start(&b, quiet, 1, 10);
	before = &b.baseline.sessions[4].session.contenders[0];
	before->problem = "1 of 64 verified blocks are wrong";
	before->exit_code = EXIT_RUN_FAILED;
	assert_int_equal(judge_stored(&b, measure(&b, quiet, 1)), EXIT_INCOMPARABLE);
	assert_false(has_gate(&b.report, "rr.read.iops"));
	gate = rig_gate(&b.report, "rr");
	assert_int_equal(gate->outcome, OUTCOME_INCOMPARABLE);
	assert_non_null(strstr(gate->reason, "1 of 64 verified blocks are wrong"));
	end(&b);
}

TEST(thresholds_widen_and_add_gates)
{
	const struct rig_contender slow[] = {{"rr", 90000, 0.005}};
	const struct baseline_threshold wide[] = {
		{"rr.read.iops", 0.5},
		{"read.lat.p50", 0.5},
		{"read.lat.p99", 0.5},
		{"read.lat.p99.9", 0.5},
		{"cpu_ns_per_io", 0.5},
	};
	struct bench b;

	start(&b, quiet, 1, 10);
	b.settings.thresholds = wide;
	b.settings.threshold_count = 5;
	assert_int_equal(judge_stored(&b, measure(&b, slow, 1)), EXIT_DONE);
	assert_true(rig_gate(&b.report, "rr.read.iops")->is_small_loss);
	assert_true(rig_gate(&b.report, "rr.read.lat.p99.9")->threshold == 0.5);
	assert_true(judge_has_gate(&b.report, "read.iops"));
	assert_false(judge_has_gate(&b.report, "write.iops"));
	end(&b);
}

TEST(thin_tails_are_no_gates)
{
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 10);
	today = measure(&b, quiet, 1);
	for (size_t i = 0; i < today->block_count; i++)
		today->contenders[0].trials[i].window_s = 0.01; /* 1000 I/Os, 10 beyond p99 */
	b.settings.compares_jobs = false; /* in so short a time it is another */
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	for (size_t i = 0; i < b.report.gate_count; i++)
		assert_null(strstr(b.report.gates[i].name, "p99"));
	assert_non_null(strstr(b.report.notes[0], "rr.read.lat.p99 is not judged"));
	end(&b);
}

TEST(small_steps_add_up_against_the_anchor)
{
	const struct rig_contender crept[] = {{"rr", 75000, 0.005}};
	struct bench b;

	start(&b, quiet, 1, 3);
	for (unsigned s = 0; s < 10; s++)
		baseline_add(&b.baseline,
			rig_session(&b.baseline.arena, 10 + s, crept, 1, 7, &b.random), false);
	assert_int_equal(judge_stored(&b, measure(&b, crept, 1)), EXIT_REGRESSION);
	assert_int_equal(rig_gate(&b.report, "rr.read.iops")->outcome, OUTCOME_PASS);
	assert_int_equal(rig_gate(&b.report, "rr.read.iops (anchor)")->outcome, OUTCOME_FAIL);
	assert_true(rig_gate(&b.report, "rr.read.iops (anchor)")->threshold == 0.1);
	end(&b);
}

/* Judged against an anchor of ten sessions, with one newer session of the same. */
static enum outcome judge_by_anchor(double iops, double threshold, double *anchor_threshold)
{
	const struct baseline_threshold asked = {"read.iops", threshold};
	const struct rig_contender now[] = {{"rr", iops, 0.001}};
	const struct check_gate *gate;
	enum outcome outcome;
	struct bench b;

	start(&b, quiet, 1, 10);
	baseline_add(&b.baseline, rig_session(&b.baseline.arena, 20, now, 1, 7, &b.random), false);
	if (threshold > 0) {
		b.settings.threshold_count = 1;
		b.settings.thresholds = &asked;
	}
	(void)judge_stored(&b, measure(&b, now, 1));
	gate = rig_gate(&b.report, "rr.read.iops (anchor)");
	outcome = gate->outcome;
	*anchor_threshold = gate->threshold;
	end(&b);
	return outcome;
}

/* A tenth, or twice what is tolerated from session to session where that is more. */
TEST(the_anchor_tolerates_more_than_the_window)
{
	double threshold;

	/* 4.5 %: more than half of a threshold of 5 %, less than half of a tenth. */
	assert_int_not_equal(judge_by_anchor(95500, 0, &threshold), OUTCOME_FAIL);
	assert_true(fabs(threshold - 0.1) < 1e-12);
	assert_int_equal(judge_by_anchor(91000, 0, &threshold), OUTCOME_FAIL);
	/* 9 % is less than half of 10 % and 10 % of the rest. */
	assert_int_not_equal(judge_by_anchor(91000, 0.10, &threshold), OUTCOME_FAIL);
	assert_true(fabs(threshold - 0.19) < 1e-12);
	assert_int_equal(judge_by_anchor(84000, 0.10, &threshold), OUTCOME_FAIL);
	(void)judge_by_anchor(100000, 0.01, &threshold);
	assert_true(fabs(threshold - 0.1) < 1e-12);
}

TEST(assertions_need_an_interval)
{
	const struct assertion assertions[] = {
		{"rr", VALUE_READ_IOPS, GATE_AT_LEAST, 90000},
		{"rr", VALUE_READ_IOPS, GATE_AT_LEAST, 110000},
		{"rr", VALUE_READ_P99, GATE_AT_MOST, 20000},
		{"rr", VALUE_SYSCALLS_PER_IO, GATE_AT_MOST, 0.1},
		{"rr", VALUE_WRITE_IOPS, GATE_AT_LEAST, 1},
	};
	static const enum outcome expected[] = {OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_INCONCLUSIVE,
		OUTCOME_FAIL, OUTCOME_INCONCLUSIVE};
	struct bench b;
	struct check_session *today;

	start(&b, quiet, 1, 1);
	b.settings.assertions = assertions;
	b.settings.assertion_count = 5;
	today = measure(&b, quiet, 1);
	judge_begin(&b.judgement, &b.report, &b.settings, NULL, today, 1);
	assert_int_equal(b.report.gate_count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(b.report.gates[i].outcome, expected[i]);
	end(&b);
}

TEST_MAIN(NULL, NULL);
