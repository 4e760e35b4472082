/* SPDX-License-Identifier: MIT */
/* What is asked of the kernel or of a target when the job opens it. */
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/uring_open.h"
#include "test.h"
#include "unit/engine/zram_device.h"

static int open_zero(struct rig *rig, const char *settings, unsigned depth)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER, .path = "/dev/zero"}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	return rig_open(rig, "io_uring", settings, depth, depth, IO_BIT(IO_READ));
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

/* A file in the place of a device answers as a device without discard does. */
TEST(a_device_without_discard_is_told_at_open)
{
	struct rig rig = {.target = {.kind = TARGET_BLOCK, .path = "/dev/example"}};
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(&rig, "io_uring", "", 2, 2, IO_BIT(IO_TRIM)), -EOPNOTSUPP);
	assert_non_null(strstr(rig.report.problem, "/dev/example takes no discards"));
	assert_non_null(strstr(rig.report.hint, "psync"));
	close(rig.target.descriptor);
	rig_close(&rig);
}

/* The poll thread's CQE is there before it says that it has read the SQE, of which there is one. */
TEST(a_ring_of_one_is_tried_twice_although_its_poll_thread_lags)
{
	char path[64], settings[64];
	int cpu = sched_getcpu(), result = device_make_zram(1 << 20, path);
	cpu_set_t before, one;

	if (result < 0) {
		print_message("no zram device: %s\n", strerror(-result));
		skip();
	}
	/* On one CPU: what the CQE wakes up takes it from the poll thread. */
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	snprintf(settings, sizeof(settings),
		"sqthread_poll=1 sqthread_poll_idle=1 sqthread_poll_cpu=%d", cpu);
	for (int i = 0; i < 60; i++) {
		struct rig rig = {.target = {.kind = TARGET_BLOCK, .path = path}};

		rig.target.descriptor = open(path, O_RDWR | O_CLOEXEC);
		result = rig_open(&rig, "io_uring", settings, 1, 1, IO_BIT(IO_TRIM));
		if (result == -EOPNOTSUPP) { /* the second trial is one of discards */
			print_message("%s\n", rig.report.problem);
			close_target(&rig);
			skip();
		}
		assert_int_equal(result, 0);
		close_target(&rig);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

TEST(every_nth_io_is_forced)
{
	struct rig rig;
	const struct uring *uring;
	struct slot *done[8];

	assert_int_equal(open_zero(&rig, "force_async=3", 8), 0);
	assert_string_equal(rig_setting(rig.report.effective, "force_async"), "3");
	uring = (const struct uring *)rig.engine;
	for (int i = 0; i < 8; i++)
		rig_start_one(&rig, IO_READ, 0, 512);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(uring->sqes[i].flags, i % 3 == 2 ? IOSQE_ASYNC : 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 8, 8, -1), 8);
	close_target(&rig);
}

/* The ring was used before the start: its indices must not be out of step. */
TEST(what_was_tried_is_not_reaped)
{
	struct rig rig;
	struct slot *done[4];

	assert_int_equal(open_zero(&rig, "iowq_max_workers=2", 4), 0);
	assert_string_equal(rig_setting(rig.report.effective, "iowq_max_workers"), "2");
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, 0), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "opcodes"), "READ 9");
	assert_string_equal(rig_setting(rig.report.proof, "io_uring_enter"), "9");
	close_target(&rig);
}

TEST(flags_that_the_target_does_not_take_are_told)
{
	struct rig rig;

	assert_int_equal(open_zero(&rig, "uncached=1", 4), -EOPNOTSUPP);
	assert_non_null(strstr(rig.report.problem, "uncached=1: /dev/zero answers"));
	assert_null(rig.engine);
	close_target(&rig);
}

