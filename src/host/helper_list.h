/* SPDX-License-Identifier: MIT */
/*
 * Threads of this process that work for a worker: io_uring's SQPOLL thread (iou-sqp-OWNER) and
 * io-wq workers (iou-wrk-OWNER), OWNER being the thread that made the ring, or of an io-wq worker
 * its SQPOLL thread; and threads that an engine starts, which it names rs-io-OWNER.
 * Source: kernel io_uring/sqpoll.c, io_uring/io-wq.c. Before Linux 5.12 io_uring's helpers are
 * kernel threads outside the process (io_uring-sq, io_wqe_worker-N): none is found.
 */
#ifndef HOST_HELPER_LIST_H
#define HOST_HELPER_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
size_t helper_list_threads(bool (*is_worker)(int tid), struct helper_thread **threads);

/*
 * Whether the owners in io_uring's names are numbers of this PID namespace. If not, the names bear
 * those of the first namespace, of which only the order is of use here.
 */
bool helper_list_owners_are_known(void);

struct helper_reading {
	uint64_t cpu_ns;
	uint64_t voluntary; /* context switches */
	uint64_t involuntary;
	int cpu; /* it last ran on; -1: not told */
};

/* False when the thread is gone. */
bool helper_list_reading(int tid, struct helper_reading *reading);

/* Its CPU time alone: one system call, no /proc. False when the thread is gone. */
bool helper_list_cpu_ns(int tid, uint64_t *ns);

#endif
