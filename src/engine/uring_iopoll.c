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
#include "host/block_queue.h"

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
	const struct engine_rule rules[] = {
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

	return engine_check_rules(rules, sizeof(rules) / sizeof(rules[0]), report);
}

/* The queue of the disk that the target stands on; false: nobody knows. */
static bool read_queue(const struct target *target, struct block_queue *queue, struct arena *arena)
{
	struct block_device device;

	if (target->device == 0 || block_device_read(target->device, &device, arena) < 0)
		return false;
	block_queue_read(device.disk, queue, arena);
	return true;
}

static const char *polling_hint(const struct target *target, struct arena *arena)
{
	struct block_queue queue;
	bool is_known = read_queue(target, &queue, arena);

	return arena_printf(arena, "leave out hipri, or %s",
		block_queue_polling_cure(is_known ? &queue : NULL, arena));
}

int uring_iopoll_check_queues(const struct engine_setup *setup, struct engine_report *report)
{
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];
		struct block_queue queue;

		if (!read_queue(target, &queue, setup->arena) || queue.io_poll != 0)
			continue;
		report->problem = arena_printf(setup->arena,
			"hipri: %s has no poll queues (queue/io_poll of %s is 0)",
			target->path ? target->path : "the target", queue.disk);
		report->hint = polling_hint(target, setup->arena);
		return -EOPNOTSUPP;
	}
	return 0;
}

int uring_iopoll_check(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result = check_rules(options, setup, report);

	return result < 0 || !options->hipri ? result : uring_iopoll_check_queues(setup, report);
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
	report->hint = polling_hint(target, setup->arena);
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
