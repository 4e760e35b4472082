/* SPDX-License-Identifier: MIT */
/*
 * One SQE template per slot and op, so that what makes a variant (fixed buffer, fixed file,
 * vector) costs nothing when it is sent: submit copies it and sets file, offset and length.
 */
#include <errno.h>
#include <linux/falloc.h>
#include <string.h>

#include "engine/aligned.h"
#include "engine/uring.h"
#include "engine/uring_abi.h"

unsigned uring_transfer_opcode(const struct uring_options *options, enum io_op op)
{
	bool reads = op == IO_READ;

	if (options->fixedbufs && !options->nonvectored)
		return reads ? URING_OP_READV_FIXED : URING_OP_WRITEV_FIXED;
	if (options->fixedbufs)
		return reads ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
	if (!options->nonvectored)
		return reads ? IORING_OP_READV : IORING_OP_WRITEV;
	return reads ? IORING_OP_READ : IORING_OP_WRITE;
}

static void encode_transfer(
	const struct uring *uring, const struct slot *slot, enum io_op op, struct io_uring_sqe *sqe)
{
	sqe->opcode = (uint8_t)uring_transfer_opcode(&uring->options, op);
	sqe->addr = (uintptr_t)slot->buffer;
	if (uring->options.fixedbufs)
		sqe->buf_index = (uint16_t)slot->index;
	if (uring->vectors) {
		sqe->addr = (uintptr_t)&uring->vectors[slot->index];
		sqe->len = 1;
	}
}

static void encode(
	const struct uring *uring, const struct slot *slot, enum io_op op, struct io_uring_sqe *sqe)
{
	sqe->user_data = (uintptr_t)slot;
	if (uring->options.registerfiles)
		sqe->flags |= IOSQE_FIXED_FILE;
	switch (op) {
	case IO_READ:
	case IO_WRITE:
		encode_transfer(uring, slot, op, sqe);
		break;
	case IO_TRIM: /* The target decides, when it is known. */
		break;
	case IO_SYNC:
		sqe->opcode = IORING_OP_FSYNC;
		break;
	case IO_DATASYNC:
		sqe->opcode = IORING_OP_FSYNC;
		sqe->fsync_flags = IORING_FSYNC_DATASYNC;
		break;
	case IO_OP_COUNT:
		break;
	}
}

void uring_encode_trim(
	const struct target *target, const struct slot *slot, struct io_uring_sqe *sqe)
{
	if (target->kind == TARGET_BLOCK) {
		sqe->opcode = IORING_OP_URING_CMD;
		sqe->cmd_op = URING_CMD_BLOCK_DISCARD;
		sqe->addr = slot->offset;
		sqe->addr3 = slot->length;
	} else {
		sqe->opcode = IORING_OP_FALLOCATE;
		sqe->off = slot->offset;
		sqe->addr = slot->length; /* io_uring_prep_fallocate has it there too. */
		sqe->len = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	}
}

static int check_vectored_fixed(struct uring *uring, struct engine_report *report)
{
	struct io_uring_probe *probe;
	bool has_it;

	if (!uring->options.fixedbufs || uring->options.nonvectored)
		return 0;
	probe = io_uring_get_probe_ring(&uring->ring);
	has_it = probe && io_uring_opcode_supported(probe, URING_OP_READV_FIXED);
	io_uring_free_probe(probe);
	if (has_it)
		return 0;
	report->problem = "fixedbufs with nonvectored=0: this kernel has no READV_FIXED "
			  "(needs Linux 6.15)";
	report->hint = "leave out nonvectored=0";
	return -EOPNOTSUPP;
}

/*
 * No bit tells whether a block device takes discards this way: a discard of nothing does. It is
 * EINVAL where there are discards, EOPNOTSUPP where there are none.
 */
static int try_discard(struct uring *uring, const struct target *target, int *answer)
{
	struct slot nothing = {.length = 0};
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);
	struct io_uring_cqe *cqe;
	int result;

	memset(sqe, 0, sizeof(*sqe));
	uring_encode_trim(target, &nothing, sqe);
	sqe->fd = target->descriptor;
	result = io_uring_submit_and_wait(&uring->ring, 1);
	if (result >= 0)
		result = io_uring_wait_cqe(&uring->ring, &cqe);
	if (result < 0)
		return result;
	*answer = cqe->res;
	io_uring_cqe_seen(&uring->ring, cqe);
	return 0;
}

static int check_discard(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];
		int answer = 0;
		int result;

		if (target->kind != TARGET_BLOCK || target->descriptor < 0)
			continue;
		result = try_discard(uring, target, &answer);
		if (result < 0)
			return result;
		if (answer != -EOPNOTSUPP && answer != -ENOTTY)
			continue;
		report->problem = arena_printf(setup->arena,
			"%s takes no discards by io_uring: the device has none, or the kernel is "
			"older than 6.12",
			target->path ? target->path : "the device");
		report->hint = "use ioengine=psync, which trims by ioctl(BLKDISCARD)";
		return -EOPNOTSUPP;
	}
	return 0;
}

static void make_vectors(struct uring *uring, const struct engine_setup *setup)
{
	uring->vectors =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*uring->vectors));
	for (unsigned i = 0; i < setup->slot_count; i++)
		uring->vectors[setup->slots[i].index].iov_base = setup->slots[i].buffer;
}

static void make_templates(struct uring *uring, const struct engine_setup *setup)
{
	struct io_uring_sqe *templates;

	for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
		if (setup->op_mask & IO_BIT(op))
			uring->columns[op] = (uint8_t)uring->column_count++;
	}
	templates = aligned_array(
		setup->arena, (size_t)setup->slot_count * uring->column_count, sizeof(*templates));
	for (unsigned i = 0; i < setup->slot_count; i++) {
		const struct slot *slot = &setup->slots[i];
		struct io_uring_sqe *row = &templates[(size_t)slot->index * uring->column_count];

		for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
			if (setup->op_mask & IO_BIT(op))
				encode(uring, slot, op, &row[uring->columns[op]]);
		}
	}
	uring->templates = templates;
}

int uring_encode(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = check_vectored_fixed(uring, report);

	uring->has_trims = setup->op_mask & IO_BIT(IO_TRIM);
	if (result == 0 && uring->has_trims)
		result = check_discard(uring, setup, report);
	if (result < 0)
		return result;
	if (!uring->options.nonvectored)
		make_vectors(uring, setup);
	uring->is_plain =
		!uring->vectors && (setup->op_mask & ~(IO_BIT(IO_READ) | IO_BIT(IO_WRITE))) == 0;
	make_templates(uring, setup);
	return 0;
}
