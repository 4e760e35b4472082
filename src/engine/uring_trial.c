/* SPDX-License-Identifier: MIT */
/* Settings that no bit of the kernel tells about: tried, or applied and read back, at open. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/text.h"
#include "engine/uring.h"
#include "engine/uring_abi.h"
#include "engine/uring_iopoll.h"

int uring_try_sqe(struct uring *uring, const struct io_uring_sqe *wanted, int *answer)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);
	struct io_uring_cqe *cqe;
	int result;

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

/*
 * No bit tells whether a block device takes discards this way: a discard of nothing does. It is
 * EINVAL where there are discards, EOPNOTSUPP where there are none.
 */
static int try_discard(struct uring *uring, const struct target *target, int *answer)
{
	const struct slot nothing = {.length = 0};
	struct io_uring_sqe sqe = {.fd = target->descriptor};

	uring_encode_trim(target, &nothing, &sqe);
	return uring_try_sqe(uring, &sqe, answer);
}

/*
 * Where a device cannot take I/O without waiting (zram), the kernel fails a discard that is sent
 * the usual way (REQ_NOWAIT without BLK_FEAT_NOWAIT, block/blk-core.c); one that a worker sends is
 * done. Nothing is read to find out: the flag is looked at before the length.
 */
static int check_waits(struct uring *uring, const struct target *target,
	const struct engine_setup *setup, struct engine_report *report)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ, .fd = target->descriptor, .rw_flags = RWF_FLAG_NOWAIT};
	int answer = 0;
	int result = uring_try_sqe(uring, &sqe, &answer);

	if (result < 0 || answer != -EOPNOTSUPP || uring->trim_flags)
		return result;
	uring->trim_flags = IOSQE_ASYNC;
	engine_report_effective(report, setup->arena, "trim",
		"by workers of the kernel (io-wq): %s takes no I/O without waiting",
		target->path ? target->path : "the device");
	return 0;
}

static int check_discard(struct uring *uring, const struct target *target,
	const struct engine_setup *setup, struct engine_report *report)
{
	int answer = 0;
	int result = try_discard(uring, target, &answer);

	if (result < 0)
		return result;
	if (answer != -EOPNOTSUPP && answer != -ENOTTY)
		return check_waits(uring, target, setup, report);
	report->problem = arena_printf(setup->arena,
		"%s takes no discards by io_uring: the device has none, or the kernel is older "
		"than 6.12",
		target->path ? target->path : "the device");
	report->hint = "use ioengine=psync, which trims by ioctl(BLKDISCARD)";
	return -EOPNOTSUPP;
}

static int check_discards(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = 0;

	for (unsigned i = 0; result == 0 && i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];

		if (target->kind == TARGET_BLOCK && target->descriptor >= 0)
			result = check_discard(uring, target, setup, report);
	}
	return result;
}

/*
 * Real-time priority is for the privileged: the kernel looks at it before it looks at anything
 * else, so that a read of nothing tells.
 */
static int check_priority(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	const struct target *target = &setup->targets[0];
	unsigned priority = uring_priority(&uring->options);
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ, .fd = target->descriptor, .ioprio = (uint16_t)priority};
	int answer = 0;
	int result;

	if (priority == 0)
		return 0;
	result = uring_try_sqe(uring, &sqe, &answer);
	if (result < 0)
		return result;
	if (answer == -EPERM) {
		report->problem = "prioclass=1: real-time I/O is for root (CAP_SYS_NICE)";
		report->hint = "use prioclass=2, or run as root";
		return answer;
	}
	engine_report_effective(report, setup->arena, "prioclass", "%u", priority >> 13);
	engine_report_effective(report, setup->arena, "prio", "%u", priority & 7);
	return 0;
}

/* The workers are the thread's, and the first I/O makes them: so a NOP goes ahead. */
static int limit_workers(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	const struct io_uring_sqe nop = {.opcode = IORING_OP_NOP};
	unsigned limits[2] = {uring->options.iowq_max_workers, 0};
	int answer;
	int result;

	if (limits[0] == 0)
		return 0;
	result = uring_try_sqe(uring, &nop, &answer);
	if (result == 0)
		result = io_uring_register_iowq_max_workers(&uring->ring, limits);
	limits[0] = limits[1] = 0; /* Zeros change nothing, and tell. */
	if (result == 0)
		result = io_uring_register_iowq_max_workers(&uring->ring, limits);
	if (result < 0) {
		report->problem = arena_printf(setup->arena, "iowq_max_workers: %s",
			result == -EINVAL ? "needs Linux 5.15" : text_errno_name(result));
		return result;
	}
	engine_report_effective(report, setup->arena, "iowq_max_workers", "%u", limits[0]);
	return 0;
}

static int set_write_hints(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	uint64_t hint = (uint64_t)uring->options.write_hint;
	const char *value = option_text(
		option_find(&uring_option_table, "write_hint"), &uring->options, setup->arena);

	if (hint == RWH_WRITE_LIFE_NOT_SET)
		return 0;
	if (!(setup->op_mask & IO_BIT(IO_WRITE))) {
		engine_report_refused(
			report, setup->arena, "write_hint", value, "this job writes nothing");
		return 0;
	}
	if (setup->targets_change) {
		report->problem = "write_hint: this job opens and closes its files as it runs "
				  "(openfiles), they cannot be given hints beforehand";
		report->hint = "leave out write_hint or openfiles";
		return -EINVAL;
	}
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];
		int result = 0;

		if (fcntl(target->descriptor, F_SET_RW_HINT, &hint) < 0)
			result = -errno;
		uring->has_write_hints = true;
		if (result == 0)
			continue;
		report->problem = arena_printf(setup->arena, "write_hint: %s takes none: %s",
			target->path ? target->path : "the target", text_errno_name(result));
		report->hint = result == -EPERM ? "run as root, or as the file's owner"
						: "leave out write_hint";
		return result;
	}
	engine_report_effective(report, setup->arena, "write_hint", "%s", value);
	return 0;
}

/* A hint is the file's, and would be one for whoever writes it next. */
void uring_take_back_hints(struct uring *uring)
{
	uint64_t none = RWH_WRITE_LIFE_NOT_SET;

	/* They took one: they take this one. */
	for (unsigned i = 0; uring->has_write_hints && i < uring->target_count; i++)
		(void)fcntl(uring->targets[i].descriptor, F_SET_RW_HINT, &none);
	uring->has_write_hints = false;
}

int uring_try_settings(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = 0;

	if (uring->has_trims)
		result = check_discards(uring, setup, report);
	if (result == 0)
		result = uring_iopoll_try(uring, setup, report);
	if (result == 0)
		result = rwf_check(&uring->options.rwf, setup, report);
	if (result == 0)
		result = check_priority(uring, setup, report);
	if (result == 0)
		result = limit_workers(uring, setup, report);
	if (result == 0)
		result = set_write_hints(uring, setup, report);
	if (result == 0 && uring->options.force_async > 0)
		engine_report_effective(
			report, setup->arena, "force_async", "%u", uring->options.force_async);
	return result;
}
