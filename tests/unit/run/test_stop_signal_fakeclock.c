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

/* Every signal that would end a program; SIGKILL and faults are none to be asked by. */
static void every_ending_signal_is_a_request(void **state)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGALRM, SIGTERM, SIGUSR1,
		SIGUSR2, SIGSTKFLT, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		stop_signal_catch();
		raise(signals[i]);
		assert_int_equal(stop_signal_number(), signals[i]);
		clock_fake_ns += NS_PER_S;
		raise(SIGXCPU); /* comes again each second: no second request */
		stop_signal_release();
	}
	stop_signal_catch();
	raise(SIGRTMAX);
	assert_int_equal(stop_signal_number(), SIGRTMAX);
	raise(SIGPIPE);
	raise(SIGCHLD);
	raise(SIGWINCH);
	stop_signal_release();
}

static void what_was_ignored_or_handled_stays_so(void **state)
{
	(void)state;
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	stop_signal_catch();
	raise(SIGUSR2);
	raise(SIGHUP);
	assert_int_equal(stop_signal_number(), 0);
	raise(SIGQUIT); /* of a shell's background job: sent, it is meant */
	assert_int_equal(stop_signal_number(), SIGQUIT);
	stop_signal_release();
	assert_ptr_equal(signal(SIGUSR2, SIG_DFL), SIG_IGN);
	assert_ptr_equal(signal(SIGHUP, SIG_DFL), SIG_IGN);
	assert_ptr_equal(signal(SIGQUIT, SIG_DFL), SIG_IGN);
}

static void threads_leave_them_but_not_the_nudge(void **state)
{
	sigset_t set;

	(void)state;
	stop_signal_set(&set);
	assert_true(sigismember(&set, SIGQUIT) && sigismember(&set, SIGUSR1));
	assert_false(sigismember(&set, STOP_SIGNAL_NUDGE) || sigismember(&set, SIGSEGV));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_later_signal_ends_it_at_once),
		cmocka_unit_test(a_signal_is_forgotten_by_the_outermost_only),
		cmocka_unit_test(every_ending_signal_is_a_request),
		cmocka_unit_test(what_was_ignored_or_handled_stays_so),
		cmocka_unit_test(threads_leave_them_but_not_the_nudge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
