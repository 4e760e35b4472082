/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/*
 * Turns, from the side of a contender: a run in a thread of this program, and the test gives turns
 * through the board as session/alternation.c does.
 */
#include <limits.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/futex.h"
#include "run/run.h"
#include "run/stop_signal.h"
#include "run/turns.h"
#include "test.h"
#include "unit/run/plan_rig.h"

/* In the place of the library's: CPU time, which no PMU is needed for, as instructions. */
size_t perf_source_list(struct perf_source sources[PERF_SOURCE_LIMIT])
{
	sources[0] = (struct perf_source){
		.type = PERF_TYPE_SOFTWARE,
		.instructions = PERF_COUNT_SW_TASK_CLOCK,
		.cycles = PERF_COUNT_SW_TASK_CLOCK,
	};
	return 1;
}

#define WINDOW_NS (5 * NS_PER_MS)
#define SETTLE_NS NS_PER_MS
#define BOUND_NS  (60 * NS_PER_S)

static struct turns_board *board;
static int descriptor;
static struct result result;
static struct run_options options;
static pthread_t thread;
static int code;

static void make_board(uint32_t version)
{
	descriptor = memfd_create("board", MFD_CLOEXEC);
	assert_true(descriptor > 0);
	assert_int_equal(ftruncate(descriptor, sizeof(*board)), 0);
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	assert_true(board != MAP_FAILED);
	board->version = version;
	board->settle_ns = SETTLE_NS;
	board->window_ns = WINDOW_NS;
	atomic_store(&board->answer, TURNS_PREPARING);
}

static int end(void **state)
{
	result_free(&result);
	if (board)
		munmap(board, sizeof(*board));
	if (descriptor > 0)
		close(descriptor);
	board = NULL;
	descriptor = 0;
	return plan_rig_close(state);
}

static void *run(void *argument)
{
	struct plan_rig *rig = argument;

	code = run_job_set(&rig->jobs.set, &options, &result, &rig->diag);
	return NULL;
}

static void read_jobs(struct plan_rig *rig, const char *text)
{
	plan_rig_forget(rig);
	result_free(&result);
	rig_job(&rig->jobs, text);
	assert_non_null(rig->diag.stream = open_memstream(&rig->messages, &rig->room));
	diag_init(&rig->diag, rig->diag.stream);
	fflush(rig->diag.stream); /* plan_rig_forget knows it by its text */
	options = (struct run_options){.is_quiet = true, .turns = (uint32_t)descriptor};
}

static uint32_t wait_for_answer(uint32_t before)
{
	struct timespec until = futex_time_after(BOUND_NS);
	uint64_t end_ns = clock_now() + BOUND_NS;

	while (atomic_load(&board->answer) == before && clock_now() < end_ns)
		futex_wait(&board->answer, before, &until);
	return atomic_load(&board->answer);
}

static void call(uint32_t what)
{
	atomic_store(&board->call, what);
	futex_wake(&board->call, INT_MAX);
}

static void start(struct plan_rig *rig, const char *text)
{
	make_board(TURNS_VERSION);
	read_jobs(rig, text);
	assert_int_equal(pthread_create(&thread, NULL, run, rig), 0);
}

static void finish(void)
{
	call(TURNS_END);
	assert_int_equal(pthread_join(thread, NULL), 0);
	if (code != EXIT_BAD_REQUEST)
		stop_signal_release();
}

/* The figures of the turn. */
static struct turns_figures give_turn(uint32_t turn)
{
	call(turn);
	assert_int_equal(wait_for_answer(turn - 1), turn);
	return board->figures;
}

TEST_FIXTURE(plan_rig_open, end);

static const char reads[] = "[a]\nioengine=psync\nfilename=/dev/zero\nsize=1m\nrw=randread\n"
			    "time_based\nruntime=1h\n";

TEST(a_contender_says_that_it_is_ready_and_does_nothing_unasked)
{
	start(*state, reads);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	assert_int_equal(board->figures.turn_ios, 0);
	finish();
	assert_int_equal(code, EXIT_DONE);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, 0);
}

TEST(the_first_turn_is_a_rehearsal)
{
	struct turns_figures figures;

	start(*state, reads);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	figures = give_turn(1);
	assert_int_equal(figures.window_ns, 0);
	assert_int_equal(figures.directions[DIRECTION_READ].ios, 0);
	assert_true(figures.turn_ios > 0);
	finish();
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, 0);
}

