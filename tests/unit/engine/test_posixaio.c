/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sys/resource.h>

#include "test.h"
#include "unit/engine/rig.h"

static void open_zero(struct rig *rig, const char *settings, unsigned depth)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, "posixaio", settings, depth, depth, IO_BIT(IO_READ)), 0);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

static int lowest_free_descriptor(void)
{
	int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(descriptor);
	return descriptor;
}

TEST(each_slot_has_its_own_descriptor_until_close)
{
	struct rig rig;
	int before = lowest_free_descriptor();

	open_zero(&rig, "descriptor_per_slot=1", 4);
	assert_int_equal(lowest_free_descriptor(), before + 5); /* /dev/zero and four. */
	assert_string_equal(rig_setting(rig.report.effective, "descriptor_per_slot"), "1");
	close_target(&rig);
	assert_int_equal(lowest_free_descriptor(), before);
}

TEST(a_character_device_needs_one_descriptor)
{
	struct rig rig;

	open_zero(&rig, "", 4);
	assert_string_equal(rig_setting(rig.report.effective, "descriptor_per_slot"), "0");
	assert_int_equal(rig.report.refused.count, 0);
	close_target(&rig);
}

/* Fewer than the four that it takes: told, or refused where they are insisted on. */
TEST(too_few_descriptors_are_told)
{
	struct rlimit limit, fewer;
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	int before = lowest_free_descriptor();
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	fewer = (struct rlimit){(rlim_t)before + 3, limit.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &fewer), 0);
	assert_int_equal(rig_open(&rig, "posixaio", "", 4, 4, IO_BIT(IO_WRITE)), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_string_equal(rig_setting(rig.report.effective, "descriptor_per_slot"), "0");
	assert_string_equal(rig.report.refused.items[0].key, "descriptor_per_slot");
	assert_int_equal(lowest_free_descriptor(), before + 1);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 0, 512), 512);
	close_target(&rig);
}

TEST(too_few_descriptors_fail_who_insists)
{
	struct rlimit limit, fewer;
	struct rig rig = {.target = {.kind = TARGET_CHARACTER}};
	int before = lowest_free_descriptor();

	rig.target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	fewer = (struct rlimit){(rlim_t)before + 3, limit.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &fewer), 0);
	assert_int_equal(rig_open(&rig, "posixaio", "descriptor_per_slot=1", 4, 4, IO_BIT(IO_READ)),
		-EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_non_null(strstr(rig.report.problem, "descriptor_per_slot=1: 4 are needed"));
	assert_non_null(rig.report.hint);
	close_target(&rig);
}

TEST(calls_are_counted)
{
	struct rig rig;

	open_zero(&rig, "", 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	rig.class->prove(rig.engine, &rig.report);
	assert_non_null(strstr(rig_setting(rig.report.proof, "calls"), "aio_read 5"));
	assert_true(rig.engine->syscalls >= 5);
	close_target(&rig);
}

/* A read of a file that is not done yet is awaited no longer than asked, and lost by no timeout. */
TEST(a_timeout_loses_nothing)
{
	struct rig rig;
	struct slot *done[1];
	int count;

	open_zero(&rig, "", 1);
	for (int round = 0; round < 20; round++) {
		rig_start_one(&rig, IO_READ, 0, 4096);
		count = rig.class->reap(rig.engine, done, 1, 1, 1);
		assert_in_range(count, 0, 1);
		if (count == 0)
			count = rig.class->reap(rig.engine, done, 1, 1, -1);
		assert_int_equal(count, 1);
		assert_int_equal(done[0]->result, 4096);
		rig.idle[rig.idle_count++] = done[0];
	}
	close_target(&rig);
}

static void *write_blocks(void *descriptor)
{
	static const char block[RIG_BLOCK_BYTES];

	for (int i = 0; i < 4; i++) {
		usleep(10000);
		if (write(*(int *)descriptor, block, sizeof(block)) != sizeof(block))
			abort();
	}
	return NULL;
}

/* glibc's thread does the I/Os of one file in their order: none before the last is waited for. */
TEST(several_of_one_file_are_one_wait)
{
	struct rig rig = {.target = {.kind = TARGET_CHARACTER}};
	struct slot *done[4];
	pthread_t writer;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, "posixaio", "", 4, 4, IO_BIT(IO_READ)), 0);
	for (int i = 0; i < 4; i++)
		rig_start_one(&rig, IO_READ, 0, RIG_BLOCK_BYTES);
	assert_int_equal(pthread_create(&writer, NULL, write_blocks, &ends[1]), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 4, 4, -1), 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(done[i]->result, RIG_BLOCK_BYTES);
	rig.class->prove(rig.engine, &rig.report);
	assert_non_null(strstr(rig_setting(rig.report.proof, "calls"), "aio_suspend 1"));
	assert_int_equal(pthread_join(writer, NULL), 0);
	close(ends[1]);
	close_target(&rig);
}

TEST(trims_come_back_too)
{
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	struct rig_io ios[4];
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(
		rig_open(&rig, "posixaio", "", 4, 4, IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM)), 0);
	for (unsigned i = 0; i < 4; i++)
		ios[i] = (struct rig_io){.op = i % 2 ? IO_TRIM : IO_WRITE,
			.offset = i * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES};
	rig_run(&rig, ios, 4, rig_hook_none, rig_hook_none, 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
	close_target(&rig);
}

TEST_MAIN(NULL, NULL);
