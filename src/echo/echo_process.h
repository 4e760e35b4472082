/* SPDX-License-Identifier: MIT */
/*
 * The process of a server: started by fork(2), gone with the thread that started it, and stopped by
 * a signal. Both see one piece of memory: counts, facts, and whether it is to stop.
 *
 *     start -> { counts } -> stop -> facts, counts -> free
 */
#ifndef ECHO_ECHO_PROCESS_H
#define ECHO_ECHO_PROCESS_H

#include <sched.h>
#include <stddef.h>
#include <sys/types.h>

#include "echo/echo_address.h"
#include "echo/echo_server.h"

enum { ECHO_CONNECTION_LIMIT = 16384 };

struct echo_process_spec {
	const struct echo_server_class *class;
	const void *options;
	struct echo_address *address; /* of pair: the ends are made by start */
	unsigned connections;         /* of the client: 1..ECHO_CONNECTION_LIMIT */
	uint32_t exchange_bytes;
	const cpu_set_t *cpus; /* NULL: the thread's */
	/* Called when the process exists, and before it does anything. NULL: nothing is. */
	void (*attach)(void *context, pid_t pid);
	void *context;
};

struct echo_process {
	pid_t pid; /* 0: none */
	struct echo_shared *shared;
	size_t shared_bytes;
	struct echo_address *address;
	int *pair_ends; /* the client's, non-blocking; NULL: it connects to the address */
	unsigned connections;
	char problem[ECHO_TEXT_BYTES]; /* why start or the server failed */
	char hint[ECHO_TEXT_BYTES];    /* what to try; empty: not known */
};

/* Returns when the server takes connections. 0, or -errno with problem and hint; nothing is left
 * then. On a thread that lives until stop: the server does not survive it. */
int echo_process_start(struct echo_process *process, const struct echo_process_spec *spec);

/* All threads' counts together, until now; also after stop. */
void echo_process_counts(const struct echo_process *process, struct echo_counts *sum);

/* What its process has used until now: it is asked by a signal. False when it does not answer. */
bool echo_process_usage(const struct echo_process *process, struct echo_usage *usage);

/* Number `index`, or NULL: there are no more. Those of a server that runs: proofs are not there. */
const struct echo_fact *echo_process_fact(const struct echo_process *process, unsigned index);

/* Why the server failed, with what to try (may be NULL); NULL: it says nothing of a failure. Until
 * free. */
const char *echo_process_failure(const struct echo_process *process, const char **hint);

/* Ends the server, by force where it does not end by itself. 0, or -errno with a problem where it
 * had ended before, or had to be killed. Also twice. The pair's ends that are left are closed. */
int echo_process_stop(struct echo_process *process);

void echo_process_free(struct echo_process *process); /* after stop; also one never started */

#endif
