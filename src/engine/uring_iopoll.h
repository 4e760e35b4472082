/* SPDX-License-Identifier: MIT */
/* hipri and hybrid_iopoll of the io_uring engine: whether this job can poll for completions. */
#ifndef ENGINE_URING_IOPOLL_H
#define ENGINE_URING_IOPOLL_H

#include "engine/uring.h"

/* Flags of io_uring_setup that the options ask for. */
unsigned uring_iopoll_flags(const struct uring_options *options);

/* Before the ring is made. 0, or -errno with report->problem and hint. */
int uring_iopoll_check(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report);

/* Of it what concerns the targets' queues: no polling without poll queues. */
int uring_iopoll_check_queues(const struct engine_setup *setup, struct engine_report *report);

/* One read of each target through the empty ring. 0, or -errno with report->problem and hint. */
int uring_iopoll_try(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report);

#endif
