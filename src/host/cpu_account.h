/* SPDX-License-Identifier: MIT */
/*
 * CPU time and context switches of one worker over its measured window, with the threads that
 * worked for it (host/helper_list.h): RUSAGE_THREAD leaves them out, so fio does.
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

#include <stdint.h>

struct cpu_account; /* one per worker */

struct cpu_usage {
	/* The worker thread's own: the sum by its CPU clock, exact; split as getrusage says. */
	uint64_t user_ns;
	uint64_t system_ns;
	uint64_t helper_ns;          /* threads that worked for this worker */
	uint64_t sqpoll_ns;          /* of helper_ns: the SQPOLL thread's */
	uint64_t voluntary_switches; /* worker and helpers */
	uint64_t involuntary_switches;
	int sqpoll_tid;           /* 0: none */
	int sqpoll_cpu;           /* CPU it last ran on; -1: none */
	unsigned io_worker_count; /* io-wq workers that did something */
};

/* On the worker's thread. NULL when memory is out. */
struct cpu_account *cpu_account_open(void);

/* Before start. It makes start and stop read the usage of every worker. */
void cpu_account_expect_passing_helpers(struct cpu_account *account);

/*
 * Looks for helper threads of all open accounts in /proc/self/task and notes their CPU time, so
 * that one that exits before stop is not lost. From the supervisor: once when all workers are
 * ready (what a helper used before start counts from there), then every 100 ms or so.
 */
void cpu_account_watch(void);

/*
 * Start of the window: a handful of system calls (about 2 us), no /proc reading, because I/O is
 * in flight when a ramp ends. The context switches of helpers count from the last watch.
 */
void cpu_account_start(struct cpu_account *account);

/* End of the window, before the ring is torn down. May read /proc. */
void cpu_account_stop(struct cpu_account *account, struct cpu_usage *usage);

void cpu_account_close(struct cpu_account *account);

#endif
