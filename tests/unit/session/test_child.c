/* SPDX-License-Identifier: MIT */
/* Programs run to their end, and what they used. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "near.h"
#include "session/child.h"
#include "test.h"

#define SPIN_NS (150 * NS_PER_MS)

/* Uses so much CPU time, however long that takes. */
static void *spin(void *unused)
{
	struct timespec used = {0};

	(void)unused; /* pthread's signature */
	while ((uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec < SPIN_NS)
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return NULL;
}

/* Two threads that want a CPU at the same time. */
static int spin_twice(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, spin, NULL) != 0)
		return 1;
	spin(NULL);
	return pthread_join(other, NULL) == 0 ? 7 : 1;
}

static struct child_end run(const char *program, const char *what, const struct job_cpus *cpus)
{
	const char *const arguments[] = {program, what, NULL};
	const struct child_request request = {
		.program = program,
		.arguments = arguments,
		.messages_path = "/dev/null",
		.timeout_ns = 600 * NS_PER_S,
		.cpus = cpus,
	};
	struct child child;
	struct child_end end;

	child_start(&child, &request, &end);
	child_wait(&child, &request, &end);
	return end;
}

static void what_it_used_is_told(void **state)
{
	static unsigned first_cpu;
	const struct job_cpus one = {1, &first_cpu};
	cpu_set_t set;
	struct child_end end;

	(void)state; /* cmocka's signature */
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(first_cpu, &set))
		first_cpu++;
	end = run("/proc/self/exe", "spin", &one);
	assert_int_equal(end.exit_code, 7);
	assert_int_equal(end.start_error, 0);
	assert_false(end.was_late || end.was_interrupted);
	assert_true(end.own.cpu_s >= 0.29);
	if (access("/proc/self/schedstat", R_OK) != 0) {
		print_message("skipped: no /proc/self/schedstat\n");
		skip();
	}
	/* Each of them stood by while the other ran, and was seen before it ended. */
	assert_true(end.own.waited_s > 0.05);
}

/* It waits for a reader of its messages, before exec. */
static void one_that_does_not_get_to_exec_is_late(void **state)
{
	static const char *const arguments[] = {"true", NULL};
	char path[] = "/tmp/ringside-child.XXXXXX", pipe_path[64];
	struct child_request request = {
		.program = "/bin/true",
		.arguments = arguments,
		.timeout_ns = 200 * NS_PER_MS,
	};
	struct child child;
	struct child_end end;

	(void)state; /* cmocka's signature */
	assert_non_null(mkdtemp(path));
	snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", path);
	request.messages_path = pipe_path;
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	child_start(&child, &request, &end);
	child_wait(&child, &request, &end);
	unlink(pipe_path);
	rmdir(path);
	assert_true(end.was_late);
	assert_int_equal(end.exit_code, 128 + SIGTERM);
}

static void how_it_ended_is_told(void **state)
{
	(void)state;
	assert_int_equal(run("/proc/self/exe", "end", NULL).exit_code, 3);
	assert_int_equal(run("/proc/self/exe", "abort", NULL).exit_code, 128 + SIGKILL);
	assert_int_equal(run("/nowhere/at/all", "x", NULL).start_error, ENOENT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_used_is_told),
		cmocka_unit_test(one_that_does_not_get_to_exec_is_late),
		cmocka_unit_test(how_it_ended_is_told),
	};

	if (argc > 1 && strcmp(argv[1], "spin") == 0)
		return spin_twice();
	if (argc > 1 && strcmp(argv[1], "end") == 0)
		return 3;
	if (argc > 1 && strcmp(argv[1], "abort") == 0)
		return raise(SIGKILL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
