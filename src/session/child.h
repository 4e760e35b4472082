/* SPDX-License-Identifier: MIT */
/* A program run to its end: with a time limit, on certain CPUs, and what it used. */
#ifndef SESSION_CHILD_H
#define SESSION_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "session/guard.h"

/*
 * Set in its environment. It is a trial: `ringside run` measures no series and writes no logs then.
 * A variable, because a ringside of other days takes no option that it does not know.
 */
#define CHILD_VARIABLE "RINGSIDE_TRIAL"

struct child_request {
	const char *program;
	const char *const *arguments; /* argv, NULL-terminated */
	const char *messages_path;    /* where its stderr goes; its stdout goes to /dev/null */
	uint64_t timeout_ns;
	const struct job_cpus *cpus; /* NULL or count 0: as we may */
	int inherited;               /* descriptor that it gets as it is; 0: none */
	void (*on_wait)(void *context);
	void *context;
};

/* One that runs. */
struct child {
	pid_t pid; /* negative: it was never started */
	sigset_t mask;
};

struct child_end {
	int exit_code;   /* 128 + n when a signal ended it */
	int start_error; /* errno: it never ran */
	bool was_late;
	bool was_interrupted; /* stop_signal_number() or peers_have_lost(): it was asked to end */
	struct guard_own own;
};

/*
 * Starts it. SIGCHLD is blocked until child_wait, which of several children is for the newest one
 * first.
 */
void child_start(struct child *child, const struct child_request *request, struct child_end *end);

/* Whether it has ended by itself: child_wait does not wait then. */
bool child_has_ended(const struct child *child);

/*
 * Waits for its end. A stop signal (run/stop_signal.h) is passed on as SIGTERM, and a rank that is
 * lost ends it likewise; whoever does not end after that or after the timeout is killed.
 */
void child_wait(struct child *child, const struct child_request *request, struct child_end *end);

#endif
