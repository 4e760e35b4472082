/* SPDX-License-Identifier: MIT */
/* Chains of linked SQEs: sent, followed, and ended without anything left open. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "engine/blocking.h"
#include "engine/uring_open.h"
#include "engine/uring_wait.h"

/* In the low bits of user_data: what a CQE is about. Slots are 64 bytes apart. */
enum part {
	PART_ALONE, /* the only SQE of its I/O, or the last of its chain: WRITE */
	PART_OPEN,
	PART_READ,
	PART_CLOSE,
	PART_COPY_READ,
};

enum { PART_MASK = 63 };

/* slot->engine_word: the read went as asked, and had no CQE. */
static const uint64_t as_asked = UINT64_MAX;

struct uring_chain {
	struct engine_class class; /* the engine's, with the functions of this file */
	const struct engine_class *plain_class;
	unsigned entries_per_slot;
	unsigned pair_count;
	bool is_direct, links_copies;
	unsigned slots_in_flight; /* unsent ones too */
	uint8_t flags;            /* of all SQEs of the I/O that is being added */
};

unsigned uring_chain_entries(unsigned op_mask)
{
	if (op_mask & IO_BIT(IO_OPEN_READ))
		return 3;
	return op_mask & IO_BIT(IO_COPY) ? 2 : 1;
}

/* A copy of the template of `op`; the tail is published by the caller. */
static struct io_uring_sqe *add_sqe(
	struct uring *uring, const struct slot *slot, enum io_op op, enum part part)
{
	struct io_uring_sqe *sqe = &uring->sqes[uring->sq_tail++ & uring->sq_mask];

	*sqe = uring->templates[(size_t)slot->index * uring->column_count + uring->columns[op]];
	sqe->user_data = (uintptr_t)slot | part;
	sqe->flags |= uring->chain->flags;
	return sqe;
}

static void set_transfer(
	struct uring *uring, struct io_uring_sqe *sqe, const struct slot *slot, uint32_t length)
{
	sqe->off = slot->offset;
	if (uring->vectors)
		uring->vectors[slot->index].iov_len = length;
	else
		sqe->len = length;
}

static void add_open_read(struct uring *uring, struct slot *slot)
{
	struct io_uring_sqe *sqe = add_sqe(uring, slot, IO_OPEN_READ, PART_OPEN);
	bool is_direct = uring->chain->is_direct;

	sqe->opcode = IORING_OP_OPENAT;
	sqe->fd = AT_FDCWD;
	sqe->addr = (uintptr_t)uring->targets[slot->target].path;
	/* No O_CLOEXEC: a direct descriptor has none, and the kernel refuses it. */
	sqe->open_flags = (unsigned)blocking_open_flags(is_direct);
	sqe->file_index = slot->index + 1;
	sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;

	sqe = add_sqe(uring, slot, IO_READ, PART_READ);
	sqe->fd = (int)slot->index;
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_HARDLINK | IOSQE_CQE_SKIP_SUCCESS;
	set_transfer(uring, sqe, slot, blocking_read_bytes(slot->length, is_direct));

	sqe = add_sqe(uring, slot, IO_OPEN_READ, PART_CLOSE);
	sqe->opcode = IORING_OP_CLOSE;
	sqe->file_index = slot->index + 1;
	uring->counts[IO_READ]++;
}

static void add_copy_write(struct uring *uring, const struct slot *slot, uint32_t length)
{
	struct io_uring_sqe *sqe = add_sqe(uring, slot, IO_WRITE, PART_ALONE);

	sqe->fd = uring->files[slot->target + uring->chain->pair_count];
	set_transfer(uring, sqe, slot, length);
	uring->counts[IO_WRITE]++;
}

static void add_copy(struct uring *uring, struct slot *slot)
{
	struct io_uring_sqe *sqe = add_sqe(uring, slot, IO_READ, PART_COPY_READ);

	sqe->fd = uring->files[slot->target];
	set_transfer(uring, sqe, slot, slot->length);
	uring->counts[IO_READ]++;
	if (!uring->chain->links_copies)
		return; /* its CQE brings the write */
	sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	add_copy_write(uring, slot, slot->length);
}

static void add_stat(struct uring *uring, struct slot *slot)
{
	struct io_uring_sqe *sqe = add_sqe(uring, slot, IO_STAT, PART_ALONE);

	sqe->opcode = IORING_OP_STATX;
	sqe->fd = AT_FDCWD;
	sqe->addr = (uintptr_t)uring->targets[slot->target].path;
	sqe->len = BLOCKING_STAT_MASK;
	sqe->off = (uintptr_t)slot->buffer;
}

