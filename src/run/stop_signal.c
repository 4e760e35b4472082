/* SPDX-License-Identifier: MIT */
/* The signals that end a run. */
#include "run/stop_signal.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/clock.h"

/* timeout(1) signals its child and then the group that the child is in; so do some CI runners. */
#define SAME_NS (300 * NS_PER_MS)

static volatile sig_atomic_t received;
static volatile uint64_t received_ns;
static int depth; /* of catches within each other */
static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNAL_COUNT = sizeof(stop_signals) / sizeof(stop_signals[0]) };
static struct sigaction before[STOP_SIGNAL_COUNT], before_pipe;

static void on_signal(int number)
{
	uint64_t now = clock_now();

	if (received == 0) {
		received_ns = now;
		received = number;
	} else if (now - received_ns > SAME_NS) {
		_exit(128 + number);
	}
}

void stop_signal_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (depth++ > 0)
		return;
	received = 0;
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < STOP_SIGNAL_COUNT; i++)
		sigaddset(&action.sa_mask, stop_signals[i]);
	for (int i = 0; i < STOP_SIGNAL_COUNT; i++) {
		sigaction(stop_signals[i], NULL, &before[i]);
		/* nohup keeps what it asked for; SIGINT is caught even where a shell that put the
		 * program in the background had it ignored: who sends it means it. */
		if (stop_signals[i] != SIGHUP || before[i].sa_handler != SIG_IGN)
			sigaction(stop_signals[i], &action, NULL);
	}
	sigaction(SIGPIPE, &ignore, &before_pipe);
}

void stop_signal_release(void)
{
	if (--depth > 0)
		return;
	for (int i = 0; i < STOP_SIGNAL_COUNT; i++)
		sigaction(stop_signals[i], &before[i], NULL);
	sigaction(SIGPIPE, &before_pipe, NULL);
}

int stop_signal_number(void)
{
	return received;
}