/* Others than reads and writes have none. */
TEST(each_io_has_the_priority_of_its_slot)
{
	static const uint16_t priorities[4] = {0, 1 << 13 | 2, 2 << 13 | 7, 3 << 13};
	struct rig rig;
	struct slot *batch[4], *done[4];
	struct uring *uring;
	unsigned tail;

	assert_int_equal(open_zero(&rig, "", 4), 0);
	rig.class->close(rig.engine);
	rig.setup.priorities = priorities;
	assert_int_equal(rig.class->open(&rig.setup, &rig.engine, &rig.report), 0);
	rig.class = rig.engine->class;
	uring = (struct uring *)rig.engine;
	for (int i = 0; i < 4; i++) {
		batch[i] = &rig.setup.slots[3 - i];
		batch[i]->op = IO_READ;
		batch[i]->length = 512;
	}
	tail = uring->sq_tail;
	assert_int_equal(rig.class->submit(rig.engine, batch, 4), 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(
			uring->sqes[(tail + i) & uring->sq_mask].ioprio, priorities[3 - i]);
	assert_int_equal(rig.class->reap(rig.engine, done, 4, 4, -1), 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(done[i]->result, 512);
	close_target(&rig);
}

/*
 * Polling for completions: what can be told without a device that polls. That I/O works and is
 * polled for is a matter of the virtual machine's drives.
 */

static int open_ring(struct rig *rig, const char *settings, bool is_direct, unsigned op_mask)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER, .path = "/dev/zero"}};
	rig->target.is_direct = is_direct;
	rig->target.descriptor = open("/dev/zero", O_RDWR | O_CLOEXEC);
	return rig_open(rig, "io_uring", settings, 4, 4, op_mask);
}

static void close_ring(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

TEST(what_cannot_be_polled_is_told)
{
	const struct {
		const char *settings;
		bool is_direct;
		unsigned op_mask;
		const char *problem;
	} cases[] = {
		{"hybrid_iopoll=1", true, IO_BIT(IO_READ), "hybrid_iopoll needs hipri"},
		{"hipri=1", false, IO_BIT(IO_READ), "buffered I/O does not wait"},
		{"hipri=1", true, IO_BIT(IO_WRITE) | IO_BIT(IO_SYNC), "neither syncs nor trims"},
		{"hipri=1", true, IO_BIT(IO_TRIM), "neither syncs nor trims"},
		{"hipri=1 eventfd=1", true, IO_BIT(IO_READ), "neither with eventfd"},
		{"hipri=1 min_wait_us=5", true, IO_BIT(IO_READ), "neither with eventfd"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;

		assert_int_equal(
			open_ring(&rig, cases[i].settings, cases[i].is_direct, cases[i].op_mask),
			-EINVAL);
		assert_non_null(strstr(rig.report.problem, cases[i].problem));
		assert_non_null(rig.report.hint);
		close_ring(&rig);
	}
}

/* The kernel makes a polled ring over anything; the trial read finds out. */
TEST(a_target_that_is_not_polled_is_told)
{
	struct rig rig;

	assert_int_equal(open_ring(&rig, "hipri=1", true, IO_BIT(IO_READ)), -EOPNOTSUPP);
	assert_non_null(strstr(rig.report.problem, "/dev/zero cannot be polled"));
	assert_non_null(strstr(rig.report.hint, "has poll queues"));
	close_ring(&rig);
}

TEST(a_disk_without_poll_queues_is_told)
{
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	struct target target = {.kind = TARGET_BLOCK};
	struct engine_setup setup = {.targets = &target,
		.target_count = 1,
		.op_mask = IO_BIT(IO_READ),
		.is_direct = true,
		.arena = &arena};
	struct uring_options options = {.hipri = true, .linked_copy = true};
	char backing[64], path[64];
	int file = rig_temporary_file(backing);
	int loop;
	struct stat status;

	unlink(backing);
	assert_int_equal(ftruncate(file, 65536), 0);
	loop = rig_attach_loop(file, path);
	close(file);
	if (loop < 0) {
		print_message("skipped: no loop device for this user\n");
		skip();
	}
	assert_int_equal(fstat(loop, &status), 0);
	target.device = status.st_rdev;
	target.path = path;
	assert_int_equal(uring_check_polling(&options, &setup, &report), -EOPNOTSUPP);
	assert_non_null(strstr(report.problem, "has no poll queues"));
	close(loop);
	arena_free(&arena);
}

TEST(flags_are_what_was_asked_for)
{
	assert_int_equal(uring_poll_flags(&(struct uring_options){0}), 0);
	assert_int_equal(uring_poll_flags(&(struct uring_options){.hipri = true}), 1);
	assert_int_equal(
		uring_poll_flags(&(struct uring_options){.hipri = true, .hybrid_iopoll = true}),
		1 << 17 | 1);
}

TEST_MAIN(NULL, NULL);
