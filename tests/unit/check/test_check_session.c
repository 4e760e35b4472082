/* SPDX-License-Identifier: MIT */
/* Sessions out of results, of fio's documents and of comparisons, and what is asked of them. */
#include "check/check_session.h"
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "check_rig.h"
#include "near.h"
#include "sample_record.h"

#define assert_is(actual, expected) assert_near(actual, expected, 1e-9 * fabs((double)(expected)))

static const struct rig_contender two[] = {{"a", 1000, 0}, {"b", 2000, 0}};

static struct check_session *make(struct arena *arena, size_t blocks)
{
	struct random random;

	random_init(&random, 1);
	return rig_session(arena, 1, two, 2, blocks, &random);
}

TEST(times_are_utc_in_whole_seconds)
{
	char text[CHECK_TIME_BYTES];

	assert_string_equal(check_time_text(text, 0), "1970-01-01T00:00:00Z");
	assert_string_equal(check_time_text(text, 1700000000), "2023-11-14T22:13:20Z");
	/* No calendar has it. */
	assert_string_equal(check_time_text(text, INT64_MAX), "1970-01-01T00:00:00Z");
}

TEST(trials_that_did_not_run_have_no_figure)
{
	struct arena arena = {0};
	struct check_session *session = make(&arena, 2);
	double values[2];

	session->contenders[0].trials = check_new_trials(&arena, 2);
	assert_true(isnan(session->contenders[0].trials[1].window_s));
	assert_true(isnan(session->contenders[0].trials[1].values[VALUE_SHORT_IOS]));
	assert_false(session->contenders[0].trials[1].counts);
	assert_int_equal(check_session_values(
				 session, &session->contenders[0], NULL, VALUE_READ_IOPS, values),
		0);
	arena_free(&arena);
}

TEST(values_are_scaled_and_of_valid_trials_alone)
{
	struct arena arena = {0};
	struct check_session *session = make(&arena, 3);
	struct contender *a = &session->contenders[0], *b = &session->contenders[1];
	double values[3];

	a->trials[1].counts = false;
	b->trials[2].values[VALUE_READ_IOPS] = 4000;
	assert_int_equal(check_session_values(session, a, NULL, VALUE_READ_IOPS, values), 2);
	assert_is(values[0], log(1000));
	/* Of pairs both sides have to be there. */
	assert_int_equal(check_session_values(session, b, a, VALUE_READ_IOPS, values), 2);
	assert_is(values[0], log(2));
	assert_is(values[1], log(4));
	/* What may be 0 is no logarithm. */
	assert_int_equal(check_session_values(session, b, a, VALUE_SYSCALLS_PER_IO, values), 2);
	assert_true(values[0] == 0);
	assert_is(check_session_value(session, b, 2, VALUE_READ_IOPS), log(4000));
	assert_true(isnan(check_session_value(session, a, 1, VALUE_READ_IOPS)));
	assert_true(isnan(check_session_value(session, a, 3, VALUE_READ_IOPS)));
	arena_free(&arena);
}

TEST(the_thinnest_trial_decides_how_far_a_tail_goes)
{
	struct arena arena = {0};
	struct check_session *session = make(&arena, 3);
	struct contender *a = &session->contenders[0];

	/* 1000 I/Os a second for 10 s: a hundredth of them lies beyond p99. */
	assert_is(check_session_tail_count(session, a, VALUE_READ_P99), 100);
	a->trials[1].window_s = 2;
	assert_is(check_session_tail_count(session, a, VALUE_READ_P99), 20);
	assert_true(isinf(check_session_tail_count(session, a, VALUE_READ_IOPS)));
	a->trials[1].window_s = NAN;
	assert_true(isnan(check_session_tail_count(session, a, VALUE_READ_P99)));
	a->trials[1].counts = false;
	assert_is(check_session_tail_count(session, a, VALUE_READ_P99), 100);
	arena_free(&arena);
}

TEST(windows_add_up_and_have_a_mean)
{
	struct arena arena = {0};
	struct check_session *session = make(&arena, 2);

	session->contenders[0].trials[0].window_s = 4;
	assert_is(check_session_window_s(session), 34);
	assert_is(check_session_trial_s(session), 8.5);
	session->contenders[0].trials[0].counts = false;
	assert_is(check_session_window_s(session), 34); /* it took its time all the same */
	assert_is(check_session_trial_s(session), 10);
	session->contenders[0].trials[0].window_s = NAN;
	assert_is(check_session_window_s(session), 30);
	session->block_count = 0;
	assert_true(isnan(check_session_trial_s(session)));
	arena_free(&arena);
}

