/* SPDX-License-Identifier: MIT */
/* What is asked of the kernel or of a target when the job opens it. */
#include <sys/wait.h>

#include "engine/uring.h"
#include "test.h"
#include "unit/engine/rig.h"

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

	assert_int_equal(open_zero(&rig, "prio=4 iowq_max_workers=2", 4), 0);
	assert_string_equal(rig_setting(rig.report.effective, "prioclass"), "2");
	assert_string_equal(rig_setting(rig.report.effective, "prio"), "4");
	assert_string_equal(rig_setting(rig.report.effective, "iowq_max_workers"), "2");
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, 0), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	rig.class->prove(rig.engine, &rig.report, &rig.arena);
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

TEST(a_write_hint_is_the_files)
{
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	uint64_t hint = 0;
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(&rig, "io_uring", "write_hint=long", 1, 1, IO_BIT(IO_WRITE)), 0);
	assert_int_equal(fcntl(rig.target.descriptor, F_GET_RW_HINT, &hint), 0);
	assert_int_equal(hint, RWH_WRITE_LIFE_LONG);
	assert_string_equal(rig_setting(rig.report.effective, "write_hint"), "long");
	/* The next run, which asks for none, shall have none. */
	rig.class->close(rig.engine);
	rig.engine = NULL;
	assert_int_equal(fcntl(rig.target.descriptor, F_GET_RW_HINT, &hint), 0);
	assert_int_equal(hint, RWH_WRITE_LIFE_NOT_SET);
	close_target(&rig);
}

TEST(a_write_hint_is_for_writes)
{
	struct rig rig;

	assert_int_equal(open_zero(&rig, "write_hint=long", 1), 0);
	assert_null(rig_setting(rig.report.effective, "write_hint"));
	assert_string_equal(rig_setting(rig.report.refused, "write_hint"), "long");
	close_target(&rig);
}

TEST(real_time_is_for_the_privileged)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rig rig;

		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		_exit(open_zero(&rig, "prioclass=1", 4) == -EPERM &&
					strstr(rig.report.problem, "CAP_SYS_NICE") &&
					strstr(rig.report.hint, "prioclass=2")
				? 0
				: 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		print_message("skipped: cannot become an ordinary user\n");
		skip();
	}
	assert_int_equal(status, 0);
}

TEST_MAIN(NULL, NULL);
