/* SPDX-License-Identifier: MIT */
/*
 * hipri: completions are polled for (IORING_SETUP_IOPOLL). The kernel makes such a ring for
 * anything, and then either fails each I/O or, before Linux 6.2, serves it by interrupt and says
 * nothing: so the queue is asked first, and one read is tried.
 */
#include "engine/uring_iopoll.h"

#include <errno.h>

#include "base/text.h"
#include "engine/uring_abi.h"
#include "host/block_device.h"

static const char hint_poll_queues[] =
	"give the driver poll queues (kernel command line: nvme.poll_queues=2 or "
	"virtio_blk.poll_queues=2), or leave out hipri";

unsigned uring_iopoll_flags(const struct uring_options *options)
{
	unsigned flags = 0;

	if (options->hipri)
		flags |= IORING_SETUP_IOPOLL;
	if (options->hybrid_iopoll)
		flags |= URING_SETUP_HYBRID_IOPOLL;
	return flags;
}

/* What no kernel does: -EINVAL with the problem. */
static int check_rules(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	const struct {
		bool is_broken;
		const char *problem;
		const char *hint;
	} rules[] = {
		{options->hybrid_iopoll && !options->hipri,
			"hybrid_iopoll without hipri: it is a way to poll", "add hipri=1"},
		{options->hipri && !setup->is_direct,
			"hipri polls the device: buffered I/O does not wait for it",
			"add direct=1"},
		{options->hipri && (setup->op_mask & ~(IO_BIT(IO_READ) | IO_BIT(IO_WRITE))),
			"hipri: a polled ring reads and writes only, it neither syncs nor trims",
			"leave out hipri, or the fsync, fdatasync and trim of this job"},
		{options->hipri && (options->eventfd || options->min_wait_us > 0),
			"hipri goes neither with eventfd nor with min_wait_us: nobody tells of "
			"completions that are polled for",
			"leave out one of them"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].is_broken)
			continue;
		report->problem = rules[i].problem;
		report->hint = rules[i].hint;
		return -EINVAL;
	}
	return 0;
}

/* io_poll of the disk that the target stands on: 1 when it has poll queues, -1: nobody knows. */
static int queue_io_poll(const struct target *target, struct arena *arena)
{
	struct block_device device;

	if (target->device == 0 || block_device_read(target->device, &device, arena) < 0)
		return -1;
	return device.io_poll;
}

int uring_iopoll_check(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result = check_rules(options, setup, report);

	if (result < 0 || !options->hipri)
		return result;
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];

		if (queue_io_poll(target, setup->arena) != 0)
			continue;
		report->problem = arena_printf(setup->arena,
			"hipri: %s has no poll queues (queue/io_poll of its disk is 0)",
			target->path ? target->path : "the target");
		report->hint = hint_poll_queues;
		return -EOPNOTSUPP;
	}
	return 0;
}

static int try_read(struct uring *uring, const struct target *target,
	const struct engine_setup *setup, struct engine_report *report)
{
	uint32_t align = target->offset_align ? target->offset_align : 512;
	struct io_uring_sqe sqe = {.opcode = IORING_OP_READ,
		.fd = target->descriptor,
		.addr = (uintptr_t)setup->slots[0].buffer,
		.len = align < setup->buffer_bytes ? align : (uint32_t)setup->buffer_bytes};
	int answer = 0;
	int result = uring_try_sqe(uring, &sqe, &answer);

	if (result < 0)
		return result;
	if (answer != -EOPNOTSUPP)
		return 0; /* What else is wrong the I/Os will tell. */
	report->problem = arena_printf(setup->arena, "hipri: %s cannot be polled: %s",
		target->path ? target->path : "the target", text_errno_name(answer));
	report->hint = hint_poll_queues;
	return answer;
}

int uring_iopoll_try(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = 0;

	if (!uring->options.hipri)
		return 0;
	for (unsigned i = 0; result == 0 && i < setup->target_count; i++) {
		if (setup->targets[i].descriptor >= 0)
			result = try_read(uring, &setup->targets[i], setup, report);
	}
	if (result < 0)
		return result;
	engine_report_effective(report, setup->arena, "hipri", "1");
	if (uring->options.hybrid_iopoll)
		engine_report_effective(report, setup->arena, "hybrid_iopoll", "1");
	return 0;
}
