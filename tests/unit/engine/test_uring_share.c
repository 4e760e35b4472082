/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Rings that share one poll thread: told by the thread's number, as the kernel gives it. */
#include "engine/uring_share.h"
#include "test.h"
#include "unit/engine/rig.h"

static void open_zero(struct rig *rig, const char *settings)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, "io_uring", settings, 4, 4, IO_BIT(IO_READ)), 0);
	assert_int_equal(rig_run_one(rig, IO_READ, 0, 512), 512);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

static long thread_of(struct rig *rig)
{
	const char *thread;

	rig->report.proof = NULL;
	rig->class->prove(rig->engine, &rig->report, &rig->arena);
	thread = rig_setting(rig->report.proof, "sqthread_tid");
	if (!thread) {
		print_message("skipped: this kernel does not always name the poll thread\n");
		skip();
	}
	return strtol(thread, NULL, 10);
}

TEST(rings_that_attach_have_one_thread)
{
	struct rig first, second, alone;

	open_zero(&first, "sqthread_poll=1 attach_wq=1");
	open_zero(&second, "sqthread_poll=1 attach_wq=1");
	open_zero(&alone, "sqthread_poll=1");
	assert_non_null(strstr(rig_setting(first.report.effective, "attach_wq"), "first"));
	assert_non_null(strstr(rig_setting(second.report.effective, "attach_wq"), "attached"));
	assert_true(thread_of(&first) > 0);
	assert_int_equal(thread_of(&first), thread_of(&second));
	assert_int_not_equal(thread_of(&first), thread_of(&alone));
	close_target(&alone);
	close_target(&second);
	close_target(&first);
	assert_int_equal(uring_share_descriptor(), -1);
}

TEST(a_thread_outlives_the_ring_that_made_it)
{
	struct rig first, second, third;
	long thread;

	open_zero(&first, "sqthread_poll=1 attach_wq=1");
	open_zero(&second, "sqthread_poll=1 attach_wq=1");
	thread = thread_of(&second);
	close_target(&first);
	assert_int_equal(rig_run_one(&second, IO_READ, 0, 512), 512);
	open_zero(&third, "sqthread_poll=1 attach_wq=1");
	assert_int_equal(thread_of(&third), thread);
	close_target(&third);
	close_target(&second);
	assert_int_equal(uring_share_descriptor(), -1);
}

TEST_MAIN(NULL, NULL);
