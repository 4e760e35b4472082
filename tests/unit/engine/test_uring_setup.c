/* SPDX-License-Identifier: MIT */
/* How rings are asked for, and what happens on kernels that are older than this one. */
#include <liburing.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/uring_abi.h"
#include "engine/uring_open.h"
#include "test.h"
#include "unit/engine/rig.h"

static unsigned unknown_flags; /* of the kernel that the test plays */
static unsigned missing_features;

static int older_kernel(unsigned entries, struct io_uring *ring, struct io_uring_params *parameters)
{
	int result;

	if (parameters->flags & unknown_flags)
		return -EINVAL;
	result = uring_queue_init(entries, ring, parameters);
	ring->features &= ~missing_features;
	return result;
}

struct ring_test {
	struct arena arena;
	struct engine_report report;
	struct target target;
	struct engine_setup setup;
	struct uring uring;
	int result;
};

static void set_up(struct ring_test *test, const char *settings, unsigned unknown, unsigned missing)
{
	*test = (struct ring_test){.report.arena = &test->arena, .target = {.descriptor = -1}};
	test->setup = (struct engine_setup){.targets = &test->target,
		.target_count = 1,
		.slot_count = 4,
		.arena = &test->arena};
	test->uring.options = *(const struct uring_options *)rig_options(
		&test->arena, engine_find("io_uring"), settings);
	unknown_flags = unknown;
	missing_features = missing;
	test->result = uring_setup(&test->uring, &test->setup, &test->report, older_kernel);
}

static void tear_down(struct ring_test *test)
{
	uring_setup_undo(&test->uring);
	uring_setup_undo(&test->uring); /* Safe twice. */
	arena_free(&test->arena);
}

static void expect_refused(const struct ring_test *test, const char *const *names)
{
	const struct settings *refused = &test->report.refused;
	size_t count = 0;

	for (; names[count]; count++) {
		assert_true(count < refused->count);
		assert_string_equal(refused->items[count].key, names[count]);
		assert_non_null(strstr(refused->items[count].reason, "Linux"));
	}
	assert_int_equal(refused->count, count);
}

/* Newer liburing asks for NO_SQARRAY by itself, and kernels before 6.6 do not have it. */
static unsigned asked_flags(const struct ring_test *test)
{
	return test->uring.ring.flags & ~(unsigned)URING_SETUP_NO_SQARRAY;
}

static bool has_no_sq_array(void)
{
	struct io_uring_params parameters = {.flags = URING_SETUP_NO_SQARRAY};
	long descriptor = syscall(SYS_io_uring_setup, 1, &parameters);

	if (descriptor < 0)
		return false;
	close((int)descriptor);
	return true;
}

#define REFUSED(...) ((const char *const[]){__VA_ARGS__, NULL})

enum {
	ALWAYS = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP,
	NEW_IN_6_6 = URING_SETUP_NO_SQARRAY,
	NEW_IN_6_1 = NEW_IN_6_6 | IORING_SETUP_DEFER_TASKRUN,
	NEW_IN_6_0 = NEW_IN_6_1 | IORING_SETUP_SINGLE_ISSUER,
	NEW_IN_5_19 = NEW_IN_6_0 | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
	NEW_IN_5_18 = NEW_IN_5_19 | IORING_SETUP_SUBMIT_ALL,
};

TEST(flags_are_taken_off_until_the_kernel_agrees)
{
	const struct {
		unsigned unknown;
		unsigned flags;
		const char *const *refused;
	} kernels[] = {
		{0,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
				IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
			(const char *const[]){NULL}},
		{NEW_IN_6_6,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
				IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
			(const char *const[]){NULL}},
		{NEW_IN_6_1,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
				IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
			REFUSED("defer_taskrun")},
		{NEW_IN_6_0,
			ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN |
				IORING_SETUP_TASKRUN_FLAG,
			REFUSED("defer_taskrun", "single_issuer")},
		{NEW_IN_5_19, ALWAYS | IORING_SETUP_SUBMIT_ALL,
			REFUSED("defer_taskrun", "single_issuer", "coop_taskrun")},
		{NEW_IN_5_18, ALWAYS,
			REFUSED("defer_taskrun", "single_issuer", "coop_taskrun", "submit_all")},
	};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct ring_test test;

		set_up(&test, "", kernels[i].unknown, 0);
		assert_int_equal(test.result, 0);
		assert_int_equal(asked_flags(&test), kernels[i].flags);
		expect_refused(&test, kernels[i].refused);
		assert_string_equal(rig_setting(test.report.effective, "setup_flags"),
			uring_setup_flag_names(test.uring.ring.flags, &test.arena));
		tear_down(&test);
	}
}

