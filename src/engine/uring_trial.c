/* SPDX-License-Identifier: MIT */
/*
 * Settings that no flag of the kernel shows: asked for beforehand, tried, or applied and read back,
 * at open. hipri is one of them: the kernel makes a polled ring (IORING_SETUP_IOPOLL) for anything,
 * and then either fails each I/O or, before Linux 6.2, serves it by interrupt and does not say so:
 * so the queue is asked first, and one read is tried.
 */
#include <errno.h>
#include <fcntl.h>

#include "base/text.h"
#include "engine/uring_abi.h"
#include "engine/uring_open.h"
#include "host/block_device.h"

unsigned uring_poll_flags(const struct uring_options *options)
{
	unsigned flags = 0;

	if (options->hipri)
		flags |= IORING_SETUP_IOPOLL;
	if (options->hybrid_iopoll)
		flags |= URING_SETUP_HYBRID_IOPOLL;
	return flags;
}

static bool has_zones(const struct engine_setup *setup)
{
	for (unsigned i = 0; i < setup->target_count; i++) {
		if (setup->targets[i].zones)
			return true;
	}
	return false;
}

/* Settings that no kernel can grant: -EINVAL with the problem. */
static int check_rules(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	const struct engine_rule rules[] = {
		{options->multishot_accept || options->multishot_recv || options->link_recv ||
				options->send_zc || options->recv_buffers > 0 ||
				options->recv_buffer_bytes > 0,
			"multishot_accept, multishot_recv, recv_buffers, recv_buffer_size, "
			"link_recv and send_zc are for connections: rw=echo",
			"leave them out"},
		{!options->linked_copy && !(setup->op_mask & IO_BIT(IO_COPY)),
			"linked_copy is of rw=copy: no other I/O has links", "leave it out"},
		{options->hybrid_iopoll && !options->hipri,
			"hybrid_iopoll needs hipri: it is a way to poll", "add hipri=1"},
		{options->hipri && !setup->is_direct,
			"hipri polls the device: buffered I/O does not wait for it",
			"add direct=1"},
		{options->hipri && (setup->op_mask & ~(IO_BIT(IO_READ) | IO_BIT(IO_WRITE))),
			"hipri: a polled ring reads and writes only, it neither syncs nor trims",
			"leave out hipri, or the fsync, fdatasync and trim of this job"},
		{options->hipri && (options->eventfd || options->min_wait_us > 0),
			"hipri goes neither with eventfd nor with min_wait_us: the kernel does not "
			"report completions that are polled for",
			"leave out one of them"},
		{(setup->op_mask & IO_BIT(IO_TRIM)) && has_zones(setup),
			"zonemode=zbd: io_uring has no operation that resets a zone",
			"use ioengine=libaio or psync"},
	};

	return engine_check_rules(rules, COUNT_OF(rules), report);
}

/* The queue of the disk that the target stands on; false: it is unknown. */
static bool read_queue(const struct target *target, struct block_queue *queue, struct arena *arena)
{
	struct block_device device;

	if (target->device == 0 || block_device_find(target->device, &device, arena) < 0)
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

int uring_check_queues(const struct engine_setup *setup, struct engine_report *report)
{
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];
		struct block_queue queue;

		if (!read_queue(target, &queue, setup->arena) || queue.io_poll != 0)
			continue;
		return engine_refuse(report, -EOPNOTSUPP, polling_hint(target, setup->arena),
			"hipri: %s has no poll queues (queue/io_poll of %s is 0)",
			target_label(target), queue.disk);
	}
	return 0;
}

int uring_check_polling(const struct uring_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result = check_rules(options, setup, report);

	return result < 0 || !options->hipri ? result : uring_check_queues(setup, report);
}

/* A poll thread may have answered before it says that it has read the SQE, of which there may be
 * one. NULL: the ring is full otherwise. */
static struct io_uring_sqe *next_sqe(struct uring *uring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);

	while (!sqe && uring->ring.flags & IORING_SETUP_SQPOLL) {
		if (io_uring_sqring_wait(&uring->ring) < 0)
			return NULL;
		sqe = io_uring_get_sqe(&uring->ring);
	}
	return sqe;
}

