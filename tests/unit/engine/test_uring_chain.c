/* SPDX-License-Identifier: MIT */
/*
 * What is particular to chains: how many CQEs they give, what stays open in the ring, what becomes
 * of those that are under way at close. What they do to files: test_composite.c.
 */
#include "engine/blocking.h"
#include "engine/uring_open.h"
#include "test.h"
#include "unit/engine/uring_settings.h"

enum { PATHS = 16 };

struct chains {
	struct rig rig;
	struct target targets[PATHS];
	char names[PATHS][64];
};

static struct uring *uring_of(struct chains *chains)
{
	return (struct uring *)chains->rig.engine;
}

static void make(struct chains *chains)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];

	*chains = (struct chains){0};
	for (unsigned i = 0; i < PATHS; i++) {
		int descriptor = rig_temporary_file(chains->names[i]);

		rig_fill(content, 0, sizeof(content), i);
		assert_int_equal(write(descriptor, content, sizeof(content)), sizeof(content));
		close(descriptor);
		chains->targets[i] = (struct target){
			.kind = TARGET_FILE, .path = chains->names[i], .descriptor = -1};
	}
	chains->rig.targets = chains->targets;
	chains->rig.target_count = PATHS;
}

static void open_chains(struct chains *chains, const char *settings, unsigned op_mask)
{
	make(chains);
	if (rig_open(&chains->rig, "io_uring", settings, PATHS, PATHS, op_mask) < 0)
		fail_msg("%s", chains->rig.report.problem);
}

static void close_chains(struct chains *chains)
{
	for (unsigned i = 0; i < PATHS; i++) {
		if (chains->targets[i].descriptor >= 0)
			close(chains->targets[i].descriptor);
		(void)unlink(chains->names[i]); /* Some tests have done so. */
	}
	rig_close(&chains->rig);
}

static void plan(struct rig_io ios[PATHS], uint32_t length)
{
	for (unsigned i = 0; i < PATHS; i++)
		ios[i] = (struct rig_io){
			.op = IO_OPEN_READ, .target = (uint16_t)i, .length = length};
}

TEST(a_chain_that_goes_as_asked_gives_one_cqe)
{
	struct rig_io ios[PATHS];
	struct chains chains;
	unsigned head;

	open_chains(&chains, "", IO_BIT(IO_OPEN_READ));
	assert_int_equal(uring_of(&chains)->ring.sq.ring_entries, 64); /* 3 for each of 16 slots */
	assert_string_equal(
		rig_setting(chains.rig.report.effective, "linked"), "OPENAT, READ, CLOSE");
	head = uring_of(&chains)->cq_head;
	plan(ios, RIG_BLOCK_BYTES);
	rig_run(&chains.rig, ios, PATHS, rig_hook_none, rig_hook_none, 0);
	assert_int_equal(uring_of(&chains)->cq_head - head, PATHS);
	assert_int_equal(uring_of(&chains)->in_flight, 0);
	assert_int_equal(chains.rig.engine->syscalls, 1);
	close_chains(&chains);
}

/* Unlinked, the READ has a CQE as well, and the WRITE is sent by a call of its own. */
TEST(a_copy_is_linked_unless_told_otherwise)
{
	static const struct {
		const char *settings, *links;
		unsigned cqes, calls;
	} copies[] = {{"", "READ, WRITE", 1, 1}, {"linked_copy=0", "none", 2, 2}};

	for (unsigned i = 0; i < 2; i++) {
		struct chains chains;
		unsigned head;

		open_chains(&chains, copies[i].settings, IO_BIT(IO_COPY));
		assert_string_equal(
			rig_setting(chains.rig.report.effective, "linked"), copies[i].links);
		for (unsigned t = 0; t < PATHS; t++)
			chains.targets[t].descriptor = open(chains.names[t], O_RDWR | O_CLOEXEC);
		uring_of(&chains)->targets_change = true; /* They are open now. */
		head = uring_of(&chains)->cq_head;
		assert_int_equal(
			rig_run_one(&chains.rig, IO_COPY, 0, RIG_BLOCK_BYTES), RIG_BLOCK_BYTES);
		assert_int_equal(uring_of(&chains)->cq_head - head, copies[i].cqes);
		assert_true(chains.rig.engine->syscalls >= copies[i].calls);
		assert_int_equal(uring_of(&chains)->in_flight, 0);
		close_chains(&chains);
	}
}

