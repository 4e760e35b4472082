/* SPDX-License-Identifier: MIT */
/* Sessions out of results, of fio's documents and of comparisons, and what is asked of them. */
#include "check/sample.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "check_rig.h"
#include "near.h"
#include "sample_record.h"

#define assert_is(actual, expected) assert_near(actual, expected, 1e-9 * fabs((double)(expected)))

static const struct rig_arm two[] = {{"a", 1000, 0}, {"b", 2000, 0}};

static struct sample *make(struct arena *arena, size_t blocks)
{
	struct random random;

	random_init(&random, 1);
	return rig_sample(arena, 1, two, 2, blocks, &random);
}

TEST(times_are_utc_in_whole_seconds)
{
	char text[SAMPLE_TIME_BYTES];

	assert_string_equal(sample_time_text(text, 0), "1970-01-01T00:00:00Z");
	assert_string_equal(sample_time_text(text, 1700000000), "2023-11-14T22:13:20Z");
	/* No calendar has it. */
	assert_string_equal(sample_time_text(text, INT64_MAX), "1970-01-01T00:00:00Z");
}

TEST(trials_that_did_not_run_have_no_figure)
{
	struct arena arena = {0};
	struct sample *sample = make(&arena, 2);
	double values[2];

	sample->arms[0].trials = sample_new_trials(&arena, 2);
	assert_true(isnan(sample->arms[0].trials[1].window_s));
	assert_true(isnan(sample->arms[0].trials[1].values[VALUE_SHORT_IOS]));
	assert_false(sample->arms[0].trials[1].is_valid);
	assert_int_equal(sample_values(sample, &sample->arms[0], NULL, VALUE_READ_IOPS, values), 0);
	arena_free(&arena);
}

TEST(values_are_scaled_and_of_valid_trials_alone)
{
	struct arena arena = {0};
	struct sample *sample = make(&arena, 3);
	struct sample_arm *a = &sample->arms[0], *b = &sample->arms[1];
	double values[3];

	a->trials[1].is_valid = false;
	b->trials[2].values[VALUE_READ_IOPS] = 4000;
	assert_int_equal(sample_values(sample, a, NULL, VALUE_READ_IOPS, values), 2);
	assert_is(values[0], log(1000));
	/* Of pairs both sides have to be there. */
	assert_int_equal(sample_values(sample, b, a, VALUE_READ_IOPS, values), 2);
	assert_is(values[0], log(2));
	assert_is(values[1], log(4));
	/* What may be 0 is no logarithm. */
	assert_int_equal(sample_values(sample, b, a, VALUE_SYSCALLS_PER_IO, values), 2);
	assert_true(values[0] == 0);
	assert_is(sample_value(sample, b, 2, VALUE_READ_IOPS), log(4000));
	assert_true(isnan(sample_value(sample, a, 1, VALUE_READ_IOPS)));
	assert_true(isnan(sample_value(sample, a, 3, VALUE_READ_IOPS)));
	arena_free(&arena);
}

TEST(the_thinnest_trial_decides_how_far_a_tail_goes)
{
	struct arena arena = {0};
	struct sample *sample = make(&arena, 3);
	struct sample_arm *a = &sample->arms[0];

	/* 1000 I/Os a second for 10 s: a hundredth of them lies beyond p99. */
	assert_is(sample_tail_count(sample, a, VALUE_READ_P99), 100);
	a->trials[1].window_s = 2;
	assert_is(sample_tail_count(sample, a, VALUE_READ_P99), 20);
	assert_true(isinf(sample_tail_count(sample, a, VALUE_READ_IOPS)));
	a->trials[1].window_s = NAN;
	assert_true(isnan(sample_tail_count(sample, a, VALUE_READ_P99)));
	a->trials[1].is_valid = false;
	assert_is(sample_tail_count(sample, a, VALUE_READ_P99), 100);
	arena_free(&arena);
}

TEST(windows_add_up_and_have_a_mean)
{
	struct arena arena = {0};
	struct sample *sample = make(&arena, 2);

	sample->arms[0].trials[0].window_s = 4;
	assert_is(sample_window_s(sample), 34);
	assert_is(sample_trial_s(sample), 8.5);
	sample->arms[0].trials[0].is_valid = false;
	assert_is(sample_window_s(sample), 34); /* it took its time all the same */
	assert_is(sample_trial_s(sample), 10);
	sample->arms[0].trials[0].window_s = NAN;
	assert_is(sample_window_s(sample), 30);
	sample->block_count = 0;
	assert_true(isnan(sample_trial_s(sample)));
	arena_free(&arena);
}

