/* SPDX-License-Identifier: MIT */
#include "engine/uring.h"
#include "host/cpu_account.h"
#include "test.h"
#include "unit/engine/rig.h"
#include "unit/host/cpu_work.h"

TEST(flags_are_named_and_unknown_ones_numbered)
{
	struct arena arena = {0};

	assert_string_equal(uring_setup_flag_names(0, &arena), "none");
	assert_string_equal(
		uring_setup_flag_names(IORING_SETUP_SQPOLL | IORING_SETUP_CLAMP, &arena),
		"SQPOLL|CLAMP");
	assert_string_equal(
		uring_setup_flag_names(1u << 31 | IORING_SETUP_CQE32, &arena), "CQE32|0x80000000");
	assert_string_equal(uring_setup_flag_names(1u << 31, &arena), "0x80000000");
	arena_free(&arena);
}

static void run_each_op(struct rig *rig, const char *settings)
{
	char path[64];

	*rig = (struct rig){.target = {.kind = TARGET_FILE}};
	rig->target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(rig, "io_uring", settings, 2, 2, (2 << IO_DATASYNC) - 1), 0);
	for (enum io_op op = 0; op <= IO_DATASYNC; op++) {
		for (enum io_op times = 0; times <= op; times++)
			rig_run_one(rig, op, 0, 4096);
	}
	rig->class->prove(rig->engine, &rig->report, &rig->arena);
}

TEST(opcodes_are_counted_as_issued)
{
	static const char *const cases[][2] = {
		{"", "READ 1, WRITE 2, FALLOCATE PUNCH_HOLE 3, FSYNC 4, FSYNC DATASYNC 5"},
		{"fixedbufs=1", "READ_FIXED 1, WRITE_FIXED 2, FALLOCATE PUNCH_HOLE 3, FSYNC 4, "
				"FSYNC DATASYNC 5"},
		{"nonvectored=0", "READV 1, WRITEV 2, FALLOCATE PUNCH_HOLE 3, FSYNC 4, "
				  "FSYNC DATASYNC 5"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;

		run_each_op(&rig, cases[i][0]);
		assert_string_equal(rig_setting(rig.report.proof, "opcodes"), cases[i][1]);
		assert_string_equal(rig_setting(rig.report.proof, "io_uring_enter"), "15");
		assert_string_equal(rig_setting(rig.report.proof, "files"), "descriptors");
		close(rig.target.descriptor);
		rig_close(&rig);
	}
}

/* A wait in vain is one of the eventfd, and no io_uring_enter. */
TEST(calls_on_the_eventfd_are_counted_apart)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE}};
	struct slot *done[1];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, "io_uring", "eventfd=1", 1, 1, IO_BIT(IO_READ)), 0);
	rig_start_one(&rig, IO_READ, 0, 8);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, 1), 0);
	rig.class->prove(rig.engine, &rig.report, &rig.arena);
	assert_string_equal(rig_setting(rig.report.proof, "io_uring_enter"), "1");
	assert_string_equal(rig_setting(rig.report.proof, "eventfd_calls"), "1");
	assert_int_equal(rig.engine->syscalls, 2);
	close(ends[0]);
	close(ends[1]);
	rig_close(&rig);
}

TEST(the_ring_is_described_as_the_kernel_made_it)
{
	struct rig rig;

	run_each_op(&rig, "sqthread_poll=1 registerfiles=1");
	assert_non_null(strstr(rig_setting(rig.report.proof, "setup_flags"), "SQPOLL|"));
	assert_non_null(strstr(rig_setting(rig.report.proof, "features"), "EXT_ARG"));
	assert_string_equal(rig_setting(rig.report.proof, "files"), "registered");
	assert_non_null(rig_setting(rig.report.proof, "sqthread_wakeups"));
	/* Kernels before 6.9 do not always tell. */
	if (rig_setting(rig.report.proof, "sqthread_tid")) {
		assert_true(strtol(rig_setting(rig.report.proof, "sqthread_tid"), NULL, 10) > 0);
		assert_true(strtol(rig_setting(rig.report.proof, "sqthread_cpu"), NULL, 10) >= 0);
	}
	close(rig.target.descriptor);
	rig_close(&rig);
}

/* A thread's CPU time up to its last tick or switch; 0: this kernel does not tell. */
static uint64_t schedstat_ns(int tid)
{
	struct arena arena = {0};
	const char *text =
		text_read_file(&arena, arena_printf(&arena, "/proc/self/task/%d/schedstat", tid));
	uint64_t ns = text ? strtoull(text, NULL, 10) : 0;

	arena_free(&arena);
	return ns;
}

static int find_poll_thread(struct cpu_account *account)
{
	struct cpu_usage usage;

	cpu_account_watch();
	cpu_account_start(account);
	cpu_account_stop(account, &usage);
	return usage.sqpoll_tid;
}

/* Until the poll thread has used so much. */
static void read_for(struct rig *rig, uint64_t cpu_ns)
{
	uint64_t end = others_ns() + cpu_ns;

	while (others_ns() < end)
		assert_int_equal(rig_run_one(rig, IO_READ, 0, 4096), 4096);
}

/* /proc is read on both sides of the start and of the stop: the window lies between. */
TEST(time_of_the_poll_thread_agrees_with_proc)
{
	struct rig rig = {.target = {.kind = TARGET_CHARACTER}};
	struct cpu_account *account = cpu_account_open();
	uint64_t before_start, after_start, before_stop, after_stop;
	struct cpu_usage usage;
	int tid;

	rig.target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(&rig, "io_uring", "sqthread_poll=1 sqthread_poll_idle=60000", 1,
				 1, IO_BIT(IO_READ)),
		0);
	read_for(&rig, WORK_NS / 10); /* A thread that has run has its name. */
	tid = find_poll_thread(account);
	assert_true(tid > 0);
	before_start = schedstat_ns(tid);
	cpu_account_start(account);
	after_start = schedstat_ns(tid);
	read_for(&rig, 500 * NS_PER_MS); /* much longer than a tick */
	before_stop = schedstat_ns(tid);
	cpu_account_stop(account, &usage);
	after_stop = schedstat_ns(tid);
	cpu_account_close(account);
	close(rig.target.descriptor);
	rig_close(&rig);
	if (after_stop == 0) {
		print_message("skipped: no schedstat (CONFIG_SCHED_INFO)\n");
		skip();
	}
	assert_int_equal(usage.sqpoll_tid, tid);
	assert_in_range(usage.sqpoll_ns, (before_stop - after_start) / 100 * 95,
		(after_stop - before_start) / 100 * 105);
}

TEST_MAIN(NULL, NULL);
