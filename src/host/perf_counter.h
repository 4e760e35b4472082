/* SPDX-License-Identifier: MIT */
/*
 * Instructions and cycles of a thread and of every thread that it, or one of those, starts from
 * then on: by the CPU's own counters, perf_event_open(2), in user mode and in the kernel apart.
 *
 * io_uring's helpers are among them. create_io_thread() (kernel/fork.c) makes poll threads and
 * io-wq workers in copy_process(), as any thread is made, and perf_event_init_task() there hands
 * the counters on; the parent is the thread that made the ring, or its poll thread, also where a
 * worker asks for another one (create_worker_cb() in io_uring/io-wq.c). So are threads that come
 * and go: a thread that ends leaves its counts with the counter. Before Linux 5.12 io_uring's
 * helpers are outside the process, and in no figure.
 *
 * Nothing is done between two readings; each is one system call for user mode and one for the
 * kernel. Threads that run on another CPU meanwhile are interrupted there for about 1 us.
 */
#ifndef HOST_PERF_COUNTER_H
#define HOST_PERF_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "host/perf_source.h"

enum perf_scope { PERF_USER, PERF_KERNEL, PERF_SCOPE_COUNT };

const char *perf_scope_name(enum perf_scope scope); /* "user", "kernel" */

/* What one scope has counted: up to a reading, or between two. */
struct perf_count {
	int error;             /* 0, or -errno: why there is no figure */
	uint64_t instructions; /* as counted; perf_count_scaled has the estimate for all the time */
	uint64_t cycles;
	uint64_t enabled_ns; /* CPU time of the threads, */
	uint64_t running_ns; /* and of it, with a counter: others may have had it meanwhile */
};

struct perf_counts {
	struct perf_count scopes[PERF_SCOPE_COUNT];
};

struct perf_counter {
	size_t source_count;
	int errors[PERF_SCOPE_COUNT];
	int leaders[PERF_SCOPE_COUNT][PERF_SOURCE_LIMIT];   /* of the group of two: instructions */
	int followers[PERF_SCOPE_COUNT][PERF_SOURCE_LIMIT]; /* and cycles; -1: closed */
};

/*
 * For the calling thread. It never fails: a scope that cannot be counted has its error. Descriptors
 * are not taken from others: the soft limit of open files is raised by as many, and where the hard
 * one forbids that, counters end (-EMFILE) at a quarter of it.
 */
void perf_counter_open(
	struct perf_counter *counter, const struct perf_source *sources, size_t source_count);

/* For a thread of another process, before it starts any. */
void perf_counter_open_of(struct perf_counter *counter, int tid, const struct perf_source *sources,
	size_t source_count);
void perf_counter_close(struct perf_counter *counter); /* also twice */

void perf_counter_read(const struct perf_counter *counter, struct perf_counts *counts);

/* now -= before; sum += more. An error stays. */
void perf_counts_since(struct perf_counts *now, const struct perf_counts *before);
void perf_counts_add(struct perf_counts *sum, const struct perf_counts *more);

/*
 * Whether a difference is a figure: 0, its error, -EBUSY where it was counted for less than half of
 * the time, or -ENODATA where the counter ran and stood still.
 */
int perf_count_error(const struct perf_count *count);

/* `counted` (its instructions or cycles) for all the time, as if it had gone on alike. */
uint64_t perf_count_scaled(const struct perf_count *count, uint64_t counted);

/* Share of the time that was counted. 1: no scaling. */
double perf_count_share(const struct perf_count *count);

/*
 * An error in words, and in *cure (or NULL: none is known) what would help. `paranoid`: the
 * kernel's kernel.perf_event_paranoid, by perf_counter_paranoid().
 */
const char *perf_counter_explain(
	int error, enum perf_scope scope, int64_t paranoid, struct arena *arena, const char **cure);
int64_t perf_counter_paranoid(struct arena *arena); /* INT64_MAX: there is none */

/* What can be counted here: opens, reads and closes one. 0 or -errno for each scope. */
void perf_counter_try(int errors[PERF_SCOPE_COUNT]);

#endif