TEST(each_arm_knows_what_it_is_held_against)
{
	struct arena arena = {0};
	struct sample *sample = make(&arena, 1);
	struct sample_arm *a = &sample->arms[0], *b = &sample->arms[1];

	assert_null(sample_reference_of(sample, a));
	assert_false(sample_is_reference(sample, "a"));
	sample->reference = "a";
	assert_string_equal(sample_reference_of(sample, b), "a");
	assert_null(sample_reference_of(sample, a));
	assert_true(sample_is_reference(sample, "a"));
	assert_false(sample_is_own_reference(sample, "a"));
	/* One of its own comes first, and is held against nothing. */
	a->reference = "b";
	assert_true(sample_is_own_reference(sample, "b"));
	assert_true(sample_is_reference(sample, "b"));
	assert_null(sample_reference_of(sample, b));
	sample->reference = NULL;
	assert_string_equal(sample_reference_of(sample, a), "b");
	sample->reference = "c";
	assert_string_equal(sample_reference_of(sample, a), "b");
	assert_null(sample_find_arm(sample, "c"));
	arena_free(&arena);
}

TEST(a_session_is_the_same_by_its_start_and_figures)
{
	struct arena arena = {0};
	struct sample *sample = make(&arena, 2), *other = make(&arena, 2);

	assert_true(sample_is_same(sample, other));
	other->arms[1].trials[1].values[VALUE_READ_P99] += 1;
	assert_false(sample_is_same(sample, other));
	/* What both do not have is the same. */
	other->arms[1].name = "c";
	assert_true(sample_is_same(sample, other));
	other->arms[0].trials[0].values[VALUE_WRITE_IOPS] = 0; /* NAN on the other side */
	assert_false(sample_is_same(sample, other));
	other->arms[0].name = "d";
	assert_false(sample_is_same(sample, other));
	other = make(&arena, 2);
	other->id = "2024-01-01T00:00:00Z";
	assert_false(sample_is_same(sample, other));
	other = make(&arena, 1);
	assert_false(sample_is_same(other, sample));
	arena_free(&arena);
}

TEST(facts_have_a_fingerprint_whatever_their_order)
{
	struct result_setting facts[] = {{"a", "1", NULL}, {"b", "2", NULL}};
	struct result_setting turned[] = {{"b", "2", NULL}, {"a", "1", NULL}};
	const struct result_settings one = {2, facts}, other = {2, turned};
	const struct result_settings fewer = {1, facts}, none = {0};
	struct arena arena = {0};

	/* XXH3's 128 bits of nothing, from its reference vectors. */
	assert_string_equal(
		sample_hash_settings(&none, &arena), "99aa06d3014798d86001c324468d497f");
	assert_string_equal(
		sample_hash_settings(&one, &arena), sample_hash_settings(&other, &arena));
	assert_string_not_equal(
		sample_hash_settings(&one, &arena), sample_hash_settings(&fewer, &arena));
	turned[0].value = "3";
	assert_string_not_equal(
		sample_hash_settings(&one, &arena), sample_hash_settings(&other, &arena));
	facts[0].value = NULL; /* "a=", and no crash */
	turned[0].value = "2";
	turned[1].value = "";
	assert_string_equal(
		sample_hash_settings(&one, &arena), sample_hash_settings(&other, &arena));
	arena_free(&arena);
}

TEST(copies_of_facts_leave_out_what_is_of_the_moment)
{
	char key[] = "cpu_model", value[] = "Z80";
	struct result_setting hard[] = {{"now.load", "1", NULL}, {key, value, NULL}};
	struct result_setting soft[] = {{"kernel", "6", NULL}, {"now.free", "1", NULL}};
	const struct result_environment from = {.hard = {2, hard}, .soft = {2, soft}};
	struct result_environment into;
	struct arena arena = {0};

	sample_copy_facts(&into, &from, &arena);
	key[0] = value[0] = 'X';
	assert_int_equal(into.hard.count, 1);
	assert_string_equal(into.hard.items[0].key, "cpu_model");
	assert_string_equal(into.hard.items[0].value, "Z80");
	assert_int_equal(into.soft.count, 1);
	assert_string_equal(into.soft.items[0].key, "kernel");
	arena_free(&arena);
}