static void add(struct uring *uring, struct slot *slot)
{
	slot->engine_word = as_asked;
	uring->chain->flags = uring_next_flags(uring);
	uring->counts[slot->op]++;
	switch ((enum io_op)slot->op) {
	case IO_OPEN_READ:
		add_open_read(uring, slot);
		break;
	case IO_COPY:
		add_copy(uring, slot);
		break;
	case IO_STAT:
		add_stat(uring, slot);
		break;
	default: /* A sync, whose template is all of it. */
		add_sqe(uring, slot, slot->op, PART_ALONE)->fd = uring->files[slot->target];
		break;
	}
}

/* Files may have been closed and others opened since the last turn. */
static void look_up_files(struct uring *uring, struct slot **slots, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned source = slots[i]->target;
		unsigned destination = source + uring->chain->pair_count;

		uring->files[source] = uring->targets[source].descriptor;
		if (slots[i]->op == IO_COPY)
			uring->files[destination] = uring->targets[destination].descriptor;
	}
}

static int chain_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct uring *uring = (struct uring *)engine;
	unsigned tail = uring->sq_tail;
	int result;

	if (uring->targets_change)
		look_up_files(uring, slots, count);
	for (unsigned i = 0; i < count; i++)
		add(uring, slots[i]);
	uring->chain->slots_in_flight += count;
	uring->in_flight += count * uring->chain->entries_per_slot;
	result = uring_publish(uring, uring->sq_tail - tail);
	return result < 0 ? result : (int)count;
}

/* A read of `result` bytes took the place of what was asked: the file ends there, or has grown. */
static int32_t open_read_result(const struct slot *slot, int32_t close_result)
{
	int32_t length = (int32_t)slot->length;
	int32_t read = slot->engine_word == as_asked ? length : (int32_t)slot->engine_word;

	if (close_result < 0 && read >= 0)
		return close_result;
	return read < length ? read : length;
}

/* Whether the chain is over: then slot->result is set. */
static bool follow(struct uring *uring, struct slot *slot, enum part part, int32_t result)
{
	switch (part) {
	case PART_OPEN: /* Only if it failed: the others are cancelled, without CQEs. */
	case PART_ALONE:
		slot->result = result;
		return true;
	case PART_READ:
		slot->engine_word = (uint32_t)result;
		return false;
	case PART_CLOSE:
		slot->result = open_read_result(slot, result);
		return true;
	case PART_COPY_READ:
		slot->result = result;
		if (result <= 0)
			return true;
		uring->chain->flags = 0;
		add_copy_write(uring, slot, (uint32_t)result);
		return false;
	}
	return true;
}

static inline bool take(struct uring *uring, const struct io_uring_cqe *cqe, struct slot **slot)
{
	*slot = (struct slot *)(uintptr_t)(cqe->user_data & ~(uint64_t)PART_MASK);
	return follow(uring, *slot, (enum part)(cqe->user_data & PART_MASK), cqe->res);
}

/* How many ended, or -errno. */
static int harvest(struct uring *uring, struct slot **done, unsigned max)
{
	unsigned tail = uring->sq_tail;
	unsigned count = uring_harvest(uring, done, max, 0, take);
	int result = 0;

	uring->chain->slots_in_flight -= count;
	uring->in_flight -= count * uring->chain->entries_per_slot;
	if (uring->sq_tail != tail) /* A short copy has still to write. */
		result = uring_publish(uring, uring->sq_tail - tail);
	return result < 0 ? result : (int)count;
}

/* CQEs of parts are no I/Os that are done: waits again as long as some came. */
static int chain_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct uring *uring = (struct uring *)engine;
	unsigned count = 0;
	bool has_news;

	if (min > uring->chain->slots_in_flight)
		min = uring->chain->slots_in_flight;
	do {
		int result = uring->wait(uring, min - count, timeout_ns);

		if (result < 0)
			return result;
		has_news = uring_ready(uring) > 0;
		result = harvest(uring, &done[count], max - count);
		if (result < 0)
			return result;
		count += (unsigned)result;
	} while (count < min && has_news);
	return (int)count;
}

/*
 * Each I/O has one SQE that is its last, and no other is unsent without it, but a read whose write
 * is not linked to it: those among the SQEs that the kernel was not told of.
 */
static unsigned unsent_slots(const struct uring *uring)
{
	unsigned count = 0;

	for (unsigned i = 0; i < uring->unsent; i++) {
		const struct io_uring_sqe *sqe =
			&uring->sqes[(uring->sq_tail - 1 - i) & uring->sq_mask];
		enum part part = (enum part)(sqe->user_data & PART_MASK);

		count += part == PART_ALONE || part == PART_CLOSE ||
			 (part == PART_COPY_READ && !uring->chain->links_copies);
	}
	return count;
}

