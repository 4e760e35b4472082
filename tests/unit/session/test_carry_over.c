/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/* What turns leave behind for the next: what is shown of it, and a session that gives them up. */
#include <unistd.h>

#include "base/random.h"
#include "near.h"
#include "scripted_turns.h"
#include "session/carry_over.h"
#include "session/contest.h"
#include "test.h"
#include "verdict/session.h"

enum { PLAYERS = 3, OTHER = 1, THIRD = 2 };

static struct carry_over carry_over;
static struct carry_over_finding finding;

static int tear_down(void **state)
{
	(void)state; /* cmocka's signature */
	carry_over_free(&carry_over);
	return 0;
}

TEST_FIXTURE(NULL, tear_down);

/* So many rounds after a player, with noise of 2 %. */
static void add_rounds(size_t player, unsigned count, double difference)
{
	struct random random;

	random_init(&random, 7);
	for (unsigned i = 0; i < count; i++)
		carry_over_add(&carry_over, player, difference + 0.02 * noise_normal(&random));
}

/* It moves the ratio by a half where three take part. */
TEST(what_falsifies_ratios_is_found)
{
	carry_over_init(&carry_over, PLAYERS, PLAYERS);
	add_rounds(OTHER, 100, 0.03);
	assert_true(carry_over_find(&carry_over, 0.01, &finding));
	assert_int_equal(finding.player, OTHER);
	assert_near(finding.difference.value, 0.03, 0.005);
	assert_false(carry_over_find(&carry_over, 0.015, &finding));
	carry_over_free(&carry_over);
	carry_over_init(&carry_over, PLAYERS, PLAYERS);
	add_rounds(OTHER, 100, -0.03); /* faster is no better */
	assert_true(carry_over_find(&carry_over, 0.01, &finding));
	assert_true(finding.difference.value < 0);
}

TEST(without_rounds_nothing_is_found)
{
	carry_over_init(&carry_over, PLAYERS, PLAYERS);
	assert_false(carry_over_find(&carry_over, 0, &finding));
	add_rounds(OTHER, 11, 1);
	assert_false(carry_over_find(&carry_over, 0, &finding));
}

/* Each contender for itself; and all others, where each has few rounds. */
TEST(one_of_several_is_named)
{
	carry_over_init(&carry_over, 12, 4);
	add_rounds(OTHER, 60, 0);
	add_rounds(THIRD, 60, 0.1);
	assert_true(carry_over_find(&carry_over, 0.01, &finding));
	assert_int_equal(finding.player, THIRD);
	carry_over_free(&carry_over);
	carry_over_init(&carry_over, 12, 12);
	for (size_t player = 1; player < 11; player++)
		add_rounds(player, 8, 0.3);
	assert_true(carry_over_find(&carry_over, 0.01, &finding));
	assert_int_equal(finding.player, SESSION_NONE);
}

static struct contender_plan plan;
static struct record record;

/* A session of a reference with this script and another contender, in turns. */
static void fight(const char *script, const char *other)
{
	static const char *const jobs[] = {"--filename=/dev/zero", "--size=1m", "--rw=randread"};
	char engines[512], last[] = "/tmp/ringside-last.XXXXXX";
	const struct contender_request request = {
		.job = {.options = jobs, .option_count = 3},
		.engines = engines,
		.program = scripted_program(),
	};
	const struct contest_options options = {
		.trial_ns = NS_PER_MS,
		.window_ns = NS_PER_MS,
		.limit_ns = 3600 * NS_PER_S,
		.rule = compare_stop_rule_default,
		.primary = VALUE_IOPS,
		.carry_limit = 0.01,
		.has_control = true,
		.is_unguarded = true,
		.is_quiet = true,
	};
	int descriptor = mkstemp(last);
	struct contest contest;
	struct diag diag;

	assert_true(descriptor >= 0);
	close(descriptor);
	snprintf(engines, sizeof(engines), "psync+description=%s,psync+description=%s", script,
		other);
	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	record_init(&record);
	record.seed = 5;
	record.points = ARENA_NEW(&record.arena, struct record_point);
	setenv("ALTERNATION_LAST", last, 1);
	assert_int_equal(contest_open(&contest, &record, &options, &diag), 0);
	contest_run(&contest, &plan.points[0]);
	contest_close(&contest);
	unsetenv("ALTERNATION_LAST");
	unlink(last);
}

static void finish(void)
{
	record_free(&record);
	contender_plan_free(&plan);
}

TEST(a_session_gives_up_turns_that_leave_something_behind)
{
	const struct record_point *point;

	fight("iops=200000 turn_iops=200000 afterglow=0.9", "iops=250000 turn_iops=250000");
	point = record.points;
	assert_int_equal(point->rounds, 0);
	assert_non_null(point->why_trials);
	assert_non_null(strstr(
		point->why_trials, "% slower than after its own: 3 blocks of turns were left out"));
	/* Blocks begin anew, and all that count are of trials. */
	assert_true(point->block_count >= 6);
	assert_int_equal(point->trial_count, point->block_count * PLAYERS);
	for (size_t i = 0; i < point->trial_count; i++) {
		assert_int_equal(point->trials[i].rounds, 0);
		assert_true(point->trials[i].counts);
	}
	assert_true(point->stop == STOP_PRECISE);
	finish();
}

TEST(a_session_keeps_turns_that_leave_nothing_behind)
{
	fight("iops=200000 turn_iops=200000", "iops=250000 turn_iops=250000");
	assert_true(record.points->rounds > 0);
	assert_null(record.points->why_trials);
	finish();
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return scripted_turns_main(argc, argv);
	return test_run_all(argc, argv, NULL, NULL);
}