TEST(a_ring_without_indices_is_made_where_the_kernel_has_it)
{
	struct ring_test test;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;

	if (!has_no_sq_array()) {
		print_message("skipped: this kernel has no NO_SQARRAY (Linux 6.6)\n");
		skip();
	}
	set_up(&test, "", 0, 0);
	assert_int_equal(test.result, 0);
	assert_non_null(strstr(rig_setting(test.report.effective, "setup_flags"), "NO_SQARRAY"));
	/* As a trial does; liburing 2.3 writes an index of each SQE, here over no ring's head. */
	for (unsigned i = 1; i <= 2 * test.uring.ring.sq.ring_entries; i++) {
		sqe = io_uring_get_sqe(&test.uring.ring);
		assert_non_null(sqe);
		io_uring_prep_nop(sqe);
		sqe->user_data = i;
		assert_int_equal(io_uring_submit_and_wait(&test.uring.ring, 1), 1);
		assert_int_equal(io_uring_wait_cqe(&test.uring.ring, &cqe), 0);
		assert_int_equal(cqe->user_data, i);
		io_uring_cqe_seen(&test.uring.ring, cqe);
	}
	tear_down(&test);
}

TEST(what_was_asked_for_is_not_taken_off)
{
	struct ring_test test;

	set_up(&test, "defer_taskrun=1", NEW_IN_6_1, 0);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "defer_taskrun=1"));
	assert_non_null(strstr(test.report.problem, "6.1"));
	tear_down(&test);

	/* The one before it was the engine's own wish, and goes. */
	set_up(&test, "single_issuer=1", NEW_IN_6_0, 0);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "single_issuer=1"));
	tear_down(&test);
}

TEST(settings_choose_the_flags)
{
	const struct {
		const char *settings;
		unsigned flags;
	} cases[] = {
		{"defer_taskrun=0", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
					    IORING_SETUP_TASKRUN_FLAG},
		{"coop_taskrun=1", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
					   IORING_SETUP_TASKRUN_FLAG},
		{"coop_taskrun=1 defer_taskrun=1",
			IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
				IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG},
		{"single_issuer=0", IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG},
		{"single_issuer=0 coop_taskrun=0", 0},
		{"defer_taskrun=0 coop_taskrun=0", IORING_SETUP_SINGLE_ISSUER},
		{"sqthread_poll=1", IORING_SETUP_SQPOLL | IORING_SETUP_SINGLE_ISSUER},
		{"sqthread_poll=1 sqthread_poll_cpu=0 single_issuer=0",
			IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ring_test test;

		set_up(&test, cases[i].settings, 0, 0);
		assert_int_equal(test.result, 0);
		assert_int_equal(
			asked_flags(&test), cases[i].flags | ALWAYS | IORING_SETUP_SUBMIT_ALL);
		assert_int_equal(test.report.refused.count, 0);
		tear_down(&test);
	}
}

TEST(wishes_that_exclude_each_other_are_told)
{
	const struct {
		const char *settings;
		const char *problem;
	} cases[] = {
		{"defer_taskrun=1 single_issuer=0", "needs single_issuer"},
		{"sqthread_poll=1 defer_taskrun=1", "do not go with sqthread_poll"},
		{"sqthread_poll=1 coop_taskrun=1", "do not go with sqthread_poll"},
		{"sqthread_poll_cpu=0", "needs sqthread_poll"},
		{"sqthread_poll_idle=5", "sqthread_poll_idle needs sqthread_poll"},
		{"attach_wq=1", "attach_wq needs sqthread_poll"},
		{"min_wait_us=5 eventfd=1", "not with sqthread_poll or eventfd"},
		{"min_wait_us=5 sqthread_poll=1", "not with sqthread_poll or eventfd"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ring_test test;

		set_up(&test, cases[i].settings, 0, 0);
		assert_int_equal(test.result, -EINVAL);
		assert_non_null(strstr(test.report.problem, cases[i].problem));
		assert_non_null(test.report.hint);
		tear_down(&test);
	}
}

/* EINVAL of a CPU that is not there must not be taken for one of old flags. */
TEST(a_cpu_that_is_not_there_is_told)
{
	struct ring_test test;

	set_up(&test, "sqthread_poll=1 sqthread_poll_cpu=8191", 0, 0);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "sqthread_poll_cpu=8191"));
	assert_int_equal(test.report.refused.count, 0);
	tear_down(&test);
}

