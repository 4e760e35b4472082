/* SPDX-License-Identifier: MIT */
/* A program run to its end: with a time limit, on certain CPUs, and what it used. */
#ifndef SESSION_CHILD_H
#define SESSION_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job_types.h"

struct child_request {
	const char *program;
	const char *const *arguments; /* argv, NULL-terminated */
	const char *messages_path;    /* where its stderr goes; its stdout goes to /dev/null */
	uint64_t timeout_ns;
	const struct job_cpus *cpus; /* NULL or count 0: as we may */
	void (*on_wait)(void *context);
	void *context;
};

struct child_end {
	int exit_code;   /* 128 + n when a signal ended it */
	int start_error; /* errno: it never ran */
	bool was_late;
	bool was_interrupted; /* stop_signal_number(): it was asked to end, too */
	double cpu_s;         /* user and system, of all its threads */
	double read_bytes;    /* from storage; NAN: not known */
	double written_bytes; /* to storage */
	double waited_s;      /* its threads together, ready to run without a CPU; NAN: not known */
	double preempted_count; /* involuntary context switches of its threads */
};

/*
 * Runs it. SIGCHLD is blocked meanwhile. A stop signal (run/stop_signal.h) is passed on as
 * SIGTERM; whoever does not end after that or after the timeout is killed.
 */
void child_run(const struct child_request *request, struct child_end *end);

#endif
