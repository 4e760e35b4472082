/* SPDX-License-Identifier: MIT */
/* What the kernel's io_uring has: the two ways of asking against each other, and old kernels. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <string.h>
#include <unistd.h>

#include "engine/uring_open.h"
#include "engine/uring_probe.h"
#include "host/cpu_account.h"
#include "test.h"
#include "unit/engine/rig.h"
#include "unit/host/cpu_work.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

enum { QUERY = 35 };

/* This kernel, but for the query. */
static int enroll_without_query(int descriptor, unsigned operation, void *argument, unsigned count)
{
	if (operation == QUERY)
		return -EINVAL;
	return uring_kernel_calls.enroll(descriptor, operation, argument, count);
}

/* Linux 6.1: flags through DEFER_TASKRUN, features through LINKED_FILE, opcodes to SENDMSG_ZC. */
static int setup_of_6_1(unsigned entries, struct io_uring_params *parameters)
{
	(void)entries;
	if (parameters->flags >= 1u << 14)
		return -EINVAL;
	parameters->features = 0x1fff;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int enroll_of_6_1(int descriptor, unsigned operation, void *argument, unsigned count)
{
	struct io_uring_probe *probe = argument;

	(void)descriptor;
	if (operation != IORING_REGISTER_PROBE || count < 49)
		return -EINVAL;
	probe->last_op = 48;
	probe->ops_len = 49;
	for (unsigned i = 0; i < 49; i++)
		probe->ops[i].flags = IO_URING_OP_SUPPORTED;
	return 0;
}

static int setup_forbidden(unsigned entries, struct io_uring_params *parameters)
{
	(void)entries;
	(void)parameters;
	return -EPERM;
}

static int setup_missing(unsigned entries, struct io_uring_params *parameters)
{
	(void)entries;
	(void)parameters;
	return -ENOSYS;
}

static int count_descriptors(void)
{
	int count = 0;

	for (int i = 0; i < 64; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

static void expect_same(const struct ability_list *a, const struct ability_list *b)
{
	assert_true(a->count > 0);
	assert_int_equal(a->count, b->count);
	for (const struct ability *x = a->first, *y = b->first; x; x = x->next, y = y->next) {
		assert_string_equal(x->name, y->name);
		if (x->answer != y->answer)
			fail_msg("%s: %s or %s", x->name, ability_answer_name(x->answer),
				ability_answer_name(y->answer));
	}
}

TEST_FIXTURE(NULL, free_arena);

TEST(trial_finds_what_the_query_tells)
{
	const struct uring_calls without_query = {uring_kernel_calls.setup, enroll_without_query};
	struct uring_abilities asked, tried;
	int before = count_descriptors();

	uring_abilities_read(&asked, &uring_kernel_calls, &arena);
	uring_abilities_read(&tried, &without_query, &arena);
	assert_int_equal(count_descriptors(), before);
	if (asked.error || !asked.is_queried) {
		print_message("skipped: this kernel has no IORING_REGISTER_QUERY\n");
		skip();
	}
	assert_false(tried.is_queried);
	assert_int_equal(asked.opcode_count, tried.opcode_count);
	expect_same(&asked.setup_flags, &tried.setup_flags);
	expect_same(&asked.features, &tried.features);
	expect_same(&asked.opcodes, &tried.opcodes);
}

static void expect_answer(
	const struct ability_list *list, const char *name, enum ability_answer answer)
{
	const struct ability *ability = ability_find(list, name);

	assert_non_null(ability);
	assert_int_equal(ability->answer, answer);
}

TEST(an_old_kernel_lacks_what_came_later)
{
	const struct uring_calls calls = {setup_of_6_1, enroll_of_6_1};
	struct uring_abilities abilities;

	uring_abilities_read(&abilities, &calls, &arena);
	assert_int_equal(abilities.error, 0);
	assert_int_equal(abilities.opcode_count, 49);
	expect_answer(&abilities.setup_flags, "DEFER_TASKRUN", ABILITY_YES);
	expect_answer(&abilities.setup_flags, "NO_SQARRAY", ABILITY_NO);
	expect_answer(&abilities.setup_flags, "HYBRID_IOPOLL", ABILITY_NO);
	assert_string_equal(
		ability_find(&abilities.setup_flags, "HYBRID_IOPOLL")->cure, "Linux 6.13 or newer");
	expect_answer(&abilities.features, "LINKED_FILE", ABILITY_YES);
	expect_answer(&abilities.features, "MIN_TIMEOUT", ABILITY_NO);
	expect_answer(&abilities.opcodes, "URING_CMD", ABILITY_YES);
	expect_answer(&abilities.opcodes, "READV_FIXED", ABILITY_NO);
}

TEST(a_refusal_is_explained_and_nothing_else_asked)
{
	const struct uring_calls forbidden = {setup_forbidden, NULL};
	const struct uring_calls missing = {setup_missing, NULL};
	struct uring_abilities abilities;

	uring_abilities_read(&abilities, &forbidden, &arena);
	assert_int_equal(abilities.error, -EPERM);
	assert_non_null(strstr(abilities.reason, "io_uring"));
	assert_non_null(abilities.cure);
	assert_int_equal(abilities.setup_flags.count, 0);
	uring_abilities_read(&abilities, &missing, &arena);
	assert_int_equal(abilities.error, -ENOSYS);
	assert_non_null(abilities.reason);
}

TEST(features_that_have_nothing_to_do_with_storage_are_named_in_the_proof_only)
{
	struct uring_abilities abilities;

	uring_abilities_read(&abilities, &uring_kernel_calls, &arena);
	if (abilities.error) {
		print_message("skipped: io_uring is not available\n");
		skip();
	}
	assert_non_null(ability_find(&abilities.features, "RW_CUR_POS"));
	assert_null(ability_find(&abilities.features, "CUR_PERSONALITY"));
	assert_null(ability_find(&abilities.features, "RECVSEND_BUNDLE"));
}

TEST(flags_are_named_and_unknown_ones_numbered)
{
	assert_string_equal(uring_setup_flag_names(0, &arena), "none");
	assert_string_equal(
		uring_setup_flag_names(IORING_SETUP_SQPOLL | IORING_SETUP_CLAMP, &arena),
		"SQPOLL|CLAMP");
	assert_string_equal(
		uring_setup_flag_names(1u << 31 | IORING_SETUP_CQE32, &arena), "CQE32|0x80000000");
	assert_string_equal(uring_setup_flag_names(1u << 31, &arena), "0x80000000");
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
	rig->class->prove(rig->engine, &rig->report);
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
	rig.class->prove(rig.engine, &rig.report);
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
	const char *text =
		text_read_file(&arena, arena_printf(&arena, "/proc/self/task/%d/schedstat", tid));
	uint64_t ns = text ? strtoull(text, NULL, 10) : 0;

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
