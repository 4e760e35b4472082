/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

static void open_zero(struct rig *rig, const char *settings)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, "libaio", settings, 16, 16, IO_BIT(IO_READ)), 0);
}

static void close_zero(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

static void read_batch(struct rig *rig)
{
	struct rig_io ios[16];

	for (int i = 0; i < 16; i++)
		ios[i] = (struct rig_io){.op = IO_READ, .length = 512};
	rig_run(rig, ios, 16, rig_hook_none, rig_hook_none, 0);
}

TEST(a_batch_takes_two_calls)
{
	struct rig rig;

	open_zero(&rig, "");
	read_batch(&rig);
	assert_int_equal(rig.engine->syscalls, 2);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "calls"), "io_submit 1, io_getevents 1");
	assert_string_equal(rig_setting(rig.report.proof, "commands"), "PREAD 16");
	close_zero(&rig);
}

/* The kernel refuses a priority that there is not: each I/O carries its slot's. */
TEST(each_io_has_the_priority_of_its_slot)
{
	static const uint16_t priorities[16] = {[5] = 7 << 13, [6] = 2 << 13 | 1};
	struct rig rig;
	struct slot *slot, *done[1];

	open_zero(&rig, "");
	rig.class->close(rig.engine);
	rig.setup.priorities = priorities;
	assert_int_equal(rig.class->open(&rig.setup, &rig.engine, &rig.report), 0);
	assert_ptr_not_equal(rig.class->submit, rig.engine->class->submit);
	for (int i = 4; i < 8; i++) {
		slot = &rig.setup.slots[i];
		slot->op = IO_READ;
		slot->length = 512;
		assert_int_equal(rig.engine->class->submit(rig.engine, &slot, 1), 1);
		assert_int_equal(rig.engine->class->reap(rig.engine, done, 1, 1, -1), 1);
		assert_int_equal(slot->result, i == 5 ? -EINVAL : 512);
	}
	close_zero(&rig);
}

TEST(reaping_in_user_space_saves_the_second_call)
{
	struct rig rig;

	open_zero(&rig, "userspace_reap=1");
	assert_string_equal(rig_setting(rig.report.effective, "userspace_reap"), "1");
	for (int round = 0; round < 9; round++) /* Around the ring more than once. */
		read_batch(&rig);
	assert_int_equal(rig.engine->syscalls, 9);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "reaped_in_user_space"), "144");
	close_zero(&rig);
}

TEST(looking_at_an_empty_ring_takes_no_call)
{
	struct rig rig;
	struct slot *done[16];
	uint64_t before;

	open_zero(&rig, "");
	read_batch(&rig);
	before = rig.engine->syscalls;
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 16, 0), 0);
	assert_int_equal(
		rig.class->reap(rig.engine, done, 1, 16, -1), 0); /* Nothing to wait for. */
	assert_int_equal(rig.engine->syscalls, before);
	close_zero(&rig);
}

/* Trims are done in submit, whatever stands before and behind them in the batch. */
TEST(trims_stand_between_asynchronous_ios)
{
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	struct rig_io ios[6];
	uint64_t content[RIG_BLOCK_BYTES / 8];
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(&rig, "libaio", "", 6, 6, IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM)), 0);
	for (unsigned i = 0; i < 6; i++)
		ios[i] = (struct rig_io){
			.op = IO_WRITE, .offset = i * RIG_BLOCK_BYTES, .length = RIG_BLOCK_BYTES};
	rig_run(&rig, ios, 6, rig_hook_fill, rig_hook_none, 5);
	for (unsigned i = 0; i < 6; i++)
		ios[i].done_count = 0;
	ios[0].op = ios[3].op = ios[4].op = IO_TRIM;
	rig_run(&rig, ios, 6, rig_hook_fill, rig_hook_none, 6);
	for (unsigned i = 0; i < 6; i++) {
		off_t at = (off_t)i * RIG_BLOCK_BYTES;

		assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
		assert_int_equal(pread(rig.target.descriptor, content, sizeof(content), at),
			sizeof(content));
		if (ios[i].op == IO_TRIM)
			rig_check_zero(content, sizeof(content));
		else
			rig_check(content, (uint64_t)at, sizeof(content), 6);
	}
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.effective, "trim"),
		"synchronous, inside submit (fallocate PUNCH_HOLE)");
	assert_string_equal(rig_setting(rig.report.proof, "commands"), "PWRITE 9");
	close(rig.target.descriptor);
	rig_close(&rig);
}

/* Whether the read is done when the time is over or not: it is handed out once, and whole. */
TEST(a_timeout_loses_nothing)
{
	struct rig rig = {.target = {.kind = TARGET_FILE, .is_direct = true}};
	struct slot *slot, *done[1];
	char path[64];
	int plain, count = 0;

	plain = rig_temporary_file(path);
	assert_int_equal(ftruncate(plain, RIG_BLOCK_BYTES), 0);
	rig.target.descriptor = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	unlink(path);
	if (rig.target.descriptor < 0) {
		close(plain);
		print_message("skipped: no O_DIRECT on this file system\n");
		skip(); /* Nothing would be in flight. */
	}
	assert_int_equal(rig_open(&rig, "libaio", "", 1, 1, IO_BIT(IO_READ)), 0);
	slot = &rig.setup.slots[0];
	for (int round = 0; round < 20; round++) {
		slot->length = RIG_BLOCK_BYTES;
		assert_int_equal(rig.class->submit(rig.engine, &slot, 1), 1);
		count = rig.class->reap(rig.engine, done, 1, 1, 1);
		assert_in_range(count, 0, 1);
		if (count == 0)
			count = rig.class->reap(rig.engine, done, 1, 1, -1);
		assert_int_equal(count, 1);
		assert_ptr_equal(done[0], slot);
		assert_int_equal(slot->result, RIG_BLOCK_BYTES);
	}
	close(rig.target.descriptor);
	close(plain);
	rig_close(&rig);
}

TEST(too_many_for_the_system_are_explained_with_numbers)
{
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	struct engine *engine = NULL;
	FILE *file = fopen("/proc/sys/fs/aio-max-nr", "r");
	unsigned limit = 0;
	struct engine_setup setup = {.arena = &arena};

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%u", &limit), 1);
	fclose(file);
	if (limit > 4u << 20) {
		print_message("skipped: fs.aio-max-nr is more than one context can have\n");
		skip(); /* EINVAL comes first. */
	}
	setup.slot_count = limit + 1;
	assert_int_equal(engine_find("libaio")->open(&setup, &engine, &report), -EAGAIN);
	assert_null(engine);
	assert_non_null(strstr(report.problem, arena_printf(&arena, "%u I/Os", limit + 1)));
	assert_non_null(strstr(report.problem, arena_printf(&arena, "of the %u that", limit)));
	assert_non_null(strstr(report.hint, "fs.aio-max-nr"));
	arena_free(&arena);
}

TEST(probe_finds_what_this_kernel_has)
{
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	struct engine_setup setup = {.arena = &arena};

	assert_int_equal(engine_find("libaio")->probe(&setup, &report), 0);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
