/* SPDX-License-Identifier: MIT */
/*
 * CPU time and context switches of one worker over its measured window, with the threads that
 * worked for it (see below): RUSAGE_THREAD leaves them out, so fio does.
 *
 * In a PID namespace the names bear numbers of the first namespace: helpers are then told apart by
 * their order only, which with several workers may give one worker's helpers to another.
 *
 * Threads of an engine that come and go between two looks (glibc's for POSIX AIO) have no reading
 * of their own. What the process used and nobody else did is theirs, in equal shares for all
 * workers that expect such helpers.
 *
 * open (worker) -> watch* (supervisor) -> start (worker) -> watch* -> stop (worker) -> close
 */
#ifndef HOST_CPU_ACCOUNT_H
#define HOST_CPU_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/perf_counter.h"

struct cpu_account; /* one per worker */

struct cpu_usage {
	/* The worker thread's own: the sum by its CPU clock, exact; split as getrusage says. */
	uint64_t user_ns;
	uint64_t system_ns;
	uint64_t helper_ns;          /* threads that worked for this worker */
	uint64_t sqpoll_ns;          /* of helper_ns: the SQPOLL thread's */
	uint64_t voluntary_switches; /* worker and helpers */
	uint64_t involuntary_switches;
	int sqpoll_tid;            /* 0: none */
	int sqpoll_cpu;            /* CPU it last ran on; -1: none */
	unsigned io_worker_count;  /* io-wq workers that did something */
	struct perf_counts counts; /* of worker and helpers; -EBADF: nothing was asked for */
	/* What block devices were asked for by the worker thread; not known where helpers worked,
	 * who may have asked, too. */
	bool knows_device_reads;
	uint64_t device_read_bytes;
};

/* On the worker's thread. NULL when memory is out. */
struct cpu_account *cpu_account_open(void);

/* Before start. It makes start and stop read the usage of every worker. */
void cpu_account_expect_passing_helpers(struct cpu_account *account);

/*
 * Counts these events of the worker, and of the threads that it starts from now on: before its ring
 * is made. On the worker's thread; at most once.
 */
void cpu_account_count(
	struct cpu_account *account, const struct perf_source *sources, size_t source_count);

/*
 * Looks for helper threads of all open accounts in /proc/self/task and notes their CPU time, so
 * that one that exits before stop is not lost. From the supervisor: once when all workers are
 * ready (what a helper used before start counts from there), then every 100 ms or so.
 */
void cpu_account_watch(void);

/* Until now, of thread `tid` and its helpers, since they began; false: it has no account. */
bool cpu_account_peek(int tid, uint64_t *worker_ns, uint64_t *helper_ns);

/*
 * Start of the window: a handful of system calls (about 2 us), no /proc reading, because I/O is
 * in flight when a ramp ends. The context switches of helpers count from the last watch.
 */
void cpu_account_start(struct cpu_account *account);

/* End of the window, before the ring is torn down. May read /proc. */
void cpu_account_stop(struct cpu_account *account, struct cpu_usage *usage);

void cpu_account_close(struct cpu_account *account);

/*
 * Threads of this process that work for a worker: io_uring's SQPOLL thread (iou-sqp-OWNER) and
 * io-wq workers (iou-wrk-OWNER), OWNER being the thread that made the ring, or of an io-wq worker
 * its SQPOLL thread; and threads that an engine starts, which it names rs-io-OWNER.
 * Source: kernel io_uring/sqpoll.c, io_uring/io-wq.c. Before Linux 5.12 io_uring's helpers are
 * kernel threads outside the process (io_uring-sq, io_wqe_worker-N): none is found.
 */
enum helper_kind {
	HELPER_SQPOLL,
	HELPER_IO_WORKER, /* io-wq's */
	HELPER_OF_ENGINE,
};

struct helper_thread {
	int tid;
	int owner; /* the worker's thread, see below */
	enum helper_kind kind;
};

/*
 * All of them; `is_worker` says which threads need no look. *threads is the caller's to free; when
 * memory is out those found so far are there.
 */
size_t cpu_helper_list(bool (*is_worker)(int tid), struct helper_thread **threads);

/* Whether the owners in io_uring's names are numbers of this PID namespace. If not, the names bear
 * those of the first namespace, of which only the order is of use here. */
bool cpu_helper_owners_are_known(void);

struct helper_reading {
	uint64_t cpu_ns;
	uint64_t voluntary; /* context switches */
	uint64_t involuntary;
	int cpu; /* it last ran on; -1: not told */
};

/* False when the thread is gone. */
bool cpu_helper_reading(int tid, struct helper_reading *reading);

/* Its CPU time alone: one system call, no /proc. False when the thread is gone. */
bool cpu_helper_ns(int tid, uint64_t *ns);

#endif
