/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Blocks of turns against scripted contenders: ones that obey, die, hang, are slow or restless, or
 * know nothing of turns.
 */
#include <math.h>
#include <signal.h>

#include "base/clock.h"
#include "near.h"
#include "run/stop_signal.h"
#include "scripted_turns.h"
#include "session/alternation.h"
#include "session/trial.h"
#include "test.h"
#include "verdict/session.h"

enum { PLAYERS = 3, ROUNDS = 12 };

static struct arena arena;
static struct trial_folder folder;
static struct job_set sets[PLAYERS];
static struct alternation_player players[PLAYERS];
static struct trial_outcome outcomes[PLAYERS];
static struct alternation_request request;
static const char *refusal;

static int set_up(void **state)
{
	(void)state; /* cmocka's signature */
	assert_int_equal(trial_folder_open(&folder, &arena), 0);
	request = (struct alternation_request){
		.player_count = PLAYERS,
		.players = players,
		.rounds = ROUNDS,
		.settle_ns = NS_PER_MS,
		.window_ns = NS_PER_MS,
		.patience_ns = 10 * NS_PER_S,
		.control = SESSION_NONE,
		.order_seed = 1,
		.end_ns = UINT64_MAX,
	};
	return 0;
}

/* A run, to make room for another. */
static void forget(void)
{
	for (int i = 0; i < PLAYERS; i++) {
		if (outcomes[i].has_result)
			result_free(&outcomes[i].result);
		outcomes[i] = (struct trial_outcome){0};
		job_set_free(&sets[i]);
	}
}