TEST(each_arm_knows_what_it_is_held_against)
{
	struct arena arena = {0};
	struct check_session *session = make(&arena, 1);
	struct contender *a = &session->contenders[0], *b = &session->contenders[1];

	assert_null(check_session_reference_of(session, a));
	assert_false(check_session_is_reference(session, "a"));
	session->reference = "a";
	assert_string_equal(check_session_reference_of(session, b), "a");
	assert_null(check_session_reference_of(session, a));
	assert_true(check_session_is_reference(session, "a"));
	assert_false(check_session_is_own_reference(session, "a"));
	/* One of its own comes first, and is held against nothing. */
	a->reference = "b";
	assert_true(check_session_is_own_reference(session, "b"));
	assert_true(check_session_is_reference(session, "b"));
	assert_null(check_session_reference_of(session, b));
	session->reference = NULL;
	assert_string_equal(check_session_reference_of(session, a), "b");
	session->reference = "c";
	assert_string_equal(check_session_reference_of(session, a), "b");
	assert_null(check_session_find(session, "c"));
	arena_free(&arena);
}

TEST(a_session_is_the_same_by_its_start_and_figures)
{
	struct arena arena = {0};
	struct check_session *session = make(&arena, 2), *other = make(&arena, 2);

	assert_true(check_session_is_same(session, other));
	other->contenders[1].trials[1].values[VALUE_READ_P99] += 1;
	assert_false(check_session_is_same(session, other));
	/* What both do not have is the same. */
	other->contenders[1].name = "c";
	assert_true(check_session_is_same(session, other));
	other->contenders[0].trials[0].values[VALUE_WRITE_IOPS] = 0; /* NAN on the other side */
	assert_false(check_session_is_same(session, other));
	other->contenders[0].name = "d";
	assert_false(check_session_is_same(session, other));
	other = make(&arena, 2);
	other->id = "2024-01-01T00:00:00Z";
	assert_false(check_session_is_same(session, other));
	other = make(&arena, 1);
	assert_false(check_session_is_same(other, session));
	arena_free(&arena);
}

TEST(facts_have_a_fingerprint_whatever_their_order)
{
	struct setting facts[] = {{.key = "a", .value = "1"}, {.key = "b", .value = "2"}};
	struct setting turned[] = {{.key = "b", .value = "2"}, {.key = "a", .value = "1"}};
	const struct settings one = {.count = 2, .items = facts},
			      other = {.count = 2, .items = turned};
	const struct settings fewer = {.count = 1, .items = facts}, none = {0};
	struct arena arena = {0};

	/* XXH3's 128 bits of nothing, from its reference vectors. */
	assert_string_equal(check_hash_settings(&none, &arena), "99aa06d3014798d86001c324468d497f");
	assert_string_equal(check_hash_settings(&one, &arena), check_hash_settings(&other, &arena));
	assert_string_not_equal(
		check_hash_settings(&one, &arena), check_hash_settings(&fewer, &arena));
	turned[0].value = "3";
	assert_string_not_equal(
		check_hash_settings(&one, &arena), check_hash_settings(&other, &arena));
	facts[0].value = NULL; /* "a=", and no crash */
	turned[0].value = "2";
	turned[1].value = "";
	assert_string_equal(check_hash_settings(&one, &arena), check_hash_settings(&other, &arena));
	arena_free(&arena);
}

