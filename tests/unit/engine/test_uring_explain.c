/* SPDX-License-Identifier: MIT */
/* Refusals, made in forked children: by a seccomp filter, by a limit, by the sysctl. */
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

#include "engine/uring.h"
#include "test.h"
#include "unit/engine/rig.h"

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
	struct engine_report report = {0}, probe_report = {0};
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
		struct engine_report report = {0};

		uring_explain_buffers(cases[i].error, &setup, &report);
		assert_non_null(strstr(report.problem, "fixedbufs"));
		assert_non_null(strstr(report.hint, cases[i].hint));
	}
	arena_free(&arena);
}

static int others_work(void)
{
	if (!forbid_io_uring(EPERM))
		return CHILD_SKIPPED;
	for (const struct engine_class *const *class = engines; *class; class ++) {
		struct engine_report report = {0};
		struct engine *engine = NULL;
		struct slot slot = {.length = 512}, *batch = &slot, *done;
		char buffer[512];

		if (strcmp((*class)->name, "io_uring") == 0 ||
			((*class)->traits & ENGINE_TAKES_NVME_COMMANDS)) /* No drive here. */
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
	struct engine_report report = {0};
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
	struct engine_report report = {0};
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
