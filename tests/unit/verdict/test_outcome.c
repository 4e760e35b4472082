/* SPDX-License-Identifier: MIT */
/* Exit codes of gates, policies, and what git bisect is told. */
#include "test.h"
#include "verdict/outcome.h"

#include "near.h"

static const struct outcome_policy plain = {0};

TEST(each_outcome_has_its_code)
{
	static const struct {
		enum outcome outcome;
		enum exit_code code;
		const char *name;
	} table[] = {
		{OUTCOME_PASS, EXIT_DONE, "pass"},
		{OUTCOME_IMPROVED, EXIT_DONE, "improved"},
		{OUTCOME_FAIL, EXIT_REGRESSION, "regression"},
		{OUTCOME_INCONCLUSIVE, EXIT_INCONCLUSIVE, "inconclusive"},
		{OUTCOME_SKIPPED, EXIT_INCOMPARABLE, "skipped"}, /* nothing else was judged */
		{OUTCOME_INCOMPARABLE, EXIT_INCOMPARABLE, "incomparable"},
		{OUTCOME_ERROR, EXIT_RUN_FAILED, "error"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_int_equal(outcome_exit_code(&table[i].outcome, 1, &plain), table[i].code);
		assert_string_equal(outcome_name(table[i].outcome), table[i].name);
	}
}

/* 5, 1, 4, 3, 0: each beats all that come after it, in either order. */
TEST(worst_gate_decides)
{
	static const enum outcome by_severity[] = {OUTCOME_ERROR, OUTCOME_FAIL,
		OUTCOME_INCOMPARABLE, OUTCOME_INCONCLUSIVE, OUTCOME_PASS};
	static const enum exit_code codes[] = {
		EXIT_RUN_FAILED, EXIT_REGRESSION, EXIT_INCOMPARABLE, EXIT_INCONCLUSIVE, EXIT_DONE};

	for (size_t i = 0; i < 5; i++) {
		for (size_t j = i; j < 5; j++) {
			enum outcome first[] = {by_severity[i], by_severity[j]};
			enum outcome last[] = {by_severity[j], by_severity[i]};

			assert_int_equal(outcome_exit_code(first, 2, &plain), codes[i]);
			assert_int_equal(outcome_exit_code(last, 2, &plain), codes[i]);
		}
	}
}

TEST(skipped_gates_leave_it_to_the_others)
{
	enum outcome outcomes[] = {OUTCOME_SKIPPED, OUTCOME_PASS, OUTCOME_SKIPPED};

	assert_int_equal(outcome_exit_code(outcomes, 3, &plain), EXIT_DONE);
	outcomes[1] = OUTCOME_FAIL;
	assert_int_equal(outcome_exit_code(outcomes, 3, &plain), EXIT_REGRESSION);
	outcomes[1] = OUTCOME_SKIPPED;
	assert_int_equal(outcome_exit_code(outcomes, 3, &plain), EXIT_INCOMPARABLE);
	assert_int_equal(outcome_exit_code(NULL, 0, &plain), EXIT_INCOMPARABLE);
}

TEST(policies_move_two_outcomes_only)
{
	enum outcome inconclusive = OUTCOME_INCONCLUSIVE;
	enum outcome improved = OUTCOME_IMPROVED;
	enum outcome error = OUTCOME_ERROR;
	struct outcome_policy policy = {.inconclusive = INCONCLUSIVE_PASSES};

	assert_int_equal(outcome_exit_code(&inconclusive, 1, &policy), EXIT_DONE);
	assert_int_equal(outcome_exit_code(&error, 1, &policy), EXIT_RUN_FAILED);
	policy.inconclusive = INCONCLUSIVE_FAILS;
	assert_int_equal(outcome_exit_code(&inconclusive, 1, &policy), EXIT_REGRESSION);
	assert_int_equal(outcome_exit_code(&improved, 1, &policy), EXIT_DONE);
	policy.improved = IMPROVED_FAILS;
	assert_int_equal(outcome_exit_code(&improved, 1, &policy), EXIT_REGRESSION);
}

TEST(bisect_skips_what_no_commit_is_to_blame_for)
{
	assert_int_equal(outcome_bisect_code(EXIT_DONE), 0);
	assert_int_equal(outcome_bisect_code(EXIT_REGRESSION), 1);
	assert_int_equal(outcome_bisect_code(EXIT_BAD_REQUEST), 129);
	assert_int_equal(outcome_bisect_code(EXIT_INCONCLUSIVE), 125);
	assert_int_equal(outcome_bisect_code(EXIT_INCOMPARABLE), 125);
	assert_int_equal(outcome_bisect_code(EXIT_RUN_FAILED), 125);
	assert_int_equal(outcome_bisect_code(128 + 2), 130);
}

/* A gate that no report lists would be a gate that nobody sees. */
TEST(every_outcome_is_listed_once)
{
	unsigned seen = 0;

	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		seen |= 1u << outcome_order[i];
	assert_int_equal(seen, (1u << OUTCOME_COUNT) - 1);
	assert_int_equal(outcome_order[0], OUTCOME_ERROR);
}

TEST_MAIN(NULL, NULL);