TEST(copies_of_facts_leave_out_what_is_of_the_moment)
{
	char key[] = "cpu_model", value[] = "Z80";
	struct setting hard[] = {{.key = "now.load", .value = "1"}, {.key = key, .value = value}};
	struct setting soft[] = {
		{.key = "kernel", .value = "6"}, {.key = "now.free", .value = "1"}};
	const struct result_environment from = {.hard = {2, hard}, .soft = {2, soft}};
	struct result_environment into;
	struct arena arena = {0};

	check_copy_facts(&into, &from, &arena);
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
	struct check_session session;

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
	check_session_of_result(&session, &result, &arena);
	assert_string_equal(session.id, "2023-11-14T22:13:20Z");
	assert_string_equal(session.tool, "ringside 1.2 (?)");
	assert_int_equal(session.seed, 5);
	assert_int_equal(session.block_count, 1);
	assert_int_equal(session.trial_count, 2);
	assert_false(session.is_foreign || session.is_partial);
	assert_string_equal(session.contenders[1].name, "j (2)");
	assert_null(session.contenders[0].problem);
	assert_non_null(session.contenders[1].problem);
	assert_int_equal(session.contenders[1].exit_code, EXIT_RUN_FAILED);
	assert_string_equal(session.contenders[0].mismatch, "it did not poll");
	assert_true(session.contenders[0].trials[0].counts);
	assert_is(session.contenders[0].trials[0].window_s, 2);
	assert_is(session.contenders[0].trials[0].values[VALUE_READ_IOPS], 5);
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
	struct check_session session;
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
	check_session_of_fio(&session, &document, &arena);
	values = session.contenders[0].trials[0].values;
	assert_true(session.is_foreign);
	assert_string_equal(session.tool, "fio-3.42");
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
	struct check_session session;
	const struct contender *fast;

	sample_record(&record, 5);
	record.version = "1.0";
	record.git = "abc";
	record.points[0].contenders[SAMPLE_FAST].asked.iops = 7;
	record.points[0].trials[1].mismatch = "it was a thread pool";
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_string_equal(session.tool, "ringside 1.0 (abc)");
	assert_string_equal(session.id, "2023-11-14T22:13:20Z");
	assert_int_equal(session.seed, 77);
	assert_true(session.is_partial);
	assert_int_equal(session.block_count, 5);
	assert_int_equal(session.contender_count, 4);
	assert_null(check_session_find(&session, "control ref'"));
	assert_string_equal(session.reference, "ref");
	fast = check_session_find(&session, "fast");
	assert_is(fast->asked.iops, 7);
	assert_string_equal(fast->mismatch, "it was a thread pool");
	assert_true(fast->trials[4].counts);
	assert_is(fast->trials[4].window_s, 2);
	assert_is(fast->trials[0].values[VALUE_READ_IOPS],
		record.points[0].trials[1].values[VALUE_READ_IOPS]);
	assert_string_equal(
		check_session_find(&session, "refused")->problem, "this kernel has it not");
	assert_int_equal(check_session_find(&session, "refused")->exit_code, EXIT_INCOMPARABLE);
	/* With references of their own the point's is the control's alone. */
	record.points[0].has_own_references = true;
	record.points[0].contenders[SAMPLE_FAST].reference = "same";
	record.points[0].contenders[SAMPLE_FAST].exit_code = EXIT_BAD_REQUEST;
	record.points[0].contenders[SAMPLE_FAST].problem = "odd";
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_null(session.reference);
	assert_string_equal(check_session_find(&session, "fast")->reference, "same");
	assert_int_equal(check_session_find(&session, "fast")->exit_code, EXIT_RUN_FAILED);
	arena_free(&arena);
	record_free(&record);
}

TEST(who_was_not_asked_for_by_name_may_be_missing)
{
	struct record record;
	struct contender *refused;
	struct arena arena = {0};
	struct check_session session;

	sample_record(&record, 2);
	refused = &record.points[0].contenders[SAMPLE_REFUSED];
	refused->is_optional = true;
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_null(check_session_find(&session, "refused"));
	/* Not where another one is held against it. */
	record.points[0].contenders[SAMPLE_FAST].reference = "refused";
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_non_null(check_session_find(&session, "refused"));
	record.points[0].contenders[SAMPLE_FAST].reference = NULL;
	refused->problem = NULL;
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_non_null(check_session_find(&session, "refused"));
	arena_free(&arena);
	record_free(&record);
}

/* Fresh trials are those from a block on: nothing before it is seen. */
TEST(a_later_part_of_a_comparison_is_a_session_of_its_own)
{
	struct record record;
	struct record_point *point;
	struct arena arena = {0};
	struct check_session session;

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
	check_session_of_comparison(&session, &record, 0, 6, &arena);
	assert_int_equal(session.block_count, 3);
	assert_int_equal(session.trial_count, 11); /* 3 blocks of 4; the second attempt is none */
	assert_int_equal(session.repeated_count, 1);
	assert_int_equal(session.disturbed_count, 1);
	assert_string_equal(session.disturbance, "others' I/O");
	assert_is(check_session_find(&session, "fast")->trials[1].values[VALUE_IOPS],
		point->trials[4 * 7 + 1].values[VALUE_IOPS]);
	assert_false(check_session_find(&session, "same")->trials[2].counts);
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_int_equal(session.trial_count, 34);
	assert_int_equal(session.repeated_count, 2);
	assert_int_equal(session.disturbed_count, 2);
	assert_string_equal(session.disturbance, "early");
	arena_free(&arena);
	record_free(&record);
}

