/* SPDX-License-Identifier: MIT */
/* covers: src/claim/claim_evidence.c, src/claim/claim_family.c */
/* Four verdicts, and what takes one back, held against scripted records. */
#include <signal.h>

#include "claim_bench.h"

TEST_FIXTURE(NULL, claim_bench_close);

static const double cpu_levels[BENCH_CONTENDERS] = {1000, 800, 1001, 1000};

TEST(a_ratio_is_confirmed_refuted_or_neither)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu\nclaim=b.cpu <= 0.7 * a.cpu\n"
		    "claim=b.cpu <= 0.8 * a.cpu\nclaim=b.cpu >= 0.7 * a.cpu\n"
		    "claim=b.cpu >= 0.9 * a.cpu\nclaim=b.cpu >= 0.8 * a.cpu");
	bench_blocks(0, 9, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_REFUTED);
	assert_verdict(2, CLAIM_NOT_RESOLVED);
	assert_verdict(3, CLAIM_CONFIRMED);
	assert_verdict(4, CLAIM_REFUTED);
	assert_verdict(5, CLAIM_NOT_RESOLVED);
	assert_true(bench_test(0, 0)->is_ratio);
	assert_near(bench_test(0, 0)->measured, 0.8, 0.01);
	assert_near(bench_test(0, 0)->border, 0.9, 0);
	assert_near(bench_test(0, 0)->left, 800, 8);
	assert_near(bench_test(0, 0)->right, 1000, 8);
	assert_int_equal(bench_test(0, 0)->block_count, 9);
	assert_int_equal(bench_test(2, 0)->blocks_needed, 0); /* on the border: not by blocks */
	assert_near(bench_outcome.elapsed_s, 10, 0);
}

/* 100,000 a second were asked for, and so many done by a and b. */
static void bench_rates(double a, double b)
{
	const double latencies[BENCH_CONTENDERS] = {1000, 800, 1000, 1000};
	struct record_point *point;

	bench_start("claim=b.lat.p50 <= a.lat.p50\nclaim=b.iops <= 2 * a.iops");
	bench_blocks(0, 9, VALUE_LAT_P50, latencies, 0.001);
	point = &bench_record.points[0];
	for (size_t t = 0; t < point->trial_count; t++) {
		struct trial *trial = &point->trials[t];

		trial->values[VALUE_IOPS] = trial->contender == 1 ? b : a;
	}
	for (int c = 0; c < BENCH_CONTENDERS; c++)
		point->contenders[c].asked.iops = 100000;
	bench_judge();
}

TEST(latencies_of_those_who_do_not_keep_their_rate_are_of_queues)
{
	bench_rates(100000, 100000);
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_null(bench_test(0, 0)->caution);
	bench_rates(90000, 100000);
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_non_null(strstr(bench_test(0, 0)->caution, "a did less than the rate"));
	bench_rates(90000, 95000);
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "b and a did less than the rate they were asked for");
	assert_verdict(1, CLAIM_CONFIRMED);
}

/* A drift does not hide that the rate was missed, and two points say what both have once. */
TEST(cautions_of_a_test_add_up)
{
	const char *caution, *first;

	bench_start("claim=b.lat.p50 <= 2us");
	for (size_t b = 0; b < 10; b++) {
		for (size_t c = 0; c < BENCH_CONTENDERS; c++) {
			struct trial *trial = bench_trial(0, b, c);

			trial->values[VALUE_IOPS] = 90000;
			trial->values[VALUE_LAT_P50] =
				800 * bench_wobble(b, c, 0.005) * (1 + 0.04 * (double)b);
			bench_record.points[0].contenders[c].asked.iops = 100000;
		}
	}
	bench_judge();
	caution = bench_test(0, 0)->caution;
	assert_non_null(caution);
	assert_non_null(strstr(caution, "b did less than the rate"));
	assert_non_null(strstr(caution, "lat.p50 of b drifted by +"));
	bench_start("vary=bs=4k,64k\nclaim=a@bs=64k.cpu >= 0.1 * a@bs=4k.cpu");
	for (size_t p = 0; p < 2; p++) {
		for (size_t b = 0; b < 10; b++) {
			for (size_t c = 0; c < BENCH_CONTENDERS; c++) {
				struct trial *trial = bench_trial(p, b, c);

				trial->values[VALUE_CPU_PER_IO] = 1000 * bench_wobble(b, c, 0.005);
				trial->attempt = 1 + b % 2;
			}
		}
	}
	bench_judge();
	caution = bench_test(0, 0)->caution;
	assert_non_null(caution);
	first = strstr(caution, "disturbed");
	assert_non_null(first);
	assert_null(strstr(first + 1, "disturbed"));
}

