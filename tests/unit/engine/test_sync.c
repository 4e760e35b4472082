/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/time.h>

#include "engine/sync.h"
#include "test.h"
#include "unit/engine/rig.h"

static void open_file(struct rig *rig, const char *engine)
{
	char path[64];

	*rig = (struct rig){.target = {.kind = TARGET_FILE}};
	rig->target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(rig, engine, "", 2, 2, IO_BIT(IO_READ) | IO_BIT(IO_WRITE)), 0);
}

static void close_file(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

TEST(sync_seeks_only_when_the_position_is_another)
{
	struct rig rig;

	open_file(&rig, "sync");
	for (uint64_t offset = 0; offset < 8192; offset += 4096)
		assert_int_equal(rig_run_one(&rig, IO_WRITE, offset, 4096), 4096);
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 4096), 4096);
	assert_int_equal(rig_run_one(&rig, IO_READ, 4096, 4096), 4096);

	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "calls"), "lseek 2, read 2, write 2");
	assert_int_equal(rig.engine->syscalls, 6);
	close_file(&rig);
}

TEST(sync_seeks_each_time_when_descriptors_change)
{
	struct rig rig;

	open_file(&rig, "sync");
	rig.setup.targets_change = true;
	assert_int_equal(rig.class->open(&rig.setup, &rig.engine, &rig.report), 0);
	for (uint64_t offset = 0; offset < 8192; offset += 4096)
		assert_int_equal(rig_run_one(&rig, IO_WRITE, offset, 4096), 4096);
	assert_int_equal(rig.engine->syscalls, 4);
	close_file(&rig);
}

TEST(sync_seeks_again_after_an_error)
{
	struct rig rig;

	open_file(&rig, "sync");
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 0, 4096), 4096);
	rig.setup.slots[0].buffer = rig.setup.slots[1].buffer = NULL;
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 4096, 4096), -EFAULT);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 4096, 4096), -EFAULT);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "calls"), "lseek 2, write 3");
	close_file(&rig);
}

TEST(submit_takes_one_and_no_more_until_it_is_reaped)
{
	struct rig rig;
	struct slot *batch[2], *done[2];

	open_file(&rig, "psync");
	for (int i = 0; i < 2; i++) {
		batch[i] = &rig.setup.slots[i];
		batch[i]->op = IO_WRITE;
		batch[i]->length = 4096;
	}
	assert_int_equal(rig.class->submit(rig.engine, batch, 2), 1);
	assert_int_equal(rig.class->submit(rig.engine, &batch[1], 1), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 0, 0), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 2, -1), 1);
	assert_ptr_equal(done[0], batch[0]);
	assert_int_equal(rig.engine->syscalls, 1);
	close_file(&rig);
}

TEST(a_pipe_is_read_without_seeking)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE}};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, "sync", "", 1, 1, IO_BIT(IO_READ)), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	assert_int_equal(
		rig_run_one(&rig, IO_READ, 4096, 4096), 3); /* Short: a result, no retry. */
	assert_int_equal(rig.engine->syscalls, 1);
	close(ends[0]);
	close(ends[1]);
	rig_close(&rig);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

/* Else Ctrl-C could not end a job that waits for a pipe. */
TEST(a_signal_breaks_off_the_wait_for_a_pipe)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE}};
	struct sigaction action = {.sa_handler = on_alarm}, before;
	struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, "sync", "", 1, 1, IO_BIT(IO_READ)), 0);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 4096), -EINTR);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	close(ends[0]);
	close(ends[1]);
	rig_close(&rig);
}

TEST(hipri_percentage_polls_so_many_of_a_hundred)
{
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	unsigned long polled;
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(&rig, "pvsync2", "hipri=1 hipri_percentage=30", 1, 1,
				 IO_BIT(IO_READ) | IO_BIT(IO_WRITE)),
		0);
	/* Buffered I/O is not polled, and the report says so. */
	assert_null(settings_find(&rig.report.effective, "hipri"));
	assert_non_null(settings_find(&rig.report.refused, "hipri"));
	for (int i = 0; i < 1000; i++)
		assert_int_equal(rig_run_one(&rig, IO_WRITE, 0, 512), 512);
	rig.class->prove(rig.engine, &rig.report);
	polled = strtoul(rig_setting(rig.report.proof, "hipri_calls"), NULL, 10);
	assert_in_range(polled, 230, 370);
	assert_string_equal(rig_setting(rig.report.proof, "calls"), "pwritev2 1000");
	close(rig.target.descriptor);
	rig_close(&rig);
}

TEST(newer_kernels_do_not_poll_for_synchronous_io)
{
	assert_false(sync_ignores_hipri("5.10.0-30-amd64"));
	assert_false(sync_ignores_hipri("5.18.19"));
	assert_false(sync_ignores_hipri("4.19"));
	assert_true(sync_ignores_hipri("5.19.0"));
	assert_true(sync_ignores_hipri("6.1.0-56-amd64"));
	assert_true(sync_ignores_hipri("10.0"));
}

TEST_MAIN(NULL, NULL);
