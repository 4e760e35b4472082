/* SPDX-License-Identifier: MIT */
/*
 * One SQE template per slot and op, so that what makes a variant (fixed buffer, fixed file,
 * vector) costs nothing when it is sent: submit copies it and sets file, offset and length.
 */
#include <errno.h>
#include <linux/falloc.h>
#include <linux/ioprio.h>
#include <string.h>

#include "engine/aligned.h"
#include "engine/uring.h"
#include "engine/uring_abi.h"

unsigned uring_priority(const struct uring_options *options)
{
	unsigned class = options->prioclass;

	if (class == 0 && options->prio > 0)
		class = IOPRIO_CLASS_BE;
	return class == 0 ? 0 : IOPRIO_PRIO_VALUE(class, options->prio);
}

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
	sqe->rw_flags = (int)rwf_flags(&uring->options.rwf, op);
	sqe->ioprio = (uint16_t)uring_priority(&uring->options);
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
	if (uring->options.force_async == 1)
		sqe->flags |= IOSQE_ASYNC;
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
	case IO_OPEN_READ: /* Of more than one SQE: engine/uring_chain.h. */
	case IO_COPY:
	case IO_STAT:
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

	if (result < 0)
		return result;
	uring->has_trims = setup->op_mask & IO_BIT(IO_TRIM);
	if (!uring->options.nonvectored)
		make_vectors(uring, setup);
	uring->ios_to_async = uring->options.force_async;
	for (unsigned i = 0; i < setup->target_count; i++)
		uring->has_streams |= setup->targets[i].kind == TARGET_PIPE;
	uring->is_plain = !uring->vectors && !uring->has_streams &&
			  uring->options.force_async <= 1 &&
			  (setup->op_mask & ~(IO_BIT(IO_READ) | IO_BIT(IO_WRITE))) == 0;
	make_templates(uring, setup);
	return 0;
}