TEST(a_result_is_a_session_of_one_block)
{
	struct result_job jobs[] = {
		{.name = "j", .engine = "null", .elapsed_ns = 2000000000},
		{.name = "j", .engine = "null", .elapsed_ns = 1000000000, .error = EIO},
	};
	struct result_warning warnings[] = {
		{.code = "busy", .job = "j", .message = "others ran"},
		{.code = "iopoll-interrupts", .job = "k", .message = "of another job"},
		{.code = "iopoll-interrupts", .job = "j", .message = "it did not poll"},
	};
	struct result result;
	struct arena arena = {0};
	struct sample sample;

	jobs[0].directions[DIRECTION_READ].ios = 10;
	result_init(&result);
	result.version = "1.2";
	result.git = NULL;
	result.seed = 5;
	result.started.tv_sec = 1700000000;
	result.jobs = jobs;
	result.job_count = 2;
	result.warnings = warnings;
	result.warning_count = 3;
	sample_of_result(&sample, &result, &arena);
	assert_string_equal(sample.id, "2023-11-14T22:13:20Z");
	assert_string_equal(sample.tool, "ringside 1.2 (?)");
	assert_int_equal(sample.seed, 5);
	assert_int_equal(sample.block_count, 1);
	assert_int_equal(sample.slot_count, 2);
	assert_false(sample.is_foreign || sample.is_partial);
	assert_string_equal(sample.arms[1].name, "j (2)");
	assert_null(sample.arms[0].fault);
	assert_non_null(sample.arms[1].fault);
	assert_int_equal(sample.arms[1].fault_code, EXIT_RUN_FAILED);
	assert_string_equal(sample.arms[0].mismatch, "it did not poll");
	assert_true(sample.arms[0].trials[0].is_valid);
	assert_is(sample.arms[0].trials[0].window_s, 2);
	assert_is(sample.arms[0].trials[0].values[VALUE_READ_IOPS], 5);
	result.jobs = NULL;
	result.job_count = 0;
	result.warnings = NULL;
	result.warning_count = 0;
	result_free(&result);
	arena_free(&arena);
}

/* fio states rates over each direction's own time, and percentiles without buckets. */
TEST(fios_figures_are_those_that_it_states)
{
	static const struct fio_percentile read[] = {{50, 100}, {99, 200}, {99.9, 300}};
	static const struct fio_percentile write[] = {{50, 10}, {99, 20}, {99.9, 30}};
	struct result_job job = {.name = "f", .elapsed_ns = 1000000000, .syscalls = 7};
	struct fio_job stated = {0};
	struct fio_document document = {.jobs = &stated};
	struct arena arena = {0};
	struct sample sample;
	const double *values;

	job.directions[DIRECTION_READ].ios = 10;
	job.directions[DIRECTION_WRITE].ios = 30;
	stated.directions[DIRECTION_READ] =
		(struct fio_direction){.iops = 11, .bytes_per_second = 100, .clat = {3, read}};
	stated.directions[DIRECTION_WRITE] =
		(struct fio_direction){.iops = 31, .bytes_per_second = 300, .clat = {3, write}};
	stated.directions[DIRECTION_TRIM] = (struct fio_direction){.iops = 1000};
	result_init(&document.result);
	document.result.version = "fio-3.42";
	document.result.jobs = &job;
	document.result.job_count = 1;
	sample_of_fio(&sample, &document, &arena);
	values = sample.arms[0].trials[0].values;
	assert_true(sample.is_foreign);
	assert_string_equal(sample.tool, "fio-3.42");
	assert_is(values[VALUE_READ_IOPS], 11);
	assert_is(values[VALUE_WRITE_BANDWIDTH], 300);
	assert_is(values[VALUE_IOPS], 42); /* what was not done is not added */
	assert_is(values[VALUE_BANDWIDTH], 400);
	assert_is(values[VALUE_READ_P99], 200);
	assert_is(values[VALUE_LAT_P50], 10); /* of the direction with the most I/Os */
	assert_is(values[VALUE_LAT_P999], 30);
	assert_true(isnan(values[VALUE_CPU_PER_IO]));
	assert_true(isnan(values[VALUE_SYSCALLS_PER_IO]));
	assert_true(isnan(values[VALUE_DEPTH]));
	document.result.jobs = NULL;
	document.result.job_count = 0;
	result_free(&document.result);
	arena_free(&arena);
}

