/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Readiness loops over files: what is waited for is an eventfd. Streams have their own test. */
#include "test.h"
#include "unit/engine/rig.h"

static const char *const loops[] = {"epoll", "poll", "select"};
static const char *const waits[] = {"epoll_wait", "poll", "select"};

enum { LOOPS = 3 };

static void open_zero(struct rig *rig, const char *engine, const char *settings, unsigned depth)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, engine, settings, depth, depth, IO_BIT(IO_READ)), 0);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

TEST(libaio_is_waited_for_by_an_eventfd)
{
	for (int i = 0; i < LOOPS; i++) {
		struct rig rig;
		char wanted[96];

		open_zero(&rig, loops[i], "", 1);
		for (int round = 0; round < 5; round++)
			assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
		rig.class->prove(rig.engine, &rig.report);
		snprintf(wanted, sizeof(wanted), "%s 5, %sread of the eventfd 5", waits[i],
			i == 0 ? "epoll_ctl 1, " : "");
		assert_string_equal(rig_setting(rig.report.proof, "readiness_calls"), wanted);
		assert_string_equal(
			rig_setting(rig.report.proof, "calls"), "io_submit 5, io_getevents 5");
		/* io_submit, the wait, read, io_getevents; and the epoll_ctl of open. */
		assert_int_equal(rig.engine->syscalls, 5 * 4 + (i == 0));
		assert_non_null(strstr(rig_setting(rig.report.effective, "timed"), waits[i]));
		assert_non_null(strstr(rig_setting(rig.report.effective, "timed"), "libaio"));
		close_target(&rig);
	}
}

TEST(a_pool_is_waited_for_by_an_eventfd)
{
	for (int i = 0; i < LOOPS; i++) {
		struct rig rig;

		open_zero(&rig, loops[i], "readiness_backend=threads readiness_threads=2", 4);
		for (int round = 0; round < 50; round++)
			assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
		rig.class->prove(rig.engine, &rig.report);
		assert_non_null(strstr(rig_setting(rig.report.proof, "readiness_calls"), waits[i]));
		assert_non_null(strstr(rig_setting(rig.report.proof, "pool_calls"), "pread 50"));
		assert_string_equal(rig_setting(rig.report.proof, "pool_threads"), "2");
		assert_true(rig.engine->syscalls >= 50 * 3);
		assert_non_null(strstr(rig_setting(rig.report.effective, "timed"), "2 threads"));
		close_target(&rig);
	}
}

/* More is done than one reap takes: the rest is handed out without another event. */
TEST(what_one_reap_leaves_the_next_one_finds)
{
	static const char *const settings[] = {"", "readiness_backend=threads"};
	struct rig rig;
	struct slot *done[8];

	for (int i = 0; i < 2; i++) {
		unsigned count = 0;

		open_zero(&rig, "epoll", settings[i], 8);
		for (int j = 0; j < 8; j++)
			rig_start_one(&rig, IO_READ, 0, 512);
		while (count < 8) {
			int got = rig.class->reap(rig.engine, done, 1, 1, -1);

			assert_int_equal(got, 1);
			count++;
		}
		assert_int_equal(rig.class->reap(rig.engine, done, 1, 8, -1), 0);
		close_target(&rig);
	}
}

TEST(a_peek_waits_for_nothing)
{
	struct rig rig;
	struct slot *done[8];

	open_zero(&rig, "epoll", "", 8);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 8, -1), 0);
	rig_start_one(&rig, IO_READ, 0, 512);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 8, -1), 1); /* Done in io_submit. */
	close_target(&rig);
}

/* libaio trims in submit, and no eventfd tells of it. */
TEST(trims_come_back_without_an_event)
{
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	char path[64];

	rig.target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(&rig, "poll", "", 2, 2, IO_BIT(IO_TRIM)), 0);
	assert_int_equal(rig_run_one(&rig, IO_TRIM, 0, 4096), 4096);
	close_target(&rig);
}

TEST(files_and_pipes_do_not_go_together)
{
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	struct target targets[2] = {{.kind = TARGET_FILE}, {.kind = TARGET_PIPE}};
	struct engine_setup setup = {.targets = targets, .target_count = 2, .arena = &arena};
	struct engine *engine = NULL;

	assert_int_equal(engine_find("poll")->open(&setup, &engine, &report), -EINVAL);
	assert_non_null(strstr(report.problem, "pipes or sockets and files"));
	assert_null(engine);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