/* The kernel lists what a ring has open in its fdinfo. */
static bool ring_holds(struct chains *chains, const char *name)
{
	char path[64], line[512];
	bool is_there = false;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", uring_of(chains)->ring.ring_fd);
	stream = fopen(path, "r");
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream))
		is_there |= strstr(line, strrchr(name, '/')) != NULL;
	fclose(stream);
	return is_there;
}

TEST(nothing_stays_open_in_the_ring)
{
	struct rig_io ios[PATHS];
	struct chains chains;

	open_chains(&chains, "", IO_BIT(IO_OPEN_READ));
	plan(ios, RIG_BLOCK_BYTES);
	for (unsigned i = 0; i < PATHS; i += 2)
		assert_int_equal(truncate(chains.names[i], 100), 0);
	assert_int_equal(unlink(chains.names[3]), 0);
	rig_run(&chains.rig, ios, PATHS, rig_hook_none, rig_hook_none, 0);
	assert_int_equal(ios[0].result, 100);
	assert_int_equal(ios[1].result, RIG_BLOCK_BYTES);
	assert_int_equal(ios[3].result, -ENOENT);
	for (unsigned i = 0; i < PATHS; i++)
		assert_false(ring_holds(&chains, chains.names[i]));
	close_chains(&chains);
}

TEST(direct_descriptors_leave_no_room_for_registered_files)
{
	struct chains chains;

	make(&chains);
	assert_int_equal(
		rig_open(&chains.rig, "io_uring", "registerfiles=1", 4, 4, IO_BIT(IO_OPEN_READ)),
		-EINVAL);
	assert_string_equal(chains.rig.report.hint, "leave out registerfiles");
	chains.rig.engine = NULL;
	close_chains(&chains);
}

TEST(a_shared_poll_thread_would_cut_chains)
{
	struct chains chains;

	make(&chains);
	assert_int_equal(rig_open(&chains.rig, "io_uring", "sqthread_poll=1 attach_wq=1", 4, 4,
				 IO_BIT(IO_COPY)),
		-EINVAL);
	assert_string_equal(chains.rig.report.hint, "leave out attach_wq");
	chains.rig.engine = NULL;
	close_chains(&chains);
}

TEST(a_polled_ring_has_no_chains)
{
	for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
		struct chains chains;

		if (!(IO_BIT(op) & IO_COMPOSITE_BITS))
			continue;
		make(&chains);
		chains.rig.target.is_direct = true;
		assert_int_equal(
			rig_open(&chains.rig, "io_uring", "hipri=1", PATHS, PATHS, IO_BIT(op)),
			-EINVAL);
		assert_non_null(strstr(chains.rig.report.problem, "rw=openread, copy and stat"));
		assert_non_null(chains.rig.report.hint);
		close_chains(&chains);
	}
}

static void open_descriptors(struct chains *chains)
{
	for (unsigned i = 0; i < PATHS; i++)
		chains->targets[i].descriptor = open(chains->names[i], O_RDWR | O_CLOEXEC);
}

/* Whether they go together; the first half of the files are the sources of copies. */
static bool try_with(const char *setting, enum io_op op)
{
	struct rig_io ios[PATHS];
	struct chains chains;
	unsigned count = op == IO_COPY ? PATHS / 2 : PATHS;
	int result;

	make(&chains);
	if (op == IO_COPY)
		open_descriptors(&chains);
	result = rig_open(&chains.rig, "io_uring", setting, PATHS, PATHS, IO_BIT(op));
	if (result < 0 && (!chains.rig.report.problem || !chains.rig.report.hint))
		fail_msg("%s with %s: refused without a reason: %s", setting, io_op_name(op),
			strerror(-result));
	plan(ios, RIG_BLOCK_BYTES);
	for (unsigned i = 0; i < count; i++)
		ios[i].op = op;
	chains.rig.takes_what_there_is = strstr(setting, "min_wait_us");
	if (result == 0)
		rig_run(&chains.rig, ios, count, rig_hook_none, rig_hook_none, 0);
	/* That the file system has none is known when a file is open: after the engine. */
	if (result == 0 && strstr(setting, "uncached=1") && ios[0].result == -EOPNOTSUPP)
		result = -EOPNOTSUPP;
	for (unsigned i = 0; result == 0 && i < count; i++) {
		if (ios[i].result != (op == IO_STAT ? 0 : RIG_BLOCK_BYTES))
			fail_msg("%s with %s: %d", setting, io_op_name(op), ios[i].result);
	}
	close_chains(&chains);
	return result == 0;
}