/* As the plain engine's drain: what the kernel has is cancelled where it can be, and awaited. */
static void chain_close(struct engine *engine)
{
	struct uring *uring = (struct uring *)engine;
	const struct engine_class *plain_class;
	struct slot *ended;

	if (!uring)
		return;
	plain_class = uring->chain->plain_class;
	if (uring->chain->slots_in_flight > unsent_slots(uring))
		uring_cancel(uring);
	while (uring->chain->slots_in_flight > unsent_slots(uring)) {
		int result = 0;

		if (uring_ready(uring) == 0)
			result = uring_enter(
				uring, 0, 1, IORING_ENTER_GETEVENTS, URING_CLOSE_WAIT_NS);
		if ((result < 0 && result != -EINTR) || harvest(uring, &ended, 1) < 0)
			break;
	}
	uring->in_flight = uring->unsent = 0;
	plain_class->close(engine);
}

int uring_chain_check(
	const struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	const struct engine_rule rules[] = {
		{(setup->op_mask & IO_COMPOSITE_BITS) && uring->options.hipri,
			"hipri: a polled ring reads and writes only; rw=openread, copy and stat "
			"are more than that, or links of it",
			"leave out hipri"},
		{(setup->op_mask & (IO_BIT(IO_OPEN_READ) | IO_BIT(IO_STAT))) &&
				uring->options.registerfiles,
			"registerfiles: rw=openread and rw=stat go by the names of files, none of "
			"which is open beforehand",
			"leave out registerfiles"},
		/* IORING_SQPOLL_CAP_ENTRIES_VALUE in the kernel's io_uring/sqpoll.c. */
		{uring_chain_entries(setup->op_mask) > 1 && uring->options.attach_wq,
			"attach_wq: a poll thread that serves several rings takes at most 8 "
			"entries of one at a time, and would cut a chain in two",
			"leave out attach_wq"},
	};

	return engine_check_rules(rules, COUNT_OF(rules), report);
}

static bool links_copies(const struct uring *uring, const struct engine_setup *setup)
{
	return setup->op_mask & IO_BIT(IO_COPY) && uring->options.linked_copy;
}

static int check_features(
	const struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	unsigned features = 0;

	if (setup->op_mask & IO_BIT(IO_OPEN_READ) || links_copies(uring, setup))
		features |= IORING_FEAT_CQE_SKIP;
	if (setup->op_mask & IO_BIT(IO_OPEN_READ))
		features |= IORING_FEAT_LINKED_FILE;
	if ((uring->ring.features & features) == features)
		return 0;
	return engine_refuse(report, -EOPNOTSUPP, "use ioengine=psync or ioengine=threads",
		"this kernel's io_uring cannot do it in one linked submission: Linux "
		"5.17 is needed (LINKED_FILE, CQE_SKIP)");
}

/* One descriptor of the ring's own for each slot, all empty. */
static int register_descriptors(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int *none = arena_alloc_array(setup->arena, setup->slot_count, sizeof(*none));
	int result;

	memset(none, -1, setup->slot_count * sizeof(*none));
	result = io_uring_register_files(&uring->ring, none, setup->slot_count);
	if (result >= 0)
		return 0;
	return engine_refuse(report, result,
		result == -EMFILE ? "raise the limit of open files (ulimit -n)" : NULL,
		"registering %u descriptors: %s", setup->slot_count, strerror(-result));
}

int uring_chain_open(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	struct uring_chain *chain;
	const char *links = "none";
	int result;

	if (!(setup->op_mask & IO_COMPOSITE_BITS))
		return 0;
	result = check_features(uring, setup, report);
	if (result == 0 && setup->op_mask & IO_BIT(IO_OPEN_READ))
		result = register_descriptors(uring, setup, report);
	if (result < 0)
		return result;
	chain = engine_aligned_array(setup->arena, 1, sizeof(*chain));
	chain->plain_class = uring->engine.class;
	chain->class = *uring->engine.class;
	chain->class.submit = chain_submit;
	chain->class.reap = chain_reap;
	chain->class.close = chain_close;
	chain->entries_per_slot = uring_chain_entries(setup->op_mask);
	chain->pair_count = setup->target_count / 2;
	chain->is_direct = setup->is_direct;
	chain->links_copies = links_copies(uring, setup);
	if (setup->op_mask & IO_BIT(IO_OPEN_READ))
		links = "OPENAT, READ, CLOSE";
	else if (chain->links_copies)
		links = "READ, WRITE";
	engine_report_effective(report, "linked", "%s", links);
	uring->chain = chain;
	uring->engine.class = &chain->class;
	return 0;
}