TEST(a_comparison_is_a_session_without_its_control)
{
	struct record record;
	struct arena arena = {0};
	struct sample sample;
	const struct sample_arm *fast;

	sample_record(&record, 5);
	record.version = "1.0";
	record.git = "abc";
	record.points[0].contenders[SAMPLE_FAST].iops_asked = 7;
	record.points[0].trials[1].mismatch = "it was a thread pool";
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_string_equal(sample.tool, "ringside 1.0 (abc)");
	assert_string_equal(sample.id, "2023-11-14T22:13:20Z");
	assert_int_equal(sample.seed, 77);
	assert_true(sample.is_partial);
	assert_int_equal(sample.block_count, 5);
	assert_int_equal(sample.arm_count, 4);
	assert_null(sample_find_arm(&sample, "control ref'"));
	assert_string_equal(sample.reference, "ref");
	fast = sample_find_arm(&sample, "fast");
	assert_is(fast->iops_asked, 7);
	assert_string_equal(fast->mismatch, "it was a thread pool");
	assert_true(fast->trials[4].is_valid);
	assert_is(fast->trials[4].window_s, 2);
	assert_is(fast->trials[0].values[VALUE_READ_IOPS],
		record.points[0].trials[1].values[VALUE_READ_IOPS]);
	assert_string_equal(sample_find_arm(&sample, "refused")->fault, "this kernel has it not");
	assert_int_equal(sample_find_arm(&sample, "refused")->fault_code, EXIT_INCOMPARABLE);
	/* With references of their own the point's is the control's alone. */
	record.points[0].has_own_references = true;
	record.points[0].contenders[SAMPLE_FAST].reference = "same";
	record.points[0].contenders[SAMPLE_FAST].exit_code = EXIT_BAD_REQUEST;
	record.points[0].contenders[SAMPLE_FAST].problem = "odd";
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_null(sample.reference);
	assert_string_equal(sample_find_arm(&sample, "fast")->reference, "same");
	assert_int_equal(sample_find_arm(&sample, "fast")->fault_code, EXIT_RUN_FAILED);
	arena_free(&arena);
	record_free(&record);
}

TEST(who_was_not_asked_for_by_name_may_be_missing)
{
	struct record record;
	struct contender *refused;
	struct arena arena = {0};
	struct sample sample;

	sample_record(&record, 2);
	refused = &record.points[0].contenders[SAMPLE_REFUSED];
	refused->is_optional = true;
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_null(sample_find_arm(&sample, "refused"));
	/* Not where another one is held against it. */
	record.points[0].contenders[SAMPLE_FAST].reference = "refused";
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_non_null(sample_find_arm(&sample, "refused"));
	record.points[0].contenders[SAMPLE_FAST].reference = NULL;
	refused->problem = NULL;
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_non_null(sample_find_arm(&sample, "refused"));
	arena_free(&arena);
	record_free(&record);
}

/* Fresh trials are those from a block on: nothing before it is seen. */
TEST(a_later_part_of_a_comparison_is_a_session_of_its_own)
{
	struct record record;
	struct record_point *point;
	struct arena arena = {0};
	struct sample sample;

	sample_record(&record, 9);
	point = &record.points[0];
	point->trials[1].attempt = 2; /* of blocks 0, */
	point->trials[2].causes = 1;
	point->trials[2].problem = "early";
	point->trials[4 * 6].attempt = 2;    /* 6, */
	point->trials[4 * 7 + 1].causes = 1; /* 7 */
	point->trials[4 * 7 + 1].problem = "others' I/O";
	point->trials[4 * 8 + 2].counts = false; /* and 8 */
	point->trials[4 * 8 + 2].causes = 1;
	point->trials[4 * 8 + 2].problem = "late";
	sample_of_comparison(&sample, &record, 0, 6, &arena);
	assert_int_equal(sample.block_count, 3);
	assert_int_equal(sample.slot_count, 11); /* 3 blocks of 4; the second attempt is none */
	assert_int_equal(sample.repeated_count, 1);
	assert_int_equal(sample.disturbed_count, 1);
	assert_string_equal(sample.disturbance, "others' I/O");
	assert_is(sample_find_arm(&sample, "fast")->trials[1].values[VALUE_IOPS],
		point->trials[4 * 7 + 1].values[VALUE_IOPS]);
	assert_false(sample_find_arm(&sample, "same")->trials[2].is_valid);
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_int_equal(sample.slot_count, 34);
	assert_int_equal(sample.repeated_count, 2);
	assert_int_equal(sample.disturbed_count, 2);
	assert_string_equal(sample.disturbance, "early");
	arena_free(&arena);
	record_free(&record);
}