TEST(more_blocks_are_asked_for_where_they_help)
{
	bench_start("claim=b.cpu <= 0.86 * a.cpu");
	bench_blocks(0, 6, VALUE_CPU_PER_IO, cpu_levels, 0.12);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_true(bench_test(0, 0)->blocks_needed > 6);
}

/* As of two sessions, however precise each is: five of them differed by 1 %. */
TEST(a_precise_ratio_is_no_more_certain_than_sessions_are)
{
	bench_start("claim=b.cpu <= 0.812 * a.cpu\nclaim=b.syscalls <= 0.812 * a.syscalls");
	for (size_t b = 0; b < 12; b++) {
		for (size_t c = 0; c < BENCH_CONTENDERS; c++) {
			struct trial *trial = bench_trial(0, b, c);

			trial->values[VALUE_CPU_PER_IO] =
				cpu_levels[c] * bench_wobble(b, c, 0.0001);
			trial->values[VALUE_SYSCALLS_PER_IO] = cpu_levels[c];
		}
	}
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_verdict(1, CLAIM_CONFIRMED); /* counts know no sessions */
}

TEST(every_interval_agrees_with_its_verdict)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu\nclaim=b.cpu <= 0.7 * a.cpu\n"
		    "claim=b.cpu <= 0.81 * a.cpu\nclaim=b.cpu <= 0.803 * a.cpu\n"
		    "claim=b.cpu <= 0.78 * a.cpu");
	for (size_t blocks = 6; blocks < 20; blocks++) {
		for (size_t i = 0; i < bench_record.point_count; i++) {
			bench_record.points[i].trial_count = 0;
			bench_record.points[i].block_count = 0;
		}
		bench_blocks(0, blocks, VALUE_CPU_PER_IO, cpu_levels, 0.02);
		bench_judge();
		for (size_t l = 0; l < 5; l++) {
			const struct claim_test *test = bench_test(l, 0);

			assert_true(test->lo <= test->measured && test->measured <= test->hi);
			assert_int_equal(test->p_adjusted <= 0.05,
				test->hi < test->border || test->lo > test->border);
			if (test->verdict == CLAIM_CONFIRMED)
				assert_true(test->hi < test->border);
			if (test->verdict == CLAIM_REFUTED)
				assert_true(test->lo > test->border);
			assert_true(test->alpha <= 0.05 && test->alpha >= 0.01);
		}
	}
}

/* With others beside it a line needs more evidence: its interval is wider. */
TEST(all_lines_of_a_run_are_one_family)
{
	struct claim_outcome again, *outcomes[64];
	double alone;

	bench_start("claim=b.cpu <= 0.803 * a.cpu");
	bench_blocks(0, 7, VALUE_CPU_PER_IO, cpu_levels, 0.02);
	bench_judge();
	alone = bench_test(0, 0)->hi - bench_test(0, 0)->lo;
	assert_near(bench_test(0, 0)->alpha, 0.05, 1e-12);
	claim_judge_measure(&again, &rig.claim, &bench_record, &rig.arena);
	outcomes[0] = &bench_outcome;
	for (int i = 1; i < 64; i++)
		outcomes[i] = &again;
	claim_judge_all(outcomes, 2, &rig.arena);
	assert_near(bench_test(0, 0)->alpha, 0.025, 1e-12);
	assert_true(bench_test(0, 0)->hi - bench_test(0, 0)->lo > 1.1 * alone);
	/* What sessions that may stop early cost is paid by all of them. */
	again.is_adaptive = true;
	claim_judge_all(outcomes, 2, &rig.arena);
	assert_near(bench_test(0, 0)->alpha, 0.02, 1e-12);
}