TEST(the_result_is_the_sum_of_the_windows)
{
	uint64_t ios = 0, bytes = 0, window_ns = 0, turn_ios = 0;

	start(*state, reads);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	give_turn(1);
	for (uint32_t turn = 2; turn < 8; turn++) {
		struct turns_figures figures = give_turn(turn);

		assert_true(figures.window_ns >= WINDOW_NS);
		assert_true(figures.directions[DIRECTION_READ].ios > 0);
		assert_true(figures.turn_ios > figures.directions[DIRECTION_READ].ios);
		assert_true(figures.directions[DIRECTION_READ].p50_ns > 0);
		assert_true(figures.directions[DIRECTION_READ].p99_ns >=
			    figures.directions[DIRECTION_READ].p50_ns);
		assert_true(figures.cpu_ns > 0);
		ios += figures.directions[DIRECTION_READ].ios;
		bytes += figures.directions[DIRECTION_READ].bytes;
		window_ns += figures.window_ns;
		turn_ios += figures.turn_ios;
	}
	finish();
	assert_int_equal(code, EXIT_DONE);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, ios);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].bytes, bytes);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].lat.summary.count, ios);
	assert_int_equal(result.jobs[0].elapsed_ns, window_ns);
	/* One call an I/O: those of the windows alone. */
	assert_int_equal(result.jobs[0].syscalls, ios);
	assert_true(ios < turn_ios);
}

/* What is in flight at a window's end is awaited before it answers: nothing is between turns. */
TEST(a_queue_is_drained_and_its_io_counted_once)
{
	uint64_t ios = 0;

	start(*state, "[a]\nioengine=threads\nfilename=/dev/zero\nsize=1m\nrw=randread\n"
		      "iodepth=8\ntime_based\nruntime=1h\n");
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	give_turn(1);
	for (uint32_t turn = 2; turn < 6; turn++)
		ios += give_turn(turn).directions[DIRECTION_READ].ios;
	finish();
	assert_int_equal(code, EXIT_DONE);
	assert_int_equal(result.jobs[0].unreturned_ios, 0);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, ios);
}

TEST(clones_take_a_turn_together)
{
	struct turns_figures figures;
	uint64_t ios = 0;

	start(*state, "[a]\nioengine=psync\nfilename=/dev/zero\nsize=1m\nrw=randread\n"
		      "time_based\nruntime=1h\nnumjobs=3\n");
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	give_turn(1);
	for (uint32_t turn = 2; turn < 6; turn++) {
		figures = give_turn(turn);
		ios += figures.directions[DIRECTION_READ].ios;
	}
	finish();
	assert_int_equal(result.job_count, 3);
	assert_int_equal(ios, result.jobs[0].directions[DIRECTION_READ].ios +
				      result.jobs[1].directions[DIRECTION_READ].ios +
				      result.jobs[2].directions[DIRECTION_READ].ios);
}

/* Eight on one CPU: those that get it late have the window of all, or their rates would add up. */
TEST(clones_without_a_cpu_have_the_same_window)
{
	cpu_set_t all, one;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	start(*state, "[a]\nioengine=psync\nfilename=/dev/zero\nsize=1m\nrw=randread\n"
		      "time_based\nruntime=1h\nnumjobs=8\n");
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	give_turn(1);
	for (uint32_t turn = 2; turn < 8; turn++)
		assert_true(give_turn(turn).window_ns >= WINDOW_NS - NS_PER_MS);
	finish();
	assert_int_equal(code, EXIT_DONE);
}

