/* SPDX-License-Identifier: MIT */
/* The signals that end a run. */
#include "run/stop_signal.h"

#include <assert.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/clock.h"

/* timeout(1) signals its child and then the group that the child is in; so do some CI runners. */
#define SAME_NS (300 * NS_PER_MS)

static volatile sig_atomic_t received;
static stop_signal_function *before_exit[STOP_SIGNAL_FUNCTIONS];
static volatile uint64_t received_ns;
static int depth; /* of catches within each other */
static struct sigaction before[_NSIG];

/* Sent by a person or a service; the kernel's own (SIGXCPU, timers) come again by themselves. */
static bool is_request(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

/* Whether its default action is to end the program; a fault of our own is no request to stop. */
static bool is_ending(int number)
{
	static const int others[] = {SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGCHLD,
		SIGURG, SIGWINCH, SIGPIPE, SIGXFSZ, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV,
		SIGSYS};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (number == others[i])
			return false;
	}
	/* The first real-time signals are the C library's own (nptl/descr.h). */
	return number < __SIGRTMIN || (number >= SIGRTMIN && number != STOP_SIGNAL_NUDGE);
}

static void on_signal(int number)
{
	uint64_t now = clock_now();

	if (received == 0) {
		received_ns = now;
		received = number;
	} else if (is_request(number) && now - received_ns > SAME_NS) {
		for (int i = 0; i < STOP_SIGNAL_FUNCTIONS && before_exit[i]; i++)
			before_exit[i]();
		_exit(128 + number);
	}
}

void stop_signal_set(sigset_t *set)
{
	sigemptyset(set);
	for (int number = 1; number < _NSIG; number++) {
		if (is_ending(number))
			sigaddset(set, number);
	}
}

/*
 * nohup keeps what it asked for, and so does who ignores or handles another signal; SIGINT and
 * SIGQUIT are caught even where a shell that put the program in the background had them ignored:
 * who sends them means it.
 */
static bool is_to_catch(int number)
{
	if (is_request(number))
		return number != SIGHUP || before[number].sa_handler != SIG_IGN;
	return before[number].sa_handler == SIG_DFL;
}

void stop_signal_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t blocked;

	if (depth++ > 0)
		return;
	received = 0;
	stop_signal_set(&action.sa_mask);
	/* None comes between what is set for all of them and what is set back. */
	pthread_sigmask(SIG_BLOCK, &action.sa_mask, &blocked);
	for (int number = 1; number < _NSIG; number++) {
		if (!is_ending(number))
			continue;
		sigaction(number, &action, &before[number]);
		if (!is_to_catch(number))
			sigaction(number, &before[number], NULL);
	}
	pthread_sigmask(SIG_SETMASK, &blocked, NULL);
	sigaction(SIGPIPE, &ignore, &before[SIGPIPE]);
}

void stop_signal_release(void)
{
	if (--depth > 0)
		return;
	for (int number = 1; number < _NSIG; number++) {
		if (is_ending(number))
			sigaction(number, &before[number], NULL);
	}
	sigaction(SIGPIPE, &before[SIGPIPE], NULL);
}

void stop_signal_before_exit(stop_signal_function *function)
{
	int i = 0;

	while (i < STOP_SIGNAL_FUNCTIONS && before_exit[i] && before_exit[i] != function)
		i++;
	assert(i < STOP_SIGNAL_FUNCTIONS);
	before_exit[i] = function;
}

void stop_signal_take(int number)
{
	if (received == 0) {
		received_ns = clock_now();
		received = number;
	}
}

int stop_signal_number(void)
{
	return received;
}
