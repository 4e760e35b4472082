/* SPDX-License-Identifier: MIT */
/* covers: src/run/stop_signal.c */
/* One signal that comes twice, and two signals. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "run/stop_signal.h"

/* How a program ends that gets a second signal so much later; 0: it goes on. */
static int end_after(uint64_t later_ns)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		raise(SIGINT);
		clock_fake_ns += later_ns;
		raise(SIGTERM);
		_exit(stop_signal_number() == SIGINT ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void only_a_later_signal_ends_it_at_once(void **state)
{
	(void)state; /* cmocka's signature */
	stop_signal_catch();
	assert_int_equal(stop_signal_number(), 0);
	assert_int_equal(end_after(0), 0);
	assert_int_equal(end_after(300 * NS_PER_MS), 0);
	assert_int_equal(end_after(301 * NS_PER_MS), 128 + SIGTERM);
	stop_signal_release();
}

static void a_signal_is_forgotten_by_the_outermost_only(void **state)
{
	(void)state;
	stop_signal_catch();
	stop_signal_catch();
	stop_signal_release();
	raise(SIGTERM); /* Still caught. */
	stop_signal_catch();
	assert_int_equal(stop_signal_number(), SIGTERM);
	stop_signal_release();
	assert_int_equal(stop_signal_number(), SIGTERM);
	stop_signal_release();
	stop_signal_catch();
	assert_int_equal(stop_signal_number(), 0);
	stop_signal_release();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_later_signal_ends_it_at_once),
		cmocka_unit_test(a_signal_is_forgotten_by_the_outermost_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