TEST(a_kernel_before_5_11_is_refused)
{
	struct ring_test test;

	set_up(&test, "", NEW_IN_5_18, IORING_FEAT_EXT_ARG);
	assert_int_equal(test.result, -EOPNOTSUPP);
	assert_non_null(strstr(test.report.problem, "5.11"));
	tear_down(&test);
}

TEST(more_than_the_largest_ring_is_refused)
{
	struct ring_test test = {.setup = {.slot_count = 32769}};

	test.report.arena = &test.arena;
	option_set_defaults(&uring_option_table, &test.uring.options, &test.arena);
	test.setup.arena = &test.arena;
	unknown_flags = missing_features = 0;
	test.result = uring_setup(&test.uring, &test.setup, &test.report, older_kernel);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "32769"));
	assert_non_null(strstr(test.report.problem, "32768"));
	tear_down(&test);
}

TEST(files_that_change_cannot_be_registered)
{
	struct ring_test test;

	set_up(&test, "registerfiles=1", 0, 0);
	assert_int_equal(test.result, 0);
	uring_setup_undo(&test.uring);
	test.setup.targets_change = true;
	test.result = uring_setup(&test.uring, &test.setup, &test.report, older_kernel);
	assert_int_equal(test.result, -EINVAL);
	assert_non_null(strstr(test.report.problem, "openfiles"));
	tear_down(&test);
}

TEST(a_wait_for_one_needs_no_time_for_the_batch)
{
	struct ring_test test;

	set_up(&test, "", 0, 0);
	assert_int_equal(test.result, 0);
	uring_setup_undo(&test.uring);
	test.uring.options.min_wait_us = 5;
	test.setup.batch_complete_min = 1;
	test.result = uring_setup(&test.uring, &test.setup, &test.report, older_kernel);
	assert_int_equal(test.result, 0);
	assert_int_equal(test.uring.options.min_wait_us, 0);
	assert_string_equal(rig_setting(test.report.refused, "min_wait_us"), "5");
	tear_down(&test);
}

TEST(a_thread_has_sixteen_registered_rings)
{
	enum { RINGS = 17 };
	static struct ring_test tests[RINGS];
	struct ring_test insisting;

	for (int i = 0; i < RINGS; i++) {
		set_up(&tests[i], "", 0, 0);
		assert_int_equal(tests[i].result, 0);
		assert_string_equal(
			rig_setting(tests[i].report.effective, "registerring"), i < 16 ? "1" : "0");
	}
	assert_string_equal(tests[16].report.refused.items[0].key, "registerring");
	set_up(&insisting, "registerring=1", 0, 0);
	assert_int_equal(insisting.result, -EBUSY);
	assert_non_null(strstr(insisting.report.problem, "16 registered rings"));
	tear_down(&insisting);
	for (int i = 0; i < RINGS; i++)
		tear_down(&tests[i]);
}

/* Rings that share one poll thread: told by the thread's number, as the kernel gives it. */

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

	rig->report.proof = (struct settings){0};
	rig->class->prove(rig->engine, &rig->report);
	thread = rig_setting(rig->report.proof, "sqthread_tid");
	if (!thread) {
		print_message("skipped: this kernel does not always name the poll thread\n");
		skip();
	}
	return strtol(thread, NULL, 10);
}

/* The next ring would be the first again. */
static void assert_none_is_shared(void)
{
	struct rig next;

	open_zero(&next, "sqthread_poll=1 attach_wq=1");
	assert_non_null(strstr(rig_setting(next.report.effective, "attach_wq"), "first"));
	close_target(&next);
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
	assert_none_is_shared();
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
	assert_none_is_shared();
}

/* Refusals, made in forked children: by a seccomp filter, by a limit, by the sysctl. */

