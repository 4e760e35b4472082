/* SPDX-License-Identifier: MIT */
/*
 * The io_uring engine: what its files share.
 *     uring.c          templates, submit and reap, open and close
 *     uring_wait.c     sending and waiting: all system calls of the hot loop
 *     uring_setup.c    the ring and what is registered with it; refusals in words
 *     uring_trial.c    what no flag of the kernel shows: tried at open
 *     uring_chain.c    composite operations, linked; its own submit and reap
 *     uring_options.c  the option tables
 *     uring_probe.c    names of what the kernel has; what really ran
 *     uring_nvme.c     the engine io_uring_cmd
 */
#ifndef ENGINE_URING_H
#define ENGINE_URING_H

#include <liburing.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_kit.h"
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
	uint8_t columns[IO_OP_COUNT];
	int *files;            /* by target: descriptor, or index among the registered files */
	struct iovec *vectors; /* by slot, when vectored */
	bool is_plain;         /* offset and length of each template stand where READ has them */
	unsigned ios_to_async; /* force_async above 1: until the next that goes to a worker */
	bool targets_change;
	bool has_streams; /* pipes or sockets among the targets */
	bool has_trims;
	uint8_t trim_flags; /* IOSQE_ASYNC where a device's discards need it */
	bool is_sq_polled;
	bool is_io_polled;     /* the kernel looks for completions only when it is called */
	unsigned needed_flags; /* of io_uring_setup: not to be done without */

	struct engine_spin spin; /* looking at the CQ before sleeping, with SQPOLL */

	const struct target *targets;
	unsigned target_count;
	uint64_t counts[IO_OP_COUNT];
	uint64_t wakeups;
	uint64_t event_calls;      /* of engine.syscalls: waiting for the eventfd and reading it */
	struct uring_chain *chain; /* NULL: no composite operations */
	struct uring_options options;
	struct io_uring ring;
	struct uring *next_sharing; /* attach_wq */
	int event_descriptor;       /* -1: none; valid from uring_setup on */
	bool has_ring;
	bool has_registered_ring;
	bool has_write_hints;
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

/* 0 where a ring can be made with these flags, else -errno with report->problem and hint. */
int uring_probe_flags(unsigned flags, struct engine_report *report);

typedef void uring_encode_function(
	const struct uring *uring, const struct slot *slot, enum io_op op, void *sqe);

/* Templates of `bytes` each for every slot and op of the job, each made by `encode`. */
void *uring_make_templates(struct uring *uring, const struct engine_setup *setup, size_t bytes,
	uring_encode_function *encode);

/*
 * Templates, and how they are sent. 0, or -errno with report->problem when the kernel has no
 * opcode for one of them.
 */
int uring_encode(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

/* An SQE for slot's trim: a discard on a block device, elsewhere a hole in the file. */
void uring_encode_trim(
	const struct target *target, const struct slot *slot, struct io_uring_sqe *sqe);

/* The opcode that reads or writes (IO_READ, IO_WRITE) with these options. */
unsigned uring_transfer_opcode(const struct uring_options *options, enum io_op op);

/* The ioprio of an SQE (ioprio_set(2)); 0: none. */
unsigned uring_priority(const struct uring_options *options);

/* uring_setup.c: io_uring_queue_init_params, or a test's kernel that is older than its own. */
typedef int uring_init_function(
	unsigned entries, struct io_uring *ring, struct io_uring_params *parameters);

/*
 * Makes the ring and registers what the options ask for. Flags that the engine wants by itself are
 * taken off, newest first, as long as the kernel answers EINVAL, and reported as refused.
 * Returns 0 or -errno with report->problem and hint; uring_setup_undo in either case.
 */
int uring_setup(struct uring *uring, const struct engine_setup *setup, struct engine_report *report,
	uring_init_function *init);
void uring_setup_undo(struct uring *uring);

/* Why io_uring_setup, or registering buffers, failed: `error`, with report->problem and hint. */
int uring_explain_setup(int error, const struct uring_options *options, unsigned entries,
	struct engine_report *report);
int uring_explain_buffers(
	int error, const struct engine_setup *setup, struct engine_report *report);

/*
 * uring_trial.c, before the ring is made: flags of io_uring_setup for hipri and hybrid_iopoll, and
 * whether this job can poll for completions (0, or -errno with report->problem and hint);
 * uring_check_queues of it what concerns the targets: no polling without poll queues.
 */
unsigned uring_poll_flags(const struct uring_options *options);
int uring_check_polling(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report);
int uring_check_queues(const struct engine_setup *setup, struct engine_report *report);

/*
 * After uring_encode, with an empty ring: discards where the job trims, polling, priorities, flags
 * of preadv2, and settings that are asked of the kernel in other ways (workers, write hints). 0, or
 * -errno with report->problem.
 */
int uring_try_settings(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

/* write_hint: as if there had been none. Safe twice. */
void uring_take_back_hints(struct uring *uring);

/*
 * uring_chain.c: composite operations, one chain of linked SQEs an I/O, sent together.
 *     IO_OPEN_READ  OPENAT to a direct descriptor, the slot's own -> READ -> CLOSE. A failed open
 *                   cancels the rest; a short or failed read does not keep CLOSE from running
 *                   (IOSQE_IO_HARDLINK), so that nothing stays open.
 *     IO_COPY       READ -> WRITE. A short read cancels WRITE, which would have written what the
 *                   buffer held before; what came is then written by an SQE of its own.
 *     IO_STAT       STATX, alone.
 * With IOSQE_CQE_SKIP_SUCCESS a chain that went as asked gives one CQE, its last; other parts give
 * one where they fail or come short. See io_uring_enter(2).
 *
 * uring_chain_entries: SQ and CQ entries that a slot needs; 1 without composite operations.
 * uring_chain_check: before uring_setup, options that do not go with chains.
 * uring_chain_open: after all else that open does, where setup->op_mask has composite operations:
 * registers what chains need and gives the engine a class whose functions do nothing but them and
 * syncs. 0 or -errno with report->problem.
 */
unsigned uring_chain_entries(unsigned op_mask);
int uring_chain_check(
	const struct uring *uring, const struct engine_setup *setup, struct engine_report *report);
int uring_chain_open(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

void uring_prove(struct engine *engine, struct engine_report *report);

/* Its part that is the same for every ring, with what was sent listed under `name`. */
void uring_prove_ring(struct uring *uring, const char *name, const struct engine_count *sent,
	size_t count, struct engine_report *report);

/* "SINGLE_ISSUER|CLAMP", "none". */
const char *uring_setup_flag_names(unsigned flags, struct arena *arena);

/* uring_nvme.c: whether polled passthrough crashes a kernel of this release: "6.1.0-56-amd64". */
bool uring_nvme_polling_is_fatal(const char *release);

#endif