/* The clock of the process: parked workers wait for their turn and do nothing else. */
/* Of whole turns in the board; in the result the windows' part, as of CPU time. */
TEST(turns_are_counted_and_pauses_are_not)
{
	struct turns_figures sum = {0};
	const struct result_counts *counts;
	const struct result_job *job;

	start(*state, reads);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	for (uint32_t turn = 1; turn <= 8; turn++) {
		const struct turns_figures figures = give_turn(turn);
		const struct timespec pause = {.tv_nsec = 3000000};

		nanosleep(&pause, NULL);
		if (turn == 1)
			continue; /* the rehearsal */
		sum.cpu_ns += figures.cpu_ns;
		sum.counts[PERF_USER].instructions += figures.counts[PERF_USER].instructions;
		sum.counts[PERF_USER].cycles += figures.counts[PERF_USER].cycles;
	}
	finish();
	job = &result.jobs[0];
	counts = &job->counts[PERF_USER];
	if (!counts->is_known) {
		print_message("skipped: %s\n", counts->missing);
		skip();
	}
	assert_true(sum.counts[PERF_USER].instructions > sum.cpu_ns * 9 / 10);
	assert_true(sum.counts[PERF_USER].instructions < sum.cpu_ns * 3 / 2);
	assert_true(sum.counts[PERF_USER].cycles > sum.cpu_ns * 9 / 10);
	assert_true(counts->instructions > job->cpu.total_ns * 9 / 10);
	assert_true(counts->instructions < job->cpu.total_ns * 3 / 2);
	assert_true(counts->instructions < sum.counts[PERF_USER].instructions);
}

TEST(a_pause_costs_no_cpu)
{
	const struct timespec pause = {.tv_nsec = 200 * NS_PER_MS};
	struct turns_figures figures;

	start(*state, reads);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	figures = give_turn(1);
	assert_int_equal(figures.parked_ns, 0);
	nanosleep(&pause, NULL);
	figures = give_turn(2);
	assert_true(figures.parked_ns >= 200 * NS_PER_MS);
	assert_true(figures.parked_cpu_ns < figures.parked_ns / 50);
	finish();
}

TEST(one_that_fails_says_so_and_keeps_its_error)
{
	start(*state, "[a]\nioengine=psync\nfilename=/dev/full\nsize=1m\nrw=write\ntime_based\n"
		      "runtime=1h\n");
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	call(1);
	assert_int_equal(wait_for_answer(0), TURNS_OVER);
	finish();
	assert_int_equal(code, EXIT_RUN_FAILED);
	assert_int_equal(result.jobs[0].error, ENOSPC);
}

TEST(one_that_cannot_be_prepared_takes_no_turn)
{
	start(*state, "[a]\nioengine=psync\nfilename=/dev/zero\nsize=1m\nrw=read\ntime_based\n"
		      "runtime=1h\n[b]\nioengine=psync\nfilename=/dev/zero\nsize=1m\nrw=read\n"
		      "direct=1\ntime_based\nruntime=1h\n");
	assert_int_equal(wait_for_answer(TURNS_PREPARING), TURNS_OVER);
	finish();
	assert_int_not_equal(code, EXIT_DONE);
}

TEST(a_stop_ends_the_pause)
{
	start(*state, reads);
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	give_turn(1);
	pthread_kill(thread, SIGTERM); /* who supervises; else any thread may get it */
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(code, 128 + SIGTERM);
	stop_signal_release();
}

TEST(a_board_of_another_version_is_refused)
{
	struct plan_rig *rig = *state;

	make_board(TURNS_VERSION + 1);
	read_jobs(rig, reads);
	run(rig);
	fflush(rig->diag.stream);
	assert_int_equal(code, EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "no board for turns of this version"));
	assert_int_equal(atomic_load(&board->answer), TURNS_PREPARING);
}

TEST(what_is_no_board_is_refused)
{
	struct plan_rig *rig = *state;

	descriptor = memfd_create("small", MFD_CLOEXEC);
	read_jobs(rig, reads);
	run(rig);
	fflush(rig->diag.stream);
	assert_int_equal(code, EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "--turns="));
	options.turns = 1000;
	run(rig);
	assert_int_equal(code, EXIT_BAD_REQUEST);
}

TEST(a_thousand_turns_leak_nothing)
{
	start(*state, "[a]\nioengine=null\nsize=1m\nrw=read\ntime_based\nruntime=1h\n");
	assert_int_equal(wait_for_answer(TURNS_PREPARING), 0);
	board->settle_ns = 10 * NS_PER_US;
	board->window_ns = 50 * NS_PER_US;
	for (uint32_t turn = 1; turn <= 1000; turn++)
		give_turn(turn);
	finish();
	assert_int_equal(code, EXIT_DONE);
	assert_true(result.jobs[0].directions[DIRECTION_READ].ios > 0);
}

TEST_MAIN(NULL, NULL);