TEST(failed_and_short_ios_are_faults)
{
	struct record record;
	struct arena arena = {0};
	struct check_session session;

	sample_record(&record, 3);
	record.points[0].trials[0].values[VALUE_SHORT_IOS] = 2; /* of the reference */
	record.points[0].trials[4].values[VALUE_SHORT_IOS] = 1;
	record.points[0].trials[1].values[VALUE_ERRORS] = 3;
	record.points[0].trials[1].values[VALUE_SHORT_IOS] = 3;
	record.points[0].trials[2].values[VALUE_ERRORS] = 9; /* a trial that does not count */
	record.points[0].trials[2].counts = false;
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_string_equal(check_session_find(&session, "ref")->problem,
		"3 I/Os moved fewer bytes than asked");
	assert_string_equal(check_session_find(&session, "fast")->problem, "3 I/Os failed");
	assert_int_equal(check_session_find(&session, "fast")->exit_code, EXIT_RUN_FAILED);
	assert_null(check_session_find(&session, "same")->problem);
	arena_free(&arena);
	record_free(&record);
}

TEST(the_control_is_a_ratio_to_the_reference)
{
	struct record record;
	struct record_point *point;
	struct arena arena = {0};
	struct check_session session;

	sample_record(&record, 9);
	point = &record.points[0];
	/* It was 10 % off until block 4, and is not from then on. */
	for (size_t b = 0; b < 4; b++)
		point->trials[4 * b + 3].values[VALUE_IOPS] *= 0.9;
	check_session_of_comparison(&session, &record, 0, 4, &arena);
	assert_true(session.control.is_known);
	assert_true(fabs(session.control.ratio - 1) < 0.005);
	assert_true(session.control.lo < session.control.ratio);
	assert_true(session.control.ratio < session.control.hi);
	assert_false(check_session_control_failed(&session));
	for (size_t b = 4; b < 9; b++)
		point->trials[4 * b + 3].values[VALUE_IOPS] *= 0.9;
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_true(fabs(session.control.ratio - 0.9) < 0.005);
	assert_true(check_session_control_failed(&session));
	/* One block is no interval. */
	check_session_of_comparison(&session, &record, 0, 8, &arena);
	assert_false(session.control.is_known);
	point->control = SESSION_NONE;
	check_session_of_comparison(&session, &record, 0, 0, &arena);
	assert_false(session.control.is_known);
	arena_free(&arena);
	record_free(&record);
}

/* By the rule that it guards: half of 5 %, shown. */
TEST(a_control_fails_either_way_and_only_when_it_is_shown)
{
	static const struct {
		struct check_control control;
		bool has_failed;
	} cases[] = {
		{{true, 0.90, 0.88, 0.92}, true},
		{{true, 1.12, 1.08, 1.15}, true},
		{{true, 0.99, 0.985, 0.995}, false}, /* shown, and too little to matter */
		{{true, 0.90, 0.80, 1.01}, false},   /* may be nothing */
		{{false, 0.90, 0.88, 0.92}, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct check_session session = {.control = cases[i].control};

		if (check_session_control_failed(&session) != cases[i].has_failed)
			fail_msg("case %zu", i);
	}
}

/* Above a fifth. */
TEST(disturbed_trials_show_by_their_share)
{
	struct check_session session = {
		.trial_count = 10, .repeated_count = 2, .disturbed_count = 2};

	assert_false(check_session_is_disturbed(&session) || check_session_was_disturbed(&session));
	session.disturbed_count = 3;
	assert_true(check_session_is_disturbed(&session));
	assert_false(check_session_was_disturbed(&session));
	session.repeated_count = 3;
	session.disturbed_count = 0;
	assert_true(check_session_was_disturbed(&session));
	assert_false(check_session_is_disturbed(&session));
}

TEST_MAIN(NULL, NULL);