static struct arena texts;

enum { CHILD_PASSED, CHILD_FAILED, CHILD_SKIPPED };

/* From here on this process gets `error` from io_uring_setup(2). */
static bool forbid_io_uring(int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Runs `check` in a child: what it does to itself ends with it. */
static void in_a_child(int (*check)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(check());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIPPED) {
		print_message("skipped: no seccomp filter or no bind mount for this user, or a "
			      "kernel without io_uring_disabled\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), CHILD_PASSED);
}

static int open_engine(const struct engine_class *class, const char *settings, unsigned depth,
	struct engine_report *report, struct engine **engine)
{
	static struct arena arena;
	static struct target target = {.kind = TARGET_CHARACTER};
	static struct slot slots[RIG_DEPTH_LIMIT];
	static struct engine_setup setup;

	target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	setup = (struct engine_setup){.targets = &target,
		.target_count = 1,
		.slots = slots,
		.slot_count = depth,
		.buffer_bytes = RIG_BLOCK_BYTES,
		.op_mask = IO_BIT(IO_READ),
		.options = rig_options(&arena, class, settings),
		.arena = &arena};
	for (unsigned i = 0; i < depth; i++)
		slots[i] = (struct slot){.index = i,
			.length = 512,
			.buffer = mmap(NULL, RIG_BLOCK_BYTES, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)};
	return class->open(&setup, engine, report);
}

static int expect(int result, int wanted, const struct engine_report *report, const char *problem,
	const char *hint)
{
	if (result == wanted && report->problem && strstr(report->problem, problem) &&
		report->hint && strstr(report->hint, hint))
		return CHILD_PASSED;
	print_message("got %d: %s; hint: %s\n", result, report->problem, report->hint);
	return CHILD_FAILED;
}

static int refused_by(int error, const char *problem, const char *hint)
{
	const struct engine_class *class = engine_find("io_uring");
	struct arena arena = {0};
	struct engine_setup setup = {.arena = &arena};
	struct engine_report report = {.arena = &texts}, probe_report = {.arena = &texts};
	struct engine *engine = NULL;
	int result;

	if (!forbid_io_uring(error))
		return CHILD_SKIPPED;
	result = open_engine(class, "", 4, &report, &engine);
	if (expect(result, -error, &report, problem, hint) != CHILD_PASSED || engine)
		return CHILD_FAILED;
	result = class->probe(&setup, &probe_report);
	return expect(result, -error, &probe_report, problem, hint);
}

static int filtered(void)
{
	return refused_by(EPERM, "forbidden by a seccomp filter", "--security-opt");
}

static int hidden(void)
{
	if (access("/proc/sys/kernel/io_uring_disabled", F_OK) != 0)
		return CHILD_SKIPPED; /* Cannot be told from a kernel without io_uring. */
	return refused_by(ENOSYS, "hidden by a seccomp filter", "--security-opt");
}

TEST(a_seccomp_filter_is_named)
{
	in_a_child(filtered);
}

TEST(a_seccomp_filter_that_hides_io_uring_is_named)
{
	in_a_child(hidden);
}

TEST(refused_buffers_have_the_cure_of_their_cause)
{
	static const struct {
		int error;
		unsigned count;
		size_t bytes;
		const char *hint;
	} cases[] = {
		{-ENOMEM, 4, 4096, "ulimit -l"},
		{-EPERM, 4, 4096, "seccomp"},
		{-ENOSYS, 4, 4096, "seccomp"},
		{-EINVAL, 16385, 4096, "16384 buffers"},
		{-EFAULT, 4, (size_t)2 << 30, "1 GiB each"},
		{-EOPNOTSUPP, 4, 4096, "leave out fixedbufs"},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct engine_setup setup = {.slot_count = cases[i].count,
			.buffer_bytes = cases[i].bytes,
			.arena = &arena};
		struct engine_report report = {.arena = &texts};

		uring_explain_buffers(cases[i].error, &setup, false, &report);
		assert_non_null(strstr(report.problem, "fixedbufs"));
		assert_non_null(strstr(report.hint, cases[i].hint));
	}
	arena_free(&arena);
}

/* 300 buffers of 512 bytes: 38 pages where they are one, else 300. */
TEST(what_one_buffer_locks_is_told_as_such)
{
	const struct engine_setup setup = {.slot_count = 300, .buffer_bytes = 512, .arena = &texts};
	struct engine_report report = {.arena = &texts};

	uring_explain_buffers(-ENOMEM, &setup, true, &report);
	assert_non_null(strstr(report.problem, "152KiB must be locked"));
	uring_explain_buffers(-ENOMEM, &setup, false, &report);
	assert_non_null(strstr(report.problem, "1.17MiB must be locked"));
}

static int others_work(void)
{
	if (!forbid_io_uring(EPERM))
		return CHILD_SKIPPED;
	for (const struct engine_class *const *class = engines; *class; class ++) {
		struct engine_report report = {.arena = &texts};
		struct engine *engine = NULL;
		struct slot slot = {.length = 512}, *batch = &slot, *done;
		char buffer[512];

		if (strncmp((*class)->name, "io_uring", strlen("io_uring")) == 0 ||
			((*class)->traits & ENGINE_TAKES_NVME_COMMANDS) || /* No drive here. */
			!((*class)->op_mask & IO_BIT(IO_READ)))            /* Copies alone. */
			continue;
		slot.buffer = buffer;
		if (open_engine(*class, "", 1, &report, &engine) != 0 ||
			(*class)->submit(engine, &batch, 1) != 1 ||
			(*class)->reap(engine, &done, 1, 1, -1) != 1) {
			print_message("%s does not work\n", (*class)->name);
			return CHILD_FAILED;
		}
		(*class)->close(engine);
	}
	return CHILD_PASSED;
}

TEST(every_other_engine_works_without_it)
{
	in_a_child(others_work);
}

/* The kernel's switch, played by a file that is bound over it in a namespace of our own. */
static int play_switch(const char *value, uid_t user, const char *problem)
{
	char path[] = "/tmp/ringside-engine-XXXXXX";
	int file = mkstemp(path);
	bool is_bound = file >= 0 && write(file, value, 2) == 2 && fchmod(file, 0444) == 0 &&
			unshare(CLONE_NEWNS) == 0 &&
			mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
			mount(path, "/proc/sys/kernel/io_uring_disabled", NULL, MS_BIND, NULL) == 0;

	unlink(path);
	if (!is_bound)
		return CHILD_SKIPPED; /* Not root, or a kernel without the switch. */
	if (user != 0 && setuid(user) != 0)
		return CHILD_FAILED;
	return refused_by(EPERM, problem, "");
}

static int switched_off(void)
{
	return play_switch("2\n", 0, "kernel.io_uring_disabled=2");
}

static int for_a_group(void)
{
	return play_switch("1\n", 65534, "kernel.io_uring_group");
}

TEST(the_sysctl_is_named)
{
	in_a_child(switched_off);
	in_a_child(for_a_group);
}

static int too_much_locked(void)
{
	struct rlimit limit = {128 << 10, 128 << 10};
	struct engine_report report = {.arena = &texts};
	struct engine *engine = NULL;
	int result;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return CHILD_FAILED;
	/* Root is exempt; what other processes of the user have locked only makes it fail sooner.
	 */
	if (geteuid() == 0 && setuid(65534) != 0)
		return CHILD_SKIPPED;
	result = open_engine(engine_find("io_uring"), "fixedbufs=1", 64, &report, &engine);
	if (expect(result, -ENOMEM, &report, "256KiB must be locked", "limits.conf") !=
		CHILD_PASSED)
		return CHILD_FAILED;
	return expect(result, -ENOMEM, &report, "RLIMIT_MEMLOCK is 128KiB", "ulimit -l");
}

TEST(the_memlock_limit_is_told_in_numbers)
{
	in_a_child(too_much_locked);
}

static int no_descriptor_left(void)
{
	struct engine_report report = {.arena = &texts};
	struct engine *engine = NULL;
	struct rlimit limit = {4, 4};

	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return CHILD_FAILED;
	while (open("/dev/null", O_RDONLY) >= 0)
		;
	return expect(open_engine(engine_find("io_uring"), "", 4, &report, &engine), -EMFILE,
		&report, "Too many open files", "ulimit -n");
}

TEST(a_missing_descriptor_is_told)
{
	in_a_child(no_descriptor_left);
}

TEST_MAIN(NULL, NULL);