TEST(each_setting_goes_with_chains_or_is_refused)
{
	unsigned works = 0;

	uring_settings_list();
	for (unsigned i = 0; i < setting_count; i++) {
		for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
			if (IO_BIT(op) & IO_COMPOSITE_BITS & ~IO_NAME_BITS)
				works += try_with(all_settings[i].text, op);
		}
	}
	assert_true(works > setting_count);
}

TEST(copies_go_between_registered_files)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];
	struct rig_io io = {.op = IO_COPY, .target = 2, .length = RIG_BLOCK_BYTES};
	struct chains chains;

	make(&chains);
	for (unsigned i = 0; i < PATHS; i++)
		chains.targets[i].descriptor = open(chains.names[i], O_RDWR | O_CLOEXEC);
	assert_int_equal(rig_open(&chains.rig, "io_uring", "registerfiles=1 fixedbufs=1", 4, 4,
				 IO_BIT(IO_COPY)),
		0);
	rig_run(&chains.rig, &io, 1, rig_hook_none, rig_hook_none, 0);
	assert_int_equal(io.result, RIG_BLOCK_BYTES);
	assert_int_equal(
		pread(chains.targets[2 + PATHS / 2].descriptor, content, sizeof(content), 0),
		sizeof(content));
	rig_check(content, 0, sizeof(content), 2);
	close_chains(&chains);
}

TEST(kernels_without_linked_files_are_told)
{
	struct chains chains;
	struct uring *uring;

	open_chains(&chains, "", IO_BIT(IO_OPEN_READ));
	uring = uring_of(&chains);
	uring->ring.features &= ~(unsigned)IORING_FEAT_LINKED_FILE;
	assert_int_equal(
		uring_chain_open(uring, &chains.rig.setup, &chains.rig.report), -EOPNOTSUPP);
	assert_non_null(strstr(chains.rig.report.problem, "5.17"));
	close_chains(&chains);
}

TEST(close_ends_chains_under_way)
{
	for (int is_sent = 0; is_sent < 2; is_sent++) {
		struct slot *batch[PATHS];
		struct chains chains;

		open_chains(&chains, "force_async=1", IO_BIT(IO_OPEN_READ));
		for (unsigned i = 0; i < PATHS; i++) {
			batch[i] = &chains.rig.setup.slots[i];
			batch[i]->op = IO_OPEN_READ;
			batch[i]->target = (uint16_t)i;
			batch[i]->length = RIG_BLOCK_BYTES;
		}
		chains.rig.engine->sends_now = is_sent;
		assert_int_equal(chains.rig.class->submit(chains.rig.engine, batch, PATHS), PATHS);
		chains.rig.class->close(chains.rig.engine);
		/* Nothing may arrive any more: it would write over what stands here. */
		memset(chains.rig.memory, 0x5a, PATHS * RIG_BLOCK_BYTES);
		for (unsigned i = 0; i < PATHS * RIG_BLOCK_BYTES; i++)
			assert_int_equal(((unsigned char *)chains.rig.memory)[i], 0x5a);
		chains.rig.engine = NULL;
		close_chains(&chains);
	}
}

/* Of every second I/O each SQE, of the others none. */
TEST(every_nth_chain_goes_to_a_worker_whole)
{
	struct rig_io ios[PATHS];
	struct chains chains;

	open_chains(&chains, "force_async=2", IO_BIT(IO_OPEN_READ));
	plan(ios, RIG_BLOCK_BYTES);
	rig_run(&chains.rig, ios, PATHS, rig_hook_none, rig_hook_none, 0);
	for (unsigned i = 0; i < 3 * PATHS; i++)
		assert_int_equal(uring_of(&chains)->sqes[i].flags & IOSQE_ASYNC,
			i / 3 % 2 ? IOSQE_ASYNC : 0);
	close_chains(&chains);
}

TEST(entries_are_as_many_as_a_chain_has_parts)
{
	assert_int_equal(uring_chain_entries(IO_BIT(IO_OPEN_READ)), 3);
	assert_int_equal(uring_chain_entries(IO_BIT(IO_COPY) | IO_BIT(IO_SYNC)), 2);
	assert_int_equal(uring_chain_entries(IO_BIT(IO_STAT)), 1);
	assert_int_equal(uring_chain_entries(IO_BIT(IO_READ) | IO_BIT(IO_WRITE)), 1);
	assert_int_equal(blocking_transfers(IO_BIT(IO_READ) | IO_BIT(IO_STAT)), 0);
	assert_int_equal(blocking_transfers(IO_BIT(IO_OPEN_READ)), IO_BIT(IO_READ));
}

TEST_MAIN(NULL, NULL);
