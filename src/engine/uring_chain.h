/* SPDX-License-Identifier: MIT */
/*
 * Composite operations on io_uring: one chain of linked SQEs an I/O, sent together.
 *
 *     IO_OPEN_READ  OPENAT to a direct descriptor, the slot's own -> READ -> CLOSE. A failed open
 *                   cancels the rest; a short or failed read does not keep CLOSE from running
 *                   (IOSQE_IO_HARDLINK), so that nothing stays open.
 *     IO_COPY       READ -> WRITE. A short read cancels WRITE, which would have written what the
 *                   buffer held before; what came is then written by an SQE of its own.
 *     IO_STAT       STATX, alone.
 *
 * With IOSQE_CQE_SKIP_SUCCESS a chain that went as asked gives one CQE, its last; other parts give
 * one where they fail or come short. See io_uring_enter(2).
 */
#ifndef ENGINE_URING_CHAIN_H
#define ENGINE_URING_CHAIN_H

#include "engine/uring.h"

/* SQ and CQ entries that a slot needs; 1 without composite operations. */
unsigned uring_chain_entries(unsigned op_mask);

/* Before uring_setup: options that do not go with chains. 0 or -errno with report->problem. */
int uring_chain_check(
	const struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

/*
 * After all else that open does, where setup->op_mask has composite operations: registers what
 * chains need and gives the engine a class whose functions do nothing but them and syncs. 0 or
 * -errno with report->problem.
 */
int uring_chain_open(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

#endif
