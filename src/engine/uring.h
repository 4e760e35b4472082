/* SPDX-License-Identifier: MIT */
/*
 * The io_uring engine: what its files share.
 *     uring_engine.c   templates, submit and reap, open and close
 *     uring_wait.c     sending and waiting: all system calls of the hot loop; plain rings
 *     uring_setup.c    the ring and what is registered with it; refusals in words
 *     uring_trial.c    what no flag of the kernel shows: tried at open
 *     uring_chain.c    composite operations, linked; its own submit and reap
 *     uring_options.c  the option tables
 *     uring_probe.c    names of what the kernel has; what really ran
 *     uring_nvme.c     the engine io_uring_cmd; uring_nop.c the engine io_uring_nop
 */
#ifndef ENGINE_URING_H
#define ENGINE_URING_H

#include <liburing.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_kit.h"
#include "engine/engine_spin.h"
#include "engine/uring_options.h"

struct uring;
struct uring_chain;

/*
 * Sends what is unsent and waits until `min` completions are in the CQ, a signal came or the time
 * (-1: none) ran out. 0 or -errno.
 */
typedef int uring_wait_function(struct uring *uring, unsigned min, int64_t timeout_ns);

struct uring {
	struct engine engine;
	uring_wait_function *wait;

	/* The hot loop's. SQ and CQ as liburing mapped them; their indices are kept here. */
	struct io_uring_sqe *sqes;
	unsigned *sq_kernel_tail;
	const unsigned *sq_kernel_flags;
	unsigned sq_mask;
	unsigned sq_tail;
	const struct io_uring_cqe *cqes;
	unsigned *cq_kernel_head;
	const unsigned *cq_kernel_tail;
	unsigned cq_mask;
	unsigned cq_head;
	unsigned unsent;    /* in the SQ, the kernel not told */
	unsigned in_flight; /* taken by submit, not handed back by reap; unsent ones too */
	unsigned enter_flags;
	int enter_descriptor; /* or its index among the task's registered rings */

	/* Templates: slot index x column, one column per op that the job sends. */
	const struct io_uring_sqe *templates;
	unsigned column_count;
	/* Instead, where nothing is special: words by target (one: only_heads) and op, and by op.
	 */
	uint64_t (*heads)[IO_WRITE + 1], only_heads[IO_WRITE + 1], lengths[IO_WRITE + 1];
	uint64_t index_mask; /* fixedbufs: whether SQEs have the slot's index */
	uint8_t columns[IO_OP_COUNT];
	int *files;            /* by target: descriptor, or index among the registered files */
	struct iovec *vectors; /* by slot, when vectored */
	bool may_share_buffer; /* not of passthrough: a command might reach into another slot's */
	bool has_one_buffer;   /* fixedbufs: registered as one, index 0 */
	bool is_plain;         /* offset and length of each template stand where READ has them */
	unsigned ios_to_async; /* force_async above 1: until the next that goes to a worker */
	bool targets_change;
	bool has_streams; /* pipes or sockets among the targets */
	bool has_trims;
	uint8_t trim_flags; /* IOSQE_ASYNC where a device's discards need it */
	bool is_sq_polled;
	bool is_io_polled;     /* the kernel looks for completions only when it is called */
	bool always_looks;     /* that, or it does not say when some wait, or they come at once */
	unsigned needed_flags; /* of io_uring_setup: not to be done without */
	unsigned cq_entries;   /* 0: as many as the SQ has */

	struct engine_spin spin; /* looking at the CQ before sleeping, with SQPOLL */

	const struct target *targets;
	const uint16_t *priorities; /* engine_setup's */
	unsigned target_count;
	uint64_t counts[IO_OP_COUNT];
	uint64_t wakeups;
	uint64_t event_calls;      /* of engine.syscalls: waiting for the eventfd and reading it */
	struct uring_chain *chain; /* NULL: no composite operations */
	struct engine_class plain_class; /* nothing special: submit and reap ask no questions */
	struct uring_options options;
	struct io_uring ring;
	struct uring *next_sharing; /* attach_wq */
	int event_descriptor;       /* -1: none; valid from uring_setup on */
	bool has_ring;
	bool has_registered_ring;
};

/* Flags of the next I/O: force_async above 1 sends every n-th to a worker; the templates have 1. */
static inline uint8_t uring_next_flags(struct uring *uring)
{
	if (uring->options.force_async <= 1 || --uring->ios_to_async > 0)
		return 0;
	uring->ios_to_async = uring->options.force_async;
	return IOSQE_ASYNC;
}

/* The first step of open, for any engine that begins with a struct uring. */
void uring_init(
	struct uring *uring, const struct engine_class *class, const struct engine_setup *setup);

/* The hot loop's view of the ring; after uring_setup and all that was tried. */
void uring_use_ring(struct uring *uring);

/* Cancels the I/O in the kernel, where it can be; the rest must be waited for. */
void uring_cancel(struct uring *uring);

enum { URING_CLOSE_WAIT_NS = 1000000000 };

void uring_close(struct engine *engine);

#endif
