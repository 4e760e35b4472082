/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
#include "engine/readiness.h"
#include "test.h"

#include <signal.h>
#include <sys/time.h>

#include "unit/engine/rig.h"

struct wait_test {
	struct arena arena;
	struct engine_report report;
	struct waiter waiter;
	int first[2];
	int second[2];
};

static void start(struct wait_test *test, const enum waiter_way *way)
{
	*test = (struct wait_test){.report.arena = &test->arena};
	assert_int_equal(pipe(test->first), 0);
	assert_int_equal(pipe(test->second), 0);
	assert_int_equal(waiter_open(&test->waiter, *way, 2, &test->report), 0);
}

static void stop(struct wait_test *test)
{
	waiter_close(&test->waiter);
	waiter_close(&test->waiter); /* Safe twice. */
	for (int i = 0; i < 2; i++) {
		close(test->first[i]);
		close(test->second[i]);
	}
	arena_free(&test->arena);
}

static void what_is_ready_is_told_until_it_is_read(void **state)
{
	struct wait_test test;
	char byte;

	start(&test, *state);
	assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], POLLIN), 0);
	assert_int_equal(waiter_set(&test.waiter, 1, test.second[0], POLLIN), 0);
	assert_int_equal(waiter_wait(&test.waiter, 0), 0);
	assert_int_equal(waiter_wait(&test.waiter, 100000), 0);
	assert_int_equal(write(test.second[1], "x", 1), 1);
	for (int round = 0; round < 2; round++) { /* By level, not by edge. */
		assert_int_equal(waiter_wait(&test.waiter, -1), 1);
		assert_int_equal(test.waiter.entries[0].revents, 0);
		assert_int_equal(test.waiter.entries[1].revents, POLLIN);
	}
	assert_int_equal(read(test.second[0], &byte, 1), 1);
	assert_int_equal(waiter_wait(&test.waiter, 0), 0);
	assert_int_equal(test.waiter.waits, 5);
	stop(&test);
}

static void what_is_waited_for_can_change(void **state)
{
	struct wait_test test;

	start(&test, *state);
	assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], POLLIN), 0);
	assert_int_equal(write(test.first[1], "x", 1), 1);
	assert_int_equal(waiter_wait(&test.waiter, -1), 1);
	assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], 0), 0);
	assert_int_equal(waiter_wait(&test.waiter, 0), 0);
	assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], POLLIN), 0);
	assert_int_equal(waiter_wait(&test.waiter, 0), 1);
	assert_int_equal(waiter_set(&test.waiter, 1, test.second[1], POLLOUT), 0);
	assert_int_equal(waiter_wait(&test.waiter, 0), 2);
	assert_int_equal(test.waiter.entries[1].revents, POLLOUT);
	stop(&test);
}

static void the_end_of_a_pipe_is_ready(void **state)
{
	struct wait_test test;

	start(&test, *state);
	assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], POLLIN), 0);
	close(test.first[1]);
	test.first[1] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(waiter_wait(&test.waiter, -1), 1);
	assert_true(test.waiter.entries[0].revents & (POLLIN | POLLHUP));
	for (int round = 0; round < 2; round++) {
		assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], 0), 0);
		assert_int_equal(waiter_wait(&test.waiter, 0), 0);
	}
	stop(&test);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void a_signal_ends_the_wait(void **state)
{
	struct wait_test test;
	struct sigaction action = {.sa_handler = on_alarm}, before;
	struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};

	start(&test, *state);
	assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], POLLIN), 0);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(waiter_wait(&test.waiter, -1), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	stop(&test);
}

/* The calls that changed nothing are not made. */
static void epoll_is_told_of_changes_only(void **state)
{
	const enum waiter_way way = WAITER_EPOLL;
	struct wait_test test;

	(void)state;
	start(&test, &way);
	for (int i = 0; i < 3; i++)
		assert_int_equal(waiter_set(&test.waiter, 0, test.first[0], POLLIN), 0);
	assert_int_equal(test.waiter.syscalls, 1);
	stop(&test);
}

static void epoll_takes_no_files(void **state)
{
	const enum waiter_way way = WAITER_EPOLL;
	struct wait_test test;
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	start(&test, &way);
	assert_int_equal(waiter_set(&test.waiter, 0, zero, POLLIN), -EPERM);
	assert_int_equal(waiter_wait(&test.waiter, 0), 0);
	close(zero);
	stop(&test);
}

static void select_knows_the_limit_of_its_set(void **state)
{
	const enum waiter_way way = WAITER_SELECT;
	struct wait_test test;

	(void)state;
	start(&test, &way);
	assert_int_equal(waiter_set(&test.waiter, 0, 1024, POLLIN), -EBADF);
	assert_int_equal(waiter_wait(&test.waiter, 0), 0);
	stop(&test);
}

static const enum waiter_way ways[] = {WAITER_EPOLL, WAITER_POLL, WAITER_SELECT};

#define IN_EACH_WAY(test)                                                                          \
	{#test ": epoll", test, NULL, NULL, (void *)(uintptr_t)&ways[0]},                          \
		{#test ": poll", test, NULL, NULL, (void *)(uintptr_t)&ways[1]},                   \
	{                                                                                          \
#test ": select", test, NULL, NULL, (void *)(uintptr_t)&ways[2]                    \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_EACH_WAY(what_is_ready_is_told_until_it_is_read),
		IN_EACH_WAY(what_is_waited_for_can_change),
		IN_EACH_WAY(the_end_of_a_pipe_is_ready),
		IN_EACH_WAY(a_signal_ends_the_wait),
		cmocka_unit_test(epoll_is_told_of_changes_only),
		cmocka_unit_test(epoll_takes_no_files),
		cmocka_unit_test(select_knows_the_limit_of_its_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