TEST(a_level_holds_what_sessions_differ_by)
{
	bench_start("claim=b.cpu <= 1us\nclaim=b.cpu <= 700ns\nclaim=b.cpu <= 815ns\n"
		    "claim=b.cpu >= 900ns\nclaim=b.cpu within 20% of 800ns");
	bench_blocks(0, 9, VALUE_CPU_PER_IO, cpu_levels, 0.001);
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_REFUTED);
	assert_verdict(2, CLAIM_NOT_RESOLVED); /* 2 %: the next session may be as far off */
	assert_verdict(3, CLAIM_REFUTED);
	assert_verdict(4, CLAIM_CONFIRMED);
	assert_false(bench_test(0, 0)->is_ratio);
	assert_near(bench_test(0, 0)->measured, 800, 2);
	assert_true(isnan(bench_test(0, 0)->right));
	assert_true(bench_test(0, 0)->hi > 800 * 1.04);
}

TEST(equivalence_is_shown_and_excluded)
{
	bench_start("claim=c.cpu within 3% of a.cpu\nclaim=b.cpu within 5% of a.cpu\n"
		    "claim=b.cpu within 5% of 0.8 * a.cpu\nclaim=b.cpu within 25% of a.cpu\n"
		    "claim=b.cpu within 20% of a.cpu");
	bench_blocks(0, 10, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_REFUTED);
	assert_verdict(2, CLAIM_CONFIRMED);
	assert_verdict(3, CLAIM_CONFIRMED);
	assert_verdict(4, CLAIM_NOT_RESOLVED);
	assert_near(bench_test(0, 0)->border_lo, 0.97, 1e-9);
	assert_near(bench_test(0, 0)->border_hi, 1.03, 1e-9);
	assert_near(bench_test(1, 0)->measured, 0.8, 0.01);
}

/* Far from one of its borders is not yet between both. */
TEST(equivalence_must_be_off_either_border)
{
	bench_start("claim=b.cpu within 21% of a.cpu");
	bench_blocks(0, 10, VALUE_CPU_PER_IO, cpu_levels, 0.05);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_true(bench_test(0, 0)->lo < 0.79 && bench_test(0, 0)->hi < 1);
}

/* Of counts, 0 is a value like any other. */
TEST(counts_may_be_zero_and_equal)
{
	bench_start("claim=b.syscalls <= 0.5 * a.syscalls\nclaim=c.syscalls <= 1\n"
		    "claim=a.syscalls <= 0.5 * b.syscalls\nclaim=b.errors <= 0\n"
		    "claim=b.syscalls <= 0.01\nclaim=a.syscalls >= c.syscalls\n"
		    "claim=a.syscalls within 2% of c.syscalls\nclaim=a.syscalls <= 0.9");
	for (size_t b = 0; b < 6; b++) {
		for (size_t c = 0; c < BENCH_CONTENDERS; c++) {
			struct trial *trial = bench_trial(0, b, c);

			trial->values[VALUE_SYSCALLS_PER_IO] = c == 1 ? 0 : 1;
			trial->values[VALUE_ERRORS] = 0;
		}
	}
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_CONFIRMED);
	assert_verdict(2, CLAIM_REFUTED);
	assert_verdict(3, CLAIM_CONFIRMED);
	assert_verdict(4, CLAIM_CONFIRMED);
	assert_verdict(5, CLAIM_CONFIRMED);
	assert_verdict(6, CLAIM_CONFIRMED);
	assert_verdict(7, CLAIM_REFUTED);
	assert_true(bench_test(0, 0)->is_ratio);
	assert_near(bench_test(0, 0)->measured, 0, 0);
	assert_false(bench_test(2, 0)->is_ratio); /* there is no ratio to 0: a difference */
	assert_near(bench_test(2, 0)->measured, 1, 0);
	assert_near(bench_test(2, 0)->border, 0, 0);
}

/* Percentiles are steps: the same step on both sides is no proof of "at most". */
TEST(equal_times_prove_nothing)
{
	bench_start("claim=b.lat <= a.lat");
	bench_blocks(0, 8, VALUE_LAT_P50, (double[]){1000, 1000, 1000, 1000}, 0);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
}

TEST(a_real_but_tiny_distance_is_no_verdict)
{
	bench_start("claim=b.syscalls <= 0.806 * a.syscalls");
	bench_blocks(0, 12, VALUE_SYSCALLS_PER_IO, (double[]){1000, 800, 1, 1000}, 0.0001);
	bench_judge();
	assert_true(bench_test(0, 0)->p < 0.001);
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "so near to the border");
}

