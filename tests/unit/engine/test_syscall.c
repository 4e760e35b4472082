/* SPDX-License-Identifier: MIT */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "test.h"
#include "unit/engine/rig.h"

enum { CALLS = 43, CHILD_PASSED = 0, CHILD_FAILED, CHILD_SKIPPED };

struct call {
	const char *setting, *name;
	unsigned number; /* as a filter sees it */
};

static const struct call calls[] = {
	{"", "getppid", SYS_getppid},
	{"call=invalid", "invalid", UINT32_MAX},
	{"call=pread0", "pread0", SYS_pread64},
};

/* From here on this process gets EPERM from that call. */
static bool forbid(unsigned number)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Runs `check` in a child, which its filter ends with. */
static void in_a_child(int (*check)(const struct call *), const struct call *call)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(check(call));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIPPED) {
		print_message("skipped: no seccomp filter for this user\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), CHILD_PASSED);
}

/* Each I/O made its call: afterwards a filter answers each one in the kernel's place. */
static int each_is_made(const struct call *call)
{
	struct rig rig = {.target = {.kind = TARGET_NONE, .descriptor = -1}};
	unsigned wrong = 0;

	if (rig_open(&rig, "syscall", call->setting, 1, 1, IO_BIT(IO_READ)) != 0)
		return CHILD_FAILED;
	if (rig_run_one(&rig, IO_READ, 0, RIG_BLOCK_BYTES) != RIG_BLOCK_BYTES)
		return CHILD_FAILED;
	if (!forbid(call->number))
		return CHILD_SKIPPED;
	for (unsigned i = 0; i < CALLS; i++)
		wrong += rig_run_one(&rig, IO_READ, 0, RIG_BLOCK_BYTES) == -EPROTO;
	rig.class->prove(rig.engine, &rig.report);
	return wrong == CALLS && strcmp(rig_setting(rig.report.proof, "wrong_answers"), "43") == 0
		       ? CHILD_PASSED
		       : CHILD_FAILED;
}

TEST(an_answer_that_is_not_the_kernels_is_an_error)
{
	for (size_t i = 0; i < COUNT_OF(calls); i++)
		in_a_child(each_is_made, &calls[i]);
}

static int open_is_refused(const struct call *call)
{
	struct rig rig = {.target = {.kind = TARGET_NONE, .descriptor = -1}};

	if (!forbid(call->number))
		return CHILD_SKIPPED;
	if (rig_open(&rig, "syscall", call->setting, 1, 1, IO_BIT(IO_READ)) != -EOPNOTSUPP)
		return CHILD_FAILED;
	return strstr(rig.report.problem, call->name) && strstr(rig.report.hint, "seccomp")
		       ? CHILD_PASSED
		       : CHILD_FAILED;
}

TEST(a_filter_is_no_call_to_measure)
{
	for (size_t i = 0; i < COUNT_OF(calls); i++)
		in_a_child(open_is_refused, &calls[i]);
}

TEST(each_call_is_counted)
{
	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		for (unsigned depth = 1; depth <= 8; depth *= 8) {
			struct rig rig = {.target = {.kind = TARGET_NONE, .descriptor = -1}};
			struct rig_io ios[CALLS] = {0};

			for (unsigned io = 0; io < CALLS; io++)
				ios[io].length = 512 + io;
			assert_int_equal(rig_open(&rig, "syscall", calls[i].setting, depth, depth,
						 IO_BIT(IO_READ)),
				0);
			rig_run(&rig, ios, CALLS, rig_hook_none, rig_hook_none, 0);
			for (unsigned io = 0; io < CALLS; io++)
				assert_int_equal(ios[io].result, ios[io].length);
			assert_int_equal(rig.engine->syscalls, CALLS);
			rig.class->prove(rig.engine, &rig.report);
			assert_string_equal(
				rig_setting(rig.report.effective, "call"), calls[i].name);
			assert_string_equal(rig_setting(rig.report.proof, "calls"),
				arena_printf(&rig.arena, "%s 43", calls[i].name));
			assert_string_equal(rig_setting(rig.report.proof, "wrong_answers"), "0");
			rig_close(&rig);
		}
	}
}

TEST_MAIN(NULL, NULL);
