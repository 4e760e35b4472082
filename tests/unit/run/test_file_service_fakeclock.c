/* SPDX-License-Identifier: MIT */
/* The syncs that closing a file and the end of a job ask for: in the window, and counted. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake_worker.h"
#include "test.h"

enum { FILES = 3, SYNC_NS = 2000000 };

static char paths[FILES][sizeof("/tmp/ringside-sync.XXXXXX")];
static struct target targets[FILES];
static struct pattern_spec regions[FILES];
static unsigned sync_calls;
static int sync_error;

/* In place of the C library's: slow, and it fails when it is told to. */
int fsync(int descriptor)
{
	assert_true(fcntl(descriptor, F_GETFD) >= 0);
	sync_calls++;
	clock_fake_ns += SYNC_NS;
	errno = sync_error;
	return sync_error ? -1 : 0;
}

static const struct engine_class file_class = {
	.name = "fake-file",
	.op_mask = ~0u,
	.traits = ENGINE_IS_SYNCHRONOUS,
	.open = fake_open,
	.submit = fake_submit,
	.reap = fake_reap,
	.close = fake_close,
};

static void set_up_files(unsigned openfiles)
{
	set_up(&file_class, 2 * BLOCK);
	sync_calls = 0;
	sync_error = 0;
	script.submit_ns = 1000;
	job.rw.mode = RW_WRITE;
	job.openfiles = openfiles;
	for (unsigned i = 0; i < FILES; i++) {
		int descriptor;

		memcpy(paths[i], "/tmp/ringside-sync.XXXXXX", sizeof(paths[i]));
		descriptor = mkstemp(paths[i]);
		assert_true(descriptor >= 0);
		close(descriptor);
		targets[i] = (struct target){.path = paths[i],
			.kind = TARGET_FILE,
			.descriptor = -1,
			.bytes = 2 * BLOCK,
			.exists = true};
		regions[i] = region;
	}
	worker.task.targets = targets;
	worker.task.regions = regions;
	worker.task.target_count = FILES;
	worker.task.open_flags = TARGET_WRITES;
	worker.task.pass_bytes = FILES * 2 * BLOCK;
}

static void tear_down_files(void)
{
	unsigned calls = sync_calls;

	tear_down();
	assert_int_equal(sync_calls, calls); /* What comes after the window is not of the job. */
	for (unsigned i = 0; i < FILES; i++)
		unlink(paths[i]);
}

/* Six writes of 1000 ns, and `syncs` that count as if the engine had done them. */
static void assert_syncs(const struct worker_direction *sync, unsigned syncs)
{
	const struct worker_measurement *m = worker.loop.measurement;
	uint64_t window_ns = m->ended_ns - m->started_ns;

	assert_int_equal(worker.outcome.error, 0);
	assert_int_equal(sync_calls, syncs);
	assert_int_equal(sync->ios, syncs);
	assert_int_equal(sync->lat->summary.count, syncs);
	assert_int_equal(sync->lat->summary.min_ns, SYNC_NS);
	assert_int_equal(window_ns, 6 * 1000 + syncs * SYNC_NS);
	assert_float_equal(m->depth_integral, (double)(syncs * SYNC_NS), 6 * 1000);
	assert_int_equal(m->syscalls, 2 * 6 + syncs); /* The engine's: a submit, and a reap. */
	assert_int_equal(worker.outcome.file_syncs, syncs);
	assert_int_equal(m->reaped, 6 + syncs);
	assert_int_equal(m->submitted, 6 + syncs);
}

TEST(fsync_on_close_is_in_the_window)
{
	set_up_files(0);
	job.fsync_on_close = true;
	assert_syncs(run(DIRECTION_SYNC), FILES);
	tear_down_files();
}

/* Those that openfiles makes close are synced while the job runs. */
TEST(files_that_are_closed_meanwhile_are_counted)
{
	set_up_files(1);
	job.fsync_on_close = true;
	assert_syncs(run(DIRECTION_SYNC), FILES);
	tear_down_files();
}

TEST(end_fsync_is_counted_with_the_job)
{
	set_up_files(1);
	job.end_fsync = true;
	assert_syncs(run(DIRECTION_SYNC), FILES);
	tear_down_files();
}

/* As in fio: the end asks for one. */
TEST(both_sync_each_file_once)
{
	set_up_files(0);
	job.fsync_on_close = true;
	job.end_fsync = true;
	assert_syncs(run(DIRECTION_SYNC), FILES);
	tear_down_files();
}

TEST(a_job_that_reads_syncs_nothing)
{
	set_up_files(0);
	job.rw.mode = RW_READ;
	worker.task.open_flags = TARGET_READS;
	job.fsync_on_close = true;
	job.end_fsync = true;
	(void)run(DIRECTION_SYNC);
	assert_int_equal(sync_calls, 0);
	tear_down_files();
}

TEST(a_sync_that_fails_fails_the_job)
{
	const struct worker_direction *sync;

	set_up_files(0);
	job.fsync_on_close = true;
	sync_error = EIO;
	sync = run(DIRECTION_SYNC);
	assert_int_equal(worker.outcome.error, EIO);
	assert_int_equal(sync->ios, 0);
	assert_int_equal(sync->errors[0].error, EIO);
	assert_int_equal(sync_calls, 1);
	tear_down_files();
}

/* The operations and lengths that are drawn at this depth, of files of which one is open. */
static unsigned draw_at_depth(unsigned depth, uint8_t *ops, uint32_t *lengths)
{
	enum { FILE_BLOCKS = 20 };
	struct engine_class queue_class = file_class;

	set_up_files(1);
	queue_class.traits = 0;
	job.engine = &queue_class;
	job.rw.mode = RW_RANDRW;
	job.iodepth = depth;
	script.service_ns = 5000;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.block_sizes.of[i].max_bytes = 4 * BLOCK;
	for (unsigned i = 0; i < FILES; i++) {
		targets[i].bytes = regions[i].region_bytes = FILE_BLOCKS * BLOCK;
		regions[i].is_random = regions[i].each_block_once = true;
		regions[i].has_several_sizes = true;
		regions[i].largest_io_bytes = 4 * BLOCK;
		for (int k = 0; k < DATA_DIRECTION_COUNT; k++)
			regions[i].percentage_random[k] = 100;
	}
	worker.task.open_flags = TARGET_READS | TARGET_WRITES;
	worker.task.pass_bytes = FILES * FILE_BLOCKS * BLOCK;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, 0);
	memcpy(ops, script.ops, sizeof(script.ops));
	memcpy(lengths, script.lengths, sizeof(script.lengths));
	tear_down_files();
	return script.taken;
}

/* What finds no place until a file is closed is kept as it was drawn: its operation, its length. */
TEST(what_waits_for_a_file_is_not_drawn_again)
{
	uint8_t ops[2][256];
	uint32_t lengths[2][256];
	unsigned taken = draw_at_depth(1, ops[0], lengths[0]);

	assert_in_range(taken, FILES * 5 + 1, FILES * 20);
	assert_int_equal(draw_at_depth(4, ops[1], lengths[1]), taken);
	assert_int_equal(script.most_in_flight, 4);
	assert_memory_equal(ops[0], ops[1], taken * sizeof(ops[0][0]));
	assert_memory_equal(lengths[0], lengths[1], taken * sizeof(lengths[0][0]));
}

TEST_MAIN(NULL, NULL);