TEST(few_blocks_are_no_verdict)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 5, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "5 blocks: a verdict needs 6");
	assert_near(bench_test(0, 0)->measured, 0.8, 0.01); /* shown nevertheless */
	assert_true(bench_test(0, 0)->lo < 0.8);
	assert_true(isnan(bench_test(0, 0)->p));
}

TEST(a_quick_session_is_no_verdict)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_record.is_exploratory = true;
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "quick");
}

TEST(who_cannot_run_cannot_be_tested)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu\nclaim=c.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, (double[]){1000, NAN, 800, 1000}, 0.01);
	bench_record.points[0].contenders[1].problem = "the kernel has no such ring";
	bench_judge();
	assert_verdict(0, CLAIM_NOT_TESTABLE);
	assert_reason(0, "b: the kernel has no such ring");
	assert_verdict(1, CLAIM_CONFIRMED);
}

TEST(an_engine_that_did_otherwise_cannot_be_tested)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_record.points[0].trials[5].mismatch = "no SQPOLL thread was seen";
	bench_judge();
	assert_verdict(0, CLAIM_NOT_TESTABLE);
	assert_reason(0, "b was not what it is called: no SQPOLL thread was seen");
}

/* libaio on buffered files is not asynchronous: that is what such a line is about. */
TEST(what_blocks_inside_its_submit_has_a_share_of_it)
{
	bench_start("claim=b.submit_share >= 0.9");
	bench_blocks(0, 8, VALUE_SUBMIT_SHARE, (double[]){0.1, 0.99, 0.1, 0.1}, 0.001);
	bench_record.points[0].trials[5].mismatch = "libaio is asynchronous with direct=1 only";
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_non_null(strstr(bench_test(0, 0)->caution, "b: libaio is asynchronous"));
}

TEST(what_was_not_measured_cannot_be_tested)
{
	bench_start("claim=b.instructions <= 0.9 * a.instructions\nclaim=b.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_TESTABLE);
	assert_reason(0, "instructions_per_io was not measured of b");
	assert_verdict(1, CLAIM_CONFIRMED);
	assert_near(bench_test(1, 0)->alpha, 0.05, 1e-9); /* the other one is no test */
}

TEST(a_percentile_needs_ios_beyond_it)
{
	bench_start("claim=b.p99 <= 0.9 * a.p99\nclaim=b.p99.9 <= 0.9 * a.p99.9");
	for (size_t b = 0; b < 8; b++) {
		for (size_t c = 0; c < BENCH_CONTENDERS; c++) {
			struct trial *trial = bench_trial(0, b, c);

			/* 4000 I/Os in 2 s: 40 beyond p99, 4 beyond p99.9. */
			trial->values[VALUE_IOPS] = trial->values[VALUE_READ_IOPS] = 2000;
			trial->values[VALUE_LAT_P99] = cpu_levels[c] * bench_wobble(b, c, 0.01);
			trial->values[VALUE_LAT_P999] = trial->values[VALUE_LAT_P99];
		}
	}
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_NOT_RESOLVED);
	assert_reason(1, "b has fewer than 30 I/Os beyond its lat.p99.9");
}

/* The control is a second a: here it is 5 % off, and so nothing below that stands. */
TEST(a_failed_control_takes_back_what_is_near)
{
	static const double levels[BENCH_CONTENDERS] = {1000, 800, 980, 1050};

	bench_start("claim=b.cpu <= 0.9 * a.cpu\nclaim=c.cpu <= 1.01 * a.cpu\n"
		    "claim=c.cpu <= 0.95 * a.cpu\nclaim=c.cpu <= 1us");
	bench_blocks(0, 9, VALUE_CPU_PER_IO, levels, 0.001);
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED); /* 11 % from its border */
	assert_verdict(1, CLAIM_NOT_RESOLVED);
	assert_reason(1, "the control, the reference a second time, differs from it by +5");
	assert_verdict(2, CLAIM_NOT_RESOLVED);
	assert_verdict(3, CLAIM_NOT_RESOLVED);
}

TEST(a_sound_control_takes_nothing_back)
{
	static const double levels[BENCH_CONTENDERS] = {1000, 800, 980, 1000};

	bench_start("claim=c.cpu <= 1.01 * a.cpu\nclaim=c.cpu <= 0.95 * a.cpu");
	bench_blocks(0, 9, VALUE_CPU_PER_IO, levels, 0.001);
	bench_judge();
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_REFUTED);
}