static int try_sqe(struct uring *uring, const struct io_uring_sqe *wanted, int *answer)
{
	struct io_uring_sqe *sqe = next_sqe(uring);
	struct io_uring_cqe *cqe;
	int result;

	if (!sqe)
		return -EBUSY;
	*sqe = *wanted;
	result = io_uring_submit_and_wait(&uring->ring, 1);
	if (result >= 0)
		result = io_uring_wait_cqe(&uring->ring, &cqe);
	if (result < 0)
		return result;
	*answer = cqe->res;
	io_uring_cqe_seen(&uring->ring, cqe);
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
	int result = try_sqe(uring, &sqe, &answer);

	if (result < 0)
		return result;
	if (answer != -EOPNOTSUPP)
		return 0; /* Other errors are reported by the I/Os. */
	return engine_refuse(report, answer, polling_hint(target, setup->arena),
		"hipri: %s cannot be polled: %s", target_label(target), text_errno_name(answer));
}

static int try_polling(
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
	engine_report_effective(report, "hipri", "1");
	if (uring->options.hybrid_iopoll)
		engine_report_effective(report, "hybrid_iopoll", "1");
	return 0;
}

/*
 * No flag shows whether a block device takes discards this way: a discard of nothing does. It is
 * EINVAL where there are discards, EOPNOTSUPP where there are none.
 */
static int try_discard(struct uring *uring, const struct target *target, int *answer)
{
	const struct slot nothing = {.length = 0};
	struct io_uring_sqe sqe = {.fd = target->descriptor};

	uring_encode_trim(target, &nothing, &sqe);
	return try_sqe(uring, &sqe, answer);
}

/*
 * Where a device cannot take I/O without waiting (zram), the kernel fails a discard that is sent
 * the usual way (REQ_NOWAIT without BLK_FEAT_NOWAIT, block/blk-core.c); one that a worker sends is
 * done. Nothing is read to find out: the flag is looked at before the length.
 */
static int check_waits(
	struct uring *uring, const struct target *target, struct engine_report *report)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ, .fd = target->descriptor, .rw_flags = RWF_FLAG_NOWAIT};
	int answer = 0;
	int result = try_sqe(uring, &sqe, &answer);

	if (result < 0 || answer != -EOPNOTSUPP || uring->trim_flags)
		return result;
	uring->trim_flags = IOSQE_ASYNC;
	engine_report_effective(report, "trim",
		"by workers of the kernel (io-wq): %s takes no I/O without waiting",
		target_label(target));
	return 0;
}

static int check_discard(
	struct uring *uring, const struct target *target, struct engine_report *report)
{
	int answer = 0;
	int result = try_discard(uring, target, &answer);

	if (result < 0)
		return result;
	if (answer != -EOPNOTSUPP && answer != -ENOTTY)
		return check_waits(uring, target, report);
	return engine_refuse(report, -EOPNOTSUPP,
		"use ioengine=psync, which trims by ioctl(BLKDISCARD)",
		"%s takes no discards by io_uring: the device has none, or the kernel is older "
		"than 6.12",
		target_label(target));
}

static int check_discards(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = 0;

	for (unsigned i = 0; result == 0 && i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];

		if (target->kind == TARGET_BLOCK && target->descriptor >= 0)
			result = check_discard(uring, target, report);
	}
	return result;
}

/* The workers are the thread's, and the first I/O makes them: so a NOP goes ahead. */
static int limit_workers(struct uring *uring, struct engine_report *report)
{
	const struct io_uring_sqe nop = {.opcode = IORING_OP_NOP};
	unsigned limits[2] = {uring->options.iowq_max_workers, 0};
	int answer;
	int result;

	if (limits[0] == 0)
		return 0;
	result = try_sqe(uring, &nop, &answer);
	if (result == 0)
		result = io_uring_register_iowq_max_workers(&uring->ring, limits);
	limits[0] = limits[1] = 0; /* Zeros change nothing, and tell. */
	if (result == 0)
		result = io_uring_register_iowq_max_workers(&uring->ring, limits);
	if (result < 0)
		return engine_refuse(report, result, NULL, "iowq_max_workers: %s",
			result == -EINVAL ? "needs Linux 5.15" : text_errno_name(result));
	engine_report_effective(report, "iowq_max_workers", "%u", limits[0]);
	return 0;
}

int uring_try_settings(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = 0;

	if (uring->has_trims)
		result = check_discards(uring, setup, report);
	if (result == 0)
		result = try_polling(uring, setup, report);
	if (result == 0)
		result = rwf_check(&uring->options.rwf, setup, report);
	if (result == 0)
		result = limit_workers(uring, report);
	if (result == 0 && uring->options.force_async > 0)
		engine_report_effective(report, "force_async", "%u", uring->options.force_async);
	return result;
}
