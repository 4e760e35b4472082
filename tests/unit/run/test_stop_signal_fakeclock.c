/* SPDX-License-Identifier: MIT */
/* One signal that comes twice, and two signals. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_clock.h"
#include "run/stop_signal.h"
#include "test.h"

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

TEST(only_a_later_signal_ends_it_at_once)
{
	stop_signal_catch();
	assert_int_equal(stop_signal_number(), 0);
	assert_int_equal(end_after(0), 0);
	assert_int_equal(end_after(300 * NS_PER_MS), 0);
	assert_int_equal(end_after(301 * NS_PER_MS), 128 + SIGTERM);
	stop_signal_release();
}

TEST(a_signal_is_forgotten_by_the_outermost_only)
{
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
TEST(every_ending_signal_is_a_request)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGALRM, SIGTERM, SIGUSR1,
		SIGUSR2, SIGSTKFLT, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU};

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

TEST(what_was_ignored_or_handled_stays_so)
{
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

TEST(catching_leaves_what_is_blocked)
{
	sigset_t set, after;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	stop_signal_catch();
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
	assert_true(sigismember(&after, SIGUSR1));
	assert_false(sigismember(&after, SIGUSR2) || sigismember(&after, SIGTERM));
	stop_signal_release();
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
}

TEST(threads_leave_them_but_not_the_nudge)
{
	sigset_t set;

	stop_signal_set(&set);
	assert_true(sigismember(&set, SIGQUIT) && sigismember(&set, SIGUSR1));
	assert_false(sigismember(&set, STOP_SIGNAL_NUDGE) || sigismember(&set, SIGSEGV));
}

TEST_MAIN(NULL, NULL);