TEST(failed_and_short_ios_are_faults)
{
	struct record record;
	struct arena arena = {0};
	struct sample sample;

	sample_record(&record, 3);
	record.points[0].trials[0].values[VALUE_SHORT_IOS] = 2; /* of the reference */
	record.points[0].trials[4].values[VALUE_SHORT_IOS] = 1;
	record.points[0].trials[1].values[VALUE_ERRORS] = 3;
	record.points[0].trials[1].values[VALUE_SHORT_IOS] = 3;
	record.points[0].trials[2].values[VALUE_ERRORS] = 9; /* a trial that does not count */
	record.points[0].trials[2].counts = false;
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_string_equal(
		sample_find_arm(&sample, "ref")->fault, "3 I/Os moved fewer bytes than asked");
	assert_string_equal(sample_find_arm(&sample, "fast")->fault, "3 I/Os failed");
	assert_int_equal(sample_find_arm(&sample, "fast")->fault_code, EXIT_RUN_FAILED);
	assert_null(sample_find_arm(&sample, "same")->fault);
	arena_free(&arena);
	record_free(&record);
}

TEST(the_control_is_a_ratio_to_the_reference)
{
	struct record record;
	struct record_point *point;
	struct arena arena = {0};
	struct sample sample;

	sample_record(&record, 9);
	point = &record.points[0];
	/* It was 10 % off until block 4, and is not from then on. */
	for (size_t b = 0; b < 4; b++)
		point->trials[4 * b + 3].values[VALUE_IOPS] *= 0.9;
	sample_of_comparison(&sample, &record, 0, 4, &arena);
	assert_true(sample.control.is_known);
	assert_true(fabs(sample.control.ratio - 1) < 0.005);
	assert_true(sample.control.lo < sample.control.ratio);
	assert_true(sample.control.ratio < sample.control.hi);
	assert_false(sample_control_failed(&sample));
	for (size_t b = 4; b < 9; b++)
		point->trials[4 * b + 3].values[VALUE_IOPS] *= 0.9;
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_true(fabs(sample.control.ratio - 0.9) < 0.005);
	assert_true(sample_control_failed(&sample));
	/* One block is no interval. */
	sample_of_comparison(&sample, &record, 0, 8, &arena);
	assert_false(sample.control.is_known);
	point->control = SESSION_NONE;
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_false(sample.control.is_known);
	arena_free(&arena);
	record_free(&record);
}

/* By the rule that it guards: half of 5 %, shown. */
TEST(a_control_fails_either_way_and_only_when_it_is_shown)
{
	static const struct {
		struct sample_control control;
		bool has_failed;
	} cases[] = {
		{{true, 0.90, 0.88, 0.92}, true},
		{{true, 1.12, 1.08, 1.15}, true},
		{{true, 0.99, 0.985, 0.995}, false}, /* shown, and too little to matter */
		{{true, 0.90, 0.80, 1.01}, false},   /* may be nothing */
		{{false, 0.90, 0.88, 0.92}, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sample sample = {.control = cases[i].control};

		if (sample_control_failed(&sample) != cases[i].has_failed)
			fail_msg("case %zu", i);
	}
}

/* Above a fifth. */
TEST(disturbed_trials_show_by_their_share)
{
	struct sample sample = {.slot_count = 10, .repeated_count = 2, .disturbed_count = 2};

	assert_false(sample_is_disturbed(&sample) || sample_was_disturbed(&sample));
	sample.disturbed_count = 3;
	assert_true(sample_is_disturbed(&sample));
	assert_false(sample_was_disturbed(&sample));
	sample.repeated_count = 3;
	sample.disturbed_count = 0;
	assert_true(sample_was_disturbed(&sample));
	assert_false(sample_is_disturbed(&sample));
}

TEST_MAIN(NULL, NULL);
