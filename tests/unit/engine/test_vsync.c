/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

enum { DEPTH = 8, BLOCK = RIG_BLOCK_BYTES };

static void open_file(struct rig *rig, const char *engine)
{
	char path[64];

	*rig = (struct rig){.target = {.kind = TARGET_FILE}};
	rig->target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(ftruncate(rig->target.descriptor, DEPTH * BLOCK), 0);
	assert_int_equal(rig_open(rig, engine, "", DEPTH, DEPTH,
				 IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_SYNC)),
		0);
}

static void close_file(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

/* Slots 0.. of one op at these blocks. */
static void aim(struct rig *rig, struct slot *batch[], enum io_op op, const int *blocks, int count)
{
	for (int i = 0; i < count; i++) {
		batch[i] = &rig->setup.slots[i];
		batch[i]->op = (uint8_t)op;
		batch[i]->offset = (uint64_t)blocks[i] * BLOCK;
		batch[i]->length = BLOCK;
		batch[i]->result = -1;
	}
}

static const char *calls(struct rig *rig)
{
	rig->report.proof = (struct settings){0};
	rig->class->prove(rig->engine, &rig->report);
	return rig_setting(rig->report.proof, "calls");
}

TEST(adjacent_ios_go_in_one_call)
{
	static const int blocks[] = {2, 3, 4, 5};
	struct slot *batch[4], *done[4];
	struct rig rig;

	open_file(&rig, "vsync");
	aim(&rig, batch, IO_WRITE, blocks, 4);
	for (int i = 0; i < 4; i++)
		rig_fill(batch[i]->buffer, batch[i]->offset, BLOCK, 7);
	assert_int_equal(rig.class->submit(rig.engine, batch, 4), 4);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 4);
	for (int i = 0; i < 4; i++) {
		uint64_t content[BLOCK / 8];

		assert_ptr_equal(done[i], batch[i]);
		assert_int_equal(done[i]->result, BLOCK);
		assert_int_equal(
			pread(rig.target.descriptor, content, BLOCK, (off_t)done[i]->offset),
			BLOCK);
		rig_check(content, done[i]->offset, BLOCK, 7);
	}
	assert_string_equal(calls(&rig), "lseek 1, writev 1");
	assert_string_equal(rig_setting(rig.report.proof, "ios"), "write 4");
	assert_string_equal(rig_setting(rig.report.proof, "largest_call"), "4 I/Os");
	assert_int_equal(rig.engine->syscalls, 2);
	close_file(&rig);
}

TEST(another_place_or_direction_ends_the_run)
{
	static const int blocks[] = {0, 1, 3, 4, 5};
	struct slot *batch[5], *done[5];
	struct rig rig;

	open_file(&rig, "vsync");
	aim(&rig, batch, IO_READ, blocks, 5);
	batch[4]->op = IO_WRITE;
	assert_int_equal(rig.class->submit(rig.engine, batch, 5), 2);
	assert_int_equal(rig.class->submit(rig.engine, &batch[2], 3), 0); /* Reap first. */
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, -1), 1);
	assert_int_equal(rig.class->submit(rig.engine, &batch[2], 3), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 5, -1), 1);
	assert_ptr_equal(done[0], batch[1]);
	assert_int_equal(rig.class->submit(rig.engine, &batch[2], 3), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 5, 0), 2);
	assert_int_equal(rig.class->submit(rig.engine, &batch[4], 1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 5, -1), 1);
	assert_string_equal(calls(&rig), "lseek 3, readv 2, writev 1");
	close_file(&rig);
}

TEST(a_sync_goes_alone)
{
	static const int blocks[] = {0, 1, 0};
	struct slot *batch[3], *done[3];
	struct rig rig;

	open_file(&rig, "vsync");
	aim(&rig, batch, IO_WRITE, blocks, 3);
	batch[2]->op = IO_SYNC;
	batch[2]->length = 0;
	assert_int_equal(rig.class->submit(rig.engine, batch, 3), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 3, -1), 2);
	assert_int_equal(rig.class->submit(rig.engine, &batch[2], 1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 3, -1), 1);
	assert_int_equal(done[0]->result, 0);
	assert_string_equal(calls(&rig), "lseek 1, writev 1, fsync 1");
	close_file(&rig);
}

TEST(an_error_is_that_of_its_own_io)
{
	static const int blocks[] = {0, 1, 2, 3};
	struct slot *batch[4], *done[4];
	struct rig rig;
	void *buffer;

	open_file(&rig, "vsync");
	aim(&rig, batch, IO_READ, blocks, 4);
	buffer = batch[1]->buffer;
	batch[1]->buffer = NULL;
	assert_int_equal(rig.class->submit(rig.engine, batch, 4), 4);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(batch[i]->result, i == 1 ? -EFAULT : BLOCK);
	batch[1]->buffer = buffer;
	close_file(&rig);
}

TEST(the_end_of_a_file_is_short_for_what_lies_behind_it)
{
	static const int blocks[] = {DEPTH - 2, DEPTH - 1, DEPTH};
	struct slot *batch[3], *done[3];
	struct rig rig;

	open_file(&rig, "vsync");
	assert_int_equal(ftruncate(rig.target.descriptor, DEPTH * BLOCK - 512), 0);
	aim(&rig, batch, IO_READ, blocks, 3);
	assert_int_equal(rig.class->submit(rig.engine, batch, 3), 3);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 3, -1), 3);
	assert_int_equal(batch[0]->result, BLOCK);
	assert_int_equal(batch[1]->result, BLOCK - 512);
	assert_int_equal(batch[2]->result, 0);
	close_file(&rig);
}

TEST(a_stream_loses_no_bytes)
{
	static const int blocks[] = {0, 1};
	struct rig rig = {.target = {.kind = TARGET_PIPE}};
	struct slot *batch[2], *done[2];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, "vsync", "", 2, 2, IO_BIT(IO_READ)), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	aim(&rig, batch, IO_READ, blocks, 2);
	assert_int_equal(rig.class->submit(rig.engine, batch, 2), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 2, -1), 2);
	assert_int_equal(batch[0]->result, 3);
	assert_memory_equal(batch[0]->buffer, "abc", 3);
	assert_int_equal(batch[1]->result, 0);
	assert_string_equal(calls(&rig), "readv 2");
	close(ends[0]);
	rig_close(&rig);
}

TEST_MAIN(NULL, NULL);