static int tear_down(void **state)
{
	(void)state; /* cmocka's signature */
	forget();
	trial_folder_close(&folder);
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(set_up, tear_down);

/* Players by their scripts; the first is the reference of the others. */
static bool run(const char *const scripts[PLAYERS])
{
	for (int i = 0; i < PLAYERS; i++) {
		const char *options[] = {"--name=reads", "--filename=/dev/zero", "--size=1m",
			"--rw=randread", arena_printf(&arena, "--description=%s", scripts[i])};
		const struct job_request jobs = {.options = options, .option_count = 5};
		struct diag diag;

		diag_init(&diag, stderr);
		assert_int_equal(job_set_read(&sets[i], &jobs, &diag), 0);
		players[i] = (struct alternation_player){
			.request = {.program = scripted_program(),
				.folder = folder.path,
				.job = &sets[i].jobs[0],
				.runtime_ns = NS_PER_S,
				.timeout_ns = 20 * NS_PER_S},
			.takes_part = true,
			.reference = i == 0 ? SESSION_NONE : 0,
		};
	}
	return alternation_run(&request, &arena, outcomes, &refusal);
}

/* Half of a contender's rate in each fourth of its rounds would be 12 % of a mean. */
TEST(differences_are_the_middle_of_rounds)
{
	const char *scripts[] = {"iops=100000 odd=5", "iops=80000 turn_iops=110000 odd=4",
		"iops=100000 turn_iops=100000"};

	assert_true(run(scripts));
	assert_null(refusal);
	for (int i = 0; i < PLAYERS; i++)
		assert_null(outcomes[i].problem);
	assert_near(outcomes[0].values[VALUE_IOPS], 100000, 1);
	assert_near(outcomes[1].values[VALUE_IOPS], 110000, 200);
	assert_near(outcomes[1].values[VALUE_READ_BANDWIDTH], 110000 * 4096.0, 200 * 4096);
	assert_near(outcomes[2].values[VALUE_IOPS], 100000, 200);
	/* CPU time of a second by the I/Os of the turn. */
	assert_near(outcomes[1].values[VALUE_CPU_PER_IO] / outcomes[0].values[VALUE_CPU_PER_IO],
		1 / 1.1, 0.002);
	/* The first turn is the rehearsal: 2 of turns 2 to 13 are fifths, 3 are fourths. */
	assert_near(outcomes[0].values[VALUE_STALLS], 2 / 12.0, 1e-9);
	assert_near(outcomes[1].values[VALUE_STALLS], 3 / 12.0, 1e-9);
	assert_near(outcomes[2].values[VALUE_STALLS], 0, 1e-9);
	/* Counts are the results' own. */
	assert_near(outcomes[1].values[VALUE_SYSCALLS_PER_IO], 1000 / 80000.0, 1e-6);
}

/* 3 % more instructions, of which rates say nothing; one without them has no difference. */
TEST(instructions_are_compared_by_rounds)
{
	const char *scripts[] = {"user=1000 kernel=4000",
		"turn_iops=90000 user=1030 kernel=4120 odd=4", "turn_iops=100000"};
	const double *values = outcomes[1].values;

	assert_true(run(scripts));
	assert_null(refusal);
	assert_near(outcomes[0].values[VALUE_INSTRUCTIONS_PER_IO], 5000, 1e-6);
	assert_near(outcomes[0].values[VALUE_USER_CYCLES_PER_IO], 500, 1e-6);
	assert_near(values[VALUE_USER_INSTRUCTIONS_PER_IO], 1030, 0.1);
	assert_near(values[VALUE_KERNEL_INSTRUCTIONS_PER_IO], 4120, 0.4);
	assert_near(values[VALUE_INSTRUCTIONS_PER_IO], 5150, 0.5);
	assert_true(isnan(outcomes[2].values[VALUE_INSTRUCTIONS_PER_IO]));
}

/* Afterglow of the script: half its rate after a turn of another kind. */
TEST(what_a_turn_leaves_behind_is_seen)
{
	const char *scripts[] = {"turn_iops=100000 afterglow=0.5", "turn_iops=100000",
		"turn_iops=100000 afterglow=0.5"};
	const char *last = arena_printf(&arena, "%s/job.last", folder.path);

	close(open(last, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	setenv("ALTERNATION_LAST", last, 1);
	request.rounds = 40;
	request.control = 2;
	assert_true(run(scripts));
	assert_near(outcomes[2].carry_over, log(2), 0.01);
	assert_true(isnan(outcomes[0].carry_over));
	unsetenv("ALTERNATION_LAST");
	forget();
	assert_true(
		run((const char *[]){"turn_iops=100000", "turn_iops=100000", "turn_iops=100000"}));
	assert_near(outcomes[2].carry_over, 0, 0.01);
}

TEST(percentiles_stay_in_order)
{
	const char *scripts[] = {"iops=100000", "turn_iops=10000", "turn_iops=1000000"};

	assert_true(run(scripts));
	for (int i = 0; i < PLAYERS; i++)
		assert_int_equal(trial_values_descent(outcomes[i].values), VALUE_COUNT);
}

TEST(one_that_dies_ends_the_block)
{
	const char *scripts[] = {"iops=100000", "die=4", "iops=100000"};

	assert_true(run(scripts));
	assert_int_equal(outcomes[1].exit_code, EXIT_RUN_FAILED);
	assert_non_null(outcomes[1].problem);
	assert_false(outcomes[1].was_interrupted);
	/* The others had too few rounds: it is not their fault. */
	assert_string_equal(outcomes[0].problem, "its block was broken off");
	assert_true(outcomes[0].was_interrupted);
}

TEST(after_enough_rounds_the_others_keep_theirs)
{
	const char *scripts[] = {"iops=100000", "die=12", "turn_iops=90000"};

	assert_true(run(scripts));
	assert_non_null(outcomes[1].problem);
	assert_null(outcomes[0].problem);
	assert_near(outcomes[2].values[VALUE_IOPS], 90000, 200);
}

TEST(one_that_hangs_is_ended)
{
	const char *scripts[] = {"iops=100000", "hang=3", "iops=100000"};
	uint64_t started_ns = clock_now();

	request.patience_ns = 200 * NS_PER_MS;
	assert_true(run(scripts));
	assert_string_equal(outcomes[1].problem, "it did not come back from a turn");
	assert_true(clock_now() - started_ns < 40 * NS_PER_S);
}

/* Whoever hangs does not hold up a session whose time is over. */
TEST(patience_ends_with_the_time)
{
	const char *hang[] = {"iops=100000", "hang=3", "iops=100000"};
	const char *late[] = {"iops=100000", "late=1", "iops=100000"};
	uint64_t started_ns = clock_now();

	request.patience_ns = 60 * NS_PER_S;
	request.end_ns = started_ns + NS_PER_S;
	assert_true(run(hang));
	assert_non_null(outcomes[1].problem);
	forget();
	request.end_ns = clock_now() + NS_PER_S;
	assert_false(run(late));
	assert_string_equal(refusal, "it did not get ready");
	assert_true(clock_now() - started_ns < 40 * NS_PER_S);
}

TEST(one_that_does_not_end_is_ended)
{
	const char *scripts[] = {"iops=100000", "linger=1", "iops=100000"};
	uint64_t started_ns = clock_now();

	request.patience_ns = 200 * NS_PER_MS;
	assert_true(run(scripts));
	assert_string_equal(outcomes[1].problem, "it did not end after its last turn");
	assert_null(outcomes[0].problem);
	assert_true(clock_now() - started_ns < 18 * NS_PER_S); /* not the trial's own limit */
}

/* A result without a window is no fault of one that was not given any. */
TEST(those_who_had_no_window_are_not_to_blame)
{
	const char *scripts[] = {"iops=0", "die=1", "iops=0"};

	assert_true(run(scripts));
	assert_false(outcomes[1].was_interrupted);
	for (int i = 0; i < PLAYERS; i += 2) {
		assert_true(outcomes[i].was_interrupted);
		assert_string_equal(outcomes[i].problem, "its block was broken off");
	}
}

/* None has figures, also those that were not started any more. */
TEST(a_stop_breaks_the_block_off)
{
	const char *scripts[] = {"iops=100000", "iops=100000", "iops=100000"};

	stop_signal_catch();
	raise(SIGINT);
	assert_false(run(scripts));
	stop_signal_release();
	stop_signal_catch(); /* forgets it */
	stop_signal_release();
	assert_null(refusal);
	for (int i = 0; i < PLAYERS; i++) {
		assert_non_null(outcomes[i].problem);
		assert_true(outcomes[i].was_interrupted);
	}
}

TEST(one_that_is_slow_is_waited_for)
{
	const char *scripts[] = {"iops=100000", "turn_iops=120000 slow=30", "iops=100000"};

	assert_true(run(scripts));
	assert_null(outcomes[1].problem);
	assert_near(outcomes[1].values[VALUE_IOPS], 120000, 200);
}

TEST(a_program_without_turns_is_told)
{
	const char *scripts[] = {"iops=100000", "refuse=1", "iops=100000"};

	assert_false(run(scripts));
	assert_string_equal(refusal, "unknown option '--turns'");
	assert_int_equal(request.refuser, 1);
}

TEST(one_that_is_busy_between_its_turns_is_told)
{
	const char *scripts[] = {"iops=100000", "iops=100000", "restless=1"};

	assert_false(run(scripts));
	assert_non_null(strstr(refusal, "between its turns"));
	assert_int_equal(request.refuser, 2);
}

TEST(the_end_of_the_time_ends_the_block)
{
	const char *scripts[] = {"iops=100000", "iops=100000", "iops=100000"};

	request.end_ns = clock_now();
	assert_true(run(scripts));
	for (int i = 0; i < PLAYERS; i++)
		assert_true(outcomes[i].was_interrupted);
}

TEST(orders_are_permutations_of_their_own)
{
	unsigned firsts[4] = {0};

	for (size_t round = 0; round < 400; round++) {
		size_t order[4], again[4];
		unsigned seen = 0;

		alternation_order(7, round, order, 4);
		alternation_order(7, round, again, 4);
		assert_memory_equal(order, again, sizeof(order));
		for (int i = 0; i < 4; i++)
			seen |= 1u << order[i];
		assert_int_equal(seen, 15);
		firsts[order[0]]++;
	}
	for (int i = 0; i < 4; i++)
		assert_in_range(firsts[i], 70, 130);
}

TEST(a_block_takes_about_as_long_whatever_its_size)
{
	assert_int_equal(alternation_settle_ns(20 * NS_PER_MS), 2 * NS_PER_MS);
	assert_int_equal(alternation_settle_ns(5 * NS_PER_MS), NS_PER_MS);
	assert_int_equal(alternation_rounds(3, 20 * NS_PER_MS, 2 * NS_PER_MS), 23);
	assert_int_equal(alternation_rounds(3, 5 * NS_PER_MS, NS_PER_MS), 76);
	assert_int_equal(alternation_rounds(2, NS_PER_MS, NS_PER_MS), ALTERNATION_ROUNDS_MOST);
	assert_int_equal(
		alternation_rounds(40, 20 * NS_PER_MS, 2 * NS_PER_MS), ALTERNATION_ROUNDS_LEAST);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return scripted_turns_main(argc, argv);
	return test_run_all(argc, argv, NULL, NULL);
}
