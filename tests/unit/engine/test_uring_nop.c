/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "engine/uring.h"
#include "unit/engine/rig.h"

enum { NOPS = 43 };

static const char *const settings[] = {"", "registerring=0", "coop_taskrun=1",
	"single_issuer=0 defer_taskrun=0 coop_taskrun=0", "sqthread_poll=1 sqthread_poll_idle=1"};

/* Where the kernel forbids io_uring, or has no memory for a poll thread, as the others. */
static void open_ring(struct rig *rig, const char *setting, unsigned depth, unsigned batch)
{
	if (rig_open(rig, "io_uring_nop", setting, depth, batch, IO_BIT(IO_READ)) == 0)
		return;
	print_message("skipped: %s\n", rig->report.problem);
	skip();
}

TEST(what_is_sent_is_nops_and_comes_back_whole)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		struct rig rig = {.target = {.kind = TARGET_NONE, .descriptor = -1}};
		struct rig_io ios[NOPS] = {0};

		for (unsigned io = 0; io < NOPS; io++)
			ios[io].length = 512 + io;
		open_ring(&rig, settings[i], 8, 4);
		rig_run(&rig, ios, NOPS, rig_hook_none, rig_hook_none, 0);
		for (unsigned io = 0; io < NOPS; io++)
			assert_int_equal(ios[io].result, ios[io].length);
		rig.class->prove(rig.engine, &rig.report);
		assert_string_equal(rig_setting(rig.report.effective, "transfer"), "none");
		assert_string_equal(rig_setting(rig.report.proof, "opcodes"), "NOP 43");
		rig_close(&rig);
	}
}

/* One call sends a batch and takes it back; and what the ring gets is NOPs, not only their count.
 */
TEST(a_batch_is_one_call)
{
	struct rig rig = {.target = {.kind = TARGET_NONE, .descriptor = -1}};
	struct rig_io ios[64] = {0};
	const struct uring *uring;

	open_ring(&rig, "", 16, 16);
	for (unsigned io = 0; io < 64; io++)
		ios[io].length = 512;
	rig_run(&rig, ios, 64, rig_hook_none, rig_hook_none, 0);
	assert_int_equal(rig.engine->syscalls, 4);
	uring = (const struct uring *)rig.engine;
	assert_int_equal(*uring->ring.sq.ktail, 64);
	assert_int_equal(*uring->ring.sq.khead, 64);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(uring->sqes[i].opcode, IORING_OP_NOP);
	rig_close(&rig);
}

TEST(settings_of_data_are_not_its_own)
{
	const struct option_table *table = engine_find("io_uring_nop")->options;

	assert_non_null(option_find(table, "defer_taskrun"));
	assert_null(option_find(table, "fixedbufs"));
	assert_null(option_find(table, "hipri"));
	assert_null(option_find(table, "uncached"));
}

TEST_MAIN(NULL, NULL);
