/* SPDX-License-Identifier: MIT */
/* The io_uring engine's open, step by step, and what it proves at the end. */
#ifndef ENGINE_URING_OPEN_H
#define ENGINE_URING_OPEN_H

#include "engine/uring.h"

/*
 * uring_engine.c. 0 where a ring can be made with these flags, else -errno with report->problem and
 * hint.
 */
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

/* uring_setup.c: uring_queue_init, or a test's kernel that is older than its own. */
typedef int uring_init_function(
	unsigned entries, struct io_uring *ring, struct io_uring_params *parameters);

/* As io_uring_queue_init_params; with NO_SQARRAY, too, of which liburing before 2.5 knows nothing:
 * it is not to submit to such a ring. */
uring_init_function uring_queue_init;

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
	int error, const struct engine_setup *setup, bool are_one, struct engine_report *report);

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
 * After uring_encode, with an empty ring: discards where the job trims, polling, flags of
 * preadv2, and the limit of workers, which is asked of the kernel in another way. 0, or
 * -errno with report->problem.
 */
int uring_try_settings(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

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