TEST(each_point_of_a_sweep_is_a_test)
{
	bench_start("vary=bs=4k,64k\nclaim=b.cpu <= 0.9 * a.cpu\n"
		    "claim=at(bs=64k): b.cpu <= 0.9 * a.cpu\nclaim=b.cpu <= 0.95 * a.cpu\n"
		    "claim=at(bs=4k): b.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, (double[]){1000, 950, 1000, 1000}, 0.01);
	bench_blocks(1, 8, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_judge();
	assert_int_equal(bench_outcome.lines[0].test_count, 2);
	assert_verdict(0, CLAIM_REFUTED); /* at one of them */
	assert_string_equal(bench_test(0, 0)->point, "bs=4k");
	assert_int_equal(bench_test(0, 0)->verdict, CLAIM_REFUTED);
	assert_int_equal(bench_test(0, 1)->verdict, CLAIM_CONFIRMED);
	assert_int_equal(bench_outcome.lines[1].test_count, 1);
	assert_string_equal(bench_test(1, 0)->point, "bs=64k");
	assert_verdict(1, CLAIM_CONFIRMED);
	assert_verdict(2, CLAIM_NOT_RESOLVED);
	assert_verdict(3, CLAIM_REFUTED);
}

TEST(points_are_held_against_each_other)
{
	bench_start("vary=bs=4k,64k\nclaim=a@bs=64k.cpu >= 3 * a@bs=4k.cpu\n"
		    "claim=a@bs=64k.cpu >= 5 * a@bs=4k.cpu\n"
		    "claim=a@bs=64k.cpu >= 3.95 * a@bs=4k.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, cpu_levels, 0.001);
	bench_blocks(1, 9, VALUE_CPU_PER_IO, (double[]){4000, 1, 1, 4000}, 0.001);
	bench_judge();
	assert_int_equal(bench_outcome.lines[0].test_count, 1);
	assert_verdict(0, CLAIM_CONFIRMED);
	assert_verdict(1, CLAIM_REFUTED);
	assert_verdict(2, CLAIM_NOT_RESOLVED); /* minutes apart: as two sessions */
	assert_string_equal(bench_test(0, 0)->point, "bs=64k");
	assert_string_equal(bench_test(0, 0)->right_point, "bs=4k");
	assert_near(bench_test(0, 0)->measured, 4, 0.01);
	assert_int_equal(bench_test(0, 0)->block_count, 8);
}

/* The value that a side names takes the place of the line's own; the others stay. */
TEST(a_side_with_a_point_is_held_against_each_other_one)
{
	bench_start("vary=bs=4k,64k\nvary=iodepth=1,8\nclaim=a@bs=64k.cpu <= 2 * b.cpu");
	for (size_t p = 0; p < 4; p++)
		bench_blocks(p, 6, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_judge();
	assert_int_equal(bench_outcome.lines[0].test_count, 4);
	assert_string_equal(bench_test(0, 0)->point, "bs=64k iodepth=1");
	assert_string_equal(bench_test(0, 0)->right_point, "bs=4k iodepth=1");
	assert_string_equal(bench_test(0, 3)->point, "bs=64k iodepth=8");
	assert_null(bench_test(0, 3)->right_point);
	assert_verdict(0, CLAIM_CONFIRMED);
}

TEST(a_point_that_was_not_reached_is_open)
{
	bench_start("vary=bs=4k,64k\nclaim=b.cpu <= 0.9 * a.cpu");
	bench_blocks(0, 8, VALUE_CPU_PER_IO, cpu_levels, 0.01);
	bench_record.point_count = 1;
	bench_judge();
	assert_int_equal(bench_test(0, 0)->verdict, CLAIM_CONFIRMED);
	assert_int_equal(bench_test(0, 1)->verdict, CLAIM_NOT_RESOLVED);
	assert_non_null(strstr(bench_test(0, 1)->reason, "(--max-time) was too short"));
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	bench_record.signal = SIGINT;
	bench_judge();
	assert_string_equal(bench_test(0, 1)->reason, "the session ended before this point");
}

/* Ten blocks of iops; b changes by this share of its first value from each to the next. */
static void drift(double others, double own)
{
	for (size_t b = 0; b < 10; b++) {
		for (size_t c = 0; c < BENCH_CONTENDERS; c++)
			bench_trial(0, b, c)->values[VALUE_IOPS] =
				cpu_levels[c] * bench_wobble(b, c, 0.005) *
				(1 + (c == 1 ? own : others) * (double)b);
	}
}

/* From 800 to 1090: it may have been anywhere near that before, and may be after. */
TEST(a_level_that_drifts_is_held_against_what_is_far_from_it)
{
	bench_start("claim=b.iops >= 700\nclaim=b.iops <= 1.2k\nclaim=b.iops >= 5\n"
		    "claim=b.iops <= 5\nclaim=b.iops <= 100k\nclaim=b.iops within 10% of 940\n"
		    "claim=b.iops within 10% of 94k\nclaim=b.iops <= 0.9 * a.iops");
	drift(0.04, 0.04);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "iops of b drifted by +");
	assert_verdict(1, CLAIM_NOT_RESOLVED);
	assert_verdict(2, CLAIM_CONFIRMED);
	assert_null(bench_test(2, 0)->reason);
	assert_non_null(strstr(bench_test(2, 0)->caution, "iops of b drifted by +"));
	assert_verdict(3, CLAIM_REFUTED);
	assert_verdict(4, CLAIM_CONFIRMED);
	assert_verdict(5, CLAIM_NOT_RESOLVED);
	assert_verdict(6, CLAIM_REFUTED);
	assert_verdict(7, CLAIM_CONFIRMED); /* both drift, and blocks cancel it */
	assert_non_null(strstr(bench_test(7, 0)->caution, "blocks cancel it"));
}

/* Nobody else drifts: the mean of all hides a quarter of it, and more where there are more. */
TEST(the_drift_of_a_level_is_its_own)
{
	bench_start("claim=b.iops >= 700\nclaim=c.iops >= 900");
	drift(0, 0.04);
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "iops of b drifted by +");
	assert_verdict(1, CLAIM_CONFIRMED);
	assert_null(bench_test(1, 0)->caution);
	bench_start("claim=b.iops >= 700");
	drift(0, 0.04);
	bench_record.points[0].reference = SESSION_NONE; /* levels need none */
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "iops of b drifted by +");
}

/* Both add up, as one may have been at its lowest where the other was at its highest. */
TEST(sides_of_two_points_drift_each_on_its_own)
{
	bench_start("vary=bs=4k,64k\nclaim=a@bs=64k.cpu >= 3 * a@bs=4k.cpu\n"
		    "claim=a@bs=64k.cpu >= 0.1 * a@bs=4k.cpu");
	for (size_t p = 0; p < 2; p++) {
		for (size_t b = 0; b < 10; b++)
			bench_trial(p, b, 0)->values[VALUE_CPU_PER_IO] = (p == 0 ? 1000 : 5000) *
									 bench_wobble(b, 0, 0.005) *
									 (1 + 0.04 * (double)b);
	}
	bench_judge();
	assert_verdict(0, CLAIM_NOT_RESOLVED);
	assert_reason(0, "cpu_ns_per_io of a drifted by +");
	assert_verdict(1, CLAIM_CONFIRMED);
}

TEST(nothing_that_was_run_is_not_testable)
{
	struct claim_outcome *outcomes[] = {&bench_outcome};

	bench_start("vary=bs=4k,64k\nclaim=b.cpu <= 0.9 * a.cpu\nclaim=at(bs=4k): a.cpu <= 1us");
	claim_judge_refuse(&bench_outcome, &rig.claim, "this machine has 1 CPU", &rig.arena);
	claim_judge_all(outcomes, 1, &rig.arena);
	assert_verdict(0, CLAIM_NOT_TESTABLE);
	assert_verdict(1, CLAIM_NOT_TESTABLE);
	assert_reason(1, "this machine has 1 CPU");
	assert_string_equal(bench_test(1, 0)->point, "bs=4k");
	assert_string_equal(bench_outcome.obstacle, "this machine has 1 CPU");
}

TEST(without_a_reference_that_runs_nothing_breaks)
{
	bench_start("claim=b.cpu <= 0.9 * a.cpu");
	bench_record.points[0].reference = SESSION_NONE;
	bench_record.points[0].contenders[0].problem = "no such engine";
	bench_record.points[0].contenders[1].problem = "no such engine";
	bench_judge();
	assert_verdict(0, CLAIM_NOT_TESTABLE);
	assert_reason(0, "b: no such engine");
}

TEST_MAIN(NULL, NULL);
