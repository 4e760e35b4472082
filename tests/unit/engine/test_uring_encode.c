/* SPDX-License-Identifier: MIT */
/* What stands in the templates; that the kernel understands them is the conformance test's. */
#include <liburing.h>
#include <linux/falloc.h>

#include "engine/uring_abi.h"
#include "engine/uring_open.h"
#include "test.h"
#include "unit/engine/rig.h"

enum { ALL_OPS = ((1 << IO_OP_COUNT) - 1) & ~IO_COMPOSITE_BITS };

struct encode_test {
	struct arena arena;
	struct engine_report report;
	struct target target;
	struct slot slots[2];
	struct engine_setup setup;
	struct uring uring;
};

static void encode(struct encode_test *test, const char *settings, unsigned op_mask)
{
	*test = (struct encode_test){.report.arena = &test->arena, .target = {.kind = TARGET_FILE}};
	for (unsigned i = 0; i < 2; i++)
		test->slots[i] = (struct slot){.index = i, .buffer = &test->slots[i]};
	test->setup = (struct engine_setup){.targets = &test->target,
		.target_count = 1,
		.slots = test->slots,
		.slot_count = 2,
		.op_mask = op_mask,
		.arena = &test->arena};
	test->uring.options = *(const struct uring_options *)rig_options(
		&test->arena, engine_find("io_uring"), settings);
	assert_int_equal(uring_encode(&test->uring, &test->setup, &test->report), 0);
}

static const struct io_uring_sqe *template_of(
	const struct encode_test *test, unsigned slot, enum io_op op)
{
	const struct uring *uring = &test->uring;

	return &uring->templates[slot * uring->column_count + uring->columns[op]];
}

TEST(each_slot_has_a_template_for_each_op)
{
	static const uint8_t opcodes[IO_OP_COUNT] = {
		[IO_READ] = IORING_OP_READ,
		[IO_WRITE] = IORING_OP_WRITE,
		[IO_TRIM] = IORING_OP_NOP, /* The target tells, in submit. */
		[IO_SYNC] = IORING_OP_FSYNC,
		[IO_DATASYNC] = IORING_OP_FSYNC,
	};
	struct encode_test test;

	encode(&test, "", ALL_OPS);
	for (unsigned slot = 0; slot < 2; slot++) {
		for (enum io_op op = 0; op <= IO_DATASYNC; op++) {
			const struct io_uring_sqe *sqe = template_of(&test, slot, op);

			assert_int_equal(sqe->opcode, opcodes[op]);
			assert_int_equal(sqe->flags, 0);
			assert_int_equal(sqe->user_data, (uintptr_t)&test.slots[slot]);
			assert_int_equal(
				sqe->fsync_flags, op == IO_DATASYNC ? IORING_FSYNC_DATASYNC : 0);
			if (op <= IO_WRITE)
				assert_int_equal(sqe->addr, (uintptr_t)test.slots[slot].buffer);
		}
	}
	assert_false(test.uring.is_plain);
	arena_free(&test.arena);
}

TEST(templates_are_cache_lines)
{
	struct encode_test test;

	encode(&test, "", IO_BIT(IO_WRITE));
	assert_int_equal(test.uring.column_count, 1);
	assert_int_equal((uintptr_t)test.uring.templates % 64, 0);
	assert_true(test.uring.is_plain);
	arena_free(&test.arena);
}

TEST(settings_choose_the_opcode)
{
	const struct {
		const char *settings;
		uint8_t read, write;
	} cases[] = {
		{"fixedbufs=1", IORING_OP_READ_FIXED, IORING_OP_WRITE_FIXED},
		{"nonvectored=0", IORING_OP_READV, IORING_OP_WRITEV},
		{"nonvectored=1", IORING_OP_READ, IORING_OP_WRITE},
	};
	struct encode_test test;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		encode(&test, cases[i].settings, ALL_OPS);
		assert_int_equal(template_of(&test, 1, IO_READ)->opcode, cases[i].read);
		assert_int_equal(template_of(&test, 1, IO_WRITE)->opcode, cases[i].write);
		arena_free(&test.arena);
	}
}

TEST(fixed_buffers_and_files_are_named_by_index)
{
	struct encode_test test;

	encode(&test, "fixedbufs=1 registerfiles=1", IO_BIT(IO_READ) | IO_BIT(IO_SYNC));
	assert_int_equal(template_of(&test, 1, IO_READ)->buf_index, 1);
	assert_int_equal(template_of(&test, 1, IO_READ)->flags, IOSQE_FIXED_FILE);
	assert_int_equal(template_of(&test, 1, IO_SYNC)->flags, IOSQE_FIXED_FILE);
	arena_free(&test.arena);
}

TEST(vectors_point_to_their_buffers)
{
	struct encode_test test;
	const struct io_uring_sqe *sqe;

	encode(&test, "nonvectored=0", IO_BIT(IO_READ));
	sqe = template_of(&test, 1, IO_READ);
	assert_int_equal(sqe->addr, (uintptr_t)&test.uring.vectors[1]);
	assert_int_equal(sqe->len, 1);
	assert_ptr_equal(test.uring.vectors[1].iov_base, test.slots[1].buffer);
	assert_false(test.uring.is_plain);
	arena_free(&test.arena);
}

TEST(a_trim_is_a_discard_or_a_hole)
{
	const struct target device = {.kind = TARGET_BLOCK}, file = {.kind = TARGET_FILE};
	const struct slot slot = {.offset = 8192, .length = 4096};
	struct io_uring_sqe sqe = {0};

	uring_encode_trim(&device, &slot, &sqe);
	assert_int_equal(sqe.opcode, IORING_OP_URING_CMD);
	assert_int_equal(sqe.cmd_op, 0x1200); /* _IO(0x12, 0) */
	assert_int_equal(sqe.addr, 8192);
	assert_int_equal(sqe.addr3, 4096);
	assert_int_equal(sqe.len, 0);

	memset(&sqe, 0, sizeof(sqe));
	uring_encode_trim(&file, &slot, &sqe);
	assert_int_equal(sqe.opcode, IORING_OP_FALLOCATE);
	assert_int_equal(sqe.off, 8192);
	assert_int_equal(sqe.addr, 4096);
	assert_int_equal(sqe.len, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
}

TEST(per_io_settings_stand_in_the_templates)
{
	struct encode_test test;

	encode(&test, "nowait=1 dsync=1 force_async=1",
		IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_SYNC));
	assert_int_equal(template_of(&test, 0, IO_READ)->rw_flags, 0x08);
	assert_int_equal(template_of(&test, 0, IO_WRITE)->rw_flags, 0x0a);
	assert_int_equal(template_of(&test, 0, IO_SYNC)->fsync_flags, 0);
	assert_int_equal(template_of(&test, 1, IO_READ)->flags, IOSQE_ASYNC);
	assert_int_equal(template_of(&test, 1, IO_SYNC)->flags, IOSQE_ASYNC);
	arena_free(&test.arena);

	encode(&test, "force_async=1", IO_BIT(IO_READ));
	assert_true(test.uring.is_plain); /* All of them: no need to count. */
	arena_free(&test.arena);
	encode(&test, "force_async=2", IO_BIT(IO_READ));
	assert_int_equal(template_of(&test, 0, IO_READ)->flags, 0);
	assert_false(test.uring.is_plain);
	arena_free(&test.arena);
}

TEST_MAIN(NULL, NULL);
